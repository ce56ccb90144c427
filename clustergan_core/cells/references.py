"""A reference: cells whose types are known, at most MAX_CELLS of each, as one .npz that holds no pickle."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from clustergan_core.data.counts.matrix import STATE_WORDS, CountMatrix, CountState, take_cells
from clustergan_core.data.own.arrays import read_arrays
from clustergan_core.data.own.labels import number_labels
from clustergan_core.data.own.vetting import require_finite
from clustergan_core.errors import DataError
from clustergan_core.files import write_atomically

MAX_CELLS = 500  # of each type: with more, common types would outweigh rare ones
UNKNOWN = "unknown"  # an answer, so that it is no type
FORMAT = 1
_SEED = 0


@dataclass(frozen=True)
class Reference:
    """Labelled cells with all their genes."""

    name: str  # for people, such as "blood.h5ad, column cell_type"
    matrix: CountMatrix
    types: tuple[str, ...]
    labels: NDArray[np.int64]  # (N,) the type of each cell
    notes: tuple[str, ...] = ()  # sentences on what was left out

    @property
    def counts(self) -> dict[str, int]:
        """How many cells of each type it holds."""
        return dict(zip(self.types, np.bincount(self.labels, minlength=len(self.types)).tolist(), strict=True))

    def without(self, left_out: str) -> Reference:
        """The reference without one of its types. DataError where it has no such type, or only one other."""
        if left_out not in self.types:
            raise DataError(f"{self.name} has no type {left_out}: its types are {', '.join(self.types)}.")
        keep = self.labels != self.types.index(left_out)
        return make_reference(take_cells(self.matrix, keep), np.array(self.types)[self.labels[keep]], self.name)

    def save(self, path: Path) -> None:
        """Writes it in one step, whatever the path ends with."""
        counts, buffer = self.matrix.counts, io.BytesIO()
        np.savez_compressed(
            buffer,
            format=np.array([FORMAT]),
            name=np.array([self.name]),
            types=np.array(self.types),
            type=self.labels.astype(np.int32),
            data=counts.data.astype(np.float32),
            indices=counts.indices.astype(np.int32),
            indptr=counts.indptr.astype(np.int64),
            gene_ids=self.matrix.gene_ids.astype(np.str_),
            gene_symbols=self.matrix.gene_symbols.astype(np.str_),
            state=np.array([self.matrix.state]),
            part=np.array([self.matrix.part]),
        )
        write_atomically(path, buffer.getvalue())


def make_reference(matrix: CountMatrix, texts: NDArray[np.str_], name: str) -> Reference:
    """The cells of `matrix` whose label in `texts` (N,) names a type: at most MAX_CELLS of each, drawn by a fixed seed.

    Cells without a label, or with the label "unknown", are left out. Raises DataError for fewer than two types, and for
    scaled values.
    """
    if matrix.state == "scaled":
        raise DataError(f"{name} holds {STATE_WORDS['scaled']}: choose a reference of counts or log-normalised values.")
    texts = np.where(np.char.lower(texts.astype(np.str_)) == UNKNOWN, "", texts)
    labels, types = number_labels(texts)
    if len(types) < 2:
        raise DataError(f"{name} names {len(types)} type of cells: choose a column with at least two.")
    generator = np.random.default_rng(_SEED)
    chosen = [generator.permutation(np.flatnonzero(labels == number))[:MAX_CELLS] for number in range(len(types))]
    rows = np.sort(np.concatenate(chosen))
    n_without, n_beyond = int((labels < 0).sum()), int((labels >= 0).sum()) - len(rows)
    notes = [
        f"{n_without:,} of {len(labels):,} cells of {name} have no type and are left out." if n_without else "",
        f"{n_beyond:,} cells are left out, so that no type has more than {MAX_CELLS}." if n_beyond else "",
    ]
    return Reference(name, take_cells(matrix, rows), types, labels[rows], tuple(filter(None, notes)))


def load_reference(path: Path) -> Reference:
    """Reads what `Reference.save` wrote. The file is untrusted: DataError for any other, or a damaged one."""
    arrays = read_arrays(path)
    try:
        return _vet(path, arrays)
    except (KeyError, ValueError, IndexError, TypeError, OverflowError) as error:
        raise DataError(
            f"{path.name} is not a whole reference: save it again with the command name and its option --save."
        ) from error


def _vet(path: Path, arrays: Mapping[str, NDArray[Any]]) -> Reference:
    number = int(arrays["format"].item())
    if number > FORMAT:
        raise DataError(f"{path.name} has format {number}, and this version reads up to {FORMAT}: update it.")
    state = str(arrays["state"].item())
    types, labels = tuple(map(str, arrays["types"].tolist())), arrays["type"].astype(np.int64)
    n_cells, n_genes = len(labels), len(arrays["gene_ids"])
    are_lists = all(arrays[key].ndim == 1 for key in ("types", "type", "gene_ids", "gene_symbols", "data"))
    are_whole = are_lists and len(arrays["gene_symbols"]) == n_genes and len(arrays["indptr"]) == n_cells + 1
    if state not in get_args(CountState) or not are_whole or not n_cells:
        raise ValueError(state)
    if labels.min() < 0 or labels.max() >= len(types) or len(set(types)) < max(2, len(types)):
        raise ValueError("types")
    data = arrays["data"].astype(np.float32)
    require_finite(path.name, data)
    if data.min(initial=0) < 0:
        raise ValueError("data")
    parts = (data, arrays["indices"], arrays["indptr"])
    counts: csr_matrix[Any] = csr_matrix(parts, shape=(n_cells, n_genes))
    counts.check_format(full_check=True)
    counts.sum_duplicates()
    cell_ids = np.array([f"cell {number}" for number in range(n_cells)])
    matrix = CountMatrix(
        name=path.name,
        counts=counts,
        cell_ids=cell_ids,
        gene_ids=arrays["gene_ids"].astype(np.str_),
        gene_symbols=arrays["gene_symbols"].astype(np.str_),
        cells=pd.DataFrame(index=pd.Index(cell_ids)),
        state=state,  # pyright: ignore[reportArgumentType] - one of CountState
        part=str(arrays["part"].item()),
    )
    reference = make_reference(matrix, np.array(types)[labels], str(arrays["name"].item()))
    return replace(reference, notes=())
