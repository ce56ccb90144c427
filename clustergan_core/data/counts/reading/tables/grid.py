"""Grid: a table of counts with names above and beside it, in either orientation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from clustergan_core.data.counts.reading.count_file import Layout, Names, Orientation, Peek, name_all
from clustergan_core.data.counts.reading.limits import MAX_DENSE_VALUES, check_memory, check_nonzeros, check_shape
from clustergan_core.data.counts.reading.names import number_names, require_names
from clustergan_core.data.counts.reading.tables.orientation import find_orientation
from clustergan_core.data.counts.sparse import as_counts
from clustergan_core.data.own.cell_text import as_categories
from clustergan_core.errors import DataError

# Columns, often of numbers, that describe a cell or a gene instead of counting one in the other.
ANNOTATION = re.compile(
    r"label|labels|class|target|clusters?|batch|n_?counts?|n_?genes?|total_counts|n_genes_by_counts|nCount_RNA|"
    r"nFeature_RNA|pct_counts_\w+|percent[._]?mito?\w*|louvain|leiden|seurat_clusters|(total_)?umis?|"
    r"length|start|end|strand|chr|chromosome|width|entrez(_?gene)?(_?id)?",
    re.IGNORECASE,
)
_SYMBOLS = re.compile(
    r"symbol|gene_?symbols?|gene_?name|gene_?short_?name|hgnc_symbol|name|gene|external_gene_name", re.I
)
_NAME_LIKE = re.compile(r"[+-]?0\d+|\+\d+|\d+[eE]\d+")


@dataclass(frozen=True)
class GridText:
    """The names and annotation around the numbers, and how to read the numbers."""

    file_format: str
    row_names: NDArray[np.str_]  # "" where the file has none
    column_names: Sequence[str]  # of every column but the row names
    annotation: dict[int, NDArray[np.str_]]  # columns that are not counts, by index: one text per row
    text_bytes: int
    # (columns, how many rows or None for all) → blocks (rows, columns) float32, NaN where a cell is empty
    blocks: Callable[[Sequence[int], int | None], Iterator[NDArray[np.float32]]]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Grid:
    """A CountFile."""

    name: str
    names: Names
    layout: Layout
    text: GridText
    columns: list[int]  # indices of the counts among `column_names`
    n_peek_rows: int

    def peek(self) -> Peek:
        rows = vstack([as_counts(block) for block in self.text.blocks(self.columns, self.n_peek_rows)], format="csr")
        n_rows, n_columns = rows.shape
        if self.layout.orientation == "genes-by-cells":
            return Peek(csr_matrix(rows.T), np.arange(n_columns), np.arange(n_rows))
        return Peek(csr_matrix(rows), np.arange(n_rows), np.arange(n_columns))

    def read(self) -> csr_matrix[Any]:
        parts: list[Any] = []
        n_nonzeros, n_missing = 0, 0
        shape = len(self.names.cell_ids), len(self.names.gene_ids)
        for block in self.text.blocks(self.columns, None):
            n_missing += int(np.isnan(block).sum())
            parts.append(as_counts(block))
            n_nonzeros += parts[-1].nnz
            check_nonzeros(self.name, n_nonzeros, shape)
            check_memory(self.name, n_nonzeros)
        if n_missing:
            raise DataError(
                f"{self.name} has {n_missing:,} missing values (empty, NA, …) among its counts: write 0 where nothing "
                "was counted."
            )
        rows = vstack(parts, format="csr")
        return csr_matrix(rows.T) if self.layout.orientation == "genes-by-cells" else rows

    def close(self) -> None: ...


def open_grid(name: str, text: GridText, orientation: Orientation, n_peek_values: int) -> Grid:
    """Separates counts from annotation, and genes from cells. Raises DataError where no counts are left."""
    n_rows = len(text.row_names)
    counted = [index for index in range(len(text.column_names)) if index not in text.annotation]
    if not counted:
        raise DataError(f"{name} has no columns of counts: provide a table of cells × genes or genes × cells.")
    if n_rows * len(counted) > MAX_DENSE_VALUES:
        raise DataError(
            f"{name} holds {n_rows:,} rows × {len(counted):,} columns, but at most {MAX_DENSE_VALUES:,} values are "
            "read: provide it as a sparse .h5ad or a 10x folder."
        )
    column_names = [text.column_names[index] for index in counted]
    evidence = find_orientation(text.row_names.tolist(), column_names, orientation)
    is_by_gene = evidence.orientation == "genes-by-cells"
    named = [index for index in text.annotation if text.column_names[index]]
    notes = list(text.notes)
    rows = _name_side(name, "gene" if is_by_gene else "cell", text.row_names.tolist(), notes)
    columns = _name_side(name, "cell" if is_by_gene else "gene", column_names, notes)
    if is_by_gene:
        check_shape(name, len(columns), len(rows))
        names = name_all(columns, rows, _find_symbols(name, text, rows))
    else:
        check_shape(name, len(rows), len(columns))
        cells = {text.column_names[index]: _as_column(text.annotation[index]) for index in named}
        names = name_all(rows, columns, cells=pd.DataFrame(cells, index=range(len(rows))))
    if named:
        annotation_names = [text.column_names[index] for index in named]
        shown = ", ".join(annotation_names[:8]) + (", …" if len(annotation_names) > 8 else "")
        use = "describe the genes and are left out" if is_by_gene else "are kept as columns of the cells"
        notes.append(f"Columns that hold no counts {use}: {shown}.")
    layout = Layout(
        file_format=text.file_format,
        part=text.file_format,
        orientation=evidence.orientation,
        reason=evidence.reason,
        is_sure=evidence.is_sure,
        can_transpose=True,
        text_bytes=text.text_bytes,
        notes=notes,
    )
    return Grid(name, names, layout, text, counted, max(1, n_peek_values // len(counted)))


def _name_side(file: str, what: str, names: list[str], notes: list[str]) -> NDArray[np.str_]:
    if not any(names):
        notes.append(f"The file names no {what}s: they are called {what}_1, {what}_2, ….")
        return number_names(what, len(names))
    return require_names(file, what, [text or f"unnamed_{index + 1}" for index, text in enumerate(names)])


def _as_column(texts: NDArray[np.str_]) -> Any:
    """Numbers where every cell is one, else categories; 007, +5 and 1E5 are names, letter by letter."""
    numbers = pd.to_numeric(pd.Series(texts), errors="coerce").to_numpy()
    if np.isnan(numbers).any() or any(_NAME_LIKE.fullmatch(text) for text in texts.tolist()):
        return as_categories(texts, texts == "")
    return numbers


def _find_symbols(file: str, text: GridText, rows: NDArray[np.str_]) -> NDArray[np.str_] | None:
    column = next((index for index in text.annotation if _SYMBOLS.fullmatch(text.column_names[index])), None)
    if column is None:
        return None
    given = text.annotation[column].tolist()
    return require_names(file, "gene", [symbol or str(gene) for symbol, gene in zip(given, rows.tolist(), strict=True)])
