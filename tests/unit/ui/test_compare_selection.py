"""A selection that two maps share."""

import numpy as np
from numpy.typing import NDArray

from ui.compare.selection import SIDES, LinkedSelection

LEFT = np.array([3, 5, 7, 9])  # samples by their position in the data
RIGHT = np.array([9, 7, 5, 1])


def drawn() -> LinkedSelection:
    selection = LinkedSelection(("digits", "test"))
    selection.draw(("a", "b", "tsne"))
    return selection


def samples(*indices: int) -> NDArray[np.int64]:
    return np.array(indices, dtype=np.int64)


def test_what_is_selected_on_one_map_is_shown_on_the_other_by_its_samples() -> None:
    selection = drawn()
    assert selection.report("left", samples(5, 9), LEFT)
    rows = selection.rows("right", RIGHT)
    assert rows is not None
    assert RIGHT[rows].tolist() == [9, 5]
    assert selection.rows("left", LEFT) is None, "the map a person selects on keeps its own report"


def test_a_map_that_shows_what_it_was_told_brings_no_news() -> None:
    selection = drawn()
    selection.report("left", samples(3, 5), LEFT)
    turns = dict(selection.turns)
    assert not selection.report("right", samples(5), RIGHT), "sample 3 is not on the right map"
    assert not selection.report("left", samples(5, 3), LEFT)
    assert selection.turns == turns
    assert selection.samples is not None
    assert selection.samples.tolist() == [3, 5]


def test_clearing_one_map_clears_the_other_even_after_an_earlier_selection_there() -> None:
    selection = drawn()
    selection.report("right", samples(7), RIGHT)
    selection.report("left", samples(5), LEFT)
    turn = selection.turns["right"]
    assert selection.report("left", None, LEFT)
    assert selection.rows("right", RIGHT) is None
    assert selection.turns["right"] == turn + 1


def test_nothing_selected_is_no_news_where_nothing_was() -> None:
    assert not drawn().report("left", None, LEFT)


def test_other_maps_of_the_same_samples_are_told_the_selection_once() -> None:
    selection = drawn()
    selection.report("left", samples(5), LEFT)
    selection.draw(("a", "c", "tsne"))
    turns = dict(selection.turns)
    for side, indices in zip(SIDES, (LEFT, RIGHT), strict=True):
        rows = selection.rows(side, indices)
        assert rows is not None
        assert indices[rows].tolist() == [5]
    selection.draw(("a", "c", "tsne"))
    assert selection.turns == turns
