"""Our step against the one written for the benchmark: at float32 both must give the same losses and gradients."""

from collections.abc import Iterable

import pytest
import torch
from torch import Tensor, nn

from benchmarks.straightforward_step import StraightforwardStep
from clustergan_core.data.dataset import Kind
from clustergan_core.method import Batch
from clustergan_core.methods.clustergan import ClusterGAN, ClusterGANSettings

CPU = torch.device("cpu")
CASES: dict[str, tuple[Kind, tuple[int, ...], str]] = {
    "mlp": ("expression", (40,), "paper"),
    "mlp-batchnorm": ("table", (16,), "paper"),
    "mlp-batchnorm without the critic's": ("table", (16,), "none"),
    "dcgan-small": ("image", (1, 16, 16), "paper"),
    "dcgan-wide": ("image", (3, 32, 32), "paper"),
}


def build(name: str) -> ClusterGAN:
    kind, shape, norm = CASES[name]
    torch.manual_seed(0)
    chosen = {"n_clusters": 4, "n_normal": 3, "batch_size": 8, "n_critic_steps": 3, "width": 0.2, "critic_norm": norm}
    return ClusterGAN(ClusterGANSettings.model_validate(chosen | {"initialisation": "framework"}), kind, shape)


def gradients(loss: Tensor, networks: Iterable[nn.Module]) -> Tensor:
    """All gradients end to end; a bias before batch normalisation has one of zero, so single ones are not compared."""
    parameters = [parameter for network in networks for parameter in network.parameters()]
    found = torch.autograd.grad(loss, parameters, allow_unused=True, materialize_grads=True)
    return torch.cat([gradient.flatten() for gradient in found])


@pytest.mark.parametrize("name", CASES)
def test_losses_and_gradients_are_the_same(name: str) -> None:
    ours = build(name).train()
    plain = StraightforwardStep(ours, torch.Generator())
    ours.prepare(torch.empty(0), torch.Generator())
    latent = ours.prior.sample(8, torch.Generator().manual_seed(1), CPU)
    real, mix = torch.rand(8, *ours.shape), torch.rand(8)

    with torch.no_grad():
        fake = ours.generator(latent.joined())
    one, other = ours.critic_losses(real, fake, mix), plain.critic_losses(real, latent, mix)
    for term in ("critic", "penalty"):
        assert float(one[term].detach()) == pytest.approx(float(other[term].detach()), rel=1e-5, abs=1e-6)
    found = gradients(one["critic"] + 10 * one["penalty"], [ours.critic])
    expected = gradients(other["critic"] + 10 * other["penalty"], [plain.critic])
    assert (found - expected).norm() < 1e-4 * expected.norm()

    one, other = ours.generator_encoder_losses(latent), plain.generator_encoder_losses(latent)
    for term, value in other.items():
        assert float(one[term].detach()) == pytest.approx(float(value.detach()), rel=1e-5, abs=1e-6)
    found = gradients(plain.player_loss(one), [ours.generator, ours.encoder])
    expected = gradients(plain.player_loss(other), [plain.generator, plain.encoder])
    assert (found - expected).norm() < 1e-4 * expected.norm()


@pytest.mark.parametrize("name", CASES)
def test_whole_steps_with_the_same_random_numbers_go_the_same_way(name: str) -> None:
    ours = build(name)
    plain = StraightforwardStep(ours, torch.Generator().manual_seed(5))
    ours.prepare(torch.empty(0), torch.Generator().manual_seed(5))
    for step in range(3):
        batches = [torch.rand(8, *ours.shape) for _ in range(3)]
        found = ours.train_step([Batch(batch, torch.arange(8)) for batch in batches])
        expected = plain.train_step(batches)
        assert found.keys() == expected.keys()
        for term, value in expected.items():
            assert float(found[term]) == pytest.approx(float(value.detach()), rel=2e-3, abs=1e-5), (step, term)
