"""A walk between two cell types.

position.py    the walk, computed once for its ends and z_n, and the μ on it
page.py        choices, sentences and sections in their order
genes.py       curves of genes and the order in which they switch
real_cells.py  distances to real cells, the nearest ones, and their path on the map
"""
