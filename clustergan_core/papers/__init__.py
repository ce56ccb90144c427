"""The published tables, and our runs beside them.

facts.py       what a table is: rows, columns, measures and printed figures
clustergan.py, nemgan.py, li_dama.py   the tables of one paper each
published.py   PAPERS
measured.py    our measured runs: those of benchmarks/results.csv, and a person's own
comparison.py  a table with ours beside each printed figure, and what is missing
rendering.py   a table as CSV, Markdown and LaTeX
"""
