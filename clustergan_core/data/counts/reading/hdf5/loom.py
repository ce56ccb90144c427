""".loom files, read without loompy, which would write to them: `matrix` (genes × cells) and its attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.counts.reading.count_file import Layout, name_all
from clustergan_core.data.counts.reading.hdf5.names import MAX_FRAME_COLUMNS, as_names, read_text
from clustergan_core.data.counts.reading.hdf5.values import DenseValues, Hdf5Counts
from clustergan_core.data.counts.reading.hdf5.vetting import read_values
from clustergan_core.data.counts.reading.names import number_names, require_names
from clustergan_core.data.own.cell_text import as_categories
from clustergan_core.errors import DataError

if TYPE_CHECKING:
    import h5py

_CELL_NAMES = ("CellID", "cell_id", "obs_names", "barcode", "Barcode")
_GENE_IDS = ("Accession", "accession", "gene_ids", "var_names", "ensembl")
_GENE_SYMBOLS = ("Gene", "gene", "gene_name", "GeneName", "symbol")


def open_loom(file: h5py.File, name: str) -> Hdf5Counts:
    """The main matrix. Raises DataError where there is none, or its attributes do not fit it."""
    import h5py

    matrix = file.get("matrix")
    if not isinstance(matrix, h5py.Dataset):
        raise DataError(f"{name} holds no 'matrix', which a loom file needs: save it again.")
    values = DenseValues(matrix, f"{name}: matrix", is_transposed=True)
    n_cells, n_genes = values.shape
    notes: list[str] = []
    cell_ids = _find_names(file, "col_attrs", _CELL_NAMES, n_cells, name)
    ids = _find_names(file, "row_attrs", _GENE_IDS, n_genes, name)
    symbols = _find_names(file, "row_attrs", _GENE_SYMBOLS, n_genes, name)
    if cell_ids is None:
        notes.append("The file names no cells: they are called cell_1, cell_2, ….")
        cell_ids = number_names("cell", n_cells)
    gene_ids = ids if ids is not None and len(set(ids.tolist())) == n_genes else symbols if symbols is not None else ids
    if gene_ids is None:
        notes.append("The file names no genes: they are called gene_1, gene_2, …, and so are its markers.")
        gene_ids = number_names("gene", n_genes)
    cells = _read_columns(file.get("col_attrs"), n_cells, name)
    layout = Layout(
        file_format="loom file",
        part="matrix",
        orientation="genes-by-cells",
        reason="loom files hold genes in rows",
        notes=notes,
    )
    return Hdf5Counts(name, name_all(cell_ids, gene_ids, symbols, cells), layout, file, values)


def _find_names(file: h5py.File, group: str, keys: tuple[str, ...], count: int, name: str) -> NDArray[np.str_] | None:
    attributes = file.get(group, {})
    for key in keys:
        if key in attributes and getattr(attributes[key], "shape", None) == (count,):
            texts = read_text(attributes[key], f"{name}: {group}/{key}").tolist()
            return require_names(name, "cell" if group == "col_attrs" else "gene", texts)
    return None


def _read_columns(attributes: Any, n_cells: int, name: str) -> pd.DataFrame:
    columns: dict[str, Any] = {}
    for key in list(attributes or {})[:MAX_FRAME_COLUMNS]:
        if key in _CELL_NAMES or getattr(attributes[key], "shape", None) != (n_cells,):
            continue
        values = read_values(attributes[key], f"{name}: col_attrs/{key}")
        columns[key] = as_categories(as_names(values)) if values.dtype.kind in "SUO" else values
    return pd.DataFrame(columns, index=range(n_cells))
