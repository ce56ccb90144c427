"""10x: folders of Matrix Market text, and Cell Ranger's .h5.

files.py          which files of a folder or zip belong together, and which rows are genes
folder.py         barcodes, features and matrix
hdf5.py           Cell Ranger's .h5
matrix_market.py  the text of sparse entries
"""
