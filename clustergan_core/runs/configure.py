"""make_config: the configuration of a new run, with defaults filled in."""

from __future__ import annotations

import os
from datetime import datetime
from functools import cache, lru_cache
from importlib.metadata import version
from platform import python_version
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from clustergan_core.data.dataset import Dataset, Kind
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.invalid_settings import explain_invalid
from clustergan_core.methods import default_method, find_method, parse_settings, try_networks
from clustergan_core.preset import PresetName
from clustergan_core.runs.config import DatasetRecord, RunConfig, chosen_k_note
from clustergan_core.schedule import make_schedule

if TYPE_CHECKING:
    from clustergan_core.method_facts import MethodSettings


FALLBACK_N_CLUSTERS = 10
RECORDED_PACKAGES = ("torch", "numpy", "scikit-learn")
RECORDED_FOR_CELLS = ("scanpy", "anndata", "igraph", "leidenalg")  # they read, prepare and cluster count matrices
RECORDED_FOR_BATCHES = ("harmonypy",)  # partners across the samples of an experiment


@lru_cache(maxsize=200)
def _count_trained(method: str, settings: MethodSettings, kind: Kind, shape: tuple[int, ...]) -> int:
    """Parameters that are trained; their running averages cost next to nothing.

    Kept, as the form for a new run asks twice at every change. Raises SettingsError for networks that do not fit.
    """
    networks = try_networks(method, settings, kind, shape)
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
    """Fills in what is not given: the method, the preset's settings and length, and K.

    The default method is the one with the best scores that has the preset. K is `settings["n_clusters"]` if set, else
    the number of labels that a person chose or whose column's name confirms them, else `suggest_cell_k`'s answer for
    cells and 10 for all other data; `notes` says which. The default number of threads depends on the size of the
    networks.
    Raises SettingsError for an unknown or impossible setting.
    """
    method = find_method(method or default_method(preset)).name
    chosen = find_method(method).find_preset(preset, source, dataset.kind, dataset.shape)
    given = dict(settings or {})
    n_clusters, note = _choose_n_clusters(given, dataset)
    full = parse_settings(method, {**chosen.settings, **given, "n_clusters": n_clusters})
    n_trained = _count_trained(method, full, dataset.kind, dataset.shape)  # type: ignore[arg-type]  # frozen models can be hashed
    if threads is None:
        from clustergan_core.nn.acceleration import choose_threads

        n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        threads = choose_threads(n_trained, n_cores)
    record = DatasetRecord(
        source=source,
        name=dataset.name,
        digest=dataset.digest,
        kind=dataset.kind,
        shape=dataset.shape,
        n_samples=len(dataset.samples),
        label_names=dataset.label_names,
        feature_names=dataset.feature_names,
        batch_names=() if dataset.batches is None else dataset.batches.names,
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
            versions=_versions(dataset),
            notes=(note,),
        )
    except ValidationError as error:
        raise explain_invalid(error) from error


def _versions(dataset: Dataset) -> dict[str, str]:
    packages = RECORDED_PACKAGES + (RECORDED_FOR_CELLS if dataset.kind == "expression" else ())
    packages += () if dataset.batches is None else RECORDED_FOR_BATCHES
    return {"python": python_version()} | {name: _version(name) for name in packages}


@cache
def _version(package: str) -> str:
    return version(package)


def _choose_n_clusters(settings: dict[str, Any], dataset: Dataset) -> tuple[Any, str]:
    if settings.get("n_clusters") is not None:
        return settings["n_clusters"], chosen_k_note(settings["n_clusters"])
    if (n_labels := dataset.n_confirmed_labels) is not None and n_labels >= 2:
        return n_labels, f"K = {n_labels}, the number of labels in the data."
    why = "no labels are chosen" if dataset.has_confirmed_labels else "the proposed labels are not confirmed"
    if dataset.kind == "expression":
        from clustergan_core.cells.suggest_k import suggest_cell_k

        n_clusters = suggest_cell_k(dataset).n_clusters
        return (
            n_clusters,
            f"K = {n_clusters}, the number of clusters that Leiden finds, as {why}.",
        )
    if not dataset.has_confirmed_labels:
        return FALLBACK_N_CLUSTERS, f"K = {FALLBACK_N_CLUSTERS}, because {why}."
    return FALLBACK_N_CLUSTERS, f"K = {FALLBACK_N_CLUSTERS}, because the data has no labels to count."
