"""Whether what a mode generates is like the real cells it holds: means of genes, expressing cells, distances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.cells.expression import ValueScale
from clustergan_core.evaluation.nearness import LIMIT, RealSpace
from clustergan_core.generation import generate_latents, read_codes

if TYPE_CHECKING:
    from clustergan_core.method import Method

N_GENERATED = 256  # cells a mode
FEW_CELLS = 10  # real cells below which means are no reference
LIKE = 0.9  # correlation of what sets a mode apart, from which generated and real cells are said to agree
MOST = 0.5  # share of generated cells beyond the real ones' limit from which a mode is not to be trusted
_SEED = 7
_ZERO = 1e-3  # on a logarithm's scale; a zero that was standardised comes back as a rounding error
_PART = 4_096  # cells on the scale of expression at a time; all of a large data set would be a second copy of it


@dataclass(frozen=True)
class GeneratedModes:
    """What the modes generate from z_n that all share."""

    means: NDArray[np.float32]  # (K, n_genes) expression
    fractions: NDArray[np.float64] | None  # (K, n_genes) of the cells that express; None where that has no meaning
    points: NDArray[np.float32] | None  # (K, N_GENERATED, D) in the real cells' components; None without the data
    read_back: NDArray[np.float64] | None  # (K,) share that the encoder reads as the mode; None without a code
    shares: NDArray[np.float64]  # (K,) of the samples in training


@dataclass(frozen=True)
class ModeRealism:
    """One mode's generated cells beside the real ones that the encoder assigns to it."""

    n_real: int
    real_means: NDArray[np.float64]  # (n_genes,) expression; NaN without cells
    generated_means: NDArray[np.float32]
    real_fractions: NDArray[np.float64] | None  # (n_genes,) of the cells that express
    generated_fractions: NDArray[np.float64] | None
    correlation: float  # of the gene means; NaN with fewer than FEW_CELLS cells
    own_correlation: float  # of how far they lie above or below those of all real cells: what sets the mode apart
    distance: float  # generated cells to their fifth nearest real one, median
    real_distance: float  # the mode's real cells to their fifth nearest other one, median; NaN without cells
    outside: float  # share of generated cells further away than 95% of real cells, of its own where those are sparser

    def verdict(self) -> str:
        """Whether its genes can be trusted, in one sentence."""
        if self.n_real == 0:
            return "Holds no real cell: stands for nothing in the data."
        if self.outside >= MOST:
            return f"Not to be trusted: {self.outside:.0%} outside the data."
        if self.n_real < FEW_CELLS:
            return f"Too few real cells ({self.n_real}) to judge it by."
        how = "Like its real cells" if self.own_correlation >= LIKE else "Only roughly like its real cells"
        rest = f"; {self.outside:.0%} outside the data" if self.outside >= 0.1 else ""
        return f"{how} (r = {self.own_correlation:.2f}){rest}."


def generate_cells(
    method: Method, scale: ValueScale, thresholds: NDArray[np.float32] | None, space: RealSpace | None
) -> GeneratedModes:
    """N_GENERATED cells of every mode; a gene is expressed above its threshold (n_genes,)."""
    import torch

    n_modes = method.prior.n_clusters
    latent = method.prior.sample(N_GENERATED, torch.Generator().manual_seed(_SEED), torch.device("cpu"))
    normals = latent.normal.numpy()
    means, fractions, points, read_back = [], [], [], []
    for mode in range(n_modes):
        code = np.zeros((N_GENERATED, n_modes), dtype=np.float32)
        code[:, mode] = 1
        samples = generate_latents(method, code, normals)
        values = scale.expression(samples)
        means.append(values.mean(axis=0))
        fractions.append(None if thresholds is None else (values > thresholds).mean(axis=0))
        points.append(None if space is None else space.project(samples))
        codes = read_codes(method, samples)
        read_back.append(None if codes is None else (codes.argmax(axis=1) == mode).mean())
    masses = method.mode_weights
    shares = np.full(n_modes, 1 / n_modes) if masses is None else masses.shares.cpu().numpy().astype(np.float64)
    return GeneratedModes(
        means=np.array(means),
        fractions=None if thresholds is None else np.array(fractions),
        points=None if space is None else np.array(points),
        read_back=None if any(share is None for share in read_back) else np.array(read_back),
        shares=shares,
    )


def expressing_thresholds(scale: ValueScale, samples: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """(n_genes,) half of each gene's smallest expression above zero in real samples (N, n_genes).

    Generated values are hardly ever exactly 0, so what is nearer to 0 than to the least that was measured counts as
    none. A gene that no cell has is never expressed. None for scaled values, which know no zero.
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
) -> tuple[ModeRealism, ...]:
    """Every mode beside its real cells, of samples (N, n_genes), clusters (N,) and the `space` of the same cells."""
    held = [np.flatnonzero(clusters == mode) for mode in range(len(generated.means))]
    means, fractions = zip(*(_average(scale, samples, own, thresholds) for own in held), strict=True)
    sums = [len(own) * mean for own, mean in zip(held, means, strict=True) if len(own)]
    overall = np.sum(sums, axis=0) / len(samples)
    return tuple(
        _compare(generated, mode, means[mode], fractions[mode], overall, held[mode], space) for mode in range(len(held))
    )


def telling_genes(means: NDArray[np.floating], n_genes: int) -> NDArray[np.int64]:
    """Genes of means (K, n_genes), at most `n_genes`, that set one mode apart from the others, mode by mode.

    Each mode has an equal number of them, those that lie highest above their mean over all modes. A row of NaN is a
    mode without cells and has none.
    """
    known = np.flatnonzero(~np.isnan(means).any(axis=1))
    if not len(known):
        return np.zeros(0, dtype=np.int64)
    excess = means[known] - means[known].mean(axis=0)
    n_each = max(1, n_genes // len(known))
    chosen: list[int] = []
    for row in excess:
        order = np.argsort(-row, kind="stable")
        chosen += [gene for gene in order.tolist() if gene not in chosen and row[gene] > 0][:n_each]
    return np.array(chosen[:n_genes], dtype=np.int64)


def realism_table(realism: Sequence[ModeRealism], generated: GeneratedModes, n_cells: int) -> pd.DataFrame:
    """A row a mode: its shares, how its means and distances compare, and the verdict."""
    return pd.DataFrame(
        {
            "mode": range(len(realism)),
            "cells": [mode.n_real for mode in realism],
            "share": [mode.n_real / n_cells for mode in realism],
            "share_in_training": generated.shares,
            "read_back": np.full(len(realism), np.nan) if generated.read_back is None else generated.read_back,
            "correlation_of_means": [mode.correlation for mode in realism],
            "correlation_of_what_sets_apart": [mode.own_correlation for mode in realism],
            "distance_generated": [mode.distance for mode in realism],
            "distance_real": [mode.real_distance for mode in realism],
            "outside": [mode.outside for mode in realism],
            "verdict": [mode.verdict() for mode in realism],
        }
    )


def gene_table(realism: ModeRealism, gene_names: Sequence[str]) -> pd.DataFrame:
    """A row a gene of one mode: means and fractions, real and generated, the largest difference of means first."""
    columns = {"gene": gene_names, "real_mean": realism.real_means, "generated_mean": realism.generated_means}
    if realism.real_fractions is not None and realism.generated_fractions is not None:
        columns |= {"real_fraction": realism.real_fractions, "generated_fraction": realism.generated_fractions}
    order = np.argsort(-np.abs(realism.generated_means - realism.real_means), kind="stable")
    return pd.DataFrame(columns).iloc[order].round(4).reset_index(drop=True)


def _average(
    scale: ValueScale, samples: NDArray[np.float32], own: NDArray[np.int64], thresholds: NDArray[np.float32] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Mean expression (n_genes,) of some samples and the fraction that express; NaN where there are none."""
    n_genes = samples.shape[1]
    if not len(own):
        nothing = np.full(n_genes, np.nan)
        return nothing, None if thresholds is None else nothing
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
) -> ModeRealism:
    """One mode; `overall` (n_genes,) is the mean of all real cells, `own` the numbers of those it holds."""
    assert generated.points is not None, "generated without the data"
    means = generated.means[mode]
    distances, among_own = space.distances(generated.points[mode]), space.distances_among(own)
    limit = max(space.limit, float(np.quantile(among_own, LIMIT))) if len(own) >= FEW_CELLS else space.limit
    return ModeRealism(
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
    )


def _correlation(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """Pearson's; NaN where one of them is constant."""
    if one.std() == 0 or other.std() == 0:
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])
