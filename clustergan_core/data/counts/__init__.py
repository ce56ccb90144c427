"""Count matrices of single cells: read, checked, filtered and transformed.

matrix.py                   CountMatrix: cells × genes as the file holds them
reading/                    from a stranger's file to a CountMatrix
sparse.py                   sums, moments and log-normalisation of large sparse matrices, part by part
genes.py                    names of genes, and genes of two matrices matched
quality.py                  quality control: metrics, thresholds, what each step removes
highly_variable_genes.py    the choice of genes
settings.py                 settings of quality control and preparation, and their presets
preparation_options.py      these settings as text after --prepare, in an address, in a config
steps.py                    recorded steps, repeated on new cells
prepare.py                  a CountMatrix to a Dataset
annotated.py                an AnnData in memory to a CountMatrix
"""
