"""A CountMatrix passed between processes: arrays in an .npz without pickles, the rest as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from clustergan_core.data.counts.matrix import CountMatrix

_ARRAYS, _REST = "matrix.npz", "matrix.json"


def write_matrix(matrix: CountMatrix, folder: Path) -> None:
    """Writes a matrix for `load_matrix`."""
    arrays: dict[str, Any] = {
        "data": matrix.counts.data,
        "indices": matrix.counts.indices,
        "indptr": matrix.counts.indptr,
        "cell_ids": matrix.cell_ids,
        "gene_ids": matrix.gene_ids,
        "gene_symbols": matrix.gene_symbols,
    }
    for index, column in enumerate(matrix.cells.columns):
        values = matrix.cells[column]
        if isinstance(values.dtype, pd.CategoricalDtype):
            arrays[f"codes_{index}"] = values.cat.codes.to_numpy()
            arrays[f"categories_{index}"] = np.array([str(text) for text in values.cat.categories], dtype=np.str_)
        else:
            arrays[f"values_{index}"] = values.to_numpy()
    np.savez(folder / _ARRAYS, allow_pickle=False, **arrays)
    rest = {
        "name": matrix.name,
        "shape": matrix.counts.shape,
        "columns": [str(column) for column in matrix.cells.columns],
        "state": matrix.state,
        "part": matrix.part,
        "notes": matrix.notes,
        "repeated_cells": matrix.repeated_cells,
    }
    (folder / _REST).write_text(json.dumps(rest), encoding="utf-8")


def load_matrix(folder: Path) -> CountMatrix:
    """The matrix that `write_matrix` wrote."""
    rest = json.loads((folder / _REST).read_text(encoding="utf-8"))
    # Opened here, because numpy leaves a corrupt file open.
    with (folder / _ARRAYS).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        counts = csr_matrix((arrays["data"], arrays["indices"], arrays["indptr"]), shape=tuple(rest["shape"]))
        columns: dict[str, Any] = {}
        for index, column in enumerate(rest["columns"]):
            if f"codes_{index}" in arrays:
                categories = pd.Index(arrays[f"categories_{index}"].tolist(), dtype=object)
                columns[column] = pd.Categorical.from_codes(arrays[f"codes_{index}"], categories=categories)
            else:
                columns[column] = arrays[f"values_{index}"]
        return CountMatrix(
            name=rest["name"],
            counts=counts,
            cell_ids=arrays["cell_ids"],
            gene_ids=arrays["gene_ids"],
            gene_symbols=arrays["gene_symbols"],
            cells=pd.DataFrame(columns, index=pd.Index(arrays["cell_ids"].tolist(), dtype=object)),
            state=rest["state"],
            part=rest["part"],
            notes=tuple(rest["notes"]),
            repeated_cells=tuple(rest["repeated_cells"]),
        )
