"""Encodes and assigns samples with a method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import DATA_SEED, draw_subset
from clustergan_core.method_facts import MethodFacts, MethodSettings

if TYPE_CHECKING:
    from clustergan_core.method import Encoding, Method


@dataclass(frozen=True)
class RunLatents:
    """The latents and clusters of a split, sample by sample."""

    indices: NDArray[np.int64]  # (N,) positions in the data set
    normal: NDArray[np.float32]  # (N, n_normal)
    code: NDArray[np.float32]  # (N, n_clusters) probabilities; (N, 0) for methods without a code
    clusters: NDArray[np.int64]  # (N,) assigned modes
    confidence: NDArray[np.float32]  # (N,) in [0, 1]

    def joined(self) -> NDArray[np.float32]:
        """(N, n_normal + n_clusters): ẑ_n and the code's probabilities side by side."""
        return np.concatenate([self.normal, self.code], axis=1)

    def encoding(self) -> Encoding:
        """The latents and codes as tensors."""
        import torch

        from clustergan_core.method import Encoding

        code = torch.from_numpy(self.code) if self.code.shape[1] else None
        return Encoding(torch.from_numpy(self.normal), code)


def readable_indices(
    method: type[MethodFacts], settings: MethodSettings, indices: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The `indices` of a split that a method reads: all, or as many as it can, by a fixed seed, ascending."""
    max_read = method.max_read_with(settings)
    return indices if max_read is None else draw_subset(indices, max_read, DATA_SEED)


def encode_samples(method: Method, samples: NDArray[np.float32], indices: NDArray[np.int64]) -> RunLatents:
    """Encodes and assigns samples (N, *shape) with a method; RunError for one without an encoder."""
    import torch

    method.require("encoder")
    tensor = torch.from_numpy(np.ascontiguousarray(samples))
    encoding = method.encode_all(tensor)
    clusters, confidence = method.assign_encoding(encoding)
    code = encoding.cluster.numpy() if encoding.cluster is not None else np.zeros((len(samples), 0), np.float32)
    return RunLatents(indices, encoding.normal.numpy(), code, clusters.numpy(), confidence.numpy())
