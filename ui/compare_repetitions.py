"""What is said where several of the compared runs have one configuration and one seed."""

from __future__ import annotations

from clustergan_core.runs.comparison.groups import Comparison
from ui.messages import plain

_TIMES = {2: "twice", 3: "three times"}


def say_repetitions(comparison: Comparison) -> str:
    """A sentence on seeds that several runs of a group have; empty where every seed is there once."""
    said = []
    for group in comparison.groups:
        times = [f"seed {seed} {_TIMES.get(n, f'{n} times')}" for seed, n in group.repeated_seeds.items()]
        if times and len(comparison.groups) > 1:
            said.append(f"{group.title}: {', '.join(times)}, counted once.")
        elif times:
            said.append(f"{', '.join(times)}, counted once.".capitalize())
    return plain(" ".join([*said, "Runs of one seed repeat one training."])) if said else ""
