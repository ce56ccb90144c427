"""A count matrix on the Data page.

view.py         the page's parts in order
preflight.py    what the file is
quality.py      quality control
genes.py        which genes, and how counts become numbers
preparation.py  widgets of the preparation
cluster.py      one button to clusters, and how many
"""
