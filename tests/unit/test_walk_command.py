"""The command `walk`: genes between two clusters, and an order only where it repeats."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from clustergan_core.command_line import EXIT_DONE, EXIT_FIXABLE, main
from clustergan_core.runs.run import Run
from tests.small_cell_runs import N_GENES, cluster_as_planted, train_cells, write_planted


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("walk")
    run = train_cells(folder / "run", write_planted(folder / "cells.h5ad"))
    cluster_as_planted(run)
    return run


@pytest.fixture
def cells(trained: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("CLUSTERGAN_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(tmp_path / "none"))
    return Run(shutil.copytree(trained.folder, tmp_path / "runs" / "cells").resolve())


def test_one_run_gives_genes_without_an_order_and_says_how_to_train_more(
    cells: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "walk.csv"
    assert main(["walk", "cells", "--from", "0", "--to", "1", "--csv", str(path)]) == EXIT_DONE
    printed = capsys.readouterr().out
    assert "needs 3 independently trained runs" in printed
    assert "--train" in printed
    table = pd.read_csv(path)
    assert len(table) == N_GENES
    assert set(table["order"]) == {"too few runs"}
    assert not [column for column in table if "switch" in column]
    planted = table.dropna(subset="real_difference").set_index("gene")["real_difference"]
    assert (planted[[f"Gene{gene}" for gene in range(5)]] < 0).all(), "genes of the type that the walk leaves"
    assert (planted[[f"Gene{gene}" for gene in range(5, 10)]] > 0).all()


def test_three_seeds_are_judged(cells: Run, capsys: pytest.CaptureFixture[str]) -> None:
    for seed in (1, 2):
        folder = shutil.copytree(cells.folder, cells.folder.parent / f"seed-{seed}")
        (folder / "config.json").write_text(cells.config.model_copy(update={"seed": seed}).model_dump_json())
    assert main(["walk", "cells", "--from", "0", "--to", "1", "--json"]) == EXIT_DONE
    result = json.loads(capsys.readouterr().out)
    assert result["seeds"] == [0, 1, 2]
    assert result["verdict"] == "no path"
    assert result["sequence"] == []
    assert {gene["runs_with_this_sign"] for gene in result["genes"]} == {3}


def test_a_small_cluster_is_told_before_anything_is_trained(
    cells: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("clustergan_core.cells.ensembles.LEAST_CELLS", 41)
    assert main(["walk", "cells", "--from", "0", "--to", "1", "--train"]) == EXIT_FIXABLE
    assert "fewer than 41 cells in cluster 0 or 1" in capsys.readouterr().err
    assert [path.name for path in cells.folder.parent.iterdir()] == ["cells"]


@pytest.mark.parametrize(
    ("start", "finish", "sentence"),
    [("0", "7", "--to 7 is not possible: choose a cluster from 0 to 2."), ("1", "1", "choose two clusters")],
)
def test_clusters_that_are_none_are_told(
    cells: Run, capsys: pytest.CaptureFixture[str], start: str, finish: str, sentence: str
) -> None:
    assert main(["walk", "cells", "--from", start, "--to", finish]) == EXIT_FIXABLE
    assert sentence in capsys.readouterr().err
