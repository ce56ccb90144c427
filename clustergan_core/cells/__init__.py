"""Clusters of cells, gene by gene: expression, markers, walks, exports; clusters come as plain arrays.

expression.py    gene expression on the scale it is shown in, and dot plots
markers.py       genes that distinguish clusters or selections (Wilcoxon)
walks.py         from one cell type to another, gene by gene, with the nearest real cells
switch_genes.py  where along a walk a gene changes
contrasts.py     counterfactuals: a cell as another type
fidelity.py      each mode's generated cells compared with its real ones
suggest_k.py     how many clusters to begin with
exports.py       h5ad, Loupe, marker tables, gene sets
methods_text.py  the paragraph for a paper's methods section
"""
