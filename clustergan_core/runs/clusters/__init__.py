"""What a person makes of the clusters of a run of cells.

names.py       names, notes and merged clusters
tables.py      a row a cluster; clusterings side by side
references.py  k-means and Leiden beside the run's own
subsets.py     cells of some clusters, to be clustered again
exports.py     everything that goes to other programs
"""
