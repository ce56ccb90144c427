"""Clusters eight count matrices by Paired ClusterGAN, k-means and Leiden, one row per run in benchmarks/cells.csv.

    CLUSTERGAN_DATA=… python -m benchmarks.cells        trains the missing rows, one run after the other
    CLUSTERGAN_DATA=… python -m benchmarks.cells --dry-run

A run is the default preset on the default preparation, with one cell in ten held out for scoring. k-means and Leiden
get exactly the same prepared genes and the run's seed. They cannot place new cells, so they cluster all of them,
including those used for scoring. K is the number of labels. All clusterings are scored on the same test cells, and by
NMI on all cells. Labels are not used to choose anything here. Rows are appended, and interrupted runs continued, as in
benchmarks/train_all.py.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.train_all import AGREEMENT, Job, add_training_words, append_row, call, find_missing, train
from benchmarks.variants import choose
from clustergan_core.data.dataset import Dataset
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.published.download import data_folder
from clustergan_core.evaluation.agreement import nmi, score_agreement
from clustergan_core.evaluation.clusterings import (
    kmeans_cells,
    leiden_at,
    leiden_clusters,
    neighbour_graph,
    principal_components,
)
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run
from clustergan_core.runs.sweeps.plan import read_seeds

Clusters = NDArray[np.int64]


@dataclass(frozen=True)
class Matrix:
    """Where a set's counts are in its folder, and where the labels of its cells come from."""

    file: str  # "" is the folder itself
    labels: str  # a column, or a file of the same folder
    drop: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


METHOD = "paired-clustergan"
PREPARATION = {"hold_out": "true"}
# The two populations of pbmc_facs that are not among the paper's eight are left out. The smallest matrices come early.
MATRICES = {
    "pbmc_facs": Matrix("pbmc_facs.h5ad", "celltype", {"celltype": ("CD8+ Cytotoxic T", "CD4+ T Helper2")}),
    "pbmc68k_reduced": Matrix("10x_pbmc68k_reduced.h5ad", "bulk_labels"),
    "baron_mouse1": Matrix("counts.csv.gz", "labels.csv"),
    "mouse_bladder": Matrix("mouse_bladder_cell_top2000.h5", "label"),
    "pbmc_sorted_mtx": Matrix("", "labels.csv"),
    "worm_neuron": Matrix("worm_neuron_cell.h5", "label"),
    "pbmc_4k": Matrix("10X_PBMC_top2000.h5", "label"),
    "cbmc_cite": Matrix("CITE_CBMC_counts_top2000.h5", "label"),
}
WAYS = ("paired", "kmeans", "leiden", "leiden_at_k")

ROWS = Path(__file__).with_name("cells.csv")
KEY = ("dataset", "settings_digest", "seed", "device")
FIGURES = (*AGREEMENT, "nmi_all", "n_clusters")
COLUMNS = (
    "commit", "cpu", "cores", "threads", "torch", "load_at_start",
    *KEY, "steps", "seconds", "wall_seconds", "cpu_seconds", "n_cells", "n_genes", "n_labels", "split", "n",
    *(f"{way}_{figure}" for way in WAYS for figure in FIGURES),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CellsJob(Job):
    """One run on a matrix; `data` is the matrix's name in this benchmark, and the run knows its file."""

    data: str

    @property
    def known_by(self) -> dict[str, str]:
        names = (self.data, self.digest, str(self.config.seed), self.config.device)
        return dict(zip(KEY, names, strict=True))


def list_jobs(arguments: argparse.Namespace) -> Iterator[CellsJob]:
    """Every run that was requested; a missing matrix is reported and skipped."""
    chosen = choose(arguments.only, MATRICES, "matrix")
    for name in (name for name in MATRICES if name in chosen):
        path, options = data_folder() / name / MATRICES[name].file, read_options(name)
        if not path.exists():
            print(f"{name} is not on this machine: set CLUSTERGAN_DATA.")
            continue
        dataset = open_dataset(str(path), options)
        for seed in read_seeds(arguments.seeds):
            config = make_config(
                dataset,
                str(path),
                method=METHOD,
                seed=seed,
                device=arguments.device,
                threads=arguments.threads,
                options=options,
            )
            yield CellsJob(config, data=name)


def read_options(name: str) -> OwnDataOptions:
    """The options with which a matrix is read and prepared."""
    matrix, file = MATRICES[name], data_folder() / name / MATRICES[name].labels
    labels = str(file) if file.exists() else matrix.labels
    return OwnDataOptions(labels=labels, drop=dict(matrix.drop), preparation=PREPARATION)


def measure(job: CellsJob) -> dict[str, object]:
    """Trains or continues a run, clusters its cells by the other methods too, and returns one row for all of them."""
    row, run = train(job), Run(job.folder)
    dataset = run.dataset()
    row |= {"n_cells": len(dataset.samples), "n_genes": dataset.shape[0], "n_labels": dataset.n_labels}
    clusters = {"paired": run_latents(run, "all", dataset=dataset).clusters}
    clusters |= cluster_otherwise(dataset, job.config.seed)
    for way in WAYS:
        figures = score_clusters(dataset, clusters[way])
        row |= {f"{way}_{name}": value for name, value in figures.items()}
    return {name: row[name] for name in COLUMNS if name in row}


def cluster_otherwise(dataset: Dataset, seed: int) -> dict[str, Clusters]:
    """Clusters all cells (N,): k-means with K clusters, Leiden at its default resolution and at one that gives K."""
    assert dataset.n_labels is not None
    components = principal_components(dataset.samples, seed)
    graph = neighbour_graph(components, seed)
    return {
        "kmeans": kmeans_cells(components, dataset.n_labels, seed),
        "leiden": leiden_clusters(graph, seed=seed).clusters,
        "leiden_at_k": leiden_at(graph, dataset.n_labels, seed).clusters,
    }


def score_clusters(dataset: Dataset, clusters: Clusters) -> dict[str, float]:
    """FIGURES of a clustering of all cells: agreement on the test split, NMI of all cells, and non-empty clusters."""
    assert dataset.labels is not None
    test = dataset.splits.test
    agreement = score_agreement(dataset.labels[test], clusters[test])
    figures = {name: round(getattr(agreement, name), 5) for name in AGREEMENT}
    return figures | {"nmi_all": round(nmi(dataset.labels, clusters), 5), "n_clusters": len(np.unique(clusters))}


def main() -> None:
    """Trains the missing runs, or lists them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAME,NAME", help="these matrices")
    add_training_words(parser, seeds="0-2")
    arguments = parser.parse_args()
    for job in find_missing(list_jobs(arguments), arguments, ROWS, KEY):
        append_row(measure(job), ROWS, COLUMNS)
        shutil.rmtree(job.folder)


if __name__ == "__main__":
    call(main)
