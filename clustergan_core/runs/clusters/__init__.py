"""Working with the clusters of a run of cells.

names.py       names, notes and merged clusters
splits.py      cells split off from clusters
tables.py      one row per cluster; clusterings compared
references.py  k-means and Leiden, to compare with the run's own clusters
reference_names.py  names of cells and clusters from a reference
subsets.py     cells of some clusters, to be reclustered
ensembles.py   runs that differ only in their seed
samples.py     the samples of the experiment: what is known of them now, clusters by sample
exports.py     exports to other programs
"""
