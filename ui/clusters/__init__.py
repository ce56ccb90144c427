"""The Clusters page.

rows.py          a row for each cluster: names, notes, merging
splits.py        cells that were split off from clusters
markers.py       markers of each cluster
gene_cells.py    violins, and the map coloured by several genes
side_by_side.py  comparison with k-means, Leiden and columns of the data
reclustering.py  a new run on the cells of some clusters
exports.py       files for other programs
"""
