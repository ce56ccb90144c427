"""Matrices with lists of their names: folders of Matrix Market text, and Cell Ranger's .h5.

files.py          which files of a folder or zip belong together
folder.py         a matrix with its genes and cells
name_lists.py     lists of genes and cells, in whatever dialect
list_columns.py   which of their columns hold ids, symbols, types and cells
matrix_header.py  what a matrix says above its entries
matrix_market.py  its entries
hdf5.py           Cell Ranger's .h5
"""
