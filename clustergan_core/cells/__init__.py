"""Clusters of cells, gene by gene: expression, markers, walks, exports; clusters come as plain arrays.

expression.py    gene expression on the scale it is shown in, and dot plots
markers.py       genes that distinguish clusters or selections (Wilcoxon)
enrichment.py    a gene set of one's own among the markers of a selection
references.py    cells whose types are known, as one file
shared_genes.py  the genes that two matrices share
reference_names.py  names of cells from a reference: regression names, an encoder vetoes
cell_cycle.py    the phase of each cell, and clusters that are mostly one phase
walks.py         from one cell type to another, gene by gene, with the nearest real cells
switch_genes.py  where along a generated walk a gene changes
ensembles.py     the ends of a walk in several runs
switch_points.py where genes switch among the real cells between two types, in one reading
switch_readings.py  many such readings, over runs, halves of the genes and cells
switch_order.py  the order of the switches, with its agreement over runs and cells
pseudotime.py    diffusion pseudotime as a reference for that order
contrasts.py     counterfactuals: a cell as another type
fidelity.py      each mode's generated cells compared with its real ones
pseudobulk.py    genes between conditions, on counts summed by sample (PyDESeq2)
deseq2_fits.py   DESeq2's fits for all genes at once
sample_markers.py  markers within samples of an experiment, combined
composition.py   shares of clusters in samples and conditions, and propeller's test
overcorrection.py  alarms where samples of an experiment were moved together too far
suggest_k.py     how many clusters to begin with
exports.py       clusters in an AnnData or h5ad
export_tables.py Loupe, marker tables, gene sets
columns.py       a file's own columns of cells in an h5ad
methods_text.py  the paragraph for a paper's methods section

`cluster` clusters an AnnData in place; it trains, and so it stands in clustergan_core.library and is only listed here.
"""

from typing import Any

import lazy_loader

_find_listed, _list_names, _ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    if name == "cluster":
        from clustergan_core.library.annotated_cells import cluster

        return cluster
    return _find_listed(name)


def __dir__() -> list[str]:
    return sorted([*_list_names(), "cluster"])
