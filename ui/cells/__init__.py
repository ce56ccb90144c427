"""What pages about cells share.

loading.py  a run's clusters with their cells, markers and other clusterings
names.py    what clusters are called
titles.py   what a mode is called
genes.py    choosing genes
markers.py  markers as a table
"""
