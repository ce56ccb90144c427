"""Trains every method on every data set with five seeds and appends one row per run to benchmarks/results.csv.

    python -m benchmarks.train_all --sets quick          trains the missing rows, one run after the other
    python -m benchmarks.train_all --sets all --dry-run  lists what is missing
    python -m benchmarks.train_all --only ring-8 --method wgan-gp --set prior=normal   with a setting that is changed

Each run is the command that a user types, `python -m clustergan_core train`, in a process of its own, so that its
wall-clock seconds are what the user waits: from the start to the saved and scored run. On a busy machine, as shown by
`load_at_start`, CPU seconds are more informative. A row is appended when its run is finished; an interrupted run is
continued by the next call. Labels are not used to choose anything here.
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
from clustergan_core.command_line.data_arguments import split_pair
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.registry import DATASETS, is_available
from clustergan_core.errors import AppError, SettingsError
from clustergan_core.methods import METHODS, find_method
from clustergan_core.papers.measured import RESULTS, read_rows
from clustergan_core.papers.measured import ROW_KEY as KEY
from clustergan_core.paths import PROJECT_FOLDER, derived_folder
from clustergan_core.runs.comparison.spread import read_score
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.sweeps.plan import read_seeds
from clustergan_core.runs.weights import read_checkpoint
from clustergan_core.score_names import GENERATION_SCORES, MODE_COUNT_SCORES

QUICK = ("digits", "synthetic", "pendigits")  # take minutes each and are always available
AGREEMENT = ("purity", "accuracy", "nmi", "ari")
# Settings newer than some rows are left out of digests if they have the value that reproduces the older behaviour.
YOUNGER: Mapping[str, object] = {
    "first_strictness": 1.0,
    "n_candidates": 0,
    "energy_weight": 0.0,
    "given": "",
    "adversarial_loss": "wasserstein",
    "partners_across": "harmony",
    "condition_on_samples": True,  # no effect on data of one sample, as all these rows are
    "sample_mean_weight": 2.0,
    "upsampling": "transposed",
}
COLUMNS = (
    "commit", "cpu", "cores", "threads", "device", "torch", "load_at_start",
    "method", "dataset", "preset", "settings_digest", "seed", "steps",
    "seconds", "wall_seconds", "cpu_seconds",
    "split", "n", *AGREEMENT, *(f"kmeans_{name}" for name in AGREEMENT),
    "frechet", "frechet_features", "frechet_n", "mode_accuracy",
    "criterion", "silhouette", "usage_entropy", "sample_cycle", "latent_cycle", "weights", "weights_step",
    "n_labels_used", "cluster_accuracy", "reconstruction_accuracy", *MODE_COUNT_SCORES, "mode_masses", "overrides",
)  # fmt: skip


@dataclass(frozen=True)
class Job:
    """One run to be trained."""

    config: RunConfig
    overrides: Mapping[str, str | float] = field(default_factory=dict)  # settings in `config` beyond its preset

    @property
    def digest(self) -> str:
        """Twelve characters that change with anything that affects the figures, so that a changed preset runs again."""
        settings = {name: value for name, value in self.config.settings.items() if YOUNGER.get(name) != value}
        schedule = self.config.schedule.model_dump()
        if not schedule["extensions"]:  # also newer than some rows
            del schedule["extensions"]
        what = {"settings": settings, "schedule": schedule}
        text = json.dumps(what | {"data": self.config.dataset.digest}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def known_by(self) -> dict[str, str]:
        """The columns that identify its row."""
        config = self.config
        names = (config.method, config.dataset.name, config.preset, self.digest, str(config.seed), config.device)
        return dict(zip(KEY, names, strict=True))

    @property
    def key(self) -> tuple[str, ...]:
        """The values of those columns."""
        return tuple(self.known_by.values())

    @property
    def folder(self) -> Path:
        """The folder in which it is trained."""
        return derived_folder() / "benchmarks" / "-".join(self.key).replace(" ", "-")


AnyJob = TypeVar("AnyJob", bound=Job)


def append_row(row: Mapping[str, object], path: Path = RESULTS, columns: Sequence[str] = COLUMNS) -> None:
    """Appends one row, preceded by the heading if the file is new."""
    is_new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerow(row)


def list_jobs(arguments: argparse.Namespace) -> Iterator[Job]:
    """Every run that was requested; missing data is reported and skipped."""
    changed = dict(split_pair(word, "--set") for word in arguments.set)
    if changed and not arguments.method:
        raise SettingsError("--set changes settings of one method: name it by --method.")
    for dataset in _datasets(arguments):
        if not is_available(dataset):
            print(f"{dataset} is not on this machine: get it on the Data page or set CLUSTERGAN_DATA.")
            continue
        data = open_dataset(dataset)
        for method in [find_method(arguments.method).name] if arguments.method else METHODS:
            if arguments.preset not in find_method(method).presets:
                continue
            for seed in read_seeds(arguments.seeds):
                config = make_config(
                    data,
                    dataset,
                    method=method,
                    preset=arguments.preset,
                    settings=changed,
                    seed=seed,
                    device=arguments.device,
                    threads=arguments.threads,
                )
                yield Job(config, changed)


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
    """Trains or continues a run and returns its row."""
    commit, load = describe_commit(PROJECT_FOLDER), load_now()
    is_begun = (job.folder / "config.json").exists()
    start, cpu_start = time.perf_counter(), _child_seconds()
    if not (is_begun and Run(job.folder).status().state == "finished"):
        words = ["--out", str(job.folder), "--resume"] if is_begun else train_words(job)
        subprocess.run([sys.executable, "-m", "clustergan_core", "train", *words], cwd=PROJECT_FOLDER, check=True)
    taken = {"wall_seconds": time.perf_counter() - start, "cpu_seconds": _child_seconds() - cpu_start}
    # The total time of a continued run, including start and scoring of its parts, is unknown.
    return make_row(job, Run(job.folder), commit, load, {} if is_begun else taken)


def _child_seconds() -> float:
    """CPU seconds of all finished child processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def train_words(job: Job) -> list[str]:
    """The arguments that follow `train` on the command line."""
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
    return [word for pair in (*words.items(), *config.data_arguments(), *overrides) for word in pair]


def make_row(job: Job, run: Run, commit: str, load: float, taken: Mapping[str, float]) -> dict[str, object]:
    """A finished run's row, with every figure read from its files."""
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
        "criterion": f"{best['information']:.5g}",
        "weights_step": int(best["step"]),
        "n_labels_used": config.n_labels_used,
        **{name: scores.get(name) for name in ("silhouette", "usage_entropy", "sample_cycle", "latent_cycle")},
        **{name: scores.get(name) for name in (*GENERATION_SCORES, "weights")},
        **{name: read_score(scores, name) for name in MODE_COUNT_SCORES},
        "mode_masses": " ".join(f"{mass:.4f}" for mass in scores.get("mode_masses", [])),
        "overrides": _overrides(job),
    }


def _overrides(job: Job) -> str:
    """The settings beyond the preset as JSON; "" without any."""
    changed = {name: job.config.settings[name] for name in sorted(job.overrides)}
    return json.dumps(changed) if changed else ""


def add_training_words(parser: argparse.ArgumentParser, seeds: str) -> None:
    """Adds the options shared by all benchmarks that train only what is missing."""
    parser.add_argument("--seeds", default=seeds)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="start no new run after this many minutes")
    parser.add_argument("--dry-run", action="store_true", help="list what is missing and train nothing")


def find_missing(
    jobs: Iterable[AnyJob], arguments: argparse.Namespace, path: Path = RESULTS, key: Sequence[str] = KEY
) -> Iterator[AnyJob]:
    """Yields the jobs without a row for as long as --minutes allows; a dry run only lists them."""
    known = {tuple(row[name] for name in key) for row in read_rows(path)}
    missing = [job for job in jobs if job.key not in known]
    print(f"{len(missing)} runs are missing{':' if missing else '.'}")
    end = time.monotonic() + 60 * arguments.minutes
    for number, job in enumerate(missing, 1):
        print(f"{number} of {len(missing)}: {' '.join(job.key)}, {job.config.schedule.n_steps:,} steps", flush=True)
        if arguments.dry_run:
            continue
        if time.monotonic() > end:
            print("The time limit is reached: call again to continue.")
            return
        yield job


def main() -> None:
    """Trains the missing runs, or lists them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", choices=("quick", "slow", "all"), default="quick")
    parser.add_argument("--only", metavar="NAME,NAME", help="these data sets, whatever --sets says")
    parser.add_argument("--method", help=f"one of {', '.join(METHODS)}; by default all")
    parser.add_argument("--preset", default="default")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of --method")
    parser.add_argument("--keep", action="store_true", help="keep the runs' folders, to ship one of them")
    add_training_words(parser, seeds="0-4")
    arguments = parser.parse_args()
    for job in find_missing(list_jobs(arguments), arguments):
        append_row(train(job))
        if not arguments.keep:
            shutil.rmtree(job.folder)


def call(program: Callable[[], None]) -> None:
    """Runs a program that trains; an error that the user can fix ends it with one sentence."""
    try:
        program()
    except AppError as error:
        sys.exit(str(error))
    except subprocess.CalledProcessError as error:
        sys.exit(f"A run ended with status {error.returncode}: its output is above; call again to continue.")
    except KeyboardInterrupt:
        sys.exit("Interrupted: call again to continue from here.")


if __name__ == "__main__":
    call(main)
