"""A run of cells that trains in about a second: planted groups in an .h5ad file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from anndata import AnnData

from clustergan_core.data import OwnDataOptions
from clustergan_core.opening import open_dataset
from clustergan_core.runs.config import make_config
from clustergan_core.runs.store import Run
from clustergan_core.runs.worker import execute
from clustergan_core.training import Schedule
from tests.small_cells import planted_matrix
from tests.small_runs import NARROW, new_run

KINDS = ("T", "B", "NK")
LENIENT = {"min_genes": "0", "min_cells": "0"}


def train_cells(folder: Path, n_steps: int = 10) -> Run:
    """The run `folder`/cells of 120 cells c0, c1, … of three kinds and 60 genes g0, g1, …, whose file lies beside it.

    Genes 5k … 5k + 4 are ten times as frequent in the cells of kind k.
    """
    matrix, groups = planted_matrix()
    kinds = pd.DataFrame({"kind": [KINDS[group] for group in groups]}, index=pd.Index(matrix.cell_ids))
    genes = pd.DataFrame(index=pd.Index(matrix.gene_ids))
    path = folder / "planted.h5ad"
    AnnData(matrix.counts, obs=kinds, var=genes).write_h5ad(path)
    options = OwnDataOptions(labels="kind", preparation=LENIENT)
    config = make_config(
        open_dataset(str(path), options),
        str(path),
        method="clustergan",
        options=options,
        settings=NARROW,
        n_steps=n_steps,
    )
    schedule = Schedule(n_steps=n_steps, log_every=5, evaluate_every=5)
    run = new_run(folder / "cells", config.model_copy(update={"schedule": schedule}))
    execute(run)
    return run
