"""Measures criteria without labels on clusterings of known worth, into benchmarks/criteria.csv.

    CLUSTERGAN_DATA=… python -m benchmarks.criteria            the missing data sets, about six seconds of CPU each
    CLUSTERGAN_DATA=… python -m benchmarks.criteria --only digits,coil20

1,000 samples of each set, drawn with seeds 0 and 1, are clustered in 50 principal components by k-means, Gaussian
mixtures, Ward and Leiden into K clusters (the number of labels) and fewer. Beside these stand the labels themselves,
labels of which a share is drawn anew, and collapsed clusterings: a class against all others, classes merged in two and
in K / 2, the largest and the smallest cluster of k-means against all others. None has more than K clusters, as a run
has modes. Labels give each clustering's NMI and ARI, with which criteria are then compared.

Criteria were chosen on CHOSEN_ON and are reported on the other sets (`python -m benchmarks.criteria_table`).
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.cells import MATRICES, read_options
from benchmarks.train_all import read_rows
from benchmarks.variants import choose
from clustergan_core.data.dataset import UNLABELLED, Dataset, draw_subset
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.published.download import data_folder
from clustergan_core.evaluation.agreement import ari, nmi
from clustergan_core.evaluation.clusterings import kmeans_cells, leiden_at, neighbour_graph, ward_clusters
from clustergan_core.evaluation.label_free import information_of_neighbours, shared_with_neighbours, silhouette
from clustergan_core.evaluation.library_threads import libraries_on_one_thread
from clustergan_core.evaluation.neighbours import nearest_neighbours, project

Clusters = NDArray[np.int64]

CHOSEN_ON = ("digits", "pendigits", "fashion", "synthetic", "pbmc_facs", "baron_mouse1")
REPORTED_ON = (
    "optdigits", "usps", "mnist", "coil20", "gaussians-100d",
    "worm_neuron", "mouse_bladder", "cbmc_cite", "pbmc_4k", "pbmc68k_reduced",
)  # fmt: skip
N_SAMPLES, SEEDS = 1_000, (0, 1)
NOISE = (0.1, 0.3, 0.6)  # shares of the labels that are drawn anew
ROWS = Path(__file__).with_name("criteria.csv")
CRITERIA = ("agreement", "information", "information_15", "silhouette", "calinski_harabasz", "davies_bouldin")
COLUMNS = ("dataset", "seed", "n", "k", "clustering", "n_clusters", "nmi", "ari", *CRITERIA)


def open_set(name: str) -> Dataset:
    """A data set by name, or one of the matrices of benchmarks/cells.py."""
    if name in MATRICES:
        return open_dataset(str(data_folder() / name / MATRICES[name].file), read_options(name))
    return open_dataset(name)


def draw(dataset: Dataset, seed: int) -> tuple[NDArray[np.float32], Clusters]:
    """(samples (n, D), labels (n,) without gaps), at most N_SAMPLES of the labelled ones."""
    assert dataset.labels is not None
    drawn = draw_subset(np.flatnonzero(dataset.labels != UNLABELLED), N_SAMPLES, seed)
    return dataset.samples[drawn].reshape(len(drawn), -1), _without_gaps(dataset.labels[drawn])


def make_clusterings(components: NDArray[np.float32], labels: Clusters, seed: int) -> Iterator[tuple[str, Clusters]]:
    """Clusterings into at most K clusters by name, good and bad."""
    from sklearn.mixture import GaussianMixture

    random, k = np.random.default_rng(seed), int(labels.max()) + 1
    kmeans = kmeans_cells(components, k, seed, n_starts=2)
    for fewer in sorted({k, max(2, k // 2), max(2, (3 * k) // 4)}):
        yield f"k-means {fewer}", kmeans_cells(components, fewer, seed, n_starts=2)
    yield "k-means, one start", kmeans_cells(components, k, seed + 9, n_starts=1)
    mixture = GaussianMixture(k, covariance_type="diag", random_state=seed, reg_covar=1e-3)
    yield "Gaussian mixture", mixture.fit_predict(components).astype(np.int64)
    graph = neighbour_graph(components)
    yield "Leiden at K", leiden_at(graph, k, seed).clusters
    yield "Leiden at K / 2", leiden_at(graph, max(2, k // 2), seed).clusters
    yield "Ward", ward_clusters(components, k)
    yield "labels", labels
    yield "first class against all others", (labels == 0).astype(np.int64)
    yield "largest class against all others", (labels == np.bincount(labels).argmax()).astype(np.int64)
    yield "classes merged in K / 2", (random.permutation(k) % max(2, k // 2))[labels]
    yield "classes merged in two", (random.permutation(k) % 2)[labels]
    sizes = np.bincount(kmeans)
    yield "largest cluster against all others", (kmeans == sizes.argmax()).astype(np.int64)
    yield "smallest cluster against all others", (kmeans == sizes.argmin()).astype(np.int64)
    for share in NOISE:
        noisy = labels.copy()
        is_drawn = random.random(len(labels)) < share
        noisy[is_drawn] = random.integers(0, k, is_drawn.sum())
        yield f"labels, {share:.0%} drawn anew", noisy
    yield "drawn", random.integers(0, k, len(labels))


def measure(name: str) -> Iterator[dict[str, Any]]:
    """One row for each clustering of a data set."""
    from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

    dataset = open_set(name)
    for seed in SEEDS:
        samples, labels = draw(dataset, seed)
        components, k = project(samples), int(labels.max()) + 1
        neighbours = {n: nearest_neighbours(samples, n) for n in (5, 15)}
        for clustering, found in make_clusterings(components, labels, seed):
            clusters = _without_gaps(found)
            yield {
                "dataset": name,
                "seed": seed,
                "n": len(labels),
                "k": k,
                "clustering": clustering,
                "n_clusters": int(clusters.max()) + 1,
                "nmi": nmi(labels, clusters),
                "ari": ari(labels, clusters),
                "agreement": shared_with_neighbours(neighbours[5], clusters),
                "information": information_of_neighbours(neighbours[5], clusters, k),
                "information_15": information_of_neighbours(neighbours[15], clusters, k),
                "silhouette": silhouette(components, clusters),
                "calinski_harabasz": calinski_harabasz_score(components, clusters),
                "davies_bouldin": -davies_bouldin_score(components, clusters),  # as all others: higher is better
            }


def _without_gaps(clusters: NDArray[np.integer]) -> Clusters:
    return np.unique(clusters, return_inverse=True)[1].astype(np.int64)


def write_rows(rows: list[dict[str, Any]]) -> None:
    """Appends rows; figures keep five digits."""
    is_new = not ROWS.exists()
    with ROWS.open("a", newline="") as file:
        writer = csv.DictWriter(file, list[str](COLUMNS), lineterminator="\n")
        if is_new:
            writer.writeheader()
        for row in rows:
            writer.writerow({key: f"{v:.5g}" if isinstance(v, float) else v for key, v in row.items()})


def main() -> None:
    """Measures the data sets that have no rows yet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="names between commas")
    names = choose(parser.parse_args().only, (*CHOSEN_ON, *REPORTED_ON), "data set")
    known = {row["dataset"] for row in read_rows(ROWS)} if ROWS.exists() else set()
    for name in (name for name in (*CHOSEN_ON, *REPORTED_ON) if name in names and name not in known):
        with libraries_on_one_thread():
            write_rows(list(measure(name)))
        print(name, flush=True)


if __name__ == "__main__":
    main()
