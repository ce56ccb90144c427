"""Grids of settings and seeds.

plan.py      the points of a grid, its name, seeds as a person writes them
presets.py   the papers' sweeps, with their figures
sweep.py     a sweep's folder and its runs
reuse.py     identical runs of other sweeps, copied instead of trained
work.py      trains what is missing, and how far that is
estimate.py  time and disk before it starts
report.py    what it has shown: means, spreads, a suggested K
protocol.py  runs that differ in their seed alone, reported as the paper does and fairly
shipping.py  a report into pretrained/
"""
