"""The Runs page, and what other pages show of runs.

choice.py     choosing a run, the same way on every page
table.py      all runs as a table
detail.py     one run in full
scores.py, generated.py   its scores
gallery.py    models as cards
assign.py     clusters for new samples
"""
