"""Generators, encoders and critics of ClusterGAN's supplement (arXiv 1809.03627 §6.2), selected by name.

| architecture | paper's data | generator | encoder and critic |
|---|---|---|---|
| mlp | 10x_73k | two hidden layers, linear out | two hidden layers |
| mlp-batchnorm | Synthetic, Pendigits | the same with batch normalisation, sigmoid out | with batch normalisation |
| dcgan-small | MNIST, Fashion-MNIST | FC, FC, two transposed convolutions | two convolutions, FC |
| dcgan-wide | COIL-20, COIL-100, CIFAR-10 | FC, four transposed convolutions | four convolutions |
| linear | 10 Gaussians (§2.5) | x = Wz | two hidden layers |

`dcgan-small` fits any image whose sides are divisible by 4 (such as 16×16 digits), `dcgan-wide` any image whose sides
are divisible by 16; images below 16×16 use `mlp-batchnorm`. The last layer of a generator depends on the kind of data:
sigmoid for data in [0, 1] (images, tables), linear for expression. Normalisation comes before the activation, as in the
authors' code. The critics of `mlp-batchnorm` and `dcgan-wide` are normalised in the paper's tables;
`critic_norm="none"` removes this, because a gradient penalty is a condition on single samples and batch statistics
couple them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from clustergan_core.data.dataset import Kind
from clustergan_core.errors import SettingsError
from clustergan_core.method_facts import Architecture, CriticNorm, Initialisation, Upsampling, is_convolved

LEAK = 0.2
NORM_EPSILON = 1e-3  # as in the authors' code; PyTorch's own default is 1e-5


@dataclass
class Networks:
    """The three networks for one data set."""

    generator: nn.Sequential  # (B, n_latent) → (B, *shape)
    encoder: nn.Module  # (B, *shape) → (B, n_encoder_outputs)
    critic: Critic  # (B, *shape) → (B,)


@dataclass(frozen=True)
class _Plan:
    """What the networks of an architecture are built for."""

    kind: Kind
    shape: tuple[int, ...]  # of a sample
    n_latent: int  # inputs of the generator
    n_outputs: int  # of the encoder
    width: float
    norm_critic: bool
    upsampling: Upsampling = "transposed"


def choose_architecture(kind: Kind, shape: tuple[int, ...]) -> Architecture:
    """The paper's architecture for data of this kind and shape, (C, H, W) or (n_features,)."""
    if kind == "expression":
        return "mlp"
    if kind == "table":
        return "mlp-batchnorm"
    if not is_convolved(kind, shape):
        return "mlp-batchnorm"
    channels, height, width = shape
    if channels == 3 and height % 16 == 0 and width % 16 == 0:
        return "dcgan-wide"
    return "dcgan-small"


def build_networks(
    architecture: Architecture,
    kind: Kind,
    shape: tuple[int, ...],
    n_latent: int,
    width: float = 1.0,
    initialisation: Initialisation = "normal-0.02",
    critic_norm: CriticNorm = "paper",
    n_encoder_outputs: int | None = None,
    upsampling: Upsampling = "transposed",
) -> Networks:
    """Builds the three networks; `width` scales every hidden layer of the paper's table.

    By default the encoder has as many outputs as the generator has inputs, for ClusterGAN's ẑ_n and cluster logits;
    `n_encoder_outputs` allows other outputs, such as means and variances. `upsampling` is how generators of images
    double their sides: by the paper's transposed convolutions, or by repeating each pixel before a convolution. Raises
    SettingsError if the architecture does not fit data of this shape.
    """
    _check_shape(architecture, shape)
    n_outputs = n_latent if n_encoder_outputs is None else n_encoder_outputs
    plan = _Plan(kind, shape, n_latent, n_outputs, width, critic_norm == "paper", upsampling)
    networks = _BUILDERS[architecture](plan)
    if initialisation == "normal-0.02":
        for network in (networks.generator, networks.encoder, networks.critic):
            network.apply(_initialise_normal)
    return networks


def build_joint_critic(
    architecture: Architecture,
    kind: Kind,
    shape: tuple[int, ...],
    n_condition: int,
    width: float = 1.0,
    initialisation: Initialisation = "normal-0.02",
) -> JointCritic:
    """Builds the architecture's critic without normalisation, for samples with one condition each (B, n_condition).

    Raises SettingsError if the architecture does not fit data of this shape.
    """
    _check_shape(architecture, shape)
    layers = list(_BUILDERS[architecture](_Plan(kind, shape, 1, 1, width, norm_critic=False)).critic.body)
    n_trunk = next(number for number, layer in enumerate(layers) if isinstance(layer, nn.Flatten)) + 1
    first, *rest = layers[n_trunk:]
    assert isinstance(first, nn.Linear)
    # A score that is linear in the condition could not tell which condition belongs to which sample.
    n_hidden = first.out_features if rest else round(1024 * width)
    rest = rest or [nn.LeakyReLU(LEAK), nn.Linear(n_hidden, 1)]
    head = nn.Sequential(nn.Linear(first.in_features + n_condition, n_hidden), *rest)
    critic = JointCritic(nn.Sequential(*layers[:n_trunk]), head)
    if initialisation == "normal-0.02":
        critic.apply(_initialise_normal)
    return critic


def _check_shape(architecture: Architecture, shape: tuple[int, ...]) -> None:
    step = {"dcgan-small": 4, "dcgan-wide": 16}.get(architecture)
    if step is None:
        return
    if len(shape) != 3:
        raise SettingsError(
            f"Architecture {architecture} needs images, but a sample has {math.prod(shape)} features: "
            "choose mlp or mlp-batchnorm."
        )
    if shape[1] % step or shape[2] % step:
        raise SettingsError(
            f"Architecture {architecture} needs sides divisible by {step}, but the images are "
            f"{shape[2]}×{shape[1]}: choose another architecture or resize them."
        )


def _initialise_normal(module: nn.Module) -> None:
    if isinstance(module, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, std=0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


class Critic(nn.Module):
    """A critic with one score for each sample: (B, *shape) → (B,)."""

    def __init__(self, body: nn.Sequential) -> None:
        super().__init__()
        self.body = body

    @property
    def hidden(self) -> list[nn.Module]:
        """All layers but the last."""
        return list(self.body)[:-1]

    @property
    def last(self) -> nn.Linear:
        """The linear map from the last hidden layer to the score."""
        last = self.body[-1]
        assert isinstance(last, nn.Linear)
        return last

    def features(self, samples: Tensor) -> Tensor:
        """The last hidden layer (B, n_features); the score is a linear map of it."""
        return self.body[:-1](samples)

    def forward(self, samples: Tensor) -> Tensor:
        return self.body(samples).squeeze(1)


class ConditionedCritic(nn.Module):
    """A critic whose score also depends on the mode k: w·φ(x) + b + v_k·φ(x) (projection, arXiv 1802.05637).

    For several samples s of an experiment u_s·φ(x) is added.
    """

    def __init__(self, critic: Critic, n_clusters: int, n_batches: int = 0) -> None:
        super().__init__()
        self.critic = critic
        self.directions = nn.Embedding(n_clusters, critic.last.in_features)
        # Small, so that the modes' scores are similar at first and diverge as the critic learns them.
        nn.init.normal_(self.directions.weight, std=0.02)
        self.batch_directions: nn.Embedding | None = None
        if n_batches:
            self.batch_directions = nn.Embedding(n_batches, critic.last.in_features)
            nn.init.normal_(self.batch_directions.weight, std=0.02)

    def directions_of(self, cluster: Tensor, batch: Tensor | None = None) -> Tensor:
        """The vectors (B, n_features) that multiply the last hidden layer to score members of clusters (B,).

        `batch` (B,) is the sample of the experiment that each is from, for a critic of several.
        """
        directions = self.critic.last.weight + self.directions(cluster)
        if self.batch_directions is None or batch is None:
            return directions
        return directions + self.batch_directions(batch)

    def forward(self, samples: Tensor, cluster: Tensor, batch: Tensor | None = None) -> Tensor:
        """Scores (B,) of samples (B, *shape) as members of their clusters (B,) and batches (B,)."""
        directions = self.directions_of(cluster, batch)
        return (self.critic.features(samples) * directions).sum(dim=1) + self.critic.last.bias


class JointCritic(nn.Module):
    """A critic of pairs: the head takes the trunk's output for a sample and a condition, such as a latent."""

    def __init__(self, trunk: nn.Sequential, head: nn.Sequential) -> None:
        super().__init__()
        self.trunk, self.head = trunk, head

    def forward(self, samples: Tensor, condition: Tensor) -> Tensor:
        """Scores (B,) of samples (B, *shape) with their conditions (B, n_condition)."""
        return self.head(torch.cat([self.trunk(samples), condition], dim=1)).squeeze(1)


def _output(kind: Kind) -> nn.Module:
    return nn.Identity() if kind == "expression" else nn.Sigmoid()


def _hidden(n_in: int, n_out: int, activation: nn.Module, norm: bool) -> list[nn.Module]:
    normalisation = [nn.BatchNorm1d(n_out, eps=NORM_EPSILON)] if norm else []
    return [nn.Linear(n_in, n_out), *normalisation, activation]


def _mlp(n_in: int, n_hidden: int, n_out: int, norm: bool, last: Sequence[nn.Module] = ()) -> nn.Sequential:
    return nn.Sequential(
        nn.Flatten(),
        *_hidden(n_in, n_hidden, nn.LeakyReLU(LEAK), norm),
        *_hidden(n_hidden, n_hidden, nn.LeakyReLU(LEAK), norm),
        nn.Linear(n_hidden, n_out),
        *last,
    )


def _build_mlp(plan: _Plan, norm: bool = False) -> Networks:
    n_features, n_hidden = math.prod(plan.shape), round(256 * plan.width)
    last = [_output(plan.kind), nn.Unflatten(1, plan.shape)]
    return Networks(
        generator=_mlp(plan.n_latent, n_hidden, n_features, norm, last),
        encoder=_mlp(n_features, n_hidden, plan.n_outputs, norm),
        critic=Critic(_mlp(n_features, n_hidden, 1, norm and plan.norm_critic)),
    )


def _build_batchnorm_mlp(plan: _Plan) -> Networks:
    return _build_mlp(plan, norm=True)


def _build_linear(plan: _Plan) -> Networks:
    networks = _build_mlp(plan)
    linear = nn.Linear(plan.n_latent, math.prod(plan.shape), bias=False)
    return Networks(nn.Sequential(linear, nn.Unflatten(1, plan.shape)), networks.encoder, networks.critic)


def _conv(n_in: int, n_out: int, norm: bool) -> list[nn.Module]:
    """Halves both sides: (B, n_in, H, W) → (B, n_out, H/2, W/2)."""
    normalisation = [nn.BatchNorm2d(n_out, eps=NORM_EPSILON)] if norm else []
    return [nn.Conv2d(n_in, n_out, 4, 2, 1), *normalisation, nn.LeakyReLU(LEAK)]


def _double_sides(n_in: int, n_out: int, upsampling: Upsampling) -> list[nn.Module]:
    """(B, n_in, H, W) → (B, n_out, 2H, 2W)."""
    if upsampling == "nearest":
        # All output pixels have the same weights, so that no pattern of two pixels is there from the start.
        return [nn.Upsample(scale_factor=2, mode="nearest"), nn.Conv2d(n_in, n_out, 3, 1, 1)]
    return [nn.ConvTranspose2d(n_in, n_out, 4, 2, 1)]


def _upconv(n_in: int, n_out: int, upsampling: Upsampling) -> list[nn.Module]:
    """Doubles both sides and normalises: (B, n_in, H, W) → (B, n_out, 2H, 2W)."""
    return [*_double_sides(n_in, n_out, upsampling), nn.BatchNorm2d(n_out, eps=NORM_EPSILON), nn.ReLU()]


def _build_small_dcgan(plan: _Plan) -> Networks:
    # norm_critic changes nothing here: the paper's MNIST critic has no normalisation to drop.
    channels, height, side = plan.shape[0], plan.shape[1] // 4, plan.shape[2] // 4
    n_dense, n_first, n_second = (round(n * plan.width) for n in (1024, 64, 128))
    n_flat = n_second * height * side
    generator = nn.Sequential(
        *_hidden(plan.n_latent, n_dense, nn.ReLU(), norm=True),
        nn.Linear(n_dense, n_flat),
        nn.Unflatten(1, (n_second, height, side)),
        nn.BatchNorm2d(n_second, eps=NORM_EPSILON),
        nn.ReLU(),
        *_upconv(n_second, n_first, plan.upsampling),
        *_double_sides(n_first, channels, plan.upsampling),
        _output(plan.kind),
    )

    def down(n_out: int) -> nn.Sequential:
        return nn.Sequential(
            *_conv(channels, n_first, norm=False),
            *_conv(n_first, n_second, norm=False),
            nn.Flatten(),
            *_hidden(n_flat, n_dense, nn.LeakyReLU(LEAK), norm=False),
            nn.Linear(n_dense, n_out),
        )

    return Networks(generator, encoder=down(plan.n_outputs), critic=Critic(down(1)))


def _build_wide_dcgan(plan: _Plan) -> Networks:
    channels, height, side = plan.shape[0], plan.shape[1] // 16, plan.shape[2] // 16
    up = [round(n * plan.width) for n in (448, 256, 128, 64)]
    down_widths = [round(n * plan.width) for n in (64, 128, 256, 512)]
    generator = nn.Sequential(
        nn.Linear(plan.n_latent, up[0] * height * side),
        nn.Unflatten(1, (up[0], height, side)),
        nn.BatchNorm2d(up[0], eps=NORM_EPSILON),
        nn.ReLU(),
        *[layer for n_in, n_out in pairwise(up) for layer in _upconv(n_in, n_out, plan.upsampling)],
        *_double_sides(up[-1], channels, plan.upsampling),
        _output(plan.kind),
    )

    def down(n_out: int, norm: bool) -> nn.Sequential:
        return nn.Sequential(
            *_conv(channels, down_widths[0], norm=False),
            *[layer for n_in, n_next in pairwise(down_widths) for layer in _conv(n_in, n_next, norm)],
            nn.Flatten(),
            nn.Linear(down_widths[-1] * height * side, n_out),
        )

    return Networks(generator, encoder=down(plan.n_outputs, norm=True), critic=Critic(down(1, plan.norm_critic)))


_BUILDERS: dict[Architecture, Callable[[_Plan], Networks]] = {
    "mlp": _build_mlp,
    "mlp-batchnorm": _build_batchnorm_mlp,
    "dcgan-small": _build_small_dcgan,
    "dcgan-wide": _build_wide_dcgan,
    "linear": _build_linear,
}
