"""Descriptions of each mode: whether it is used, which label it holds, whether it duplicates another mode.

Modes and labels are numbers from 0; nothing links mode k to label k.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.evaluation.agreement import contingency_table

EMPTY_USAGE = 0.005  # a mode that holds a smaller share of the samples counts as empty
DUPLICATE_DISTANCE = 1.0  # two modes closer than this count as the same, see `mode_distances`
_LEAST_SPREAD = 0.05  # the least spread within a mode, as a share of the spread between modes
_LEAST_STEP = 1 / 255  # the least spread per dimension: a difference that no picture shows


@dataclass(frozen=True)
class Flip:
    """A change of the encoder's assigned mode between two consecutive steps of a walk."""

    step: int  # the first step assigned to `after`
    before: int
    after: int


def empty_modes(usage: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which modes (K,) hold less than 0.5 % of the samples, or none."""
    return usage < EMPTY_USAGE


def mode_labels(
    labels: NDArray[np.int64], clusters: NDArray[np.int64], n_clusters: int, n_labels: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Each mode's most frequent label (K,) and its share of the mode's labelled samples (K,), the mode's purity.

    UNLABELLED and NaN for modes that hold no labelled sample: their purity is unknown, not 0.
    """
    table = contingency_table(labels, clusters, n_labels, n_clusters)  # (n_labels, K)
    totals = table.sum(axis=0)
    purity = np.full(n_clusters, np.nan)
    np.divide(table.max(axis=0, initial=0), totals, out=purity, where=totals > 0)
    nearest = table.argmax(axis=0) if n_labels else np.zeros(n_clusters, dtype=np.int64)
    return np.where(totals > 0, nearest, UNLABELLED), purity


def mode_distances(samples: NDArray[np.floating]) -> NDArray[np.float64]:
    """How far apart modes are in units of their own spread: (K, K) from generated samples (K, n, *shape).

    For two modes, the distance between the means of their samples, divided by the standard deviation of the samples
    around those means along the line between them (root mean square of the two). It is the d′ of signal detection:
    below 1 the two modes' samples mostly overlap. Draw all modes from the same z_n, so that chance does not separate
    them. The spread of a mode counts as at least 5% of the root mean square distance of the modes from their common
    mean, and at least 1/255 per dimension, so that collapsed modes are separate only where an eye could see it.
    """
    n_modes = len(samples)
    flat = samples.reshape(n_modes, samples.shape[1], -1).astype(np.float64)
    means = flat.mean(axis=1)  # (K, D)
    between = np.sqrt(np.mean(np.sum((means - means.mean(axis=0)) ** 2, axis=1)))
    least = max(_LEAST_SPREAD * between, _LEAST_STEP * np.sqrt(flat.shape[2]))
    distances = np.zeros((n_modes, n_modes))
    for mode in range(n_modes - 1):
        lines = means[mode + 1 :] - means[mode]  # (K − mode − 1, D)
        lengths = np.linalg.norm(lines, axis=1)
        lines /= np.maximum(lengths, np.finfo(np.float64).tiny)[:, None]
        own = np.mean(((flat[mode] - means[mode]) @ lines.T) ** 2, axis=0)
        deviations = np.einsum("knd,kd->kn", flat[mode + 1 :] - means[mode + 1 :, None], lines)
        spread = np.sqrt((own + np.mean(deviations**2, axis=1)) / 2)
        distances[mode, mode + 1 :] = lengths / np.maximum(spread, least)
    return distances + distances.T


def duplicate_modes(distances: NDArray[np.float64]) -> tuple[tuple[int, ...], ...]:
    """For each mode, the other modes that look nearly the same: closer than 1 in `mode_distances` (K, K)."""
    is_near = distances < DUPLICATE_DISTANCE
    return tuple(tuple(int(other) for other in np.flatnonzero(row) if other != k) for k, row in enumerate(is_near))


def code_flips(codes: NDArray[np.floating]) -> list[Flip]:
    """Where the most probable mode changes along the codes (M, K) of a walk."""
    modes = codes.argmax(axis=1)
    return [Flip(int(step), int(modes[step - 1]), int(modes[step])) for step in np.flatnonzero(np.diff(modes)) + 1]
