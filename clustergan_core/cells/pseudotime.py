"""Diffusion pseudotime (scanpy) as an independent reference for the order in which genes switch.

It places cells by all genes along a graph of neighbours, and knows neither the runs' codes nor the types' differences;
the genes are then read along it in the same way as along our placement.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.cells.ensembles import WalkEnds
from clustergan_core.cells.switch_order import SwitchOrder
from clustergan_core.cells.switch_points import bin_values, cross_half, place_cells
from clustergan_core.data.dataset import draw_subset
from clustergan_core.evaluation.clusterings import principal_components

MOST_CELLS = 4_000
WARN_BELOW = 0.5  # correlation with our order
N_NEIGHBOURS = 15
_SEED = 0


@dataclass(frozen=True)
class PseudotimeReference:
    """Where genes switch along diffusion pseudotime, and how far that agrees with an order of ours."""

    points: NDArray[np.float64]  # (n,) of the genes of that order
    correlation: float  # Spearman's, between these and the order's points

    def explain(self) -> str:
        """A sentence on the agreement, with a warning where it is low."""
        sentence = (
            f"Along diffusion pseudotime (scanpy) the same genes switch in an order that correlates by "
            f"ρ = {self.correlation:.2f}."
        )
        if self.correlation >= WARN_BELOW:
            return sentence
        return f"{sentence} That is below {WARN_BELOW:g}: do not trust this order without further evidence."


def compare_with_pseudotime(
    samples: NDArray[np.float32],
    end: WalkEnds,
    order: SwitchOrder,
    read_expression: Callable[[NDArray[np.float32]], NDArray[np.float32]],
    seed: int = _SEED,
) -> PseudotimeReference:
    """Reads the genes of an order along pseudotime from the beginning of a walk.

    samples (N, G) are what the run was trained on; `read_expression` gives their expression. The root is the cell that
    lies furthest towards the beginning. At most MOST_CELLS cells are drawn by `seed`.
    """
    from scipy.stats import spearmanr

    cells = np.flatnonzero(end.starts | end.finishes)
    cells = cells[draw_subset(len(cells), MOST_CELLS, seed)]
    is_finish = end.finishes[cells]
    everywhere = np.ones(samples.shape[1], dtype=np.bool_)
    everywhere[-1] = False  # both halves must hold a gene
    root = int(place_cells(samples[cells], is_finish, everywhere)[0].argmin())
    times = _diffusion_times(samples[cells], root, seed)
    chosen = read_expression(samples[cells])[:, order.genes]
    start, finish = chosen[~is_finish].mean(axis=0), chosen[is_finish].mean(axis=0)
    span = finish - start
    found = cross_half((bin_values(chosen, times, is_finish) - start) / np.where(span == 0, 1, span))
    return PseudotimeReference(found, float(spearmanr(found, order.points)[0]))


def _diffusion_times(samples: NDArray[np.float32], root: int, seed: int) -> NDArray[np.float64]:
    """Pseudotimes (n,) from the root; cells out of its reach come last."""
    with warnings.catch_warnings():
        # umap-learn warns when scanpy imports it, about a part that is not used here.
        warnings.simplefilter("ignore")
        import scanpy

        cells = scanpy.AnnData(principal_components(samples, seed))
        scanpy.pp.neighbors(cells, n_neighbors=N_NEIGHBOURS, use_rep="X", transformer="sklearn", random_state=seed)
        scanpy.tl.diffmap(cells, random_state=seed)
        cells.uns["iroot"] = root
        scanpy.tl.dpt(cells)
    times = cells.obs["dpt_pseudotime"].to_numpy(dtype=np.float64)
    is_reached = np.isfinite(times)
    return np.where(is_reached, times, times[is_reached].max() + 1)
