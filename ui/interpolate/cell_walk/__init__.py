"""A walk between two cell types.

position.py    the walk, computed once for its ends and z_n, and the μ on it
page.py        choices, sentences and sections in their order
genes.py       generated curves of genes, and which change
order.py       the order in which genes switch in real cells, where it repeats
real_cells.py  distances to real cells, the nearest ones, and their path on the map
"""
