"""Count matrices small enough to reckon by hand, for the tests of clustergan_core.expression."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.sparse import csr_matrix

from clustergan_core.data.counts.matrix import CountMatrix, CountState


def count_matrix(
    counts: ArrayLike,
    symbols: Sequence[str] = (),
    ids: Sequence[str] = (),
    state: CountState = "raw",
    cells: pd.DataFrame | None = None,
) -> CountMatrix:
    """A matrix of these counts (N, G); cells c0, c1, … and genes g0, g1, … where no names are given."""
    values = np.asarray(counts, dtype=np.float32)
    cell_ids = [f"c{number}" for number in range(values.shape[0])]
    symbols = list(symbols) or [f"g{number}" for number in range(values.shape[1])]
    return CountMatrix(
        name="small.h5ad",
        counts=csr_matrix(values),
        cell_ids=np.array(cell_ids),
        gene_ids=np.array(list(ids) or symbols),
        gene_symbols=np.array(symbols),
        cells=pd.DataFrame(index=pd.Index(cell_ids)) if cells is None else cells.set_axis(cell_ids),
        state=state,
        part="X",
    )


def planted_matrix(
    n_cells: int = 120, n_genes: int = 60, n_groups: int = 3, seed: int = 0
) -> tuple[CountMatrix, np.ndarray]:
    """(counts, group of each cell): genes 5k … 5k + 4 are ten times as frequent in group k."""
    generator = np.random.default_rng(seed)
    groups = np.arange(n_cells) % n_groups
    rates = np.ones((n_cells, n_genes))
    for group in range(n_groups):
        rates[np.ix_(groups == group, np.arange(5 * group, 5 * group + 5))] = 10
    return count_matrix(generator.poisson(rates)), groups.astype(np.int64)


def facs_matrix(data_folder: Path) -> CountMatrix:
    """The purified blood cells of pbmc_facs, as they are in the file."""
    import anndata

    file = anndata.read_h5ad(data_folder / "pbmc_facs" / "pbmc_facs.h5ad")
    return CountMatrix(
        name="pbmc_facs",
        counts=csr_matrix(file.X, dtype=np.float32),
        cell_ids=file.obs_names.to_numpy(dtype=str),
        gene_ids=file.var_names.to_numpy(dtype=str),
        gene_symbols=file.var["symbol"].to_numpy(dtype=str),
        cells=file.obs,
        state="raw",
        part="X",
    )
