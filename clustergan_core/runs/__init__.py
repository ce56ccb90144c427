"""A run on disk: its configuration, state, metrics, weights, scores and maps, and the processes that make them.

config.py, configure.py   everything that repeats a run; defaults filled in
run.py, store.py          Run: a run's folder; runs listed, found and created
status.py, metrics.py, weights.py, samples.py, replay.py, tickets.py   the parts of its folder
scores.py, latents.py, maps.py, aligned_maps.py, card.py, assignments.py     results derived from its weights
gallery.py     what a card of a run shows, kept beside it
cells.py       all genes behind a run of cells
worker.py      trains a run; map_worker.py computes maps
warnings.py    what to know before a run starts
estimate.py    how long a training will take
shipping.py    a run into pretrained/
queue/         runs that wait, device slots, and the backends that train
sweeps/        grids of settings and seeds
clusters/      names, tables and exports of a run's clusters
comparison/    runs side by side
"""
