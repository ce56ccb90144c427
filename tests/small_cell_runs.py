"""Runs on a small count matrix with planted genes, as a biologist brings one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from clustergan_core.data.opening import open_dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.latents import latents_file, run_latents, weights_digest, write_latents
from clustergan_core.runs.run import Run
from clustergan_core.runs.weights import read_tensors, write_tensors
from clustergan_core.runs.worker import execute
from clustergan_core.schedule import Schedule
from tests.small_cells import planted_matrix
from tests.small_runs import NARROW, new_run
from tests.small_samples import write_samples, write_wells

N_CELLS, N_GENES, N_GROUPS = 120, 60, 3
CELL_TYPES = ("T", "B", "NK")


def write_planted(path: Path, n_genes: int = N_GENES) -> Path:
    """An .h5ad of 120 cells: five genes each (Gene0 … Gene4, Gene5 … Gene9, …) mark the three cell types."""
    import anndata

    matrix, groups = planted_matrix(N_CELLS, n_genes, N_GROUPS)
    obs = pd.DataFrame(
        {
            "celltype": pd.Categorical([CELL_TYPES[group] for group in groups]),
            "donor": pd.Categorical([f"donor {cell % 2}" for cell in range(N_CELLS)]),
            "age": np.arange(N_CELLS, dtype=np.float64),
        },
        index=pd.Index([f"BARCODE{cell:03d}-1" for cell in range(N_CELLS)]),
    )
    var = pd.DataFrame(
        {"symbol": [f"Gene{gene}" for gene in range(n_genes)]},
        index=pd.Index([f"ENSG{gene:011d}" for gene in range(n_genes)]),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    anndata.AnnData(matrix.counts, obs=obs, var=var).write_h5ad(path)
    return path


def train_cells(folder: Path, file: Path, labels: str | None = "celltype", n_steps: int = 10) -> Run:
    """A finished run of a second on such a file, with three modes."""
    options = OwnDataOptions(labels=labels, preparation={"min_genes": "1"})  # hardly a cell has 100 of 60 genes
    dataset = open_dataset(str(file), options)
    config = make_config(
        dataset,
        str(file),
        method="clustergan",
        settings=NARROW | {"n_clusters": N_GROUPS},
        n_steps=n_steps,
        options=options,
    )
    schedule = Schedule(n_steps=n_steps, log_every=5, evaluate_every=n_steps)
    run = new_run(folder, config.model_copy(update={"schedule": schedule}))
    execute(run)
    return run


def train_samples(folder: Path, files: Path, table: str, names: tuple[str, ...], n_steps: int = 20) -> Run:
    """A finished run of two seconds on small samples, written to `files` with a table that describes them."""
    paths = write_samples(files, names)
    (files / "samples.csv").write_text(table)
    options = OwnDataOptions(labels="kind", further=tuple(map(str, paths[1:])), samples=str(files / "samples.csv"))
    dataset = open_dataset(str(paths[0]), options)
    config = make_config(
        dataset,
        str(paths[0]),
        method="paired-clustergan",
        settings={"width": 0.1, "n_starts": 1, "n_clusters": N_GROUPS},
        n_steps=n_steps,
        options=options,
    )
    run = new_run(folder, config)
    execute(run)
    return run


def train_donors(folder: Path, file: Path) -> Run:
    """A finished run of seconds on such a file, whose generator knows the two donors as samples."""
    options = OwnDataOptions(labels="celltype", sample="donor", preparation={"min_genes": "1"})
    dataset = open_dataset(str(file), options)
    settings = {"width": 0.1, "n_starts": 1, "n_clusters": N_GROUPS, "n_normal": 2}
    config = make_config(dataset, str(file), settings=settings, n_steps=80, options=options)
    schedule = Schedule(n_steps=80, log_every=40, evaluate_every=80)
    run = new_run(folder, config.model_copy(update={"schedule": schedule}))
    execute(run)
    return run


def train_wells(folder: Path, n_steps: int = 10) -> Run:
    """A finished run of a second on six samples in one file, of which nothing is known, in the planted clusters."""
    file = str(write_wells(folder / "wells.h5ad"))
    options = OwnDataOptions(labels="kind", sample="well")
    config = make_config(
        open_dataset(file, options),
        file,
        method="clustergan",
        settings=NARROW | {"n_clusters": N_GROUPS},
        n_steps=n_steps,
        options=options,
    )
    schedule = Schedule(n_steps=n_steps, log_every=5, evaluate_every=n_steps)
    run = new_run(folder / "run", config.model_copy(update={"schedule": schedule}))
    execute(run)
    cluster_as_planted(run)
    return run


def see_pairs(run: Run, counts: list[list[int]]) -> None:
    """Makes the generator of such a run remember these numbers of training cells, (3, 2) of clusters and donors."""
    path = run.folder / "weights-best.safetensors"
    write_tensors(path, read_tensors(path) | {"pairs.counts": torch.tensor(counts)})


def cluster_as_planted(run: Run) -> None:
    """Stores latents of all cells of such a run, in turn of three types, whose clusters are these types."""
    latents = run_latents(run, "all")
    planted = replace(latents, clusters=latents.indices % N_GROUPS)
    write_latents(run.embeddings_folder() / latents_file("all", "best"), planted, weights_digest(run, "best"))
