"""10x folders of Cell Ranger 2 and 3, and their variants on GEO."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from clustergan_core.data.counts.reading.compressed_text import CompressedText
from clustergan_core.data.counts.reading.count_file import Layout, Names, Orientation, Peek, name_all
from clustergan_core.data.counts.reading.limits import MAX_CELLS, MAX_GENES, check_shape
from clustergan_core.data.counts.reading.names import require_names
from clustergan_core.data.counts.reading.tenx.files import EXPRESSION, find_tenx_files, keep_expression
from clustergan_core.data.counts.reading.tenx.matrix_market import Triplets, open_triplets
from clustergan_core.errors import DataError

MAX_NAMES_BYTES = 64 << 20  # of features.tsv or barcodes.tsv


@dataclass(frozen=True)
class TenxFolder:
    """A CountFile."""

    name: str
    names: Names
    layout: Layout
    triplets: Triplets
    gene_rows: NDArray[np.int64]  # among all features
    stack: ExitStack
    is_transposed: bool = False  # the text holds cells × genes, as some people save it

    def peek(self) -> Peek:
        peek = self.triplets.peek()
        if self.is_transposed:
            peek = replace(peek, values=csr_matrix(peek.values.T), cells=peek.genes, genes=peek.cells)
        seen = self.gene_rows[self.gene_rows < len(peek.genes)]  # a peek covers the first genes, or all
        return replace(peek, values=csr_matrix(peek.values[:, seen]), genes=np.arange(len(seen)))

    def read(self) -> csr_matrix[Any]:
        counts = self.triplets.read()
        counts = csr_matrix(counts.T) if self.is_transposed else counts
        return counts if len(self.gene_rows) == counts.shape[1] else csr_matrix(counts[:, self.gene_rows])

    def close(self) -> None:
        self.stack.close()


def open_tenx_folder(path: Path, orientation: Orientation) -> TenxFolder:
    """A folder, zip or matrix file. Raises DataError where its files are missing or do not fit together."""
    stack = ExitStack()
    try:
        return _open(path, orientation, stack)
    except BaseException:
        stack.close()
        raise


def _open(path: Path, orientation: Orientation, stack: ExitStack) -> TenxFolder:
    files = find_tenx_files(path, stack)
    triplets = open_triplets(files.matrix)
    barcodes, features = _read_rows(files.barcodes, MAX_CELLS), _read_rows(files.features, MAX_GENES)
    barcodes, features = (_without_header(rows, triplets) for rows in (barcodes, features))
    shape, named = (triplets.n_rows, triplets.n_columns), (len(features), len(barcodes))
    is_transposed = named != shape and named == shape[::-1]
    if orientation == "cells-by-genes" and shape[0] == shape[1]:
        is_transposed = True
    if not is_transposed and named != shape:
        raise DataError(
            f"{files.matrix.name} holds {shape[0]:,} rows × {shape[1]:,} columns, but {named[0]:,} genes and "
            f"{named[1]:,} cells are named: provide the three files of one sample."
        )
    check_shape(path.name, *(shape if is_transposed else shape[::-1]))
    ids = require_names(path.name, "gene", [row[0] for row in features])
    symbols = require_names(path.name, "gene", [row[1] if len(row) > 1 and row[1] else row[0] for row in features])
    types = [row[2] if len(row) > 2 and row[2] else EXPRESSION for row in features]
    gene_rows, notes = keep_expression(path.name, types)
    layout = Layout(
        file_format="10x folder (zip)" if path.suffix.lower() == ".zip" else "10x folder",
        part=files.matrix.name,
        orientation="cells-by-genes" if is_transposed else "genes-by-cells",
        reason="features.tsv names its columns" if is_transposed else "features.tsv names its rows",
        n_nonzeros=triplets.n_nonzeros,
        notes=notes,
    )
    cell_ids = require_names(path.name, "cell", [row[0] for row in barcodes])
    names = name_all(cell_ids, ids[gene_rows], symbols[gene_rows])
    return TenxFolder(path.name, names, layout, triplets, gene_rows, stack, is_transposed)


def _read_rows(text: CompressedText, most: int) -> list[list[str]]:
    """The tab-separated rows of a file of names. Raises DataError for more than `most`."""
    with text.open(MAX_NAMES_BYTES) as stream:
        content = stream.read().decode("utf-8-sig", "replace")
    lines = [line for line in content.splitlines() if line.strip()]
    if len(lines) > most + 1:
        raise DataError(
            f"{text.name} names {len(lines):,} rows, but at most {most:,} are read: provide the filtered matrix."
        )
    rows = [[cell.strip().strip('"') for cell in line.split("\t")] for line in lines]
    return [row if row[0] else ["unnamed", *row[1:]] for row in rows]


def _without_header(rows: list[list[str]], triplets: Triplets) -> list[list[str]]:
    """Rows without the header line that some files have: there is then one row more than the matrix has."""
    sides = (triplets.n_rows, triplets.n_columns)
    return rows[1:] if len(rows) not in sides and len(rows) - 1 in sides else rows
