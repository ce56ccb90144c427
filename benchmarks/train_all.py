"""Trains every method on every data set with five seeds and appends a row a run to benchmarks/results.csv.

    python -m benchmarks.train_all --sets quick          the rows that are missing, one run after the other
    python -m benchmarks.train_all --sets all --dry-run  what is missing

Each run is the command a person types, `python -m clustergan_core train`, in a process of its own, so that its wall
seconds are what a person waits: from the start to the saved and scored run. On a busy machine its seconds of CPU say
more; `load_at_start` tells. A row is appended when its run is finished;
an interrupted run is continued by the next call. Labels choose nothing here.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from benchmarks.machine import describe_commit, describe_machine, load_now
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.registry import DATASETS, is_available
from clustergan_core.errors import AppError, SettingsError
from clustergan_core.methods import METHODS, find_method
from clustergan_core.paths import PROJECT_FOLDER, derived_folder
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.sweeps.plan import read_seeds
from clustergan_core.runs.weights import read_checkpoint

RESULTS = Path(__file__).with_name("results.csv")
QUICK = ("digits", "synthetic", "pendigits")  # minutes each; always
AGREEMENT = ("purity", "accuracy", "nmi", "ari")
# Settings that are younger than rows are left out of digests at the value that repeats what was before them.
YOUNGER: Mapping[str, object] = {"first_strictness": 1.0, "n_candidates": 0}
KEY = ("method", "dataset", "preset", "settings_digest", "seed", "device")
COLUMNS = (
    "commit", "cpu", "cores", "threads", "device", "torch", "load_at_start",
    "method", "dataset", "preset", "settings_digest", "seed", "steps",
    "seconds", "wall_seconds", "cpu_seconds",
    "split", "n", *AGREEMENT, *(f"kmeans_{name}" for name in AGREEMENT),
    "frechet", "frechet_features", "frechet_n", "mode_accuracy",
    "criterion", "silhouette", "usage_entropy", "sample_cycle", "latent_cycle", "weights", "weights_step",
)  # fmt: skip


@dataclass(frozen=True)
class Job:
    """One run to be trained."""

    config: RunConfig
    overrides: Mapping[str, str | float] = field(default_factory=dict)  # what `config` holds beside its preset

    @property
    def digest(self) -> str:
        """Twelve characters that change with whatever moves the figures, so that a changed preset is run again."""
        settings = {name: value for name, value in self.config.settings.items() if YOUNGER.get(name) != value}
        schedule = self.config.schedule.model_dump()
        if not schedule["extensions"]:  # younger than rows, too
            del schedule["extensions"]
        what = {"settings": settings, "schedule": schedule}
        text = json.dumps(what | {"data": self.config.dataset.digest}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def known_by(self) -> dict[str, str]:
        """The columns that its row is known by."""
        config = self.config
        names = (config.method, config.dataset.name, config.preset, self.digest, str(config.seed), config.device)
        return dict(zip(KEY, names, strict=True))

    @property
    def key(self) -> tuple[str, ...]:
        """The values of those columns."""
        return tuple(self.known_by.values())

    @property
    def folder(self) -> Path:
        """Where it is trained."""
        return derived_folder() / "benchmarks" / "-".join(self.key).replace(" ", "-")


AnyJob = TypeVar("AnyJob", bound=Job)


def read_rows(path: Path = RESULTS) -> list[dict[str, str]]:
    """The rows so far, in the order in which they were measured."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def append_row(row: Mapping[str, object], path: Path = RESULTS, columns: Sequence[str] = COLUMNS) -> None:
    """Adds one row, and the heading to a new file."""
    is_new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerow(row)


def list_jobs(arguments: argparse.Namespace) -> Iterator[Job]:
    """Every run that was asked for; data that is not here is named and passed over."""
    for dataset in _datasets(arguments):
        if not is_available(dataset):
            print(f"{dataset} is not on this machine: get it on the Data page or set CLUSTERGAN_DATA.")
            continue
        data = open_dataset(dataset)
        for method in [find_method(arguments.method).name] if arguments.method else METHODS:
            if arguments.preset not in find_method(method).presets:
                continue
            for seed in read_seeds(arguments.seeds):
                yield Job(
                    make_config(
                        data,
                        dataset,
                        method=method,
                        preset=arguments.preset,
                        seed=seed,
                        device=arguments.device,
                        threads=arguments.threads,
                    )
                )


def _datasets(arguments: argparse.Namespace) -> list[str]:
    if arguments.only:
        names = arguments.only.split(",")
        unknown = [name for name in names if name not in DATASETS]
        if unknown:
            raise SettingsError(f"There is no data set named {unknown[0]}: choose among {', '.join(DATASETS)}.")
        return names
    slow = [name for name in DATASETS if name not in QUICK]
    return {"quick": list(QUICK), "slow": slow, "all": [*QUICK, *slow]}[arguments.sets]


def train(job: Job) -> dict[str, object]:
    """Trains a run, or continues it, and returns its row."""
    commit, load = describe_commit(PROJECT_FOLDER), load_now()
    is_begun = (job.folder / "config.json").exists()
    start, cpu_start = time.perf_counter(), _child_seconds()
    if not (is_begun and Run(job.folder).status().state == "finished"):
        words = ["--out", str(job.folder), "--resume"] if is_begun else train_words(job)
        subprocess.run([sys.executable, "-m", "clustergan_core", "train", *words], cwd=PROJECT_FOLDER, check=True)
    taken = {"wall_seconds": time.perf_counter() - start, "cpu_seconds": _child_seconds() - cpu_start}
    # What a continued run took in all, start and scoring of its parts included, nobody has measured.
    return make_row(job, Run(job.folder), commit, load, {} if is_begun else taken)


def _child_seconds() -> float:
    """Seconds of CPU of all processes that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def train_words(job: Job) -> list[str]:
    """What follows `train` on the command line."""
    config = job.config
    words = {
        "--dataset": config.dataset.source,
        "--method": config.method,
        "--preset": config.preset,
        "--seed": str(config.seed),
        "--device": config.device,
        "--threads": str(config.threads),
        "--out": str(job.folder),
    }
    overrides = [("--set", f"{name}={value}") for name, value in job.overrides.items()]
    return [word for pair in (*words.items(), *config.own_data_words(), *overrides) for word in pair]


def make_row(job: Job, run: Run, commit: str, load: float, taken: Mapping[str, float]) -> dict[str, object]:
    """A finished run's row, every figure from its own files."""
    scores, config = read_scores(run), run.config
    assert scores is not None, f"{run.folder} is not finished"
    frechet, best = scores.get("frechet") or {}, read_checkpoint(run.folder).best
    return {
        "commit": commit,
        **describe_machine(config.device),
        "threads": config.threads,
        "device": config.device,
        "torch": config.versions["torch"],
        "load_at_start": f"{load:.2f}",
        **job.known_by,
        "steps": config.schedule.n_steps,
        "seconds": f"{run.status().seconds:.1f}",
        **{name: f"{seconds:.1f}" for name, seconds in taken.items()},
        "split": scores["split"],
        "n": scores["n"],
        **{name: scores[name] for name in AGREEMENT},
        **{f"kmeans_{name}": scores["kmeans"][name] for name in AGREEMENT},
        "frechet": frechet.get("value"),
        "frechet_features": frechet.get("features"),
        "frechet_n": frechet.get("n"),
        "criterion": f"{best['value']:.5g}",
        "weights_step": int(best["step"]),
        **{name: scores.get(name) for name in ("silhouette", "usage_entropy", "sample_cycle", "latent_cycle")},
        **{name: scores.get(name) for name in ("mode_accuracy", "weights")},
    }


def add_training_words(parser: argparse.ArgumentParser, seeds: str) -> None:
    """The words that every benchmark has which trains only what is missing."""
    parser.add_argument("--seeds", default=seeds)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no run after so many")
    parser.add_argument("--dry-run", action="store_true", help="list what is missing and train nothing")


def find_missing(
    jobs: Iterable[AnyJob], arguments: argparse.Namespace, path: Path = RESULTS, key: Sequence[str] = KEY
) -> Iterator[AnyJob]:
    """Hands out the jobs without a row as `add_training_words` said: while there is time, and none to a dry run."""
    known = {tuple(row[name] for name in key) for row in read_rows(path)}
    missing = [job for job in jobs if job.key not in known]
    print(f"{len(missing)} runs are missing{':' if missing else '.'}")
    end = time.monotonic() + 60 * arguments.minutes
    for number, job in enumerate(missing, 1):
        print(f"{number} of {len(missing)}: {' '.join(job.key)}, {job.config.schedule.n_steps:,} steps", flush=True)
        if arguments.dry_run:
            continue
        if time.monotonic() > end:
            print("The time is up.")
            return
        yield job


def main() -> None:
    """Trains what is missing, or lists it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", choices=("quick", "slow", "all"), default="quick")
    parser.add_argument("--only", metavar="NAME,NAME", help="these data sets, whatever --sets says")
    parser.add_argument("--method", help=f"one of {', '.join(METHODS)}; without it all")
    parser.add_argument("--preset", default="default")
    parser.add_argument("--keep", action="store_true", help="keep the runs' folders, for shipping one")
    add_training_words(parser, seeds="0-4")
    arguments = parser.parse_args()
    for job in find_missing(list_jobs(arguments), arguments):
        append_row(train(job))
        if not arguments.keep:
            shutil.rmtree(job.folder)


def call(program: Callable[[], None]) -> None:
    """Runs a program that trains; what a person can mend ends it with one sentence."""
    try:
        program()
    except AppError as error:
        sys.exit(str(error))
    except subprocess.CalledProcessError as error:
        sys.exit(f"A run ended with status {error.returncode}: its words are above; call again to go on.")
    except KeyboardInterrupt:
        sys.exit("Interrupted: the next call goes on from here.")


if __name__ == "__main__":
    call(main)
