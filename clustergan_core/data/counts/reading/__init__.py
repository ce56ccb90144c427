"""From a stranger's file to a CountMatrix.

sandbox/            a child process with limits does the reading; results are kept
reader.py           opens a file of any format and reads it
formats.py          which format a file has
preflight.py        what a file is, before it is read whole
tenx/ hdf5/ tables/ one module a format
count_file.py       CountFile: what each format offers: names, layout, a look, the values
names.py            kinds of gene names and barcodes
compressed_text.py  gzip'd text with a bound on what it expands to
limits.py           what a file may take of cells, memory and time, each with its reason
"""
