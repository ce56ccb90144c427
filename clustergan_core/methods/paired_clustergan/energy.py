"""The energy score of generated samples against real ones of their mode: what keeps the variance within a mode.

Without it, the game makes the samples of a mode nearly alike where the data holds much noise that no smooth generator
can make (counts of single cells): the critic tells single samples apart by their noise, and a sample in the middle of
its mode is the safest. The energy score is proper: its mean over real samples is least where generated samples have
their distribution, so repeating the mean of a mode costs more than varying as it does.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from clustergan_core.evaluation.nearness import fit_real_space

# With 20, samples left the data in the directions beyond, where it hardly varies (docs/experiments/paired-game.md).
N_COMPONENTS = 50


class Components(NamedTuple):
    """The first 50 principal components of the training samples, in units of their common standard deviation."""

    mean: Tensor  # (D,)
    axes: Tensor  # (50, D), divided by the root of the total variance within these components

    def project(self, samples: Tensor) -> Tensor:
        """Samples (B, *shape) as points (B, 50)."""
        return (samples.flatten(1) - self.mean) @ self.axes.T


def fit_components(samples: Tensor) -> Components:
    """The components of samples (N, *shape), on their device; the same for the same samples."""
    space = fit_real_space(samples.flatten(1).cpu().numpy(), N_COMPONENTS)
    scale = max(float(space.points.var(axis=0).sum()) ** 0.5, 1e-12)
    mean, axes = (torch.from_numpy(part).to(samples.device) for part in (space.mean, space.axes))
    return Components(mean, axes / scale)


def energy_score(first: Tensor, second: Tensor, real: Tensor) -> Tensor:
    """mean ½(‖y − x‖ + ‖y′ − x‖) − ½‖y − y′‖ for two generated points y, y′ and a real one x of one mode, each (B, D).

    An unbiased estimate of the energy score (Gneiting, Raftery, J. Am. Stat. Assoc. 102, 2007, eq. 22), whose
    expectation is half the energy distance to the real samples, plus a constant.
    """
    to_real = (first - real).norm(dim=1) + (second - real).norm(dim=1)
    return ((to_real - (first - second).norm(dim=1)) / 2).mean()
