"""What is told of genes: expression, markers, walks, exports; clusters come as plain arrays.

expression.py    values of genes on the scale they are shown in, and dot plots
markers.py       genes that set clusters or selections apart (Wilcoxon)
walks.py         from one type of cell to another, gene by gene, with the real cells nearest by
switch_genes.py  where along a walk a gene changes
contrasts.py     a cell as another type
fidelity.py      each mode's generated cells beside its real ones
suggest_k.py     how many clusters to begin with
exports.py       AnnData and h5ad, Loupe, marker tables, gene sets
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
