"""A walk from one cell type to another: each gene's generated expression along μ, and the distance to real cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.cells.expression import ValueScale
from clustergan_core.cells.fidelity import ALIKE
from clustergan_core.cells.switch_genes import Switches, find_switches
from clustergan_core.data.dataset import draw_subset
from clustergan_core.evaluation.diversity import LEAST_REAL, total_variance
from clustergan_core.evaluation.nearness import N_NEAREST, RealSpace, far_stretches
from clustergan_core.generation import generate_latents, read_codes, walk_codes

if TYPE_CHECKING:
    from clustergan_core.cells.switch_order import SwitchOrder
    from clustergan_core.method import Method
    from clustergan_core.nn.prior import Prior

N_STEPS = 101  # μ in hundredths
N_DRAWS = 64  # z_n that a walk is averaged over
N_LISTED = 10  # nearest real cells that are kept for each step
_MAX_HELD = 2_000  # real cells of a mode whose values are compared with a band
_SEED = 0
SPREAD = (16, 84)  # percentiles of the draws: one standard deviation to either side if they were normal


@dataclass(frozen=True)
class WalkNearness:
    """Distances from each step's generated cells to real ones, in the real cells' principal components."""

    distance: NDArray[np.float64]  # (M,) to the fifth nearest real cell, median over the draws
    low: NDArray[np.float64]  # (M,) percentiles of the draws
    high: NDArray[np.float64]  # (M,)
    variances: NDArray[np.float64]  # (M,) the draws' total variance, in the same components
    points: NDArray[np.float32]  # (M, D) the draws' mean among the real cells' components
    nearest: NDArray[np.int64]  # (M, n) real cells by root mean square distance to the draws, nearest first
    nearest_distances: NDArray[np.float64]  # (M, n)
    usual: float  # the median distance of real cells to their fifth nearest
    limit: float  # 95% of real cells are closer than this to their fifth nearest

    def far_stretches(self, mus: NDArray[np.float64]) -> list[tuple[float, float]]:
        """The stretches of μ, as (first step, last step), whose distance is beyond the limit."""
        return far_stretches(mus, self.distance, self.limit)


@dataclass(frozen=True)
class CellWalk:
    """The walk from mode B at μ = 0 to mode A at μ = 1, in M steps."""

    mode_a: int
    mode_b: int
    n_draws: int
    mus: NDArray[np.float64]  # (M,)
    mean: NDArray[np.float32]  # (M, n_genes) expression, over the draws
    low: NDArray[np.float32]  # (M, n_genes) percentiles of the draws
    high: NDArray[np.float32]
    switches: Switches
    codes: NDArray[np.float32] | None  # (M, n_clusters) the encoder's mean code; None for methods without a code
    nearness: WalkNearness | None  # None where the data is absent

    def step_at(self, mu: float) -> int:
        """The step nearest to μ."""
        return int(np.abs(self.mus - mu).argmin())

    def table(self, gene_names: tuple[str, ...], order: SwitchOrder | None = None) -> pd.DataFrame:
        """One row per gene: how it changes, what `order` tells of it, and its generated mean at every step.

        Columns of the order are empty for genes that it does not hold, and absent without one.
        """
        steps = {f"mu={mu:.3f}": column for mu, column in zip(self.mus, self.mean.round(4), strict=True)}
        table = pd.DataFrame(
            {
                "gene": gene_names,
                "change": self.switches.turns,
                "end_minus_start": (self.mean[-1] - self.mean[0]).round(4),
                "range": np.ptp(self.mean, axis=0).round(4),
            }
        )
        if order is not None:
            found = order.table(gene_names).set_index("gene").add_prefix("real_")
            table = table.join(found, on="gene").assign(order=order.verdict)
        return pd.concat([table, pd.DataFrame(steps)], axis=1)


@dataclass(frozen=True)
class BandReach:
    """How far the bands at the two ends of a walk hold for the real cells of the two modes."""

    variance_ratios: tuple[float, float]  # the draws over the real cells, of modes B and A; NaN with too few cells
    share: float  # of the real cells' values within the band at their own end; NaN without cells

    @property
    def is_too_narrow(self) -> bool:
        """Whether the draws at an end vary less than half as much as its real cells."""
        return any(ratio < ALIKE[0] for ratio in self.variance_ratios)


def measure_bands(
    walk: CellWalk,
    scale: ValueScale,
    samples: NDArray[np.float32],
    clusters: NDArray[np.int64],
    space: RealSpace,
    genes: NDArray[np.int64],
) -> BandReach:
    """Compares a walk's bands with real cells: samples (N, n_genes) with clusters (N,), in some genes (n,)."""
    assert walk.nearness is not None, "a walk without its distances to real cells"
    ratios, held = [], []
    for mode, step in ((walk.mode_b, 0), (walk.mode_a, -1)):
        own = np.flatnonzero(clusters == mode)
        of_real = total_variance(space.points[own]) if len(own) >= LEAST_REAL else np.nan
        ratios.append(float(walk.nearness.variances[step] / of_real) if of_real else np.nan)
        some = own[draw_subset(len(own), _MAX_HELD, _SEED)]
        values = scale.expression(samples[some])[:, genes]
        held.append((values >= walk.low[step, genes]) & (values <= walk.high[step, genes]))
    within = np.concatenate(held)
    return BandReach((ratios[0], ratios[1]), float(within.mean()) if within.size else float("nan"))


def many_normals(prior: Prior, seed: int) -> NDArray[np.float32]:
    """The z_n (N_DRAWS, n_normal) that a walk is averaged over, drawn with `seed`."""
    import torch

    latent = prior.sample(N_DRAWS, torch.Generator().manual_seed(seed), torch.device("cpu"))
    return latent.normal.numpy()


def walk_cells(
    method: Method,
    scale: ValueScale,
    mode_a: int,
    mode_b: int,
    normals: NDArray[np.float32],
    space: RealSpace | None = None,
    n_steps: int = N_STEPS,
) -> CellWalk:
    """The walk at each of `normals` (n_draws, n_normal), with distances to the real cells of `space` where given."""
    mus = np.linspace(0, 1, n_steps)
    codes = walk_codes(method.prior, mode_a, mode_b, mus.tolist())
    expression, read, points = [], [], []
    # Step by step, because all draws of all steps of thousands of genes would take much memory.
    for code in codes:
        samples = generate_latents(method, np.broadcast_to(code, (len(normals), len(code))), normals)
        values = scale.expression(samples)
        expression.append([values.mean(axis=0), *np.percentile(values, SPREAD, axis=0)])
        step_codes = read_codes(method, samples)
        read.append(None if step_codes is None else step_codes.mean(axis=0))
        points.append(None if space is None else space.project(samples))
    mean, low, high = np.array(expression, dtype=np.float32).transpose(1, 0, 2)
    return CellWalk(
        mode_a,
        mode_b,
        len(normals),
        mus,
        mean,
        low,
        high,
        find_switches(mus, mean),
        None if any(code is None for code in read) else np.array(read),
        None if space is None else _measure(space, np.array(points)),
    )


def _measure(space: RealSpace, points: NDArray[np.float32]) -> WalkNearness:
    """The distances of generated cells (M, n_draws, D) to real ones."""
    n_steps, n_draws, _ = points.shape
    distances = space.distances(points.reshape(n_steps * n_draws, -1)).reshape(n_steps, n_draws)
    low, distance, high = np.percentile(distances, (SPREAD[0], 50, SPREAD[1]), axis=1)
    # The draws' mean square distance to a cell is the square distance of their mean plus the draws' variance.
    means = points.mean(axis=1)
    variances = points.var(axis=1).sum(axis=1, dtype=np.float64)
    nearest, to_mean = space.nearest(means, max(N_LISTED, N_NEAREST))
    listed = np.sqrt(to_mean**2 + variances[:, None])
    unbiased = variances * n_draws / max(1, n_draws - 1)
    return WalkNearness(distance, low, high, unbiased, means, nearest, listed, space.median, space.limit)
