"""The Runs page: finding a run, reading all about it, and changing what may be changed."""

import json
from pathlib import Path
from typing import Any

import pytest

from clustergan_core.data.registry import load_dataset
from clustergan_core.runs.queue.slots import count_slots, occupy_slots
from clustergan_core.runs.run import Run
from clustergan_core.runs.status import hold_lock, write_status
from clustergan_core.runs.store import list_runs
from clustergan_core.runs.worker import execute
from tests.app.app_pages import open_page, texts
from tests.small_runs import new_run, small_config


@pytest.fixture(autouse=True)
def _shipped(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No shipped models: the page shows what a test puts there."""
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(own_folders / "pretrained"))


def finished(folder: Path, **settings: Any) -> Run:
    run = new_run(folder, small_config("digits", 10, 5, 10, 0, **settings))
    execute(run)
    return run


def set_state(run: Run, **changes: object) -> None:
    write_status(run.folder / "status.json", run.status().model_copy(update=changes))


def test_without_a_run_it_says_how_to_get_one() -> None:
    app = open_page("runs")
    assert "There is no run yet" in app.info[0].value
    assert any(link.page == "train" for link in app.page_link)


def test_the_table_holds_state_and_scores_of_every_run(own_folders: Path) -> None:
    run = finished(own_folders / "runs" / "a")
    waiting = new_run(own_folders / "runs" / "b")
    set_state(waiting, state="stopped", step=20, seconds=3.0)
    scores = json.loads((run.folder / "scores.json").read_text())
    table = open_page("runs").dataframe[0].value.set_index("Run")
    assert table.loc["a", "State"] == "finished"
    assert table.loc["a", "Purity"] == scores["purity"]
    assert table.loc["a", "Scored on"] == "179 test"
    assert (table.loc["b", "State"], table.loc["b", "Step"]) == ("stopped", 20)
    assert table.loc["b", ["Purity", "Accuracy", "NMI", "ARI"]].isna().all()


def test_runs_are_told_apart_by_seed_and_preset_and_have_one_name_everywhere(own_folders: Path) -> None:
    for seed in (0, 3):
        new_run(own_folders / "runs" / f"20261126-13040{seed}-clustergan-digits-2e9b", small_config(seed=seed))
    app = open_page("runs")
    table = app.dataframe[0].value
    assert "Name" not in table, "a column for names that nobody gave"
    assert table.columns[0] == "Run"
    assert table["Run"].tolist() == app.selectbox(key="run").options
    assert table["Seed"].tolist() == [3, 0]
    assert table["Preset"].tolist() == ["default", "default"]
    assert app.subheader[0].value == table["Run"][0]


def test_a_living_process_is_told_from_a_dead_one(own_folders: Path) -> None:
    run = new_run(own_folders / "runs" / "a")
    set_state(run, state="running", step=10)
    assert open_page("runs").dataframe[0].value["State"].tolist() == ["interrupted"]
    with hold_lock(run.folder / "lock"):
        assert open_page("runs").dataframe[0].value["State"].tolist() == ["training 25%"]


def test_the_filter_keeps_runs_that_hold_every_word(own_folders: Path) -> None:
    finished(own_folders / "runs" / "a").rename("Narrow critic")
    new_run(own_folders / "runs" / "b")
    app = open_page("runs", filter="critic FINISHED")
    assert app.dataframe[0].value["Run"].tolist() == ["a"]
    app.text_input(key="filter").set_value("nothing like it").run()
    assert "No run matches “nothing like it”" in app.info[0].value


def test_both_readings_and_the_command_of_the_run_in_the_address_are_shown(own_folders: Path) -> None:
    run = finished(own_folders / "runs" / "a", sigma=0.25)
    finished(own_folders / "runs" / "b")
    scores = json.loads((run.folder / "scores.json").read_text())
    app = open_page("runs", run="a")
    readings = app.dataframe[1].value
    assert readings["Purity"].tolist() == [f"{scores['purity']:.3f}", f"{scores['kmeans']['purity']:.3f}"]
    assert app.code[0].value == run.config.command()
    settings = next(frame.value for frame in app.dataframe if "Setting" in frame.value)
    is_chosen = settings["Preset"] == "differs"
    assert settings["Value"][settings["Setting"] == "σ"].tolist() == ["0.25"]
    assert is_chosen.tolist() == sorted(is_chosen, reverse=True)
    assert is_chosen[settings["Setting"] == "σ"].all()


def test_a_k_that_the_data_gave_does_not_differ_from_the_preset(own_folders: Path) -> None:
    new_run(own_folders / "runs" / "given")
    new_run(own_folders / "runs" / "chosen", small_config(n_clusters=7))
    for name, said in (("given", ""), ("chosen", "differs")):
        app = open_page("runs", run=name)
        settings = next(frame.value for frame in app.dataframe if "Setting" in frame.value)
        assert settings["Preset"][settings["Setting"] == "Clusters K"].tolist() == [said]


def test_new_samples_are_asked_for_in_the_forms_that_the_run_takes(own_folders: Path) -> None:
    finished(own_folders / "runs" / "a")
    app = open_page("runs", run="a")
    assert ".npz, or a .zip of images" in app.file_uploader[0].label
    assert list(app.file_uploader[0].proto.type) == [".npz", ".zip"]


def test_the_file_of_clusters_is_said_to_hold_all_splits(own_folders: Path) -> None:
    finished(own_folders / "runs" / "a")
    said = texts(open_page("runs"))
    assert "Clusters as CSV: The file holds the samples of all splits: its column split tells train" in said


def test_labels_against_modes_count_every_sample_of_the_test_split(own_folders: Path) -> None:
    finished(own_folders / "runs" / "a")
    app = open_page("runs")
    counts = next(frame.value for frame in app.dataframe if "mode 0" in frame.value).set_index("label")
    data = load_dataset("digits")
    assert data.labels is not None
    labels = data.labels[data.splits.test]
    assert counts.sum(axis=1).tolist() == [int((labels == digit).sum()) for digit in range(10)]


def test_an_unknown_run_in_the_address_is_named(own_folders: Path) -> None:
    finished(own_folders / "runs" / "a")
    app = open_page("runs", run="../../etc")
    assert "The address asks for run=../../etc, but it can be a" in app.error[0].value
    assert not app.exception


def test_a_new_title_shows_in_the_table(own_folders: Path) -> None:
    finished(own_folders / "runs" / "a")
    app = open_page("runs")
    app.button(key="rename").click().run()
    app.text_input(key="dialog_text").set_value("With five critics")
    app.button(key="dialog_yes").click().run()
    table = app.dataframe[0].value
    assert (table["Run"].tolist(), table["Name"].tolist()) == (["a"], ["With five critics"])
    assert "With five critics" in app.subheader[0].value
    assert any(caption.value.startswith("a · ClusterGAN on digits") for caption in app.caption)
    assert list_runs()[0].config.title == "With five critics"


def test_a_run_is_deleted_only_after_a_confirmation(own_folders: Path) -> None:
    finished(own_folders / "runs" / "a")
    app = open_page("runs")
    app.button(key="delete").click().run()
    assert "cannot be undone" in texts(app)
    assert [run.name for run in list_runs()] == ["a"]
    app.button(key="dialog_yes").click().run()
    assert list_runs() == []
    assert "There is no run yet" in app.info[0].value


def test_a_training_run_cannot_be_deleted(own_folders: Path) -> None:
    run = new_run(own_folders / "runs" / "a")
    set_state(run, state="running", step=10)
    with hold_lock(run.folder / "lock"):
        assert open_page("runs").button(key="delete").disabled


@pytest.mark.parametrize(("file", "content"), [("config.json", "{"), ("status.json", "[]"), ("scores.json", "no json")])
def test_a_damaged_run_is_listed_with_its_sentence_and_can_be_deleted(
    file: str, content: str, own_folders: Path
) -> None:
    run = finished(own_folders / "runs" / "a")
    (run.folder / file).write_text(content)
    app = open_page("runs", run="a")
    assert not app.exception
    assert app.dataframe[0].value["State"].tolist() == ["damaged"]
    assert len(app.error) == 1
    assert "cannot be read" in app.error[0].value
    app.button(key="delete").click().run()
    app.button(key="dialog_yes").click().run()
    assert not run.folder.exists()


def test_a_run_that_is_continued_while_there_is_no_room_waits_and_can_be_paused(own_folders: Path) -> None:
    run = new_run(own_folders / "runs" / "a")
    set_state(run, state="stopped", step=20)
    with occupy_slots("cpu", threads=count_slots("cpu")):
        app = open_page("runs", run="a")
        app.button(key="continue").click().run()
        assert app.dataframe[0].value["State"].tolist() == ["waiting 50%"]
        app.button(key="pause").click().run()
        assert app.dataframe[0].value["State"].tolist() == ["paused"]
        app.button(key="stop").click().run()
    assert app.dataframe[0].value["State"].tolist() == ["stopped"]
    assert "Paused while it waited" in app.code[-1].value
    assert not app.exception


def test_new_samples_get_a_table_of_clusters_and_wrong_ones_a_sentence(own_folders: Path) -> None:
    run = new_run(own_folders / "runs" / "a", small_config("synthetic", n_steps=10, log_every=5, evaluate_every=10))
    execute(run)
    data = load_dataset("synthetic")
    app = open_page("runs", run="a")
    header = ",".join(data.feature_names)
    rows = "\n".join(",".join(f"{value:.4f}" for value in sample) for sample in data.samples[:7])
    app.file_uploader[0].set_value(("new.csv", f"{header}\n{rows}\n".encode(), "text/csv")).run()
    assert not app.error
    table = next(frame.value for frame in app.dataframe if "confidence" in frame.value)
    assert len(table) == 7
    assert "7 samples of new.csv" in texts(app)
    app.file_uploader[0].set_value(("short.csv", b"x1,x2\n1,2\n3,4\n", "text/csv")).run()
    assert "short.csv lacks 98 of the 100 columns" in app.error[0].value
    assert not app.exception
