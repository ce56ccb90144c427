"""Figures that are read from recordings: what Reveal states, and the tests compute again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from clustergan_core.errors import DataError
from clustergan_core.evaluation.mode_counting import GOOD_WITHIN
from clustergan_core.lessons.arrays import ArraysRecording
from clustergan_core.lessons.lesson import Measure
from clustergan_core.lessons.recording import Recording

REACHED_SHARE = 0.01  # of the generated samples: fewer on an island are chance
LATE_SHARE = 0.2  # of the steps


def island_of(recording: Recording, frame: int) -> NDArray[np.int64]:
    """The island (N,) on which each generated sample lies, −1 between them."""
    islands = recording.header.islands
    if islands is None:
        raise DataError(f"{recording.header.name} has no islands: count them on data whose Gaussians are known.")
    distances = np.linalg.norm(recording.positions(frame)[:, None] - np.array(islands.means), axis=2)  # (N, islands)
    return np.where(distances.min(axis=1) <= GOOD_WITHIN * islands.spread, distances.argmin(axis=1), -1)


def reached_islands(recording: Recording, frame: int = -1) -> list[int]:
    """The islands that hold at least one in a hundred of the generated samples."""
    on = island_of(recording, frame)
    numbers, counts = np.unique(on[on >= 0], return_counts=True)
    return numbers[counts >= REACHED_SHARE * len(on)].tolist()


def count_reached(recording: Recording) -> list[int]:
    """How many islands each frame reaches; none where it is not known where they are."""
    if recording.header.islands is None:
        return []
    return [len(reached_islands(recording, frame)) for frame in range(recording.n_frames)]


def stray_share(recording: Recording, frame: int = -1) -> float:
    """The share of generated samples that lie on no island, in [0, 1]."""
    return float((island_of(recording, frame) < 0).mean())


def late_frames(recording: Recording) -> list[int]:
    """The frames of the last fifth of the training: dots still move, so one frame would be chance."""
    steps = recording.arrays["steps"]
    return np.flatnonzero(steps >= (1 - LATE_SHARE) * steps[-1]).tolist()


def measure(name: Measure, recordings: Sequence[Recording]) -> float:
    """The median over recordings of what `name` says of their late frames."""
    return float(np.median([_MEASURES[name](recording) for recording in recordings]))


def _late_strays(recording: Recording) -> list[float]:
    return [stray_share(recording, frame) for frame in late_frames(recording)]


def _late_islands(recording: Recording) -> list[int]:
    return [len(reached_islands(recording, frame)) for frame in late_frames(recording)]


_MEASURES: dict[Measure, Callable[[Recording], float]] = {
    "islands": lambda recording: float(np.median(_late_islands(recording))),
    "strays": lambda recording: float(np.median(_late_strays(recording))),
    "fewest-strays": lambda recording: min(_late_strays(recording)),
}


def z_distances(recording: ArraysRecording) -> NDArray[np.float32]:
    """The mean square distance (T,) between z and E(G(z)) over all its entries."""
    n_modes = int(recording.header.setup.settings["n_clusters"])
    n_entries = recording.arrays["z"].shape[1]
    parts = recording.arrays
    total = (n_entries - n_modes) * parts["normal_distance"] + n_modes * parts["cluster_distance"]
    return total / n_entries
