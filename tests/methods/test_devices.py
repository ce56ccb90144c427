"""What must hold wherever a method trains: on the CPU always, on a GPU where there is one.

On a GPU steps are replayed as CUDA graphs. On the CPU a stand-in records them, so that these tests say something there:
every phase of every method must be able to go on from a recording.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from clustergan_core import training
from clustergan_core.data.dataset import Dataset, Kind, split_samples
from clustergan_core.methods import METHODS, build_method
from clustergan_core.nn.acceleration import Recording, Step, StepRunner
from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.worker import execute
from clustergan_core.training import Checkpoint, Progress, Schedule
from tests.small_runs import new_run, small_config

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("one_thread")]  # trains every method on every kind of data

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
every_device = pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=needs_cuda)])
every_method = pytest.mark.parametrize("name", METHODS)
every_kind = pytest.mark.parametrize("kind", ["table", "image"])

SHAPES: dict[Kind, tuple[int, ...]] = {"table": (16,), "image": (1, 16, 16)}
SMALL: dict[str, Any] = {"n_clusters": 4, "n_normal": 3, "batch_size": 16, "n_critic_steps": 2, "width": 0.1}
SMALL |= {"n_iterations": 3, "n_labelled": 40}
# Long enough for each phase to be recorded, and for each recording to be replayed.
SCHEDULE = Schedule(n_steps=48, log_every=4, evaluate_every=24)


def four_corners(kind: Kind) -> Dataset:
    """160 samples around four points."""
    random = np.random.default_rng(2)
    shape, corners = SHAPES[kind], np.repeat(np.arange(4), 40)
    points = random.random((4, *shape))
    samples = np.clip(points[corners] + random.normal(0, 0.05, (160, *shape)), 0, 1).astype(np.float32)
    return Dataset("corners", kind, samples, split_samples(160), corners.astype(np.int64), tuple("abcd"))


def train_there(
    name: str, kind: Kind, device: str, precision: str = "float32", resume: Checkpoint | None = None
) -> Iterator[Progress]:
    settings = METHODS[name].Settings
    given = SMALL | {"precision": precision}
    chosen = {field: value for field, value in given.items() if field in settings.model_fields}
    place = torch.device(device)
    method = build_method(name, settings.model_validate(chosen), kind, SHAPES[kind], 0, place)
    return training.train(method, four_corners(kind), SCHEDULE, 0, place, resume=resume)


def record_by_repeating(step: Step, random: torch.Generator) -> Recording:
    """What a CUDA graph is to its user: nothing happens yet, and each replay fills the same losses anew."""
    losses: dict[str, Tensor] = {}
    return Recording(lambda: losses.update(step()), losses)


def without_recording(device: torch.device, random: torch.Generator) -> StepRunner:
    runner = StepRunner(device, random)
    runner.record = None
    return runner


@every_device
@every_kind
@every_method
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_recorded_steps_give_the_losses_of_eager_ones(name, kind, device, precision, monkeypatch):
    runners: list[StepRunner] = []

    def recording(place: torch.device, random: torch.Generator) -> StepRunner:
        runners.append(StepRunner(place, random, record_by_repeating if device == "cpu" else None))
        return runners[-1]

    monkeypatch.setattr(training, "StepRunner", recording)
    recorded = [progress.losses for progress in train_there(name, kind, device, precision)]
    monkeypatch.setattr(training, "StepRunner", without_recording)
    eager = [progress.losses for progress in train_there(name, kind, device, precision)]

    assert runners[0].record is not None, "a step could not be recorded"
    assert runners[0].recordings
    for found, expected in zip(recorded, eager, strict=True):
        assert found == pytest.approx(expected, rel=1e-2, abs=1e-3)


@every_device
@every_kind
@every_method
def test_a_training_that_was_cut_off_goes_on_as_if_unbroken(name, kind, device):
    unbroken = list(train_there(name, kind, device))
    half = next(progress for progress in train_there(name, kind, device) if progress.step == 24)
    checkpoint = half.checkpoint()
    continued = list(train_there(name, kind, device, resume=checkpoint))
    for found, expected in zip(continued, unbroken[6:], strict=True):
        assert found.step == expected.step
        assert found.losses == pytest.approx(expected.losses, rel=1e-2, abs=1e-3)


@every_device
@every_method
def test_a_run_trained_there_is_scored_and_opened_on_the_cpu(name, device, tmp_path: Path):
    config = small_config(n_steps=40, method=name).model_copy(update={"device": device})
    run = new_run(tmp_path / "run", config)
    execute(run)
    assert run.status().state == "finished", run.status()
    scores = read_scores(run)
    assert scores is not None
    assert scores["purity"] is not None and 0.1 <= scores["purity"] <= 1
    weights = run.load().state_dict()
    assert all(value.device.type == "cpu" and bool(value.isfinite().all()) for value in weights.values())
