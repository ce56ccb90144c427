"""The Samples page.

view.py     a run on several samples of an experiment, opened once
summary.py  a row for each sample: what it is and how many of its cells are left
mixing.py   whether samples mix: scores before and after, computed on request
alarms.py   what correction may have cost, and training with or without it
maps.py     a small map of each sample, of this run and of the cells before training
facts.py    conditions and donors, which may be given after training
composition.py  shares of clusters in samples, and their test between conditions
pair.py     the two conditions that are compared
conditions.py   genes between conditions in a cluster, and one gene in every sample
markers.py  markers within samples, combined
"""
