"""Data sets that are opened by name: one loader a file.

mnist.py, usps.py, cifar.py, coil.py, digit_tables.py   images and pen strokes
synthetic.py    drawn by this project
cell_sets.py    where the files of named count matrices are
official.py     sets that come with a test split
download.py     PublishedFile: found on disk or fetched, with its checksum
transfer.py     one download: progress, resuming, stopping
array_cache.py  decoded arrays, cached because decoding is slow
"""
