"""Count matrices as tables: text and spreadsheets.

dialect.py      encoding, delimiter and header of a text
text.py         a text as a grid
sheet.py        an .xlsx as a grid
grid.py         a grid with annotations as a CountFile
orientation.py  whether rows are cells or genes
"""
