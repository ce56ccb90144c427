"""Whether a mode's generated cells resemble its real ones: gene means, expressing cells, distances, variance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.cells.expression import ValueScale
from clustergan_core.evaluation.diversity import LEAST_REAL, variance_ratios
from clustergan_core.evaluation.nearness import LIMIT, RealSpace
from clustergan_core.generation import generate_latents, read_codes

if TYPE_CHECKING:
    from clustergan_core.method import Method

N_GENERATED = 256  # cells per mode
FEW_CELLS = LEAST_REAL  # with fewer real cells than this, their means and variances are not a reference
ALIKE = (0.5, 2.0)  # a mode whose variance, generated over real, is between these varies like its real cells
LIKE = 0.9  # generated and real cells agree from this correlation of their differences from all cells
MOST = 0.5  # a mode is not to be trusted if this share of its generated cells is beyond the real ones' limit
_SEED = 7
_ZERO = 1e-3  # on a log scale; a zero that was standardised comes back as a rounding error
_PART = 4_096  # cells that are put on the scale at a time; all of a large data set at once would be a second copy


@dataclass(frozen=True)
class GeneratedModes:
    """Cells that the modes generate from the same z_n."""

    means: NDArray[np.float32]  # (K, n_genes) expression
    fractions: NDArray[np.float64] | None  # (K, n_genes) of cells that express the gene; None where meaningless
    points: NDArray[np.float32] | None  # (K, N_GENERATED, D) in the real cells' components; None without the data
    read_back: NDArray[np.float64] | None  # (K,) share that the encoder assigns to the mode; None without a code
    shares: NDArray[np.float64]  # (K,) of the samples generated in training


@dataclass(frozen=True)
class ModeFidelity:
    """One mode's generated cells compared with the real ones that the encoder assigns to it."""

    n_real: int
    real_means: NDArray[np.float64]  # (n_genes,) expression; NaN without cells
    generated_means: NDArray[np.float32]
    real_fractions: NDArray[np.float64] | None  # (n_genes,) of cells that express the gene
    generated_fractions: NDArray[np.float64] | None
    correlation: float  # of the gene means; NaN with fewer than FEW_CELLS cells
    own_correlation: float  # of the gene means' differences from those of all real cells: what sets the mode apart
    distance: float  # median, from generated cells to their fifth nearest real one
    real_distance: float  # median, from the mode's real cells to their fifth nearest other one; NaN without cells
    outside: float  # share of generated cells further out than 95% of real cells, or of its own where those are sparser
    variance_ratio: float  # generated over real, in the real cells' components; NaN with too few real cells

    def verdict(self) -> str:
        """Whether the mode's genes can be trusted, in one sentence."""
        if self.n_real == 0:
            return "Holds no real cells, so it represents nothing in the data."
        if self.outside >= MOST:
            return f"Not reliable: {self.outside:.0%} outside the data."
        if self.n_real < FEW_CELLS:
            return f"Too few real cells ({self.n_real}) to judge it."
        figures = f"(r = {self.own_correlation:.2f}, variance ×{self.variance_ratio:.2f})"
        caveat = f"; {self.outside:.0%} outside the data" if self.outside >= 0.1 else ""
        if self.own_correlation < LIKE:
            return f"Only roughly like its real cells {figures}{caveat}."
        lowest, highest = ALIKE
        if self.variance_ratio < lowest:
            return f"Like its real cells in the mean, but varies less {figures}{caveat}."
        if self.variance_ratio > highest:
            return f"Like its real cells in the mean, but varies more {figures}{caveat}."
        return f"Like its real cells {figures}{caveat}."


def generate_cells(
    method: Method,
    scale: ValueScale,
    thresholds: NDArray[np.float32] | None,
    space: RealSpace | None,
    batch: int | None = None,
) -> GeneratedModes:
    """N_GENERATED cells of every mode; a gene is expressed above its threshold (n_genes,).

    `batch` is the sample of the experiment that they are generated as; None for no particular one.
    """
    import torch

    n_modes = method.prior.n_clusters
    latent = method.prior.sample(N_GENERATED, torch.Generator().manual_seed(_SEED), torch.device("cpu"))
    normals = latent.normal.numpy()
    batches = None if batch is None else np.full(N_GENERATED, batch, dtype=np.int64)
    means, fractions, points, read_back = [], [], [], []
    for mode in range(n_modes):
        code = np.zeros((N_GENERATED, n_modes), dtype=np.float32)
        code[:, mode] = 1
        samples = generate_latents(method, code, normals, batches)
        values = scale.expression(samples)
        means.append(values.mean(axis=0))
        fractions.append(None if thresholds is None else (values > thresholds).mean(axis=0))
        points.append(None if space is None else space.project(samples))
        codes = read_codes(method, samples)
        read_back.append(None if codes is None else (codes.argmax(axis=1) == mode).mean())
    weights = method.mode_weights
    shares = np.full(n_modes, 1 / n_modes) if weights is None else weights.shares.cpu().numpy().astype(np.float64)
    return GeneratedModes(
        means=np.array(means),
        fractions=None if thresholds is None else np.array(fractions),
        points=None if space is None else np.array(points),
        read_back=None if any(share is None for share in read_back) else np.array(read_back),
        shares=shares,
    )


def expressing_thresholds(scale: ValueScale, samples: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """(n_genes,) half of each gene's smallest expression above zero in real samples (N, n_genes).

    Generated values are hardly ever exactly 0, so values nearer to 0 than to the smallest measured one count as 0.
    A gene that no cell expresses is never expressed. None for scaled values, which have no zero.
    """
    if scale.has_negatives:
        return None
    smallest = np.full(samples.shape[1], np.inf, dtype=np.float32)
    for start in range(0, len(samples), _PART):
        values = scale.expression(samples[start : start + _PART])
        np.minimum(smallest, np.where(values > _ZERO, values, np.float32(np.inf)).min(axis=0), out=smallest)
    return smallest / np.float32(2)


def compare_modes(
    generated: GeneratedModes,
    scale: ValueScale,
    samples: NDArray[np.float32],
    clusters: NDArray[np.int64],
    space: RealSpace,
    thresholds: NDArray[np.float32] | None,
) -> tuple[ModeFidelity, ...]:
    """Compares every mode with its real cells, given as samples (N, n_genes), clusters (N,) and their `space`.

    Cells of cluster −1 belong to no mode and take no part in the mean of all cells.
    """
    cells_of = [np.flatnonzero(clusters == mode) for mode in range(len(generated.means))]
    means, fractions = zip(*(_average(scale, samples, own, thresholds) for own in cells_of), strict=True)
    sums = [len(own) * mean for own, mean in zip(cells_of, means, strict=True) if len(own)]
    overall = np.sum(sums, axis=0) / max(1, sum(map(len, cells_of)))
    return tuple(
        _compare(generated, mode, means[mode], fractions[mode], overall, own, space)
        for mode, own in enumerate(cells_of)
    )


def telling_genes(means: NDArray[np.floating], n_genes: int) -> NDArray[np.int64]:
    """At most `n_genes` genes of means (K, n_genes) that set one mode apart from the others, mode by mode.

    Each mode has an equal number of them: those furthest above their mean over all modes. A row of NaN is a mode
    without cells and has none.
    """
    filled = np.flatnonzero(~np.isnan(means).any(axis=1))
    if not len(filled):
        return np.zeros(0, dtype=np.int64)
    excess = means[filled] - means[filled].mean(axis=0)
    n_each = max(1, n_genes // len(filled))
    chosen: list[int] = []
    for row in excess:
        order = np.argsort(-row, kind="stable")
        chosen += [gene for gene in order.tolist() if gene not in chosen and row[gene] > 0][:n_each]
    return np.array(chosen[:n_genes], dtype=np.int64)


def fidelity_table(fidelity: Sequence[ModeFidelity], generated: GeneratedModes, n_cells: int) -> pd.DataFrame:
    """One row per mode: its shares, how its means and distances compare, and the verdict."""
    return pd.DataFrame(
        {
            "mode": range(len(fidelity)),
            "cells": [mode.n_real for mode in fidelity],
            "share": [mode.n_real / n_cells for mode in fidelity],
            "share_in_training": generated.shares,
            "read_back": np.full(len(fidelity), np.nan) if generated.read_back is None else generated.read_back,
            "correlation_of_means": [mode.correlation for mode in fidelity],
            "correlation_of_what_sets_apart": [mode.own_correlation for mode in fidelity],
            "variance_ratio": [mode.variance_ratio for mode in fidelity],
            "distance_generated": [mode.distance for mode in fidelity],
            "distance_real": [mode.real_distance for mode in fidelity],
            "outside": [mode.outside for mode in fidelity],
            "verdict": [mode.verdict() for mode in fidelity],
        }
    )


def gene_table(fidelity: ModeFidelity, gene_names: Sequence[str]) -> pd.DataFrame:
    """One row per gene of one mode: real and generated means and fractions, the largest difference of means first."""
    columns = {"gene": gene_names, "real_mean": fidelity.real_means, "generated_mean": fidelity.generated_means}
    if fidelity.real_fractions is not None and fidelity.generated_fractions is not None:
        columns |= {"real_fraction": fidelity.real_fractions, "generated_fraction": fidelity.generated_fractions}
    order = np.argsort(-np.abs(fidelity.generated_means - fidelity.real_means), kind="stable")
    return pd.DataFrame(columns).iloc[order].round(4).reset_index(drop=True)


def _average(
    scale: ValueScale, samples: NDArray[np.float32], own: NDArray[np.int64], thresholds: NDArray[np.float32] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """The mean expression (n_genes,) of some samples and the fraction that express; NaN without samples."""
    n_genes = samples.shape[1]
    if not len(own):
        unknown = np.full(n_genes, np.nan)
        return unknown, None if thresholds is None else unknown
    total, expressing = np.zeros(n_genes), np.zeros(n_genes)
    for start in range(0, len(own), _PART):
        values = scale.expression(samples[own[start : start + _PART]])
        total += values.sum(axis=0, dtype=np.float64)
        if thresholds is not None:
            expressing += (values > thresholds).sum(axis=0)
    return total / len(own), None if thresholds is None else expressing / len(own)


def _compare(
    generated: GeneratedModes,
    mode: int,
    real_means: NDArray[np.float64],
    real_fractions: NDArray[np.float64] | None,
    overall: NDArray[np.float64],
    own: NDArray[np.int64],
    space: RealSpace,
) -> ModeFidelity:
    """Compares one mode; `overall` (n_genes,) is the mean of all real cells, `own` the indices of those it holds."""
    assert generated.points is not None, "generated without the data"
    means = generated.means[mode]
    distances, among_own = space.distances(generated.points[mode]), space.distances_among(own)
    limit = max(space.limit, float(np.quantile(among_own, LIMIT))) if len(own) >= FEW_CELLS else space.limit
    return ModeFidelity(
        n_real=len(own),
        real_means=real_means,
        generated_means=means,
        real_fractions=real_fractions,
        generated_fractions=None if generated.fractions is None else generated.fractions[mode],
        correlation=_correlation(real_means, means) if len(own) >= FEW_CELLS else float("nan"),
        own_correlation=_correlation(real_means - overall, means - overall) if len(own) >= FEW_CELLS else float("nan"),
        distance=float(np.median(distances)),
        real_distance=float(np.median(among_own)) if len(own) else float("nan"),
        outside=float((distances > limit).mean()),
        variance_ratio=_variance_ratio(space.points[own], generated.points[mode]),
    )


def _variance_ratio(real: NDArray[np.float32], generated: NDArray[np.float32]) -> float:
    """The total variance of generated cells (M, D) over that of real ones (N, D); NaN with too few real ones."""
    return float(variance_ratios(real, np.zeros(len(real), np.int64), generated[None])[0])


def _correlation(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """Pearson's correlation; NaN where one side is constant."""
    if one.std() == 0 or other.std() == 0:
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])
