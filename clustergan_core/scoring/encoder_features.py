"""The last hidden layer of a method's encoder, in which cells of one type lie close together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor, nn

    from clustergan_core.method import Method


def encoder_features(method: Method, samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, D) the input of the encoder's last linear map for samples (N, *shape), scaled to length 1.

    A code is nearly one-hot, so that distances between codes say nothing within a cluster; this layer still tells cells
    apart. A method without such a map gives its clustering features. Raises RunError for one without an encoder.
    """
    import torch
    from torch import nn

    from clustergan_core.method import ENCODE_BATCH

    method.require("encoder")
    parts: list[Tensor] = []
    last: list[Tensor] = []

    def remember(_: nn.Module, inputs: tuple[Any, ...]) -> None:
        last[:] = [inputs[0].detach()]

    linear = [module for module in method.modules() if isinstance(module, nn.Linear)]
    hooks = [module.register_forward_pre_hook(remember) for module in linear]
    try:
        with torch.no_grad():
            for batch in torch.from_numpy(np.ascontiguousarray(samples)).split(ENCODE_BATCH):
                last.clear()
                encoding = method.encode(batch.to(method.device))
                parts.append(last[0].flatten(1).cpu() if last else method.clustering_features(encoding).cpu())
    finally:
        for hook in hooks:
            hook.remove()
    features = torch.cat(parts)
    return torch.nn.functional.normalize(features, dim=1).numpy().astype(np.float32)
