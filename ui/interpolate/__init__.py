"""The Interpolate page.

codes.py      where a person stands between the modes
z_n.py        the z_n of a walk
pictures.py   what such a place looks like
cells.py      what the page shows of a run of cells
cell_walk.py, cell_walk_genes.py, cell_walk_cells.py   a walk between two cell types
as_another_type.py, contrast.py   a cell as another type; two states gene by gene
"""
