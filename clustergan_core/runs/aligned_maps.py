"""The aligned t-SNE maps of a run's replay, kept with its other maps."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator

import numpy as np

from clustergan_core.embedding.aligned import SETTINGS, AlignedMaps, align_maps
from clustergan_core.errors import RunError
from clustergan_core.files import write_atomically
from clustergan_core.runs.replay import frame_path, frame_steps, read_frame
from clustergan_core.runs.run import Run


def compute_aligned(run: Run) -> Iterator[AlignedMaps]:
    """Lays the latents of all kept steps out, the last one first; what is whole is stored.

    Latents are ẑ_n beside the code. Raises RunError for a run without a replay, or where a step cannot be read.
    """
    frames = [read_frame(run.folder, step) for step in frame_steps(run.folder)]
    whole = [frame for frame in frames if frame is not None]
    if not whole or len(whole) < len(frames):
        raise RunError(f"Steps of the replay of {run.name} cannot be read: train it again to lay its maps out.")
    for maps in align_maps([np.hstack([frame.normal, frame.code]) for frame in whole]):
        if maps.is_whole:
            _write(run, maps)
        yield maps


def read_aligned(run: Run) -> AlignedMaps | None:
    """The stored maps of exactly the steps that the run has now; None where there are none."""
    try:
        path = run.embeddings_folder() / _file_name(run)
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            coordinates = tuple(stored["coordinates"])
            return AlignedMaps(coordinates, len(coordinates), float(stored["own_move"]))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None  # derived: what is damaged is computed again


def _write(run: Run, maps: AlignedMaps) -> None:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, coordinates=np.stack(maps.coordinates), own_move=np.array(maps.own_move))
    write_atomically(run.embeddings_folder() / _file_name(run), buffer.getvalue())


def _file_name(run: Run) -> str:
    """Changes with every frame and with the settings."""
    stats = [(step, frame_path(run.folder, step).stat()) for step in frame_steps(run.folder)]
    facts = [(step, stat.st_size, stat.st_mtime_ns) for step, stat in stats]
    return f"aligned-{hashlib.sha256(repr((facts, SETTINGS.model_dump())).encode()).hexdigest()[:16]}.npz"
