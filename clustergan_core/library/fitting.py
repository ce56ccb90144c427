"""Training in memory: the same training as a run, with its configuration and its weights, but without a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from clustergan_core.data.dataset import Dataset
from clustergan_core.method import Method
from clustergan_core.methods import build_method
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.worker import choose_device
from clustergan_core.training import Progress, train

OnProgress = Callable[[Progress], object]


def train_in_memory(config: RunConfig, dataset: Dataset, on_progress: OnProgress | None = None) -> Method:
    """Trains a method and returns it with its best weights, on the CPU and ready to encode and generate.

    The same configuration, data, device and number of threads give the same weights as a run on disk. `on_progress` is
    called with every log row; an exception in it ends the training. Raises SettingsError when a loss is no longer
    finite.
    """
    device = torch.device(choose_device(config.device))
    settings, kind, shape, n_batches = config.method_settings(), dataset.kind, dataset.shape, config.n_batches
    weights: dict[str, torch.Tensor] = {}
    with _threads(config.threads):
        method = build_method(config.method, settings, kind, shape, config.seed, device, n_batches)
        for progress in train(method, dataset, config.schedule, config.seed, device):
            if progress.is_best:
                weights = progress.checkpoint().weights
            if on_progress is not None:
                on_progress(progress)
    # Rebuilt, because a trained method also holds optimisers and samples.
    kept = build_method(config.method, settings, kind, shape, config.seed, torch.device("cpu"), n_batches)
    kept.load_state_dict(weights)
    return kept.eval().requires_grad_(False)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
