"""The duration announced before a run."""

import os
import time
from itertools import count

import pytest

from clustergan_core.data.registry import load_dataset
from clustergan_core.runs import estimate
from clustergan_core.runs.estimate import SCORE_SECONDS, START_SECONDS, estimate_run
from tests.small_runs import small_config

pytestmark = pytest.mark.slow  # times steps


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """The number of processes that a machine of two cores has been running, to be set."""
    now = {"load": 0.0}
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(os, "getloadavg", lambda: (now["load"], 9.0, 9.0))
    return now


@pytest.fixture
def _steps_of_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step that is timed has taken a second of its thread, however busy this machine is."""
    ticks = count()
    monkeypatch.setattr(time, "thread_time", lambda: float(next(ticks)))
    monkeypatch.setattr(estimate, "MEASURED_SECONDS", 0.0)


def seconds_per_step() -> float:
    return estimate_run(small_config("digits", n_steps=50), load_dataset("digits")).seconds_per_step


@pytest.mark.usefixtures("_steps_of_a_second")
def test_next_to_three_busy_processes_a_run_on_two_cores_takes_twice_as_long(load: dict[str, float]) -> None:
    assert seconds_per_step() == 1.0
    load["load"] = 3.0
    assert seconds_per_step() == 2.0


@pytest.mark.usefixtures("_steps_of_a_second")
def test_a_free_core_leaves_a_run_as_fast_as_alone(load: dict[str, float]) -> None:
    load["load"] = 1.0
    assert seconds_per_step() == 1.0


@pytest.mark.usefixtures("_steps_of_a_second")
def test_an_estimate_made_beside_other_work_is_shorter_once_that_has_ended(load: dict[str, float]) -> None:
    load["load"] = 3.0
    busy = estimate_run(small_config("digits", n_steps=50), load_dataset("digits"))
    load["load"] = 0.0
    idle = busy.at(100)
    assert idle.seconds_per_step == 1.0
    assert idle.seconds_around == pytest.approx(busy.seconds_around / 2)
    assert idle.seconds == pytest.approx(idle.seconds_around + 100)
    load["load"] = 3.0
    assert idle.at(50).seconds == pytest.approx(busy.seconds)


def test_what_stands_around_the_steps_counts_evaluations_and_the_scores_of_the_test_split(
    load: dict[str, float],
) -> None:
    digits = load_dataset("digits")
    few, many = (estimate_run(small_config("digits", n_steps=200, evaluate_every=n), digits) for n in (200, 2))
    assert few.seconds_around >= START_SECONDS + SCORE_SECONDS
    # 101 evaluations in place of 2, each of which takes some milliseconds at least
    assert many.seconds_around > few.seconds_around + 99 * 0.002
    assert few.seconds == pytest.approx(few.seconds_around + 200 * few.seconds_per_step)
