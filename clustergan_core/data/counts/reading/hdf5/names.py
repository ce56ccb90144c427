"""Names and columns in HDF5: text of fixed or variable width, and the tables of .h5ad files of every version."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.counts.reading.hdf5.vetting import read_values
from clustergan_core.data.own.cell_text import as_categories, categorize
from clustergan_core.errors import DataError

if TYPE_CHECKING:
    import h5py


MAX_FRAME_COLUMNS = 500  # of a file's data about its cells; further columns are left out, with a note


def read_text(dataset: h5py.Dataset, where: str) -> NDArray[np.str_]:
    """A dataset of names as text; numbers, such as Entrez ids, become text."""
    return as_names(read_values(dataset, where))


def as_names(values: NDArray[Any]) -> NDArray[np.str_]:
    """Bytes, text or numbers as text."""
    return np.array([_decode(value) for value in values.ravel().tolist()], dtype=np.str_)


def read_frame(node: Any, where: str, uns: Any = None) -> tuple[NDArray[np.str_], pd.DataFrame, int]:
    """(index, columns as numbers or categories of text, how many columns were left out) of obs or var.

    `node` is a group (anndata 0.7 and later) or a compound dataset (before), whose categories stand in `uns`.
    """
    import h5py

    if isinstance(node, h5py.Dataset):
        return _read_compound(node, where, uns)
    if not isinstance(node, h5py.Group):
        raise DataError(f"{where} is missing: save the file again.")
    index_name = _decode(node.attrs.get("_index", "_index"))
    if index_name not in node:
        raise DataError(f"{where} has no index '{index_name}', which names its rows: save the file again.")
    index = _read_index(node[index_name], f"{where}/{index_name}")
    order = [_decode(name) for name in np.ravel(node.attrs.get("column-order", []))]
    names = [name for name in order if name in node] or [n for n in node if n not in (index_name, "__categories")]
    columns: dict[str, Any] = {}
    for name in names[:MAX_FRAME_COLUMNS]:
        column = _read_column(node, name, f"{where}/{name}")
        if column is not None and len(column) == len(index):
            columns[name] = column
    return index, pd.DataFrame(columns, index=pd.Index(index)), len(names) - len(columns)


def _read_index(node: Any, where: str) -> NDArray[np.str_]:
    import h5py

    if isinstance(node, h5py.Group) and isinstance(values := node.get("values"), h5py.Dataset):
        return read_text(values, where)  # text with gaps, as anndata 0.12 can write it
    if not isinstance(node, h5py.Dataset):
        raise DataError(f"{where} is not a list of names: save the file again.")
    return read_text(node, where)


def _read_column(frame: h5py.Group, name: str, where: str) -> Any:
    """One column, or None for a type that is not supported."""
    import h5py

    node = frame[name]
    if isinstance(node, h5py.Group):
        if "codes" in node and "categories" in node:
            return categorize(read_values(node["codes"], where), read_text(node["categories"], where))
        if "values" in node and "mask" in node:  # numbers or text with gaps
            missing = read_values(node["mask"], where).astype(bool)
            return _plain_column(read_values(node["values"], where), missing)
        return None
    if not isinstance(node, h5py.Dataset) or node.ndim != 1:
        return None
    old = frame.get("__categories")  # anndata 0.7
    if isinstance(old, h5py.Group) and isinstance(categories := old.get(name), h5py.Dataset):
        return categorize(read_values(node, where), read_text(categories, where))
    return _plain_column(read_values(node, where), None)


def _plain_column(values: NDArray[Any], missing: NDArray[np.bool_] | None) -> Any:
    if values.dtype.kind in "SUO":
        return as_categories(as_names(values), missing)
    if values.dtype.kind not in "iufb":
        return None
    if missing is None or not missing.any():
        return values
    if values.dtype.kind == "b":
        return as_categories(values.astype(np.str_), missing)
    return np.where(missing, np.nan, values.astype(np.float64))


def _read_compound(node: h5py.Dataset, where: str, uns: Any) -> tuple[NDArray[np.str_], pd.DataFrame, int]:
    records = read_values(node, where)
    fields = records.dtype.names or ()
    if not fields:
        raise DataError(f"{where} is not a table: save the file again.")
    index_name = "index" if "index" in fields else fields[0]
    columns: dict[str, Any] = {}
    categories_of: Callable[[str], Any] = uns.get if uns is not None else lambda _: None
    for name in [field for field in fields if field != index_name][:MAX_FRAME_COLUMNS]:
        categories = categories_of(f"{name}_categories")
        if categories is None or getattr(categories, "ndim", 0) != 1 or records[name].dtype.kind not in "iu":
            column = _plain_column(records[name], None)
        else:
            column = categorize(records[name], read_text(categories, f"{where}/{name}"))
        if column is not None:
            columns[name] = column
    index = as_names(records[index_name])
    return index, pd.DataFrame(columns, index=pd.Index(index)), len(fields) - 1 - len(columns)


def _decode(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
