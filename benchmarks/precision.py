"""Compares the effect of bfloat16 on scores with that of the seed.

    python -m benchmarks.precision [--datasets digits pendigits] [--seeds 0 1 2] [--steps 1500] [--set width=0.25 …]

ClusterGAN's default preset, shortened, is trained at float32 and at bfloat16 from the same seeds, and scored with the
last weights, the argmax reading and the test split. Missing rows are appended to benchmarks/precision.csv, and each
precision's mean and spread are printed.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import subprocess
from pathlib import Path
from typing import Any, get_args

import torch

from clustergan_core.data.dataset import Dataset
from clustergan_core.data.registry import load_dataset
from clustergan_core.evaluation.agreement import score_agreement
from clustergan_core.methods import build_method
from clustergan_core.nn.acceleration import Precision
from clustergan_core.runs.configure import make_config
from clustergan_core.training import Schedule, train

ROWS = Path(__file__).with_name("precision.csv")
KEY = ("dataset", "steps", "settings", "seed", "precision")
SCORES = ("purity", "nmi", "ari")


def train_once(dataset: Dataset, name: str, seed: int, n_steps: int, settings: dict[str, Any]) -> dict[str, str]:
    """Test scores of the last weights, and the training time in seconds."""
    config = make_config(dataset, name, method="clustergan", settings=settings, n_steps=n_steps, seed=seed)
    device = torch.device("cpu")
    method = build_method(config.method, config.method_settings(), dataset.kind, dataset.shape, seed, device)
    schedule = Schedule(n_steps=n_steps, log_every=n_steps, evaluate_every=n_steps)
    (progress,) = train(method, dataset, schedule, seed, device)
    indices = dataset.splits.test
    assert dataset.labels is not None
    clusters, _ = method.assign_all(torch.from_numpy(dataset.samples[indices]))
    agreement = score_agreement(dataset.labels[indices], clusters.numpy())
    scores = {name: f"{getattr(agreement, name):.4f}" for name in SCORES}
    return scores | {"seconds": f"{progress.seconds:.1f}"}


def read_rows() -> list[dict[str, str]]:
    """The rows measured so far."""
    if not ROWS.exists():
        return []
    with ROWS.open(newline="") as file:
        return list(csv.DictReader(file))


def _append(row: dict[str, str]) -> None:
    is_new = not ROWS.exists()
    with ROWS.open("a", newline="") as file:
        writer = csv.DictWriter(file, list(row), lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerow(row)


def _print_summary() -> None:
    rows = read_rows()
    for name, steps, settings in sorted({(row["dataset"], row["steps"], row["settings"]) for row in rows}):
        for precision in get_args(Precision):
            chosen = {"dataset": name, "steps": steps, "settings": settings, "precision": precision}
            values = [float(row["purity"]) for row in rows if chosen.items() <= row.items()]
            if len(values) > 1:
                spread = f"{statistics.mean(values):.3f} ± {statistics.stdev(values):.3f}"
                print(f"{name}, {steps} steps {settings}: purity at {precision} {spread} over {len(values)} seeds")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--datasets", nargs="+", default=["digits", "pendigits"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="numbers only")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], text=True).strip()
    given = dict(pair.split("=", 1) for pair in arguments.set)
    for name in arguments.datasets:
        dataset = load_dataset(name)
        for seed in arguments.seeds:
            for precision in get_args(Precision):
                values = (name, arguments.steps, " ".join(arguments.set), seed, precision)
                key = dict(zip(KEY, map(str, values), strict=True))
                if any(key.items() <= row.items() for row in read_rows()):
                    continue
                settings = {word: float(value) for word, value in given.items()} | {"precision": precision}
                measured = train_once(dataset, name, seed, arguments.steps, settings)
                _append({"commit": commit, "torch": torch.__version__} | key | measured)
                print(key, measured, flush=True)
    _print_summary()


if __name__ == "__main__":
    main()
