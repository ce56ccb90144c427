"""The Papers page: published tables with our runs beside them.

choice.py    which paper, table, measure and preset
grid.py      the table itself
trained.py   how ours was trained, and links to its runs
figures.py   figures of a paper, drawn from runs that have their data
files.py     the table as CSV, Markdown and LaTeX
missing.py   the runs that are missing: commands, time and disk space, and the queue
"""
