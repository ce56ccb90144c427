"""10x folders of Cell Ranger 2 and 3, and what GEO makes of them."""

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
    kept: NDArray[np.int64]  # rows of genes among all features
    stack: ExitStack
    is_transposed: bool = False  # the text holds cells × genes, as some people write it

    def peek(self) -> Peek:
        look = self.triplets.peek()
        if self.is_transposed:
            look = replace(look, values=csr_matrix(look.values.T), cells=look.genes, genes=look.cells)
        seen = self.kept[self.kept < len(look.genes)]  # a look is at the first ones, or at all
        return replace(look, values=csr_matrix(look.values[:, seen]), genes=np.arange(len(seen)))

    def read(self) -> csr_matrix[Any]:
        counts = self.triplets.read()
        counts = csr_matrix(counts.T) if self.is_transposed else counts
        return counts if len(self.kept) == counts.shape[1] else csr_matrix(counts[:, self.kept])

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
            f"{named[1]:,} cells are named: bring the three files of one sample."
        )
    check_shape(path.name, *(shape if is_transposed else shape[::-1]))
    ids = require_names(path.name, "gene", [row[0] for row in features])
    symbols = require_names(path.name, "gene", [row[1] if len(row) > 1 and row[1] else row[0] for row in features])
    kept, notes = keep_expression(path.name, [row[2] if len(row) > 2 and row[2] else EXPRESSION for row in features])
    layout = Layout(
        form="10x folder (zip)" if path.suffix.lower() == ".zip" else "10x folder",
        part=files.matrix.name,
        orientation="cells-by-genes" if is_transposed else "genes-by-cells",
        reason="features.tsv names its columns" if is_transposed else "features.tsv names its rows",
        n_nonzeros=triplets.n_nonzeros,
        notes=notes,
    )
    names = name_all(require_names(path.name, "cell", [row[0] for row in barcodes]), ids[kept], symbols[kept])
    return TenxFolder(path.name, names, layout, triplets, kept, stack, is_transposed)


def _read_rows(text: CompressedText, most: int) -> list[list[str]]:
    """The tab-separated rows of names; the matrix's own limit says why there are too many."""
    with text.open(MAX_NAMES_BYTES) as stream:
        content = stream.read().decode("utf-8-sig", "replace")
    lines = [line for line in content.splitlines() if line.strip()]
    if len(lines) > most + 1:
        raise DataError(
            f"{text.name} names {len(lines):,} rows and at most {most:,} are read: bring the filtered matrix."
        )
    rows = [[cell.strip().strip('"') for cell in line.split("\t")] for line in lines]
    return [row if row[0] else ["unnamed", *row[1:]] for row in rows]


def _without_header(rows: list[list[str]], triplets: Triplets) -> list[list[str]]:
    """Rows without the header line that some put above: there is then one more than the matrix has."""
    sides = (triplets.n_rows, triplets.n_columns)
    return rows[1:] if len(rows) not in sides and len(rows) - 1 in sides else rows
