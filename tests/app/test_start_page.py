"""The Start page: models that are there, links that lead to them, and a way to the first one."""

import json
from pathlib import Path
from shutil import copytree
from urllib.parse import parse_qs

import pytest

from clustergan_core.paths import PROJECT_FOLDER
from clustergan_core.runs.run import Run
from clustergan_core.runs.worker import execute
from tests.app.app_pages import open_page, texts
from tests.small_runs import new_run, small_config


@pytest.fixture(autouse=True)
def shipped(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of shipped models, empty at first."""
    folder = own_folders / "pretrained"
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(folder))
    return folder


def finished(folder: Path, dataset: str = "digits") -> Run:
    run = new_run(folder, small_config(dataset, n_steps=10, log_every=5, evaluate_every=10))
    execute(run)
    return run


def test_a_model_without_modes_has_clusters_and_no_links_to_pages_of_modes(shipped: Path) -> None:
    copytree(PROJECT_FOLDER / "pretrained" / "digits-wgan-gp", shipped / "digits-wgan-gp")
    app = open_page("start")
    assert not app.exception and "10 clusters" in texts(app) and "10 modes" not in texts(app)
    of_run = {
        link.label for link in app.page_link if parse_qs(link.proto.query_string).get("run") == ["digits-wgan-gp"]
    }
    assert of_run == {":primary[Map]"}
    said = texts(open_page("map", run="digits-wgan-gp"))
    assert "10 clusters, z_n of 10 dimensions" in said
    assert "10 clusters" in texts(open_page("runs", run="digits-wgan-gp"))


def test_without_a_model_it_says_how_to_get_one() -> None:
    app = open_page("start")
    assert "There is no trained model yet" in app.info[0].value
    link = next(link for link in app.page_link if link.label == "Train a model on digits")
    assert parse_qs(link.proto.query_string)["dataset"] == ["digits"]
    assert not app.exception


def test_a_finished_run_has_a_picture_its_scores_and_links_to_its_pages(own_folders: Path) -> None:
    run = finished(own_folders / "runs" / "mine")
    purity = json.loads((run.folder / "scores.json").read_text())["purity"]
    app = open_page("start")
    assert len(app.image) == 1
    assert app.image[0].proto.imgs[0].url.startswith("data:image/png;base64,"), "in the message, not on the server"
    assert f"Purity {purity:.2f}" in texts(app)
    assert "179 test samples" in texts(app)
    assert "10 modes" in texts(app)
    led_to = {link.page for link in app.page_link if parse_qs(link.proto.query_string) == {"run": ["mine"]}}
    assert led_to == {"map", "modes", "interpolate"}


def test_a_card_bears_the_name_a_person_gave_and_says_of_which_data_it_is(own_folders: Path) -> None:
    finished(own_folders / "runs" / "mine").rename("Third attempt")
    said = texts(open_page("start"))
    assert "**Third attempt** · ClusterGAN" in said
    assert "10 modes of Digits (8×8)" in said


def test_a_model_without_labels_says_that_scores_need_them(own_folders: Path) -> None:
    run = finished(own_folders / "runs" / "mine")
    scores = json.loads((run.folder / "scores.json").read_text())
    (run.folder / "scores.json").write_text(json.dumps(scores | {"purity": None, "nmi": None, "n_labelled": 0}))
    assert "Purity and NMI: needs labels" in texts(open_page("start"))


def test_the_teachers_way_leads_to_the_best_shipped_model_of_digits(shipped: Path) -> None:
    for name, nmi in (("digits-clustergan", 0.75), ("digits-paired-clustergan", 0.9), ("synthetic-clustergan", 1.0)):
        run = finished(shipped / name, name.split("-")[0])
        scores = json.loads((run.folder / "scores.json").read_text())
        (run.folder / "scores.json").write_text(json.dumps(scores | {"nmi": nmi}))
    app = open_page("start")
    modes = [parse_qs(link.proto.query_string)["run"] for link in app.page_link if link.page == "modes"]
    # One of the ways in, and a card for each model: pictures first, and of the same data the better model.
    shown = [["digits-paired-clustergan"], ["digits-clustergan"], ["synthetic-clustergan"]]
    assert modes == [["digits-paired-clustergan"], *shown]


def test_a_damaged_run_does_not_spoil_the_first_view(own_folders: Path) -> None:
    finished(own_folders / "runs" / "good")
    damaged = own_folders / "runs" / "damaged"
    damaged.mkdir()
    (damaged / "config.json").write_text("{")
    app = open_page("start")
    assert not app.exception
    assert not app.error
    assert len(app.image) == 1
