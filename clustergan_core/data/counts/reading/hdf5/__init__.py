"""Count matrices in HDF5: .h5ad, .loom, and files with X.

vetting.py  checks links and sizes before anything is read
values.py   dense and compressed blocks of numbers, and Hdf5Counts
names.py    names and data frames
naming.py   which columns name cells and genes
h5ad.py, loom.py, plain.py   the formats
"""
