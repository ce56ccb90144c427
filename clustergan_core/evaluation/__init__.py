"""Scores of a clustering, with labels and without: arrays in, numbers out.

agreement.py    purity, accuracy, NMI and ARI against labels
structure.py    whether data has groups at all
label_free.py   silhouette, what clusters tell about neighbours, usage of modes
suggest_k.py    a number of clusters without labels
stability.py    several clusterings of the same samples
matching.py     clusters of two clusterings matched one to one
clusterings.py  k-means, Leiden and others, to compare with a method's own clusters
mixing.py       how well the samples of an experiment mix in a space, and types stay apart in it
local_diversity.py           LISI, on which some of these scores stand
integration.py  neighbours across samples of an experiment: Harmony, mutual nearest neighbours
neighbours.py, nearness.py   exact nearest neighbours; distances of generated samples to real ones
generation.py, modes.py      what a classifier reads in generated samples; modes that are empty or alike
mode_counting.py             how many of the data's modes a generator reaches
frechet.py, features.py, classifier.py   Fréchet distance and its feature networks
diversity.py    variance within modes, generated over real; density and coverage
cycle.py        cycle losses
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
