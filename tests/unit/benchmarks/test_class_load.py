"""The benchmark of a class: its tour, its sums, and what it calls a miss."""

import subprocess
import sys

import numpy as np
import psutil
import pytest

from benchmarks.browser_session import PageRun
from benchmarks.class_load import misses, render_profile
from benchmarks.class_tour import TOUR, summarise, usage_of
from tests.browser.server import PROJECT


def test_the_tour_visits_every_page_of_the_app() -> None:
    pages = [part.partition(".py")[0] for part in (PROJECT / "app.py").read_text().split('"pages/')[1:]]
    assert {step.page or "start" for step in TOUR if step.page is not None} == set(pages)
    assert all((step.page is None) == bool(step.widget) for step in TOUR)


def test_runs_are_summed_up_by_median_and_percentile_with_each_error_once() -> None:
    seconds = np.random.default_rng(0).permutation(np.arange(1, 101) / 10)
    runs = [PageRun(seconds=float(value), n_bytes=2000) for value in seconds]
    runs[0].errors.append("red")
    runs[1].errors.append("red")
    figures = summarise(runs)
    assert figures["median_s"] == pytest.approx(float(np.median(seconds)))
    assert figures["p95_s"] == pytest.approx(float(np.quantile(seconds, 0.95, method="higher")))
    assert (figures["n"], figures["max_s"], figures["kb"], figures["errors"]) == (100, 10.0, 2.0, ["red"])


def test_a_server_is_charged_with_the_processes_it_started() -> None:
    own = psutil.Process()
    before = usage_of(own)
    program = "held = bytearray(80_000_000)\nfor _ in range(3_000_000): pass\nprint(flush=True)\ninput()"
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        during = usage_of(own)
        child.communicate(b"\n")
    after = usage_of(own)
    assert during.memory - before.memory > 80_000_000 > after.memory - before.memory
    assert before.processor < during.processor <= after.processor + 0.02  # what has ended still counts


@pytest.mark.parametrize(
    ("change", "n_missed"),
    [({}, 0), ({"p95_s": 2.0}, 1), ({"errors": ["red"]}, 1), ({"memory_mb": (500, 2100, 900)}, 2)],
)
def test_a_miss_is_what_breaks_its_bound(change: dict[str, object], n_missed: int) -> None:
    before, highest, after = change.pop("memory_mb", (500, 1900, 690))  # type: ignore[misc]
    memory = {"before": before, "highest": highest, "after": after}
    assert len(misses({"p95_s": 1.9, "errors": [], "memory_mb": memory} | change)) == n_missed


def test_a_profile_has_a_line_for_each_step_and_the_sums() -> None:
    row = {"step": "map", "processor_s": 0.25, "kb": 10.0, "errors": []}
    lines = render_profile({"HEAD": [row, row], "now": [row | {"processor_s": 0.1}] * 2}).splitlines()
    assert lines[1].split() == ["map", "0.250", "10.0", "0.100", "10.0"]
    assert lines[-1].split() == ["the", "tour", "0.500", "20.0", "0.200", "20.0"]
