"""Count matrices as tables: text and spreadsheets.

dialect.py      a text's encoding, delimiter and header
text.py         a text as a grid
sheet.py        an .xlsx as a grid
grid.py         a grid with annotation as a CountFile
orientation.py  whether rows are cells or genes
"""
