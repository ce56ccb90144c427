"""The Interpolate page.

codes.py      choosing a code between the modes
z_n.py        choosing z_n
view.py       a run's generator at one z_n
pictures.py   pictures of the sample at a code and of the walk through it
realism.py    how real a walk is: distance to real samples, a classifier's confidence
mu_line.py    the line at μ on figures of a walk
decoding.py   a sample decoded by Algorithm 1, restart by restart
cells.py      what the page shows of a run of cells
cell_walk/    a walk between two cell types
ensemble.py   runs that differ from a run only in their seed
as_another_type.py     a cell as another type
as_another_sample.py   a cell, or a cluster's mean, as one of another sample of the experiment
contrast.py            two generated states compared gene by gene
"""
