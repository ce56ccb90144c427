"""Which rows of a 10x matrix are genes: antibodies, guides and peaks are left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clustergan_core.errors import DataError

EXPRESSION = "Gene Expression"


def keep_expression(name: str, types: Sequence[str]) -> tuple[NDArray[np.int64], list[str]]:
    """(rows of gene expression, a sentence on the others if there are any). Raises DataError where there are none."""
    kept = np.flatnonzero(np.array(types, dtype=np.str_) == EXPRESSION)
    others = sorted({kind for kind in types if kind != EXPRESSION})
    if not len(kept):
        raise DataError(
            f"{name} holds {', '.join(others) or 'nothing'} and no gene expression: bring a matrix of genes."
        )
    if not others:
        return kept, []
    return kept, [f"{len(types) - len(kept):,} rows that are not gene expression are left out ({', '.join(others)})."]
