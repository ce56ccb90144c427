"""The benchmark of page visits: it knows every page, and tells what is late."""

import pytest

from benchmarks.page_visits import PLACES, Visit, misses, render, summarise
from tests.browser.server import PROJECT


def test_every_page_of_the_app_is_visited_in_the_order_of_the_sidebar() -> None:
    frame = (PROJECT / "app.py").read_text()
    assert [place.name for place in PLACES] == [part.partition(".py")[0] for part in frame.split('"pages/')[1:]]
    assert all(f'title="{place.title}"' in frame for place in PLACES)


def test_visits_are_summed_up_by_their_median_by_the_clock_and_by_the_processor() -> None:
    visits = [Visit(3.0, 1.5), Visit(1.0, 0.5), Visit(9.0, 0.7)]
    assert summarise(visits) == {"median": 3.0, "min": 1.0, "max": 9.0, "processor": 0.7}


def test_the_table_has_a_line_for_each_page_and_one_for_all_visits() -> None:
    lines = render("click", {"start": [Visit(1.0, 0.5)], "map": [Visit(2.0, 0.1), Visit(3.0, 0.1)]}).splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["start", "1.00", "1.00", "1.00", "0.50"],
        ["map", "2.50", "2.00", "3.00", "0.10"],
        ["all", "2.00", "1.00", "3.00", "0.10"],
    ]


@pytest.mark.parametrize(
    ("first", "click", "late"),
    [
        ([3.9, 3.9, 9.0], [0.4, 0.4, 2.0], []),
        ([4.0], [0.4], ["first visit of map"]),
        ([1.0], [0.6, 0.6, 0.1], ["click from page to page"]),
    ],
)
def test_late_is_what_misses_its_target_in_the_median(first: list[float], click: list[float], late: list[str]) -> None:
    visits = {"map": [Visit(wall, 0.1) for wall in first]}
    assert misses(visits, {"map": [Visit(wall, 0.1) for wall in click]}) == late


def test_first_visits_alone_or_clicks_alone_can_be_measured() -> None:
    assert misses({"map": [Visit(1.0, 0.1)]}, {}) == []
    assert misses({}, {"map": [Visit(0.1, 0.1)]}) == []
