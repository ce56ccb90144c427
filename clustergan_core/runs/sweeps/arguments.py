"""The arguments of the command line that repeats a sweep, made from those of a run's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clustergan_core.runs.config import RunConfig


def for_methods(argv: Sequence[str], configs: Sequence[RunConfig]) -> list[str]:
    """The command of the first method for all of them: options in which they differ follow from each one's preset."""
    changed = list(argv)
    changed[changed.index("--method") + 1] = ",".join(config.method for config in configs)
    for option, values in (
        ("--steps", {config.schedule.n_steps for config in configs}),
        ("--threads", {config.threads for config in configs}),
        ("--evaluate-every", {config.schedule.evaluate_every for config in configs}),
    ):
        if len(values) > 1 and option in changed:
            index = changed.index(option)
            del changed[index : index + 2]
    given = {name: value for config in configs for name, value in config.differing_settings().items()}
    named = {argument.partition("=")[0] for argument in changed}
    for name in given.keys() - named:
        changed += ["--set", f"{name}={given[name]}"]
    return changed


def without_settings(argv: Sequence[str], names: Mapping[str, Any]) -> list[str]:
    """A command's arguments without `--set` for the named settings."""
    remaining: list[str] = []
    for word in argv:
        if remaining and remaining[-1] == "--set" and word.partition("=")[0] in names:
            remaining.pop()
        else:
            remaining.append(word)
    return remaining
