"""Ensembles of runs: those that differ only in their seed, and what trains the missing ones."""

import shutil
from pathlib import Path

import pytest

from clustergan_core.runs.clusters.ensembles import find_ensemble
from clustergan_core.runs.run import Run
from tests.small_cell_runs import train_cells, write_planted


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("ensembles")
    return train_cells(folder / "run", write_planted(folder / "cells.h5ad"))


@pytest.fixture
def runs(trained: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the program lists, with a copy of the run, of seed 0."""
    monkeypatch.setenv("CLUSTERGAN_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(tmp_path / "none"))
    copy_run(trained, tmp_path / "runs" / "own", 0)
    return tmp_path / "runs"


def copy_run(run: Run, folder: Path, seed: int, state: str = "finished", **settings: object) -> Run:
    """A copy with another seed, state and settings."""
    shutil.copytree(run.folder, folder)
    config = run.config.model_copy(update={"seed": seed, "settings": run.config.settings | settings})
    (folder / "config.json").write_text(config.model_dump_json())
    status = run.status().model_copy(update={"state": state})
    (folder / "status.json").write_text(status.model_dump_json())
    return Run(folder.resolve())


def test_a_run_alone_lacks_two_seeds_whose_configurations_differ_in_nothing_else(runs: Path) -> None:
    run = Run((runs / "own").resolve())
    ensemble = find_ensemble(run)
    assert ensemble.seeds == (0,)
    configs = ensemble.missing_configs(3)
    assert [config.seed for config in configs] == [1, 2]
    assert all(config.settings == run.config.settings and config.dataset == run.config.dataset for config in configs)
    assert all(config.schedule == run.config.schedule for config in configs)


def test_only_finished_runs_of_other_seeds_and_the_same_settings_count_each_seed_once(runs: Path) -> None:
    run = Run((runs / "own").resolve())
    copy_run(run, runs / "seed-5", 5)
    copy_run(run, runs / "seed-5-again", 5)
    copy_run(run, runs / "repeats-own", 0)
    copy_run(run, runs / "stopped", 6, state="stopped")
    copy_run(run, runs / "other", 7, n_clusters=4)
    ensemble = find_ensemble(run)
    assert ensemble.runs[0] == run
    assert ensemble.seeds == (0, 5)
    assert [config.seed for config in ensemble.missing_configs(3)] == [1]
    copy_run(run, runs / "seed-1", 1)
    assert find_ensemble(run).missing_configs(3) == []
