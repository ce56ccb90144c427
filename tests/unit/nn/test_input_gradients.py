"""Scores with their input gradients, against autograd's second backward pass."""

import pytest
import torch
from torch import Tensor, nn

from clustergan_core.data.dataset import Kind
from clustergan_core.nn.acceleration import Precision
from clustergan_core.nn.input_gradients import is_piecewise_linear, scores_and_gradients
from clustergan_core.nn.networks import Architecture, Critic, build_networks

SHAPES: dict[Architecture, tuple[int, ...]] = {"mlp": (12,), "dcgan-small": (1, 16, 16), "dcgan-wide": (3, 32, 32)}
REAL, FAKE, BETWEEN = slice(0, 6), slice(6, 12), slice(12, 18)


def build_critic(architecture: Architecture) -> tuple[Critic, Tensor]:
    """A critic without normalisation, and samples for three parts of six."""
    torch.manual_seed(0)
    shape = SHAPES[architecture]
    kind: Kind = "image" if len(shape) == 3 else "expression"
    return build_networks(architecture, kind, shape, 9, 0.2, "framework", "none").critic, torch.rand(18, *shape)


def loss_of(scores: Tensor, gradients: Tensor) -> Tensor:
    """Terms of every kind: linear and not in the scores, and a penalty on the gradients."""
    norms = gradients.flatten(1).norm(dim=1)
    return scores[FAKE].mean() - 1.5 * scores[REAL].square().mean() + 10 * (norms - 1).square().mean()


def by_autograd(critic: Critic, samples: Tensor, rows: slice) -> tuple[Tensor, Tensor]:
    points = samples[rows].clone().requires_grad_(True)
    (gradients,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return critic(samples), gradients


def by_reverse_pass(
    critic: Critic, samples: Tensor, rows: slice, precision: Precision = "float32"
) -> tuple[Tensor, Tensor]:
    scores, gradients = scores_and_gradients(critic.hidden, samples, critic.last.weight[0], rows, precision)
    return scores + critic.last.bias, gradients


def parameter_gradients(critic: Critic, loss: Tensor) -> list[Tensor]:
    return list(torch.autograd.grad(loss, list(critic.parameters())))


def relative_error(found: Tensor, expected: Tensor) -> float:
    return float((found - expected).norm() / expected.norm())


@pytest.mark.parametrize("architecture", SHAPES)
@pytest.mark.parametrize("rows", [BETWEEN, REAL, slice(None)])
def test_scores_gradients_and_what_follows_from_them_are_autograds(architecture, rows):
    critic, samples = build_critic(architecture)
    expected, found = by_autograd(critic, samples, rows), by_reverse_pass(critic, samples, rows)
    for one, other in zip(found, expected, strict=True):
        assert relative_error(one.detach(), other.detach()) < 1e-5
    expected_grads = parameter_gradients(critic, loss_of(*expected))
    for one, other in zip(parameter_gradients(critic, loss_of(*found)), expected_grads, strict=True):
        assert relative_error(one, other) < 1e-4


def test_a_direction_of_its_own_for_each_sample_is_differentiated_as_well():
    # As in a critic conditioned on the code by projection: logit = (w + v_k)·φ(x).
    critic, samples = build_critic("mlp")
    directions = torch.randn(18, critic.last.in_features, requires_grad=True)

    def scores(points: Tensor, rows: slice) -> Tensor:
        return (critic.features(points) * directions[rows]).sum(dim=1)

    points = samples[REAL].clone().requires_grad_(True)
    (gradients,) = torch.autograd.grad(scores(points, REAL).sum(), points, create_graph=True)
    leaves = [directions, *list(critic.parameters())[:-2]]
    expected = torch.autograd.grad(loss_of(scores(samples, slice(None)), gradients), leaves)
    found = torch.autograd.grad(loss_of(*scores_and_gradients(critic.hidden, samples, directions, REAL)), leaves)
    for one, other in zip(found, expected, strict=True):
        assert relative_error(one, other) < 1e-4


@pytest.mark.parametrize("architecture", SHAPES)
def test_bfloat16_stays_within_its_own_rounding(architecture):
    critic, samples = build_critic(architecture)
    exact = by_reverse_pass(critic, samples, BETWEEN)
    rounded = by_reverse_pass(critic, samples, BETWEEN, "bfloat16")
    for one, other in zip(rounded, exact, strict=True):
        assert one.dtype == torch.float32
        # More than the 2⁻⁸ of one rounding: a unit near its kink may land on its other side.
        assert relative_error(one.detach(), other.detach()) < 0.1
    exact_grads, rounded_grads = [parameter_gradients(critic, loss_of(*pair)) for pair in (exact, rounded)]
    assert all(grad.dtype == torch.float32 for grad in rounded_grads)
    whole, other = [torch.cat([grad.flatten() for grad in grads]) for grads in (rounded_grads, exact_grads)]
    assert relative_error(whole, other) < 0.1


def test_batch_normalisation_is_not_piecewise_linear():
    assert is_piecewise_linear(build_critic("dcgan-wide")[0])
    assert not is_piecewise_linear(build_networks("mlp-batchnorm", "table", (16,), 9).critic)
    assert not is_piecewise_linear(nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 1)))
