"""The two loops of a ClusterGAN over training: x beside G(E(x)), z beside E(G(z)), and how far each is from closing.

Figure 7 of arXiv 1809.03627 follows the same two distances, each the mean of squares over samples and dimensions of a
test batch. The encoder's output counts as it is: ẑ_n beside the probabilities of the modes, which G gets in x's loop.

Arrays (T frames, P pairs shown, D = n_normal + K entries of z):
steps (T,); x (P, *shape) and x_back (T, P, *shape) in steps of 1/255; z (P, D) and z_back (T, P, D);
x_distance, normal_distance and cluster_distance (T,), the last two of z's parts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from clustergan_core.data.dataset import DATA_SEED, Dataset, draw_subset
from clustergan_core.data.opening import open_dataset
from clustergan_core.drawing.pictures.bitmaps import to_bytes
from clustergan_core.lessons.arrays import ArraysHeader, ArraysRecording
from clustergan_core.lessons.origin import describe_origin
from clustergan_core.lessons.recording import Setup
from clustergan_core.method import Method
from clustergan_core.methods import build_method, parse_settings
from clustergan_core.nn.prior import Latent
from clustergan_core.schedule import Schedule
from clustergan_core.training import train

N_PAIRS = 8
N_MEASURED = 256  # test samples and latents over which distances are means
INTERVAL = 50  # steps from one frame to the next, at first
_LATENT_SEED = 1  # of the fixed latents: the same in every frame


def record_cycle(
    setup: Setup, name: str, command: list[str], on_step: Callable[[int], object] = lambda step: None
) -> ArraysRecording:
    """Trains on the CPU with one thread and returns the recording; `on_step` is called every INTERVAL steps."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _record(setup, name, command, open_dataset(setup.dataset), on_step)
    finally:
        torch.set_num_threads(threads)


def _record(
    setup: Setup, name: str, command: list[str], dataset: Dataset, on_step: Callable[[int], object]
) -> ArraysRecording:
    device = torch.device("cpu")
    settings = parse_settings(setup.method, setup.settings)
    method = build_method(setup.method, settings, dataset.kind, dataset.shape, setup.seed, device)
    method.require("encoder", "modes")
    indices = draw_subset(dataset.splits.test, N_MEASURED, DATA_SEED)
    samples = torch.from_numpy(dataset.samples[indices])
    latent = method.prior.sample(N_MEASURED, torch.Generator().manual_seed(_LATENT_SEED), device)
    steps, frames = [0], [_frame(method, samples, latent)]
    schedule = Schedule(n_steps=setup.n_steps, log_every=INTERVAL, evaluate_every=setup.n_steps)
    for progress in train(method, dataset, schedule, setup.seed, device):
        if is_frame(progress.step, setup.n_steps):
            steps.append(progress.step)
            frames.append(_frame(method, samples, latent))
        on_step(progress.step)
    header = ArraysHeader(**describe_origin(name, setup, settings, dataset, command))
    arrays: dict[str, NDArray[Any]] = {
        "steps": np.array(steps, np.uint32),
        "x": to_bytes(samples[:N_PAIRS].numpy()),
        "z": latent.joined()[:N_PAIRS].numpy(),
        **{key: np.stack([frame[key] for frame in frames]) for key in frames[0]},
    }
    return ArraysRecording(header, arrays)


def is_frame(step: int, n_steps: int) -> bool:
    """Whether a step is kept: every INTERVAL-th up to a tenth of the training, then every second of those."""
    return step == n_steps or step % (INTERVAL if step <= n_steps / 10 else 2 * INTERVAL) == 0


@torch.no_grad()
def _frame(method: Method, samples: torch.Tensor, latent: Latent) -> dict[str, NDArray[Any]]:
    read = method.encode(samples)
    assert read.cluster is not None
    x_back = method.generate(Latent(read.normal, read.cluster))
    z_back = method.encode(method.generate(latent))
    assert z_back.cluster is not None
    return {
        "x_back": to_bytes(x_back[:N_PAIRS].numpy()),
        "z_back": z_back.joined()[:N_PAIRS].numpy().astype(np.float16),
        "x_distance": _mean_square(x_back, samples),
        "normal_distance": _mean_square(z_back.normal, latent.normal),
        "cluster_distance": _mean_square(z_back.cluster, latent.cluster),
    }


def _mean_square(first: torch.Tensor, second: torch.Tensor) -> NDArray[np.float32]:
    return (first - second).square().mean().numpy()
