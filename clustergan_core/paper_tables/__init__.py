"""The published tables as facts: rows, columns, and the figure printed in each cell.

facts.py       what a table is
clustergan.py, nemgan.py, li_dama.py   the tables of one paper each
published.py   PAPERS
"""
