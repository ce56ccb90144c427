"""A warm-up of several starts, one after the other, of which the best goes on."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

RISE = 0.2  # share of a start in which its learning rate rises


@dataclass(frozen=True)
class Start:
    """Where one step of the warm-up stands."""

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
        """How much of the start this step completes, in (0, 1]."""
        return self.step / self.n_steps


class BestRestart(nn.Module):
    """The best start so far: its encoder and mode masses, and the figure by which it is the best."""

    masses: Tensor  # (n_clusters,)
    merit: Tensor  # () its score, under the name that saved runs have it by

    def __init__(self, encoder: nn.Module, masses: Tensor) -> None:
        super().__init__()
        self.encoder = copy.deepcopy(encoder).requires_grad_(False)
        self.register_buffer("masses", masses.clone())
        self.register_buffer("merit", torch.tensor(-torch.inf))

    @torch.no_grad()
    def offer(self, encoder: nn.Module, masses: Tensor, score: Tensor) -> None:
        """Takes a start's encoder and masses over if its `score` () is higher; no step waits for the device."""
        is_better = score > self.merit  # never where a start diverged
        kept = [*self.encoder.parameters(), *self.encoder.buffers(), self.masses, self.merit]
        offered = [*encoder.parameters(), *encoder.buffers(), masses, score]
        for old, new in zip(kept, offered, strict=True):
            old.copy_(torch.where(is_better, new, old))


def find_start(step: int, n_steps: int, n_starts: int) -> Start:
    """Where the `step`-th of the warm-up's `n_steps` stands, from 1; starts differ in length by one step at most.

    A start has at least two steps where there are as many: the rate of its last one is zero.
    """
    n_starts = min(n_starts, max(1, n_steps // 2))
    number = ((step - 1) * n_starts + n_starts - 1) // n_steps
    first, end = _steps_before(number, n_steps, n_starts), _steps_before(number + 1, n_steps, n_starts)
    return Start(number, step - first, end - first, number == n_starts - 1)


def _steps_before(number: int, n_steps: int, n_starts: int) -> int:
    return number * n_steps // n_starts


def one_cycle(share: float) -> float:
    """The learning rate at this share of a start, of its highest: a linear rise, then half a cosine to zero."""
    return share / RISE if share < RISE else cosine_decay((share - RISE) / (1 - RISE))


def cosine_decay(share: float) -> float:
    """Half a cosine from 1 to 0."""
    return (1 + math.cos(math.pi * share)) / 2


def reinitialise(network: nn.Module, random: torch.Generator) -> None:
    """Draws every weight anew as the framework does, and clears batch normalisation's statistics, all in place."""
    seed = int(torch.randint(2**31, (), generator=random, device=random.device))
    with torch.random.fork_rng(devices=[random.device] if random.device.type == "cuda" else []):
        torch.manual_seed(seed)
        for module in network.modules():
            if callable(reset := getattr(module, "reset_parameters", None)):
                reset()


def reset_optimizer_state(optimizer: Optimizer) -> None:
    """Clears what an optimiser remembers, in place, so that a recorded step sees it."""
    for state in optimizer.state.values():
        for value in state.values():
            if isinstance(value, Tensor):
                value.zero_()
