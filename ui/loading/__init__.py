"""What pages read from disk, once for all sessions; none may change it.

runs.py       a run's method, dataset and latents
modes.py      the modes of a run
summaries.py  a line on each run of a list
metrics.py    metrics, of which only new rows are read
matrices.py   count matrices and figures of their cells
files.py      a first look at a person's own file
"""
