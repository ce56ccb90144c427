"""The Map page: which map, coloured by what, and what it says when something is not there."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from clustergan_core.data.preprocessing import undo_preprocessing
from clustergan_core.data.registry import load_dataset
from clustergan_core.embedding.fitted import FittedMap
from clustergan_core.embedding.settings import Algorithm, MapSettings
from clustergan_core.runs.hand_labels import give_label, hand_labels_path, read_hand_labels
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.maps import MapRequest, MapWorker, write_progress
from clustergan_core.runs.run import Run
from tests.app.app_pages import open_page, texts
from ui.map.colouring import colouring_names, make_colouring
from ui.map.details import describe_majority
from ui.map.plot import shown_share
from ui.map.view import open_view


def settings_of(algorithm: Algorithm, **others: object) -> MapSettings:
    return MapSettings.model_validate({"algorithm": algorithm, **others})


@pytest.fixture
def finished(trained: Run, own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A finished run in this test's own folder; maps are asked for but computed by nobody."""

    def only_wait(_: MapWorker, request: MapRequest) -> None:
        write_progress(request.job_folder(), "waiting", 0.0, "Waiting for the map before it.")

    monkeypatch.setattr(MapWorker, "submit", only_wait)
    shutil.copytree(trained.folder, own_folders / "runs" / "finished")
    return Run(own_folders / "runs" / "finished")


@pytest.fixture
def mapped(finished: Run) -> Run:
    """The same with its t-SNE and PCA, whose coordinates are two of the latents' dimensions."""
    for settings in (settings_of("tsne"), settings_of("pca")):
        request = MapRequest(finished, settings)
        features = request.features(finished.load(), run_latents(finished))
        FittedMap(features, features[:, :2], settings).save(finished.embeddings_folder())
    return finished


@pytest.fixture
def without_data(mapped: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(Run, "is_data_here", lambda _: False)
    return mapped


def opened(**query: str) -> AppTest:
    app = open_page("map", **query)
    assert not app.exception
    return app


def only_problem(app: AppTest) -> str:
    assert len(app.error) == 1, [error.value for error in app.error]
    return app.error[0].value


# --- the finished map -----------------------------------------------------------------------------------------------


def test_a_finished_map_opens_with_its_modes_by_size(mapped: Run) -> None:
    app = opened(run="finished")
    assert not app.error
    assert "Click a point" in texts(app)
    counts = app.dataframe[0].value
    assert counts["samples"].sum() == 179
    assert counts["samples"].is_monotonic_decreasing
    clusters = run_latents(mapped).clusters
    assert dict(zip(counts["mode"], counts["samples"], strict=True)) == {
        f"Mode {mode}": int((clusters == mode).sum()) for mode in set(clusters.tolist())
    }


def test_each_mode_has_its_most_frequent_label_beside_it_and_all_of_them_folded_below(mapped: Run) -> None:
    app = opened(run="finished")
    counts, by_label = (app.dataframe[k].value for k in (0, 1))
    assert list(counts.columns) == ["mode", "mostly", "samples"]
    assert by_label.columns[0] == "mode"
    for (_, count), (_, labels) in zip(counts.iterrows(), by_label.iterrows(), strict=True):
        numbers = labels.drop("mode")
        assert labels["mode"] == count["mode"]
        assert numbers.sum() == count["samples"]
        assert count["mostly"] == describe_majority(numbers.astype(int))


def test_samples_without_a_label_do_not_count_for_what_most_of_a_mode_are() -> None:
    assert describe_majority(pd.Series({"": 5, "a": 1, "b": 3})) == "b (75%)"
    assert describe_majority(pd.Series({"": 5, "a": 0})) == "no label"


def test_only_a_mode_of_one_label_is_all_of_it() -> None:
    assert describe_majority(pd.Series({"a": 1121, "b": 2})) == "a (>99%)"
    assert describe_majority(pd.Series({"a": 1121, "b": 0})) == "a (100%)"


def test_the_map_can_be_coloured_by_mode_label_and_confidence(mapped: Run) -> None:
    app = opened(run="finished")
    assert app.selectbox(key="colour").options == ["mode", "label", "confidence"]
    for name in ("label", "confidence", "mode"):
        app.selectbox(key="colour").set_value(name).run()
        assert not app.exception
        assert not app.error


def test_a_sample_in_the_address_is_shown_in_full(mapped: Run) -> None:
    latents = run_latents(mapped)
    index = int(latents.indices[17])
    app = opened(run="finished", sample=str(index))

    assert not app.error
    mode, confidence = latents.clusters[17], latents.confidence[17]
    assert f"**Sample {index}** · mode {mode}" in texts(app)
    assert f"The encoder reads **mode {mode}** in this sample, confidence **{confidence:.2f}**" in texts(app)
    assert "Nearest in latent space" in texts(app)
    assert [image.caption for picture in app.image for image in picture.proto.imgs][:2] == [
        "Sample x",
        "Reconstruction G(E(x))",
    ]
    decode = next(link.proto for link in app.get("page_link") if "Algorithm 1" in link.proto.label)
    assert decode.page == "interpolate" and f"sample={index}" in decode.query_string
    next(button for button in app.button if button.label == "Close sample").click().run()
    assert "sample" not in app.query_params
    assert "Nearest in latent space" not in texts(app)


def test_a_training_sample_gets_a_label_which_training_can_use(mapped: Run) -> None:
    train, test = load_dataset("digits").splits.train, run_latents(mapped).indices
    app = opened(run="finished", sample=str(test[3]))
    assert "Labels are given to training samples, and none is selected" in texts(app)

    settings = settings_of("tsne")
    request = MapRequest(mapped, settings, "all")
    features = request.features(mapped.load(), run_latents(mapped, "all"))
    FittedMap(features, features[:, :2], settings).save(mapped.embeddings_folder())
    app = opened(run="finished", samples="all samples", sample=str(train[0]))
    app.button(key="give_label_False").click().run()
    app.text_input(key="dialog_text").set_value("round")
    app.button(key="dialog_yes").click().run()
    assert read_hand_labels(mapped).samples == {"round": (train[0],)}
    assert "Training with them needs a second label." in texts(app)

    give_label(mapped, train[1:3].tolist(), "straight")
    app = opened(run="finished", samples="all samples", colour="label given by hand")
    assert "**round** · 1" in texts(app) and "**straight** · 2" in texts(app)
    app.button(key="train_with_labels").click().run()
    assert not app.exception
    assert app.selectbox(key="method").value == "NEMGAN, learned masses", "the Train page"
    assert app.text_input(key="given").value == read_hand_labels(mapped).text
    assert "Learns from 3 labels that you gave; scores leave out their samples" in texts(app)


def test_labels_are_taken_back_and_a_damaged_file_is_one_sentence(mapped: Run) -> None:
    give_label(mapped, [1, 2], "round")
    app = opened(run="finished")
    app.button(key="take_back_0").click().run()
    assert not read_hand_labels(mapped).n
    hand_labels_path(mapped).write_text("[")
    app = opened(run="finished")
    assert "cannot be read from" in only_problem(app)
    assert app.dataframe[0].value["samples"].sum() == 179, "the map is shown"


def test_three_dimensions_are_drawn_as_a_figure(mapped: Run) -> None:
    settings = settings_of("pca", n_components=3)
    request = MapRequest(mapped, settings)
    features = request.features(mapped.load(), run_latents(mapped))
    map_ = FittedMap(features, features[:, :3], settings)
    map_.save(mapped.embeddings_folder())
    app = opened(run="finished", layout="PCA", dimensions="3-D", colour="confidence")

    assert not app.error
    assert len(app.get("plotly_chart")) == 1
    assert "Distances between clusters carry no meaning" not in texts(app)
    assert f"These three axes show {shown_share(map_):.0%} of the variance" in texts(app)


# --- a map that is not there yet ------------------------------------------------------------------------------------


def test_a_map_that_is_not_there_is_asked_for_and_can_be_stopped(finished: Run) -> None:
    app = opened(run="finished", layout="UMAP")
    request = MapRequest(finished, settings_of("umap"))
    assert (request.job_folder() / "progress.json").is_file()
    next(button for button in app.button if button.label == "Stop").click().run()

    assert (request.job_folder() / "cancel").is_file()
    assert "stopped before it was finished" in app.info[0].value
    assert [button.label for button in app.button if button.label == "Compute it"]


def test_a_map_that_failed_says_why_in_one_sentence_and_can_be_tried_again(finished: Run) -> None:
    request = MapRequest(finished, settings_of("tsne"))
    why = "A map needs at least 4 samples, but there are 3: choose more."
    write_progress(request.job_folder(), "failed", 0.0, why)
    app = opened(run="finished")
    assert only_problem(app) == why

    next(button for button in app.button if button.label == "Try again").click().run()
    assert not app.error


# --- what is not there ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("run", "../../etc", "but it can be finished"),
        ("layout", "LDA", "but it can be t-SNE, UMAP, PCA"),
        ("colour", "taste", "but it can be mode, label, confidence"),
        ("dimensions", "4", "but it can be 2-D, 3-D"),
        ("map_perplexity", "0", "but it is a number from 1 to 500"),
        ("sample", "999999", "click one of its points instead"),
        ("sample", "-1", "click one of its points instead"),
        ("sample", "²", "click one of its points instead"),
    ],
)
def test_an_address_that_asks_for_what_is_not_there_gets_one_sentence_and_a_map(
    mapped: Run, name: str, value: str, remedy: str
) -> None:
    app = opened(**({"run": "finished"} | {name: value}))

    problem = only_problem(app)
    assert f"The address asks for {name}={value}" in problem
    assert remedy in problem
    assert problem.endswith(".")
    assert app.dataframe[0].value["samples"].sum() == 179, "the default map is shown"


def test_without_its_data_the_page_says_that_pictures_are_reconstructions(without_data: Run) -> None:
    index = int(run_latents(without_data).indices[3])
    app = opened(run="finished", sample=str(index))

    assert not app.error
    assert "pictures are the generator's reconstructions" in texts(app)
    assert "the sample itself cannot be shown" in texts(app)
    assert not [link for link in app.get("page_link") if "Algorithm 1" in link.proto.label], "it needs the sample"
    assert app.selectbox(key="colour").options == ["mode", "confidence"]
    captions = [image.caption for picture in app.image for image in picture.proto.imgs]
    assert "Reconstruction G(E(x))" in captions
    assert "Sample x" not in captions


def test_a_colour_that_needs_the_data_is_named_when_the_data_is_absent(without_data: Run) -> None:
    app = opened(run="finished", colour="label")
    assert "The address asks for colour=label, but it can be mode, confidence" in only_problem(app)


def test_with_no_run_at_all_the_page_leads_to_training(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(own_folders / "none"))
    app = opened()
    assert "no trained run yet" in app.info[0].value


def test_a_table_is_coloured_by_its_own_columns_in_their_own_units(own_copy: Path) -> None:
    run = Run(own_copy / "synthetic")
    view = open_view(MapRequest(run, settings_of("pca")))
    names = colouring_names(view)
    features = run.config.dataset.feature_names
    assert names[:3] == ["mode", "label", "confidence"]
    assert tuple(names[-len(features) :]) == features

    colouring = make_colouring(view, names[-1])
    assert (colouring.values_name, colouring.values is not None) == (names[-1], True)
    raw = undo_preprocessing(run.dataset().preprocessing, run.dataset().samples[view.indices])
    assert colouring.values is not None and np.array_equal(colouring.values, raw[:, -1])

    app = opened(run="synthetic", colour=names[-1])
    assert not app.error
    assert app.selectbox(key="colour").value == names[-1]
