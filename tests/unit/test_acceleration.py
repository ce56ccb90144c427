"""Precision and threads: what makes a step fast must leave its equations alone."""

import torch
from torch import nn

from clustergan_core.acceleration import autocast

CPU = torch.device("cpu")


def test_float32_is_the_same_as_no_block_at_all():
    layer, samples = nn.Linear(8, 4), torch.randn(3, 8)
    with autocast(CPU, "float32"):
        inside = layer(samples)
    assert torch.equal(inside, layer(samples))


def test_bfloat16_runs_the_pass_in_half_the_bits_and_leaves_weights_and_gradients_in_float32():
    layer, samples = nn.Linear(8, 4), torch.randn(3, 8)
    with autocast(CPU, "bfloat16"):
        output = layer(samples)
    output.float().sum().backward()
    assert output.dtype == torch.bfloat16
    assert layer.weight.dtype == torch.float32
    assert layer.weight.grad is not None
    assert layer.weight.grad.dtype == torch.float32
