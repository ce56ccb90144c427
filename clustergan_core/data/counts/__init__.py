"""Count matrices of single cells: read, checked, filtered and transformed.

matrix.py                   CountMatrix: cells × genes as the file holds them
reading/                    from an untrusted file to a CountMatrix
log_base.py                 the base of a file's logarithms, and natural ones instead
sparse.py                   sums, moments and log-normalisation of large sparse matrices, chunk by chunk
genes.py                    gene names, and the genes of two matrices matched
cycle_genes.py              genes of the cell cycle, which a preparation may leave out
gene_sets.py                mitochondrial and ribosomal genes of several species
joining.py                  the matrices of several samples as one
batches.py                  which sample each cell is from, and the table that describes samples
quality.py                  quality control: metrics, thresholds, what each rule removes
quality_rules.py            its rules, within each sample where there are several
sample_quality.py           what it leaves of each sample
doublets.py                 two cells under one barcode, by Scrublet
highly_variable_genes.py    the choice of genes
settings.py                 settings of quality control and preparation, and their presets
preparation_options.py      these settings as text: for --prepare, an address and a config
steps.py                    recorded steps, repeated on new cells
prepare.py                  from a CountMatrix to a Dataset
annotated.py                from an AnnData in memory to a CountMatrix
"""
