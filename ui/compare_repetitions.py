"""What is said where several of the compared runs have one configuration and one seed."""

from __future__ import annotations

from clustergan_core.runs.comparison import Comparison
from ui.messages import plain

_TIMES = {2: "twice", 3: "three times"}


def say_repetitions(comparison: Comparison) -> str:
    """One sentence on seeds that several runs of a group have; empty where every seed is there once."""
    said = []
    for group in comparison.groups:
        where = f" of {group.title}" if len(comparison.groups) > 1 else ""
        times = [f"seed {seed} {_TIMES.get(n, f'{n} times')}" for seed, n in group.repeated_seeds.items()]
        said += [", ".join(times) + where] if times else []
    if not said:
        return ""
    sentence = "; ".join(said)
    return plain(f"{sentence[0].upper()}{sentence[1:]}, counted once: runs of one seed repeat one training.")
