"""Decodes samples by Algorithm 1 of ClusterGAN (arXiv 1809.03627): any generator, one restart for each mode.

`nn/back_projection.py` is the descent itself. Here it gets a method's generator, its starts and the method's descent.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # pages import this module at their top, and PyTorch takes a second
    from torch import Tensor

    from clustergan_core.method import Method
    from clustergan_core.nn.back_projection import BackProjection
    from clustergan_core.nn.prior import Latent

N_ITERATIONS = 200  # the authors' code takes 5,000
MAX_ITERATIONS = 100_000


def count_restarts(method: Method) -> int:
    """The restarts of each sample: one for each mode, or K on a prior without modes."""
    return method.prior.n_clusters or method.n_clusters


def decode_samples(
    method: Method,
    samples: NDArray[np.float32],
    n_iterations: int = N_ITERATIONS,
    penalty_weight: float | None = None,
) -> Iterator[BackProjection]:
    """Yields the best latents of all restarts for samples (B, *shape), at the starts and after each iteration.

    Restarts begin at the modes, or at K stored draws of a prior without modes. `penalty_weight` is λ; None takes the
    method's own. RunError for a method without a generator.
    """
    import torch

    from clustergan_core.nn.back_projection import descend, draw_starts

    starts = draw_starts(method.prior, count_restarts(method)).to(method.device)
    descent = replace(method.descent, n_iterations=n_iterations)
    if penalty_weight is not None:
        descent = replace(descent, penalty_weight=penalty_weight)
    tensor = torch.from_numpy(np.ascontiguousarray(samples)).to(method.device)
    return descend(lambda joined: method.generate(_split(method, joined)), tensor, starts, descent)


def descend_for(steps: Iterator[BackProjection], seconds: float) -> list[BackProjection]:
    """The next iterations of `decode_samples`, as many as begin within the time and one at least; none at the end.

    A page takes one such slice after another, on one thread, so that it can draw and stop in between.
    """
    from clustergan_core.nn.acceleration import one_thread

    taken: list[BackProjection] = []
    begun = time.perf_counter()
    with one_thread():
        for step in steps:
            taken.append(step)
            if time.perf_counter() - begun >= seconds:
                break
    return taken


def generate_decoded(method: Method, latents: Tensor) -> NDArray[np.float32]:
    """The samples (N, *shape) of latents (N, n_normal + n_modes), such as those of a decoded sample's restarts."""
    from clustergan_core.nn.acceleration import one_thread

    with one_thread():
        return method.generate(_split(method, latents)).cpu().numpy()


def read_clusters(method: Method, samples: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]] | None:
    """The method's own answer for samples (B, *shape), clusters and confidences (B,); None without an encoder."""
    import torch

    from clustergan_core.nn.acceleration import one_thread

    if not method.encodes:
        return None
    with one_thread():
        clusters, confidence = method.assign_all(torch.from_numpy(np.ascontiguousarray(samples)))
    return clusters.numpy(), confidence.numpy()


def _split(method: Method, joined: Tensor) -> Latent:
    from clustergan_core.nn.prior import Latent

    return Latent(*joined.tensor_split([method.prior.n_normal], dim=1))
