"""Trains cells of several samples with and without telling the generator the sample (benchmarks/conditioning.csv).

    CLUSTERGAN_DATA=… python -m benchmarks.conditioning --seeds 0-2     trains the missing rows, one after the other
    CLUSTERGAN_DATA=… python -m benchmarks.conditioning --only kang_ifnb --keep FOLDER
    python -m benchmarks.conditioning --table                           medians over seeds, as Markdown

Paired ClusterGAN's default preset, with `condition_on_samples` on and off; genes and partners as by default; K is the
number of labels. 80% of the cells train, the others are held out. NMI, ARI and mixing are of all cells, as in
`benchmarks/mixing.py`. The Fréchet distance is to held-out cells, in 50 principal components, and *by sample* is the
mean over samples, each with the modes of its own cells; without conditioning the generator makes the same cells of a
mode for each sample. *Mean* columns are of cells that name no sample, as on maps, Modes and walks.
`noise_auc` says how well a regression reads the sample from z_n within a cluster: 0.5 is not at all.

A counterfactual takes held-out cells of a cluster in one sample as the other sample: the mean change of its genes is
correlated with the true difference of the means of held-out cells. *Mean* takes z_n from the prior instead of those
cells. Beside them are two baselines: the difference between
samples over all training cells, and that within the cluster. *Own* is what remains of a cluster's difference after the
mean over clusters has been subtracted. Pairs need 20 training and 10 held-out cells in both samples; each figure is the
median over pairs.
"""

from __future__ import annotations

import argparse
import statistics
import time
from functools import cache
from itertools import permutations
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from benchmarks.machine import describe_commit, describe_machine, load_now
from benchmarks.mixing import SETS
from benchmarks.train_all import append_row, call, read_rows
from benchmarks.variants import choose
from clustergan_core.cells.as_sample import LEAST_SEEN, contrast_cluster, contrast_samples
from clustergan_core.cells.expression import value_scale
from clustergan_core.data.dataset import Dataset, draw_subset
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.published.download import data_folder
from clustergan_core.evaluation.agreement import nmi, score_agreement
from clustergan_core.evaluation.features import choose_features
from clustergan_core.evaluation.frechet import frechet_distance
from clustergan_core.evaluation.mixing import score_mixing, unit_length
from clustergan_core.evaluation.neighbours import project
from clustergan_core.generation import generate_all
from clustergan_core.library.fitting import train_in_memory
from clustergan_core.method import Method
from clustergan_core.methods import build_method
from clustergan_core.methods.paired_clustergan import PairedClusterGAN
from clustergan_core.nn.prior import Latent
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.sweeps.plan import read_seeds
from clustergan_core.scoring.mode_variance import RealVariance

Numbers = NDArray[np.int64]
Values = NDArray[np.floating]

CONDITIONS = {"yes": True, "no": False}
LEAST_HELD_OUT = 10
N_GENERATED = 2_000
ROWS = Path(__file__).with_name("conditioning.csv")
KEY = ("dataset", "conditioned", "seed")
SCORES = (
    "nmi", "ari", "nmi_sample", "cilisi", "overall", "n_clusters", "frechet", "frechet_by_sample", "variance_ratio",
    "mean_frechet", "mean_variance_ratio", "mean_own_correlation", "noise_auc",
    "n_pairs", "predicted", "predicted_mean", "all_cells", "within_cluster", "predicted_mean_own", "within_cluster_own",
)  # fmt: skip
COLUMNS = ("commit", "cpu", "cores", "torch", "load_at_start", *KEY, "steps", "cpu_seconds", *SCORES)
SHOWN = SCORES


@cache
def open_set(name: str) -> Dataset:
    """One of SETS, with a fifth of its cells held out."""
    options = OwnDataOptions(sample=SETS[name], labels="cell_type", preparation={"hold_out": "true"})
    return open_dataset(str(data_folder() / name / f"{name}.h5ad"), options)


def train_or_read(
    dataset: Dataset, name: str, is_told: bool, seed: int, kept: Path | None
) -> tuple[Method, float, int]:
    """(the trained method, CPU seconds, steps), from the folder of kept ones if it is there."""
    config = make_config(
        dataset, name, method="paired-clustergan", settings={"condition_on_samples": is_told}, seed=seed, threads=1
    )
    path = None if kept is None else kept / f"{name}-{is_told}-{seed}.pt"
    if path is not None and path.exists():
        stored = torch.load(path, weights_only=True)
        method = _build(config, dataset)
        method.load_state_dict(stored["weights"])
        return method.eval().requires_grad_(False), stored["seconds"], config.schedule.n_steps
    start = time.process_time()
    method = train_in_memory(config, dataset)
    seconds = time.process_time() - start
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weights": method.state_dict(), "seconds": seconds}, path)
    return method, seconds, config.schedule.n_steps


def _build(config: RunConfig, dataset: Dataset) -> Method:
    settings, device = config.method_settings(), torch.device("cpu")
    return build_method(config.method, settings, dataset.kind, dataset.shape, config.seed, device, config.n_batches)


def score(method: Method, dataset: Dataset) -> dict[str, object]:
    """SCORES of a trained method."""
    assert isinstance(method, PairedClusterGAN)
    assert isinstance(method.mean_encoder, nn.Sequential)
    assert dataset.batches is not None
    assert dataset.labels is not None
    samples = torch.from_numpy(dataset.samples)
    encoding = method.encode_all(samples)
    assert encoding.cluster is not None
    clusters, batches = encoding.cluster.argmax(dim=1).numpy(), dataset.batches.codes
    with torch.no_grad():
        hidden = method.mean_encoder[:-1](samples).numpy()
    before = unit_length(project(dataset.samples))
    mixing = score_mixing(unit_length(hidden), before, batches, dataset.labels, clusters)
    figures: dict[str, float | None] = {
        "nmi": mixing.nmi,
        "ari": score_agreement(dataset.labels, clusters).ari,
        "nmi_sample": nmi(batches, clusters),
        "cilisi": mixing.cilisi,
        "overall": mixing.overall,
        "n_clusters": len(np.unique(clusters)),
    }
    figures |= score_generated(method, dataset, clusters)
    figures["noise_auc"] = predict_sample(encoding.normal.numpy(), clusters, batches)
    figures |= score_counterfactuals(method, dataset, clusters, encoding.normal.numpy())
    return {name: None if value is None else round(float(value), 4) for name, value in figures.items()}


def score_generated(method: Method, dataset: Dataset, clusters: Numbers) -> dict[str, float | None]:
    """How near generated cells are to held-out ones, as a whole, by sample, and without naming one."""
    assert dataset.batches is not None
    batches, held_out = dataset.batches.codes, np.setdiff1d(dataset.indices("all"), dataset.splits.train)
    features = choose_features(dataset)
    real = features(torch.from_numpy(dataset.samples[held_out]))
    random = torch.Generator().manual_seed(0)

    def draw(rows: Numbers, is_named: bool) -> NDArray[np.floating]:
        """Features of generated cells with the modes and, if named, the samples of real cells."""
        chosen = torch.from_numpy(rows[np.random.default_rng(0).integers(len(rows), size=N_GENERATED)])
        latent = method.prior.sample(N_GENERATED, random, torch.device("cpu"), torch.from_numpy(clusters)[chosen])
        named = torch.from_numpy(batches)[chosen] if is_named and method.n_batches else None
        return features(generate_all(method, Latent(latent.normal, latent.cluster, named)))

    train = dataset.splits.train
    by_sample = [
        frechet_distance(real[batches[held_out] == batch], draw(train[batches[train] == batch], True))
        for batch in range(len(dataset.batches.table))
    ]
    variance = RealVariance(dataset.samples).compare(method, clusters, N_GENERATED)
    return {
        "frechet": frechet_distance(real, draw(train, True)),
        "frechet_by_sample": float(np.mean(by_sample)),
        "variance_ratio": None if variance is None else variance["value"],
        "mean_frechet": frechet_distance(real, draw(train, False)),
        **score_without_sample(method, dataset, clusters),
    }


def score_without_sample(method: Method, dataset: Dataset, clusters: Numbers) -> dict[str, float | None]:
    """Variance ratio and the correlation of what sets modes apart, of cells that name no sample; medians over modes."""
    space, overall = RealVariance(dataset.samples).space, dataset.samples.mean(axis=0)
    ratios, correlations = [], []
    for mode in np.unique(clusters):
        own = clusters == mode
        if own.sum() < LEAST_SEEN:
            continue
        latent = method.prior.sample(
            256, torch.Generator().manual_seed(7), torch.device("cpu"), torch.full((256,), int(mode))
        )
        generated = generate_all(method, latent).numpy()
        ratios.append(space.project(generated).var(axis=0).sum() / space.points[own].var(axis=0).sum())
        correlations.append(
            np.corrcoef(dataset.samples[own].mean(axis=0) - overall, generated.mean(axis=0) - overall)[0, 1]
        )
    return {"mean_variance_ratio": statistics.median(ratios), "mean_own_correlation": statistics.median(correlations)}


def predict_sample(normal: Values, clusters: Numbers, batches: Numbers) -> float:
    """How well the sample is read from ẑ_n beyond the cluster: AUC of cross-validated regression within clusters."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import cross_val_predict

    figures = []
    for cluster in np.unique(clusters):
        own = np.flatnonzero(clusters == cluster)
        own = own[draw_subset(len(own), 1_000, 0)]
        sizes = np.bincount(batches[own])
        if (sizes[sizes > 0] >= LEAST_SEEN).sum() < 2:
            continue
        own = own[np.isin(batches[own], np.flatnonzero(sizes >= LEAST_SEEN))]
        is_first = batches[own] == batches[own].max()
        read = cross_val_predict(LogisticRegression(max_iter=500), normal[own], is_first, cv=5, method="predict_proba")
        figures.append(roc_auc_score(is_first, read[:, 1]))
    return statistics.median(figures) if figures else float("nan")


def score_counterfactuals(
    method: Method, dataset: Dataset, clusters: Numbers, normal: Values
) -> dict[str, float | None]:
    """Correlations of predicted with true differences between samples within clusters, and those of baselines."""
    assert dataset.batches is not None
    batches, is_train = dataset.batches.codes, np.zeros(len(clusters), dtype=bool)
    is_train[dataset.splits.train] = True
    scale, n_batches = value_scale(dataset.preprocessing), len(dataset.batches.table)
    values = scale.expression(dataset.samples)
    figures: dict[str, list[float]] = {name: [] for name in SCORES[-6:]}
    for start, end in permutations(range(n_batches), 2):
        truths, within, predicted, means = [], [], [], []
        overall = _difference(values, is_train, batches, start, end)
        for cluster in np.unique(clusters):
            own = clusters == cluster
            n_seen = [(own & is_train & (batches == batch)).sum() for batch in (start, end)]
            n_held = [(own & ~is_train & (batches == batch)).sum() for batch in (start, end)]
            if min(n_seen) < LEAST_SEEN or min(n_held) < LEAST_HELD_OUT:
                continue
            truths.append(_difference(values, own & ~is_train, batches, start, end))
            within.append(_difference(values, own & is_train, batches, start, end))
            if method.n_batches:
                cells = own & ~is_train & (batches == start)
                contrast = contrast_samples(method, scale, int(cluster), normal[cells], batches[cells], end)
                predicted.append(contrast.after - contrast.before)
                contrast = contrast_cluster(method, scale, int(cluster), start, end)
                means.append(contrast.after - contrast.before)
        figures["all_cells"] += [_correlate(overall, truth) for truth in truths]
        figures["within_cluster"] += [_correlate(*pair) for pair in zip(within, truths, strict=True)]
        if len(truths) > 1:
            figures["within_cluster_own"] += _correlate_own(within, truths)
        if predicted:
            figures["predicted"] += [_correlate(*pair) for pair in zip(predicted, truths, strict=True)]
            figures["predicted_mean"] += [_correlate(*pair) for pair in zip(means, truths, strict=True)]
            if len(truths) > 1:
                figures["predicted_mean_own"] += _correlate_own(means, truths)
    medians = {name: statistics.median(found) if found else None for name, found in figures.items()}
    return medians | {"n_pairs": len(figures["all_cells"])}


def _difference(values: Values, chosen: NDArray[np.bool_], batches: Numbers, start: int, end: int) -> Values:
    """(n_genes,) the mean of chosen cells of one batch minus that of another."""
    return values[chosen & (batches == end)].mean(axis=0) - values[chosen & (batches == start)].mean(axis=0)


def _correlate(one: Values, other: Values) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def _correlate_own(found: list[Values], truths: list[Values]) -> list[float]:
    """Correlations after the mean over clusters has been subtracted from both."""
    pairs = zip(found - np.mean(found, axis=0), truths - np.mean(truths, axis=0), strict=True)
    return [_correlate(*pair) for pair in pairs]


def measure(name: str, told: str, seed: int, kept: Path | None) -> dict[str, object]:
    """One row."""
    load, dataset = round(load_now(), 2), open_set(name)
    method, seconds, n_steps = train_or_read(dataset, name, CONDITIONS[told], seed, kept)
    row = {"commit": describe_commit(Path(__file__).parents[1]), **describe_machine(), "torch": torch.__version__}
    row |= {"load_at_start": load, "dataset": name, "conditioned": told, "seed": seed}
    return row | {"steps": n_steps, "cpu_seconds": round(seconds, 1)} | score(method, dataset)


def print_table() -> None:
    """Medians over seeds of the committed rows."""
    rows = read_rows(ROWS)
    print(f"| data | told the sample | seeds | {' | '.join(SHOWN)} |")
    print(f"|---|---|--:|{'--:|' * len(SHOWN)}")
    for name in SETS:
        for told in CONDITIONS:
            own = [row for row in rows if (row["dataset"], row["conditioned"]) == (name, told)]
            if own:
                cells = [[float(row[score]) for row in own if row[score]] for score in SHOWN]
                shown = " | ".join(f"{statistics.median(values):.3f}" if values else "" for values in cells)
                print(f"| `{name}` | {told} | {len(own)} | {shown} |")


def main() -> None:
    """Trains the missing rows, or prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAME,NAME", help=", ".join(SETS))
    parser.add_argument("--told", metavar="YES,NO", help=", ".join(CONDITIONS))
    parser.add_argument("--seeds", default="0-2")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where trainings are kept")
    parser.add_argument("--table", action="store_true", help="print medians of the committed rows")
    arguments = parser.parse_args()
    if arguments.table:
        print_table()
        return
    torch.set_num_threads(1)
    known = {tuple(row[name] for name in KEY) for row in read_rows(ROWS)}
    for seed in read_seeds(arguments.seeds):
        for name in choose(arguments.only, SETS, "set"):
            for told in choose(arguments.told, CONDITIONS, "condition"):
                if (name, told, str(seed)) not in known:
                    row = measure(name, told, seed, arguments.keep)
                    append_row(row, ROWS, COLUMNS)
                    print(f"{name} {told} {seed}: NMI {row['nmi']}, predicted {row['predicted_mean']}", flush=True)


if __name__ == "__main__":
    call(main)
