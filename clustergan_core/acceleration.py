"""What makes a training step fast and leaves its equations alone."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Literal

import torch
from torch import Tensor
from torch.optim import Adam

Precision = Literal["float32", "bfloat16"]
DTYPES: dict[Precision, torch.dtype] = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def autocast(device: torch.device, precision: Precision) -> AbstractContextManager[object]:
    """A block in which the networks' passes run at this precision; weights, and what stands outside, stay float32.

    Losses, penalties and optimisers belong outside: take `.float()` of what a network gives.
    """
    if precision == "float32":
        return nullcontext()
    return torch.autocast(device.type, dtype=DTYPES[precision])


def build_adam(parameters: Iterable[Tensor], learning_rate: float, betas: tuple[float, float]) -> Adam:
    """Adam in one kernel for all parameters; on a GPU its step count lives there, so that a CUDA graph can hold it."""
    parameters = list(parameters)
    is_capturable = any(parameter.is_cuda for parameter in parameters)
    return Adam(parameters, learning_rate, betas, fused=True, capturable=is_capturable)
