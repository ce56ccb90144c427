"""A run's samples as one table: which split each belongs to, and what the data says about it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clustergan_core.command_line import main
from clustergan_core.data.registry import load_dataset
from clustergan_core.runs.assignments import describe_splits, run_table
from clustergan_core.runs.run import Run
from tests.small_cell_runs import N_CELLS, train_cells, write_planted


def test_a_table_of_all_samples_tells_the_splits_apart(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    table = run_table(run)
    splits = load_dataset("digits").splits
    assert np.flatnonzero(table["split"] == "train").tolist() == splits.train.tolist()
    assert np.flatnonzero(table["split"] == "validation").tolist() == splits.validation.tolist()
    assert np.flatnonzero(table["split"] == "test").tolist() == splits.test.tolist()
    assert "its column split tells train, validation and test apart" in describe_splits(run.dataset())

    out = run.folder / "clusters.csv"
    assert main(["export", str(run.folder), "--out", str(out)]) == 0
    assert "Samples by the column split: train 1439, test 179, validation 179" in sorted_splits(capsys.readouterr().out)
    assert pd.read_csv(out)["split"].value_counts().to_dict() == {"train": 1439, "test": 179, "validation": 179}


def sorted_splits(said: str) -> str:
    """The line on splits with its parts in order of name, which is the order of the samples else."""
    (line,) = (line for line in said.splitlines() if line.startswith("Samples by"))
    head, _, parts = line.partition(": ")
    return f"{head}: {', '.join(sorted(parts.split(', '), key=lambda part: (part[:2] != 'tr', part)))}"


@pytest.mark.usefixtures("one_thread")
def test_a_table_of_cells_holds_their_columns_and_says_that_all_were_trained_on(own_folders: Path) -> None:
    run = train_cells(own_folders / "runs" / "run", write_planted(own_folders / "cells.h5ad"))
    table = run_table(run)
    assert table["split"].tolist() == ["all"] * N_CELLS
    assert table["donor"].tolist()[:3] == ["donor 0", "donor 1", "donor 0"]
    assert table["age"].tolist() == list(range(N_CELLS))
    assert table.columns.tolist()[:4] == ["sample", "split", "cluster", "confidence"]
    assert describe_splits(run.dataset()) == "The file holds all samples; each was both trained on and scored."
