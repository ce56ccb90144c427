"""The sentences about a walk between cell types, for walks whose distances are given."""

import numpy as np
import pytest

from clustergan_core.cells.switch_genes import find_switches
from clustergan_core.cells.walks import CellWalk, WalkNearness
from ui.cells.titles import ModeTitles
from ui.interpolate.cell_walk.page import describe_nearness, describe_reading

TITLES = ModeTitles(("mode 0", "mode 1"), ("mode 0, mostly T", "mode 1, mostly B"), ("", ""), (70, 30))
MUS = np.linspace(0, 1, 5)


def walk(distance: list[float], read: list[int] | None = None) -> CellWalk:
    """Five steps from mode 0 to mode 1 at these distances to real cells, which keep 2 to each other."""
    values = np.zeros((5, 1), np.float32)
    steps = np.array(distance)
    cells = np.zeros((5, 1), np.int64)
    nearness = WalkNearness(steps, steps, steps, steps, values, cells, steps[:, None], usual=1, limit=2)
    codes = None if read is None else np.eye(2, dtype=np.float32)[read]
    return CellWalk(1, 0, 64, MUS, values, values, values, find_switches(MUS, values), codes, nearness)


@pytest.mark.parametrize(
    ("distance", "beginning"),
    [
        ([1.0, 1, 1, 1, 1], "The whole walk lies no further from real cells than 95%"),
        ([1.0, 3, 3, 3, 1], "Between μ = 0.25 and 0.75 the walk lies further from any real cell than 95%"),
        ([1.0, 3, 1, 1, 1], "At μ = 0.25 the walk lies further"),
        ([1.0, 3, 1, 3, 3], "At μ = 0.25 and between μ = 0.75 and 1.00 the walk lies further"),
        ([3.0, 3, 3, 3, 3], "The whole walk, including both ends, lies further"),
    ],
)
def test_empty_space_is_told_with_its_place(distance: list[float], beginning: str) -> None:
    assert describe_nearness(walk(distance), TITLES).startswith(beginning)


def test_a_pure_mode_outside_the_data_is_named() -> None:
    assert "This includes mode 1:" in describe_nearness(walk([1.0, 1, 1, 3, 3]), TITLES)
    assert "includes" not in describe_nearness(walk([1.0, 1, 3, 1, 1]), TITLES)


def test_the_encoders_reading_is_told_with_the_places_where_it_changes() -> None:
    sentence = describe_reading(walk([1.0] * 5, [0, 0, 0, 1, 1]), TITLES)
    assert sentence == "The encoder reads mode 0, mostly T up to μ = 0.50, then mode 1, mostly B from μ = 0.75."
    assert describe_reading(walk([1.0] * 5, [1] * 5), TITLES) == "The encoder reads mode 1, mostly B all the way."
    assert describe_reading(walk([1.0] * 5), TITLES) == ""
