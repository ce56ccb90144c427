"""Grids of settings and seeds.

plan.py      the points of a grid, and seeds as text
arguments.py the command line that repeats a grid
presets.py   the papers' sweeps, with their scores
sweep.py     a sweep's folder and its runs
reuse.py     identical runs of other sweeps, copied instead of trained
work.py      trains missing runs, and measures progress
estimate.py  time and disk space before it starts
report.py    its results: means, spreads, a suggested K
protocol.py  runs that differ only in their seed, reported as in the paper and fairly
shipping.py  writes a report to pretrained/
"""
