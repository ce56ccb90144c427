"""Scores with input gradients through batch normalisation, against autograd's second backward pass."""

import copy

import pytest
import torch
from torch import Tensor

from clustergan_core.batchnorm_gradients import batch_scores_and_gradients
from clustergan_core.networks import Architecture, Critic, Kind, build_networks

SHAPES: dict[Architecture, tuple[int, ...]] = {"mlp-batchnorm": (12,), "dcgan-wide": (3, 32, 32), "mlp": (12,)}


def build_critic(architecture: Architecture) -> tuple[Critic, Tensor]:
    """A critic in training, and three batches of eight that are unlike each other."""
    torch.manual_seed(0)
    shape = SHAPES[architecture]
    kind: Kind = "image" if len(shape) == 3 else "table"
    critic = build_networks(architecture, kind, shape, 9, 0.2, "framework").critic.train()
    return critic, torch.randn(3, 8, *shape) * torch.tensor([1.0, 2.0, 0.5]).view(3, *[1] * (len(shape) + 1))


def loss_of(scores: Tensor, gradients: Tensor) -> Tensor:
    """Terms of every kind: linear and not in the scores of each batch, and a penalty on the gradients."""
    norms = gradients.flatten(1).norm(dim=1)
    scored = scores[0].mean() - 1.5 * scores[1].square().mean() + scores[2].tanh().mean()
    return scored + 10 * (norms - 1).square().mean()


@pytest.mark.parametrize("architecture", SHAPES)
def test_scores_gradients_and_what_follows_from_them_are_autograds(architecture):
    critic, batches = build_critic(architecture)
    reference = copy.deepcopy(critic).double()
    points = batches[2].double().requires_grad_(True)
    expected_scores = [reference(batches[0].double()), reference(batches[1].double()), reference(points)]
    (expected_gradients,) = torch.autograd.grad(expected_scores[2].sum(), points, create_graph=True)
    expected = torch.autograd.grad(
        loss_of(torch.stack(expected_scores), expected_gradients),
        list(reference.parameters()),
        materialize_grads=True,
        allow_unused=True,
    )

    scores, gradients = batch_scores_and_gradients(critic.hidden, batches, critic.last.weight[0])
    scores = scores + critic.last.bias
    found = torch.autograd.grad(loss_of(scores, gradients), list(critic.parameters()))

    assert torch.allclose(scores.double(), torch.stack(expected_scores), rtol=1e-4, atol=1e-5)
    assert torch.allclose(gradients.double(), expected_gradients, rtol=1e-3, atol=1e-5)
    for (name, _), one, other in zip(critic.named_parameters(), found, expected, strict=True):
        # The bias before a normalisation has no influence: its gradient is rounding.
        assert torch.allclose(one.double(), other, rtol=1e-3, atol=1e-4 * float(other.abs().max()) + 1e-5), name
    for name, value in reference.state_dict().items():
        if "running" in name or "tracked" in name:
            assert torch.allclose(critic.state_dict()[name].double(), value.double(), atol=1e-5), name
