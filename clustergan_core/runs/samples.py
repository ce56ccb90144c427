"""Generated samples kept over training: every mode from the same z_n, so that only the weights change."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clustergan_core.files import write_atomically
from clustergan_core.generation import generate_grid

if TYPE_CHECKING:
    from clustergan_core.method import Method


N_COLUMNS = 8
N_COLUMNS_MANY_MODES = 2  # above 20 modes, so that a history stays small


def write_grid(folder: Path, step: int, method: Method) -> None:
    """Saves the grid after `step` as samples/<step>.npy: bytes for images, half precision otherwise.

    Nothing for a method without modes, which has no rows for it.
    """
    if not method.has_modes:
        return
    n_columns = N_COLUMNS if method.prior.n_clusters <= 20 else N_COLUMNS_MANY_MODES
    grid = generate_grid(method, n_columns)
    compact = (grid * 255).round().astype(np.uint8) if method.kind == "image" else grid.astype(np.float16)
    buffer = io.BytesIO()
    np.save(buffer, compact, allow_pickle=False)
    write_atomically(grid_path(folder, step), buffer.getvalue())


def grid_path(folder: Path, step: int) -> Path:
    """Where the grid after `step` is kept."""
    return folder / "samples" / f"{step:08d}.npy"


def grid_steps(folder: Path) -> list[int]:
    """The steps whose grids are there, ascending."""
    return sorted(int(path.stem) for path in (folder / "samples").glob("*.npy"))


def read_grid(folder: Path, step: int) -> NDArray[np.float32]:
    """The grid (n_clusters, n_columns, *shape) after `step`."""
    stored = np.load(grid_path(folder, step), allow_pickle=False)
    return stored.astype(np.float32) / 255 if stored.dtype == np.uint8 else stored.astype(np.float32)
