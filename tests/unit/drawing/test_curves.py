"""Curves of long trainings: kept from a run's own rows, and followed further only as what they are."""

import math

import pytest

from benchmarks import curves
from benchmarks.curves import Line, fit_line, keep, read_curves, render_curves
from benchmarks.protocol_table import MEASUREMENTS
from benchmarks.tables import put_table
from clustergan_core.runs.run import Run


def curve(purities: dict[int, float]) -> list[dict[str, str]]:
    told = {"method": "clustergan", "dataset": "mnist", "settings": "paper", "seed": "0"}
    machine = {"cpu": "A processor", "cores": "2", "threads": "1"}
    figures = {"nmi": "0.5", "ari": "0.4", "frechet": "12.5"}
    return [
        told | machine | figures | {"step": str(step), "seconds": str(2 * step), "purity": str(purity)}
        for step, purity in purities.items()
    ]


def test_the_measurements_show_the_kept_curves_and_no_other_figures():
    text = MEASUREMENTS.read_text()
    assert put_table(text, "curves", "curves", render_curves(read_curves())) == text


def test_a_line_is_fitted_to_the_later_half_alone():
    late = {step: 0.1 + 0.05 * math.log(step) for step in (100, 200, 400, 800)}
    line = fit_line(curve({1: 0.9, 2: 0.1, 3: 0.5, 4: 0.2} | late))
    assert line is not None
    assert (line.at_one, line.slope) == pytest.approx((0.1, 0.05))
    assert line.steps_to(0.6) == pytest.approx(math.exp(10))


def test_nothing_is_extrapolated_from_few_evaluations_or_a_falling_line():
    assert fit_line(curve({1: 0.1, 2: 0.2, 3: 0.3})) is None
    falling = curve({step: 1 - 0.1 * math.log(step) for step in range(1, 9)})
    assert "Extrapolated" not in render_curves([falling])


def test_a_line_that_hardly_rises_leads_nowhere():
    assert Line(0.34, 5e-4).steps_to(0.95) is None


def test_an_extrapolation_is_called_one_and_told_in_hours_at_the_speed_measured():
    rising = curve({step: 0.2 + 0.1 * math.log10(step) for step in (10, 20, 50, 100, 200, 300, 500, 1000)})
    note = render_curves([rising]).splitlines()[-1]
    # 0.9 = 0.2 + 0.1 · 7 at 10^7 steps, and a step takes two seconds.
    assert "**Extrapolated**, not measured: purity 0.9 after about 10,000,000 steps, 5555.6 hours" in note


def test_a_run_s_curve_holds_its_evaluations(run: Run, tmp_path, monkeypatch):
    monkeypatch.setattr(curves, "CURVES", tmp_path / "curves")
    path = keep(run)
    (kept,) = read_curves()
    evaluations = [row for row in run.metrics().rows if "scores" in row]
    assert path.parent == tmp_path / "curves"
    assert [int(row["step"]) for row in kept] == [row["step"] for row in evaluations]
    assert [float(row["purity"]) for row in kept] == pytest.approx(
        [row["scores"]["purity"] for row in evaluations], abs=1e-4
    )
