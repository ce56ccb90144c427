"""Clusterings by functions: what is missing, the rows, and the tables that show them."""

import sys
from pathlib import Path

import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from benchmarks import clusterings
from benchmarks.clusterings import COLUMNS, KEY, WAYS, cluster
from clustergan_core.data.registry import load_dataset
from clustergan_core.errors import SettingsError
from clustergan_core.paper_tables.published import PAPERS
from clustergan_core.papers.comparison import compare_table
from clustergan_core.papers.measured import CLUSTERINGS, measured_runs, read_rows

TABLE_1 = PAPERS["clustergan"].table("table-1")


def run(monkeypatch: pytest.MonkeyPatch, path: Path, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", ["clusterings", *words])
    monkeypatch.setattr(clusterings, "CLUSTERINGS", path)
    clusterings.main(path)


def test_what_is_missing_is_computed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rows.csv"
    for _ in range(2):
        run(monkeypatch, path, "--only", "digits", "--ways", "kmeans,ward", "--seeds", "0-1")
    rows = read_rows(path)
    assert [(row["way"], row["seed"]) for row in rows] == [("kmeans", "0"), ("kmeans", "1"), ("ward", "0")]
    assert tuple(rows[0]) == COLUMNS

    digits = load_dataset("digits")
    assert digits.labels is not None
    test = digits.splits.test
    expected = KMeans(10, n_init=10, random_state=1).fit_predict(digits.samples[test].reshape(len(test), -1))
    assert float(rows[1]["ari"]) == pytest.approx(adjusted_rand_score(digits.labels[test], expected), abs=1e-5)
    assert int(rows[1]["n"]) == len(test)


def test_a_way_that_is_none_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="no way of clustering named magic"):
        run(monkeypatch, tmp_path / "rows.csv", "--ways", "magic")


def test_committed_rows_are_whole_and_there_once() -> None:
    rows = read_rows(CLUSTERINGS)
    assert rows and [tuple(row) for row in rows] == [COLUMNS] * len(rows)
    keys = [tuple(row[name] for name in KEY) for row in rows]
    assert len(set(keys)) == len(keys)


def test_every_row_of_a_function_is_a_way_and_stands_in_its_table(own_folders: Path) -> None:
    assert {row.function for row in TABLE_1.rows if row.function} <= WAYS.keys()
    cells = [cell for row in compare_table(TABLE_1, TABLE_1.measures[0], measured_runs(), "longest") for cell in row]
    (ward,) = [cell for cell in cells if (cell.row.function, cell.column.dataset) == ("ward", "synthetic")]
    assert ward.gap == "" and ward.steps is None and ward.share is None and ward.difference is not None


def test_a_row_is_of_the_samples_of_the_test_split() -> None:
    row = cluster("nmf", "digits", 0)
    assert (row["split"], row["n"], row["n_clusters"]) == ("test", 179, 10)
