"""What is told of genes: expression, markers, walks, exports; clusters come as plain arrays.

expression.py    values of genes on the scale they are shown in, and dot plots
markers.py       genes that set clusters or selections apart (Wilcoxon)
walks.py         from one type of cell to another, gene by gene, with the real cells nearest by
switch_genes.py  where along a walk a gene changes
contrasts.py     a cell as another type
fidelity.py      each mode's generated cells beside its real ones
suggest_k.py     how many clusters to begin with
exports.py       h5ad, Loupe, marker tables, gene sets
methods_text.py  the paragraph for a paper's methods section
"""
