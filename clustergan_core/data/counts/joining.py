"""Count matrices of several samples as one: genes matched, cells named after their sample, and what that costs said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.counts.genes import first_indices, without_version
from clustergan_core.data.counts.matrix import STATE_WORDS, CountMatrix
from clustergan_core.data.counts.reading.limits import check_memory, check_shape
from clustergan_core.data.counts.reading.names import find_kind
from clustergan_core.data.own.cell_text import as_categories, as_text
from clustergan_core.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

SAMPLE, BARCODE = "sample", "barcode"  # columns of joined cells: their file, and what it calls them
LEAST_GENES = 200  # in all files: with fewer, types that need other genes fall together
LEAST_SHARE = 0.5  # of the smaller file's genes; below it, the files name or select their genes differently
ENSEMBL_SHARE = 0.5  # of a file's genes that must have Ensembl ids, for genes to be matched by them
MAX_TOLD = 6  # files that a sentence lists

_SUFFIXES = (".gz", ".h5ad", ".h5", ".hdf5", ".loom", ".csv", ".tsv", ".txt", ".xlsx", ".mtx", ".zip")
# What Cell Ranger calls the folders and files of every sample: the name is that of the folder above, or what precedes.
_GENERIC = (
    *("sample_filtered_feature_bc_matrix", "filtered_feature_bc_matrix", "raw_feature_bc_matrix"),
    *("filtered_gene_bc_matrices", "raw_gene_bc_matrices", "matrix", "count", "outs", "hg19", "GRCh38", "mm10", "10x"),
)


def sample_name(path: Path) -> str:
    """What a file's or folder's sample is called: its name without suffixes and without Cell Ranger's own words."""
    parts = [part for part in path.parts if part not in ("/", "..", ".")]
    for part in reversed(parts):
        name = _without_suffixes(part)
        if name not in _GENERIC:
            generic = next((word for word in _GENERIC if name.endswith(f"_{word}")), "")
            return name.removesuffix(f"_{generic}") if generic else name
    return path.name


def join_matrices(matrices: Mapping[str, CountMatrix]) -> CountMatrix:
    """The cells of several samples, by the samples' names, with the genes that all of them have.

    Cells are named "sample_barcode"; their columns `SAMPLE` and `BARCODE` hold both parts. Genes are matched by Ensembl
    id without version where every file has such ids, else by symbol, and are named and ordered as in the first file.
    Raises DataError for values of different states, for different species, for too few genes in common, and for more
    cells than are read.
    """
    from scipy.sparse import vstack

    _require_one_state(matrices)
    _require_one_species(matrices)
    parts = list(matrices.values())
    indices, by = _match_genes(matrices)
    check_shape(f"{len(parts)} samples together", sum(len(part.cell_ids) for part in parts), len(indices[0]))
    check_memory(f"{len(parts)} samples together", sum(part.counts.nnz for part in parts))
    counts = vstack([_take_genes(part, genes) for part, genes in zip(parts, indices, strict=True)], format="csr")
    cell_ids = np.concatenate(
        [[f"{name}_{cell}" for cell in part.cell_ids.tolist()] for name, part in matrices.items()]
    ).astype(np.str_)
    _require_own_names(matrices, cell_ids)
    cost = _describe_cost(matrices, indices, by)
    return replace(
        parts[0],
        name=f"{parts[0].name} and {len(parts) - 1} more",
        counts=counts,
        cell_ids=cell_ids,
        gene_ids=parts[0].gene_ids[indices[0]],
        gene_symbols=parts[0].gene_symbols[indices[0]],
        cells=_join_cells(matrices, cell_ids),
        part=", ".join(dict.fromkeys(part.part for part in parts)),
        notes=(cost, *(f"{name}: {note}" for name, part in matrices.items() for note in part.notes)),
        repeated_cells=tuple(f"{name}_{cell}" for name, part in matrices.items() for cell in part.repeated_cells),
    )


def _without_suffixes(name: str) -> str:
    while any(name.lower().endswith(suffix) and len(name) > len(suffix) for suffix in _SUFFIXES):
        name = name.rpartition(".")[0]
    return name


def _require_one_state(matrices: Mapping[str, CountMatrix]) -> None:
    first, *others = matrices
    for other in others:
        if matrices[other].state != matrices[first].state:
            raise DataError(
                f"{first} holds {STATE_WORDS[matrices[first].state]} and {other} {STATE_WORDS[matrices[other].state]}, "
                "which cannot be compared: provide all samples in one state, best raw counts."
            )


def _require_one_species(matrices: Mapping[str, CountMatrix]) -> None:
    species = {name: find_species(matrix) for name, matrix in matrices.items()}
    known = {name: kind for name, kind in species.items() if kind != "unknown"}
    if len(set(known.values())) > 1:
        told = _list([f"{name} is {kind}" for name, kind in known.items()])
        raise DataError(f"The samples are of different species ({told}): provide one species at a time.")


def _require_own_names(matrices: Mapping[str, CountMatrix], cell_ids: NDArray[np.str_]) -> None:
    """Raises DataError where cells of two samples get one name, as 1_AAAC of s and AAAC of s_1 do."""
    names, n_cells = np.unique(cell_ids, return_counts=True)
    if len(names) < len(cell_ids):
        name = str(names[n_cells > 1][0])
        alike = [sample for sample in matrices if name.startswith(f"{sample}_")]
        raise DataError(
            f"Samples {_list(alike)} both have a cell that is called {name} once they are joined: give one of their "
            "files another name."
        )


def find_species(matrix: CountMatrix) -> str:
    """The species that the names of the genes show, "unknown" where they show none."""
    _, species = find_kind(matrix.gene_ids.tolist())
    return find_kind(matrix.gene_symbols.tolist())[1] if species == "unknown" else species


def _match_genes(matrices: Mapping[str, CountMatrix]) -> tuple[list[NDArray[np.int64]], str]:
    """(the indices of the common genes in each file, in the first file's order; "Ensembl id" or "symbol")."""
    has_ids = {name: _has_ensembl_ids(matrix) for name, matrix in matrices.items()}
    is_by_id = all(has_ids.values())
    rows = [_index_genes(matrix, is_by_id) for matrix in matrices.values()]
    common = [gene for gene in rows[0] if all(gene in others for others in rows[1:])]
    smallest = min(len(matrix.gene_ids) for matrix in matrices.values())
    if len(common) < LEAST_GENES or len(common) < LEAST_SHARE * smallest:
        smaller = min(matrices, key=lambda name: len(matrices[name].gene_ids))
        why = ""
        if any(has_ids.values()) and not is_by_id:
            with_ids, without = (next(name for name in matrices if has_ids[name] is has) for has in (True, False))
            why = f"{with_ids} names genes by Ensembl id and {without} does not; "
        raise DataError(
            f"Only {len(common):,} genes are in {_all(matrices)}, and {smaller} alone has {smallest:,}: "
            f"{why}at least {LEAST_GENES} genes and half of the smaller file's are needed, so provide files with all "
            "genes, named in one way."
        )
    return [np.array([row[gene] for gene in common], dtype=np.int64) for row in rows], (
        "Ensembl id" if is_by_id else "symbol"
    )


def _has_ensembl_ids(matrix: CountMatrix) -> bool:
    return sum(gene.startswith("ENS") for gene in matrix.gene_ids.tolist()) > ENSEMBL_SHARE * len(matrix.gene_ids)


def _index_genes(matrix: CountMatrix, is_by_id: bool) -> dict[str, int]:
    """The index of each gene by the name it is matched by; of several with one name, the first."""
    return first_indices(map(without_version, matrix.gene_ids.tolist()) if is_by_id else matrix.gene_symbols.tolist())


def _take_genes(matrix: CountMatrix, genes: NDArray[np.int64]) -> Any:
    if np.array_equal(genes, np.arange(len(matrix.gene_ids))):
        return matrix.counts
    return matrix.counts[:, genes].sorted_indices()


def _describe_cost(matrices: Mapping[str, CountMatrix], indices: Sequence[NDArray[np.int64]], by: str) -> str:
    """A sentence on the genes that are kept, and on what each sample loses."""
    losses = []
    for (name, matrix), genes in zip(matrices.items(), indices, strict=True):
        n_lost = len(matrix.gene_ids) - len(genes)
        if not n_lost:
            continue
        share = ""
        if matrix.state == "raw":
            totals = np.asarray(matrix.counts.sum(axis=0, dtype=np.float64)).ravel()
            share = f" with {1 - totals[genes].sum() / totals.sum():.1%} of its counts" if totals.any() else ""
        losses.append(f"{name} loses {n_lost:,} of {len(matrix.gene_ids):,}{share}")
    lost = _list(losses) if losses else "no sample loses any"
    return f"{len(indices[0]):,} genes are in {_all(matrices)}, matched by {by}, and are kept: {lost}."


def _join_cells(matrices: Mapping[str, CountMatrix], cell_ids: NDArray[np.str_]) -> pd.DataFrame:
    """Every file's columns, missing for cells of the others, after the sample and its own name of the cell."""
    import pandas as pd

    lengths = [len(matrix.cell_ids) for matrix in matrices.values()]
    columns: dict[str, Any] = {
        SAMPLE: as_categories(np.repeat(np.array(list(matrices), dtype=np.str_), lengths)),
        BARCODE: np.concatenate([matrix.cell_ids.astype(object) for matrix in matrices.values()]),
    }
    for name in dict.fromkeys(str(column) for matrix in matrices.values() for column in matrix.cells):
        new = name
        while new in columns:
            new = f"{new} (own)"
        columns[new] = _join_column([_own_column(matrix, name) for matrix in matrices.values()], lengths)
    return pd.DataFrame(columns, index=pd.Index(cell_ids.tolist(), dtype=object))


def _own_column(matrix: CountMatrix, name: str) -> pd.Series | None:
    return next((matrix.cells[column] for column in matrix.cells if str(column) == name), None)


def _join_column(pieces: Sequence[pd.Series | None], lengths: Sequence[int]) -> Any:
    """Numbers where every file that has the column holds numbers, else categories of text."""
    import pandas as pd

    given = [piece for piece in pieces if piece is not None]
    if len(given) == len(pieces) and all(piece.dtype.kind in "iufb" for piece in given):
        return np.concatenate([piece.to_numpy() for piece in given])
    if all(pd.api.types.is_numeric_dtype(piece) and not pd.api.types.is_bool_dtype(piece) for piece in given):
        return np.concatenate(
            [
                np.full(n, np.nan) if piece is None else piece.to_numpy(dtype=np.float64, na_value=np.nan)
                for piece, n in zip(pieces, lengths, strict=True)
            ]
        )
    texts = np.concatenate(
        [
            np.full(n, "") if piece is None else as_text(piece.to_numpy(dtype=object))
            for piece, n in zip(pieces, lengths, strict=True)
        ]
    )
    return as_categories(texts, texts == "")


def _all(matrices: Mapping[str, CountMatrix]) -> str:
    return "both samples" if len(matrices) == 2 else f"all {len(matrices)} samples"


def _list(parts: Sequence[str]) -> str:
    return ", ".join(parts[:MAX_TOLD]) + (f", and {len(parts) - MAX_TOLD} more" if len(parts) > MAX_TOLD else "")
