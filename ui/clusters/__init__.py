"""The Clusters page.

rows.py          a row a cluster: names, notes, merging
markers.py       markers of each cluster
side_by_side.py  k-means, Leiden and columns of the data beside
reclustering.py  cells of some clusters to be clustered again
exports.py       files for other programs
"""
