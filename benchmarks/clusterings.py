"""Clusters data by functions that train nothing, and appends one row for each to benchmarks/clusterings.csv.

    python -m benchmarks.clusterings                      the missing rows of data sets of tables, small ones first
    python -m benchmarks.clusterings --only mnist,fashion --ways kmeans,nmf
    python -m benchmarks.clusterings --dry-run            lists what is missing

The samples of the test split are clustered, with K the number of their labels, and scored by these labels: none of the
functions can place a sample that it has not clustered. Ward's clustering draws nothing and has one seed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import describe_commit, describe_machine, load_now
from benchmarks.train_all import AGREEMENT, append_row, call
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.registry import DATASETS, is_available
from clustergan_core.errors import SettingsError
from clustergan_core.evaluation.agreement import score_agreement
from clustergan_core.evaluation.clusterings import (
    kmeans_clusters,
    nmf_clusters,
    spectral_neighbour_clusters,
    spectral_rbf_clusters,
    umap_mixture_clusters,
    ward_clusters,
)
from clustergan_core.evaluation.library_threads import libraries_on_one_thread
from clustergan_core.papers.measured import CLUSTERINGS, read_rows
from clustergan_core.paths import PROJECT_FOLDER
from clustergan_core.runs.sweeps.plan import read_seeds

Clustering = Callable[[NDArray[np.float32], int, int], NDArray[np.int64]]  # samples (N, D), K and a seed: (N,)

WAYS: Mapping[str, Clustering] = {
    "kmeans": kmeans_clusters,
    "ward": ward_clusters,
    "nmf": nmf_clusters,
    "spectral-rbf": spectral_rbf_clusters,
    "spectral-neighbours": spectral_neighbour_clusters,
    "umap-mixture": umap_mixture_clusters,
}
DRAWS_NOTHING = ("ward",)
DATA = ("digits", "synthetic", "pendigits", "pbmc_facs", "mnist", "fashion-5", "fashion")
KEY = ("way", "dataset", "data_digest", "seed")
COLUMNS = ("commit", "cpu", "cores", "load_at_start", *KEY, "split", "n", "n_clusters", "seconds", *AGREEMENT)


def list_missing(arguments: argparse.Namespace) -> Iterator[tuple[str, str, int]]:
    """(way, data set, seed) of every row that was asked for and is not there; missing data is reported."""
    known = {tuple(row[name] for name in KEY) for row in read_rows(CLUSTERINGS)}
    for dataset in _chosen(arguments.only, DATASETS, "data set"):
        if not is_available(dataset):
            print(f"{dataset} is not on this machine: get it on the Data page or set CLUSTERGAN_DATA.")
            continue
        digest = open_dataset(dataset).digest[:12]
        for way in _chosen(arguments.ways, WAYS, "way of clustering"):
            for seed in read_seeds(arguments.seeds)[: 1 if way in DRAWS_NOTHING else None]:
                if (way, dataset, digest, str(seed)) not in known:
                    yield way, dataset, seed


def cluster(way: str, name: str, seed: int) -> dict[str, object]:
    """Clusters the test split and returns its row."""
    load, dataset = load_now(), open_dataset(name)
    assert dataset.labels is not None
    test = dataset.splits.test
    samples = dataset.samples[test].reshape(len(test), -1)
    n_clusters = dataset.n_labels or 2
    start = time.process_time()
    with libraries_on_one_thread():
        clusters = WAYS[way](samples, n_clusters, seed)
    seconds = time.process_time() - start
    scores = score_agreement(dataset.labels[test], clusters)
    return {
        "commit": describe_commit(PROJECT_FOLDER),
        **describe_machine(),
        "load_at_start": f"{load:.2f}",
        "way": way,
        "dataset": name,
        "data_digest": dataset.digest[:12],
        "seed": seed,
        "split": "test",
        "n": len(test),
        "n_clusters": n_clusters,
        "seconds": f"{seconds:.1f}",
        **{score: f"{getattr(scores, score):.5f}" for score in AGREEMENT},
    }


def _chosen(text: str, known: Mapping[str, object], what: str) -> list[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SettingsError(f"There is no {what} named {unknown[0]}: choose among {', '.join(known)}.")
    return names


def main(path: Path = CLUSTERINGS) -> None:
    """Computes the missing rows, or lists them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(DATA), metavar="NAME,NAME")
    parser.add_argument("--ways", default=",".join(WAYS), metavar="NAME,NAME")
    parser.add_argument("--seeds", default="0-2")
    parser.add_argument("--dry-run", action="store_true", help="list what is missing and compute nothing")
    arguments = parser.parse_args()
    for way, dataset, seed in list_missing(arguments):
        print(f"{way} {dataset}, seed {seed}", flush=True)
        if not arguments.dry_run:
            append_row(cluster(way, dataset, seed), path, COLUMNS)


if __name__ == "__main__":
    call(main)
