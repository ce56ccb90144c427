"""The tables of variants are those of their rows."""

from pathlib import Path

import pytest

from benchmarks import variants_table
from benchmarks.protocol_table import MEASUREMENTS
from benchmarks.variants import COLUMNS, VARIANTS
from benchmarks.variants_table import insert_tables, render_group


def row(seed: int, purity: float, **others: str) -> dict[str, str]:
    told = {
        "group": "ablation",
        "dataset": "digits",
        "variant": "no pairs",
        "settings_digest": "new",
        "device": "cpu",
        "cpu": "A processor",
        "cores": "2",
        "threads": "1",
        "torch": "2.13.0",
        "commit": "abc",
        "split": "test",
        "n": "1790",
        "n_clusters": "10",
        "frechet_features": "a classifier",
        "frechet_n": "89",
        "frechet": "5.319",
        "cpu_seconds": "40.4",
        "n_labels_with_a_mode": "9",
    }
    figures = dict.fromkeys(("accuracy", "nmi", "ari", "usage_entropy", "mode_accuracy"), "0.5")
    return dict.fromkeys(COLUMNS, "") | told | figures | {"seed": str(seed), "purity": str(purity)} | others


def test_the_measurements_show_the_tables_of_the_rows_and_no_other_figures() -> None:
    assert insert_tables(MEASUREMENTS.read_text()) == MEASUREMENTS.read_text()


def test_without_rows_each_table_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(variants_table, "ROWS", tmp_path / "none.csv")
    text = insert_tables(MEASUREMENTS.read_text())
    for group in VARIANTS:
        assert f"Nothing has been measured yet.\n<!-- /{group} -->" in text


def test_a_line_is_median_and_both_ends_over_the_seeds_of_the_newest_settings() -> None:
    rows = [row(0, 0.1, settings_digest="old"), row(0, 0.7), row(1, 0.8), row(2, 0.6), row(3, 0.2, group="masses")]
    _, _, line, _, note = render_group(rows, "ablation").splitlines()
    figures = "0.70 (0.60–0.80) | 0.50 | 0.50 | 0.50 | 0.50 | 9 | 5.32 | 40"
    assert line == f"| `digits` | 1,790 (test) | 10 | no pairs | 3 | {figures} |"
    assert "A processor, 2 cores, threads: 1, PyTorch 2.13.0, commit abc." in note
    assert "`digits` a classifier, 89 samples." in note
    assert "Fewer" not in note


def test_few_seeds_and_figures_that_are_not_there_are_said() -> None:
    rows = [row(seed, 0.7, variant="as shipped") for seed in range(3)] + [row(0, 0.5, mode_accuracy="")]
    lines = render_group(rows, "ablation").splitlines()
    assert [line.split(" | ")[3] for line in lines[2:4]] == ["as shipped", "no pairs"]
    assert lines[3].split(" | ")[9] == "–"
    assert lines[-1].endswith("**Fewer than 3 seeds:** `digits` no pairs.")
