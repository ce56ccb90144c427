"""Figures that set runs side by side show the values they are given, and stay readable with many of them."""

from typing import Any, cast

import numpy as np
import plotly.graph_objects as go
import pytest

from clustergan_core.drawing.figures.clusterings import MAX_FLOWS, clusterings_figure, flows_figure
from clustergan_core.drawing.figures.counts import agreeing_runs_figure
from clustergan_core.drawing.figures.curves import LINE_COLOURS
from clustergan_core.drawing.figures.overlaid_curves import RunCurve, line_style, overlaid_curves_figure
from clustergan_core.drawing.figures.score_dots import ScorePanel, score_dots_figure
from clustergan_core.drawing.palette import mode_colours, rgb

COUNTS = np.array([[1, 9, 0], [7, 0, 1]])  # left mode 0 is right mode 1, left 1 is right 0, right 2 is left over


def traces(figure: go.Figure) -> list[Any]:
    return list(cast(Any, figure).data)


# --- curves ---------------------------------------------------------------------------------------------------------


def curve(name: str, group: int, *values: float | None) -> RunCurve:
    return RunCurve(name, group, [10 * step for step in range(len(values))], values)


def test_runs_of_one_group_share_colour_and_legend_entry() -> None:
    curves = [curve("a", 0, 0.1, 0.2), curve("b", 1, 0.3, 0.4), curve("c", 0, 0.5, 0.6)]
    lines = traces(overlaid_curves_figure(curves, ["seeds", "alone"], "NMI"))
    assert lines[0].line.color == lines[2].line.color != lines[1].line.color
    assert [(line.name, line.showlegend) for line in lines] == [("seeds", True), ("alone", True), ("seeds", False)]
    assert lines[0].line.width < lines[1].line.width
    assert list(lines[2].x) == [0, 10]
    assert list(lines[2].y) == [0.5, 0.6]


def test_a_missing_evaluation_leaves_a_gap() -> None:
    (line,) = traces(overlaid_curves_figure([curve("a", 0, 0.1, None, 0.3)], ["a"], "NMI"))
    assert np.isnan(line.y[1])


def test_a_distance_that_falls_far_is_read_on_a_logarithmic_axis() -> None:
    values = [1000, *[5.0] * 20]
    figure = overlaid_curves_figure(
        [curve("a", 0, 5, 4), curve("b", 1, *values)], ["a", "b"], "Fréchet distance", "step"
    )
    (axis,) = figure.select_yaxes()
    assert (axis.type, axis.title.text) == ("log", "Fréchet distance (log scale)")


def test_twelve_groups_are_told_apart_by_colour_and_dash() -> None:
    styles = [line_style(group) for group in range(12)]
    assert len(set(styles)) == 12
    assert {colour for colour, _ in styles} == set(LINE_COLOURS)


# --- dots -----------------------------------------------------------------------------------------------------------


def test_every_run_is_a_dot_beside_mean_and_deviation() -> None:
    panels = [ScorePanel("Purity", [[0.8, 0.9, 1.0], [0.5]]), ScorePanel("NMI", [[0.7, None, 0.7], [None]])]
    figure = score_dots_figure(panels, ["three", "one"], [["a", "b", "c"], ["d"]])
    bar, mean, dots, single = (trace for trace in traces(figure) if trace.xaxis == "x")
    assert list(bar.x) == pytest.approx([0.8, 1.0])
    assert list(mean.x) == pytest.approx([0.9])
    assert "standard deviation 0.1, n = 3" in mean.hovertemplate
    assert list(dots.x) == [0.8, 0.9, 1.0]
    assert list(dots.customdata) == ["a", "b", "c"]
    assert len(set(dots.y)) == 3, "equal scores do not hide each other"
    assert list(single.x) == [0.5]
    of_nmi = [trace for trace in traces(figure) if trace.xaxis == "x2"]
    assert list(of_nmi[-1].customdata) == ["a", "c"], "a run without the score has no dot"


def test_a_small_difference_does_not_fill_a_panel() -> None:
    panels = [ScorePanel("Usage entropy", [[2.284, None], [2.285]]), ScorePanel("NMI", [[0.2, 0.4], [0.9]])]
    entropy, nmi = (axis.range for axis in score_dots_figure(panels, ["a", "b"], [["a", "a2"], ["b"]]).select_xaxes())
    assert entropy[1] - entropy[0] > 0.2
    assert entropy[0] < 2.284 < 2.285 < entropy[1]
    assert nmi[0] < 0.3 - np.std([0.2, 0.4], ddof=1)
    assert nmi[1] > 0.9


@pytest.mark.parametrize("values", [(0.788, 0.944), (0.2, 0.8), (-0.09, 0.64), (0.034, 0.055), (0.0, 0.0), (7.2, 365)])
def test_an_axis_has_two_to_four_numbers(values: tuple[float, float]) -> None:
    figure = score_dots_figure([ScorePanel("Score", [[value] for value in values])], ["a", "b"], [["a"], ["b"]])
    (axis,) = figure.select_xaxes()
    low, high = axis.range
    assert 2 <= np.floor(high / axis.dtick) - np.ceil(low / axis.dtick) + 1 <= 4


def test_groups_are_rows_in_their_order_and_long_names_are_whole() -> None:
    names = ["short", "Paired ClusterGAN, K = 10, Width = 0.5"]
    figure = score_dots_figure([ScorePanel("NMI", [[0.1], [0.2]])], names, [["a"], ["b"]])
    (axis,) = figure.select_yaxes()
    assert list(axis.ticktext) == ["short", "Paired ClusterGAN,<br>K = 10,<br>Width = 0.5"]
    assert axis.range[0] > axis.range[1]


# --- two clusterings ------------------------------------------------------------------------------------------------


def test_the_heat_map_has_what_is_matched_on_its_diagonal() -> None:
    (cells,) = traces(clusterings_figure(COUNTS, "one", "other"))
    assert np.array(cells.text).tolist() == [["9", "1", ""], ["", "7", "1"]]
    assert np.asarray(cells.z)[1].tolist() == pytest.approx([0, 87.5, 12.5])
    assert [int(mode) for mode in cells.customdata[0, :, 1]] == [1, 0, 2]


def test_many_modes_are_drawn_without_numbers() -> None:
    (cells,) = traces(clusterings_figure(np.ones((40, 40), dtype=int), "one", "other"))
    assert cells.text is None


def test_flows_carry_every_sample_in_the_colour_of_its_left_mode() -> None:
    (flows,) = traces(flows_figure(COUNTS, "one", "other"))
    assert list(flows.node.label) == ["0", "1", "1", "0", "2"]
    bands = set(zip(flows.link.source, flows.link.target, flows.link.value, strict=True))
    assert bands == {(0, 2, 9), (0, 3, 1), (1, 3, 7), (1, 4, 1)}
    colours = [f"rgba({','.join(map(str, rgb(colour)))},0.45)" for colour in mode_colours(2)]
    assert list(flows.link.color) == [colours[source] for source in flows.link.source]
    assert list(flows.node.color)[2] == mode_colours(2)[1], "a mode has one colour on both sides"


def test_modes_without_samples_have_no_place_among_the_flows() -> None:
    counts = np.zeros((3, 4), dtype=int)
    counts[[0, 2], [3, 1]] = 5
    (flows,) = traces(flows_figure(counts, "one", "other"))
    assert list(flows.node.label) == ["0", "2", "3", "1"]


def test_of_very_many_flows_the_thinnest_go_to_other_and_no_sample_is_lost() -> None:
    counts = np.random.default_rng(0).integers(0, 100, (40, 40))
    (flows,) = traces(flows_figure(counts, "one", "other"))
    assert list(flows.node.label)[-1] == "other"
    assert len(flows.link.value) <= MAX_FLOWS + 40
    assert sum(flows.link.value) == counts.sum()
    places = np.array(flows.node.y)
    assert places.min() > 0
    assert places.max() < 1


def test_a_single_mode_on_each_side_is_one_band() -> None:
    (flows,) = traces(flows_figure(np.array([[3]]), "one", "other"))
    assert (list(flows.link.value), list(flows.node.y)) == ([3], pytest.approx([0.5, 0.5]))


# --- agreement ------------------------------------------------------------------------------------------------------


def test_bars_count_the_samples_that_so_many_runs_agree_on() -> None:
    (bars,) = traces(agreeing_runs_figure(np.array([0, 10, 1000])))
    assert (list(bars.x), list(bars.y), list(bars.text)) == ([1, 2, 3], [0, 10, 1000], ["0", "10", "1,000"])
