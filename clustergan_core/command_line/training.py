"""`train`: trains a run in this process or in the queue."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from clustergan_core.command_line.data_arguments import (
    AddDataset,
    add_data_arguments,
    expand_samples,
    read_data_options,
    resolve_source,
    split_pair,
)
from clustergan_core.data.dataset import UNLABELLED, Dataset
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.own.label_proposal import describe_levels
from clustergan_core.data.registry import DATASETS
from clustergan_core.data.step_sentences import describe_steps
from clustergan_core.errors import SettingsError
from clustergan_core.evaluation.crossing import cross_uncorrected
from clustergan_core.methods import METHODS, default_method
from clustergan_core.paths import RUN_NAME, new_run_name, runs_folder
from clustergan_core.preset import PRESETS
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.queue.backends import Backend, LocalQueue, follow_run, open_backend
from clustergan_core.runs.queue.queue import advance_queue, request_run
from clustergan_core.runs.queue.slots import occupy_slots
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.status import Status, write_status
from clustergan_core.runs.store import create_run, find_run
from clustergan_core.runs.warnings import describe_crossing, list_warnings
from clustergan_core.runs.worker import check_unfinished, choose_device, execute, first_status
from clustergan_core.scoring.final import describe_labelled, explain_no_agreement
from clustergan_core.training import Progress


def add_commands(commands: Any) -> None:
    """Adds `train` to the parser's commands."""
    train = commands.add_parser("train", help="train a run")
    add_run_arguments(train)
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--title", default="", help="the run's title")
    train.add_argument(
        "--out",
        metavar="RUN",
        help="the run's name in the runs folder, or the path of its folder; by default a new name",
    )
    train.add_argument("--resume", action="store_true", help="continue the unfinished run in --out")
    train.add_argument("--queue", action="store_true", help="queue the run and return at once")
    train.set_defaults(run=_train)


def add_run_arguments(command: argparse.ArgumentParser) -> None:
    """Adds the arguments on what to train, which `read_config` reads together with `seed` and `title`."""
    command.add_argument(
        "--dataset",
        action=AddDataset,
        metavar="NAME|FILE",
        help="a data set's name, or your own file or folder; again for each further sample of cells, or a folder, .zip "
        "or .tar of several",
    )
    command.add_argument(
        "--method", help=f"{' | '.join(METHODS)}; by default {default_method()}, or a method that has the preset"
    )
    command.add_argument("--preset", default="default", help=" | ".join(PRESETS))
    command.add_argument("--steps", type=int, metavar="N", help="generator updates; by default the preset's")
    command.add_argument("--evaluate-every", type=int, metavar="N", help="steps between two evaluations")
    command.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of the method")
    add_data_arguments(command)
    command.add_argument("--device", default="auto", help="auto | cpu | cuda")
    command.add_argument(
        "--scheduler", metavar="tcp://HOST:PORT", help="train on the workers of this dask.distributed scheduler"
    )
    command.add_argument("--threads", type=int, help="CPU threads; by default one for small networks")


def _train(arguments: argparse.Namespace) -> None:
    run, labels = (_resumed(arguments), "") if arguments.resume else _created(arguments)
    print(run.folder)
    for sentence in (*describe_steps(run.config.dataset.preprocessing), *run.config.notes):
        print(f"- {sentence}")
    if labels:
        print(labels)
    if arguments.scheduler:
        with open_backend(arguments.scheduler) as backend:
            backend.submit([run])
            if not arguments.queue:
                _print_end(run, follow_to_end(run, backend))
        return
    if arguments.queue:
        backend = LocalQueue()
        backend.submit([run])
        backend.poll()
        print(f"{run.status().state}; stop, pause and continue take its name, and `queue` lists the queue")
        return
    show, close = _reporter(run)
    with occupy_slots(run.config.device, run.config.threads):
        status = execute(run, show)
    advance_queue()
    close()
    _print_end(run, status)


def follow_to_end(run: Run, backend: Backend) -> Status:
    """Shows the progress of a run that trains in another process. Ctrl-C stops it."""
    show, close = _reporter(run)
    try:
        for progress in follow_run(run, backend):
            show(progress)
    except KeyboardInterrupt:
        request_run(run, "stop")
        raise
    finally:
        close()
    return run.status()


def _print_end(run: Run, status: Status) -> None:
    print(f"{status.state} after {status.step} steps, {status.seconds:.0f} s. {status.message}".rstrip(". ") + ".")
    scores = read_scores(run)
    if scores and scores["purity"] is not None:
        figures = ", ".join(f"{name} {scores[name]:.3f}" for name in ("purity", "accuracy", "nmi", "ari"))
        where = "all samples (also trained on)" if scores["is_training_data"] else f"{scores['split']} split"
        print(f"{where}, argmax: {figures}")
        if sentence := describe_labelled(scores):
            print(f"{sentence}.")
    elif scores and scores.get("n_labelled"):
        print(explain_no_agreement(scores))


def _resumed(arguments: argparse.Namespace) -> Run:
    if not arguments.out:
        raise SettingsError("--resume needs --out with the folder of the run to continue: add it.")
    run = find_run(arguments.out)
    check_unfinished(run)
    run.forget_requests()
    # From now on pages see that it is active, and do not offer to continue it a second time.
    write_status(run.folder / "status.json", first_status(run.config, run.status()))
    return run


def _created(arguments: argparse.Namespace) -> tuple[Run, str]:
    """(the new run, sentences on labels that nobody chose, and on samples: not told apart, or whether they mix)."""
    config, dataset = read_config_and_data(arguments)
    is_found = not arguments.labels and arguments.dataset not in DATASETS
    for warning in list_warnings(config, dataset):
        print(f"Warning: {warning}", file=sys.stderr)
    run = create_run(config, _choose_folder(arguments.out, config))
    if run.folder.parent != runs_folder().resolve():
        print(f"The app lists the runs in {runs_folder()}; this one is elsewhere.", file=sys.stderr)
    write_status(run.folder / "status.json", first_status(config))
    found = [describe_found_labels(dataset) if is_found else "", describe_found_samples(dataset)]
    if dataset.batches is not None and (crossing := cross_uncorrected(dataset.samples, dataset.batches.codes)):
        found.append(describe_crossing(config, crossing))
    return run, "\n".join(filter(None, found))


def describe_found_labels(dataset: Dataset) -> str:
    """Which labels were found without `--labels`, with their levels and how to choose others; "" without any."""
    if dataset.labels is None or not dataset.label_column:
        return ""
    counts = np.bincount(dataset.labels[dataset.labels != UNLABELLED], minlength=len(dataset.label_names))
    n_unlabelled = int((dataset.labels == UNLABELLED).sum())
    levels = describe_levels(dict(zip(dataset.label_names, counts.tolist(), strict=True)), n_unlabelled)
    return f"Labels: column '{dataset.label_column}' ({levels}); choose others with --labels, or --labels none"


def describe_found_samples(dataset: Dataset) -> str:
    """A column that may tell samples apart, where `--sample` named none; "" without any."""
    from clustergan_core.data.counts.batches import propose_samples

    proposal = propose_samples(dataset.columns) if dataset.kind == "expression" and dataset.batches is None else None
    if proposal is None:
        return ""
    return (
        f"Samples are not told apart; {proposal.describe()} may hold them: --sample {shlex.quote(proposal.column)} "
        "judges quality and ranks genes within each"
    )


def _choose_folder(out: str | None, config: RunConfig) -> Path:
    """A name alone is a run in the runs folder, where the app sees it; with a separator it is a path."""
    if out is None:
        return runs_folder() / new_run_name(config.method, config.dataset.name, datetime.now())
    if "/" in out or os.sep in out or out in (".", ".."):
        return Path(out).expanduser()
    if not RUN_NAME.fullmatch(out):
        raise SettingsError(f"--out {out} is not a run's name: use letters, digits, dots, hyphens and underscores.")
    return runs_folder() / out


def read_config(arguments: argparse.Namespace) -> RunConfig:
    """The run that the arguments of `train` describe; loads its data. Raises AppError for invalid arguments."""
    return read_config_and_data(arguments)[0]


def read_config_and_data(arguments: argparse.Namespace) -> tuple[RunConfig, Dataset]:
    """The run that the arguments of `train` describe, and its data. Raises AppError for invalid arguments."""
    configs, dataset = read_configs_and_data(arguments, [arguments.method])
    return configs[0], dataset


def read_configs_and_data(
    arguments: argparse.Namespace, methods: Sequence[str | None]
) -> tuple[list[RunConfig], Dataset]:
    """The run that the arguments describe by each of some methods, and their data, which is opened once."""
    if not arguments.dataset:
        raise SettingsError("--dataset is missing: add a name (see the command `datasets`) or a file.")
    if arguments.threads is not None and not 1 <= arguments.threads <= 256:
        raise SettingsError(f"--threads {arguments.threads} is not possible: choose 1 to 256.")
    if arguments.steps is not None and not 1 <= arguments.steps <= 10_000_000:
        raise SettingsError(f"--steps {arguments.steps} is not possible: choose 1 to 10,000,000.")
    if arguments.evaluate_every is not None and not 1 <= arguments.evaluate_every <= 10_000_000:
        raise SettingsError(f"--evaluate-every {arguments.evaluate_every} is not possible: choose 1 to 10,000,000.")
    if not 0 <= arguments.seed < 2**63:
        raise SettingsError(f"--seed {arguments.seed} is not possible: choose 0 to {2**63 - 1}.")
    device = choose_device(arguments.device)
    expand_samples(arguments)
    options = read_data_options(arguments)
    dataset = open_dataset(arguments.dataset, options, _download_reporter())
    configs = [
        make_config(
            dataset,
            resolve_source(arguments.dataset),
            method=method,
            preset=arguments.preset,
            settings=dict(split_pair(word, "--set") for word in arguments.set),
            n_steps=arguments.steps,
            evaluate_every=arguments.evaluate_every,
            seed=arguments.seed,
            device=device,
            threads=arguments.threads,
            options=options,
            title=arguments.title,
        )
        for method in methods
    ]
    return configs, dataset


def _download_reporter() -> Callable[[str, float], None]:
    """Shows download progress on a terminal, but not in a log, which needs no percentages."""

    def show(message: str, fraction: float) -> None:
        if sys.stderr.isatty():
            end = "\n" if fraction >= 1 else ""
            print(f"\r{message} {fraction:.0%}", end=end, file=sys.stderr, flush=True)

    return show


def _reporter(run: Run) -> tuple[Callable[[Progress], None], Callable[[], None]]:
    """(shows a Progress: a bar on a terminal, otherwise one plain line per evaluation; closes the bar)."""
    if not sys.stderr.isatty():
        return _print_line, lambda: None
    bar = tqdm(total=run.config.schedule.n_steps, initial=run.status().step, unit=" steps", file=sys.stderr)

    def show(progress: Progress) -> None:
        if progress.scores is not None:
            bar.set_postfix_str(_figures(progress))
        bar.update(progress.step - bar.n)

    return show, bar.close


def _print_line(progress: Progress) -> None:
    if progress.scores is None:
        return
    remaining = progress.seconds / progress.step * (progress.n_steps - progress.step)
    print(f"step {progress.step} of {progress.n_steps}, about {remaining:.0f} s left, {_figures(progress)}", flush=True)


def _figures(progress: Progress) -> str:
    scores = progress.scores or {}
    shown = [name for name in ("purity", "accuracy", "nmi", "ari", "criterion") if name in scores]
    return ", ".join(f"{name} {scores[name]:.3f}" for name in shown)
