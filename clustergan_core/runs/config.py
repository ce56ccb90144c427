"""RunConfig: everything that repeats a run, as config.json holds it."""

from __future__ import annotations

import os
import shlex
from datetime import datetime
from importlib.metadata import version
from platform import python_version
from typing import Any

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clustergan_core.data.counts.preparation_options import read_preparation
from clustergan_core.data.dataset import Dataset, Kind
from clustergan_core.data.options import OwnDataOptions, join_values
from clustergan_core.data.registry import DATASETS
from clustergan_core.errors import SettingsError
from clustergan_core.method import Method, MethodSettings
from clustergan_core.methods import METHODS, default_method, find_method
from clustergan_core.methods.presets import PresetName, find_preset
from clustergan_core.nn.acceleration import choose_threads
from clustergan_core.runs.cell_k import suggest_cell_k
from clustergan_core.runs.invalid_settings import explain_invalid
from clustergan_core.training import Schedule

FORMAT = 2  # 2: a schedule may hold extensions
FALLBACK_N_CLUSTERS = 10
LEAST_BETWEEN, LEAST_BETWEEN_LARGE = 100, 200  # steps from one evaluation to the next
RECORDED_PACKAGES = ("torch", "numpy", "scikit-learn")
RECORDED_FOR_CELLS = ("scanpy", "anndata", "igraph", "leidenalg")  # what reads, prepares and clusters count matrices


class DatasetRecord(BaseModel):
    """Which data a run was trained on, and how its samples look."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str  # a name in DATASETS, or the path of a person's own file
    name: str
    digest: str
    kind: Kind
    shape: tuple[int, ...]
    n_samples: int
    label_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    preprocessing: tuple[dict[str, Any], ...] = ()
    options: OwnDataOptions = OwnDataOptions()

    @property
    def has_splits(self) -> bool:
        """Whether some samples were held out; a person's own are all trained on and scored unless they say so."""
        if "hold_out" in self.options.preparation:
            return read_preparation(self.options.preparation).hold_out
        return self.source in DATASETS and DATASETS[self.source].has_splits


class RunConfig(BaseModel):
    """Everything that repeats a run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    title: str = ""
    created: datetime
    method: str
    dataset: DatasetRecord
    preset: PresetName
    settings: dict[str, Any]
    schedule: Schedule
    seed: int = Field(ge=0, le=2**63 - 1, title="Seed", description="Of weights, batches and latents.")
    device: str
    threads: int = Field(ge=1, le=256)
    versions: dict[str, str]
    notes: tuple[str, ...] = ()  # what was decided for the person, such as K

    def method_settings(self) -> MethodSettings:
        """The settings as the method's own model."""
        return parse_settings(self.method, self.settings)

    @property
    def method_title(self) -> str:
        """The method as people call it; its name where this version has no such method."""
        return METHODS[self.method].title if self.method in METHODS else self.method

    @property
    def n_clusters(self) -> int:
        """K, the number of modes."""
        return int(self.settings["n_clusters"])

    def command(self) -> str:
        """The command line that repeats this run; one that was extended takes a second command."""
        schedule = self.schedule
        n_planned = schedule.ends[0]
        words = ["python", "-m", "clustergan_core", "train", "--dataset", self.dataset.source, "--method", self.method]
        words += ["--preset", self.preset, "--seed", str(self.seed), "--steps", str(n_planned)]
        if schedule.evaluate_every != make_schedule(n_planned, self.dataset.shape).evaluate_every:
            words += ["--evaluate-every", str(schedule.evaluate_every)]
        words += ["--device", self.device, "--threads", str(self.threads)]
        for option, value in self.own_data_words():
            words += [option, value]
        for key, value in self.differing_settings().items():
            words += ["--set", f"{key}={value}"]
        if schedule.extensions:
            words += ["--out", "RUN"]
        goes_on = ["python", "-m", "clustergan_core", "continue", "RUN", "--steps"]
        return " && ".join(map(shlex.join, [words, *([*goes_on, str(n_more)] for n_more in schedule.extensions)]))

    def own_data_words(self) -> list[tuple[str, str]]:
        """How its file is read, as options of `train` and their values; none for our own data sets."""
        options = self.dataset.options
        words = [("--labels", options.labels)] if options.labels else []
        words += [("--only", f"{column}={join_values(values)}") for column, values in options.only.items()]
        words += [("--drop", f"{column}={join_values(values)}") for column, values in options.drop.items()]
        words += [("--ids", options.ids)] if options.ids else []
        words += [("--prepare", f"{name}={value}") for name, value in options.preparation.items()]
        words += [("--read-as", options.read_as)] if options.read_as != "auto" else []
        words += [("--orientation", options.orientation)] if options.orientation != "auto" else []
        words += [("--image-side", str(options.image_side))] if options.image_side else []
        return words

    def differing_settings(self) -> dict[str, Any]:
        """Settings that the preset alone would not give, those that an older run does not name at its default."""
        preset = find_preset(self.method, self.preset, self.dataset.source, self.dataset.kind, self.dataset.shape)
        implied = parse_settings(self.method, preset.settings).model_dump() | {"n_clusters": None}
        return {key: value for key, value in self.method_settings().model_dump().items() if implied[key] != value}

    def changed_settings(self) -> dict[str, Any]:
        """Settings that a person chose otherwise: K is none of them where the data gave it."""
        changed = self.differing_settings()
        is_k_given = self.n_clusters == len(self.dataset.label_names) or _say_chosen(self.n_clusters) not in self.notes
        return {key: value for key, value in changed.items() if key != "n_clusters" or not is_k_given}


def _count_trained(networks: Method) -> int:
    """Parameters that learn; running averages of them cost next to nothing."""
    return sum(parameter.numel() for parameter in networks.parameters() if parameter.requires_grad)


def make_config(
    dataset: Dataset,
    source: str,
    *,
    method: str | None = None,
    preset: PresetName = "default",
    settings: dict[str, Any] | None = None,
    n_steps: int | None = None,
    evaluate_every: int | None = None,
    seed: int = 0,
    device: str = "cpu",
    threads: int | None = None,
    options: OwnDataOptions | None = None,
    title: str = "",
) -> RunConfig:
    """Fills in what was left open: the method, the preset's settings and length, and K.

    Without a method it is the one with the best figures that has the preset. K is `settings["n_clusters"]` if set, else
    the number of labels, else what `suggest_cell_k` says of cells and 10 of all else; `notes` says which. Where not
    set, threads follow the size of the networks.
    Raises SettingsError for an unknown or impossible setting.
    """
    method = find_method(method or default_method(preset)).name
    chosen = find_preset(method, preset, source, dataset.kind, dataset.shape)
    given = dict(settings or {})
    n_clusters, note = _choose_n_clusters(given, dataset)
    full = parse_settings(method, {**chosen.settings, **given, "n_clusters": n_clusters})
    networks = try_networks(method, full, dataset.kind, dataset.shape)
    if threads is None:
        n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        threads = choose_threads(_count_trained(networks), n_cores)
    record = DatasetRecord(
        source=source,
        name=dataset.name,
        digest=dataset.digest,
        kind=dataset.kind,
        shape=dataset.shape,
        n_samples=len(dataset.samples),
        label_names=dataset.label_names,
        feature_names=dataset.feature_names,
        preprocessing=dataset.preprocessing,
        options=options or OwnDataOptions(),
    )
    try:
        return RunConfig(
            title=title,
            created=datetime.now().astimezone(),
            method=method,
            dataset=record,
            preset=preset,
            settings=full.model_dump(),
            schedule=make_schedule(chosen.n_steps if n_steps is None else n_steps, dataset.shape, evaluate_every),
            seed=seed,
            device=device,
            threads=threads,
            versions=_versions(dataset.kind),
            notes=(note,),
        )
    except ValidationError as error:
        raise explain_invalid(error) from error


def _versions(kind: Kind) -> dict[str, str]:
    packages = RECORDED_PACKAGES + (RECORDED_FOR_CELLS if kind == "expression" else ())
    return {"python": python_version()} | {name: version(name) for name in packages}


def try_networks(method: str, settings: MethodSettings, kind: Kind, shape: tuple[int, ...]) -> Method:
    """A method's networks without numbers: those that do not fit the data raise SettingsError before there is a run."""
    with torch.device("meta"):
        return find_method(method)(settings, kind, shape)


def make_schedule(n_steps: int, shape: tuple[int, ...], evaluate_every: int | None = None) -> Schedule:
    """A rhythm that reports every second or two on two cores: networks for larger samples take longer steps.

    A rhythm of evaluations chosen by a person is kept, rounded up to a log row.
    """
    is_large = len(shape) == 3 and shape[1] * shape[2] > 256
    log_every = 10 if is_large else 50
    log_every = max(1, min(log_every, n_steps // 20))
    # About 20 evaluations a run, and no more than cost a tenth of its time (benchmarks/evaluation_cost.py); each at a
    # log row, so that every row's means cover the same number of steps.
    if evaluate_every is None:
        least = min(LEAST_BETWEEN_LARGE if is_large else LEAST_BETWEEN, n_steps // 2)
        evaluate_every = max(log_every, max(n_steps // 20, least) // log_every * log_every)
    else:
        log_every = min(log_every, max(1, evaluate_every))
        evaluate_every = -(-evaluate_every // log_every) * log_every
    return Schedule(n_steps=n_steps, log_every=log_every, evaluate_every=evaluate_every)


def parse_settings(method: str, settings: dict[str, Any]) -> MethodSettings:
    """Settings as the method's model; a wrong one raises SettingsError with its name, value and what it may be."""
    model = find_method(method).Settings
    try:
        return model.model_validate(settings)
    except ValidationError as error:
        problem = error.errors()[0]
        name = str(problem["loc"][0])
        if problem["type"] == "extra_forbidden":
            known = ", ".join(model.model_fields)
            raise SettingsError(f"{method} has no setting named {name}: choose one of {known}.") from error
        raise explain_invalid(error) from error


def _say_chosen(n_clusters: Any) -> str:
    return f"K = {n_clusters}, as chosen."


def _choose_n_clusters(settings: dict[str, Any], dataset: Dataset) -> tuple[Any, str]:
    if settings.get("n_clusters") is not None:
        return settings["n_clusters"], _say_chosen(settings["n_clusters"])
    if dataset.n_labels is not None and dataset.n_labels >= 2:
        return dataset.n_labels, f"K = {dataset.n_labels}, the number of labels in the data."
    if dataset.kind == "expression":
        n_clusters = suggest_cell_k(dataset).n_clusters
        return (
            n_clusters,
            f"K = {n_clusters}, the number of clusters that Leiden finds, as no labels are chosen.",
        )
    return FALLBACK_N_CLUSTERS, f"K = {FALLBACK_N_CLUSTERS}, because the data has no labels to count."
