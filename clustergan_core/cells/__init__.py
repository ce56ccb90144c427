"""What is told of genes: expression, markers, switches, exports; clusters come as plain arrays.

expression.py    values of genes on the scale they are shown in, and dot plots
markers.py       genes that set clusters or selections apart (Wilcoxon)
switch_genes.py  where along a walk a gene changes
exports.py       h5ad, Loupe, marker tables, gene sets
methods_text.py  the paragraph for a paper's methods section
"""
