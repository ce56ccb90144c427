"""HDF5 files that accompany method papers: X (cells × genes) and Y (labels), without gene names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from clustergan_core.data.counts.reading.count_file import Layout, Orientation, name_all
from clustergan_core.data.counts.reading.hdf5.names import as_names
from clustergan_core.data.counts.reading.hdf5.values import DenseValues, Hdf5Counts
from clustergan_core.data.counts.reading.hdf5.vetting import read_values
from clustergan_core.data.counts.reading.names import number_names
from clustergan_core.data.own.cell_text import as_categories, as_text
from clustergan_core.errors import DataError

if TYPE_CHECKING:
    import h5py

LABEL = "label"  # a column of this name becomes the reference without being chosen


def open_plain_hdf5(file: h5py.File, name: str, orientation: Orientation) -> Hdf5Counts:
    """X and, where there is one, Y with one label per cell. Raises DataError where X is not a matrix of numbers."""
    import h5py

    matrix = file["X"]
    if not isinstance(matrix, h5py.Dataset) or matrix.ndim != 2:
        raise DataError(f"{name} holds an X that is not a table of numbers: provide cells × genes.")
    labels = file.get("Y")
    n_labels = labels.shape[0] if isinstance(labels, h5py.Dataset) and labels.ndim == 1 else None
    is_transposed = orientation == "genes-by-cells"
    reason = "as you chose" if orientation != "auto" else "files with X and Y hold cells in rows"
    if orientation == "auto" and n_labels is not None and n_labels in matrix.shape:
        is_transposed = n_labels != matrix.shape[0]
        reason = f"Y has one label for each of {n_labels:,} {'columns' if is_transposed else 'rows'}"
    values = DenseValues(matrix, f"{name}: X", is_transposed)
    n_cells, n_genes = values.shape
    notes = ["The file names no genes: they are called gene_1, gene_2, …, and so are its markers."]
    cells = pd.DataFrame(index=range(n_cells))
    if n_labels == n_cells and isinstance(labels, h5py.Dataset):
        numbers = read_values(labels, f"{name}: Y")
        cells[LABEL] = as_categories(as_names(numbers) if numbers.dtype.kind in "SUO" else as_text(numbers))
        notes.append(f"Y is kept as the column '{LABEL}' of the cells.")
    others = [key for key in file if key not in ("X", "Y")]
    if others:
        notes.append(f"Left out: {', '.join(others[:8])}.")
    names = name_all(number_names("cell", n_cells), number_names("gene", n_genes), cells=cells)
    layout = Layout(
        file_format="HDF5 file with X and Y" if n_labels is not None else "HDF5 file with X",
        part="X",
        orientation="genes-by-cells" if is_transposed else "cells-by-genes",
        reason=reason,
        can_transpose=True,
        notes=notes,
    )
    return Hdf5Counts(name, names, layout, file, values)
