""".h5ad files of every anndata since 0.6, read part by part without the library, so that unused parts stay unread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.counts.matrix import CountState, find_state
from clustergan_core.data.counts.reading.count_file import CountFile, Layout, keep_genes, name_all
from clustergan_core.data.counts.reading.gene_rows import EXPRESSION, keep_expression
from clustergan_core.data.counts.reading.hdf5.names import read_frame
from clustergan_core.data.counts.reading.hdf5.naming import find_cell_column, find_gene_columns
from clustergan_core.data.counts.reading.hdf5.values import CompressedValues, DenseValues, Hdf5Counts, StoredValues
from clustergan_core.data.counts.reading.name_words import SYMBOL_WORDS, has_word
from clustergan_core.data.counts.reading.names import are_gene_ids, counts_up, require_names
from clustergan_core.errors import DataError

if TYPE_CHECKING:
    import h5py

# Raw counts are best; among equals, layers["counts"] comes before X, raw and other layers.
_PREFERENCE: tuple[CountState, ...] = ("raw", "log", "normalised", "scaled")


def open_h5ad(file: h5py.File, name: str) -> CountFile:
    """The part of the file that holds counts, or comes closest to them by `_PREFERENCE`.

    Raises DataError where no part is a matrix.
    """
    parts, states = {}, {}
    for part, node in _find_parts(file):
        values = _open_values(node, f"{name}: {part}")
        if values is not None:
            parts[part] = values
            states[part] = find_state(values.peek().values.data)[0]
    if not parts:
        raise DataError(f"{name} holds no matrix in X, layers or raw: save the file again with its counts.")
    part = min(parts, key=lambda candidate: _PREFERENCE.index(states[candidate]))
    values = parts[part]
    cell_ids, cells, n_left_out = read_frame(file.get("obs"), f"{name}: obs", file.get("uns"))
    gene_ids, genes, _ = _read_genes(file, part, name)
    if values.shape != (len(cell_ids), len(gene_ids)):
        raise DataError(
            f"{name} holds {values.shape[0]:,} × {values.shape[1]:,} values in {part} for {len(cell_ids):,} cells and "
            f"{len(gene_ids):,} genes: save it again."
        )
    notes = []
    if part != "X" and "X" in parts:
        notes.append(f"The file holds {len(parts)} matrices; {part} is read ({states[part]}), X is {states['X']}.")
    if n_left_out:
        notes.append(f"{n_left_out} columns of obs are left out, because they are neither numbers nor text.")
    cell_texts = _text_columns(cells) if counts_up(cell_ids.tolist()) else {}
    cell_key = find_cell_column(cell_texts)
    if cell_key is not None:
        notes.append(f"The index of obs only counts its rows, so that cells are named by obs['{cell_key}'].")
        cell_ids = cell_texts[cell_key]
    gene_ids, symbols = _name_genes(name, gene_ids, genes, notes)
    names = name_all(require_names(name, "cell", cell_ids.tolist()), gene_ids, symbols, cells)
    layout = Layout(
        file_format="AnnData file (.h5ad)",
        part=part,
        orientation="cells-by-genes",
        reason="AnnData files hold cells in rows",
        n_nonzeros=values.n_nonzeros,
        notes=notes,
    )
    counts = Hdf5Counts(name, names, layout, file, values)
    types = next((genes[key] for key in genes if str(key).lower() in ("feature_types", "feature_type")), None)
    if types is None or EXPRESSION not in set(types.astype(str)):
        return counts
    return keep_genes(counts, *keep_expression(name, types.astype(str).tolist()))


def _find_parts(file: h5py.File) -> Iterator[tuple[str, Any]]:
    import h5py

    layers = file.get("layers")
    others = [key for key in layers if key != "counts"] if isinstance(layers, h5py.Group) else []
    if isinstance(layers, h5py.Group) and "counts" in layers:
        yield "layers['counts']", layers["counts"]
    if "X" in file:
        yield "X", file["X"]
    raw = file["raw.X"] if "raw.X" in file else file.get("raw/X")  # the first is how anndata 0.6 wrote it
    if raw is not None:
        yield "raw", raw
    for key in others[:10]:
        yield f"layers['{key}']", file[f"layers/{key}"]


def _open_values(node: Any, where: str) -> StoredValues | None:
    import h5py

    if isinstance(node, h5py.Dataset):
        return DenseValues(node, where) if node.shape else None
    if not isinstance(node, h5py.Group):
        return None
    encoding = node.attrs.get("encoding-type", node.attrs.get("h5sparse_format", ""))
    encoding = encoding.decode() if isinstance(encoding, bytes) else str(encoding)
    if encoding[:3] not in ("csr", "csc"):
        return None
    shape = node.attrs.get("shape", node.attrs.get("h5sparse_shape"))
    if shape is None or np.shape(shape) != (2,):
        raise DataError(f"{where} does not declare its shape: save it again.")
    return CompressedValues(node, where, (int(shape[0]), int(shape[1])), is_by_cell=encoding.startswith("csr"))


def _read_genes(file: h5py.File, part: str, name: str) -> tuple[NDArray[np.str_], pd.DataFrame, int]:
    if part == "raw":
        node = file["raw.var"] if "raw.var" in file else file.get("raw/var")
        ids, genes, n_left_out = read_frame(node, f"{name}: raw/var", file.get("uns"))
        if find_gene_columns(_text_columns(genes)).symbols is None:  # raw often has no columns; var may have more
            var_ids, var, _ = read_frame(file.get("var"), f"{name}: var", file.get("uns"))
            if np.array_equal(var_ids, ids):
                genes = var
        return ids, genes, n_left_out
    return read_frame(file.get("var"), f"{name}: var", file.get("uns"))


def _name_genes(
    name: str, index: NDArray[np.str_], genes: pd.DataFrame, notes: list[str]
) -> tuple[NDArray[np.str_], NDArray[np.str_] | None]:
    """(ids, symbols where they are others): the index of var, and a column of symbols if it has one."""
    texts = _text_columns(genes)
    columns = find_gene_columns(texts)
    ids, symbols = index, columns.symbols
    key = columns.ids or columns.symbols
    if counts_up(index.tolist()) and key is not None:
        notes.append(f"The index of var only counts its rows, so that genes are named by var['{key}'].")
        ids = texts[key]
    elif symbols is not None and not has_word(symbols, SYMBOL_WORDS) and not are_gene_ids(index.tolist()):
        symbols = None  # the index holds symbols already
    gene_ids = require_names(name, "gene", ids.tolist())
    if symbols is None or symbols == (key if ids is not index else None):
        return gene_ids, None
    given = texts[symbols].tolist()
    return gene_ids, require_names(name, "gene", [text or gene for text, gene in zip(given, ids.tolist(), strict=True)])


def _text_columns(frame: pd.DataFrame) -> dict[str, NDArray[np.str_]]:
    """Columns of text by name, "" where a cell is empty."""
    return {
        str(key): np.array(["" if pd.isna(text) else str(text) for text in frame[key].tolist()], dtype=np.str_)
        for key in frame
        if isinstance(frame[key].dtype, pd.CategoricalDtype)
    }
