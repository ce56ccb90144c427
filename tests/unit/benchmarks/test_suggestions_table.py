"""The table of suggested K in docs/measurements.md is what the shipped sweeps say."""

from benchmarks.suggestions_table import MEASUREMENTS, insert_table, render
from clustergan_core.runs.sweeps.report import list_shipped_reports


def test_the_table_is_made_from_the_shipped_sweeps() -> None:
    text = MEASUREMENTS.read_text()
    assert insert_table(text) == text, "run `python -m benchmarks.suggestions_table`"


def test_a_sweep_whose_votes_are_elsewhere_counts_as_wrong() -> None:
    report = next(report for report in list_shipped_reports() if report.name == "digits-k")
    wrong = report.model_copy(update={"plan": report.plan.model_copy(update={"label_shares": (0.5, 0.5)})})
    assert "in 1 of 2 sweeps" in render([report, wrong])
