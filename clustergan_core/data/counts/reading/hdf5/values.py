"""Values of a matrix in HDF5, dense or compressed, read in part or whole without expanding zeros."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from clustergan_core.data.counts.reading.count_file import (
    PEEK_NONZEROS,
    PEEK_VALUES,
    Layout,
    Names,
    Peek,
    spread_blocks,
)
from clustergan_core.data.counts.reading.hdf5.vetting import check_stored_size, read_values, require_numbers
from clustergan_core.data.counts.reading.limits import MAX_NONZEROS, check_memory, check_nonzeros, check_shape
from clustergan_core.data.counts.sparse import as_counts
from clustergan_core.errors import DataError

if TYPE_CHECKING:
    import h5py


BLOCK_VALUES = 10_000_000  # of a dense matrix at a time: 80 MB as float64


class StoredValues(Protocol):
    """A matrix in a file, N cells × G genes whatever its orientation."""

    @property
    def shape(self) -> tuple[int, int]: ...
    @property
    def n_nonzeros(self) -> int | None: ...
    def peek(self) -> Peek: ...
    def read(self) -> csr_matrix[Any]: ...


@dataclass(frozen=True)
class DenseValues:
    """A two-dimensional dataset."""

    dataset: h5py.Dataset
    where: str
    is_transposed: bool = False  # rows are genes

    def __post_init__(self) -> None:
        if self.dataset.ndim != 2:
            raise DataError(f"{self.where} has {self.dataset.ndim} dimensions: provide cells × genes.")
        require_numbers(self.dataset, self.where)
        check_shape(self.where, *self.shape)
        check_stored_size(self.dataset, self.where)

    @property
    def shape(self) -> tuple[int, int]:
        rows, columns = self.dataset.shape
        return (columns, rows) if self.is_transposed else (rows, columns)

    @property
    def n_nonzeros(self) -> int | None:
        return None

    def peek(self) -> Peek:
        n_cells, n_genes = self.shape
        blocks = spread_blocks(n_cells, max(1, PEEK_VALUES // n_genes))
        parts = [self.dataset[:, block].T if self.is_transposed else self.dataset[block] for block in blocks]
        cells = np.concatenate([np.arange(block.start, block.stop) for block in blocks])
        return Peek(as_counts(np.concatenate(parts)), cells, np.arange(n_genes))

    def read(self) -> csr_matrix[Any]:
        n_rows, n_columns = self.dataset.shape
        step = max(1, BLOCK_VALUES // n_columns)
        if self.dataset.chunks and self.dataset.chunks[0] < step:
            step -= step % self.dataset.chunks[0]  # so that no chunk is decompressed twice
        blocks, n_nonzeros = [], 0
        for start in range(0, n_rows, step):
            blocks.append(as_counts(self.dataset[start : start + step]))
            n_nonzeros += blocks[-1].nnz
            check_nonzeros(self.where, n_nonzeros, self.shape)
            check_memory(self.where, n_nonzeros)
        counts = vstack(blocks, format="csr")
        return csr_matrix(counts.T) if self.is_transposed else counts


@dataclass(frozen=True)
class CompressedValues:
    """`data`, `indices` and `indptr` in a group, compressed by cell or by gene."""

    group: h5py.Group
    where: str
    shape: tuple[int, int]
    is_by_cell: bool

    def __post_init__(self) -> None:
        import h5py

        for key in ("data", "indices", "indptr"):
            part = self.group.get(key)
            if not isinstance(part, h5py.Dataset) or part.ndim != 1:
                raise DataError(f"{self.where} lacks '{key}', which a sparse matrix needs: save it again.")
            require_numbers(part, f"{self.where}/{key}")
        n_major = self.shape[0] if self.is_by_cell else self.shape[1]
        data, indices, indptr = (self.group[key] for key in ("data", "indices", "indptr"))
        check_shape(self.where, *self.shape)
        check_nonzeros(self.where, data.size, self.shape)
        if len(indices) != len(data) or len(indptr) != n_major + 1 or indptr.dtype.kind not in "iu":
            raise DataError(
                f"{self.where} should have {n_major + 1:,} bounds by its shape, but has {len(indptr):,} bounds, "
                f"{len(indices):,} indices and {len(data):,} values: save it again."
            )
        for part in (indices, indptr):  # a value of ones compresses to nothing, but its indices do not
            check_stored_size(part, self.where)

    @property
    def n_nonzeros(self) -> int | None:
        return int(self.group["data"].size)

    def peek(self) -> Peek:
        bounds = self._read_bounds()
        n_major = len(bounds) - 1
        n_wanted = n_major if bounds[-1] <= PEEK_NONZEROS else max(1, int(n_major * PEEK_NONZEROS / bounds[-1]))
        blocks = spread_blocks(n_major, n_wanted)
        parts = [self._read_block(bounds, block) for block in blocks]
        chosen = np.concatenate([np.arange(block.start, block.stop) for block in blocks])
        values = vstack(parts, format="csr") if len(parts) > 1 else parts[0]
        if self.is_by_cell:
            return Peek(values, chosen, np.arange(self.shape[1]))
        return Peek(csr_matrix(values.T), np.arange(self.shape[0]), chosen)

    def read(self) -> csr_matrix[Any]:
        check_memory(self.where, self.n_nonzeros or 0)
        bounds = self._read_bounds()
        values = self._read_block(bounds, slice(0, len(bounds) - 1))
        return values if self.is_by_cell else csr_matrix(values.T)

    def _read_bounds(self) -> NDArray[np.int64]:
        bounds = read_values(self.group["indptr"], self.where).astype(np.int64)
        if bounds[0] != 0 or bounds[-1] != self.n_nonzeros or (np.diff(bounds) < 0).any():
            raise DataError(f"{self.where} has bounds that do not fit its {self.n_nonzeros:,} values: save it again.")
        return bounds

    def _read_block(self, bounds: NDArray[np.int64], block: slice) -> csr_matrix[Any]:
        n_minor = self.shape[1] if self.is_by_cell else self.shape[0]
        start, stop = int(bounds[block.start]), int(bounds[block.stop])
        if stop - start > MAX_NONZEROS:
            check_nonzeros(self.where, stop - start, self.shape)
        indices = self.group["indices"][start:stop]
        # scipy trusts its indices: one out of range would read memory outside the matrix.
        if len(indices) and (indices.min() < 0 or indices.max() >= n_minor):
            raise DataError(f"{self.where} has values beyond its {n_minor:,} columns: save it again.")
        with np.errstate(over="ignore"):  # values that float32 cannot hold become infinite, and are reported as such
            data = self.group["data"][start:stop].astype(np.float32)
        rows = bounds[block.start : block.stop + 1] - start
        counts = csr_matrix((data, indices.astype(np.int32), rows), shape=(block.stop - block.start, n_minor))
        counts.sum_duplicates()
        counts.eliminate_zeros()
        return counts


@dataclass(frozen=True)
class Hdf5Counts:
    """A CountFile."""

    name: str
    names: Names
    layout: Layout
    file: h5py.File
    values: StoredValues

    def peek(self) -> Peek:
        return self.values.peek()

    def read(self) -> csr_matrix[Any]:
        return self.values.read()

    def close(self) -> None:
        self.file.close()
