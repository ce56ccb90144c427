"""Compares ways to double the sides of an image in the generator of Paired ClusterGAN, after one warm-up per seed.

    python -m benchmarks.upsampling NAME … [--seeds 0-2] [--steps N] [--ways W …] [--json]
    python -m benchmarks.upsampling --shipped [--json]

The warm-up trains the encoder alone, so all generators of a seed play the game from the same codes and the same state
of the random numbers. transposed: the transposed convolution of the networks as they are (4×4, stride 2). nearest,
bilinear: the side is doubled first and then convolved (3×3). blur: the transposed convolution, then the fixed filter
[1, 2, 1] in both directions. Of each, on the test split: the Fréchet distance and coverage in the data set's own
features, beside those of real halves; lines, the share of the energy beside the mean that lies on the two Nyquist lines
of the spectrum, where a pattern that repeats every two pixels lies, over that of real images; band, the same for all
frequencies from 3/8 of a cycle a pixel; and processor milliseconds a step of the game on one thread. --shipped measures
lines and band of the bundled models instead.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from collections.abc import Iterator
from typing import Any, Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.machine import describe_machine
from clustergan_core.data.dataset import Dataset
from clustergan_core.data.opening import open_dataset
from clustergan_core.evaluation.features import choose_features
from clustergan_core.generation import draw_latent, generate_all
from clustergan_core.method import Batch, Method
from clustergan_core.methods import build_method
from clustergan_core.methods.paired_clustergan.method import PairedClusterGAN
from clustergan_core.methods.paired_clustergan.settings import count_warm_up
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.store import list_shipped
from clustergan_core.runs.sweeps.plan import read_seeds
from clustergan_core.scoring.generated import RealSamples

Way = Literal["transposed", "nearest", "bilinear", "blur"]
HIGH = 3 / 8  # cycles a pixel
N_GENERATED = 5_000
N_OF_SHIPPED = 1_000


class Blur(nn.Module):
    """The filter [1, 2, 1] / 4 in both directions, channel by channel."""

    kernel: Tensor

    def __init__(self, n_channels: int) -> None:
        super().__init__()
        line = torch.tensor([0.25, 0.5, 0.25])
        self.register_buffer("kernel", torch.outer(line, line).repeat(n_channels, 1, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        return functional.conv2d(images, self.kernel.to(images.dtype), padding=1, groups=len(self.kernel))


def double_sides(way: Way, n_in: int, n_out: int) -> list[nn.Module]:
    """Layers (B, n_in, H, W) → (B, n_out, 2H, 2W)."""
    if way in ("nearest", "bilinear"):
        return [nn.Upsample(scale_factor=2, mode=way), nn.Conv2d(n_in, n_out, 3, 1, 1)]
    transposed = nn.ConvTranspose2d(n_in, n_out, 4, 2, 1)
    return [transposed, Blur(n_out)] if way == "blur" else [transposed]


def energy_shares(images: NDArray[np.floating]) -> tuple[float, float]:
    """The shares of the energy beside the mean of images (N, C, H, W): on the Nyquist lines, and in the high band."""
    centred = images.astype(np.float64) - images.mean(axis=(-2, -1), keepdims=True)
    power = (np.abs(np.fft.fft2(centred)) ** 2).mean(axis=(0, 1))  # (H, W)
    rows, columns = (np.abs(np.fft.fftfreq(side)) for side in power.shape)
    on_lines = (rows[:, None] == 0.5) | (columns == 0.5)
    in_band = (rows[:, None] >= HIGH) | (columns >= HIGH)
    return float(power[on_lines].sum() / power.sum()), float(power[in_band].sum() / power.sum())


def train_ways(name: str, seed: int, n_steps: int | None, ways: list[Way]) -> Iterator[dict[str, Any]]:
    """One row for each way, of the default preset or `n_steps` of it."""
    dataset = open_dataset(name)
    config = make_config(
        dataset, name, method="paired-clustergan", preset="default", device="cpu", seed=seed, n_steps=n_steps
    )
    warm = _build(config, dataset, "transposed")
    n_steps, n_warm_up = config.schedule.n_steps, count_warm_up(warm.settings, config.schedule.n_steps)
    _train(warm, 1, n_warm_up, n_steps)
    encoder = {key: value for key, value in warm.state_dict().items() if "generator" not in key}
    for way in ways:
        method = _build(config, dataset, way)
        method.load_state_dict(encoder, strict=False)
        method.random.set_state(warm.random.get_state())
        before = time.process_time()
        _train(method, n_warm_up + 1, n_steps, n_steps)
        seconds = time.process_time() - before
        row = {"data": name, "seed": seed, "steps": n_steps, "way": way}
        yield row | _score(method, dataset) | {"step_ms": 1000 * seconds / (n_steps - n_warm_up)}


def _build(config: RunConfig, dataset: Dataset, way: Way) -> PairedClusterGAN:
    method = build_method(
        config.method, config.method_settings(), dataset.kind, dataset.shape, config.seed, torch.device("cpu")
    )
    assert isinstance(method, PairedClusterGAN)
    assert isinstance(method.generator, nn.Sequential), "images come as one sample of an experiment"
    torch.manual_seed(config.seed)
    layers: list[nn.Module] = []
    for layer in method.generator:
        if isinstance(layer, nn.ConvTranspose2d) and way != "transposed":
            layers += double_sides(way, layer.in_channels, layer.out_channels)
        else:
            layers.append(layer)
    method.generator = nn.Sequential(*layers)
    method.mean_generator = copy.deepcopy(method.generator).requires_grad_(False)
    samples = torch.from_numpy(np.ascontiguousarray(dataset.samples[dataset.splits.train]))
    method.prepare(samples, torch.Generator().manual_seed(config.seed))
    return method


def _train(method: PairedClusterGAN, first: int, last: int, n_steps: int) -> None:
    for step in range(first, last + 1):
        method.begin_step(step, n_steps)
        method.train_step([_draw(method, size) for size in method.batch_sizes])


def _draw(method: PairedClusterGAN, size: int) -> Batch:
    indices = torch.randint(len(method.samples), (size,), generator=method.random)
    return Batch(method.samples[indices], indices)


def _score(method: Method, dataset: Dataset) -> dict[str, Any]:
    test = dataset.indices("test")
    real = RealSamples(dataset, test, choose_features(dataset), N_GENERATED)
    generated = generate_all(method, draw_latent(method, real.n))
    read = real.read(generated)
    distance, coverage = real.distance(read), real.coverage(read)
    return {"frechet": distance, "coverage": coverage} | compare_energy(generated.numpy(), dataset.samples[test])


def compare_energy(generated: NDArray[np.floating], real: NDArray[np.floating]) -> dict[str, float]:
    """The shares of generated images over those of real ones."""
    (lines, band), (real_lines, real_band) = energy_shares(generated), energy_shares(real)
    return {"lines": lines / real_lines, "band": band / real_band}


def measure_shipped() -> Iterator[dict[str, Any]]:
    """One row for each bundled model of images with a generator whose data is here."""
    for run in list_shipped():
        if run.config.dataset.kind != "image" or not run.is_data_here():
            continue
        method, dataset = run.load(), run.dataset()
        generated = generate_all(method, draw_latent(method, N_OF_SHIPPED)).numpy()
        yield {"run": run.name} | compare_energy(generated, dataset.samples[dataset.indices("test")])


def main() -> None:
    """Prints one row for each way and seed, or each bundled model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="*", metavar="NAME")
    parser.add_argument("--seeds", default="0-2")
    parser.add_argument("--steps", type=int, help="of the whole training; by default those of the preset")
    parser.add_argument("--ways", nargs="+", choices=get_args(Way), default=list(get_args(Way)))
    parser.add_argument("--shipped", action="store_true", help="the bundled models")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows: list[dict[str, Any]] = []
    trained = (
        row
        for name in options.datasets
        for seed in read_seeds(options.seeds)
        for row in train_ways(name, seed, options.steps, options.ways)
    )
    for row in measure_shipped() if options.shipped else trained:
        rows.append(row)
        if not options.json:
            print(json.dumps(row), flush=True)
    if options.json:
        print(json.dumps(describe_machine() | {"rows": rows}, indent=1))


if __name__ == "__main__":
    main()
