"""Preflight: what a count matrix holds, going by its names and a peek at its values, before it is read in full."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from clustergan_core.data.counts.batches import SampleProposal, propose_samples
from clustergan_core.data.counts.gene_sets import NO_MITOCHONDRIAL, is_mitochondrial
from clustergan_core.data.counts.matrix import STATE_WORDS, CountState, find_state
from clustergan_core.data.counts.reading.count_file import CountFile, LaidOut, Names, Peek, describe_names
from clustergan_core.data.counts.reading.limits import estimate_seconds, reading_bytes
from clustergan_core.data.counts.reading.names import GeneKind, Species, find_kind
from clustergan_core.data.own.label_proposal import LabelProposal, propose_labels, rank_by_name

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

N_PREVIEW = 5
MANY_BARCODES = 100_000  # one experiment has some thousand droplets with a cell in them
LABEL_VALUES = range(2, 201)  # fewer say nothing, more are names
N_EXAMPLES = 6

_STATE_ADVICE = {
    "log": "The values are logarithms, but quality control by counts and the paper's transform need raw counts: "
    "provide them if you have them.",
    "normalised": "The values were normalised: provide raw counts if you have them.",
    "scaled": "The values were scaled (some are negative), which quality control cannot undo: provide raw counts if "
    "you have them.",
}


class LabelColumn(BaseModel):
    """A column of the cells whose values recur as those of classes do."""

    model_config = ConfigDict(frozen=True)

    name: str
    n_values: int
    examples: tuple[str, ...]


class Preflight(BaseModel):
    """What is known about a file before it is read in full; numbers about values refer to the examined part."""

    model_config = ConfigDict(frozen=True)

    name: str
    summary: str = Field(description='One line, such as "2,700 cells × 32,738 genes, raw counts, human symbols".')
    looks_like_counts: bool = Field(description="False where nothing distinguishes it from an ordinary table.")
    form: str
    part: str = Field(description="Which part of the file is read.")
    n_cells: int
    n_genes: int
    orientation: LaidOut
    orientation_reason: str
    is_orientation_sure: bool
    can_transpose: bool = Field(description="Whether another orientation may be chosen.")
    preview_cells: tuple[str, ...]
    preview_genes: tuple[str, ...]
    preview_values: tuple[tuple[float | None, ...], ...] = Field(description="One row per cell; None for NaN.")
    state: CountState
    state_reason: str
    gene_kind: GeneKind
    species: Species
    n_cells_looked_at: int
    n_genes_looked_at: int
    n_repeated_genes: int
    n_repeated_cells: int
    n_empty_cells: int | None = Field(description="Among the examined cells; None if not all genes were examined.")
    n_empty_genes: int | None = Field(description="Among the examined genes; None if not all cells were examined.")
    n_mitochondrial: int = Field(description="Genes of the mitochondrial genome, by name or by id.")
    mitochondrial_examples: tuple[str, ...]
    n_missing: int = Field(description="NaN and infinite values, among those examined.")
    n_negative: int
    n_nonzeros: int = Field(description="As the file declares, else estimated from nonzero_share.")
    nonzero_share: float
    label_columns: tuple[LabelColumn, ...]
    label_proposal: LabelProposal | None = Field(
        default=None,
        description="The column that most likely holds known classes; nothing uses it before it is chosen.",
    )
    sample_proposal: SampleProposal | None = Field(
        default=None,
        description="The column that most likely tells samples apart; nothing uses it before it is chosen.",
    )
    memory_mb: float
    seconds: float
    notes: tuple[str, ...] = Field(description="Sentences on what is left out or filled in.")
    warnings: tuple[str, ...] = Field(description="Sentences on what to fix or to check.")


def make_preflight(file: CountFile, is_expression: bool = True) -> Preflight:
    """Peeks at an opened file; `is_expression` is what `formats.looks_like_counts` returned for it.

    Raises DataError where even a peek is impossible."""
    import numpy as np

    peek, names, layout = file.peek(), file.names, file.layout
    n_cells, n_genes = len(names.cell_ids), len(names.gene_ids)
    values = peek.values.data
    state, reason = find_state(values)
    kind, species = find_kind(names.gene_ids.tolist())
    if species == "unknown":
        kind_of_symbols, species = find_kind(names.gene_symbols.tolist())
        kind = kind_of_symbols if kind == "unknown" or (kind_of_symbols == "symbols" and kind == "numbered") else kind
    share = peek.values.nnz / max(peek.values.shape[0] * peek.values.shape[1], 1)
    n_nonzeros = layout.n_nonzeros if layout.n_nonzeros is not None else round(share * n_cells * n_genes)
    mitochondrial = names.gene_symbols[is_mitochondrial(names.gene_symbols, names.gene_ids)].tolist()
    facts: dict[str, Any] = {
        "n_mitochondrial": len(mitochondrial),
        "n_cells_looked_at": len(peek.cells),
        "n_genes_looked_at": len(peek.genes),
        "n_empty_cells": _count_empty(peek, 1) if peek.is_whole and len(peek.genes) == n_genes else None,
        "n_empty_genes": _count_empty(peek, 0) if peek.is_whole and len(peek.cells) == n_cells else None,
        "n_missing": int(values.size - np.isfinite(values).sum()),
        "n_negative": int((values < 0).sum()),
    }
    warnings = (
        [] if is_expression else ["Nothing distinguishes this from an ordinary table: it may not be a count matrix."]
    )
    return Preflight(
        name=file.name,
        summary=f"{n_cells:,} cells × {n_genes:,} genes, {STATE_WORDS[state]}, {_name_genes(kind, species)}",
        looks_like_counts=is_expression,
        form=layout.file_format,
        part=layout.part,
        n_cells=n_cells,
        n_genes=n_genes,
        orientation=layout.orientation,
        orientation_reason=layout.reason,
        is_orientation_sure=layout.is_sure,
        can_transpose=layout.can_transpose,
        preview_cells=tuple(names.cell_ids[peek.cells[:N_PREVIEW]].tolist()),
        preview_genes=tuple(names.gene_symbols[peek.genes[:N_PREVIEW]].tolist()),
        preview_values=_preview(peek),
        state=state,
        state_reason=reason,
        gene_kind=kind,
        species=species,
        mitochondrial_examples=tuple(mitochondrial[:N_EXAMPLES]),
        n_repeated_genes=names.n_repeated_genes,
        n_repeated_cells=names.n_repeated_cells,
        n_nonzeros=n_nonzeros,
        nonzero_share=share if layout.n_nonzeros is None else n_nonzeros / (n_cells * n_genes),
        label_columns=_find_label_columns(names.cells),
        label_proposal=propose_labels(_columns_of_labels(names.cells)),
        sample_proposal=propose_samples({str(name): names.cells[name] for name in names.cells}),
        memory_mb=round(reading_bytes(n_nonzeros) / 1e6, 1),
        seconds=round(_estimate(file, n_nonzeros), 1),
        notes=tuple(layout.notes),
        warnings=(*warnings, *_warn(file, names, state, facts)),
        **facts,
    )


def _estimate(file: CountFile, n_nonzeros: int) -> float:
    is_dense = file.layout.n_nonzeros is None and not file.layout.text_bytes
    n_dense = len(file.names.cell_ids) * len(file.names.gene_ids) if is_dense else 0
    return estimate_seconds(n_nonzeros, n_dense, file.layout.text_bytes)


def _preview(peek: Peek) -> tuple[tuple[float | None, ...], ...]:
    corner = peek.values[:N_PREVIEW, :N_PREVIEW].toarray().tolist()
    return tuple(tuple(value if math.isfinite(value) else None for value in row) for row in corner)


def _count_empty(peek: Peek, axis: int) -> int:
    return int((peek.values.getnnz(axis=axis) == 0).sum())


def _name_genes(kind: GeneKind, species: Species) -> str:
    if kind == "numbered":
        return "genes without names"
    if kind == "unknown":
        return "gene names of an unknown type"
    names = kind if kind == "symbols" else f"{kind} ids"
    return names if species == "unknown" else f"{species} {names}"


def _columns_of_labels(cells: pd.DataFrame) -> dict[str, NDArray[Any]]:
    """The columns of the cells that are called as columns of classes are."""
    import numpy as np

    return {str(name): np.asarray(cells[name], dtype=object) for name in cells if rank_by_name(str(name)) is not None}


def _find_label_columns(cells: pd.DataFrame) -> tuple[LabelColumn, ...]:
    import pandas as pd

    from clustergan_core.data.own.cell_text import natural_order

    label_columns = []
    for name, column in cells.items():
        if isinstance(column.dtype, pd.CategoricalDtype):
            present = [str(text) for text in column.cat.remove_unused_categories().cat.categories]
        elif column.dtype.kind in "iub" and column.nunique() in LABEL_VALUES:
            present = [str(value) for value in column.unique()]
        else:
            continue
        if len(present) in LABEL_VALUES and len(present) < len(column):
            examples = tuple(natural_order(present)[:N_EXAMPLES])
            label_columns.append(LabelColumn(name=str(name), n_values=len(present), examples=examples))
    return tuple(label_columns)


def _warn(file: CountFile, names: Names, state: CountState, facts: dict[str, Any]) -> list[str]:
    warnings: list[str] = []
    n_cells, n_genes = len(names.cell_ids), len(names.gene_ids)
    if not file.layout.is_sure:
        warnings.append(f"Check the orientation: {file.layout.reason}.")
    if state in _STATE_ADVICE:
        warnings.append(_STATE_ADVICE[state])
    if n_cells > MANY_BARCODES:
        warnings.append(
            f"{n_cells:,} barcodes exceed the cells of an experiment: check whether this is the raw, unfiltered matrix."
        )
    warnings.extend(describe_names(names))
    if not facts["n_mitochondrial"]:
        warnings.append(
            f"{NO_MITOCHONDRIAL[0].upper()}{NO_MITOCHONDRIAL[1:]}. A limit on the mitochondrial share removes no cells."
        )
    if facts["n_missing"]:
        warnings.append(
            f"{facts['n_missing']:,} examined values are NaN or infinite, and such a matrix cannot be read."
        )
    among = "" if facts["n_cells_looked_at"] == n_cells else f" of the {facts['n_cells_looked_at']:,} examined"
    if facts["n_empty_cells"]:
        warnings.append(f"{facts['n_empty_cells']:,} cells{among} have no counts at all.")
    if facts["n_empty_genes"]:
        among = "" if facts["n_genes_looked_at"] == n_genes else f" of the {facts['n_genes_looked_at']:,} examined"
        warnings.append(f"{facts['n_empty_genes']:,} genes{among} are counted in no cell.")
    return warnings
