"""From an untrusted file to a CountMatrix.

sandbox/            a child process with limits does the reading; results are cached
reader.py           opens a file of any format and reads it
formats.py          which format a file has
preflight.py        what a file holds, before it is read in full
tenx/ hdf5/ tables/ one module a format
count_file.py       CountFile, the contract of every format: names, layout, a peek, the values
gene_rows.py        counters and antibodies among the genes, and joined names
ensembl_symbols.py  symbols of genes that a file names by Ensembl id alone (symbols/)
name_words.py       what programs call the columns that name cells and genes
names.py            types of gene names and barcodes
compressed_text.py  gzipped text with a bound on its expansion
limits.py           limits on cells, memory and time, each with its reason
"""
