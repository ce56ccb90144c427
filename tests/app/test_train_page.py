"""The Train page: a form derived from the settings, a start that writes a run, and a run that is watched from disk."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from clustergan_core.methods import METHODS
from clustergan_core.methods.presets import clustergan_preset
from clustergan_core.runs import launch
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.estimate import Estimate
from clustergan_core.runs.metrics import append_row
from clustergan_core.runs.status import State, Status, hold_lock, write_status
from clustergan_core.runs.store import Run, list_runs
from clustergan_core.runs.worker import execute
from tests.app.app_pages import open_page, texts
from tests.small_runs import new_run, small_config


@pytest.fixture(autouse=True)
def _quick_and_apart(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs lie in the test's own folder, no process is started, and time is not measured but given."""
    monkeypatch.setattr(launch, "_start", lambda run, status: write_status(run.folder / "status.json", status))
    monkeypatch.setattr("clustergan_core.runs.estimate.estimate_run", _estimate)


def _estimate(config: RunConfig, _: object) -> Estimate:
    return Estimate(0.02 * config.schedule.n_steps, 0.02, 5)


def opened(**parameters: str) -> AppTest:
    return open_page("train", **parameters)


def all_texts(app: AppTest) -> str:
    return "\n".join([texts(app), *(code.value for code in app.code)])


def widget(app: AppTest, key: str) -> Any:
    found = [w for kind in ("number_input", "selectbox", "toggle") for w in app.get(kind) if w.key == key]
    assert len(found) == 1, f"{len(found)} widgets {key}"
    return found[0]


# --- the form -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_every_setting_of_a_method_appears_with_its_title_and_its_preset_value(method: str) -> None:
    app = opened(method=METHODS[method].title)
    expected = small_config().model_copy(update={"method": method})  # only to have the data's record

    for name, field in METHODS[method].Settings.model_fields.items():
        assert widget(app, name).label == field.title
        assert str(field.description) in widget(app, name).help
    assert widget(app, "n_clusters").value == 10 == len(expected.dataset.label_names)
    assert widget(app, "learning_rate").value == 5e-4
    assert widget(app, "architecture").options == ["mlp", "mlp-batchnorm", "dcgan-small", "dcgan-wide", "auto"]
    assert "K = 10, the number of labels in the data." in all_texts(app)


def test_another_preset_brings_its_own_values_and_steps() -> None:
    app = opened()
    widget(app, "learning_rate").set_value(0.01).run()
    app.segmented_control(key="preset").set_value("paper").run()

    assert (widget(app, "learning_rate").value, widget(app, "steps").value) == (1e-4, 500_000)
    assert "About **3 hours" in all_texts(app) or "About **2 hours 47 minutes**" in all_texts(app)


def test_other_data_brings_its_own_k() -> None:
    app = opened()
    widget(app, "n_clusters").set_value(13).run()
    widget(app, "dataset").set_value("synthetic").run()

    assert (widget(app, "n_clusters").value, widget(app, "n_normal").value) == (4, 6)


def test_a_link_restores_the_form() -> None:
    app = opened(dataset="synthetic", preset="quick", n_clusters="7", seed="3", learning_rate="0.002")

    assert [widget(app, key).value for key in ("dataset", "n_clusters", "seed", "learning_rate")] == [
        "synthetic",
        7,
        3,
        0.002,
    ]
    assert not app.error
    assert "K = 7, as chosen." in all_texts(app)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("n_clusters", "1", "it is a whole number from 2 to 1000"),
        ("beta1", "1", "it should be less than 1"),
        ("architecture", "huge", "it can be mlp"),
    ],
)
def test_a_wrong_value_in_the_address_gets_one_sentence(name: str, value: str, reason: str) -> None:
    app = opened(**{name: value})

    assert len(app.error) == 1
    assert name.replace("_", "_") in app.error[0].value
    assert reason in app.error[0].value
    assert not app.exception


def test_a_value_the_model_refuses_gets_one_sentence_and_cannot_be_started() -> None:
    app = opened()
    widget(app, "sigma").set_value(0.0).run()

    assert "Setting sigma=0.0 is not possible: it should be greater than 0." in app.error[0].value
    assert not [button for button in app.button if button.label == "Start training"]


# --- the start ------------------------------------------------------------------------------------------------------


def press(app: AppTest, label: str) -> AppTest:
    buttons = [button for button in app.button if button.label == label]
    assert len(buttons) == 1, f"{len(buttons)} buttons {label}"
    return buttons[0].click().run()


def test_start_writes_a_run_with_the_chosen_settings_and_shows_it() -> None:
    app = opened(preset="quick")
    widget(app, "n_clusters").set_value(12).run()
    widget(app, "seed").set_value(5).run()
    widget(app, "sigma").set_value(0.2).run()
    press(app, "Start training")
    (run,) = list_runs()

    config = run.config
    assert (config.n_clusters, config.seed, config.settings["sigma"], config.preset) == (12, 5, 0.2, "quick")
    assert config.schedule.n_steps == clustergan_preset("quick", "digits", "image", (1, 8, 8)).n_steps
    assert run.status().state == "starting"
    assert widget(app, "run").value == run.name
    assert "loading its libraries" in all_texts(app)
    assert config.command() in all_texts(app)


def test_a_start_that_is_refused_says_why_and_writes_nothing(own_folders: Path) -> None:
    runs = [new_run(own_folders / "runs" / f"busy-{number}") for number in range(launch.N_CPU_SLOTS)]
    with hold_lock(runs[0].folder / "lock"), hold_lock(runs[1].folder / "lock"):
        app = opened(task="New run")
        press(app, "Start training")

    assert "2 runs are training already" in app.error[0].value
    assert len(list_runs()) == launch.N_CPU_SLOTS


# --- watching -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = new_run(tmp_path_factory.mktemp("trained") / "run", small_config())
    execute(run)
    return run


@pytest.fixture
def finished(trained: Run, own_folders: Path) -> Run:
    """A finished run in this test's own folder."""
    import shutil

    shutil.copytree(trained.folder, own_folders / "runs" / "finished")
    return Run(own_folders / "runs" / "finished")


def set_state(run: Run, state: State, message: str = "") -> None:
    now = datetime.now().astimezone()
    write_status(run.folder / "status.json", Status(state=state, step=20, n_steps=40, heartbeat=now, message=message))


def test_a_finished_run_shows_its_scores_on_both_splits(finished: Run) -> None:
    app = opened(run="finished")

    assert "Validation split, n = 179, step 40" in all_texts(app)
    assert "On the test split, n = 179" in all_texts(app)
    assert [metric.label for metric in app.metric] == ["Purity", "Accuracy", "NMI", "ARI"]
    newest = finished.metrics().rows[-1]["scores"]
    assert app.metric[0].value == f"{newest['purity']:.3f}"
    assert not [button for button in app.button if button.label in ("Stop", "Continue")]
    assert not app.exception


def test_a_run_that_trains_can_be_stopped_and_evaluated(finished: Run) -> None:
    set_state(finished, "running")
    with hold_lock(finished.folder / "lock"):
        app = opened()  # the newest training run is shown by itself
        assert "Step **20** of 40" in all_texts(app)
        press(app, "Evaluate now")
        press(app, "Stop")

    assert finished.is_requested("stop")
    assert finished.is_requested("evaluate")
    assert [button.label for button in app.button if button.disabled] == ["Stopping…", "Evaluating…"]


def test_a_run_whose_process_was_killed_offers_to_continue(finished: Run) -> None:
    set_state(finished, "running")
    app = opened(run="finished")
    assert "ended without a word" in app.warning[0].value
    press(app, "Continue")

    assert finished.status().state == "starting"
    assert finished.status().step == 20


def test_a_failed_run_says_what_to_change_and_leads_back_to_its_settings(finished: Run) -> None:
    set_state(finished, "failed", "Training diverged at step 5: lower the learning rate.")
    app = opened(run="finished")
    assert app.error[0].value == "Training diverged at step 5: lower the learning rate."
    press(app, "Change settings and train anew")

    assert [widget(app, key).value for key in ("dataset", "n_normal", "width", "steps")] == ["digits", 5, 0.1, 40]
    assert not app.error


def test_without_labels_the_page_says_so_and_shows_no_figures_for_them(finished: Run) -> None:
    rows = finished.metrics().rows
    (finished.folder / "metrics.jsonl").unlink()
    for row in rows:
        scores = {k: v for k, v in row.get("scores", {}).items() if k not in ("purity", "accuracy", "nmi", "ari")}
        append_row(finished.folder / "metrics.jsonl", row | ({"scores": scores} if scores else {}))
    app = opened(run="finished")

    assert "Purity, accuracy, NMI and ARI: needs labels" in all_texts(app)
    assert not app.metric


def test_the_slider_follows_the_newest_samples_until_it_is_moved(finished: Run) -> None:
    newest = finished.folder / "samples" / "00000040.npy"
    kept = newest.read_bytes()
    newest.unlink()
    app = opened(run="finished")
    slider = app.select_slider[0]
    assert (slider.options, slider.value) == (["0", "10", "20", "30"], 30)
    newest.write_bytes(kept)
    app.run()
    assert app.select_slider[0].value == 40

    app.select_slider[0].set_value(10).run()
    (finished.folder / "samples" / "00000050.npy").write_bytes(kept)
    app.run()
    assert app.select_slider[0].value == 10


def test_a_run_that_is_not_there_is_told_in_one_sentence(finished: Run) -> None:
    app = opened(run="../../etc")

    assert "run=../../etc" in app.error[0].value
    assert not app.exception


def test_with_no_run_at_all_the_page_leads_to_a_new_one() -> None:
    app = opened(task="Watch a run")

    assert not app.exception
