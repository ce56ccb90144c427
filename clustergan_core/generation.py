"""Samples that a method generates: draws from its prior, grids of all modes, walks, mixtures and reconstructions.

Functions that pages call run on one thread: a few small samples are done before a second thread would have started.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import DATA_SEED

if TYPE_CHECKING:  # pages import this module at their top, and PyTorch takes a second
    from torch import Tensor

    from clustergan_core.method import Encoding, Method
    from clustergan_core.nn.prior import Latent, Prior

FIXED_SEED = 7
N_DRAWS = 24  # z_n of a seed; always drawn together, so that the first ones do not depend on the number requested


def generate_modes(method: Method, n_columns: int, seed: int = FIXED_SEED) -> NDArray[np.float32]:
    """Samples (n_clusters, n_columns, *shape) of every mode; column c uses the c-th z_n of the seed.

    Up to N_DRAWS columns, a smaller number gives the first columns of a larger one.
    """
    from clustergan_core.nn.acceleration import one_thread

    with one_thread():
        return generate_grid(method, max(n_columns, N_DRAWS), seed)[:, :n_columns]


def draw_normals(prior: Prior, seed: int) -> NDArray[np.float32]:
    """The z_n (N_DRAWS, n_normal) of the columns of `generate_modes`."""
    import torch

    latent = prior.sample(N_DRAWS, torch.Generator().manual_seed(seed), torch.device("cpu"))
    return latent.normal.numpy()


def walk_codes(prior: Prior, mode_a: int, mode_b: int, mus: Sequence[float]) -> NDArray[np.float32]:
    """Cluster parts (M, n_clusters) = μ·e_A + (1 − μ)·e_B, so that μ = 1 is mode A."""
    import torch

    return prior.walk(mode_a, mode_b, torch.tensor(mus, dtype=torch.float32)).numpy()


def mixture_code(prior: Prior, weights: Sequence[float]) -> NDArray[np.float32]:
    """The cluster part (n_clusters,) from non-negative weights, scaled to a sum of 1; all zero means uniform."""
    import torch

    return prior.mixture(torch.tensor(weights, dtype=torch.float32)).numpy()


def generate_codes(method: Method, codes: NDArray[np.float32], normal: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples (M, *shape) at the cluster parts `codes` (M, n_clusters), all with the same z_n (n_normal,)."""
    return generate_latents(method, codes, np.broadcast_to(normal, (len(codes), len(normal))))


def generate_latents(
    method: Method,
    codes: NDArray[np.float32],
    normals: NDArray[np.float32],
    batches: NDArray[np.int64] | None = None,
) -> NDArray[np.float32]:
    """Samples (M, *shape) at cluster parts (M, n_clusters) and normal parts (M, n_normal).

    `batches` (M,) are the samples of the experiment that each is generated as; None for no particular one.
    """
    import torch

    from clustergan_core.nn.acceleration import one_thread
    from clustergan_core.nn.prior import Latent

    cluster, normal = (torch.from_numpy(np.array(part)).to(method.device) for part in (codes, normals))
    batch = None if batches is None else torch.from_numpy(np.array(batches)).to(method.device)
    with one_thread():
        return method.generate(Latent(normal, cluster, batch)).cpu().numpy()


def read_codes(method: Method, samples: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """The encoder's probabilities (M, n_clusters) for samples (M, *shape); None for methods without a code."""
    import torch

    from clustergan_core.nn.acceleration import one_thread

    if not method.encodes:
        return None
    with one_thread():
        code = method.encode(torch.from_numpy(samples).to(method.device)).cluster
    return None if code is None else code.cpu().numpy()


def draw_latent(method: Method, count: int) -> Latent:
    """Fixed draws from the prior and its mode masses, on the CPU; draws for different `count` share no prefix."""
    import torch

    generator = torch.Generator().manual_seed(DATA_SEED)
    modes = None if method.mode_weights is None else method.mode_weights.draw(count, generator)
    latent = method.prior.sample(count, generator, torch.device("cpu"), modes)
    return name_batches(method, latent)


def name_batches(method: Method, latent: Latent) -> Latent:
    """The latents with a sample of the experiment for each, as often as its mode has them; as they are without any."""
    import torch

    if not method.n_batches:
        return latent
    batches = method.draw_batches(latent.cluster.argmax(dim=1), torch.Generator().manual_seed(DATA_SEED))
    return replace(latent, batch=batches)


def generate_all(method: Method, latent: Latent) -> Tensor:
    """Samples (N, *shape) of any number of latents, on the method's device."""
    import torch

    from clustergan_core.method import ENCODE_BATCH
    from clustergan_core.nn.prior import Latent

    device = method.device
    normals, clusters = (part.to(device).split(ENCODE_BATCH) for part in (latent.normal, latent.cluster))
    batches = [None] * len(normals) if latent.batch is None else latent.batch.to(device).split(ENCODE_BATCH)
    with torch.no_grad():
        return torch.cat([method.generate(Latent(*parts)) for parts in zip(normals, clusters, batches, strict=True)])


def reconstruct(method: Method, encoding: Encoding, chosen: Tensor | slice = slice(None)) -> Tensor | None:
    """Decodes the samples (N, *shape) of an encoding, or of its `chosen` rows, on the method's device.

    Returns None for methods that cannot decode.
    """
    import torch

    from clustergan_core.method import ENCODE_BATCH, Encoding

    normals = encoding.normal[chosen].split(ENCODE_BATCH)
    codes = [None] * len(normals) if encoding.cluster is None else encoding.cluster[chosen].split(ENCODE_BATCH)
    device, parts = method.device, []
    with torch.no_grad():
        for normal, code in zip(normals, codes, strict=True):
            part = method.decode(Encoding(normal.to(device), None if code is None else code.to(device)))
            if part is None:
                return None
            parts.append(part)
    return torch.cat(parts)


def generate_grid(method: Method, n_columns: int, seed: int = FIXED_SEED) -> NDArray[np.float32]:
    """Samples (n_clusters, n_columns, *shape): rows are modes, and each column has one z_n.

    Raises RunError for a method without modes.
    """
    import torch

    from clustergan_core.nn.prior import Latent

    method.require("modes")
    prior = method.prior
    draws = prior.sample(n_columns, torch.Generator().manual_seed(seed), torch.device("cpu"))
    normal = draws.normal.repeat(prior.n_clusters, 1)
    modes = torch.arange(prior.n_clusters).repeat_interleave(n_columns)
    latent = Latent(normal.to(method.device), prior.one_hot(modes).to(method.device))
    with torch.no_grad():
        samples = method.generate(latent).cpu().numpy()
    return samples.reshape(prior.n_clusters, n_columns, *method.shape)
