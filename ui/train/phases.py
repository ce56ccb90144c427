"""The phases of a method's training: which of its parts learns when."""

from __future__ import annotations

from clustergan_core.methods import find_method
from clustergan_core.runs.run import Run


def generator_begins(run: Run) -> int:
    """The last step before the generator learns; 0 where it learns from the first, or has none."""
    config = run.config
    return find_method(config.method).generator_begins(config.method_settings(), config.schedule.ends[0])


def describe_phase(run: Run, step: int) -> str:
    """What learns at a step, in sentences; "" for a method without phases."""
    config = run.config
    return find_method(config.method).describe_step(config.method_settings(), step, config.schedule.ends[0])
