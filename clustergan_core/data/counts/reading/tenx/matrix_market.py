"""Matrix Market text: a header that is checked against the text's size, then one line per non-zero value."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

from clustergan_core.data.counts.reading.compressed_text import CompressedText
from clustergan_core.data.counts.reading.count_file import PEEK_NONZEROS, Peek
from clustergan_core.data.counts.reading.limits import (
    MAX_TRIPLET_BYTES,
    SHORTEST_TRIPLET,
    check_memory,
    check_nonzeros,
    check_shape,
)
from clustergan_core.data.counts.reading.tenx.matrix_header import Header, read_header
from clustergan_core.errors import DataError

MAX_LINE = 4096
LINES_AT_A_TIME = 5_000_000


@dataclass(frozen=True)
class Triplets:
    """A text and its header: rows are genes and columns cells, as 10x writes them."""

    text: CompressedText
    n_rows: int
    n_columns: int
    n_nonzeros: int
    has_values: bool  # False for a pattern, in which every entry is 1
    header: Header

    def peek(self) -> Peek:
        """The first columns with all rows, or the first rows with all columns, depending on the text's order."""
        rows, columns, values = next(self._blocks(PEEK_NONZEROS))
        counts = self._assemble(rows, columns, values)
        all_columns, all_rows = np.arange(self.n_columns), np.arange(self.n_rows)
        if len(values) == self.n_nonzeros:
            return Peek(counts, all_columns, all_rows)
        if (np.diff(columns) >= 0).all():
            n_complete = max(1, int(columns[-1]))  # the last column may continue
            return Peek(counts[:n_complete], all_columns[:n_complete], all_rows)
        if (np.diff(rows) >= 0).all():
            n_complete = max(1, int(rows[-1]))
            return Peek(csr_matrix(counts[:, :n_complete]), all_columns, all_rows[:n_complete])
        return Peek(counts, all_columns, all_rows, is_whole=False)

    def read(self) -> csr_matrix[Any]:
        """Cells × genes. Raises DataError where the text does not match its header."""
        check_memory(self.text.name, self.n_nonzeros)
        parts = list(self._blocks(LINES_AT_A_TIME))
        rows, columns, values = (np.concatenate([part[position] for part in parts]) for position in range(3))
        if len(values) != self.n_nonzeros:
            raise DataError(
                f"{self.text.name} declares {self.n_nonzeros:,} values but holds {len(values):,}: copy or download it "
                "again."
            )
        return self._assemble(rows, columns, values)

    def _assemble(self, rows: NDArray[Any], columns: NDArray[Any], values: NDArray[Any]) -> csr_matrix[Any]:
        counts = csr_matrix(coo_matrix((values, (columns, rows)), shape=(self.n_columns, self.n_rows)))
        counts.eliminate_zeros()
        return counts

    def _blocks(self, n_lines: int) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]]:
        """(gene, cell, value) of `n_lines` lines at a time, counted from 0."""
        kinds = {0: np.int64, 1: np.int64, 2: np.float32} if self.has_values else {0: np.int64, 1: np.int64}
        n_read = 0
        with self.text.open(MAX_TRIPLET_BYTES) as stream:
            read_header(stream, self.text.name)
            if self.n_nonzeros == 0:
                yield np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32)
                return
            try:
                frames = pd.read_csv(
                    stream, sep=r"\s+", header=None, names=list(kinds), dtype=kinds, comment="%",
                    chunksize=n_lines, index_col=False,
                )  # fmt: skip
                for frame in _raise_warnings(frames):
                    n_read += len(frame)
                    if n_read > self.n_nonzeros:
                        raise DataError(
                            f"{self.text.name} declares {self.n_nonzeros:,} values but holds more: save it again."
                        )
                    rows, columns = frame[0].to_numpy() - 1, frame[1].to_numpy() - 1
                    for indices, most, what in ((rows, self.n_rows, "row"), (columns, self.n_columns, "column")):
                        if indices.min() < 0 or indices.max() >= most:
                            raise DataError(
                                f"{self.text.name} has a value outside its {most:,} {what}s: save it again."
                            )
                    values = frame[2].to_numpy() if self.has_values else np.ones(len(frame), np.float32)
                    yield rows.astype(np.int32), columns.astype(np.int32), values
            except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError, OverflowError, Warning) as error:
                raise DataError(
                    f"{self.text.name} has lines that are not 'row column value': copy or download it again."
                ) from error


def _raise_warnings(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """The frames; pandas only warns where it leaves out what a line holds too much."""
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = next(frames, None)
        if frame is None:
            return
        yield frame


def open_triplets(text: CompressedText) -> Triplets:
    """The text with its header read. Raises DataError for anything but a sparse matrix that fits the text's size."""
    with text.open(MAX_TRIPLET_BYTES) as stream:
        header = read_header(stream, text.name)
        first_entry = stream.readline(MAX_LINE).split()
    (n_rows, n_columns), n_nonzeros = header.shape, header.n_nonzeros
    if not header.has_banner and (min(header.shape) < 2 or n_nonzeros > n_rows * n_columns):
        raise DataError(
            f"{text.name} begins with neither %%MatrixMarket nor the size of a matrix ({n_rows} {n_columns} "
            f"{n_nonzeros}): copy or download it again with its first lines."
        )
    # Which side holds the genes is not known yet, so that both limits apply to both sides.
    check_shape(text.name, max(n_rows, n_columns), min(n_rows, n_columns))
    check_nonzeros(text.name, n_nonzeros, (n_rows, n_columns))
    has_values = header.has_values
    if not header.has_banner and len(first_entry) == 2:
        has_values = False
    _check_entry(text.name, first_entry, has_values, n_nonzeros)
    shortest = SHORTEST_TRIPLET if has_values else SHORTEST_TRIPLET - 2
    if n_nonzeros * shortest - 1 > text.most_bytes():
        raise DataError(
            f"{text.name} declares {n_nonzeros:,} values, more than its {text.n_bytes:,} bytes can hold: copy or "
            "download it again."
        )
    return Triplets(text, n_rows, n_columns, n_nonzeros, has_values, header)


def _check_entry(name: str, entry: list[bytes], has_values: bool, n_nonzeros: int) -> None:
    """Raises DataError where the first entry has another number of values than one."""
    expected = 3 if has_values else 2
    if not n_nonzeros or len(entry) <= expected:
        return
    n_values = len(entry) - 2
    if n_values == 3:
        raise DataError(
            f"{name} holds three values a line, as the spliced, unspliced and ambiguous counts of STARsolo's folder "
            "Velocyto: provide the folder Gene of the same run, or one of the three as a matrix of its own."
        )
    raise DataError(f"{name} holds {n_values} values a line instead of {expected - 2}: save it with one value a line.")
