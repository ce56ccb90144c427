"""The duration announced before a run."""

import os

import pytest

from clustergan_core.data.registry import load_dataset
from clustergan_core.runs.estimate import estimate_run
from tests.small_runs import small_config

pytestmark = pytest.mark.slow  # times steps


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """The number of processes that a machine of two cores has been running, to be set."""
    now = {"load": 0.0}
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(os, "getloadavg", lambda: (now["load"], 9.0, 9.0))
    return now


def seconds_per_step() -> float:
    return estimate_run(small_config("digits", n_steps=50), load_dataset("digits")).seconds_per_step


def test_next_to_three_busy_processes_a_run_on_two_cores_takes_twice_as_long(load: dict[str, float]) -> None:
    alone = min(seconds_per_step() for _ in range(2))
    load["load"] = 3.0
    beside = min(seconds_per_step() for _ in range(2))
    assert 1.4 < beside / alone < 2.8


def test_a_free_core_leaves_a_run_as_fast_as_alone(load: dict[str, float]) -> None:
    alone = min(seconds_per_step() for _ in range(2))
    load["load"] = 1.0
    assert 0.7 < min(seconds_per_step() for _ in range(2)) / alone < 1.4
