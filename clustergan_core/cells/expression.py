"""The expression of single genes in cells: to colour a map by, or for a dot plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.counts.genes import unique_gene_names
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.sparse import TARGET, Transform, cell_totals, size_factors, take_dense
from clustergan_core.data.counts.steps import undo_finishing
from clustergan_core.data.steps import Step
from clustergan_core.errors import DataError

SHOWN = 8


@dataclass(frozen=True)
class DotPlot:
    """The colour and size of the dot for each cluster and gene."""

    genes: tuple[str, ...]
    mean: NDArray[np.float64]  # (n_clusters, n_genes) log-normalised
    fraction: NDArray[np.float64]  # (n_clusters, n_genes) of the cluster's cells that express the gene


def gene_values(matrix: CountMatrix, genes: Sequence[str]) -> NDArray[np.float32]:
    """Log-normalised expression (N, n_genes) of genes named by symbol, unique name or id; scaled values as they are.

    Case is ignored where no gene has the name exactly as written. Raises DataError that lists unknown genes.
    """
    indices = find_gene_indices(matrix, genes)
    return take_dense(matrix.counts, np.ones(len(matrix.cell_ids), dtype=np.bool_), indices, _transform(matrix))


def dot_plot(matrix: CountMatrix, clusters: NDArray[np.int64], genes: Sequence[str], n_clusters: int) -> DotPlot:
    """Mean expression and fraction of cells for every cluster (N,) and gene; zero for empty clusters."""
    values = gene_values(matrix, genes)
    mean, fraction = np.zeros((n_clusters, len(genes))), np.zeros((n_clusters, len(genes)))
    for cluster in range(n_clusters):
        own = values[clusters == cluster]
        if len(own):
            mean[cluster] = own.mean(axis=0, dtype=np.float64)
            fraction[cluster] = (own > 0).mean(axis=0)
    return DotPlot(tuple(genes), mean, fraction)


def find_gene_indices(matrix: CountMatrix, genes: Sequence[str]) -> NDArray[np.int64]:
    """(n_genes,) the genes' indices in the matrix; the first among genes that share a symbol."""
    exact: dict[str, int] = {}
    for names in (unique_gene_names(matrix), matrix.gene_symbols.tolist(), matrix.gene_ids.tolist()):
        for index, name in enumerate(names):
            exact.setdefault(name, index)
    by_capitals: dict[str, int] = {}
    for name, index in exact.items():
        by_capitals.setdefault(name.upper(), index)
    indices = [exact.get(gene, by_capitals.get(gene.upper(), -1)) for gene in genes]
    unknown = [gene for gene, index in zip(genes, indices, strict=True) if index < 0]
    if unknown:
        shown = ", ".join(unknown[:SHOWN]) + (", …" if len(unknown) > SHOWN else "")
        examples = ", ".join(matrix.gene_symbols[:3].tolist())
        raise DataError(f"{matrix.name} has no gene {shown}: name genes as the file does ({examples}, …).")
    return np.array(indices, dtype=np.int64)


def _transform(matrix: CountMatrix) -> Transform | None:
    if matrix.state in ("log", "scaled"):
        return None
    factors = size_factors(cell_totals(matrix.counts), TARGET)
    return lambda values, cells: np.log1p(values * factors[cells])


@dataclass(frozen=True)
class ValueScale:
    """The scale on which a run's genes are shown."""

    steps: tuple[Step, ...]
    title: str  # of an axis
    log_base: float | None  # of a logarithm of 1 + expression; None where there is none, or it is unknown
    has_negatives: bool  # True for scaled files; expression has no negative values

    @property
    def difference_title(self) -> str:
        """The axis title for `differences`; not a fold change, which is a ratio of mean counts (`markers`)."""
        return "difference" if self.log_base is None else "log2 difference"

    def expression(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Samples (..., n_genes) on this scale.

        Negative values of generated samples become 0 where real expression has none.
        """
        values = undo_finishing(self.steps, samples)
        return values if self.has_negatives else np.maximum(values, 0, out=values)

    def differences(self, one: NDArray[np.floating], other: NDArray[np.floating]) -> NDArray[np.float64]:
        """How far expression `one` is above `other`: log2 of (1 + one) over (1 + other) where the base is known."""
        difference = np.asarray(one, dtype=np.float64) - np.asarray(other, dtype=np.float64)
        return difference if self.log_base is None else difference * np.log2(self.log_base)


def value_scale(steps: Sequence[Step]) -> ValueScale:
    """The scale of a run whose preprocessing is `steps`."""
    state = next((step["state"] for step in steps if step["step"] == "expression_values"), "")
    normalised = next((step for step in steps if step["step"] == "normalise_totals"), None)
    logarithm = next((step for step in steps if step["step"] == "log"), None)
    if logarithm is None:
        title = {"scaled": "scaled expression", "log": "log expression"}.get(state, "expression")
        return ValueScale(tuple(steps), title, None, state == "scaled")
    unit = "count" if normalised is None else f"counts per {normalised['target']:,.0f}"
    if logarithm["base"] == 2:
        return ValueScale(tuple(steps), f"expression, log2(1 + {unit})", 2.0, False)
    return ValueScale(tuple(steps), f"expression, ln(1 + {unit})", float(np.e), False)
