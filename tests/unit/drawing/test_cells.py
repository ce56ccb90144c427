"""Figures of cells: what they hold is what was given, in the order and on the scale that is told."""

import numpy as np
import plotly.graph_objects as go
import pytest

from clustergan_core.drawing.figures.gene_contrast import gene_contrast_figure
from clustergan_core.drawing.figures.gene_walks import gene_curves_figure, gene_heat_figure, switch_order_figure
from clustergan_core.drawing.figures.nearness import confidence_walk_figure, distance_walk_figure, path_map_figure
from clustergan_core.drawing.figures.real_against_generated import real_against_generated_figure

MUS = np.linspace(0, 1, 5)


def traces(figure: go.Figure, kind: type) -> list:
    return [trace for trace in figure.data if isinstance(trace, kind)]


def test_each_gene_has_a_named_line_and_a_band_where_its_draws_differ() -> None:
    mean = np.array([[0.0, 1.0], [0.1, 0.8], [0.3, 0.6], [0.6, 0.5], [1.0, 0.0]])
    width = np.array([0, 0.1])
    low, high = mean - width, mean + width
    figure = gene_curves_figure(MUS, mean, low, high, ["CD74", "GNLY"], value_title="expression")
    lines = {trace.name: trace for trace in traces(figure, go.Scatter) if trace.name}
    assert np.array_equal(lines["CD74"].y, mean[:, 0])
    assert np.array_equal(lines["GNLY"].y, mean[:, 1])
    bands = [trace for trace in figure.data if trace.fill == "toself"]
    assert len(bands) == 1
    assert sorted(bands[0].y) == pytest.approx(sorted([*low[:, 1], *high[:, 1]]))
    assert [note.text.split()[-1] for note in figure.layout.annotations] == ["CD74", "GNLY"]


def test_rows_of_the_heat_map_run_from_0_to_1_each_and_claim_no_switch() -> None:
    curves = np.array([[2.0, 5.0], [2.0, 5.5], [3.0, 6.0], [4.0, 8.0], [4.0, 5.0]])
    figure = gene_heat_figure(MUS, curves, ["A", "B"], ["rises", "peaks"])
    (heat,) = traces(figure, go.Heatmap)
    assert np.asarray(heat.z) == pytest.approx(np.array([[0, 0, 0.5, 1, 1], [0, 1 / 6, 1 / 3, 1, 0]]))
    assert not traces(figure, go.Scatter)
    assert list(figure.layout.yaxis.ticktext) == ["A ↗", "B ∧"]


def test_an_order_has_a_dot_and_a_spread_for_each_gene_and_unresolved_genes_are_open() -> None:
    curves = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    points, low, high = np.array([0.3, 0.6]), np.array([0.2, 0.4]), np.array([0.35, 0.9])
    figure = switch_order_figure(curves, ["A", "B"], points, low, high, np.array([True, False]))
    resolved, other = traces(figure, go.Scatter)
    assert (list(resolved.x), list(resolved.y)) == ([0.3], [0])
    assert (list(other.x), list(other.y)) == ([0.6], [1])
    assert resolved.error_x.array[0] == pytest.approx(0.05)
    assert other.error_x.arrayminus[0] == pytest.approx(0.2)
    assert "not resolved" in other.customdata[0]


def test_the_distance_stands_beside_that_among_real_cells_and_empty_stretches_are_shaded() -> None:
    distance = np.array([1.0, 3.0, 3.0, 1.0, 1.0])
    figure = distance_walk_figure(MUS, distance, distance, distance, usual=0.5, limit=2, far=[(0.25, 0.5)])
    levels = [set(trace.y) for trace in traces(figure, go.Scatter) if len(trace.y) == 2]
    assert levels == [{0.5}, {2}]
    (shade,) = figure.layout.shapes
    assert (shade.x0, shade.x1) == (0.125, 0.625)


def test_each_label_that_a_classifier_reads_stands_above_its_stretch_of_the_walk() -> None:
    mus, confidence = np.linspace(0, 1, 11), np.linspace(0.4, 0.9, 11)
    labels = ["<3>"] * 4 + ["9"] * 7
    figure = confidence_walk_figure(mus, confidence, confidence, confidence, labels, usual=0.97)
    (change,) = figure.layout.shapes
    assert change.x0 == pytest.approx(0.35)
    named = {note.text: note.x for note in figure.layout.annotations if "real" not in note.text}
    assert named == {"&lt;3&gt;": pytest.approx(0.15), "9": pytest.approx(0.7)}
    lines = [trace for trace in traces(figure, go.Scatter) if trace.line.width]
    assert [set(line.y) for line in lines if len(line.y) == 2] == [{0.97}]
    (curve,) = (line for line in lines if len(line.y) == 11)
    assert list(curve.customdata) == ["&lt;3&gt;"] * 4 + ["9"] * 7


def test_the_path_on_the_map_takes_the_nearest_cells_in_the_order_of_the_walk() -> None:
    coordinates = np.array([[0.0, 0], [1, 1], [2, 0], [3, 3]])
    path, groups, colours = np.array([3, 1, 1, 0, 2]), np.array([0, 2, 0, 0]), ["#ff0000", "#00ff00", "#0000ff"]
    figure = path_map_figure(coordinates, groups, colours, path, MUS, ["d", "b", "b", "a", "c"])
    behind = traces(figure, go.Scattergl)
    assert [(len(trace.x), trace.marker.color) for trace in behind] == [(3, "#ff0000"), (1, "#0000ff")]
    line, dots = traces(figure, go.Scatter)
    assert np.array_equal(np.stack([dots.x, dots.y], axis=1), coordinates[path])
    assert np.array_equal(line.x, dots.x)
    generated = np.zeros((5, 2))
    line, dots = traces(
        path_map_figure(coordinates, groups, colours, path, MUS, ["d", "b", "b", "a", "c"], generated), go.Scatter
    )
    assert np.array_equal(line.x, np.zeros(5))
    assert np.array_equal(dots.x, coordinates[path, 0])


def test_two_states_of_genes_stand_in_one_row_each_and_the_real_cell_is_a_ring() -> None:
    before, after, real = np.array([0.0, 1.0]), np.array([2.0, 0.5]), np.array([0.0, 3.0])
    figure = gene_contrast_figure(
        ["CD74", "GNLY"],
        before,
        after,
        np.array([2.9, -0.7]),
        states=("as T", "as B"),
        colours=("#111111", "#222222"),
        value_title="expression",
        difference_title="log2 difference",
        real=real,
    )
    shown = {trace.name: trace for trace in figure.data if trace.name}
    assert shown["as T"].x.tolist() == [0, 1]
    assert shown["as B"].x.tolist() == [2, 0.5]
    assert shown["the real cell"].x.tolist() == [0, 3]
    assert shown["as B"].marker.color == "#222222"
    assert "log2 difference -0.70" in shown["as B"].customdata[1]
    assert list(figure.layout.yaxis.ticktext) == ["CD74", "GNLY"]


def test_genes_far_from_the_line_are_named_unless_their_names_would_lie_upon_each_other() -> None:
    real, generated = np.array([0.0, 1.0, 1.0, 4.0]), np.array([0.0, 3.0, 2.95, 2.5])
    figure = real_against_generated_figure(real, generated, ["A", "B", "C", "D"], colour="#123456", title="mean")
    assert [note.text for note in figure.layout.annotations] == ["B", "D"]
    line, points = traces(figure, go.Scatter)
    assert line.x == line.y == (0, 4)
    assert points.y.tolist() == generated.tolist()
