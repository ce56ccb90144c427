"""What is drawn of a training in the plane: the networks' state after a step, as the arrays of one frame."""

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
_GENERATED_SEED = 1  # of the fixed latents: the same dots in every frame


@dataclass(frozen=True)
class PlaneView:
    """The fixed latents, samples and places at which a method in the plane is looked at."""

    latent: Latent
    real: torch.Tensor  # (R, 2)
    cells: torch.Tensor  # (S², 2), row by row from the bottom

    @torch.no_grad()
    def frame(self, method: Method) -> dict[str, NDArray[Any]]:
        """The arrays of one frame; training goes on afterwards as if nobody had looked."""
        arrays: dict[str, NDArray[Any]] = {"generated": to_levels(method.generate(self.latent).numpy())}
        if isinstance(critic := getattr(method, "critic", None), Critic):
            scores = critic(self.cells).numpy().reshape(N_CELLS, N_CELLS)
            low, high = scores.min(), scores.max()
            arrays["critic"] = np.rint((scores - low) / max(high - low, 1e-12) * 255).astype(np.uint8)
            arrays["critic_range"] = np.array([low, high], np.float32)
        if method.encodes and (code := method.encode(self.real).cluster) is not None:
            modes = code.argmax(dim=1).numpy()
            arrays["real_modes"] = modes.astype(np.uint8)
            arrays["masses"] = (np.bincount(modes, minlength=code.shape[1]) / len(modes)).astype(np.float32)
            regions = method.encode(self.cells).cluster
            assert regions is not None
            arrays["regions"] = regions.argmax(dim=1).numpy().astype(np.uint8).reshape(N_CELLS, N_CELLS)
        return arrays


def open_plane(method: Method, dataset: Dataset) -> PlaneView:
    """The view of a method on a data set of two features; SettingsError where it has no generator or another shape."""
    if dataset.shape != (2,):
        raise SettingsError(f"{dataset.name} has samples of shape {dataset.shape}: a lesson's data has two features.")
    method.require("generator")
    random = torch.Generator().manual_seed(_GENERATED_SEED)
    indices = draw_subset(dataset.splits.train, N_SAMPLES, DATA_SEED)
    middles = (torch.arange(N_CELLS) + 0.5) / N_CELLS
    vertical, horizontal = torch.meshgrid(middles, middles, indexing="ij")
    return PlaneView(
        method.prior.sample(N_SAMPLES, random, torch.device("cpu")),
        torch.from_numpy(dataset.samples[indices]),
        torch.stack([horizontal, vertical], dim=-1).reshape(-1, 2),
    )


def to_levels(points: NDArray[np.floating]) -> NDArray[np.uint16]:
    """Points of the unit square in steps of 1 / POSITION_LEVELS; what lies outside is moved to its border."""
    return np.rint(np.clip(points, 0, 1) * POSITION_LEVELS).astype(np.uint16)
