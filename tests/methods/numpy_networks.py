"""Small networks and their losses in NumPy, for tests that share no code with the methods."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

Array = NDArray[np.float64]

N_FEATURES, N_NORMAL, N_CLUSTERS, BATCH = 12, 3, 4, 8
# Two leaky layers without batch normalisation, whose outputs are far from zero.
PLAIN: dict[str, Any] = {
    "n_clusters": N_CLUSTERS,
    "n_normal": N_NORMAL,
    "batch_size": BATCH,
    "width": 0.1,
    "architecture": "mlp",
    "initialisation": "framework",
}


def array(tensor: Tensor) -> Array:
    return tensor.detach().numpy().astype(np.float64)


def hidden(network: nn.Module, inputs: Array) -> Array:
    """The last hidden layer of a network of two leaky layers and a linear one."""
    weights = [array(parameter) for parameter in network.parameters()]
    assert len(weights) == 6
    for weight, bias in zip(weights[:4:2], weights[1:4:2], strict=True):
        inputs = inputs @ weight.T + bias
        inputs = np.where(inputs > 0, inputs, 0.2 * inputs)
    return inputs


def forward(network: nn.Module, inputs: Array) -> Array:
    """The output of such a network."""
    *_, weight, bias = (array(parameter) for parameter in network.parameters())
    return hidden(network, inputs) @ weight.T + bias


def softplus(values: Array) -> Array:
    return np.log1p(np.exp(values))


def cross_entropy(one_hot: Array, logits: Array) -> float:
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return float(-(one_hot * np.log(shares)).sum(axis=1).mean())
