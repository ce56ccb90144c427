"""What is drawn of a training in the plane: the networks' state after a step, as the arrays of one frame.

Data of more than two features are drawn in their first two principal components, scaled to the unit square; of what
the networks say of every place in the plane, nothing is then shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from clustergan_core.data.dataset import DATA_SEED, Dataset, draw_subset
from clustergan_core.errors import SettingsError
from clustergan_core.lessons.recording import POSITION_LEVELS
from clustergan_core.method import Method
from clustergan_core.nn.networks import Critic
from clustergan_core.nn.prior import Latent

N_SAMPLES = 600  # generated and real samples that are drawn
N_CELLS = 32  # of a side of the square where the critic and the encoder are asked
MARGIN_FACTOR = 1.15  # room around the data for dots that lie outside
_GENERATED_SEED = 1  # of the fixed latents: the same dots in every frame


@dataclass(frozen=True)
class PlaneView:
    """The fixed latents, samples and places at which a method in the plane is looked at."""

    latent: Latent
    real: torch.Tensor  # (R, F)
    cells: torch.Tensor | None  # (S², 2), row by row from the bottom; None where F > 2
    axes: NDArray[np.float64]  # (2, F), onto which samples are projected
    origin: NDArray[np.float64]  # (F,), the sample that lies at (0, 0)

    def place(self, samples: NDArray[np.floating]) -> NDArray[np.float64]:
        """Where samples (N, F) lie in the unit square (N, 2)."""
        return (samples - self.origin) @ self.axes.T

    @torch.no_grad()
    def frame(self, method: Method) -> dict[str, NDArray[Any]]:
        """The arrays of one frame; training goes on afterwards as if nobody had looked."""
        arrays: dict[str, NDArray[Any]] = {"generated": to_levels(self.place(method.generate(self.latent).numpy()))}
        if self.cells is not None and isinstance(critic := getattr(method, "critic", None), Critic):
            scores = critic(self.cells).numpy().reshape(N_CELLS, N_CELLS)
            low, high = scores.min(), scores.max()
            arrays["critic"] = np.rint((scores - low) / max(high - low, 1e-12) * 255).astype(np.uint8)
            arrays["critic_range"] = np.array([low, high], np.float32)
        reads_at_once = method.encodes and method.max_read_with(method.settings) is None  # a descent takes minutes
        if reads_at_once and (code := method.encode(self.real).cluster) is not None:
            modes = code.argmax(dim=1).numpy()
            arrays["real_modes"] = modes.astype(np.uint8)
            arrays["masses"] = (np.bincount(modes, minlength=code.shape[1]) / len(modes)).astype(np.float32)
            if self.cells is not None:
                regions = method.encode(self.cells).cluster
                assert regions is not None
                arrays["regions"] = regions.argmax(dim=1).numpy().astype(np.uint8).reshape(N_CELLS, N_CELLS)
        return arrays


def open_plane(method: Method, dataset: Dataset) -> PlaneView:
    """The view of a method on a table of two features or more; SettingsError for other data."""
    if len(dataset.shape) != 1 or dataset.shape[0] < 2:
        raise SettingsError(f"{dataset.name} has samples of shape {dataset.shape}: a lesson's data is a table.")
    method.require("generator")
    random = torch.Generator().manual_seed(_GENERATED_SEED)
    indices = draw_subset(dataset.splits.train, N_SAMPLES, DATA_SEED)
    modes = None if method.mode_weights is None else method.mode_weights.draw(N_SAMPLES, random)
    middles = (torch.arange(N_CELLS) + 0.5) / N_CELLS
    vertical, horizontal = torch.meshgrid(middles, middles, indexing="ij")
    in_plane = dataset.shape == (2,)
    axes, origin = (np.eye(2), np.zeros(2)) if in_plane else _principal_axes(dataset.samples[dataset.splits.train])
    return PlaneView(
        method.prior.sample(N_SAMPLES, random, torch.device("cpu"), modes),
        torch.from_numpy(dataset.samples[indices]),
        torch.stack([horizontal, vertical], dim=-1).reshape(-1, 2) if in_plane else None,
        axes,
        origin,
    )


def _principal_axes(samples: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The first two principal axes (2, F) and the origin (F,) that put most samples (N, F) within the unit square."""
    mean = samples.mean(axis=0, dtype=np.float64)
    _, _, directions = np.linalg.svd(samples - mean, full_matrices=False)
    axes = directions[:2] * np.where(directions[:2].sum(axis=1, keepdims=True) < 0, -1, 1)
    extent = MARGIN_FACTOR * np.abs((samples - mean) @ axes.T).max()
    axes = axes / (2 * extent)
    # (x − origin)·axes is ½ in the middle: origin = mean − ½ Σ axis / |axis|².
    return axes, mean - (axes / (axes**2).sum(axis=1, keepdims=True)).sum(axis=0) / 2


def to_levels(points: NDArray[np.floating]) -> NDArray[np.uint16]:
    """Points of the unit square in steps of 1 / POSITION_LEVELS; what lies outside is moved to its border."""
    return np.rint(np.clip(points, 0, 1) * POSITION_LEVELS).astype(np.uint16)
