"""Data sets known by name that come as files: one loader a file.

mnist.py, usps.py, cifar.py, coil.py, digit_tables.py   images and pen strokes
synthetic.py    drawn by this project
cell_sets.py    where the files of count matrices known by name are
official.py     sets that come with a test split
download.py     PublishedFile: found on disk or fetched, with its checksum
transfer.py     one download: progress, resuming, stopping
array_cache.py  arrays kept after a slow first reading
"""
