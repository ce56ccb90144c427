"""Figures of conditions: bars of clusters by sample, a volcano, and one gene in every sample."""

import numpy as np
import pytest

from clustergan_core.drawing.figures.composition import composition_figure
from clustergan_core.drawing.figures.conditions import replicates_figure, volcano_figure


def test_bars_are_shares_of_each_sample_with_samples_of_a_condition_together() -> None:
    counts = np.array([[30, 10], [5, 5], [0, 8]])
    figure = composition_figure(counts, ("s0", "s1", "s2"), ("b", "a", "b"), ("T", "<B>"), ("#000000", "#ffffff"))
    first, second = figure.data
    assert [list(part) for part in first.y] == [["b", "b", "a"], ["s0", "s2", "s1"]]
    assert list(first.x) == pytest.approx([0.75, 0, 0.5]) and list(second.x) == pytest.approx([0.25, 1, 0.5])
    assert second.name == "&lt;B&gt;", "Plotly would read a name as a tag"
    alone = composition_figure(counts[:2], ("a", "b"), ("a", "b"), ("T", "B"), ("#000000", "#ffffff"))
    assert list(alone.data[0].y) == ["a", "b"], "a condition called as its only sample is not said twice"


def test_the_volcano_draws_tested_genes_and_names_called_ones_that_lie_apart() -> None:
    changes, p = np.array([3.0, 3.01, -2.0, 0.1, 1.0]), np.array([1e-9, 1.1e-9, 1e-6, 0.5, np.nan])
    figure = volcano_figure(changes, p, np.array([True, True, True, False, False]), tuple("abcde"), ("x", "y"))
    others, called = figure.data
    assert list(others.x) == [0.1] and list(called.x) == [3.0, 3.01, -2.0]
    assert list(called.y) == pytest.approx([9, -np.log10(1.1e-9), 6])
    assert [annotation.text for annotation in figure.layout.annotations] == ["a", "c"]
    nothing = volcano_figure(changes[4:], p[4:], np.array([False]), ("e",), ("x", "y"))
    assert not nothing.layout.annotations


def test_every_sample_is_a_dot_and_donors_are_joined() -> None:
    values, is_other = np.array([1.0, 2.0, 4.0, 6.0]), np.array([False, False, True, True])
    names, donors, n_cells = ("s0", "s1", "s2", "s3"), ("D1", "D2", "D1", ""), np.array([9, 8, 7, 6])
    figure = replicates_figure(values, is_other, names, donors, n_cells, "ISG15", ("a", "b"))
    dots = figure.data[-1]
    assert list(dots.y) == values.tolist() and [round(x) for x in dots.x] == [0, 0, 1, 1]
    assert len(set(dots.x)) == 4, "equal values would hide each other"
    assert [list(line.y) for line in figure.data[:2]] == [[1, 4], [2]]
    assert [line.y[0] for line in figure.data[2:4]] == [1.5, 5]
    assert dots.customdata[0].tolist() == ["s0, D1", "9"] and dots.customdata[3].tolist() == ["s3", "6"]
