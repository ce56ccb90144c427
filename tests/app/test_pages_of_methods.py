"""Every page with a run of every method: it opens, and it says whose run it shows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from clustergan_core.methods import METHODS
from clustergan_core.runs.worker import execute
from tests.app.app_pages import open_page, texts
from tests.app.train_widgets import opened, widget
from tests.small_runs import new_run, small_config
from ui.forms.method import describe_method, describe_preset


@pytest.fixture(scope="module")
def run_of_each(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short run of digits of each method, named after it."""
    folder = tmp_path_factory.mktemp("methods")
    for name in METHODS:
        execute(new_run(folder / name, small_config(n_steps=10, evaluate_every=5, method=name)))
    return folder


@pytest.fixture(autouse=True)
def _own_runs(run_of_each: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(run_of_each, own_folders / "runs")
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(own_folders / "none"))


N_OWN_CARDS = 6  # of the newest runs, on the Start page


def named(method: str) -> str:
    """A method as pages name the runs above: with the number of labels that it was given, if it was given any."""
    preset = METHODS[method].find_preset("default", "digits", "image", (1, 8, 8))
    return METHODS[method].title_with_labels(preset.settings.get("n_labelled", 0))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("page", ["modes", "interpolate", "runs", "map"])
def test_a_page_that_looks_at_a_run_opens_and_names_its_method(
    page: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clustergan_core.runs.maps.MapWorker.submit", lambda *_: None)
    app = open_page(page, run=method)
    assert not app.exception
    assert not app.error
    assert f"{named(method)} on " in texts(app)


KEPT = dict.fromkeys(METHODS, "the highest label-free criterion") | {
    "paired-clustergan": "the last evaluation",
    "deligan": "the last evaluation",
    "nemgan-labelled": "the last evaluation",
}


@pytest.mark.parametrize("method", METHODS)
def test_watching_a_finished_run_opens_and_names_its_method_and_weights(method: str) -> None:
    app = open_page("train", task="Watch a run", run=method)
    assert not app.exception
    assert not app.error
    assert f"{named(method)} on " in texts(app)
    assert f"with the weights of {KEPT[method]}." in texts(app)
    assert f"--method {method}" in "\n".join(code.value for code in app.code)


def test_two_runs_of_one_data_set_are_told_apart_by_their_methods() -> None:
    start, runs = open_page("start"), open_page("runs")
    assert set(map(named, METHODS)) <= set(runs.dataframe[0].value["Method"])
    cards = [line for line in texts(start).splitlines() if "· " in line]
    named_cards = [card for card in cards if card.rpartition("· ")[2].strip("* ") in set(map(named, METHODS))]
    assert len(named_cards) == min(len(METHODS), N_OWN_CARDS)


# --- the form -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("method", METHODS)
def test_the_form_says_what_a_method_is_and_assumes_and_offers_its_own_presets(method: str) -> None:
    app = opened(task="New run", method=METHODS[method].title)
    said = texts(app)
    assert not app.error
    assert describe_method(METHODS[method]) in said
    assert METHODS[method].assumptions in said
    assert ("What it assumes" in said) == bool(METHODS[method].assumptions)
    presets = app.segmented_control(key="preset").options
    assert list(presets) == list(METHODS[method].presets)
    for name, field in METHODS[method].Settings.model_fields.items():
        assert (widget(app, name).label, field.description is not None) == (field.title, True)


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("method", METHODS)
def test_an_address_may_call_a_method_as_the_command_line_does(method: str) -> None:
    app = opened(task="New run", method=method)
    assert not app.error
    assert app.selectbox(key="method").value == METHODS[method].title


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("method", METHODS)
def test_a_preset_brings_its_own_values_for_every_method(method: str) -> None:
    app = opened(task="New run", method=METHODS[method].title)
    for preset in METHODS[method].presets:
        app.segmented_control(key="preset").set_value(preset).run()
        found = METHODS[method].find_preset(preset, "digits", "image", (1, 8, 8))
        assert widget(app, "steps").value == found.n_steps
        assert {name: widget(app, name).value for name in found.settings} == found.settings
        assert describe_preset(method, preset) in texts(app)


@pytest.mark.usefixtures("apart")
def test_a_preset_that_a_method_does_not_have_is_named_with_those_it_has() -> None:
    without_paper = [name for name in METHODS if "paper" not in METHODS[name].presets]
    for name in without_paper:
        app = opened(task="New run", method=METHODS[name].title, preset="paper")
        assert "The address asks for preset=paper, but it can be default, quick" in app.error[0].value
        assert app.segmented_control(key="preset").value == "default"


def test_only_a_method_with_a_paper_claims_it() -> None:
    for name in METHODS:
        claims = any("paper" in describe_preset(name, preset) for preset in METHODS[name].presets)
        assert claims == ("paper" in METHODS[name].presets)
