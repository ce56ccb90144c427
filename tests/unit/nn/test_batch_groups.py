"""One pass of several batches against that many passes of one batch."""

import copy

import pytest
import torch

from clustergan_core.data.dataset import Kind
from clustergan_core.nn.batch_norm import run_batches
from clustergan_core.nn.networks import Architecture, build_networks


@pytest.mark.parametrize(
    ("architecture", "kind", "shape"),
    [
        ("mlp", "expression", (12,)),
        ("mlp-batchnorm", "table", (12,)),
        ("dcgan-small", "image", (1, 16, 16)),
        ("dcgan-wide", "image", (3, 16, 32)),
    ],
)
def test_outputs_and_running_statistics_are_those_of_separate_calls(
    architecture: Architecture, kind: Kind, shape: tuple[int, ...]
) -> None:
    torch.manual_seed(0)
    together = build_networks(architecture, kind, shape, 9, width=0.2, initialisation="framework").generator
    apart = copy.deepcopy(together)
    batches = torch.randn(3, 8, 9) * torch.tensor([0.5, 1.0, 3.0])[:, None, None]

    found = run_batches(together, batches)
    expected = torch.stack([apart(batch) for batch in batches])

    assert found.shape == (3, 8, *shape)
    assert not found.requires_grad
    assert torch.allclose(found, expected, atol=1e-5)
    for name, value in apart.state_dict().items():
        assert torch.allclose(together.state_dict()[name].double(), value.double(), atol=1e-5), name
