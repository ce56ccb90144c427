"""Which networks a step moves, by holding the other players still."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from clustergan_core.method import Batch, Method


def moved_by(method: Method, player: str, batches: Sequence[Batch]) -> set[str]:
    """The networks whose weights change if only this optimiser moves at all; running statistics do not count."""
    rates = {name: optimizer.param_groups[0]["lr"] for name, optimizer in method.optimizers().items()}
    for name, optimizer in method.optimizers().items():
        optimizer.param_groups[0]["lr"] = rates[name] if name == player else 0.0
    before = {name: copy.deepcopy(value.detach()) for name, value in method.named_parameters()}
    method.train_step(batches)
    for name, optimizer in method.optimizers().items():
        optimizer.param_groups[0]["lr"] = rates[name]
    changed = {name for name, value in method.named_parameters() if not value.equal(before[name])}
    return {name.split(".")[0] for name in changed}
