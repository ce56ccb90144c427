"""record() and Take: training by the one loop, train(), of which is kept what the player draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from clustergan_core.data.dataset import PlantedModes
from clustergan_core.data.opening import open_dataset
from clustergan_core.lessons.measures import count_reached
from clustergan_core.lessons.origin import describe_origin
from clustergan_core.lessons.plane import open_plane, to_levels
from clustergan_core.lessons.recording import Bookmark, Header, Islands, Recording, Setup
from clustergan_core.methods import build_method, parse_settings
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
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        take = Take(setup, name, command)
        for step in take.train():
            on_step(step)
        return take.recording()
    finally:
        torch.set_num_threads(threads)


@dataclass(frozen=True)
class Frame:
    """What is drawn after a step."""

    step: int
    arrays: dict[str, NDArray[Any]]
    losses: dict[str, float]  # means over the steps since the frame before; none before training
    is_extra: bool  # asked for by a person; it is no part of the recording


class Take:
    """A recording while it is made: `train` goes on by one step at a time, and `frames` grows.

    It uses as many threads as PyTorch is set to, and raises SettingsError as `record` does.
    """

    def __init__(self, setup: Setup, name: str, command: list[str]) -> None:
        dataset = self._dataset = open_dataset(setup.dataset)
        settings = parse_settings(setup.method, setup.settings)
        self._method = build_method(
            setup.method, settings, dataset.kind, dataset.shape, setup.seed, torch.device("cpu")
        )
        self._view = open_plane(self._method, dataset)
        planted = dataset.modes if isinstance(dataset.modes, PlantedModes) else None
        self._header = Header(
            **describe_origin(name, setup, settings, dataset, command),
            n_modes=self._method.prior.n_clusters,
            islands=None
            if planted is None
            else Islands(means=tuple((float(x), float(y)) for x, y in planted.means), spread=planted.spread),
        )
        self.frames = [Frame(0, self._view.frame(self._method), {}, is_extra=False)]
        self._since = list[dict[str, float]]()  # the losses of each step after the last frame of the recording

    @property
    def step(self) -> int:
        """The steps trained so far."""
        kept = next(frame for frame in reversed(self.frames) if not frame.is_extra)
        return kept.step + len(self._since)

    def train(self) -> Iterator[int]:
        """Trains to the last step and yields each step, once its frame is there if it has one."""
        setup = self._header.setup
        kept = set(frame_steps(setup.n_steps, setup.thinning))
        schedule = Schedule(n_steps=setup.n_steps, log_every=1, evaluate_every=setup.n_steps)
        for progress in train(self._method, self._dataset, schedule, setup.seed, torch.device("cpu")):
            self._since.append(progress.losses)
            if progress.step in kept:
                losses = {loss: float(np.mean([row[loss] for row in self._since])) for loss in progress.losses}
                self.frames.append(Frame(progress.step, self._view.frame(self._method), losses, is_extra=False))
                self._since = []
            yield progress.step

    def look(self) -> None:
        """Adds a frame of the step trained last where it has none; the recording stays what it would be without."""
        if self.step > self.frames[-1].step:
            frame = Frame(self.step, self._view.frame(self._method), self._since[-1], is_extra=True)
            self.frames.append(frame)

    def recording(self) -> Recording:
        """The recording of the steps so far."""
        recording = self.part([frame for frame in self.frames if not frame.is_extra])
        marks = find_bookmarks(recording.header.islands, count_reached(recording))
        arrays = dict(recording.arrays)
        if self.step == recording.header.setup.n_steps:  # by then a method without an encoder has its centres
            arrays["clusters"] = self._method.assign_all(self._view.real)[0].numpy().astype(np.uint8)
        return Recording(recording.header.model_copy(update={"bookmarks": marks}), arrays)

    def part(self, frames: Sequence[Frame]) -> Recording:
        """A recording of some of the frames, at least one, without bookmarks."""
        latent, has_modes = self._view.latent, self._method.has_modes
        loss_names = tuple(frames[-1].losses)
        arrays: dict[str, NDArray[Any]] = {
            "steps": np.array([frame.step for frame in frames], np.uint32),
            "real": to_levels(self._view.place(self._view.real.numpy())),
            **({"generated_modes": latent.cluster.argmax(dim=1).numpy().astype(np.uint8)} if has_modes else {}),
            **{key: np.stack([frame.arrays[key] for frame in frames]) for key in frames[0].arrays},
            # Before the first step there is no loss.
            "losses": np.array(
                [[frame.losses.get(loss, np.nan) for loss in loss_names] for frame in frames], np.float32
            ),
        }
        return Recording(self._header.model_copy(update={"loss_names": loss_names}), arrays)


def find_bookmarks(islands: Islands | None, n_reached: Sequence[int]) -> tuple[Bookmark, ...]:
    """The frames in which the first island, half of them and all of them are reached for the first time.

    n_reached: how many islands each frame reaches.
    """
    if islands is None:
        return ()
    n = len(islands.means)
    titles = {1: "First island", n // 2: f"{n // 2} of {n} islands", n: f"All {n} islands"}
    marks: dict[int, str] = {}
    for goal, title in titles.items():
        frame = next((frame for frame, count in enumerate(n_reached) if count >= goal), None)
        if frame is not None:
            marks[frame] = title  # where several fall on one frame, the largest
    return tuple(Bookmark(frame=frame, title=title) for frame, title in sorted(marks.items()))
