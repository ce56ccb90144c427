"""A count matrix on the Data page.

view.py         the page's parts in order
preflight.py    what the file is
samples.py      which samples the cells are from, and what is known of each
quality.py      quality control; sample_quality.py: of each sample, and doublets
genes.py        which genes, and how counts become numbers
preparation.py  widgets of the preparation
cluster.py      one button to clusters, and how many
"""
