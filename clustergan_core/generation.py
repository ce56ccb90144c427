"""What a method generates: draws from its prior, grids of all modes, walks between modes, mixtures, reconstructions.

What pages look at runs on one thread: a few small samples are done before a second thread has woken up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import DATA_SEED

if TYPE_CHECKING:  # pages import this module at their top, and PyTorch takes a second
    from torch import Tensor

    from clustergan_core.method import Encoding, Method
    from clustergan_core.nn.prior import Latent, Prior

FIXED_SEED = 7
N_DRAWS = 24  # z_n that a seed stands for; always drawn together, so that the first ones do not depend on how many


def generate_modes(method: Method, n_columns: int, seed: int = FIXED_SEED) -> NDArray[np.float32]:
    """Samples (n_clusters, n_columns, *shape) of every mode; column c shares the c-th z_n of the seed.

    Up to N_DRAWS columns, fewer are the first of more.
    """
    from clustergan_core.nn.acceleration import one_thread

    with one_thread():
        return generate_grid(method, max(n_columns, N_DRAWS), seed)[:, :n_columns]


def draw_normals(prior: Prior, seed: int) -> NDArray[np.float32]:
    """The z_n (N_DRAWS, n_normal) that the columns of `generate_modes` share."""
    import torch

    latent = prior.sample(N_DRAWS, torch.Generator().manual_seed(seed), torch.device("cpu"))
    return latent.normal.numpy()


def walk_codes(prior: Prior, mode_a: int, mode_b: int, mus: Sequence[float]) -> NDArray[np.float32]:
    """Cluster parts (M, n_clusters) = μ·e_A + (1 − μ)·e_B, so that μ = 1 is mode A."""
    import torch

    return prior.walk(mode_a, mode_b, torch.tensor(mus, dtype=torch.float32)).numpy()


def mixture_code(prior: Prior, weights: Sequence[float]) -> NDArray[np.float32]:
    """The cluster part (n_clusters,) of non-negative weights scaled to a sum of 1; all zero means uniform."""
    import torch

    return prior.mixture(torch.tensor(weights, dtype=torch.float32)).numpy()


def generate_codes(method: Method, codes: NDArray[np.float32], normal: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples (M, *shape) at the cluster parts `codes` (M, n_clusters), all with the same z_n (n_normal,)."""
    return generate_latents(method, codes, np.broadcast_to(normal, (len(codes), len(normal))))


def generate_latents(method: Method, codes: NDArray[np.float32], normals: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples (M, *shape) at cluster parts (M, n_clusters) and normal parts (M, n_normal)."""
    import torch

    from clustergan_core.nn.acceleration import one_thread
    from clustergan_core.nn.prior import Latent

    cluster, normal = (torch.from_numpy(np.array(part)).to(method.device) for part in (codes, normals))
    with one_thread():
        return method.generate(Latent(normal, cluster)).cpu().numpy()


def read_codes(method: Method, samples: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """What the encoder makes of samples (M, *shape): probabilities (M, n_clusters), None for methods without a code."""
    import torch

    from clustergan_core.nn.acceleration import one_thread

    if not method.encodes:
        return None
    with one_thread():
        code = method.encode(torch.from_numpy(samples).to(method.device)).cluster
    return None if code is None else code.cpu().numpy()


def draw_latent(method: Method, count: int) -> Latent:
    """Fixed draws from the method's prior and its modes' masses, on the CPU; fewer are not the first of more."""
    import torch

    generator = torch.Generator().manual_seed(DATA_SEED)
    modes = None if method.mode_weights is None else method.mode_weights.draw(count, generator)
    return method.prior.sample(count, generator, torch.device("cpu"), modes)


def generate_all(method: Method, latent: Latent) -> Tensor:
    """Samples (N, *shape) of any number of latents, on the method's device."""
    import torch

    from clustergan_core.method import ENCODE_BATCH
    from clustergan_core.nn.prior import Latent

    parts = zip(latent.normal.split(ENCODE_BATCH), latent.cluster.split(ENCODE_BATCH), strict=True)
    device = method.device
    with torch.no_grad():
        return torch.cat([method.generate(Latent(normal.to(device), cluster.to(device))) for normal, cluster in parts])


def reconstruct(method: Method, encoding: Encoding, chosen: Tensor | slice = slice(None)) -> Tensor | None:
    """What the method decodes (N, *shape) from what it knows of samples, or of `chosen` ones, on its device.

    None for methods that decode nothing.
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
    """Samples (n_clusters, n_columns, *shape): rows are modes, a column shares its z_n.

    RunError for a method without modes.
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
