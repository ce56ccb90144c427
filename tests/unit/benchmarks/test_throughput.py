"""The throughput benchmark itself: every variant trains, and its table holds the newest rows."""

import pytest
import torch

from benchmarks.protocol_table import MEASUREMENTS
from benchmarks.tables import put_table
from benchmarks.throughput import BASE, CASES, VARIANTS, Case, measure, read_rows, render_table

pytestmark = pytest.mark.slow  # trains networks of full size

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=needs_cuda)])
@pytest.mark.parametrize("name", ["mnist", "pendigits", "10x, 720 genes"])
def test_every_variant_takes_a_step(name: str, device: str) -> None:
    narrow = Case(CASES[name].kind, CASES[name].shape, CASES[name].settings | {"width": 0.05, "batch_size": 4})
    costs = measure(narrow, list(VARIANTS), n_rounds=1, device=device)
    assert list(costs) == [BASE, *VARIANTS]
    assert all(cost.wall > 0 and cost.processor > 0 for cost in costs.values())


def test_the_table_shows_the_newest_row_of_a_variant_and_names_each_machine() -> None:
    row = {"machine": "A", "threads": "1", "networks": "mnist", "variant": "ours", "commit": "a", "load": "0.1"}
    times = {"milliseconds": "9", "ratio": "2.00", "processor_milliseconds": "8", "processor_ratio": "2.10"}
    newer = row | times | {"commit": "b", "milliseconds": "7"}
    lines = render_table([newer | {"machine": "B"}, row | times, newer, newer | {"threads": "2"}]).splitlines()
    assert lines[2:] == [
        "| *A* | | | | | | | |",
        "| 1 | mnist | ours | 7 | 2.00 | 8 | 2.10 | b, 0.1 |",
        "| 2 | mnist | ours | 7 | 2.00 | 8 | 2.10 | b, 0.1 |",
        "| *B* | | | | | | | |",
        "| 1 | mnist | ours | 7 | 2.00 | 8 | 2.10 | b, 0.1 |",
    ]


def test_the_measurements_show_the_rows_kept_and_no_others() -> None:
    text = MEASUREMENTS.read_text()
    assert put_table(text, "throughput", "throughput", render_table(read_rows())) == text
