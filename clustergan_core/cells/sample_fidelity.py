"""Whether generated cells resemble the real ones of their mode and their sample of the experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.cells.expression import ValueScale
from clustergan_core.cells.fidelity import compare_modes, generate_cells
from clustergan_core.data.dataset import Batches
from clustergan_core.evaluation.nearness import RealSpace

if TYPE_CHECKING:
    from clustergan_core.method import Method


def sample_fidelity_table(
    method: Method,
    scale: ValueScale,
    samples: NDArray[np.float32],
    clusters: NDArray[np.int64],
    batches: Batches,
    space: RealSpace,
) -> pd.DataFrame:
    """One row for each mode and sample that share real cells (N, n_genes): how its generated cells compare with them.

    What sets a mode apart is its difference from all cells of the sample. `clusters` (N,) are those of the cells and
    `space` is that of all. The method must tell samples apart.
    """
    rows = []
    for batch, name in enumerate(batches.names):
        generated = generate_cells(method, scale, None, space, batch)
        own = np.where(batches.codes == batch, clusters, -1)
        for mode, fidelity in enumerate(compare_modes(generated, scale, samples, own, space, None)):
            if fidelity.n_real:
                rows.append(
                    {
                        "mode": mode,
                        "sample": name,
                        "cells": fidelity.n_real,
                        "verdict": fidelity.verdict(),
                        "variance_ratio": fidelity.variance_ratio,
                        "correlation_of_what_sets_apart": fidelity.own_correlation,
                        "distance_generated": fidelity.distance,
                        "distance_real": fidelity.real_distance,
                        "outside": fidelity.outside,
                    }
                )
    return pd.DataFrame(rows).sort_values(["mode", "sample"], kind="stable", ignore_index=True)
