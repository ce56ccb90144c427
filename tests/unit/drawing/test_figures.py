"""Figures show the values they are given, title their axes, and stay readable and fast at any size."""

import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy as np
import plotly.graph_objects as go
import pytest

from clustergan_core.drawing.figures.clusterings import clusterings_figure
from clustergan_core.drawing.figures.counts import (
    agreeing_runs_figure,
    class_balance_figure,
    contingency_figure,
    matched_order,
)
from clustergan_core.drawing.figures.curves import (
    LINE_COLOURS,
    MAX_POINTS,
    distance_figure,
    loss_figure,
    score_figure,
    thin,
    usage_figure,
)
from clustergan_core.drawing.figures.overlaid_curves import RunCurve, overlaid_curves_figure
from clustergan_core.drawing.figures.profiles import (
    code_figure,
    mode_profile_figure,
    rank_by_variance,
    response_figure,
    spread,
)
from clustergan_core.drawing.figures.scatter import embedding2d_figure, embedding3d_figure, embedding3d_values_figure
from clustergan_core.drawing.figures.score_dots import ScorePanel, score_dots_figure
from clustergan_core.drawing.palette import UNLABELLED_COLOUR, contrast_ratio, mode_colours
from clustergan_core.drawing.theme import THEMES, apply_theme

RANDOM = np.random.default_rng(0)


def names(count: int) -> list[str]:
    return [f"feature {index}" for index in range(count)]


def traces(figure: go.Figure) -> list[Any]:
    """The figure's traces; Plotly makes their attributes while it runs, so no type knows them."""
    return list(cast(Any, figure).data)


def loss_rows(count: int) -> list[dict[str, float]]:
    return [
        {"step": 10 * i, "seconds": 0.5 * i, "critic": -5 + i % 3, "cluster_recovery": 2 / (i + 1)}
        for i in range(count)
    ]


def every_figure(n_modes: int, n_features: int) -> Iterator[go.Figure]:
    yield loss_figure(loss_rows(n_features))
    yield score_figure([1, 2], {"NMI": [0.1, 0.2]})
    yield distance_figure([1, 2], [9.0, 3.0], 2.0)
    yield usage_figure(np.full(n_modes, 1 / n_modes))
    yield mode_profile_figure(RANDOM.random((n_modes, n_features)), names(n_features))
    yield response_figure(np.linspace(0, 1, 5), RANDOM.random((5, n_features)), names(n_features))
    yield code_figure(np.full(n_modes, 1 / n_modes), normal=RANDOM.normal(size=n_features))
    yield contingency_figure(RANDOM.integers(0, 9, (n_modes, n_modes + 1)), names(n_modes))
    yield clusterings_figure(RANDOM.integers(0, 9, (n_modes, n_modes + 1)), "one", "other")
    yield overlaid_curves_figure([RunCurve("one", 0, [1, 2], [0.1, 0.2])], ["group"], "NMI")
    yield score_dots_figure([ScorePanel("NMI", [[0.1, 0.2]])], ["group"], [["one", "other"]])
    yield agreeing_runs_figure(RANDOM.integers(0, 9, n_modes))
    yield class_balance_figure(RANDOM.integers(0, 9, n_modes), names(n_modes))
    yield embedding2d_figure(RANDOM.random((50, 2)), np.arange(50) % n_modes, names(n_modes))
    yield embedding3d_figure(RANDOM.random((50, 3)), np.arange(50) % n_modes, names(n_modes))
    yield embedding3d_values_figure(RANDOM.random((50, 3)), RANDOM.random(50), "confidence")


@pytest.mark.parametrize(("n_modes", "n_features"), [(2, 2), (10, 16), (100, 2000)])
def test_every_axis_of_every_figure_is_titled(n_modes: int, n_features: int) -> None:
    for figure in every_figure(n_modes, n_features):
        drawn = figure.to_dict()["layout"]
        axes = {name: axis for name, axis in drawn.items() if name.startswith(("xaxis", "yaxis"))}
        axes |= {name: axis for name, axis in drawn.get("scene", {}).items() if name.endswith("axis")}
        titled = [axis.get("title", {}).get("text") for axis in axes.values()]
        assert any(titled)
        # Small multiples name their common axes once a row and once a column; every other figure names each axis.
        if not any("<b>" in note.get("text", "") for note in drawn.get("annotations", ())):
            assert all(titled), figure


@pytest.mark.parametrize("dark", [False, True])
def test_themes_give_every_figure_readable_text_on_a_transparent_page(dark: bool) -> None:
    page = THEMES["dark" if dark else "light"].page
    for figure in every_figure(10, 16):
        apply_theme(apply_theme(figure, not dark), dark)  # switching back leaves nothing behind
        own, theme = figure.layout, figure.layout.template.layout
        assert theme.paper_bgcolor == theme.plot_bgcolor == "rgba(0,0,0,0)"
        assert own.paper_bgcolor is own.plot_bgcolor is None
        inks = [own.font.color or theme.font.color]
        for axes, common in ((figure.select_xaxes(), theme.xaxis), (figure.select_yaxes(), theme.yaxis)):
            for axis in axes:
                inks += [axis.tickfont.color or common.tickfont.color, axis.title.font.color or common.title.font.color]
        assert min(contrast_ratio(ink, page) for ink in inks) >= 4.5


def test_lines_contrast_with_both_pages() -> None:
    assert len(LINE_COLOURS) >= 5
    assert min(contrast_ratio(colour, theme.page) for colour in LINE_COLOURS for theme in THEMES.values()) >= 2.7


def test_each_loss_has_its_own_panel_on_a_common_step_axis() -> None:
    figure = loss_figure(loss_rows(40))
    assert len(traces(figure)) == 2
    assert {trace.yaxis for trace in traces(figure)} == {"y", "y2"}
    assert all(axis.matches == "x" for axis in figure.select_xaxes())
    assert list(traces(figure)[0].x) == [10 * i for i in range(40)]
    assert list(traces(figure)[0].y) == [-5 + i % 3 for i in range(40)]
    titles = [note.text for note in figure.select_annotations()]
    assert titles == ["<b>critic</b>", "<b>cluster recovery</b>"]


def test_a_positive_loss_that_falls_far_is_read_on_a_logarithmic_axis() -> None:
    figure = loss_figure(loss_rows(500))  # 2 → 0.004
    assert [axis.type for axis in figure.select_yaxes()] == ["linear", "log"]
    assert "log scale" in [note.text for note in figure.select_annotations()][1]


def test_losses_can_be_drawn_over_seconds_and_may_be_missing_in_some_rows() -> None:
    rows = [{"step": 1.0, "seconds": 0.5, "warm_start": 3.0}, {"step": 2.0, "seconds": 1.0, "critic": -1.0}]
    figure = loss_figure(rows, x="seconds")
    assert list(traces(figure)[0].x) == [0.5, 1.0]
    assert np.isnan(traces(figure)[0].y[1])
    assert [trace.hovertemplate.split(" ")[0] for trace in traces(figure)] == ["warm", "critic"]


def test_no_rows_yet_give_an_empty_figure() -> None:
    assert len(traces(loss_figure([]))) == 0
    assert not loss_figure([], mark=3).layout.shapes


def test_a_step_is_marked_in_every_panel() -> None:
    figure = loss_figure(loss_rows(40), mark=7)
    assert [(line.x0, line.x1) for line in figure.layout.shapes] == [(7, 7)] * len(traces(figure))
    assert len(traces(score_figure([], {"NMI": []}))) == 1


@pytest.mark.parametrize("n_panels", [2, 3])
def test_numbers_of_neighbouring_losses_have_room_between_them(n_panels: int) -> None:
    rows = [{"step": step, **{f"loss {panel}": 1.0 / step for panel in range(n_panels)}} for step in range(1, 400)]
    axes = list(loss_figure(rows, n_columns=n_panels).select_xaxes())
    width = 1010 if n_panels == 3 else 0.55 * 1010  # pixels: two panels share the page with a third figure
    assert (axes[1].domain[0] - axes[0].domain[1]) * width > 50
    assert all(axis.nticks <= 5 for axis in axes)


def test_thinning_keeps_both_ends_and_every_stretchs_extremes() -> None:
    values = RANDOM.normal(size=100_000)
    values[[12_345, 67_890]] = [50, -50]
    kept = thin(values)
    assert len(kept) <= MAX_POINTS
    assert (np.diff(kept) > 0).all()
    assert {0, 12_345, 67_890, 99_999} <= set(kept.tolist())
    stretch = -(-100_000 // ((MAX_POINTS - 2) // 2))
    for start in range(0, 100_000, stretch):
        part, inside = values[start : start + stretch], kept[(kept >= start) & (kept < start + stretch)]
        assert values[inside].max() == part.max()
        assert values[inside].min() == part.min()


@pytest.mark.parametrize("count", [MAX_POINTS + 1, 5003, 7499, 99_999])
def test_thinned_curves_never_exceed_the_limit(count: int) -> None:
    kept = thin(np.arange(count, dtype=float))
    assert len(kept) <= MAX_POINTS
    assert (kept[0], kept[-1]) == (0, count - 1)


def test_short_curves_are_drawn_whole() -> None:
    assert np.array_equal(thin(np.zeros(MAX_POINTS)), np.arange(MAX_POINTS))


def test_thinning_passes_over_missing_values() -> None:
    values = np.full(20_000, np.nan)
    values[[101, 15_003]] = [1.0, 2.0]
    assert {101, 15_003} <= set(thin(values).tolist())


def test_a_hundred_thousand_rows_draw_fast() -> None:
    rows = loss_rows(100_000)
    seconds = []
    for _ in range(3):  # the best of three, since neighbours on the machine slow one down
        start = time.process_time()
        loss_figure(rows)
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.3
    assert max(len(trace.x) for trace in traces(loss_figure(rows))) <= MAX_POINTS


def test_scores_share_an_axis_from_0_to_1_and_leave_gaps_where_unknown() -> None:
    figure = score_figure([0, 100, 200], {"purity": [0.2, None, 0.6], "NMI": [0.1, 0.2, 0.3]}, best=100)
    assert [trace.name for trace in traces(figure)] == ["purity", "NMI"]
    assert np.isnan(traces(figure)[0].y[1])
    assert figure.layout["yaxis"]["range"][0] == 0
    assert 1 <= figure.layout["yaxis"]["range"][1] < 1.1
    assert len({(trace.line.color, trace.line.dash) for trace in traces(figure)}) == 2
    assert figure.layout["shapes"][0]["x0"] == 100


def test_a_score_below_zero_stays_in_sight() -> None:
    figure = score_figure([0, 1], {"ARI": [-0.2, 0.5]})
    assert figure.layout["yaxis"]["range"][0] <= -0.2


def test_a_distance_stands_beside_that_of_real_samples_and_is_logarithmic_when_it_falls_far() -> None:
    near, far = distance_figure([10, 20], [8.0, 4.0], 1.5), distance_figure([10, 20], [800.0, 4.0], None)
    assert traces(near)[0].y.tolist() == [8.0, 4.0]
    assert [line.y0 for line in near.select_shapes()] == [1.5]
    assert not list(far.select_shapes())
    assert [figure.to_dict()["layout"]["yaxis"]["type"] for figure in (near, far)] == ["linear", "log"]


def test_usage_is_shown_in_per_cent_beside_the_even_share_and_empty_modes_are_named() -> None:
    figure = usage_figure(np.array([0.5, 0.5, 0.0, 0.0]))
    bars = traces(figure)[0]
    assert list(bars.y) == [50, 50, 0, 0]
    assert list(bars.text) == ["50.0%", "50.0%", "empty", "empty"]
    assert list(bars.marker.color) == mode_colours(4)
    assert figure.layout["shapes"][0]["y0"] == 25


def test_a_profile_of_many_features_shows_the_most_variable_and_says_so() -> None:
    means = np.zeros((3, 720))
    varying = np.arange(5, 720, 12)  # 60 of them
    means[0, varying] = RANDOM.random(len(varying)) + 0.1
    figure = mode_profile_figure(means, names(720))
    assert np.array_equal(traces(figure)[0].z, means[:, varying])
    assert figure.layout["title"]["text"] == "Showing the 60 most variable of 720 features"
    assert list(figure.layout["xaxis"]["ticktext"])[:2] == ["feature 5", "feature 17"]


def test_a_profile_of_few_features_shows_all_in_their_order_without_a_title() -> None:
    means = RANDOM.random((4, 16))
    figure = mode_profile_figure(means, names(16), value_range=(0, 1))
    assert np.array_equal(traces(figure)[0].z, means)
    assert figure.layout["title"]["text"] is None
    assert (traces(figure)[0].zmin, traces(figure)[0].zmax) == (0, 1)


def test_features_can_be_grouped_by_the_mode_in_which_they_peak() -> None:
    means = np.array([[0.1, 0.9, 0.2, 0.5], [0.8, 0.0, 0.3, 0.1]])
    assert np.array_equal(traces(mode_profile_figure(means, names(4), order="peak"))[0].z, means[:, [1, 3, 0, 2]])


def test_empty_modes_neither_hide_nor_decide_which_features_vary() -> None:
    means = np.array([[0.0, 0.0, 1.0], [np.nan, np.nan, np.nan], [0.0, 0.5, 0.0]])
    assert rank_by_variance(means, 2).tolist() == [1, 2]
    assert np.isnan(traces(mode_profile_figure(means, names(3)))[0].z[1]).all()


def test_the_features_that_change_most_are_named_and_the_others_drawn_grey() -> None:
    mus = np.linspace(0, 1, 3)
    responses = np.outer(mus, [0.1, 0.9, 0.0, 0.5])
    figure = response_figure(mus, responses, names(4), ends=("mode 3", "mode 7"), n_named=2)
    context, *named = traces(figure)
    assert [trace.name for trace in named] == ["feature 1", "feature 3"]
    assert np.allclose(named[0].y, responses[:, 1])
    assert np.allclose(np.array(context.y).reshape(2, 4)[:, :3], responses[:, [0, 2]].T)
    assert np.isnan(np.array(context.y).reshape(2, 4)[:, 3]).all()  # a gap between two lines
    assert figure.layout["xaxis"]["title"]["text"] == "μ, from 0 (mode 3) to 1 (mode 7)"
    written = [note.text for note in figure.select_annotations()]
    assert ["feature 1" in written[0], "feature 3" in written[1]] == [True, True]


def test_names_at_line_ends_are_moved_apart_and_keep_their_order() -> None:
    placed = spread(np.array([0.5, 0.51, 0.0, 0.99, 0.98]), gap=0.1, low=0, high=1)
    assert (np.abs(np.subtract.outer(placed, placed))[~np.eye(5, dtype=bool)] >= 0.1 - 1e-9).all()
    assert np.argsort(placed).tolist() == [2, 0, 1, 4, 3]
    assert placed.min() >= 0
    assert placed.max() <= 1


def test_a_code_is_drawn_in_the_modes_colours_and_named_by_its_largest_entry() -> None:
    figure = code_figure(np.array([0.02, 0.95, 0.03]), normal=np.array([0.1, -0.1]))
    assert list(traces(figure)[0].marker.color) == mode_colours(3)
    assert figure.layout["title"]["text"] == "Mode 1, confidence 0.95 (not calibrated)"
    assert list(traces(figure)[1].y) == [0.1, -0.1]
    assert len(traces(code_figure(np.array([0.4, 0.6])))) == 1


def test_modes_stand_in_the_order_of_the_labels_they_match_one_to_one() -> None:
    counts = np.array([[0, 2, 90, 1], [80, 3, 1, 5], [4, 70, 2, 30]])
    assert matched_order(counts).tolist() == [2, 0, 1, 3]
    figure = contingency_figure(counts, ["a", "b", "c"])
    heat = traces(figure)[0]
    assert np.allclose(heat.z[0], 100 * np.array([90, 0, 2, 1]) / 93)
    assert heat.text.tolist()[1] == ["1", "80", "3", "5"]
    assert heat.text.tolist()[0][1] == ""  # a zero is left out
    assert next("2" in tick for tick in figure.layout["xaxis"]["ticktext"])
    assert mode_colours(4)[2] in figure.layout["xaxis"]["ticktext"][0]


def test_marks_of_more_modes_than_fit_side_by_side_are_turned_and_have_room() -> None:
    few, many = (contingency_figure(np.eye(n, dtype=int), names(n)) for n in (10, 20))
    assert (few.layout["xaxis"]["tickangle"], many.layout["xaxis"]["tickangle"]) == (0, -90)
    assert len(many.layout["xaxis"]["ticktext"]) == 20
    assert many.layout["height"] > 20 * 28 + 90


def test_fewer_modes_than_labels_still_match() -> None:
    counts = np.array([[9, 0], [8, 1], [0, 7]])
    assert sorted(matched_order(counts).tolist()) == [0, 1]
    assert np.allclose(traces(contingency_figure(counts, ["a", "b", "c"]))[0].z.sum(axis=1), 100)


def test_large_contingency_tables_leave_their_counts_to_the_hover() -> None:
    heat = traces(contingency_figure(np.ones((100, 100), dtype=int), names(100)))[0]
    assert heat.text is None
    assert heat.customdata[3][5].tolist()[::2] == ["feature 3", 1]


def test_class_balance_writes_each_labels_count() -> None:
    figure = class_balance_figure(np.array([1200, 30]), ["cat", "dog"])
    assert list(traces(figure)[0].text) == ["1,200", "30"]
    assert list(figure.layout["yaxis"]["ticktext"]) == ["cat", "dog"]


def test_a_map_in_space_has_a_trace_for_each_group_with_its_rows() -> None:
    coordinates = RANDOM.random((6, 3))
    figure = embedding3d_figure(coordinates, np.array([1, 0, 1, -1, 1, 0]), ["cat", "dog"])
    assert [trace.name for trace in traces(figure)] == ["unlabelled", "cat", "dog"]
    assert [list(trace.customdata) for trace in traces(figure)] == [[3], [1, 5], [0, 2, 4]]
    assert [trace.marker.color for trace in traces(figure)] == [UNLABELLED_COLOUR, *mode_colours(2)]
    assert np.allclose(traces(figure)[2].z, coordinates[[0, 2, 4], 2])


def test_in_space_zeros_of_expression_are_grey_and_the_scale_is_of_what_lies_above() -> None:
    values = np.concatenate([np.zeros(20), np.linspace(1, 2, 79), [50.0]])
    figure = embedding3d_values_figure(RANDOM.random((100, 3)), values, "CD3D", is_zero_grey=True)
    zeros, expressed = traces(figure)
    assert zeros.marker.color == UNLABELLED_COLOUR
    assert list(zeros.customdata) == list(range(20)) and list(expressed.customdata) == list(range(20, 100))
    assert (expressed.marker.cmin, expressed.marker.cmax) == (0, pytest.approx(np.percentile(values[20:], 99)))
    nowhere = embedding3d_values_figure(RANDOM.random((5, 3)), np.zeros(5), "CD3D", is_zero_grey=True)
    assert len(traces(nowhere)) == 1


@pytest.mark.parametrize("build", [usage_figure, code_figure])
def test_colours_given_replace_the_modes_own(build: Callable[..., go.Figure]) -> None:
    figure = build(np.array([0.5, 0.5]), ["#112233", "#445566"])
    assert list(traces(figure)[0].marker.color) == ["#112233", "#445566"]


def test_a_flat_map_draws_every_sample_once_in_the_colour_of_its_group() -> None:
    places, groups = RANDOM.random((60, 2)), np.arange(60) % 4 - 1
    figure = embedding2d_figure(places, groups, names(3))
    assert [trace.name for trace in traces(figure)] == ["unlabelled", "feature 0", "feature 1", "feature 2"]
    assert [trace.marker.color for trace in traces(figure)] == [UNLABELLED_COLOUR, *mode_colours(3)]
    rows = np.concatenate([trace.customdata for trace in traces(figure)])
    drawn = np.concatenate([np.stack([trace.x, trace.y], axis=1) for trace in traces(figure)])
    np.testing.assert_allclose(drawn, places[rows], atol=1e-6)
    assert sorted(rows.tolist()) == list(range(60))
    assert figure.layout.yaxis.scaleanchor == "x"
    assert {
        trace.type for trace in traces(embedding2d_figure(np.zeros((30_000, 2)), np.zeros(30_000, int), ["a"]))
    } == {"scattergl"}
