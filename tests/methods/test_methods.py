"""What every method owes to training, evaluation and the pages."""

import copy
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from clustergan_core.data.dataset import Dataset, Kind, split_samples
from clustergan_core.method import Batch, Method
from clustergan_core.methods import METHODS, build_method
from clustergan_core.training import Schedule, train

pytestmark = pytest.mark.slow  # trains every method on every kind of data

CPU = torch.device("cpu")
SMALL: dict[str, Any] = {
    "n_clusters": 4,
    "n_normal": 3,
    "batch_size": 16,
    "n_critic_steps": 2,
    "width": 0.1,
    "n_iterations": 3,
}
DATA: dict[str, tuple[Kind, tuple[int, ...]]] = {
    "table": ("table", (16,)),
    "expression": ("expression", (30,)),
    "small images": ("image", (1, 8, 8)),
    "images": ("image", (1, 16, 16)),
    "colour images": ("image", (3, 32, 32)),
}

every_method = pytest.mark.parametrize("name", METHODS)
every_shape = pytest.mark.parametrize("data", DATA)


def build(name: str, data: str = "table", seed: int = 0) -> Method:
    """The method as small as its settings allow."""
    kind, shape = DATA[data]
    settings = METHODS[name].Settings
    chosen = {field: value for field, value in SMALL.items() if field in settings.model_fields}
    return build_method(name, settings.model_validate(chosen), kind, shape, seed, CPU)


def draw_samples(data: str = "table", count: int = 64) -> Tensor:
    return torch.rand(count, *DATA[data][1], generator=torch.Generator().manual_seed(5))


def train_some(method: Method, samples: Tensor, n_steps: int = 3, seed: int = 1) -> list[dict[str, Tensor]]:
    random = torch.Generator().manual_seed(seed)
    method.prepare(samples, random)
    losses = []
    for step in range(1, n_steps + 1):
        method.begin_step(step, n_steps)
        batches = []
        for size in method.batch_sizes:
            indices = torch.randint(len(samples), (size,), generator=random)
            batches.append(Batch(samples[indices], indices))
        losses.append(method.train_step(batches))
    return losses


def parameters(network: nn.Module) -> dict[str, Tensor]:
    return {name: parameter.detach().clone() for name, parameter in network.named_parameters()}


def generate_few(method: Method) -> Tensor:
    """Five samples from fixed latents; none from a method without a generator."""
    if not method.generates:
        return torch.empty(0)
    with torch.inference_mode():
        return method.generate(method.prior.sample(5, torch.Generator().manual_seed(0), CPU))


every_generator = pytest.mark.parametrize("name", [name for name in METHODS if build(name).generates])


@every_method
@every_shape
def test_a_short_training_moves_every_weight_of_every_network(name, data):
    method = build(name, data)
    before = parameters(method)
    train_some(method, draw_samples(data), n_steps=8)  # long enough for each phase that a method has
    still = [key for key, value in parameters(method).items() if "weight" in key and torch.equal(value, before[key])]
    assert still == []


@every_method
@every_shape
def test_losses_are_finite_detached_scalars(name, data):
    steps = train_some(build(name, data), draw_samples(data))
    assert all(steps)
    values = [value for losses in steps for value in losses.values()]
    assert all(value.ndim == 0 and not value.requires_grad for value in values)
    assert all(math.isfinite(float(value)) for value in values)


@every_method
def test_the_same_seed_gives_the_same_losses_and_weights(name):
    first, second, other = build(name), build(name), build(name, seed=9)
    samples = draw_samples()
    losses, again = train_some(first, samples), train_some(second, samples)
    assert losses == again
    assert all(torch.equal(value, second.state_dict()[key]) for key, value in first.state_dict().items())
    if parameters(other):  # the fit of a method without weights depends on the data alone
        assert train_some(other, samples) != losses


@every_method
def test_building_leaves_global_randomness_alone(name):
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    build(name)
    assert torch.equal(torch.rand(4), expected)


@every_method
@every_shape
def test_an_encoding_does_not_depend_on_the_other_samples_of_its_batch(name, data):
    method, samples = build(name, data), draw_samples(data)
    train_some(method, samples)
    together, alone = method.encode_all(samples).joined(), method.encode_all(samples[7:8]).joined()
    assert torch.allclose(together[7:8], alone, atol=1e-5)
    clusters, _ = method.assign_all(samples)
    reversed_clusters, _ = method.assign_all(samples.flip(0))
    assert torch.equal(clusters, reversed_clusters.flip(0))


@every_method
@every_shape
def test_a_code_holds_probabilities_and_a_cluster_is_the_likeliest(name, data):
    method, samples = build(name, data), draw_samples(data)
    train_some(method, samples)
    encoding = method.encode_all(samples)
    clusters, confidence = method.assign_all(samples)
    assert len(encoding.normal) == 64
    assert clusters.dtype == torch.int64
    assert 0 <= int(clusters.min()) <= int(clusters.max()) < method.n_clusters
    assert float(confidence.min()) >= 0
    assert float(confidence.max()) <= 1
    if encoding.cluster is not None:
        assert torch.allclose(encoding.cluster.sum(dim=1), torch.ones(64), atol=1e-5)
        assert torch.equal(clusters, encoding.cluster.argmax(dim=1))
        assert torch.equal(confidence, encoding.cluster.max(dim=1).values)


@every_generator
@every_shape
def test_generated_samples_have_the_shape_of_the_data_and_repeat(name, data):
    method = build(name, data)
    train_some(method, draw_samples(data))
    latent = method.prior.sample(5, torch.Generator().manual_seed(0), CPU)
    with torch.inference_mode():
        samples = method.generate(latent)
        assert samples.shape == (5, *DATA[data][1])
        assert torch.equal(samples, method.generate(latent))


@every_method
@every_shape
def test_loaded_weights_encode_assign_and_generate_the_same(name, data):
    trained, fresh, samples = build(name, data), build(name, data, seed=8), draw_samples(data)
    train_some(trained, samples)
    trained.calibrate(samples)
    fresh.load_state_dict(copy.deepcopy(trained.state_dict()))
    assert torch.equal(trained.encode_all(samples).joined(), fresh.encode_all(samples).joined())
    assert torch.equal(trained.assign_all(samples)[0], fresh.assign_all(samples)[0])
    assert torch.equal(generate_few(trained), generate_few(fresh))


@every_method
def test_encoding_and_generating_need_the_inference_networks_alone(name):
    trained, fresh, samples = build(name), build(name, seed=8), draw_samples()
    train_some(trained, samples)
    kept = trained.inference_networks()
    for part, network in fresh.inference_networks().items():
        network.load_state_dict(copy.deepcopy(kept[part].state_dict()))
    assert torch.equal(trained.encode_all(samples).joined(), fresh.encode_all(samples).joined())
    assert torch.equal(generate_few(trained), generate_few(fresh))


@every_method
def test_encoding_assigning_and_generating_change_nothing(name):
    method, samples = build(name), draw_samples()
    train_some(method, samples)
    before = copy.deepcopy(method.state_dict())
    method.encode_all(samples)
    method.assign_all(samples)
    generate_few(method)
    assert all(torch.equal(value, before[key]) for key, value in method.state_dict().items())


@every_method
def test_every_parameter_belongs_to_exactly_one_optimizer(name):
    method = build(name)
    method.prepare(draw_samples(), torch.Generator().manual_seed(0))
    held = [
        id(parameter)
        for optimizer in method.optimizers().values()
        for group in optimizer.param_groups
        for parameter in group["params"]
    ]
    assert sorted(held) == sorted(id(parameter) for parameter in method.parameters() if parameter.requires_grad)


@every_method
def test_steps_of_one_variant_take_the_same_batches_and_return_the_same_losses(name):
    method, samples = build(name), draw_samples()
    random = torch.Generator().manual_seed(1)
    method.prepare(samples, random)
    seen: dict[str, set[tuple[object, ...]]] = {}
    for step in range(1, 21):
        method.begin_step(step, 20)
        chosen = [torch.arange(size) % len(samples) for size in method.batch_sizes]
        batches = [Batch(samples[indices], indices) for indices in chosen]
        losses = method.train_step(batches)
        seen.setdefault(method.variant, set()).add((*method.batch_sizes, *losses))
    assert all(len(kinds) == 1 for kinds in seen.values())


@pytest.mark.parametrize("name", [name for name in METHODS if not METHODS[name].uses_labels])
def test_shuffled_labels_leave_every_loss_unchanged(name):
    generator = np.random.default_rng(0)
    samples, labels = generator.random((60, 16), dtype=np.float32), generator.integers(0, 4, 60)
    dataset = Dataset("toy", "table", samples, split_samples(60), labels, ("a", "b", "c", "d"))
    unlabelled = replace(dataset, labels=None, label_names=())
    histories = []
    for data in (dataset, replace(dataset, labels=generator.permutation(labels)), unlabelled):
        schedule = Schedule(n_steps=4, log_every=1, evaluate_every=2)
        progress = list(train(build(name), data, schedule, seed=3, device=CPU))
        criteria = [row.scores.get("criterion") for row in progress if row.scores is not None]
        histories.append(([row.losses for row in progress], criteria, [row.is_best for row in progress]))
    assert histories[0] == histories[1] == histories[2]
