"""What pages about cells share.

view.py     a run of cells as a page sees it, opened once
names.py    what clusters are called
titles.py   what a mode is called
genes.py    choosing genes
markers.py  markers as a table
"""
