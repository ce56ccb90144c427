"""The benchmark of count matrices: which runs are missing, how they are asked for, and what a row holds."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import pytest

from benchmarks import cells
from benchmarks.cells import COLUMNS, KEY, MATRICES, METHOD, ROWS, WAYS, CellsJob, measure, read_options
from benchmarks.train_all import append_row, read_rows, train_words
from clustergan_core.command_line import build_parser
from clustergan_core.command_line.training import read_config
from clustergan_core.data.opening import open_dataset
from clustergan_core.errors import SettingsError
from clustergan_core.evaluation.agreement import accuracy, nmi
from clustergan_core.evaluation.clusterings import kmeans_cells, principal_components
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.worker import execute
from tests.small_cells import planted_matrix
from tests.small_runs import new_run

pytestmark = pytest.mark.slow  # opens every real matrix

NAME = "mouse_bladder"


@pytest.fixture
def planted_cells(monkeypatch: pytest.MonkeyPatch, own_folders: Path) -> Path:
    """A data folder where the bladder's file holds three planted groups of 300 cells in all."""
    path = own_folders / "data" / NAME / MATRICES[NAME].file
    path.parent.mkdir(parents=True)
    matrix, groups = planted_matrix(n_cells=300, n_genes=400)
    with h5py.File(path, "w") as file:
        file["X"], file["Y"] = matrix.counts.toarray(), groups + 1
    monkeypatch.setenv("CLUSTERGAN_DATA", str(own_folders / "data"))
    return path


@pytest.fixture
def small_job(planted_cells: Path) -> CellsJob:
    """A run of few steps on the planted cells."""
    options = read_options(NAME)
    dataset = open_dataset(str(planted_cells), options)
    settings = {"width": 0.1, "n_normal": 5}
    config = make_config(
        dataset, str(planted_cells), method=METHOD, settings=settings, n_steps=20, seed=3, threads=1, options=options
    )
    return CellsJob(config, settings, data=NAME)


@pytest.fixture
def list_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., list[str]]:
    """What a dry run with these words says, beside the rows in rows.csv."""
    monkeypatch.setattr(cells, "ROWS", tmp_path / "rows.csv")
    monkeypatch.setattr(cells, "train", lambda job: pytest.fail("nothing is trained"))

    def listed(*words: str) -> list[str]:
        monkeypatch.setattr(sys, "argv", ["cells", "--dry-run", *words])
        cells.main()
        return capsys.readouterr().out.splitlines()

    return listed


def test_only_seeds_without_a_row_are_missing(
    list_missing: Callable[..., list[str]], planted_cells: Path, tmp_path: Path
) -> None:
    before = list_missing("--only", NAME)
    digest = before[1].split()[4]
    known = (NAME, digest, "1", "cpu")
    append_row({str(name): value for name, value in zip(KEY, known, strict=True)}, tmp_path / "rows.csv", COLUMNS)
    after = list_missing("--only", NAME)
    assert before[0] == "3 runs are missing:"
    assert after[0] == "2 runs are missing:"
    assert [line.split()[5] for line in after[1:]] == ["0", "2"]


def test_a_matrix_that_is_not_here_is_named_and_an_unknown_one_is_one_sentence(
    list_missing: Callable[..., list[str]], planted_cells: Path
) -> None:
    assert list_missing("--only", "pbmc_4k") == [
        "pbmc_4k is not on this machine: set CLUSTERGAN_DATA.",
        "0 runs are missing.",
    ]
    with pytest.raises(SettingsError, match="no matrix named nonsense"):
        list_missing("--only", "nonsense")


def test_the_words_of_a_run_describe_the_run_that_its_row_is_known_by(planted_cells: Path) -> None:
    options = read_options(NAME)
    config = make_config(
        open_dataset(str(planted_cells), options), str(planted_cells), method=METHOD, seed=2, threads=1, options=options
    )
    job = CellsJob(config, data=NAME)
    said = read_config(build_parser().parse_args(["train", *train_words(job)]))
    assert replace(job, config=said).key == job.key
    assert said.dataset.options == options
    assert not said.differing_settings().keys() - {"n_clusters"}


def test_a_row_scores_every_way_on_the_test_cells_alone(small_job: CellsJob) -> None:
    execute(new_run(small_job.folder, small_job.config))
    row = measure(small_job)
    run = Run(small_job.folder)
    dataset, scores = run.dataset(), read_scores(run)
    assert scores is not None
    assert dataset.labels is not None
    assert (row["n_cells"], row["n_genes"], row["n_labels"], row["split"], row["n"]) == (300, 400, 3, "test", 30)
    for name in ("purity", "accuracy", "nmi", "ari"):
        assert row[f"paired_{name}"] == pytest.approx(scores[name], abs=2e-5)
    clusters = kmeans_cells(principal_components(dataset.samples, 3), 3, 3)
    test = dataset.splits.test
    assert row["kmeans_accuracy"] == pytest.approx(accuracy(dataset.labels[test], clusters[test]), abs=1e-5)
    assert row["kmeans_nmi_all"] == pytest.approx(nmi(dataset.labels, clusters), abs=1e-5)
    assert [row[f"{way}_n_clusters"] for way in ("kmeans", "leiden_at_k")] == [3, 3]
    assert set(row) <= set(COLUMNS)


def test_every_matrix_opens_with_its_labels_and_held_out_cells(data_folder: Path) -> None:
    n_labels = {"pbmc_facs": 8, "pbmc68k_reduced": 10, "baron_mouse1": 13}
    for name, expected in n_labels.items():
        dataset = open_dataset(str(data_folder / name / MATRICES[name].file), read_options(name))
        assert dataset.n_labels == expected
        assert not dataset.splits.is_shared
        assert not set(dataset.splits.test) & set(dataset.splits.train)


def test_every_committed_row_is_whole_known_and_there_once() -> None:
    rows = read_rows(ROWS)
    assert [tuple(row) for row in rows] == [COLUMNS] * len(rows)
    keys = [tuple(row[name] for name in KEY) for row in rows]
    assert len(set(keys)) == len(keys)
    for row in rows:
        assert row["dataset"] in MATRICES
        assert row["split"] == "test"
        for way in WAYS:
            assert float(row[f"{way}_purity"]) >= float(row[f"{way}_accuracy"])
        assert row["kmeans_n_clusters"] == row["n_labels"]
