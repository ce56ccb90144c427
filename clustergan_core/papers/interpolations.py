"""Figure 6 of ClusterGAN (arXiv 1809.03627): walks of two generators between the same samples, and how far they stray.

One generator has modes and walks by its code, with z_n fixed. The other has none, so Algorithm 1 decodes the ends of
the first walk, and z goes straight from one to the other. Both walks then begin and end at nearly the same samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clustergan_core.decoding import N_ITERATIONS, decode_samples, generate_decoded
from clustergan_core.errors import RunError
from clustergan_core.generation import draw_normals, generate_codes, walk_codes

if TYPE_CHECKING:  # pages import this module at their top, and PyTorch takes a second
    from clustergan_core.method import Method

N_PAIRS = 4
N_POSITIONS = 11
_MIDDLE = slice(N_POSITIONS // 3, N_POSITIONS - N_POSITIONS // 3)  # positions that are near neither end


@dataclass(frozen=True)
class Interpolations:
    """P walks of M positions by two generators."""

    pairs: tuple[tuple[int, int], ...]  # modes, from and to
    mus: NDArray[np.float64]  # (M,), from 0 at the first mode to 1 at the second
    by_code: NDArray[np.float32]  # (P, M, *shape)
    by_noise: NDArray[np.float32]  # (P, M, *shape)
    distances_by_code: NDArray[np.float64]  # (P, M), to the nearest real samples; 1 is usual among real ones
    distances_by_noise: NDArray[np.float64]

    @property
    def middle(self) -> tuple[float, float]:
        """The median distance in the middle third of the walks, by code and by noise."""
        by_code, by_noise = (np.median(d[:, _MIDDLE]) for d in (self.distances_by_code, self.distances_by_noise))
        return float(by_code), float(by_noise)


def pair_modes(modes: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """The first N_PAIRS pairs of modes that follow each other, no mode twice: 0 and 1, 2 and 3, …"""
    return tuple(zip(modes[::2], modes[1::2], strict=False))[:N_PAIRS]


def interpolate(
    with_modes: Method,
    without_modes: Method,
    pairs: Sequence[tuple[int, int]],
    real: NDArray[np.float32],
    seed: int,
    n_iterations: int = N_ITERATIONS,
) -> Interpolations:
    """Walks between `pairs` of modes with the first z_n of `seed`; `real` (N, *shape) are samples to measure from.

    Distances are RealSpace's, divided by the median among real samples. RunError for a method that lacks what its
    walk needs.
    """
    from clustergan_core.evaluation.nearness import fit_real_space
    from clustergan_core.nn.acceleration import one_thread

    if not with_modes.has_modes or without_modes.prior.n_clusters:
        raise RunError("An interpolation compares a generator with modes and one without: choose one of each.")
    mus = np.linspace(0, 1, N_POSITIONS)
    normal = draw_normals(with_modes.prior, seed)[0]
    codes = [walk_codes(with_modes.prior, to, start, mus.tolist()) for start, to in pairs]
    by_code = np.stack([generate_codes(with_modes, code, normal) for code in codes])
    ends = by_code[:, [0, -1]].reshape(-1, *by_code.shape[2:])
    with one_thread():
        *_, decoded = decode_samples(without_modes, ends, n_iterations)
    first, last = decoded.best_latents.unflatten(0, (len(pairs), 2)).unbind(dim=1)  # (P, D) each
    shares = first.new_tensor(mus)[None, :, None]
    latents = (1 - shares) * first[:, None] + shares * last[:, None]
    by_noise = generate_decoded(without_modes, latents.flatten(0, 1)).reshape(by_code.shape)
    space = fit_real_space(real.reshape(len(real), -1))

    def measure(samples: NDArray[np.float32]) -> NDArray[np.float64]:
        points = space.project(samples.reshape(-1, space.axes.shape[1]))
        return space.distances(points).reshape(samples.shape[:2]) / space.median

    return Interpolations(tuple(pairs), mus, by_code, by_noise, measure(by_code), measure(by_noise))
