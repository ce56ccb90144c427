"""The table of the order of switches is that of its rows."""

import numpy as np

from benchmarks.protocol_table import MEASUREMENTS
from benchmarks.switch_definitions import over_area
from benchmarks.switch_order import COLUMNS, ROWS, render_table
from benchmarks.tables import put_table
from benchmarks.train_all import read_rows


def test_the_measurements_show_the_table_of_the_rows_and_no_other_figures() -> None:
    text = MEASUREMENTS.read_text()
    assert put_table(text, "switch-order", "switch_order", render_table(read_rows(ROWS))) == text


def test_a_matrix_has_a_line_with_medians_over_its_walks_and_how_many_have_an_order() -> None:
    verdicts, figures = ("no path", "no agreement", "order"), ("0.1", "0.5", "0.6")
    empty = dict.fromkeys(COLUMNS, "") | {"dataset": "cells", "preset": "quick"}
    rows = [empty | {"verdict": verdict, "rho_crossing": rho} for verdict, rho in zip(verdicts, figures, strict=True)]
    (line,) = render_table(rows).splitlines()[2:]
    assert line.startswith("| `cells`, quick | 3 | 2 | 1 | – | – | – | – | 0.50 |")


def test_the_area_of_a_step_is_where_it_stands() -> None:
    curves = (np.arange(20)[:, None] >= np.array([5, 10])).astype(float)
    assert over_area(curves).tolist() == [0.25, 0.5]
