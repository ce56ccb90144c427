"""Clusters the count matrices of benchmarks/cells.py by scVI and Leiden, one row per run in benchmarks/cells_scvi.csv.

    pip install scvi-tools
    CLUSTERGAN_DATA=… python -m benchmarks.cells_scvi --seeds 0-2

scVI (Lopez et al., Nature Methods 15, 2018) learns ten latent dimensions from the counts of the cells and genes that
Paired ClusterGAN gets, with the settings and the number of epochs that scvi-tools takes by itself. Leiden runs on its
latents at resolution 1, and at a resolution that gives as many clusters as there are labels. Both see all cells, as in
benchmarks/cells.py, and are scored on the same ones. A matrix without counts is left out. Labels choose nothing.
"""

from __future__ import annotations

import argparse
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from benchmarks.cells import FIGURES, MATRICES, read_options, score_clusters
from benchmarks.machine import describe_commit, describe_machine, load_now
from benchmarks.train_all import append_row, call
from benchmarks.variants import choose
from clustergan_core.data.counts.matrix import find_cells
from clustergan_core.data.counts.steps import find_genes
from clustergan_core.data.dataset import Dataset
from clustergan_core.data.opening import open_dataset, open_matrix
from clustergan_core.data.published.download import data_folder
from clustergan_core.evaluation.clusterings import leiden_at, leiden_clusters, neighbour_graph
from clustergan_core.papers.measured import read_rows
from clustergan_core.paths import PROJECT_FOLDER
from clustergan_core.runs.sweeps.plan import read_seeds

ROWS = Path(__file__).with_name("cells_scvi.csv")
WAYS = ("scvi_leiden", "scvi_leiden_at_k")
COLUMNS = (
    "commit", "cpu", "cores", "threads", "scvi", "load_at_start", "dataset", "seed", "epochs", "cpu_seconds",
    "n_cells", "n_genes", "n_labels", "n", *(f"{way}_{figure}" for way in WAYS for figure in FIGURES),
)  # fmt: skip


def read_counts(name: str, dataset: Dataset) -> csr_matrix[Any] | None:
    """The counts (N, n_genes) of a prepared matrix's cells and genes, or None where the file holds none."""
    matrix = open_matrix(str(data_folder() / name / MATRICES[name].file))
    if matrix.state != "raw":
        return None
    cells = find_cells(matrix, dataset.sample_ids)
    genes = find_genes(dataset.preprocessing, matrix).indices
    return csr_matrix(matrix.counts[cells][:, genes])


def scvi_latents(counts: csr_matrix[Any], seed: int, threads: int) -> tuple[NDArray[np.float32], int]:
    """(latent means (N, 10), epochs trained) of scVI with its own defaults."""
    import scvi  # pyright: ignore[reportMissingImports]
    import torch
    from anndata import AnnData

    torch.set_num_threads(threads)
    scvi.settings.seed = seed
    annotated = AnnData(counts)
    scvi.model.SCVI.setup_anndata(annotated)
    model = scvi.model.SCVI(annotated)
    model.train(accelerator="cpu", enable_progress_bar=False)
    return model.get_latent_representation().astype(np.float32), int(model.history["elbo_train"].shape[0])


def measure(name: str, dataset: Dataset, counts: csr_matrix[Any], seed: int, threads: int) -> dict[str, object]:
    """One row: scVI's latents, clustered in both ways."""
    import scvi  # pyright: ignore[reportMissingImports]

    assert dataset.n_labels is not None
    load, start = load_now(), time.process_time()
    latents, n_epochs = scvi_latents(counts, seed, threads)
    seconds = time.process_time() - start
    graph = neighbour_graph(latents, seed)
    found = (leiden_clusters(graph, seed=seed).clusters, leiden_at(graph, dataset.n_labels, seed).clusters)
    row: dict[str, object] = {
        "commit": describe_commit(PROJECT_FOLDER),
        **describe_machine("cpu"),
        "threads": threads,
        "scvi": scvi.__version__,
        "load_at_start": f"{load:.2f}",
        "dataset": name,
        "seed": seed,
        "epochs": n_epochs,
        "cpu_seconds": f"{seconds:.1f}",
        "n_cells": len(dataset.samples),
        "n_genes": dataset.shape[0],
        "n_labels": dataset.n_labels,
        "n": len(dataset.splits.test),
    }
    for way, clusters in zip(WAYS, found, strict=True):
        row |= {f"{way}_{figure}": value for figure, value in score_clusters(dataset, clusters).items()}
    return row


def main() -> None:
    """Measures the missing rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAME,NAME", help="these matrices")
    parser.add_argument("--seeds", default="0-2", help="such as 0-2")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")  # scvi-tools' own, of the libraries it loads
    chosen = choose(arguments.only, MATRICES, "matrix")
    for seed in read_seeds(arguments.seeds):
        done = {row["dataset"] for row in read_rows(ROWS) if row["seed"] == str(seed)}
        for name in (name for name in MATRICES if name in chosen and name not in done):
            dataset = open_dataset(str(data_folder() / name / MATRICES[name].file), read_options(name))
            counts = read_counts(name, dataset)
            if counts is None:
                print(f"{name} holds no counts.")
                continue
            print(f"{name}, seed {seed}")
            append_row(measure(name, dataset, counts, seed, arguments.threads), ROWS, COLUMNS)


if __name__ == "__main__":
    call(main)
