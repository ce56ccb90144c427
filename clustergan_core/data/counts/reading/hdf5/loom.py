""".loom files, read without loompy, which would write to them: `matrix` (genes × cells) and its attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.counts.reading.count_file import Layout, name_all
from clustergan_core.data.counts.reading.hdf5.names import MAX_FRAME_COLUMNS, as_names, read_text
from clustergan_core.data.counts.reading.hdf5.naming import find_cell_column, find_gene_columns
from clustergan_core.data.counts.reading.hdf5.values import DenseValues, Hdf5Counts
from clustergan_core.data.counts.reading.hdf5.vetting import read_values
from clustergan_core.data.counts.reading.name_words import CELL_WORDS, ID_WORDS, SYMBOL_WORDS, has_word
from clustergan_core.data.counts.reading.names import number_names, require_names, show_some
from clustergan_core.data.own.cell_text import as_categories
from clustergan_core.errors import DataError

if TYPE_CHECKING:
    import h5py


def open_loom(file: h5py.File, name: str) -> Hdf5Counts:
    """The main matrix. Raises DataError where there is none, or its attributes do not fit it."""
    import h5py

    matrix = file.get("matrix")
    if not isinstance(matrix, h5py.Dataset):
        raise DataError(f"{name} holds no 'matrix', which a loom file needs: save it again.")
    values = DenseValues(matrix, f"{name}: matrix", is_transposed=True)
    n_cells, n_genes = values.shape
    notes: list[str] = []
    layers = file.get("layers")
    if isinstance(layers, h5py.Group) and len(layers):
        notes.append(f"'matrix' is read; other layers of the file are left out ({show_some(list(layers))}).")
    cell_ids, cell_key = _name_cells(file, n_cells, name, notes)
    gene_ids, symbols = _name_genes(file, n_genes, name, notes)
    cells, left_out = _read_columns(file.get("col_attrs"), n_cells, name, cell_key)
    if left_out:
        notes.append(f"Attributes of the cells that are no columns are left out ({show_some(left_out)}).")
    layout = Layout(
        file_format="loom file",
        part="matrix",
        orientation="genes-by-cells",
        reason="loom files hold genes in rows",
        notes=notes,
    )
    return Hdf5Counts(name, name_all(cell_ids, gene_ids, symbols, cells), layout, file, values)


def _name_cells(file: h5py.File, n_cells: int, name: str, notes: list[str]) -> tuple[NDArray[np.str_], str | None]:
    """(names of the cells, the attribute that holds them)."""
    texts = _read_texts(file, "col_attrs", n_cells, name, CELL_WORDS)
    key = find_cell_column(texts)
    if key is None:
        notes.append("The file names no cells: they are called cell_1, cell_2, ….")
        return number_names("cell", n_cells), None
    if not has_word(key, CELL_WORDS):
        notes.append(f"Cells are named by the attribute '{key}'.")
    return require_names(name, "cell", texts[key].tolist()), key


def _name_genes(
    file: h5py.File, n_genes: int, name: str, notes: list[str]
) -> tuple[NDArray[np.str_], NDArray[np.str_] | None]:
    """(ids, symbols where they are others)."""
    texts = _read_texts(file, "row_attrs", n_genes, name, (*ID_WORDS, *SYMBOL_WORDS))
    columns = find_gene_columns(texts)
    key = columns.ids or columns.symbols
    if key is None:
        notes.append("The file names no genes: they are called gene_1, gene_2, …, and so are its markers.")
        return number_names("gene", n_genes), None
    if not has_word(key, (*ID_WORDS, *SYMBOL_WORDS)):
        notes.append(f"Genes are named by the attribute '{key}'.")
    ids = require_names(name, "gene", texts[key].tolist())
    if columns.symbols is None or columns.symbols == key:
        return ids, None
    given = texts[columns.symbols].tolist()
    return ids, require_names(name, "gene", [symbol or gene for symbol, gene in zip(given, ids.tolist(), strict=True)])


def _read_texts(
    file: h5py.File, group: str, count: int, name: str, words: tuple[str, ...]
) -> dict[str, NDArray[np.str_]]:
    """Attributes of text with a value for each cell or gene; numbers only under a usual word for names."""
    import h5py

    attributes = file.get(group)
    texts: dict[str, NDArray[np.str_]] = {}
    for key in list(attributes)[:MAX_FRAME_COLUMNS] if isinstance(attributes, h5py.Group) else []:
        node = attributes[key]
        if not isinstance(node, h5py.Dataset) or node.shape != (count,):
            continue
        if node.dtype.kind in "SUO" or (node.dtype.kind in "iu" and has_word(key, words)):
            texts[key] = read_text(node, f"{name}: {group}/{key}")
    return texts


def _read_columns(attributes: Any, n_cells: int, name: str, cell_key: str | None) -> tuple[pd.DataFrame, list[str]]:
    """(columns of the cells, the attributes that are none)."""
    columns: dict[str, Any] = {}
    left_out: list[str] = []
    keys = [key for key in attributes or {} if key != cell_key]
    for key in keys:
        node = attributes[key]
        is_column = getattr(node, "shape", None) == (n_cells,) and node.dtype.kind in "SUOiufb"
        if not is_column or len(columns) >= MAX_FRAME_COLUMNS:
            left_out.append(key)
            continue
        values = read_values(node, f"{name}: col_attrs/{key}")
        columns[key] = as_categories(as_names(values)) if values.dtype.kind in "SUO" else values
    return pd.DataFrame(columns, index=range(n_cells)), left_out
