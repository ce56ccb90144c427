"""Reads a count matrix of any format; untrusted files go through `read_safely`, which reads in a child process."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from clustergan_core.data.counts.log_base import with_natural_logarithms
from clustergan_core.data.counts.matrix import CountMatrix, find_state
from clustergan_core.data.counts.reading.count_file import CountFile, Orientation, describe_names
from clustergan_core.data.counts.reading.formats import find_format
from clustergan_core.data.counts.reading.gene_rows import leave_out_others
from clustergan_core.data.own.vetting import open_archive, require_file
from clustergan_core.errors import DataError

PEEK_TEXT_VALUES = 3_000_000  # of a text, which is parsed for the peek: half a second


def open_counts(path: Path, orientation: Orientation = "auto") -> CountFile:
    """The file with its names read and its declared sizes vetted; the caller closes it.

    Raises DataError with one sentence for a file that is not a count matrix, is too large, or contradicts the chosen
    orientation.
    """
    if not path.is_dir():
        require_file(path)
    file = leave_out_others(_open(path, orientation))
    if orientation in ("auto", file.layout.orientation) or file.layout.can_transpose:
        return file
    file.close()
    raise DataError(
        f"{path.name} determines its own orientation ({file.layout.orientation}: {file.layout.reason}): leave the "
        "orientation at auto."
    )


def read_counts(path: Path, orientation: Orientation = "auto") -> CountMatrix:
    """The whole matrix, read in this process. Raises DataError where values are missing, infinite or all zero."""
    file = open_counts(path, orientation)
    try:
        return read_opened(file)
    finally:
        file.close()


def read_opened(file: CountFile) -> CountMatrix:
    """The whole matrix of an opened file. Raises DataError where values are missing, infinite or all zero."""
    counts = file.read()
    n_bad = int(counts.data.size - np.isfinite(counts.data).sum())
    if n_bad:
        raise DataError(
            f"{file.name} holds {n_bad:,} values that are NaN or infinite in {file.layout.part}: write 0 where nothing "
            "was counted."
        )
    if not counts.nnz:
        raise DataError(f"{file.name} holds only zeros in {file.layout.part}: provide a matrix with counts.")
    names, layout = file.names, file.layout
    cells_in = "rows" if layout.orientation == "cells-by-genes" else "columns"
    assumed = [] if layout.is_sure else [f"Cells are assumed to be in {cells_in}: {layout.reason}."]
    matrix = CountMatrix(
        name=file.name,
        counts=counts,
        cell_ids=names.cell_ids,
        gene_ids=names.gene_ids,
        gene_symbols=names.gene_symbols,
        cells=names.cells,
        state=find_state(counts.data)[0],
        part=file.layout.part,
        notes=(*assumed, *file.layout.notes, *describe_names(names)),
        repeated_cells=names.repeated_cells,
    )
    return with_natural_logarithms(matrix)


def _open(path: Path, orientation: Orientation) -> CountFile:
    file_format = find_format(path)
    if file_format == "10x":
        from clustergan_core.data.counts.reading.tenx.folder import open_tenx_folder

        return open_tenx_folder(path, orientation)
    if file_format == "hdf5":
        return _open_hdf5(path, orientation)
    if file_format in ("text", "sheet"):
        from clustergan_core.data.counts.reading.tables.grid import open_grid
        from clustergan_core.data.counts.reading.tables.sheet import open_sheet
        from clustergan_core.data.counts.reading.tables.text import open_text

        text = open_text(path) if file_format == "text" else open_sheet(path)
        return open_grid(path.name, text, orientation, PEEK_TEXT_VALUES)
    if file_format == "seurat":
        from clustergan_core.data.counts.reading.formats import refuse_seurat

        raise refuse_seurat(path)
    problem = "is not a supported file type"
    if path.is_dir():
        problem = "holds no matrix.mtx (links that lead out of it are not followed)"
    elif path.suffix.lower() == ".zip":
        open_archive(path).close()  # raises where the zip itself is at fault
        problem = "holds no matrix.mtx"
    raise DataError(
        f"{path.name} {problem}. Supported: a 10x folder (also as .zip), .h5, .h5ad, .loom, .csv, .tsv and .txt (also "
        ".gz), and .xlsx."
    )


def _open_hdf5(path: Path, orientation: Orientation) -> CountFile:
    from clustergan_core.data.counts.reading.hdf5.h5ad import open_h5ad
    from clustergan_core.data.counts.reading.hdf5.loom import open_loom
    from clustergan_core.data.counts.reading.hdf5.plain import open_plain_hdf5
    from clustergan_core.data.counts.reading.hdf5.vetting import open_vetted
    from clustergan_core.data.counts.reading.tenx.hdf5 import find_genomes, open_tenx_hdf5

    file = open_vetted(path)
    try:
        if "obs" in file and "var" in file:
            return open_h5ad(file, path.name)
        if "row_attrs" in file or "col_attrs" in file:
            return open_loom(file, path.name)
        if find_genomes(file):
            return open_tenx_hdf5(file, path.name)
        if "X" in file:
            return open_plain_hdf5(file, path.name, orientation)
        shown = ", ".join(list(file)[:8])
        raise DataError(
            f"{path.name} holds {shown or 'nothing'} but no supported matrix: provide a 10x .h5, .h5ad, .loom, or HDF5 "
            "with X (cells × genes)."
        )
    except BaseException:
        file.close()
        raise
