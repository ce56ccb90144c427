"""A warm-up of several starts, one after the other; one of them continues."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

RISE = 0.2  # share of a start during which its learning rate rises


@dataclass(frozen=True)
class Start:
    """The position of one warm-up step within its start."""

    number: int  # of the start, from 0
    step: int  # within the start, from 1
    n_steps: int  # of the start
    is_last: bool  # whether no other start follows

    @property
    def is_first_step(self) -> bool:
        """Whether the start begins with this step."""
        return self.step == 1

    @property
    def is_final_step(self) -> bool:
        """Whether the start ends with this step."""
        return self.step == self.n_steps

    @property
    def share(self) -> float:
        """The share of the start that is complete after this step, in (0, 1]."""
        return self.step / self.n_steps


class BestRestart(nn.Module):
    """The start that goes on: the best so far, or the one that `EndedStarts` hands over."""

    masses: Tensor  # (n_clusters,)
    merit: Tensor  # () its score, under the name used in saved runs

    def __init__(self, encoder: nn.Module, masses: Tensor) -> None:
        super().__init__()
        self.encoder = copy.deepcopy(encoder).requires_grad_(False)
        self.register_buffer("masses", masses.clone())
        self.register_buffer("merit", torch.tensor(-torch.inf))

    @torch.no_grad()
    def offer(self, encoder: nn.Module, masses: Tensor, score: Tensor) -> None:
        """Copies a start's encoder and masses if its `score` () is higher; no step waits for the device."""
        is_better = score > self.merit  # never true if a start diverged
        kept = [*self.encoder.parameters(), *self.encoder.buffers(), self.masses, self.merit]
        offered = [*encoder.parameters(), *encoder.buffers(), masses, score]
        for old, new in zip(kept, offered, strict=True):
            old.copy_(torch.where(is_better, new, old))


def find_start(step: int, n_steps: int, n_starts: int) -> Start:
    """The position of step `step`, counted from 1, of the warm-up's `n_steps`; start lengths differ by at most one.

    A start has at least two steps if there are enough, because the learning rate of its last step is zero.
    """
    n_starts = min(n_starts, max(1, n_steps // 2))
    number = ((step - 1) * n_starts + n_starts - 1) // n_steps
    first, end = _steps_before(number, n_steps, n_starts), _steps_before(number + 1, n_steps, n_starts)
    return Start(number, step - first, end - first, number == n_starts - 1)


def _steps_before(number: int, n_steps: int, n_starts: int) -> int:
    return number * n_steps // n_starts


def one_cycle(share: float) -> float:
    """The learning rate at this share of a start, relative to its highest: a linear rise, then half a cosine to 0."""
    return share / RISE if share < RISE else cosine_decay((share - RISE) / (1 - RISE))


def cosine_decay(share: float) -> float:
    """Half a cosine from 1 to 0."""
    return (1 + math.cos(math.pi * share)) / 2


def reinitialise(network: nn.Module, random: torch.Generator) -> None:
    """Redraws every weight with the framework's defaults, and resets batch-norm statistics, all in place."""
    seed = int(torch.randint(2**31, (), generator=random, device=random.device))
    with torch.random.fork_rng(devices=[random.device] if random.device.type == "cuda" else []):
        torch.manual_seed(seed)
        for module in network.modules():
            if callable(reset := getattr(module, "reset_parameters", None)):
                reset()


def reset_optimizer_state(optimizer: Optimizer) -> None:
    """Clears an optimiser's state in place, so that a recorded step sees the change."""
    for state in optimizer.state.values():
        for value in state.values():
            if isinstance(value, Tensor):
                value.zero_()
