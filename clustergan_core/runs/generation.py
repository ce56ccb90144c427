"""Samples generated for a page to look at: all modes from shared z_n, and walks between modes.

Everything runs on one thread: a few small samples are done before a second thread has woken up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from clustergan_core.method import Method
from clustergan_core.nn.acceleration import one_thread
from clustergan_core.nn.prior import Latent, Prior
from clustergan_core.runs.sample_history import FIXED_SEED, generate_grid

N_DRAWS = 24  # z_n that a seed stands for; always drawn together, so that the first ones do not depend on how many


def generate_modes(method: Method, n_columns: int, seed: int = FIXED_SEED) -> NDArray[np.float32]:
    """Samples (n_clusters, n_columns, *shape) of every mode; column c shares the c-th z_n of the seed.

    Up to N_DRAWS columns, fewer are the first of more.
    """
    with one_thread():
        return generate_grid(method, max(n_columns, N_DRAWS), seed)[:, :n_columns]


def draw_normals(prior: Prior, seed: int) -> NDArray[np.float32]:
    """The z_n (N_DRAWS, n_normal) that the columns of `generate_modes` share."""
    latent = prior.sample(N_DRAWS, torch.Generator().manual_seed(seed), torch.device("cpu"))
    return latent.normal.numpy()


def walk_codes(prior: Prior, mode_a: int, mode_b: int, mus: Sequence[float]) -> NDArray[np.float32]:
    """Cluster parts (M, n_clusters) = μ·e_A + (1 − μ)·e_B, so that μ = 1 is mode A."""
    return prior.walk(mode_a, mode_b, torch.tensor(mus, dtype=torch.float32)).numpy()


def mixture_code(prior: Prior, weights: Sequence[float]) -> NDArray[np.float32]:
    """The cluster part (n_clusters,) of non-negative weights scaled to a sum of 1; all zero means uniform."""
    return prior.mixture(torch.tensor(weights, dtype=torch.float32)).numpy()


def generate_codes(method: Method, codes: NDArray[np.float32], normal: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples (M, *shape) at the cluster parts `codes` (M, n_clusters), all with the same z_n (n_normal,)."""
    return generate_latents(method, codes, np.broadcast_to(normal, (len(codes), len(normal))))


def generate_latents(method: Method, codes: NDArray[np.float32], normals: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples (M, *shape) at cluster parts (M, n_clusters) and normal parts (M, n_normal)."""
    cluster, normal = (torch.from_numpy(np.array(part)).to(method.device) for part in (codes, normals))
    with one_thread():
        return method.generate(Latent(normal, cluster)).cpu().numpy()


def read_codes(method: Method, samples: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """What the encoder makes of samples (M, *shape): probabilities (M, n_clusters), None for methods without a code."""
    with one_thread():
        code = method.encode(torch.from_numpy(samples).to(method.device)).cluster
    return None if code is None else code.cpu().numpy()
