"""Histograms of quality control: every cell is drawn once, in the colour of what became of it."""

import numpy as np
import plotly.graph_objects as go
import pytest

from clustergan_core.drawing.figures.quality import N_BINS, REMOVED_COLOUR, figure_histogram
from clustergan_core.drawing.theme import SERIES_COLOUR

VALUES = np.array([10.0, 100, 200, 300, 5000, 90])
KEPT = np.array([False, True, True, True, False, False])


def draw(**given: object) -> go.Figure:
    settings = {"lower": 50.0, "upper": 2500.0, "title": "genes detected", "is_log": True} | given
    return figure_histogram(VALUES, KEPT, **settings)  # type: ignore[arg-type] # as the tests give them


def test_each_cell_is_counted_once_by_what_became_of_it() -> None:
    kept, removed, elsewhere = draw().data
    assert [int(np.sum(trace.y)) for trace in (kept, removed, elsewhere)] == [3, 2, 1]
    assert (kept.marker.color, removed.marker.color) == (SERIES_COLOUR, REMOVED_COLOUR)
    assert [len(trace.x) for trace in (kept, removed, elsewhere)] == [N_BINS] * 3


def test_a_cell_stands_where_its_value_is() -> None:
    kept = draw().data[0]
    places = np.asarray(kept.x)[np.asarray(kept.y) > 0]
    assert 10**places == pytest.approx([100, 200, 300], rel=0.08)
    removed = draw(is_log=False).data[1]
    assert np.asarray(removed.x)[np.asarray(removed.y) > 0] == pytest.approx([10, 5000], abs=60)


def test_thresholds_are_drawn_where_they_are() -> None:
    assert [shape.x0 for shape in draw().layout.shapes] == pytest.approx([np.log10(50), np.log10(2500)])
    assert [shape.x0 for shape in draw(is_log=False).layout.shapes] == [50, 2500]
    assert len(draw(lower=None, upper=9000.0).layout.shapes) == 0  # beyond all cells


def test_ticks_of_a_logarithmic_axis_are_round_numbers() -> None:
    axis = draw().layout.xaxis
    assert list(axis.ticktext) == ["10", "100", "1,000"]
    assert [f"{round(10**place):,}" for place in axis.tickvals] == list(axis.ticktext)


@pytest.mark.parametrize("values", [[0.0, 0.0], [7.0], []])
@pytest.mark.parametrize("is_log", [True, False])
def test_cells_that_are_all_alike_or_none_are_drawn_too(values: list[float], is_log: bool) -> None:
    figure = figure_histogram(np.array(values), np.ones(len(values), dtype=bool), None, None, "counts", is_log)
    assert sum(int(np.sum(trace.y)) for trace in figure.data) == len(values)
