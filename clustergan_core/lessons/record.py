"""record(): trains by the one loop, train(), and keeps what the player draws."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from clustergan_core.data.dataset import Dataset, PlantedModes
from clustergan_core.data.opening import open_dataset
from clustergan_core.lessons.measures import reached_islands
from clustergan_core.lessons.plane import open_plane, to_levels
from clustergan_core.lessons.recording import Bookmark, Header, Islands, Recording, Setup
from clustergan_core.methods import build_method, parse_settings
from clustergan_core.runs.configure import make_config
from clustergan_core.schedule import Schedule
from clustergan_core.training import train


def frame_steps(n_steps: int, thinning: int = 1) -> list[int]:
    """The steps whose frames are kept: all up to 30, every 5th to 300, then every 8th, and the last.

    With `thinning` only every how manyth of them, so that a second seed costs less.
    """
    usual = [*range(31), *range(35, 301, 5), *range(308, n_steps + 1, 8)]
    return sorted({step for step in usual if step <= n_steps and usual.index(step) % thinning == 0} | {n_steps})


def record(
    setup: Setup, name: str, command: list[str], on_step: Callable[[int], object] = lambda step: None
) -> Recording:
    """Trains on the CPU with one thread and returns the recording; `on_step` is called after every step.

    The same setup, versions and processor give the same recording. `command` is what records it again. Raises
    SettingsError for settings that are not possible and for data of other than two features.
    """
    dataset = open_dataset(setup.dataset)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _record(setup, name, command, dataset, on_step)
    finally:
        torch.set_num_threads(threads)


def _record(
    setup: Setup, name: str, command: list[str], dataset: Dataset, on_step: Callable[[int], object]
) -> Recording:
    device = torch.device("cpu")
    settings = parse_settings(setup.method, setup.settings)
    method = build_method(setup.method, settings, dataset.kind, dataset.shape, setup.seed, device)
    view = open_plane(method, dataset)
    kept = set(frame_steps(setup.n_steps, setup.thinning))
    frames, steps, losses, since = [view.frame(method)], [0], [dict[str, float]()], list[dict[str, float]]()
    schedule = Schedule(n_steps=setup.n_steps, log_every=1, evaluate_every=setup.n_steps)
    for progress in train(method, dataset, schedule, setup.seed, device):
        since.append(progress.losses)
        if progress.step in kept:
            frames.append(view.frame(method))
            steps.append(progress.step)
            losses.append({loss: float(np.mean([row[loss] for row in since])) for loss in progress.losses})
            since = []
        on_step(progress.step)
    loss_names = tuple(losses[-1])
    arrays: dict[str, NDArray[Any]] = {
        "steps": np.array(steps, np.uint32),
        "real": to_levels(view.place(view.real.numpy())),
        **({"generated_modes": view.latent.cluster.argmax(dim=1).numpy().astype(np.uint8)} if method.has_modes else {}),
        **{key: np.stack([frame[key] for frame in frames]) for key in frames[0]},
        # Before the first step there is no loss.
        "losses": np.array([[row.get(loss, np.nan) for loss in loss_names] for row in losses], np.float32),
        "clusters": method.assign_all(view.real)[0].numpy().astype(np.uint8),
    }
    planted = dataset.modes if isinstance(dataset.modes, PlantedModes) else None
    header = Header(
        name=name,
        setup=setup.model_copy(update={"settings": settings.model_dump(mode="json")}),
        command=shlex.join(command),
        versions=make_config(
            dataset, setup.dataset, method=setup.method, settings=setup.settings, n_steps=1, threads=1
        ).versions,
        n_modes=method.prior.n_clusters,
        islands=None
        if planted is None
        else Islands(means=tuple((float(x), float(y)) for x, y in planted.means), spread=planted.spread),
        loss_names=loss_names,
    )
    recording = Recording(header, arrays)
    return Recording(header.model_copy(update={"bookmarks": _bookmarks(recording)}), arrays)


def _bookmarks(recording: Recording) -> tuple[Bookmark, ...]:
    """The frames in which the first island, half of them and all of them are reached for the first time."""
    islands = recording.header.islands
    if islands is None:
        return ()
    counts = [len(reached_islands(recording, frame)) for frame in range(recording.n_frames)]
    n = len(islands.means)
    titles = {1: "First island", n // 2: f"{n // 2} of {n} islands", n: f"All {n} islands"}
    first = {goal: next((frame for frame, count in enumerate(counts) if count >= goal), None) for goal in titles}
    marks: dict[int, str] = {}
    for goal, frame in first.items():
        if frame is not None:
            marks[frame] = titles[goal]  # where several fall on one frame, the largest
    return tuple(Bookmark(frame=frame, title=title) for frame, title in sorted(marks.items()))
