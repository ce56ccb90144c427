"""What criteria are worth is what the committed rows say."""

from __future__ import annotations

import pytest

from benchmarks.criteria import CHOSEN_ON, REPORTED_ON, ROWS
from benchmarks.criteria_table import insert_tables, render_criteria
from benchmarks.protocol_table import MEASUREMENTS
from benchmarks.train_all import read_rows


def test_the_measurements_show_the_committed_rows_and_no_other_figures() -> None:
    text = MEASUREMENTS.read_text()
    assert insert_tables(text) == text, "run `python -m benchmarks.criteria_table`"


def test_what_was_chosen_on_is_not_what_is_reported_on() -> None:
    assert not set(CHOSEN_ON) & set(REPORTED_ON)
    assert {row["dataset"] for row in read_rows(ROWS)} == {*CHOSEN_ON, *REPORTED_ON}


def test_a_criterion_that_orders_clusterings_as_nmi_does_is_worth_one_and_its_opposite_minus_one() -> None:
    rows = [
        row | {"information": row["nmi"], "agreement": f"-{row['nmi']}"}
        for row in read_rows(ROWS)
        if row["dataset"] in ("digits", "optdigits")
    ]
    lines = render_criteria(rows).splitlines()
    cells = {line.split(" | ")[0].strip("| *"): line.split(" | ") for line in lines[2:]}
    assert [float(cell) for cell in cells["information of neighbours"][1:5]] == [1, 1, 1, pytest.approx(0)]
    assert [float(cell) for cell in cells["agreement of neighbours beyond chance"][1:4]] == [-1, -1, -1]
    assert cells["information of neighbours"][5].startswith("0 of 2")
