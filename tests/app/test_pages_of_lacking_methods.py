"""Every page with runs of methods that lack a generator, modes or an encoder: it opens, or says why not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from clustergan_core.methods import METHODS
from clustergan_core.runs.worker import execute
from tests.app.app_pages import open_page, texts
from tests.methods.lacking_methods import LACKING, NoiseWGAN, OneHotWGAN, PCAKMeans
from tests.small_runs import new_run, small_config

PAGES = ["start", "data", "map", "clusters", "samples", "modes", "interpolate", "runs"]
SENTENCES = {
    (PCAKMeans.name, "modes"): "PCA + k-means has no generator",
    (PCAKMeans.name, "interpolate"): "PCA + k-means has no generator",
    (NoiseWGAN.name, "modes"): "WGAN was trained on a prior without modes",
    (NoiseWGAN.name, "interpolate"): "WGAN was trained on a prior without modes",
    (NoiseWGAN.name, "map"): "WGAN has no encoder",
    (NoiseWGAN.name, "runs"): "WGAN has no encoder",
    (OneHotWGAN.name, "modes"): "Usage needs an encoder",
    (OneHotWGAN.name, "interpolate"): "One-hot WGAN has no encoder",
    (OneHotWGAN.name, "map"): "One-hot WGAN has no encoder",
    (PCAKMeans.name, "start"): "4 clusters",
    (OneHotWGAN.name, "start"): "Purity and NMI: no encoder",
}


@pytest.fixture(scope="module")
def run_of_each(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lacking")
    with pytest.MonkeyPatch.context() as patch:
        for name, method in LACKING.items():
            patch.setitem(METHODS, name, method)
            execute(new_run(folder / name, small_config("synthetic", n_steps=10, evaluate_every=5, method=name)))
    return folder


@pytest.fixture(autouse=True)
def _own_runs(run_of_each: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, method in LACKING.items():
        monkeypatch.setitem(METHODS, name, method)
    shutil.copytree(run_of_each, own_folders / "runs")
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(own_folders / "none"))
    monkeypatch.setattr("clustergan_core.runs.maps.MapWorker.submit", lambda *_: None)


@pytest.mark.parametrize("method", LACKING)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_or_says_in_a_sentence_what_the_method_lacks(page: str, method: str) -> None:
    app = open_page(page, run=method)
    assert not app.exception
    assert not app.error
    assert SENTENCES.get((method, page), "") in texts(app)


@pytest.mark.parametrize("method", LACKING)
def test_watching_its_training_opens(method: str) -> None:
    app = open_page("train", task="Watch a run", run=method)
    assert not app.exception
    assert not app.error
    assert LACKING[method].title in texts(app)


@pytest.mark.parametrize("method", LACKING)
def test_the_forms_offer_it(method: str) -> None:
    for page, query in (("train", {"task": "New run"}), ("sweep", {"sweep_view": "New sweep"})):
        app = open_page(page, method=method, dataset="synthetic", **query)
        assert not app.exception
        assert not app.error


def test_two_of_them_are_compared_by_what_both_have() -> None:
    app = open_page("compare", runs=list(LACKING))
    assert not app.exception
    assert "WGAN has no encoder" in texts(app)
    (scores,) = (frame.value for frame in app.dataframe if "Runs" in frame.value and "Purity" in frame.value)
    assert "no encoder" in scores["Purity"].tolist()
