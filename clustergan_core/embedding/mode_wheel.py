"""Latents of several steps of a training in one fixed frame, so that a move on the screen is a move of the latents.

Codes lie on the mode wheel, for which nothing is computed and nothing has to be aligned. Latents without a code lie in
the plane of the newest step's two principal components.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SPREAD = 0.75  # of half the distance of two corners: how far a corner's samples spread around it
MAX_SPREAD = 0.3  # with few corners


def wheel_reach(n_modes: int) -> float:
    """How far from the middle, on either axis, points of `lay_out_wheel` may lie."""
    return 1 + _spread(n_modes)


def lay_out_wheel(
    code: NDArray[np.float32], normal: NDArray[np.float32], scale: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Coordinates (N, 2): Σ p_k · corner k of a regular polygon, spread by the first two dimensions of ẑ_n.

    Corner 0 is at the top, the others follow clockwise at a distance of 1. `code` (N, K); `normal` (N, D), D ≥ 0, is
    divided by `scale` (D,) and bent into a disc, so that the samples of a corner do not lie on one another.
    """
    n_modes = code.shape[1]
    angles = np.pi / 2 - 2 * np.pi * np.arange(n_modes) / n_modes
    corners = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    offsets = np.zeros((len(code), 2))
    n_shown = min(2, normal.shape[1])
    offsets[:, :n_shown] = normal[:, :n_shown] / np.maximum(scale[:n_shown], 1e-6)
    lengths = np.linalg.norm(offsets, axis=1, keepdims=True)
    # Nearly linear for most samples; one that lies far out is drawn at the rim.
    bent = offsets * np.tanh(lengths / 2.5) / np.maximum(lengths, 1e-6)
    return (code @ corners + _spread(n_modes) * bent).astype(np.float32)


def lay_out_plane(normal: NDArray[np.float32], newest: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """((N, 2) `normal` (N, D) in the plane of `newest` (N, D), how far from the middle the newest lie)."""
    middle = newest.mean(axis=0)
    axes = np.linalg.svd(newest - middle, full_matrices=False)[2][:2]
    axes *= np.where(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)] < 0, -1, 1)[:, None]  # signs are arbitrary
    plane = np.zeros((2, newest.shape[1]))
    plane[: len(axes)] = axes
    reach = float(np.abs((newest - middle) @ plane.T).max())
    return ((normal - middle) @ plane.T).astype(np.float32), max(1.05 * reach, 1e-6)


def _spread(n_modes: int) -> float:
    return min(MAX_SPREAD, SPREAD * float(np.sin(np.pi / max(2, n_modes))))
