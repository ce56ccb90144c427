"""Figures that set trainings beside each other: islands reached over time, and a setting's strip."""

import pytest

from clustergan_core.drawing.figures.islands import islands_figure
from clustergan_core.drawing.figures.strips import strip_figure


def test_lines_of_equal_counts_lie_apart_and_say_the_counts() -> None:
    steps, counts = [0, 10, 20], [0, 2, 4]
    figure = islands_figure({"one": (steps, counts), "other": (steps, counts)}, 4)
    first, second = figure.data
    assert list(first.x) == list(second.x) == steps
    assert list(first.customdata) == list(second.customdata) == counts
    for low, high, count in zip(first.y, second.y, counts, strict=True):
        assert low < count < high
        assert high - low < 0.2  # still read as the same number
    assert first.line.dash != second.line.dash


def test_a_strip_joins_the_medians_and_marks_every_seed_beside_what_is_printed() -> None:
    printed, ours = [0.9, 0.8], {"σ = 1": [[0.1, 0.5, 0.3], [0.7, 0.6, 0.2]]}
    paper, line, marks = strip_figure("Size", [10, 0.5], printed, ours).data
    assert list(paper.x) == list(line.x) == ["10", "0.5"]
    assert list(paper.y) == printed
    assert list(line.y) == pytest.approx([0.3, 0.6])
    assert list(zip(marks.x, marks.y, strict=True)) == [
        ("10", 0.1), ("10", 0.5), ("10", 0.3), ("0.5", 0.7), ("0.5", 0.6), ("0.5", 0.2),
    ]  # fmt: skip
    assert "3 seeds, σ = 1" in line.name
