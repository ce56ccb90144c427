"""Clusters two synthetic sets with rare groups by Paired ClusterGAN's default preset, k-means and Leiden at K.

    python -m benchmarks.rare_types --seeds 0-4
    python -m benchmarks.rare_types --only five --steps 1200 --set width=0.25

`ten` has ten Gaussians in 200 features as cells would come: 3,000 rows, the largest group with half of them, the
smallest with 12. `five` is a table of ten columns with groups of 90, 4, 3, 2 and 1% of 3,000 rows. The groups of both
are far apart. The sets are the same for every seed, which is that of the training. Modes used are those with samples.
A group's F1 is that of the cluster which fits it best. Seconds are of CPU, for k-means and Leiden together with the
components and the graph that they need.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.train_all import call
from benchmarks.variants import choose
from clustergan_core.data.dataset import Dataset, Kind, share_samples
from clustergan_core.evaluation.agreement import score_agreement
from clustergan_core.evaluation.clusterings import kmeans_cells, leiden_at, neighbour_graph, principal_components
from clustergan_core.library.fitting import train_in_memory
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.sweeps.plan import read_seeds

Clusters = NDArray[np.int64]

DATA_SEED = 0
N_ROWS = 3_000
SETS: dict[
    str, tuple[Kind, int, float, tuple[float, ...]]
] = {  # kind, features, distance of centres, shares in percent
    "ten": ("expression", 200, 1.0, (50, 20, 10, 7, 5, 3, 2, 1.5, 1.1, 0.4)),
    "five": ("table", 10, 3.0, (90, 4, 3, 2, 1)),
}


def draw_groups(name: str) -> Dataset:
    """One of SETS: Gaussians of standard deviation 1 around centres whose coordinates have that of SETS."""
    kind, n_features, distance, shares = SETS[name]
    random = np.random.default_rng(DATA_SEED)
    centres = random.normal(0, distance, (len(shares), n_features))
    labels = np.repeat(np.arange(len(shares)), np.rint(np.array(shares) / 100 * N_ROWS).astype(int))
    samples = centres[labels] + random.normal(0, 1, (len(labels), n_features))
    order = random.permutation(len(labels))
    samples, labels = samples[order], labels[order].astype(np.int64)
    samples = ((samples - samples.min()) / (samples.max() - samples.min())).astype(np.float32)
    names = tuple(f"{share:g}%" for share in shares)
    return Dataset(name, kind, samples, share_samples(len(samples)), labels, names)


def best_f1(labels: Clusters, clusters: Clusters) -> NDArray[np.float64]:
    """For each label the highest F1 that a cluster reaches as a guess of it."""
    table = np.zeros((labels.max() + 1, clusters.max() + 1))
    np.add.at(table, (labels, clusters), 1)
    return (2 * table / (table.sum(axis=1, keepdims=True) + table.sum(axis=0))).max(axis=1)


def show(way: str, dataset: Dataset, clusters: Clusters, seconds: float) -> None:
    """Prints one row."""
    assert dataset.labels is not None
    purity = score_agreement(dataset.labels, clusters).purity
    figures = " ".join(f"{value:.2f}" for value in best_f1(dataset.labels, clusters))
    used = f"{len(np.unique(clusters))} of {dataset.n_labels}"
    print(f"| `{dataset.name}` | {way} | {used} | {purity:.3f} | {figures} | {seconds:.0f} |", flush=True)


def main() -> None:
    """Trains, clusters otherwise, and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAME,NAME", help=", ".join(SETS))
    parser.add_argument("--seeds", default="0-4")
    parser.add_argument("--steps", type=int, help="by default the preset's")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of the method")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    settings = dict(word.split("=", 1) for word in arguments.set)
    print("| data | clustering | modes used | purity | F1 of each group, the largest first | seconds of CPU |")
    print("|---|---|---|---|---|---|")
    for name in choose(arguments.only, SETS, "set"):
        dataset = draw_groups(name)
        assert dataset.n_labels is not None
        start = time.process_time()
        components = principal_components(dataset.samples)
        show("k-means", dataset, kmeans_cells(components, dataset.n_labels), time.process_time() - start)
        clusters = leiden_at(neighbour_graph(components), dataset.n_labels).clusters
        show("Leiden at K", dataset, clusters, time.process_time() - start)
        for seed in read_seeds(arguments.seeds):
            config = make_config(
                dataset,
                name,
                method="paired-clustergan",
                settings=settings,
                n_steps=arguments.steps,
                seed=seed,
                threads=1,
            )
            start = time.process_time()
            method = train_in_memory(config, dataset)
            clusters = method.assign_all(torch.from_numpy(dataset.samples))[0].numpy()
            show(f"Paired ClusterGAN, seed {seed}", dataset, clusters, time.process_time() - start)


if __name__ == "__main__":
    call(main)
