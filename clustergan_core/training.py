"""train(): the only training loop, used as `for progress in train(...)` by worker, command line and benchmarks."""

from __future__ import annotations

import base64
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.optim import Optimizer

from clustergan_core.data.dataset import Dataset
from clustergan_core.errors import SettingsError
from clustergan_core.evaluation.library_threads import libraries_on
from clustergan_core.method import Batch, LabelledMethod, LabelledSubset, Method
from clustergan_core.nn.acceleration import StepRunner
from clustergan_core.schedule import Schedule
from clustergan_core.score_names import keeps_last_weights
from clustergan_core.scoring.labelled import draw_labelled
from clustergan_core.scoring.live import LiveScorer, Scores


@dataclass(frozen=True)
class Checkpoint:
    """Everything that an exact continuation needs, as tensors and text."""

    step: int
    seconds: float
    best: dict[str, float]  # {"step": …, "information": …} of the best evaluation so far, or empty
    weights: dict[str, Tensor]
    optimizers: dict[str, Tensor]
    random: dict[str, str]  # generator states, base64


@dataclass(frozen=True)
class Progress:
    """Where training stands after `step` generator updates."""

    step: int
    n_steps: int
    seconds: float  # total training time, including earlier parts of a resumed run
    losses: dict[str, float]  # means over the steps since the last Progress
    scores: Scores | None  # at evaluations only
    is_best: bool  # whether to keep these weights: the highest criterion so far, or those of the last evaluation
    checkpoint: Callable[[], Checkpoint] = field(repr=False)  # valid until the next Progress is requested

    def row(self) -> dict[str, Any]:
        """One row of a run's metrics file."""
        row: dict[str, Any] = {"step": self.step, "seconds": round(self.seconds, 3), "losses": self.losses}
        return row | ({"scores": self.scores} if self.scores is not None else {})


def train(
    method: Method,
    dataset: Dataset,
    schedule: Schedule,
    seed: int,
    device: torch.device,
    *,
    resume: Checkpoint | None = None,
    evaluate_now: Callable[[], bool] = lambda: False,
) -> Iterator[Progress]:
    """Trains `method` on the training split and yields a Progress at every log and evaluation step.

    Labels are used only for scores, except for those that a `LabelledMethod` requests. To stop the training, do not
    request the next Progress. With the same seed, device and thread count the losses are the same, whatever cores the
    machine has, and a run resumed from a Checkpoint equals an uninterrupted one. `evaluate_now` is called before each
    Progress and returns whether scores are wanted out of turn.

    Raises SettingsError when a loss is no longer finite.
    """
    clock = _Clock(resume.seconds if resume is not None else 0.0)
    samples = torch.from_numpy(np.ascontiguousarray(dataset.samples[dataset.splits.train])).to(device)
    random = torch.Generator(device).manual_seed(seed)
    n_threads = torch.get_num_threads()
    with libraries_on(n_threads):
        if dataset.batches is not None:
            method.receive_batches(dataset.batches.codes[dataset.splits.train])
        _prepare(method, dataset, samples, random)
        scorer = LiveScorer(dataset, method)
    best: dict[str, float] = {}
    first_step = 1
    if resume is not None:
        _restore(method, random, resume)
        # A run begun before the criterion was information has a best value of another kind, under another name.
        best, first_step = dict(resume.best), resume.step + 1
    sums = _Sums()
    runner = StepRunner(device, random)

    def draw_and_train() -> dict[str, Tensor]:
        return method.train_step([_draw(samples, size, random) for size in method.batch_sizes])

    for step in range(first_step, schedule.n_steps + 1):
        schedule.begin(method, step)
        sums.add(runner.run(method.variant, draw_and_train))
        is_evaluation = schedule.is_evaluation(step)
        if not is_evaluation and step % schedule.log_every:
            continue
        # Called at every row, so that a scheduled evaluation also answers a request, which is then not repeated later.
        is_asked_for = evaluate_now()
        losses = sums.means()
        _check_finite(losses, step)
        scores, is_best = None, False
        if is_evaluation or is_asked_for:
            with libraries_on(n_threads):
                method.calibrate(samples)
                scores = scorer.score(method)
            # Out-of-turn evaluations do not choose weights: the best weights must not depend on when someone looked.
            keeps_last = keeps_last_weights(type(method), method.settings, dataset.modes is not None)
            is_better = keeps_last or scores["criterion"] > best.get("information", -math.inf)
            is_best = is_evaluation and is_better
        if scores is not None and is_best:
            best = {"step": float(step), "information": scores.get("criterion", 0.0)}
        seconds, best_now = clock.seconds(), dict(best)

        def checkpoint(step: int = step, seconds: float = seconds, best: dict[str, float] = best_now) -> Checkpoint:
            return _capture(method, random, step, seconds, best)

        yield Progress(step, schedule.n_steps, seconds, losses, scores, is_best, checkpoint)


def _prepare(method: Method, dataset: Dataset, samples: Tensor, random: torch.Generator) -> None:
    if not isinstance(method, LabelledMethod):
        method.prepare(samples, random)
        return
    labelled = draw_labelled(method, dataset)
    device = samples.device
    method.prepare(samples, random, LabelledSubset(labelled.indices.to(device), labelled.labels.to(device)))


class _Clock:
    def __init__(self, already: float = 0.0) -> None:
        self.start = time.perf_counter() - already

    def seconds(self) -> float:
        return time.perf_counter() - self.start


class _Sums:
    """Running sums of losses, kept on the device so that a step never waits for it."""

    def __init__(self) -> None:
        self.sums: dict[str, Tensor] = {}
        self.counts: dict[str, int] = {}  # a term may be added only every few steps

    def add(self, losses: Mapping[str, Tensor]) -> None:
        for name, value in losses.items():
            self.sums[name] = self.sums.get(name, 0.0) + value
            self.counts[name] = self.counts.get(name, 0) + 1

    def means(self) -> dict[str, float]:
        means = {name: float(total) / self.counts[name] for name, total in self.sums.items()}
        self.sums, self.counts = {}, {}
        return means


def _draw(samples: Tensor, batch_size: int, random: torch.Generator) -> Batch:
    indices = torch.randint(len(samples), (batch_size,), generator=random, device=samples.device)
    return Batch(samples[indices], indices)


def _check_finite(losses: dict[str, float], step: int) -> None:
    for name, value in losses.items():
        if not math.isfinite(value):
            raise SettingsError(
                f"Training diverged at step {step} (the {name} loss is {value}): lower the learning rate."
            )


def _capture(method: Method, random: torch.Generator, step: int, seconds: float, best: dict[str, float]) -> Checkpoint:
    weights = {name: value.detach().cpu().clone() for name, value in method.state_dict().items()}
    state = random.get_state().numpy().tobytes()
    return Checkpoint(
        step, seconds, best, weights, _optimizer_tensors(method), {"train": base64.b64encode(state).decode()}
    )


def _restore(method: Method, random: torch.Generator, checkpoint: Checkpoint) -> None:
    method.load_state_dict(checkpoint.weights)
    for name, optimizer in method.optimizers().items():
        prefix = f"{name}."
        tensors = {key.removeprefix(prefix): t for key, t in checkpoint.optimizers.items() if key.startswith(prefix)}
        _load_optimizer(optimizer, tensors)
    state = np.frombuffer(base64.b64decode(checkpoint.random["train"]), dtype=np.uint8).copy()
    random.set_state(torch.from_numpy(state))


def _optimizer_tensors(method: Method) -> dict[str, Tensor]:
    """The per-parameter state of every optimiser under "<optimiser>.<parameter number>.<name>"."""
    return {
        f"{name}.{number}.{key}": value.detach().cpu().clone()
        for name, optimizer in method.optimizers().items()
        for number, state in optimizer.state_dict()["state"].items()
        for key, value in state.items()
    }


def _load_optimizer(optimizer: Optimizer, tensors: dict[str, Tensor]) -> None:
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        number, name = key.split(".", 1)
        state.setdefault(int(number), {})[name] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
