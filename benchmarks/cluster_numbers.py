"""Measures numbers of clusters suggested without labels, into benchmarks/cluster_numbers.csv.

    CLUSTERGAN_DATA=… python -m benchmarks.cluster_numbers        the missing data sets, about five seconds of CPU each

1,000 samples of each set of benchmarks/criteria.py (its first seed), in 50 principal components, beside four without
any groups: uniform noise in 2 and 10 dimensions, normal noise in 10 and in 50 of falling spread. K runs from 2 to 30,
so that no number of labels lies in the middle. By k-means (three starts for each K): the K of the best seed agreement,
of the best silhouette, of the most information of neighbours as a share of log K, of the best agreement of neighbours;
the gap statistic (Tibshirani, Walther & Hastie 2001, two uniform references) and prediction strength (Tibshirani &
Walther 2005, the largest K above 0.8, else 1), both of which may say 1. By the graph of neighbours: Leiden at
resolution 1, and the largest gap among the first 32 eigenvalues of its normalised Laplacian.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.criteria import CHOSEN_ON, REPORTED_ON, draw, open_set
from benchmarks.train_all import read_rows
from clustergan_core.evaluation.agreement import ari
from clustergan_core.evaluation.clusterings import kmeans_cells, leiden_clusters, neighbour_graph
from clustergan_core.evaluation.label_free import information_of_neighbours, shared_with_neighbours, silhouette
from clustergan_core.evaluation.library_threads import libraries_on_one_thread
from clustergan_core.evaluation.neighbours import nearest_neighbours, project
from clustergan_core.evaluation.structure import measure_structure

Components = NDArray[np.float32]

CANDIDATES = (*range(2, 17), 18, 20, 22, 25, 30)
N_STARTS, N_REFERENCES = 3, 2
LEAST_STRENGTH = 0.8
NOISE: dict[str, Callable[[np.random.Generator], NDArray[np.floating]]] = {
    "uniform noise, 2-D": lambda random: random.random((1000, 2)),
    "uniform noise, 10-D": lambda random: random.random((1000, 10)),
    "normal noise, 10-D": lambda random: random.normal(size=(1000, 10)),
    "normal noise, 50-D": lambda random: random.normal(size=(1000, 50)) / np.sqrt(np.arange(1, 51)),
}
BY_KMEANS = ("seed_agreement", "silhouette", "information", "agreement")
SUGGESTIONS = (*BY_KMEANS, "gap", "prediction_strength", "leiden", "eigengap")
ROWS = Path(__file__).with_name("cluster_numbers.csv")
COLUMNS = ("dataset", "labels", "n", *SUGGESTIONS, "structure")


def measure(name: str) -> dict[str, Any]:
    """The row of a data set, or of noise, whose number of labels is 1."""
    if name in NOISE:
        components, n_labels = NOISE[name](np.random.default_rng(5)).astype(np.float32), 1
    else:
        samples, labels = draw(open_set(name), 0)
        components, n_labels = project(samples), int(labels.max()) + 1
    graph = neighbour_graph(components)
    return {
        "dataset": name,
        "labels": n_labels,
        "n": len(components),
        **_by_kmeans(components),
        "gap": _gap_statistic(components),
        "prediction_strength": max([1, *(k for k in CANDIDATES if _strength(components, k) >= LEAST_STRENGTH)]),
        "leiden": leiden_clusters(graph).n_clusters,
        "eigengap": _eigengap(graph),
        "structure": f"{measure_structure(components):.3f}",
    }


def _by_kmeans(components: Components) -> dict[str, int]:
    neighbours = nearest_neighbours(components, 15)
    figures: dict[str, dict[int, float]] = {name: {} for name in BY_KMEANS}
    for k in CANDIDATES:
        found = [kmeans_cells(components, k, start, n_starts=1) for start in range(N_STARTS)]
        silhouettes = (silhouette(components, clusters, 600) for clusters in found)
        figures["seed_agreement"][k] = fmean(ari(*pair) for pair in combinations(found, 2))
        figures["silhouette"][k] = fmean(value for value in silhouettes if value is not None)
        figures["information"][k] = fmean(information_of_neighbours(neighbours, clusters, k) for clusters in found)
        figures["agreement"][k] = fmean(shared_with_neighbours(neighbours, clusters) for clusters in found)
    return {name: _best(by_k) for name, by_k in figures.items()}


def _best(by_k: Mapping[int, float]) -> int:
    return max(by_k, key=lambda k: (by_k[k], -k))


def _gap_statistic(components: Components) -> int:
    """The smallest K whose gap is at least the next one's less its deviation."""
    random = np.random.default_rng(0)
    low, high = components.min(axis=0), components.max(axis=0)
    references = [low + random.random(components.shape) * (high - low) for _ in range(N_REFERENCES)]
    gaps, deviations, tried = {}, {}, (1, *CANDIDATES)
    for k in tried:
        spreads = [np.log(_spread(reference, k)) for reference in references]
        gaps[k] = float(np.mean(spreads)) - float(np.log(_spread(components, k)))
        deviations[k] = float(np.std(spreads)) * np.sqrt(1 + 1 / N_REFERENCES)
    return next((k for k, after in pairwise(tried) if gaps[k] >= gaps[after] - deviations[after]), tried[-1])


def _spread(components: NDArray[np.floating], n_clusters: int) -> float:
    from sklearn.cluster import KMeans

    return float(KMeans(n_clusters, n_init=1, random_state=0).fit(components).inertia_)


def _strength(components: Components, n_clusters: int) -> float:
    """Prediction strength over two halves: the least share of a cluster's pairs that the other half keeps together."""
    from sklearn.cluster import KMeans

    drawn = np.random.default_rng(0).permutation(len(components))
    halves = [components[half] for half in np.array_split(drawn, 2)]
    fitted = [KMeans(n_clusters, n_init=1, random_state=0).fit(half) for half in halves]
    strengths = []
    for own, other, half in ((0, 1, halves[0]), (1, 0, halves[1])):
        predicted = fitted[other].predict(half)
        shares = []
        for cluster in range(n_clusters):
            counts = np.bincount(predicted[fitted[own].labels_ == cluster], minlength=n_clusters)
            n_pairs = counts.sum() * (counts.sum() - 1)
            shares += [float((counts * (counts - 1)).sum() / n_pairs)] if n_pairs else []
        strengths.append(min(shares, default=0.0))
    return fmean(strengths)


def _eigengap(graph: Any) -> int:
    from scipy.sparse import identity
    from scipy.sparse.csgraph import laplacian
    from scipy.sparse.linalg import eigsh

    # The smallest eigenvalues of L are the largest of 2 − L, which the solver finds sooner.
    n_samples = graph.shape[0]
    turned = identity(n_samples) * 2 - laplacian(graph, normed=True)
    largest = eigsh(turned, k=32, which="LA", v0=np.ones(n_samples), return_eigenvectors=False)
    return int(np.diff(np.sort(2 - largest)).argmax()) + 1


def missing() -> Iterator[str]:
    """The names without a row."""
    known = {row["dataset"] for row in read_rows(ROWS)} if ROWS.exists() else set()
    yield from (name for name in (*NOISE, *CHOSEN_ON, *REPORTED_ON) if name not in known)


def main() -> None:
    """Measures the data sets that have no row yet."""
    for name in list(missing()):
        with libraries_on_one_thread():
            row = measure(name)
        is_new = not ROWS.exists()
        with ROWS.open("a", newline="") as file:
            writer = csv.DictWriter(file, list[str](COLUMNS), lineterminator="\n")
            if is_new:
                writer.writeheader()
            writer.writerow(row)
        print(name, flush=True)


if __name__ == "__main__":
    main()
