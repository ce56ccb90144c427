"""The networks against the tables of arXiv 1809.03627 §6.2: parameters counted by hand, layer by layer."""

import math

import pytest
import torch
from torch import nn

from clustergan_core.data.dataset import Kind
from clustergan_core.errors import SettingsError
from clustergan_core.method_facts import Upsampling
from clustergan_core.nn.networks import Architecture, Networks, build_joint_critic, build_networks, choose_architecture


def fc(n_in: int, n_out: int) -> int:
    return n_in * n_out + n_out


def conv(n_in: int, n_out: int) -> int:
    """A 4×4 convolution, in either direction."""
    return 4 * 4 * n_in * n_out + n_out


def bn(n: int) -> int:
    """A scale and a shift a feature or channel."""
    return 2 * n


# §6.2: (architecture, kind, shape, d_z) → parameters of generator, encoder and critic.
MNIST_DOWN = conv(1, 64) + conv(64, 128) + fc(7 * 7 * 128, 1024)
MNIST_UP = fc(40, 1024) + bn(1024) + fc(1024, 7 * 7 * 128) + bn(128) + conv(128, 64) + bn(64) + conv(64, 1)
CIFAR_DOWN = conv(3, 64) + conv(64, 128) + bn(128) + conv(128, 256) + bn(256) + conv(256, 512) + bn(512)
CIFAR_UP = (
    fc(60, 2 * 2 * 448) + bn(448) + conv(448, 256) + bn(256) + conv(256, 128) + bn(128) + conv(128, 64) + bn(64)
) + conv(64, 3)
HIDDEN_NORM = bn(256) + fc(256, 256) + bn(256)
HIDDEN_PLAIN = fc(256, 256)
TABLES: dict[str, tuple[Architecture, Kind, tuple[int, ...], int, tuple[int, int, int]]] = {
    "synthetic": (
        *("mlp-batchnorm", "table", (100,), 10),
        (
            fc(10, 256) + HIDDEN_NORM + fc(256, 100),
            fc(100, 256) + HIDDEN_NORM + fc(256, 10),
            fc(100, 256) + HIDDEN_NORM + fc(256, 1),
        ),
    ),
    "pendigits": (
        *("mlp-batchnorm", "table", (16,), 15),
        (
            fc(15, 256) + HIDDEN_NORM + fc(256, 16),
            fc(16, 256) + HIDDEN_NORM + fc(256, 15),
            fc(16, 256) + HIDDEN_NORM + fc(256, 1),
        ),
    ),
    "10x_73k": (
        *("mlp", "expression", (720,), 38),
        (
            fc(38, 256) + HIDDEN_PLAIN + fc(256, 720),
            fc(720, 256) + HIDDEN_PLAIN + fc(256, 38),
            fc(720, 256) + HIDDEN_PLAIN + fc(256, 1),
        ),
    ),
    "mnist": (
        *("dcgan-small", "image", (1, 28, 28), 40),
        (MNIST_UP, MNIST_DOWN + fc(1024, 40), MNIST_DOWN + fc(1024, 1)),
    ),
    "cifar10": (
        *("dcgan-wide", "image", (3, 32, 32), 60),
        (CIFAR_UP, CIFAR_DOWN + fc(2 * 2 * 512, 60), CIFAR_DOWN + fc(2 * 2 * 512, 1)),
    ),
}


def players(networks: Networks) -> tuple[nn.Module, nn.Module, nn.Module]:
    return networks.generator, networks.encoder, networks.critic


def count(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def layers(network: nn.Module, kind: type[nn.Module]) -> list[nn.Module]:
    return [module for module in network.modules() if isinstance(module, kind)]


@pytest.mark.parametrize("data", TABLES)
def test_each_table_of_the_paper_is_built_with_its_parameters(data):
    architecture, kind, shape, n_latent, expected = TABLES[data]
    assert choose_architecture(kind, shape) == architecture
    networks = build_networks(architecture, kind, shape, n_latent)
    assert tuple(count(network) for network in players(networks)) == expected


def test_the_counts_of_mnist_agree_with_figures_summed_on_paper():
    networks = build_networks("dcgan-small", "image", (1, 28, 28), 40)
    # Generator: 41,984 + 2,048 + 6,428,800 + 256 + 131,136 + 128 + 1,025.
    # Encoder and critic: 1,088 + 131,200 + 6,423,552, and 41,000 or 1,025 for the last layer.
    assert [count(network) for network in players(networks)] == [6_605_377, 6_596_840, 6_556_865]


@pytest.mark.parametrize(
    ("architecture", "shape"),
    [
        ("mlp", (720,)),
        ("mlp-batchnorm", (16,)),
        ("mlp-batchnorm", (1, 8, 8)),
        ("dcgan-small", (1, 8, 8)),
        ("dcgan-small", (1, 16, 16)),
        ("dcgan-small", (1, 28, 28)),
        ("dcgan-small", (3, 12, 20)),
        ("dcgan-wide", (3, 32, 32)),
        ("dcgan-wide", (3, 16, 48)),
    ],
)
def test_networks_map_latents_to_samples_and_back(architecture, shape):
    kind: Kind = "image" if len(shape) == 3 else "table"
    networks = build_networks(architecture, kind, shape, 9, width=0.1)
    samples = networks.generator(torch.randn(4, 9))
    assert samples.shape == (4, *shape)
    assert networks.encoder(samples).shape == (4, 9)
    assert networks.critic(samples).shape == (4,)


@pytest.mark.parametrize(
    ("kind", "shape", "architecture"),
    [
        ("table", (16,), "mlp-batchnorm"),
        ("expression", (720,), "mlp"),
        ("image", (1, 8, 8), "mlp-batchnorm"),
        ("image", (1, 16, 16), "dcgan-small"),
        ("image", (1, 28, 28), "dcgan-small"),
        ("image", (3, 32, 32), "dcgan-wide"),
        ("image", (3, 20, 20), "dcgan-small"),
        ("image", (1, 32, 32), "dcgan-small"),
    ],
)
def test_the_architecture_follows_kind_and_shape(kind, shape, architecture):
    assert choose_architecture(kind, shape) == architecture


def test_convolutions_halve_28_to_14_to_7_with_kernels_of_four():
    networks = build_networks("dcgan-small", "image", (1, 28, 28), 40)
    sides: list[int] = []
    for layer in layers(networks.encoder, nn.Conv2d):
        layer.register_forward_hook(lambda _layer, _inputs, output: sides.append(output.shape[-1]))
    networks.encoder(torch.rand(1, 1, 28, 28))
    assert sides == [14, 7]
    strided = [*layers(networks.encoder, nn.Conv2d), *layers(networks.generator, nn.ConvTranspose2d)]
    assert all(layer.kernel_size == (4, 4) and layer.stride == (2, 2) for layer in strided)


def test_the_leak_is_two_tenths_and_the_mnist_generator_does_not_leak():
    networks = build_networks("dcgan-small", "image", (1, 28, 28), 40)
    leaks = [*layers(networks.encoder, nn.LeakyReLU), *layers(networks.critic, nn.LeakyReLU)]
    assert [layer.negative_slope for layer in leaks] == [0.2] * 6
    assert len(layers(networks.generator, nn.ReLU)) == 3
    assert not layers(networks.generator, nn.LeakyReLU)


@pytest.mark.parametrize(
    ("architecture", "kind", "shape"),
    [("mlp-batchnorm", "table", (16,)), ("dcgan-small", "image", (1, 16, 16)), ("dcgan-wide", "image", (3, 32, 32))],
)
def test_samples_that_lie_between_zero_and_one_are_generated_there(architecture, kind, shape):
    generator = build_networks(architecture, kind, shape, 9, width=0.1, initialisation="framework").generator
    samples = generator(100 * torch.randn(8, 9))
    assert samples.min() >= 0
    assert samples.max() <= 1


def test_expression_is_generated_without_bounds():
    generator = build_networks("mlp", "expression", (30,), 9, initialisation="framework").generator
    samples = generator(1000 * torch.randn(8, 9))
    assert samples.min() < 0
    assert samples.max() > 1


@pytest.mark.parametrize(("architecture", "shape"), [("mlp-batchnorm", (16,)), ("dcgan-wide", (3, 32, 32))])
def test_the_critic_can_do_without_normalisation_while_the_encoder_keeps_it(architecture, shape):
    kind: Kind = "image" if len(shape) == 3 else "table"
    norms = (nn.BatchNorm1d, nn.BatchNorm2d)
    as_printed = build_networks(architecture, kind, shape, 9, width=0.1)
    without = build_networks(architecture, kind, shape, 9, width=0.1, critic_norm="none")
    assert any(layers(as_printed.critic, norm) for norm in norms)
    assert not any(layers(without.critic, norm) for norm in norms)
    assert any(layers(without.encoder, norm) for norm in norms)
    # Without batch statistics a score depends on its own sample alone, in training too.
    samples = torch.rand(6, *shape)
    assert torch.allclose(without.critic.train()(samples)[:1], without.critic(samples[:1]), atol=1e-5)


def test_weights_start_normal_with_two_hundredths_and_biases_at_zero():
    networks = build_networks("dcgan-small", "image", (1, 28, 28), 40)
    for layer in [*layers(networks.generator, nn.ConvTranspose2d), *layers(networks.encoder, nn.Linear)]:
        weight, bias = layer.get_parameter("weight").detach(), layer.get_parameter("bias")
        assert float(weight.std()) == pytest.approx(0.02, rel=0.1)
        assert abs(float(weight.mean())) < 4 * 0.02 / math.sqrt(weight.numel())
        assert not bias.any()


def test_width_scales_every_hidden_layer():
    encoder = build_networks("mlp", "table", (16,), 9, width=0.25).encoder
    assert [tuple(layer.get_parameter("weight").shape) for layer in layers(encoder, nn.Linear)] == [
        *((64, 16), (64, 64), (9, 64))
    ]


@pytest.mark.parametrize(
    ("architecture", "shape", "sentence"),
    [
        ("dcgan-small", (16,), "dcgan-small needs images, but a sample has 16 features: choose mlp or mlp-batchnorm."),
        ("dcgan-small", (1, 30, 28), "needs sides divisible by 4, but the images are 28×30: choose another"),
        ("dcgan-wide", (3, 28, 28), "needs sides divisible by 16, but the images are 28×28: choose another"),
    ],
)
def test_a_shape_an_architecture_cannot_take_is_named_with_the_remedy(architecture, shape, sentence):
    with pytest.raises(SettingsError, match=sentence):
        build_networks(architecture, "image", shape, 9)


@pytest.mark.parametrize(
    ("architecture", "shape", "n_features"),
    [
        ("mlp", (30,), 26),
        ("mlp-batchnorm", (16,), 26),
        ("dcgan-small", (1, 16, 16), 102),
        ("dcgan-wide", (3, 32, 32), 204),
    ],
)
def test_a_score_is_a_linear_map_of_the_critics_features(architecture, shape, n_features):
    kind: Kind = "image" if len(shape) == 3 else "table"
    critic = build_networks(architecture, kind, shape, 9, width=0.1).critic.eval()
    samples = torch.rand(4, *shape)
    weight, bias = list(critic.parameters())[-2:]
    features = critic.features(samples)
    assert features.shape == (4, n_features)
    assert torch.allclose(features @ weight[0] + bias, critic(samples), atol=1e-6)


ARCHITECTURES: list[tuple[Architecture, Kind, tuple[int, ...]]] = [
    ("mlp", "expression", (30,)),
    ("mlp-batchnorm", "table", (16,)),
    ("dcgan-small", "image", (1, 16, 16)),
    ("dcgan-wide", "image", (3, 32, 32)),
]


@pytest.mark.parametrize(("architecture", "kind", "shape"), ARCHITECTURES)
def test_an_encoder_may_give_more_than_the_generator_takes(
    architecture: Architecture, kind: Kind, shape: tuple[int, ...]
) -> None:
    networks = build_networks(architecture, kind, shape, 7, width=0.1, n_encoder_outputs=12)
    assert networks.generator(torch.rand(4, 7)).shape == (4, *shape)
    assert networks.encoder(torch.rand(4, *shape)).shape == (4, 12)


@pytest.mark.parametrize(("architecture", "kind", "shape"), ARCHITECTURES)
def test_a_joint_critic_tells_which_condition_belongs_to_which_sample(
    architecture: Architecture, kind: Kind, shape: tuple[int, ...]
) -> None:
    torch.manual_seed(0)
    critic = build_joint_critic(architecture, kind, shape, 5, width=0.2, initialisation="framework")
    (x, y), (z, w) = torch.rand(2, 1, *shape), 3 * torch.randn(2, 1, 5)
    scores = critic(torch.cat([x, y, x, y]), torch.cat([z, w, w, z])).detach()
    assert scores.shape == (4,)
    # A sum f(x) + g(z) would score both pairings alike.
    assert abs(float(scores[:2].sum() - scores[2:].sum())) > 1e-6


def test_a_linear_generator_is_a_matrix_and_nothing_else() -> None:
    networks = build_networks("linear", "table", (12,), 5)
    assert [tuple(weights.shape) for weights in networks.generator.parameters()] == [(12, 5)]
    first, second = torch.randn(2, 3, 5, generator=torch.Generator().manual_seed(0))
    combined = networks.generator(2 * first - second)
    torch.testing.assert_close(combined, 2 * networks.generator(first) - networks.generator(second))
    unit = networks.generator(torch.eye(5))
    torch.testing.assert_close(unit.T, next(networks.generator.parameters()))  # a mode's sample is a column of W


@pytest.mark.parametrize(("architecture", "shape"), [("dcgan-small", (1, 16, 16)), ("dcgan-wide", (3, 32, 32))])
def test_pixels_that_are_doubled_before_a_convolution_leave_no_checkerboard(
    architecture: Architecture, shape: tuple[int, ...]
) -> None:
    def unevenness(upsampling: Upsampling) -> float:
        """How much the middle of images from even feature maps varies, over their mean."""
        torch.manual_seed(0)
        networks = build_networks(
            architecture, "image", shape, 9, width=0.2, initialisation="framework", upsampling=upsampling
        )
        generator = networks.generator.eval()
        assert isinstance(generator, nn.Sequential)
        first = next(n for n, layer in enumerate(generator) if isinstance(layer, nn.BatchNorm2d))
        normalisation = generator[first]
        assert isinstance(normalisation, nn.BatchNorm2d)
        maps = torch.rand(1, normalisation.num_features, 1, 1).expand(-1, -1, 12, 12)
        with torch.no_grad():
            images = generator[first:](maps)
        edge = images.shape[-1] // 3
        middle = images[0, :, edge:-edge, edge:-edge]  # (C, H, W)
        return float((middle.std(dim=(1, 2)) / middle.mean(dim=(1, 2))).max())

    assert unevenness("nearest") < 1e-5
    assert unevenness("transposed") > 1e-3


def test_a_generator_that_doubles_pixels_draws_images_of_the_same_shape_with_fewer_weights() -> None:
    transposed, nearest = (
        build_networks("dcgan-small", "image", (1, 28, 28), 40, upsampling=way).generator
        for way in ("transposed", "nearest")
    )
    assert nearest(torch.rand(2, 40)).shape == (2, 1, 28, 28)
    # 3×3 in place of 4×4 in both doublings: 7 weights less for each pair of channels.
    assert count(transposed) - count(nearest) == 7 * (128 * 64 + 64 * 1)
