"""A matrix with lists of its names: 10x folders, those of kb-python, Parse and alevin-fry, and their variants."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from clustergan_core.data.counts.reading.count_file import Layout, Names, Orientation, Peek, as_cell_column, name_all
from clustergan_core.data.counts.reading.gene_rows import keep_expression
from clustergan_core.data.counts.reading.limits import MAX_CELLS, MAX_GENES, check_shape
from clustergan_core.data.counts.reading.names import require_names
from clustergan_core.data.counts.reading.tables.orientation import find_orientation
from clustergan_core.data.counts.reading.tenx.files import (
    BARCODES,
    CELLS_FIRST,
    FEATURES,
    SYMBOLS,
    TenxFiles,
    find_tenx_files,
)
from clustergan_core.data.counts.reading.tenx.list_columns import (
    CellList,
    GeneList,
    describe_gaps,
    find_cells,
    find_genes,
)
from clustergan_core.data.counts.reading.tenx.matrix_market import Triplets, open_triplets
from clustergan_core.data.counts.reading.tenx.name_lists import (
    NameList,
    has_header_words,
    may_begin_with_header,
    read_lines,
    read_list,
    take_header,
)
from clustergan_core.errors import DataError


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


@dataclass(frozen=True)
class _Lists:
    """The lists of genes and cells, and which way round the matrix lies."""

    genes: GeneList
    cells: CellList
    is_transposed: bool
    reason: str
    notes: tuple[str, ...] = ()


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
    shape = triplets.n_rows, triplets.n_columns
    lists = _names_inside(triplets) if triplets.header.names else _read_lists(files, shape, orientation)
    check_shape(path.name, *(shape if lists.is_transposed else shape[::-1]))
    ids, symbols = (require_names(path.name, "gene", texts) for texts in (lists.genes.ids, lists.genes.symbols))
    gene_rows, notes_on_types = keep_expression(path.name, lists.genes.types)
    notes = [*lists.notes, *lists.genes.notes, *lists.cells.notes, *notes_on_types]
    if not triplets.header.has_banner:
        notes.insert(
            0,
            f"{files.matrix.name} does not begin with %%MatrixMarket: its first numbers are read as rows, columns and "
            "values.",
        )
    is_standard = path.suffix.lower() == ".zip" or not CELLS_FIRST.search(files.matrix.name)
    kind = "10x folder" if is_standard and not triplets.header.names else "Matrix Market file"
    layout = Layout(
        file_format=f"{kind} (zip)" if path.suffix.lower() == ".zip" else kind,
        part=files.matrix.name,
        orientation="cells-by-genes" if lists.is_transposed else "genes-by-cells",
        reason=lists.reason,
        n_nonzeros=triplets.n_nonzeros,
        notes=notes,
    )
    cell_ids = require_names(path.name, "cell", lists.cells.ids)
    columns = {name: as_cell_column(np.array(texts)) for name, texts in lists.cells.columns.items()}
    cells = pd.DataFrame(columns, index=range(len(cell_ids)))
    names = name_all(cell_ids, ids[gene_rows], symbols[gene_rows], cells)
    return TenxFolder(path.name, names, layout, triplets, gene_rows, stack, lists.is_transposed)


def _read_lists(files: TenxFiles, shape: tuple[int, int], orientation: Orientation) -> _Lists:
    features = read_list(files.find(FEATURES), MAX_GENES)
    barcodes = read_list(files.find(BARCODES), MAX_CELLS)
    features, barcodes, is_transposed = _match_sides(files.matrix.name, features, barcodes, shape)
    genes, cells = find_genes(features), find_cells(barcodes)
    side = "columns" if is_transposed else "rows"
    notes: tuple[str, ...] = ()
    if shape[0] == shape[1]:
        is_transposed = orientation == "cells-by-genes" or (
            orientation == "auto" and CELLS_FIRST.search(files.matrix.name) is not None
        )
        side = "columns" if is_transposed else "rows"
        notes = (
            f"{files.matrix.name} has as many rows as columns, so that its shape does not show which are the genes: "
            f"the {side} are read as genes.",
        )
    if SYMBOLS in files.parts:
        genes = _with_symbols(genes, read_lines(files.parts[SYMBOLS]), files.parts[SYMBOLS].name)
    return _Lists(genes, cells, is_transposed, f"{_plain(features.file)} names its {side}", notes)


def _plain(file: str) -> str:
    return file.rpartition("/")[2].removesuffix(".gz")


def _match_sides(
    matrix: str, features: NameList, barcodes: NameList, shape: tuple[int, int]
) -> tuple[NameList, NameList, bool]:
    """(features, barcodes without their headers, whether the matrix holds cells × genes).

    Raises DataError where the lists do not fit the matrix: a name too many or too few would move all others.
    """
    fits: list[tuple[bool, bool, bool]] = []
    for has_headers in ((False, False), (True, False), (False, True), (True, True)):
        named = len(features.rows) - has_headers[0], len(barcodes.rows) - has_headers[1]
        lists = [names for names, has_header in zip((features, barcodes), has_headers, strict=True) if has_header]
        if named in (shape, shape[::-1]) and all(may_begin_with_header(names) for names in lists):
            fits.append((*has_headers, named != shape))
    if not fits:
        raise DataError(
            f"{matrix} holds {shape[0]:,} rows × {shape[1]:,} columns, but {_count(features):,} genes and "
            f"{_count(barcodes):,} cells are named: provide the three files of one sample."
        )
    has_gene_header, has_cell_header, is_transposed = fits[0]
    for names, has_header in ((features, has_gene_header), (barcodes, has_cell_header)):
        if not has_header and has_header_words(names):
            raise DataError(
                f"{names.file} begins with a header ({', '.join(names.rows[0])}) and names one row fewer than "
                f"{matrix} holds: provide the list of the same sample."
            )
    features = take_header(features) if has_gene_header else features
    return features, take_header(barcodes) if has_cell_header else barcodes, is_transposed


def _count(names: NameList) -> int:
    """How many rows a list names, without a header that says so itself."""
    return len(names.rows) - has_header_words(names)


def _with_symbols(genes: GeneList, lines: list[str], file: str) -> GeneList:
    """The genes with symbols from a list of their own, in which a gene without one may have an empty line."""
    if len(lines) != len(genes.ids):
        raise DataError(f"{file} names {len(lines):,} symbols for {len(genes.ids):,} genes: copy both files again.")
    given = [line.strip().strip('"') for line in lines]
    symbols = [symbol or gene for symbol, gene in zip(given, genes.ids, strict=True)]
    return replace(genes, symbols=symbols, notes=[*genes.notes, *describe_gaps(given.count(""))])


def _names_inside(triplets: Triplets) -> _Lists:
    """Genes and cells as comments in the matrix name them. Raises DataError where they do not fit its shape."""
    given, shape = triplets.header.names, (triplets.n_rows, triplets.n_columns)
    rows, columns = (given.get(side, []) for side in ("rows", "columns"))
    if rows and columns:
        is_transposed = find_orientation(rows, columns, "auto").orientation == "cells-by-genes"
        genes, cells = (columns, rows) if is_transposed else (rows, columns)
    else:
        genes, cells = given.get("genes") or rows or columns, given.get("cells") or columns or rows
        is_transposed = (len(genes), len(cells)) != shape and (len(cells), len(genes)) == shape
    named = (len(cells), len(genes)) if is_transposed else (len(genes), len(cells))
    if named != shape or genes is cells:
        raise DataError(
            f"{triplets.text.name} holds {shape[0]:,} rows × {shape[1]:,} columns, but its comments name "
            f"{len(genes):,} genes and {len(cells):,} cells: save it again with all names."
        )
    side = "columns" if is_transposed else "rows"
    return _Lists(
        genes=find_genes(NameList(triplets.text.name, tuple((gene,) for gene in genes))),
        cells=find_cells(NameList(triplets.text.name, tuple((cell,) for cell in cells))),
        is_transposed=is_transposed,
        reason=f"comments in the file name its {side} as genes",
    )
