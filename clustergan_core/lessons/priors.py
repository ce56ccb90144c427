"""What a generator's prior leaves in its latent space: test samples decoded by Algorithm 1, on a map, and k-means.

As figure 3 of arXiv 1809.03627: a Wasserstein GAN without an encoder, test samples decoded to z*, t-SNE of z*; beside
it, as a control that no training touches, the same t-SNE of the samples themselves.

Arrays (N samples, P of them shown, D entries of z): latents (N, D); clusters and control_clusters (N,), k-means of z*
and of the samples; labels (N,); map and control_map (N, 2) in steps of 1/POSITION_LEVELS; x, x_back and draws
(P, *shape) in steps of 1/255.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from clustergan_core.data.dataset import Dataset
from clustergan_core.data.opening import open_dataset
from clustergan_core.decoding import decode_samples, generate_decoded
from clustergan_core.drawing.pictures.bitmaps import to_bytes
from clustergan_core.embedding import MapSettings, compute_map
from clustergan_core.errors import SettingsError
from clustergan_core.evaluation import kmeans_clusters
from clustergan_core.lessons.arrays import ArraysHeader, ArraysRecording
from clustergan_core.lessons.origin import describe_origin
from clustergan_core.lessons.plane import to_levels
from clustergan_core.lessons.recording import Setup
from clustergan_core.method import Encoding, Method
from clustergan_core.methods import build_method, parse_settings
from clustergan_core.schedule import Schedule
from clustergan_core.training import train

N_PICTURES = 8
MAP = MapSettings.model_validate({"algorithm": "tsne", "seed": 0})
_LOG_INTERVAL = 50
_GENERATED_SEED = 1


def record_prior(
    setup: Setup, name: str, command: list[str], on_step: Callable[[int], object] = lambda step: None
) -> ArraysRecording:
    """Trains on the CPU with one thread, decodes the held-out samples and returns the recording."""
    dataset = open_dataset(setup.dataset)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _record(setup, name, command, dataset, on_step)
    finally:
        torch.set_num_threads(threads)


def _record(
    setup: Setup, name: str, command: list[str], dataset: Dataset, on_step: Callable[[int], object]
) -> ArraysRecording:
    if dataset.labels is None:
        raise SettingsError(f"{dataset.name} has no labels: a lesson on priors compares clusters with them.")
    device = torch.device("cpu")
    settings = parse_settings(setup.method, setup.settings)
    method = build_method(setup.method, settings, dataset.kind, dataset.shape, setup.seed, device)
    schedule = Schedule(n_steps=setup.n_steps, log_every=_LOG_INTERVAL, evaluate_every=setup.n_steps)
    for progress in train(method, dataset, schedule, setup.seed, device):
        on_step(progress.step)
    indices = np.sort(np.concatenate([dataset.splits.validation, dataset.splits.test]))
    samples, labels = dataset.samples[indices], dataset.labels[indices]
    latents, copies = _decode(method, samples)
    with torch.no_grad():
        drawn = method.generate(method.prior.sample(N_PICTURES, torch.Generator().manual_seed(_GENERATED_SEED), device))
    flat = samples.reshape(len(samples), -1)
    arrays: dict[str, NDArray[Any]] = {
        "latents": latents.astype(np.float16),
        "clusters": kmeans_clusters(latents, method.n_clusters).astype(np.uint8),
        "control_clusters": kmeans_clusters(flat, method.n_clusters).astype(np.uint8),
        "labels": labels.astype(np.uint8),
        "map": _lay_out(latents),
        "control_map": _lay_out(flat),
        "x": to_bytes(samples[:N_PICTURES]),
        "x_back": to_bytes(copies[:N_PICTURES]),
        "draws": to_bytes(drawn.numpy()),
    }
    header = ArraysHeader(**describe_origin(name, setup, settings, dataset, command))
    return ArraysRecording(header, arrays)


def _decode(method: Method, samples: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The generator's input z* (N, D) of each sample, and what it generates from it (N, *shape)."""
    *_, last = decode_samples(method, samples)
    normal, cluster = last.best_latents.tensor_split([method.prior.n_normal], dim=1)
    # On the mixture, z is the noise around the unit vector of its mode.
    latents = method.clustering_features(Encoding(normal, cluster if method.has_modes else None))
    return latents.numpy(), generate_decoded(method, last.best_latents)


def _lay_out(points: NDArray[np.float32]) -> NDArray[np.uint16]:
    *_, frame = compute_map(points, MAP)
    coordinates = frame.coordinates - frame.coordinates.mean(axis=0)
    return to_levels(0.5 + coordinates / (2.1 * np.abs(coordinates).max()))
