"""Clusters cells of several samples with and without correction, one row per clustering in benchmarks/mixing.csv.

    CLUSTERGAN_DATA=… python -m benchmarks.mixing --seeds 11-13     trains the missing rows, one after the other
    CLUSTERGAN_DATA=… python -m benchmarks.mixing --only baron_mouse_pair --ways mutual
    python -m benchmarks.mixing --table                             medians over seeds, as Markdown

Ways: k-means on principal components (unintegrated), on Harmony's and, where `--ways scvi` asks for it and scvi-tools
is installed, on the latents of scVI (Lopez et al., Nature Methods 15, 2018), told the samples as batches, with its own
settings and epochs, from counts of the same cells and genes; Paired ClusterGAN with each value of `partners_across`.

Genes are the 1,000 whose variance within samples ranks highest (the median of ranks) among those expressed in two
samples; K is the number of labels. Paired ClusterGAN trains its warm-up alone, in starts of 200 steps, as long as each
of the default preset's eight: one by default, all eight with `--steps 1600`. Scores are of all cells, on components,
latents or the encoder's last hidden layer, at length 1. Labels choose nothing within a row. `kang_ifnb` and
`pbmc_3chemistries` decide between ways, the other two report. With `--keep`, trainings are kept in a folder and scored
again without training.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import asdict, dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.stats import rankdata
from torch import nn

from benchmarks.machine import describe_commit, describe_machine, load_now
from benchmarks.train_all import append_row, call, read_rows
from benchmarks.variants import choose
from clustergan_core.data.counts.sparse import log1p_normalised
from clustergan_core.data.dataset import Batches, Dataset, SampleFacts, share_samples
from clustergan_core.data.opening import open_matrix
from clustergan_core.data.published.download import data_folder
from clustergan_core.errors import DataError
from clustergan_core.evaluation.agreement import nmi
from clustergan_core.evaluation.clusterings import kmeans_cells
from clustergan_core.evaluation.integration import harmony_components
from clustergan_core.evaluation.mixing import score_mixing, unit_length
from clustergan_core.evaluation.neighbours import project
from clustergan_core.library.fitting import train_in_memory
from clustergan_core.methods.paired_clustergan import PairedClusterGAN
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.sweeps.plan import read_seeds

Points = NDArray[np.float32]
Numbers = NDArray[np.int64]

SETS = {  # the column of the sample; labels are in cell_type
    "kang_ifnb": "condition",
    "pbmc_3chemistries": "chemistry",
    "baron_mouse_pair": "mouse",
    "pancreas_two_studies": "study",
}
TRAINED = ("none", "harmony", "mutual")  # values of `partners_across`
WAYS = {
    "k-means, unintegrated": "kmeans",
    "k-means on Harmony": "harmony-kmeans",
    "k-means on scVI": "scvi",
    **{f"Paired ClusterGAN, partners across: {across}": across for across in TRAINED},
}
DEFAULT_WAYS = ",".join(way for way in WAYS.values() if way != "scvi")  # which needs a library of its own
N_GENES = 1_000
START_STEPS = 200

ROWS = Path(__file__).with_name("mixing.csv")
KEY = ("dataset", "way", "seed", "steps")
SCORES = (
    "nmi", "ari", "nmi_sample", "ilisi", "cilisi", "kbet", "connectivity", "pcr", "bras", "clisi", "isolated_f1",
    "mixing", "biology", "overall", "lone_apart", "n_clusters",
)  # fmt: skip
COLUMNS = (
    "commit", "cpu", "cores", "torch", "load_at_start", *KEY, "cpu_seconds",
    "n_cells", "n_genes", "n_labels", "n_samples", *SCORES,
)  # fmt: skip
SHOWN = ("nmi", "ari", "nmi_sample", "ilisi", "cilisi", "overall", "n_clusters")


@dataclass(frozen=True)
class Clustering:
    """A clustering of all cells and the space it was found in."""

    clusters: Numbers  # (N,)
    points: Points  # (N, D)
    seconds: float  # of CPU


@cache
def open_set(name: str) -> Dataset:
    """One of SETS with its samples as batches."""
    matrix = open_matrix(str(data_folder() / name / f"{name}.h5ad"))
    values = log1p_normalised(matrix).toarray()
    samples, codes = np.unique(matrix.cells[SETS[name]].to_numpy().astype(str), return_inverse=True)
    types, labels = np.unique(matrix.cells["cell_type"].to_numpy().astype(str), return_inverse=True)
    chosen = values[:, choose_genes(values, codes, N_GENES)]
    facts = tuple(SampleFacts(sample=sample, name=sample) for sample in samples.tolist())
    return Dataset(
        name,
        "expression",
        (chosen / chosen.max()).astype(np.float32),
        share_samples(len(chosen)),
        labels.astype(np.int64),
        tuple(types.tolist()),
        batches=Batches(codes.astype(np.int64), facts),
    )


def read_counts(name: str) -> csr_matrix[Any]:
    """The counts (N, N_GENES) of the cells and genes of `open_set`."""
    matrix = open_matrix(str(data_folder() / name / f"{name}.h5ad"))
    if matrix.state != "raw":
        raise DataError(f"{name} holds no counts, which scVI needs: leave it out by --only.")
    _, codes = np.unique(matrix.cells[SETS[name]].to_numpy().astype(str), return_inverse=True)
    return csr_matrix(matrix.counts[:, choose_genes(log1p_normalised(matrix).toarray(), codes, N_GENES)])


def scvi_latents(counts: csr_matrix[Any], batches: Numbers, seed: int) -> Points:
    """Latent means (N, 10) of scVI with its own defaults, told the batches (N,)."""
    import scvi  # pyright: ignore[reportMissingImports]
    from anndata import AnnData

    scvi.settings.seed = seed
    annotated = AnnData(counts, obs=pd.DataFrame({"batch": batches.astype(str)}))
    scvi.model.SCVI.setup_anndata(annotated, batch_key="batch")
    model = scvi.model.SCVI(annotated)
    model.train(accelerator="cpu", enable_progress_bar=False)
    return model.get_latent_representation().astype(np.float32)


def choose_genes(values: Points, batches: Numbers, n_genes: int) -> Numbers:
    """The genes (n,) with the highest variance within batches by median rank, expressed in two batches or more."""
    within = [values[batches == batch] for batch in np.unique(batches)]
    ranks = np.stack([rankdata(-part.var(axis=0)) for part in within])  # (batches, G)
    is_shared = np.sum([(part > 0).any(axis=0) for part in within], axis=0) >= 2
    order = np.lexsort((ranks.mean(axis=0), np.median(ranks, axis=0)))
    return np.sort(order[is_shared[order]][:n_genes])


def cluster(dataset: Dataset, way: str, seed: int, n_steps: int) -> Clustering:
    """Clusters all cells by one of WAYS."""
    assert dataset.batches is not None
    assert dataset.n_labels is not None
    start = time.process_time()
    if way in TRAINED:
        clusters, points = train(dataset, way, seed, n_steps)
    elif way == "scvi":
        points = scvi_latents(read_counts(dataset.name), dataset.batches.codes, seed)
        clusters = kmeans_cells(points, dataset.n_labels, seed)
    else:
        is_moved = way == "harmony-kmeans"
        points = harmony_components(dataset.samples, dataset.batches.codes) if is_moved else project(dataset.samples)
        clusters = kmeans_cells(points, dataset.n_labels, seed)
    return Clustering(clusters, points, time.process_time() - start)


def train(dataset: Dataset, across: str, seed: int, n_steps: int) -> tuple[Numbers, Points]:
    """(clusters (N,), the encoder's last hidden layer (N, D)) after a warm-up."""
    settings = {"partners_across": across, "warm_up_share": 1.0, "n_starts": max(1, n_steps // START_STEPS)}
    config = make_config(
        dataset,
        dataset.name,
        method="paired-clustergan",
        settings=settings,
        n_steps=n_steps,
        evaluate_every=n_steps,
        seed=seed,
        threads=1,
    )
    method, samples = train_in_memory(config, dataset), torch.from_numpy(dataset.samples)
    assert isinstance(method, PairedClusterGAN)
    assert isinstance(method.mean_encoder, nn.Sequential)
    with torch.no_grad():
        hidden, code = method.mean_encoder[:-1](samples), method.encode(samples).cluster
    assert code is not None
    return code.argmax(dim=1).numpy(), hidden.numpy()


def cluster_or_read(dataset: Dataset, way: str, seed: int, n_steps: int, kept: Path | None) -> Clustering:
    """A clustering from the folder of kept ones, else a new one, which is kept."""
    if kept is None or way not in TRAINED:
        return cluster(dataset, way, seed, n_steps)
    path = kept / f"{dataset.name}-{way}-{seed}-{n_steps}.npz"
    if not path.exists():
        made = cluster(dataset, way, seed, n_steps)
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, clusters=made.clusters, features=made.points, seconds=made.seconds)
    with np.load(path) as stored:
        return Clustering(stored["clusters"], stored["features"], float(stored["seconds"]))


def score(dataset: Dataset, clustering: Clustering) -> dict[str, object]:
    """SCORES of a clustering."""
    assert dataset.labels is not None
    assert dataset.batches is not None
    points, before = unit_length(clustering.points), unit_length(project(dataset.samples))
    scores = score_mixing(points, before, dataset.batches.codes, dataset.labels, clustering.clusters)
    figures = asdict(scores) | {name: getattr(scores, name) for name in ("mixing", "biology", "overall")}
    figures["lone_apart"] = share_apart(dataset.labels, dataset.batches.codes, clustering.clusters)
    figures["nmi_sample"] = nmi(dataset.batches.codes, clustering.clusters)
    rounded: dict[str, object] = {name: None if value is None else round(value, 4) for name, value in figures.items()}
    return rounded | {"n_clusters": len(np.unique(clustering.clusters))}


def share_apart(labels: Numbers, batches: Numbers, clusters: Numbers) -> float | None:
    """The share of cells of types that one sample holds that are not in a cluster mostly of types that several hold."""
    is_lone_type = np.array([len(np.unique(batches[labels == label])) == 1 for label in range(labels.max() + 1)])
    is_lone = is_lone_type[labels]
    if not is_lone.any():
        return None
    mostly_lone = [cluster for cluster in np.unique(clusters) if is_lone[clusters == cluster].mean() > 0.5]
    return float(np.isin(clusters[is_lone], mostly_lone).mean())


def measure(name: str, way: str, seed: int, n_steps: int, kept: Path | None) -> dict[str, object]:
    """One row."""
    load, dataset = round(load_now(), 2), open_set(name)
    assert dataset.batches is not None
    clustering = cluster_or_read(dataset, way, seed, n_steps, kept)
    row = {"commit": describe_commit(Path(__file__).parents[1]), **describe_machine(), "torch": torch.__version__}
    row |= {"load_at_start": load, "dataset": name, "way": way, "seed": seed, "steps": n_steps}
    row |= {"cpu_seconds": round(clustering.seconds, 1), "n_cells": len(dataset.samples), "n_genes": dataset.shape[0]}
    row |= {"n_labels": dataset.n_labels, "n_samples": len(dataset.batches.table)}
    return row | score(dataset, clustering)


def print_table() -> None:
    """Medians over seeds of the committed rows."""
    rows = read_rows(ROWS)
    print(f"| data | clustering | steps | seeds | {' | '.join(SHOWN)} |")
    print(f"|---|---|--:|--:|{'--:|' * len(SHOWN)}")
    lengths = sorted({int(row["steps"]) for row in rows})
    for name, (title, way), n_steps in product(SETS, WAYS.items(), lengths):
        own = [row for row in rows if (row["dataset"], row["way"], row["steps"]) == (name, way, str(n_steps))]
        if own:
            medians = [statistics.median(float(row[score]) for row in own) for score in SHOWN]
            figures = " | ".join(f"{value:.3f}" for value in medians[:-1])
            told = n_steps if way in TRAINED else ""
            print(f"| `{name}` | {title} | {told} | {len(own)} | {figures} | {medians[-1]:.0f} |")


def main() -> None:
    """Trains the missing rows, or prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAME,NAME", help=", ".join(SETS))
    parser.add_argument("--ways", metavar="WAY,WAY", help=", ".join(WAYS.values()))
    parser.add_argument("--seeds", default="11-13")
    parser.add_argument("--steps", type=int, default=START_STEPS)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where trainings are kept")
    parser.add_argument("--table", action="store_true", help="print medians of the committed rows")
    arguments = parser.parse_args()
    if arguments.table:
        print_table()
        return
    torch.set_num_threads(1)
    known = {tuple(row[name] for name in KEY) for row in read_rows(ROWS)}
    for name in choose(arguments.only, SETS, "set"):
        for seed in read_seeds(arguments.seeds):
            for way in choose(arguments.ways or DEFAULT_WAYS, WAYS.values(), "way"):
                if (name, way, str(seed), str(arguments.steps)) not in known:
                    row = measure(name, way, seed, arguments.steps, arguments.keep)
                    append_row(row, ROWS, COLUMNS)
                    print(f"{name} {way} {seed}: NMI {row['nmi']}, with sample {row['nmi_sample']}", flush=True)


if __name__ == "__main__":
    call(main)
