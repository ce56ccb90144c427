"""Metrics as a page keeps them: read once, then only what was added."""

import math
import time
from pathlib import Path

import pytest

from clustergan_core.runs.metrics import append_row, cut_after
from clustergan_core.schedule import Schedule
from ui.frame.words import describe_duration
from ui.loading.metrics import MetricsHistory

SCHEDULE = Schedule(n_steps=100, log_every=10, evaluate_every=10)


def _row(step: int, **losses: float) -> dict[str, object]:
    return {"step": step, "seconds": step / 10, "losses": losses or {"critic": float(step)}}


@pytest.fixture
def metrics(tmp_path: Path) -> Path:
    path = tmp_path / "metrics.jsonl"
    for step in (10, 20, 30):
        scores = {"scores": {"criterion": step % 20, "purity": 0.5}} if step > 10 else {}
        append_row(path, _row(step) | scores)
    return path


def test_a_file_that_is_not_there_yet_has_no_history(tmp_path: Path) -> None:
    history = MetricsHistory(tmp_path / "metrics.jsonl")
    history.update()

    assert (history.n_rows, history.best_step(SCHEDULE), history.seconds_left(10)) == (0, None, None)


def test_later_rows_are_added_and_earlier_ones_kept(metrics: Path) -> None:
    history = MetricsHistory(metrics)
    history.update()
    append_row(metrics, _row(40))
    history.update()
    history.update()

    assert list(history.steps) == [10, 20, 30, 40]
    assert list(history.losses["critic"]) == [10, 20, 30, 40]
    assert history.evaluation_steps() == [20, 30]
    assert history.evaluation_seconds() == [2.0, 3.0]
    assert history.scores("purity") == [0.5, 0.5]
    assert history.best_step(SCHEDULE) == 30  # criterion 10 against 0
    every_second = SCHEDULE.model_copy(update={"evaluate_every": 20})
    assert history.best_step(every_second) == 20  # step 30 was evaluated because somebody asked


def test_a_method_that_trains_on_neighbours_keeps_its_last_planned_evaluation(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    schedule = SCHEDULE.model_copy(update={"evaluate_every": 20, "n_steps": 100})
    for step, criterion in ((20, 0.9), (40, 0.5), (50, 0.7)):
        append_row(path, {"step": step, "seconds": 1.0, "losses": {}, "scores": {"criterion": criterion}})
    history = MetricsHistory(path)
    history.update()

    assert history.best_step(schedule) == 20
    assert history.best_step(schedule, keeps_last=True) == 40


def test_a_resume_that_cut_rows_is_noticed_however_long_the_file_has_grown_since(metrics: Path) -> None:
    history = MetricsHistory(metrics)
    history.update()
    cut_after(metrics, 10)
    for step in (20, 30, 40, 50, 60):
        append_row(metrics, _row(step, critic=-1.0))
    history.update()

    assert list(history.steps) == [10, 20, 30, 40, 50, 60]
    assert list(history.losses["critic"]) == [10, -1, -1, -1, -1, -1]


def test_a_loss_that_appears_or_ends_in_mid_training_leaves_gaps(metrics: Path) -> None:
    append_row(metrics, _row(40, adversary=2.0))
    append_row(metrics, _row(50, critic=5.0, adversary=3.0))
    history = MetricsHistory(metrics)
    history.update()

    assert [math.isnan(value) for value in history.losses["adversary"]] == [True, True, True, False, False]
    assert [math.isnan(value) for value in history.losses["critic"]] == [False, False, False, True, False]


def test_the_time_left_follows_the_pace_of_the_last_rows(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    for step in range(1, 101):  # a slow start, then two steps a second
        append_row(path, {"step": step, "seconds": 1000 + step / 2 if step > 1 else 0.0, "losses": {}})
    history = MetricsHistory(path)
    history.update()

    assert history.seconds_left(200) == pytest.approx(50)


def test_a_redraw_of_a_hundred_thousand_rows_takes_less_than_three_tenths_of_a_second(tmp_path: Path) -> None:
    from clustergan_core.drawing.figures.curves import loss_figure

    path = tmp_path / "metrics.jsonl"
    line = '{"step": %d, "seconds": 1, "losses": {"critic": %f, "penalty": 0.1, "generator": 2, "a": 1, "b": 1}}\n'
    path.write_text("".join(line % (step, math.sin(step)) for step in range(100_000)))
    history = MetricsHistory(path)
    history.update()
    loss_figure(history.thinned_losses())  # Plotly's first figure loads its templates

    start = time.process_time()
    append_row(path, _row(100_001))
    history.update()
    figure = loss_figure(history.thinned_losses())
    assert time.process_time() - start < 0.3
    assert len(figure.to_json()) < 500_000


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 second"),
        (1, "1 second"),
        (75, "75 seconds"),
        (100, "2 minutes"),
        (3600, "1 hour"),
        (4800, "1 hour 20 minutes"),
        (40_000, "11 hours"),
        (600_000, "6 days"),
    ],
)
def test_a_time_is_said_as_exactly_as_an_estimate_deserves(seconds: float, words: str) -> None:
    assert describe_duration(seconds) == words
