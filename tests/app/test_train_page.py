"""The Train page: a form derived from the settings, and a start that writes a run."""

from threading import Event

import pytest

from clustergan_core.data.dataset import Dataset
from clustergan_core.methods import METHODS, default_method
from clustergan_core.paths import runs_folder
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.estimate import Estimate
from clustergan_core.runs.queue.queue import enqueue
from clustergan_core.runs.queue.slots import count_slots, occupy_slots
from clustergan_core.runs.store import list_runs
from tests.app.app_pages import wait_for
from tests.app.train_widgets import all_texts, opened, press, widget
from tests.small_runs import new_run

pytestmark = pytest.mark.usefixtures("apart")


# --- the form -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_every_setting_of_a_method_appears_with_its_title_and_its_preset_value(method: str) -> None:
    app = opened(method=METHODS[method].title)
    preset = METHODS[method].find_preset("default", "digits", "image", (1, 8, 8))

    for name, field in METHODS[method].Settings.model_fields.items():
        assert widget(app, name).label == field.title
        assert str(field.description) in widget(app, name).help
    assert {name: widget(app, name).value for name in preset.settings} == preset.settings
    assert widget(app, "n_clusters").value == 10  # labels
    if "architecture" in METHODS[method].Settings.model_fields:
        architectures = ["mlp", "mlp-batchnorm", "dcgan-small", "dcgan-wide", "linear", "auto"]
        assert widget(app, "architecture").options == architectures
    assert "K = 10, the number of labels in the data." in all_texts(app)


def test_another_preset_brings_its_own_values_and_steps() -> None:
    app = opened(method=METHODS["clustergan"].title)
    widget(app, "learning_rate").set_value(0.01).run()
    app.segmented_control(key="preset").set_value("paper").run()

    assert (widget(app, "learning_rate").value, widget(app, "steps").value) == (1e-4, 500_000)
    assert "About **3 hours" in all_texts(app) or "About **2 hours 47 minutes**" in all_texts(app)


def test_the_form_can_be_used_while_steps_are_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    may_end = Event()

    def time_slowly(config: RunConfig, dataset: Dataset) -> Estimate:
        assert may_end.wait(60)
        return Estimate(config.schedule.n_steps, 0.02, 5, seconds_around=8)

    monkeypatch.setattr("clustergan_core.runs.estimate.estimate_run", time_slowly)
    app = opened(n_clusters="17")
    assert "Timing a few steps" in all_texts(app)
    assert not next(button for button in app.button if button.label == "Start training").disabled
    widget(app, "steps").set_value(1000).run()
    assert "Timing a few steps" in all_texts(app)
    may_end.set()
    wait_for(app, "About **28 seconds**")


def test_a_link_to_the_paper_s_preset_means_the_method_that_has_it() -> None:
    app = opened(preset="paper")
    assert not app.error
    assert widget(app, "method").value == METHODS["clustergan"].title
    assert widget(app, "steps").value == 500_000


def test_other_data_brings_its_own_k() -> None:
    app = opened()
    widget(app, "n_clusters").set_value(13).run()
    widget(app, "dataset").set_value("synthetic").run()

    assert (widget(app, "n_clusters").value, widget(app, "n_normal").value) == (4, 6)


def test_a_link_restores_the_form() -> None:
    app = opened(dataset="synthetic", preset="quick", n_clusters="7", training_seed="3", learning_rate="0.002")

    assert [widget(app, key).value for key in ("dataset", "n_clusters", "training_seed", "learning_rate")] == [
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
        ("beta1", "1", "it must be below 1"),
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

    assert app.error[0].value == "Setting sigma=0.0 is not possible: it must be above 0."
    assert [button.disabled for button in app.button if button.label == "Start training"] == [True]


def test_more_clusters_than_the_scored_samples_can_tell_apart_are_warned_of() -> None:
    app = opened(n_clusters="100", batch_size="2000")

    said = [warning.value for warning in app.warning]
    assert "K = 100 leaves fewer than 5 of the 179 scored samples for each cluster" in said[0]
    assert "Batches of 2,000 hold each of the 1,439 training samples more than once" in said[1]
    assert not opened().warning


# --- the start ------------------------------------------------------------------------------------------------------


def test_start_writes_a_run_with_the_chosen_settings_and_shows_it() -> None:
    app = opened(preset="quick")
    widget(app, "n_clusters").set_value(12).run()
    widget(app, "training_seed").set_value(5).run()
    widget(app, "sigma").set_value(0.2).run()
    press(app, "Start training")
    (run,) = list_runs()

    config = run.config
    assert (config.n_clusters, config.seed, config.settings["sigma"], config.preset) == (12, 5, 0.2, "quick")
    assert config.method == default_method()
    assert config.schedule.n_steps == METHODS[config.method].find_preset("quick", "digits", "image", (1, 8, 8)).n_steps
    assert run.status().state == "starting"
    assert widget(app, "run").value == run.name
    assert "loading its libraries" in all_texts(app)
    assert config.command() in all_texts(app)


def test_a_run_for_which_there_is_no_room_waits_and_says_where_in_line() -> None:
    with occupy_slots("cpu", threads=count_slots("cpu")):
        enqueue([first := new_run(runs_folder() / "first")])
        app = opened(task="New run")
        press(app, "Start training")

        assert [run.status().state for run in list_runs()] == ["waiting", "waiting"]
        assert "1 run before it in the queue" in all_texts(app)
        press(app, "Stop")
    assert sorted(run.status().state for run in list_runs()) == ["stopped", "waiting"]
    assert first.status().state == "waiting"


def test_a_scheduler_that_does_not_answer_is_named_and_no_run_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clustergan_core.runs.queue.dask.CONNECT_SECONDS", 1)
    app = opened(task="New run")
    app.text_input(key="scheduler_address").set_value("tcp://127.0.0.1:9").run()
    press(app, "Start training")
    assert "No scheduler answered at tcp://127.0.0.1:9 within 1 s" in app.error[0].value
    assert list_runs() == []
