"""The Modes page.

view.py    a run of images or a table, opened once
rows.py    the modes as rows of one picture
detail.py  one mode beside its real samples
tables.py  the modes in figures
cells.py   modes of a run of cells
"""
