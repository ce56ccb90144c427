"""Runs on disk: found by name, described, renamed, deleted; wrong names never become paths."""

import json
from pathlib import Path

import numpy as np
import pytest

from clustergan_core.errors import AppError, DataError, RunError
from clustergan_core.runs.config import FORMAT
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.run import Run
from clustergan_core.runs.status import hold_lock
from clustergan_core.runs.store import create_run, find_run, find_run_by_name, list_runs
from tests.small_runs import new_run, small_config


@pytest.fixture
def run(own_folders: Path) -> Run:
    return new_run(own_folders / "runs" / "20260101-000000-clustergan-digits-0a1b")


def test_a_run_is_found_by_its_folder_and_by_its_name(run: Run) -> None:
    assert find_run(str(run.folder)).folder == run.folder
    assert find_run(run.name).folder == run.folder
    assert find_run_by_name(run.name).config == run.config


@pytest.mark.parametrize("name", ["", ".", "..", "../runs", "/etc", "a/b", "a\\b", "a b", "ä", "a" * 300, "-x", "x\n"])
def test_a_name_from_outside_is_never_read_as_a_path(run: Run, name: str) -> None:
    with pytest.raises(RunError):
        find_run_by_name(name)


def test_a_data_set_s_name_means_its_shipped_model_of_highest_test_nmi(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(own_folders / "pretrained"))
    # Neither the first by name nor the one of highest purity, and one without labels and one never scored beside them.
    kept = {
        "a": {"nmi": 0.5, "purity": 0.9},
        "b": {"nmi": 0.7, "purity": 0.6},
        "c": {"nmi": None, "purity": None},
        "d": None,
    }
    for name, scores in kept.items():
        shipped = new_run(own_folders / "pretrained" / f"digits-{name}")
        if scores is not None:
            (shipped.folder / "scores.json").write_text(json.dumps(scores))

    assert find_run("digits").name == "digits-b"
    assert find_run_by_name("digits-a").name == "digits-a"


def test_a_run_of_ones_own_goes_before_a_shipped_one_of_that_name(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(own_folders / "pretrained"))
    new_run(own_folders / "pretrained" / "digits-a")
    own = new_run(own_folders / "runs" / "digits")

    assert find_run_by_name("digits").folder == own.folder


def test_an_unknown_name_lists_what_there_is(run: Run) -> None:
    with pytest.raises(RunError, match=f"no run named nothing: choose an existing one .*{run.name}"):
        find_run_by_name("nothing")


def test_a_path_too_long_for_the_disk_is_told_in_one_sentence(own_folders: Path) -> None:
    with pytest.raises(RunError, match="cannot be read"):
        find_run("x" * 5000)


def test_runs_are_listed_newest_first_and_other_folders_passed_over(own_folders: Path) -> None:
    runs = own_folders / "runs"
    for name in ("20260101-000000-a", "20260301-000000-b", "20260201-000000-c"):
        new_run(runs / name)
    (runs / "notes").mkdir()
    (runs / "file.txt").write_text("")

    assert [run.name[-1] for run in list_runs()] == ["b", "c", "a"]


def test_a_config_survives_the_disk(run: Run) -> None:
    assert Run(run.folder).config == small_config().model_copy(update={"created": run.config.created})


@pytest.mark.parametrize("content", ["", "[]", "null", "{", '{"format": 1}', '{"format": "x"}'])
def test_a_damaged_config_is_told_in_one_sentence(run: Run, content: str) -> None:
    (run.folder / "config.json").write_text(content)

    with pytest.raises(RunError, match="cannot be read as a run's configuration"):
        _ = Run(run.folder).config


def test_a_newer_format_is_named(run: Run) -> None:
    path = run.folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": FORMAT + 1}))

    with pytest.raises(RunError, match=f"has format {FORMAT + 1}, and this version reads up to {FORMAT}"):
        _ = Run(run.folder).config


def test_a_run_is_renamed_but_not_to_nothing(run: Run) -> None:
    run.rename("  My digits ")
    assert Run(run.folder).title == "My digits"

    for title in ("", "   ", "x" * 81):
        with pytest.raises(RunError, match="1 to 80 characters"):
            run.rename(title)
    assert Run(run.folder).title == "My digits"


def test_a_run_is_deleted_but_not_while_it_trains(run: Run) -> None:
    with hold_lock(run.folder / "lock"), pytest.raises(RunError, match="still training"):
        run.delete()
    (run.folder / "status.json").write_text(run.status().model_copy(update={"state": "stopped"}).model_dump_json())
    run.delete()

    assert not run.folder.exists()


def test_an_existing_folder_is_never_written_into(run: Run) -> None:
    with pytest.raises(RunError, match="exists already"):
        create_run(run.config, run.folder)


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(RunError, match="cannot be created"):
        create_run(run.config, tmp_path / "file" / "run")


def test_data_that_has_changed_is_refused(own_folders: Path) -> None:
    path = own_folders / "own.npz"
    np.savez(path, x=np.random.default_rng(0).random((50, 4)))
    from clustergan_core.data.opening import open_dataset

    run = create_run(make_config(open_dataset(str(path)), str(path)), own_folders / "runs" / "own")
    assert run.is_data_here()
    assert len(run.dataset().samples) == 50
    np.savez(path, x=np.random.default_rng(1).random((50, 4)))
    with pytest.raises(DataError, match="has changed since"):
        Run(run.folder).dataset()
    path.unlink()
    assert not run.is_data_here()
    with pytest.raises(AppError):
        Run(run.folder).dataset()


def test_requests_are_files_that_a_continuation_forgets(run: Run) -> None:
    run.request("stop")
    run.request("evaluate")
    assert run.is_requested("stop")
    assert run.is_requested("evaluate")
    run.forget_requests()
    assert not run.is_requested("stop")
    assert not run.is_requested("evaluate")


def test_a_run_without_weights_or_log_says_so(run: Run) -> None:
    assert not run.has_weights()
    assert run.log() == ""
    assert run.metrics().rows == []
