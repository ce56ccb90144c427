"""Figures of a sweep: every run is there, and means, bands and marks stand where they belong."""

import math
import statistics
from typing import Any

import pytest

from clustergan_core.drawing.figures.sweep import (
    BEST,
    PrintedRow,
    SweepDrawing,
    SweepPanel,
    SweepSeries,
    place_values,
    sweep_figure,
)
from clustergan_core.drawing.figures.sweep_grid import MOST_WORDY_COLUMNS, RunCell, sweep_grid_figure
from clustergan_core.drawing.theme import apply_theme

PURITY = ((0.6, 0.7), (0.9,), ())  # of K = 7, 9 and 10


def series(figures: tuple[tuple[float, ...], ...], name: str = "") -> SweepSeries:
    return SweepSeries(name, figures, tuple(tuple(f"seed {n}" for n in range(len(each))) for each in figures))


def drawing(**parts: Any) -> SweepDrawing:
    result = SweepPanel("Purity", (series(PURITY),), reference=(0.7, 0.9, None), reference_name="best attainable")
    return SweepDrawing("K", (7, 9, 10), result, **parts)


def trace(figure: Any, name: str) -> Any:
    (found,) = [each for each in figure.data if each.name == name]
    return found


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ((7, 9, 10, 11, 13), (7, 9, 10, 11, 13)),
        ((0.1, 0.5, 0.75, 1.0), (0.1, 0.5, 0.75, 1.0)),
        ((32, 64, 128, 256, 1024), (0, 1, 2, 3, 4)),
        (("mlp", "auto"), (0, 1)),
        ((True, False), (0, 1)),
        ((10,), (0,)),
    ],
)
def test_numbers_stand_where_they_are_unless_that_crowds_them(values: tuple, places: tuple) -> None:
    assert place_values(values) == places


def test_every_run_is_a_point_and_means_are_of_those_there() -> None:
    figure = sweep_figure(drawing())
    mean, points = trace(figure, "mean ± standard deviation"), trace(figure, "every run")

    assert list(mean.x) == [7, 9]
    assert list(mean.y) == pytest.approx([0.65, 0.9])
    assert list(points.y) == [0.6, 0.7, 0.9]
    assert list(points.text) == ["seed 0", "seed 1", "seed 0"]
    assert points.x[0] < 7 < points.x[1] and points.x[2] == 9


def test_the_band_is_one_deviation_wide() -> None:
    figure = sweep_figure(drawing())
    (band,) = [each for each in figure.data if each.fill == "toself"]
    deviation = statistics.stdev([0.6, 0.7])

    assert list(band.x) == [7, 9, 9, 7]
    assert list(band.y) == pytest.approx([0.65 + deviation, 0.9, 0.9, 0.65 - deviation])


def test_printed_rows_and_what_is_attainable_stand_where_they_are_known() -> None:
    figure = sweep_figure(drawing(printed=(PrintedRow("a paper", (0.72, None, 0.95)),)))

    assert (list(trace(figure, "a paper").x), list(trace(figure, "a paper").y)) == ([7, 10], [0.72, 0.95])
    assert list(trace(figure, "best attainable").y) == [0.7, 0.9]


def test_each_criterion_has_a_panel_whose_best_is_marked_and_the_suggestion_runs_through_all() -> None:
    criteria = (
        SweepPanel("Silhouette ↑", (series(((0.1, 0.3), (0.4,), (0.2,))),), best=1),
        SweepPanel("Usage entropy", (series(((1.0,), (1.1,), (1.2,))),), reference=(1.9, 2.2, 2.3)),
    )
    figure = apply_theme(sweep_figure(drawing(criteria=criteria, suggested=1)), dark=True)

    assert len(list(figure.select_yaxes())) == 3
    titles = [note.text for note in figure.layout.annotations]
    assert {"<b>Silhouette ↑</b>", "<b>Usage entropy</b>", "suggested: K = 9"} == set(titles)
    assert (list(trace(figure, BEST).x), list(trace(figure, BEST).y)) == ([9], [0.4])
    bands = figure.layout.shapes
    assert sorted(band.yref for band in bands) == ["y domain", "y2 domain", "y3 domain"]
    assert {(band.x0 + band.x1) / 2 for band in bands} == {9}


def test_a_second_setting_gives_each_of_its_values_a_colour_and_a_name() -> None:
    result = SweepPanel("Purity", (series(PURITY, "σ = 0.1"), series(PURITY, "σ = 1.0")))
    figure = sweep_figure(SweepDrawing("K", (7, 9, 10), result))
    one, other = trace(figure, "σ = 0.1"), trace(figure, "σ = 1.0")

    assert one.line.color != other.line.color
    assert one.x[0] < 7 < other.x[0]
    assert [each.name for each in figure.data if each.showlegend] == ["σ = 0.1", "σ = 1.0"]
    assert not any(each.fill == "toself" for each in figure.data)  # bands would lie upon each other
    assert list(one.error_y.array) == pytest.approx([statistics.stdev([0.6, 0.7]), 0])


def test_between_words_nothing_is_joined() -> None:
    figure = sweep_figure(SweepDrawing("Networks", ("mlp", "auto"), SweepPanel("Purity", (series(PURITY[:2]),))))

    assert all(each.mode == "markers" for each in figure.data)
    assert list(figure.layout.xaxis.ticktext) == ["mlp", "auto"]


def test_figures_that_are_all_equal_are_not_magnified_to_their_last_digit() -> None:
    figures = ((0.8, 0.8), (0.1 + 0.7, 0.8))
    figure = sweep_figure(SweepDrawing("K", (9, 10), SweepPanel("Purity", (series(figures),))))

    low, high = figure.layout.yaxis.range
    assert (low, high) == pytest.approx((0.799, 0.801))


def test_a_sweep_of_which_nothing_is_finished_is_an_empty_figure() -> None:
    result = SweepPanel("Purity", (series(((), (), ())),))
    assert all(not each.x for each in sweep_figure(SweepDrawing("K", (7, 9, 10), result)).data)


# --- the grid -------------------------------------------------------------------------------------------------------


def test_cells_stand_at_their_row_and_column_and_curves_stay_inside() -> None:
    curve = [(0.0, 0.1), (0.5, 2.0), (1.0, -1.0)]
    cells = {(0, 0): RunCell("finished", "0.93", "K = 7, seed 0", curve), (1, 2): RunCell("waiting", "waiting", "x")}
    figure = sweep_grid_figure(cells, ["K = 7", "K = 9"], ["seed 0", "seed 1", "seed 2"], marked=(1, 2))
    background, line, words = figure.data

    assert [list(row) for row in background.z] == [[0, None, None], [None, None, 0]]
    assert background.text[0][0] == "K = 7, seed 0"
    assert all(0 <= x <= 1 for x in line.x if x is not None)
    assert all(0 <= y <= 1 for y in line.y if y is not None)
    assert line.y[1] < line.y[0] < line.y[2]  # rows grow downwards
    assert list(words.text) == [" 0.93", " waiting"]
    assert [math.floor(x) for x in words.x] == [0, 2]
    assert len(set(words.marker.symbol)) == 2
    (mark,) = figure.layout.shapes
    assert (math.floor(mark.x0), math.floor(mark.y0)) == (2, 1)


def test_many_runs_cost_no_more_traces_and_words_give_way() -> None:
    columns = [str(number) for number in range(MOST_WORDY_COLUMNS + 1)]
    cells = {
        (row, column): RunCell("finished", "0.9", "x", [(0.0, 0.1), (1.0, 0.9)])
        for row in range(40)
        for column in range(len(columns))
    }
    figure = sweep_grid_figure(cells, [f"K = {row}" for row in range(40)], columns)

    assert len(figure.data) == 3
    assert figure.data[-1].mode == "markers"
