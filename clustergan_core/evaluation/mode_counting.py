"""Mode counting: how many modes of the data a generator reaches, where it is known which there are.

Gaussians in the plane (Metz et al., arXiv 1611.02163; Lin et al., PacGAN, arXiv 1712.04086, §4.1): a generated sample
is good if it lies within 3 standard deviations of the nearest mean; a mode is reached if it has a good sample; the
others are strays. Of exact draws from the data, exp(−4.5) = 1.1% are strays in two dimensions. The same holds for
lines, such as the two moons, with the distance to the nearest point of a line; there fewer are strays.

Stacked MNIST: a classifier reads each of three channels, and a mode is a triple of digits. A classifier that errs
invents modes, so those seen at least 5 times are counted as well.

The divergence is KL(p ‖ q) in nats, of the modes' shares p among good samples and their true shares q. An ideal
generator's is not 0 but about (M − 1) / (2n), as n samples over M modes are never exactly even.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GOOD_WITHIN = 3.0  # standard deviations
OFTEN = 5  # samples


@dataclass(frozen=True)
class ModeCount:
    """What `n` generated samples say of `n_modes` modes."""

    n_modes: int
    n_reached: int  # modes with at least one good sample
    n_reached_often: int  # modes with at least five
    stray_share: float  # of samples that belong to no mode, in [0, 1]
    shares: tuple[float, ...]  # of the modes among good samples; zeros if all samples are strays
    divergence: float | None  # KL of the modes' shares to their true ones, in nats; None if all samples are strays
    n: int


def count_planted_modes(
    samples: NDArray[np.floating], means: NDArray[np.float64], spread: float, shares: NDArray[np.float64]
) -> ModeCount:
    """Counts modes of generated samples (N, D) by their nearest means (M, D) of one standard deviation `spread`.

    `shares` (M,) are the modes' true shares.
    """
    return count_traced_modes(samples, means, np.arange(len(means)), spread, shares)


def count_traced_modes(
    samples: NDArray[np.floating],
    points: NDArray[np.float64],
    lines: NDArray[np.int64],
    spread: float,
    shares: NDArray[np.float64],
) -> ModeCount:
    """Counts modes of generated samples (N, D) by their nearest points (P, D), which belong to lines (P,).

    `spread` is the standard deviation of the data around a line; `shares` (M,) are the lines' true shares.
    """
    distances = np.linalg.norm(samples[:, None].astype(np.float64) - points, axis=2)  # (N, P)
    is_good = distances.min(axis=1) <= GOOD_WITHIN * spread
    return count_read_modes(np.where(is_good, lines[distances.argmin(axis=1)], -1), shares)


def count_read_modes(modes: NDArray[np.int64], shares: NDArray[np.float64]) -> ModeCount:
    """Counts the modes (N,) that samples were found to belong to, −1 for strays; `shares` (M,) are the true ones."""
    counts = np.bincount(modes[modes >= 0], minlength=len(shares))
    n_good = int(counts.sum())
    return ModeCount(
        n_modes=len(shares),
        n_reached=int((counts > 0).sum()),
        n_reached_often=int((counts >= OFTEN).sum()),
        stray_share=1 - n_good / max(1, len(modes)),
        shares=tuple((counts / max(1, n_good)).tolist()),
        divergence=_divergence(counts / n_good, shares) if n_good else None,
        n=len(modes),
    )


def _divergence(found: NDArray[np.float64], shares: NDArray[np.float64]) -> float:
    is_found = found > 0
    return float(np.sum(found[is_found] * np.log(found[is_found] / shares[is_found])))
