"""The losses against transcriptions of their formulas that share no code with them.

Wasserstein critic and gradient penalty: arXiv 1704.00028, eq. 3. Joint loss of generator and encoder: arXiv 1809.03627,
eq. 1, with the mean over dimensions of the authors' code where the paper prints a sum.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from clustergan_core.method import Batch
from clustergan_core.methods.clustergan import ClusterGAN, ClusterGANSettings
from clustergan_core.nn.input_gradients import gradients_by_autograd
from clustergan_core.nn.losses import (
    cluster_recovery_loss,
    gradient_penalty,
    mix_samples,
    normal_recovery_loss,
    wasserstein_critic_loss,
    wasserstein_generator_loss,
)
from clustergan_core.nn.networks import Critic
from clustergan_core.nn.prior import Latent, Prior

N_FEATURES, N_NORMAL, N_CLUSTERS, BATCH = 12, 3, 4, 8
CPU = torch.device("cpu")


def array(tensor: Tensor) -> NDArray[np.float64]:
    return tensor.detach().numpy().astype(np.float64)


def log_softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    return logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))


def forward(network: nn.Module, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
    """A network of two leaky layers and a linear one, in numpy."""
    weights = [array(parameter) for parameter in network.parameters()]
    assert len(weights) == 6
    for weight, bias in zip(weights[:4:2], weights[1:4:2], strict=True):
        inputs = inputs @ weight.T + bias
        inputs = np.where(inputs > 0, inputs, 0.2 * inputs)
    return inputs @ weights[4].T + weights[5]


def small_clustergan(**settings: float) -> ClusterGAN:
    """Three multilayer perceptrons without batch normalisation, whose outputs are far from zero."""
    torch.manual_seed(0)
    chosen = {"n_clusters": N_CLUSTERS, "n_normal": N_NORMAL, "batch_size": BATCH, "width": 0.1, **settings}
    return ClusterGAN(
        ClusterGANSettings.model_validate({"architecture": "mlp", "initialisation": "framework", **chosen}),
        "expression",
        (N_FEATURES,),
    )


def linear_critic(weight: Sequence[float], bias: float = 0.3) -> Critic:
    linear = nn.Linear(len(weight), 1)
    with torch.no_grad():
        linear.weight.copy_(torch.tensor([list(weight)]))
        linear.bias.fill_(bias)
    return Critic(nn.Sequential(nn.Flatten(), linear))


def penalise(critic: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, mix: Tensor) -> Tensor:
    return gradient_penalty(gradients_by_autograd(critic, mix_samples(real, fake, mix)))


def test_the_critic_is_rewarded_for_scoring_real_above_generated():
    assert float(wasserstein_critic_loss(torch.tensor([3.0, 5.0]), torch.tensor([1.0, -2.0, 4.0]))) == 1 - 4


def test_the_generator_is_rewarded_for_high_scores():
    assert float(wasserstein_generator_loss(torch.tensor([1.0, -2.0, 4.0]))) == -1


def test_normal_recovery_averages_over_batch_and_dimensions():
    normal, recovered = torch.tensor([[1.0, 2.0], [0.0, 0.0]]), torch.tensor([[1.0, 0.0], [3.0, 0.0]])
    assert float(normal_recovery_loss(normal, recovered)) == pytest.approx((4 + 9) / 4)


def test_cluster_recovery_is_cross_entropy_from_logits():
    generator = np.random.default_rng(0)
    logits, modes = generator.normal(size=(6, 5)) * 3, np.eye(5)[generator.integers(0, 5, 6)]
    expected = -np.mean(np.sum(modes * log_softmax(logits), axis=1))
    assert float(cluster_recovery_loss(torch.tensor(modes), torch.tensor(logits))) == pytest.approx(expected)


def test_cluster_recovery_stays_finite_for_extreme_logits():
    loss = cluster_recovery_loss(torch.tensor([[1.0, 0.0]]), torch.tensor([[-1e4, 1e4]]))
    assert float(loss) == pytest.approx(2e4)


@pytest.mark.parametrize(("weight", "expected"), [((3.0, 4.0), 16.0), ((0.6, 0.8), 0.0), ((0.0, 0.0), 1.0)])
def test_penalty_of_a_linear_critic_is_its_slope_off_one(weight, expected):
    # D(x) = w·x + b has the gradient w everywhere, so the penalty is (‖w‖ − 1)² whatever the points.
    real, fake = torch.randn(7, 2), torch.randn(7, 2)
    penalty = penalise(linear_critic(weight), real, fake, torch.rand(7))
    assert float(penalty.detach()) == pytest.approx(expected, abs=1e-10)


def test_penalty_takes_the_norm_over_all_of_an_image():
    weight = torch.randn(3 * 4 * 4)
    penalty = penalise(linear_critic(weight.tolist()), torch.rand(5, 3, 4, 4), torch.rand(5, 3, 4, 4), torch.rand(5))
    assert float(penalty.detach()) == pytest.approx((float(weight.norm()) - 1) ** 2, rel=1e-5)


def test_penalty_of_a_linear_critic_pulls_its_slope_towards_one():
    # d/dw (‖w‖ − 1)² = 2 (‖w‖ − 1) w / ‖w‖.
    critic = linear_critic((3.0, 4.0))
    penalise(critic, torch.randn(5, 2), torch.randn(5, 2), torch.rand(5)).backward()
    gradient = next(critic.parameters()).grad
    assert gradient is not None
    assert gradient[0].tolist() == pytest.approx([8 * 3 / 5, 8 * 4 / 5])


def test_penalty_follows_finite_differences_at_the_mixed_points():
    torch.manual_seed(0)
    critic = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1), nn.Flatten(0)).double()
    real, fake, mix = torch.rand(6, 4).double(), torch.rand(6, 4).double(), torch.rand(6).double()
    norms = []
    for x, y, share in zip(array(real), array(fake), array(mix), strict=True):
        point, step = share * x + (1 - share) * y, 1e-5
        moved = np.concatenate([point + step * np.eye(4), point - step * np.eye(4)])
        scores = array(critic(torch.tensor(moved)))
        norms.append(np.linalg.norm((scores[:4] - scores[4:]) / (2 * step)))
    penalty = penalise(critic, real, fake, mix)
    assert float(penalty.detach()) == pytest.approx(np.mean((np.array(norms) - 1) ** 2), rel=1e-6)


def test_penalty_mixes_each_sample_by_its_own_weight():
    # D(x) = x² / 2 has the gradient x: at mix 1 the real point, at mix 0 the generated one.
    def critic(samples: Tensor) -> Tensor:
        return samples.square().sum(dim=1) / 2

    real, fake = torch.tensor([[3.0], [3.0]]), torch.tensor([[5.0], [5.0]])
    penalty = penalise(critic, real, fake, torch.tensor([1.0, 0.0]))
    assert float(penalty.detach()) == pytest.approx(((3 - 1) ** 2 + (5 - 1) ** 2) / 2)


def test_player_losses_are_the_three_terms_of_equation_one():
    method = small_clustergan()
    latent = method.prior.sample(BATCH, torch.Generator().manual_seed(1), CPU)
    z_n, z_c = array(latent.normal), array(latent.cluster)
    fake = forward(method.generator, np.concatenate([z_n, z_c], axis=1))
    recovered = forward(method.encoder, fake)
    expected = {
        "generator": -np.mean(forward(method.critic, fake)),
        "normal_recovery": np.mean((z_n - recovered[:, :N_NORMAL]) ** 2),
        "cluster_recovery": -np.mean(np.sum(z_c * log_softmax(recovered[:, N_NORMAL:]), axis=1)),
    }
    losses = {name: float(loss.detach()) for name, loss in method.generator_encoder_losses(latent).items()}
    assert losses == pytest.approx(expected, rel=1e-4)


def test_critic_losses_are_the_two_terms_of_the_wasserstein_critic():
    method = small_clustergan()
    latent = method.prior.sample(BATCH, torch.Generator().manual_seed(1), CPU)
    real, mix = torch.rand(BATCH, N_FEATURES), torch.rand(BATCH)
    fake = forward(method.generator, array(latent.joined()))
    between = array(mix)[:, None] * array(real) + (1 - array(mix)[:, None]) * fake
    # The gradient of a leaky network by the chain rule: which units are on decides the slopes.
    first, first_bias, second, second_bias, last, _ = [array(parameter) for parameter in method.critic.parameters()]
    hidden = between @ first.T + first_bias
    deeper = np.where(hidden > 0, hidden, 0.2 * hidden) @ second.T + second_bias
    gradient = ((last * np.where(deeper > 0, 1, 0.2)) @ second * np.where(hidden > 0, 1, 0.2)) @ first
    expected = {
        "critic": np.mean(forward(method.critic, fake)) - np.mean(forward(method.critic, array(real))),
        "penalty": np.mean((np.linalg.norm(gradient, axis=1) - 1) ** 2),
    }
    losses = {
        name: float(loss.detach())
        for name, loss in method.critic_losses(real, torch.from_numpy(fake).float(), mix).items()
    }
    assert losses == pytest.approx(expected, rel=1e-4)


def test_the_critics_losses_do_not_reach_the_generator():
    method = small_clustergan()
    latent = method.prior.sample(BATCH, torch.Generator().manual_seed(1), CPU)
    losses = method.critic_losses(torch.rand(BATCH, N_FEATURES), method.generator(latent.joined()), torch.rand(BATCH))
    (losses["critic"] + losses["penalty"]).backward()
    assert all(parameter.grad is None for parameter in [*method.generator.parameters(), *method.encoder.parameters()])
    assert all(parameter.grad is not None for name, parameter in method.critic.named_parameters() if "weight" in name)


@dataclass(frozen=True)
class RecordingPrior(Prior):
    """Keeps what it draws, so that a test can repeat the step."""

    drawn: list[Latent] = field(default_factory=list)

    def sample(
        self, count: int, generator: torch.Generator, device: torch.device, cluster: Tensor | None = None
    ) -> Latent:
        latent = super().sample(count, generator, device, cluster)
        self.drawn.append(latent)
        return latent


def test_a_step_is_the_critics_updates_and_then_one_joint_update():
    """The whole step repeated from the paper: λ, β_n, β_c, Adam's constants and the order of updates included."""
    method = small_clustergan(
        n_critic_steps=3,
        learning_rate=1e-3,
        penalty_weight=7.0,
        normal_weight=2.0,
        cluster_weight=5.0,
        beta1=0.4,
        beta2=0.8,
    )
    # The penalty of a linear critic does not depend on where it is taken, so the mixing weights need not be known.
    method.critic = linear_critic(np.linspace(-1, 2, N_FEATURES).tolist())
    prior = method._prior = RecordingPrior(N_NORMAL, N_CLUSTERS, 0.1)
    reference = copy.deepcopy(method)
    batches = [Batch(torch.rand(BATCH, N_FEATURES), torch.arange(BATCH)) for _ in range(3)]
    method.prepare(torch.cat([batch.samples for batch in batches]), torch.Generator().manual_seed(3))
    method.train_step(batches)
    *critic_latents, player_latent = [torch.cat([z.normal, z.cluster], dim=1) for z in prior.drawn]

    generator, encoder, critic = reference.generator, reference.encoder, reference.critic
    critic_adam = torch.optim.Adam(critic.parameters(), lr=1e-3, betas=(0.4, 0.8))
    both = [*generator.parameters(), *encoder.parameters()]
    player_adam = torch.optim.Adam(both, lr=1e-3, betas=(0.4, 0.8))
    slope = next(critic.parameters())
    for batch, z in zip(batches, critic_latents, strict=True):
        critic_adam.zero_grad()
        scores = critic(generator(z).detach()).mean() - critic(batch.samples).mean()
        (scores + 7 * (torch.sqrt((slope**2).sum()) - 1) ** 2).backward()
        critic_adam.step()
    player_adam.zero_grad()
    fake = generator(player_latent)
    recovered = encoder(fake)
    squared = ((player_latent[:, :N_NORMAL] - recovered[:, :N_NORMAL]) ** 2).sum() / (BATCH * N_NORMAL)
    log_code = torch.log(torch.softmax(recovered[:, N_NORMAL:], dim=1))
    entropy = -(player_latent[:, N_NORMAL:] * log_code).sum() / BATCH
    (-critic(fake).sum() / BATCH + 2 * squared + 5 * entropy).backward()
    player_adam.step()

    for name, value in reference.state_dict().items():
        assert torch.allclose(method.state_dict()[name], value, atol=1e-5), name
