"""Trains variants of Paired ClusterGAN's default preset with three seeds, one row per run in benchmarks/variants.csv.

    python -m benchmarks.variants --group ablation      trains the missing rows, one run after the other
    python -m benchmarks.variants --dry-run             lists what is missing

A variant is the preset with other settings, as in `train --set`, and without the energy score: clusters stand before
the game, and this part of it only keeps generated samples apart. Rows are appended, and interrupted runs continued, as
in benchmarks/train_all.py. Labels are not used to choose anything here.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.train_all import AGREEMENT, Job, add_training_words, append_row, call, find_missing, read_rows, train
from benchmarks.unbalanced import UNBALANCED, prepare
from clustergan_core.data.dataset import Dataset
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.registry import DATASETS, is_available, load_dataset
from clustergan_core.errors import SettingsError
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.sweeps.plan import read_seeds

Overrides = Mapping[str, str | float]

METHOD = "paired-clustergan"
VARIANTS: dict[str, dict[str, Overrides]] = {
    "ablation": {
        "as shipped": {},
        "no pairs": {"partners": "none"},
        "neighbours only": {"partners": "neighbours"},
        "augmentation only": {"partners": "augmentation"},
        "no adversary": {"warm_up_share": 1},
        "four starts": {"n_starts": 4},
    },
    "masses": {
        "uniform": {"masses": "uniform"},
        "learned": {"masses": "learned"},
        "learned at strictness 0.25": {"masses": "learned", "strictness": 0.25},
    },
}
DATA: dict[str, tuple[str, ...]] = {
    "ablation": ("mnist", "digits", "pendigits"),
    "masses": ("digits", "pendigits", "mnist", *UNBALANCED),
}

WITHOUT_ENERGY: dict[str, str | float] = {"energy_weight": 0.0}

ROWS = Path(__file__).with_name("variants.csv")
KEY = ("group", "dataset", "variant", "settings_digest", "seed", "device")
COLUMNS = (
    "commit", "cpu", "cores", "threads", "torch", "load_at_start",
    *KEY, "steps", "seconds", "cpu_seconds", "n_clusters", "split", "n", *AGREEMENT,
    "usage_entropy", "frechet", "frechet_features", "frechet_n", "mode_accuracy", "n_labels_with_a_mode",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class VariantJob(Job):
    """One run of a variant; `data` is the name of its data in this benchmark, and the run may know only a file."""

    group: str
    data: str
    variant: str

    @property
    def known_by(self) -> dict[str, str]:
        names = (self.group, self.data, self.variant, self.digest, str(self.config.seed), self.config.device)
        return dict(zip(KEY, names, strict=True))


def list_jobs(arguments: argparse.Namespace) -> Iterator[VariantJob]:
    """Every run that was requested; missing data is reported and skipped."""
    chosen_data = choose(arguments.only, {name for names in DATA.values() for name in names}, "data set")
    chosen_variants = choose(arguments.variants, {name for names in VARIANTS.values() for name in names}, "variant")
    for group in [arguments.group] if arguments.group else VARIANTS:
        for name in (name for name in DATA[group] if name in chosen_data):
            opened = open_data(name)
            if opened is None:
                print(f"{name} is not on this machine: get it on the Data page or set CLUSTERGAN_DATA.")
                continue
            configure = partial(make_config, *opened, method=METHOD, device=arguments.device, threads=arguments.threads)
            for variant, overrides in VARIANTS[group].items():
                if variant in chosen_variants and differs(overrides, configure()):
                    for seed in read_seeds(arguments.seeds):
                        settings = {**WITHOUT_ENERGY, **overrides}
                        config = configure(settings=settings, seed=seed)
                        yield VariantJob(config, settings, group=group, data=name, variant=variant)


def choose(words: str | None, known: Collection[str], what: str) -> Collection[str]:
    """The comma-separated names in `words`, or all known names."""
    names = words.split(",") if words else known
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SettingsError(f"There is no {what} named {unknown[0]} here: choose among {', '.join(sorted(known))}.")
    return names


def open_data(name: str) -> tuple[Dataset, str] | None:
    """The data and its argument for `train`, or None if it is not on this machine."""
    if name in DATASETS:
        return (load_dataset(name), name) if is_available(name) else None
    path = prepare(name)
    return None if path is None else (open_dataset(str(path)), str(path))


def differs(overrides: Overrides, shipped: RunConfig) -> bool:
    """Whether the variant differs from the others on this data.

    Tables have no other views: "as shipped" uses only neighbours there, and without neighbours a sample is its own
    partner.
    """
    return shipped.dataset.kind == "image" or overrides.get("partners") not in ("neighbours", "augmentation")


def measure(job: VariantJob) -> dict[str, object]:
    """Trains or continues a run and returns its row; a user file is used as a whole for training and scoring."""
    row, scores = train(job), read_scores(Run(job.folder))
    assert scores is not None
    row |= {
        "n_clusters": scores["n_clusters"],
        "split": "all" if scores["is_training_data"] else scores["split"],
        "n_labels_with_a_mode": (scores.get("classifier") or {}).get("n_labels_with_a_mode"),
    }
    return {name: row[name] for name in COLUMNS if name in row}


def find_twin(job: VariantJob, rows: Iterable[Mapping[str, object]]) -> dict[str, object] | None:
    """This job's row, copied from the same run in another group: "as shipped" and "uniform" may be the same run."""
    same = ("dataset", "settings_digest", "seed", "device")
    for row in rows:
        if all(row[name] == job.known_by[name] for name in same):
            return {**row, **job.known_by}
    return None


def main() -> None:
    """Trains the missing runs, or lists them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--group", choices=tuple(VARIANTS), help="by default all")
    parser.add_argument("--only", metavar="NAME,NAME", help="these data sets of the group")
    parser.add_argument("--variants", metavar="NAME,NAME", help="these variants of the group, such as 'no pairs'")
    add_training_words(parser, seeds="0-2")
    arguments = parser.parse_args()
    for job in find_missing(list_jobs(arguments), arguments, ROWS, KEY):
        row = find_twin(job, read_rows(ROWS))
        if row is None:
            row = measure(job)
            shutil.rmtree(job.folder)
        append_row(row, ROWS, COLUMNS)


if __name__ == "__main__":
    call(main)
