"""Doublets, two cells under one barcode, scored by Scrublet (doi:10.1016/j.cels.2018.11.005) within each sample."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.counts.matrix import STATE_WORDS, CountMatrix
from clustergan_core.data.dataset import Batches

N_DRAWS = 3  # scores are means over so many simulations: one alone ranks cells less well (docs/decisions.md)
LEAST_CELLS = 50  # of a sample: among fewer, simulated doublets surround every cell
MOST_CELLS = 50_000  # of a sample: a channel holds fewer, and exact neighbours of more take hours
MOST_EXPECTED = 0.5  # of a sample's cells
N_COMPONENTS = 30  # principal components, as Scrublet has them


@dataclass(frozen=True)
class SampleDoublets:
    """What Scrublet found in one sample."""

    simulated: NDArray[np.float64]  # scores of simulated doublets, which is what a doublet's score looks like
    rate: float  # the expected share of doublets
    threshold: float | None  # cells with this score or a higher one are called doublets; None where none are
    skipped: str = ""  # why the sample was not scored; "" where it was


@dataclass(frozen=True)
class Doublets:
    """Scores of N cells, and which are called doublets."""

    scores: NDArray[np.float64]  # (N,) in [0, 1]; NaN for cells that were not scored
    is_doublet: NDArray[np.bool_]  # (N,)
    samples: tuple[SampleDoublets, ...]  # in the order of the samples; one where they are not told apart


# Finds the doublets among some cells (a mask over all), by sample, at an expected share per 1,000 cells.
FindDoublets = Callable[[CountMatrix, NDArray[np.bool_], Batches | None, float], Doublets]


def find_doublets(
    matrix: CountMatrix, cell_mask: NDArray[np.bool_], batches: Batches | None, rate_per_thousand: float
) -> Doublets:
    """Scores the cells of `cell_mask` (N,) within their samples and calls at most as many doublets as are expected.

    The expected share grows with the cells of the sample: `rate_per_thousand` for each 1,000. `choose_threshold` says
    which score calls. A sample that cannot be scored has a reason, and no doublet.
    """
    scores = np.full(len(cell_mask), np.nan)
    is_doublet = np.zeros(len(cell_mask), dtype=np.bool_)
    samples = []
    for code in range(1 if batches is None else len(batches.table)):
        rows = np.flatnonzero(cell_mask if batches is None else cell_mask & (batches.codes == code))
        rate = min(rate_per_thousand * len(rows) / 1000, MOST_EXPECTED)
        if reason := _why_not(matrix, len(rows)):
            samples.append(SampleDoublets(np.zeros(0), rate, None, reason))
            continue
        try:
            scores[rows], simulated = _score(matrix, rows, rate)
        except ValueError:  # of scanpy or scikit-learn, for fewer genes than components
            samples.append(SampleDoublets(np.zeros(0), rate, None, "too few of its genes vary"))
            continue
        threshold = choose_threshold(scores[rows], rate)
        if threshold is not None:
            is_doublet[rows] = scores[rows] >= threshold
        samples.append(SampleDoublets(simulated, rate, threshold))
    return Doublets(scores, is_doublet, tuple(samples))


def choose_threshold(scores: NDArray[np.float64], rate: float) -> float | None:
    """The lowest score that no more than the expected share of these cells (N,) reach.

    None where less than half a cell is expected, and where more cells than expected share the highest score.
    """
    scored = scores[np.isfinite(scores)]
    distinct, counts = np.unique(scored, return_counts=True)
    n_reaching = counts[::-1].cumsum()[::-1]
    allowed = distinct[n_reaching <= round(rate * len(scored))]
    return float(allowed[0]) if len(allowed) else None


def _why_not(matrix: CountMatrix, n_cells: int) -> str:
    if matrix.state != "raw":
        return f"it holds {STATE_WORDS[matrix.state]}, and doublets are simulated from raw counts"
    if n_cells < LEAST_CELLS:
        return f"it has {n_cells} cells after quality control, fewer than {LEAST_CELLS}"
    if n_cells > MOST_CELLS:
        return f"it has {n_cells:,} cells, more than the {MOST_CELLS:,} that are scored"
    return ""


def _score(
    matrix: CountMatrix, rows: NDArray[np.int64], rate: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(the mean score of each cell over N_DRAWS simulations, NaN where it has too few genes; all simulated scores)."""
    import scanpy
    from threadpoolctl import threadpool_limits

    cells = scanpy.AnnData(matrix.counts[rows])
    observed, simulated = [], []
    # On one thread sums come out alike on every machine, and with them which cells are called.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for seed in range(N_DRAWS):
            scanpy.pp.scrublet(
                cells,
                expected_doublet_rate=max(rate, 1e-3),
                n_prin_comps=min(N_COMPONENTS, len(rows) - 1),
                use_approx_neighbors=False,
                threshold=1.0,  # its own needs scikit-image, and two peaks that are often not there
                verbose=False,
                random_state=seed,
            )
            observed.append(cells.obs["doublet_score"].to_numpy(dtype=np.float64))
            simulated.append(np.asarray(cells.uns["scrublet"]["doublet_scores_sim"], dtype=np.float64))
    return np.mean(observed, axis=0), np.concatenate(simulated)
