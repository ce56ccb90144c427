"""The replay of a run: latents of the same held-out samples after about 40 steps of its training, in replay/.

More of them lie at the beginning, between the first evaluations, so that a person sees clusters form within seconds of
the start. It is derived: deleting it costs nothing but the view of how the map formed.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import DATA_SEED, Dataset, draw_subset
from clustergan_core.files import write_atomically
from clustergan_core.schedule import Schedule
from clustergan_core.scoring.labelled import without_labelled
from clustergan_core.scoring.latents import RunLatents, encode_samples

if TYPE_CHECKING:
    from clustergan_core.method import Method

MAX_SAMPLES = 2_000  # of the test split
MAX_FRAMES = 40  # besides those after step 0, the early ones and those at the ends of earlier schedules
EARLY_EVALUATIONS = 2  # up to which there are early frames
EARLY_FRAMES = 5  # about so many from one of these evaluations to the next
_LEVELS = 255  # codes and confidence are kept as bytes


def write_frame(folder: Path, step: int, method: Method, dataset: Dataset) -> None:
    """Saves the latents after `step` as replay/<step>.npz: codes as bytes, z_n in half precision.

    Nothing for a method that reads no samples or takes long to, and where the test split is empty.
    """
    if not method.encodes or method.max_read_with(method.settings) is not None:
        return
    indices = draw_subset(without_labelled(method, dataset, dataset.splits.test), MAX_SAMPLES, DATA_SEED)
    if not len(indices):
        return
    latents = encode_samples(method, dataset.samples[indices], indices)
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        indices=latents.indices.astype(np.uint32),
        normal=latents.normal.astype(np.float16),
        code=_to_bytes(latents.code),
        clusters=latents.clusters.astype(np.uint16),
        confidence=_to_bytes(latents.confidence),
    )
    write_atomically(frame_path(folder, step), buffer.getvalue())


def is_kept(schedule: Schedule, step: int) -> bool:
    """Whether the replay holds a frame after `step`: evenly spaced evaluations, the ends, and early log rows.

    The spacing only ever doubles, so that the frames of a longer schedule are among those of a shorter one.
    """
    return step % _spacing(schedule) == 0 or step in schedule.ends or _is_early(schedule, step)


def is_due(schedule: Schedule, step: int, method: Method, *, is_evaluated: bool) -> bool:
    """Whether to write a frame after `step` now: never between evaluations if those fit what gives clusters."""
    return is_kept(schedule, step) and (is_evaluated or not method.is_read_calibrated)


def _is_early(schedule: Schedule, step: int) -> bool:
    return step <= EARLY_EVALUATIONS * schedule.evaluate_every and step % _early_spacing(schedule) == 0


def cut_replay(folder: Path, schedule: Schedule, last_step: int) -> None:
    """Deletes the frames after `last_step`, which will be written again, and those that `schedule` does not keep."""
    for step in frame_steps(folder):
        if step > last_step or not is_kept(schedule, step):
            frame_path(folder, step).unlink()


def frame_path(folder: Path, step: int) -> Path:
    """Where the frame after `step` is stored."""
    return folder / "replay" / f"{step:08d}.npz"


def frame_steps(folder: Path) -> list[int]:
    """The steps that have a frame, ascending."""
    return sorted(int(path.stem) for path in (folder / "replay").glob("*.npz"))


def read_frame(folder: Path, step: int) -> RunLatents | None:
    """The latents after `step`; None where the frame is gone or cannot be read."""
    try:
        with np.load(frame_path(folder, step), allow_pickle=False) as stored:
            return RunLatents(
                stored["indices"].astype(np.int64),
                stored["normal"].astype(np.float32),
                stored["code"].astype(np.float32) / _LEVELS,
                stored["clusters"].astype(np.int64),
                stored["confidence"].astype(np.float32) / _LEVELS,
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def estimate_replay_bytes(schedule: Schedule, n_test: int, n_clusters: int, n_normal: int) -> int:
    """The most bytes that the replay of a run with `n_test` test samples takes."""
    n_early = EARLY_EVALUATIONS * schedule.evaluate_every // _early_spacing(schedule)
    n_frames = 2 + n_early + schedule.n_steps // _spacing(schedule)
    return n_frames * min(n_test, MAX_SAMPLES) * (n_clusters + 2 * n_normal + 7)


def _spacing(schedule: Schedule) -> int:
    """The steps from one frame to the next."""
    spacing = schedule.evaluate_every
    while schedule.n_steps // spacing > MAX_FRAMES:
        spacing *= 2
    return spacing


def _early_spacing(schedule: Schedule) -> int:
    """The steps from one early frame to the next, a multiple of those between two log rows.

    It does not depend on the number of steps, so that a continuation keeps the early frames.
    """
    return schedule.log_every * max(1, schedule.evaluate_every // EARLY_FRAMES // schedule.log_every)


def _to_bytes(shares: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.rint(shares * _LEVELS).astype(np.uint8)
