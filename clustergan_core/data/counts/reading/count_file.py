"""CountFile: a count matrix whose names have been read and whose values have not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

from clustergan_core.data.counts.reading.names import count_unnamed, describe_spoilt, make_unique
from clustergan_core.data.options import Orientation

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

__all__ = [
    "CountFile", "KeptGenes", "LaidOut", "Layout", "Names", "Orientation", "Peek", "as_cell_column",
    "describe_names", "keep_genes", "name_all", "spread_blocks",
]  # fmt: skip

LaidOut = Literal["cells-by-genes", "genes-by-cells"]
PEEK_VALUES = 8_000_000  # of a dense block: half a second, and 4,000 cells of 2,000 genes
PEEK_NONZEROS = 5_000_000
_NAME_LIKE = re.compile(r"[+-]?0\d+|\+\d+|\d+[eE]\d+")


@dataclass(frozen=True)
class Names:
    """How a file names its N cells and G genes, and what it says about its cells."""

    cell_ids: NDArray[np.str_]  # (N,) unique
    gene_ids: NDArray[np.str_]  # (G,) unique
    gene_symbols: NDArray[np.str_]  # (G,)
    cells: pd.DataFrame  # (N, …) numbers, or categories of text
    n_repeated_genes: int = 0
    repeated_cells: tuple[str, ...] = ()  # ids that got a suffix

    @property
    def n_repeated_cells(self) -> int:
        """How many cells are named like one before them."""
        return len(self.repeated_cells)


def name_all(
    cell_ids: NDArray[np.str_],
    gene_ids: NDArray[np.str_],
    gene_symbols: NDArray[np.str_] | None = None,
    cells: pd.DataFrame | None = None,
) -> Names:
    """Names with repeats made unique by a suffix; symbols stay as the file has them."""
    import pandas as pd

    unique_cells, _ = make_unique(cell_ids)
    unique_genes, n_repeated_genes = make_unique(gene_ids)
    frame = pd.DataFrame(index=pd.Index(unique_cells)) if cells is None else cells.set_axis(unique_cells, axis=0)
    return Names(
        cell_ids=unique_cells,
        gene_ids=unique_genes,
        gene_symbols=unique_genes if gene_symbols is None else gene_symbols,
        cells=frame,
        n_repeated_genes=n_repeated_genes,
        repeated_cells=tuple(unique_cells[unique_cells != cell_ids].tolist()),
    )


@dataclass(frozen=True)
class Peek:
    """Some of a matrix's cells with all genes, or all cells with some genes, as sparse values."""

    values: csr_matrix[Any]  # (cells examined, genes examined) float32
    cells: NDArray[np.int64]  # indices of the cells examined
    genes: NDArray[np.int64]  # indices of the genes examined
    is_whole: bool = True  # False where some values of these cells and genes were not read


@dataclass(frozen=True)
class Layout:
    """How the matrix is laid out in its file, described for a person."""

    file_format: str  # such as "10x folder"
    part: str  # such as "X" or "layers['counts']"
    orientation: LaidOut
    reason: str  # the evidence for the orientation
    is_sure: bool = True  # False where the orientation is guessed from the shape
    can_transpose: bool = False  # whether a person may choose the orientation
    n_nonzeros: int | None = None  # as the file declares; None where it does not
    text_bytes: int = 0  # of a text format, after expansion
    notes: Sequence[str] = field(default=())  # sentences on what was left out or filled in


class CountFile(Protocol):
    """One opened file. A peek costs little whatever the size; `read` returns everything."""

    @property
    def name(self) -> str: ...
    @property
    def names(self) -> Names: ...
    @property
    def layout(self) -> Layout: ...
    def peek(self) -> Peek:
        """Some of the values, about PEEK_VALUES at most."""
        ...

    def read(self) -> csr_matrix[Any]:
        """All values (N, G) as float32. Raises DataError for what cannot be read."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class KeptGenes:
    """A CountFile of which some genes are left out."""

    file: CountFile
    names: Names
    layout: Layout
    genes: NDArray[np.int64]  # those that are kept, in the file's order

    @property
    def name(self) -> str:
        return self.file.name

    def peek(self) -> Peek:
        import numpy as np

        peek = self.file.peek()
        new_index = np.full(len(self.file.names.gene_ids), -1)
        new_index[self.genes] = np.arange(len(self.genes))
        examined = new_index[peek.genes]
        columns = np.flatnonzero(examined >= 0)
        return replace(peek, values=peek.values[:, columns], genes=examined[columns])

    def read(self) -> csr_matrix[Any]:
        return self.file.read()[:, self.genes]

    def close(self) -> None:
        self.file.close()


def keep_genes(file: CountFile, genes: NDArray[np.int64], notes: Sequence[str]) -> CountFile:
    """The file with only these genes, and notes on what is left out."""
    names = replace(file.names, gene_ids=file.names.gene_ids[genes], gene_symbols=file.names.gene_symbols[genes])
    return KeptGenes(file, names, replace(file.layout, notes=(*file.layout.notes, *notes)), genes)


def describe_names(names: Names) -> list[str]:
    """Sentences on names that were changed, or that a spreadsheet changed before; none where there are none."""
    sentences = []
    for what, count in (("gene", names.n_repeated_genes), ("cell", names.n_repeated_cells)):
        if count == 1:
            sentences.append(f"1 {what} name is a repeat and gets a suffix such as -1.")
        elif count:
            sentences.append(f"{count:,} {what} names are repeats and get the suffixes -1, -2, ….")
    for what, ids in (("gene", names.gene_ids), ("cell", names.cell_ids)):
        n_unnamed = count_unnamed(ids.tolist())
        if n_unnamed:
            number = f"1 {what} has" if n_unnamed == 1 else f"{n_unnamed:,} {what}s have"
            sentences.append(f"{number} no name: by their place they are called unnamed_1, unnamed_2, ….")
    return [*sentences, *describe_spoilt(names.gene_symbols.tolist())]


def as_cell_column(texts: NDArray[np.str_]) -> Any:
    """A column of the cells: numbers where every cell is one, else categories; an empty cell belongs to none.

    007, +5 and 1E5 are names and stay as they are, letter by letter.
    """
    import numpy as np
    import pandas as pd

    from clustergan_core.data.own.cell_text import as_categories

    numbers = pd.to_numeric(pd.Series(texts), errors="coerce").to_numpy()
    if np.isnan(numbers).any() or any(_NAME_LIKE.fullmatch(text) for text in texts.tolist()):
        return as_categories(texts, texts == "")
    return numbers


def spread_blocks(n_rows: int, n_wanted: int, n_blocks: int = 4) -> list[slice]:
    """Slices of at most `n_wanted` rows in all, spread over the file: its first cells may all be of one type."""
    import numpy as np

    if n_rows <= n_wanted:
        return [slice(0, n_rows)]
    each = max(1, n_wanted // n_blocks)
    starts = np.linspace(0, n_rows - each, min(n_blocks, max(1, n_wanted // each))).astype(int)
    return [slice(int(start), int(start) + each) for start in np.unique(starts)]
