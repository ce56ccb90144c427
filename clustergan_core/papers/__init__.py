"""Our runs beside the published tables.

measured.py    our measured runs: the rows that benchmarks have written, and a person's own
comparison.py  a table with ours beside each printed figure, and what is missing
order.py       whether our figures put the methods in the paper's order
misses.py      where ours is well under the paper's, and what was tried there
rendering.py   a table as CSV, Markdown and LaTeX
interpolations.py  Figure 6: walks of two generators between the same samples
"""
