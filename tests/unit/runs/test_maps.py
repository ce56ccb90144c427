"""Maps of a run: computed frame by frame in a folder that others read, and found again when they are finished."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from clustergan_core.embedding.compute import compute_map
from clustergan_core.embedding.fitted import FittedMap
from clustergan_core.embedding.settings import Algorithm, MapFrame, MapSettings
from clustergan_core.runs import maps
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.maps import MapRequest, cancel_map, compute_requested_map, find_map, read_progress
from clustergan_core.runs.run import Run
from clustergan_core.runs.status import hold_lock


def settings_of(algorithm: Algorithm, **others: object) -> MapSettings:
    return MapSettings.model_validate({"algorithm": algorithm, **others})


PCA = settings_of("pca")


def features_of(request: MapRequest) -> NDArray[np.float32]:
    return request.features(request.run.load(), run_latents(request.run, request.split))


def two_frames(features: NDArray[np.float32], _: MapSettings) -> Iterator[MapFrame]:
    """Stands for any algorithm that takes its time."""
    yield MapFrame(features[:, :2] * 0, 0.5, "Half way.")
    yield MapFrame(features[:, :2], 1.0, "Finished.", is_final=True)


# --- which points ---------------------------------------------------------------------------------------------------


def test_the_points_of_a_large_split_are_drawn_by_a_fixed_seed_without_repeats(run: Run) -> None:
    request = MapRequest(run, PCA, n_samples=100)
    rows = request.rows(1797)

    assert len(rows) == 100
    assert set(rows.tolist()) <= set(range(1797))
    assert (np.diff(rows) > 0).all(), "ascending, so no row appears twice"
    assert rows.tolist() != list(range(100))
    other_map = MapRequest(run, settings_of("umap", seed=5), n_samples=100)
    assert other_map.rows(1797).tolist() == rows.tolist(), "maps of one run show the same samples"


def test_a_small_split_is_drawn_whole(run: Run) -> None:
    assert MapRequest(run, PCA, n_samples=100).rows(100).tolist() == list(range(100))


def test_the_features_are_those_of_the_rows_that_are_drawn(run: Run) -> None:
    everything = features_of(MapRequest(run, PCA))
    some = MapRequest(run, PCA, n_samples=20)

    assert everything.shape == (179, 15)  # five normal dimensions beside ten modes
    assert (features_of(some) == everything[some.rows(179)]).all()


@pytest.mark.parametrize("settings", [settings_of("tsne"), settings_of("tsne", perplexity=12.5, n_components=3)])
def test_a_request_reaches_the_worker_as_it_was_made(run: Run, settings: MapSettings) -> None:
    request = MapRequest(run, settings, "all", "last", 500, "components")
    line = request.to_json()

    assert "\n" not in line
    assert MapRequest.from_json(line) == request
    assert MapRequest.from_json(line).job_folder() == request.job_folder()
    assert MapRequest(run, PCA).job_folder() != request.job_folder()


def test_defaults_and_the_same_values_from_a_form_ask_for_the_same_map(run: Run) -> None:
    chosen = MapSettings.model_validate({"perplexity": 30.0, "n_iterations": 750, "seed": 0})
    default = MapRequest(run, settings_of("tsne"))
    features = features_of(default)
    FittedMap(features, features[:, :2], settings_of("tsne")).save(run.embeddings_folder())

    assert MapRequest(run, chosen).job_folder() == default.job_folder()
    assert find_map(MapRequest(run, chosen), features) is not None


# --- one job --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [PCA, settings_of("tsne", n_iterations=50)], ids=["pca", "tsne"])
def test_a_job_keeps_the_coordinates_that_compute_map_gives(run: Run, settings: MapSettings) -> None:
    request = MapRequest(run, settings)
    features = features_of(request)
    assert find_map(request, features) is None
    compute_requested_map(request)
    fitted = find_map(request, features)

    *_, expected = compute_map(features, settings)
    assert fitted is not None
    assert (fitted.coordinates == expected.coordinates).all()
    assert not request.job_folder().exists()
    assert find_map(MapRequest(run, settings_of("umap")), features) is None
    assert find_map(request, features + 1) is None, "other weights have a map of their own"


def test_a_map_that_came_with_a_model_is_found_where_later_ones_are_kept_elsewhere(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(tmp_path))
    monkeypatch.setenv("CLUSTERGAN_DERIVED", str(tmp_path / "derived"))
    request = MapRequest(run, PCA)
    features = features_of(request)
    FittedMap(features, features[:, :2], PCA).save(run.folder / "embeddings")

    assert request.job_folder().is_relative_to(tmp_path / "derived")
    fitted = find_map(request, features)
    assert fitted is not None
    assert (fitted.coordinates == features[:, :2]).all()


def test_whoever_looks_sees_the_frames_of_a_job(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    request = MapRequest(run, PCA)
    assert read_progress(request).state == "absent"
    seen = []

    def watched(features: NDArray[np.float32], settings: MapSettings) -> Iterator[MapFrame]:
        for frame in two_frames(features, settings):
            seen.append(read_progress(request))
            yield frame

    monkeypatch.setattr(maps, "compute_map", watched)
    compute_requested_map(request)

    assert [(progress.state, progress.message) for progress in seen] == [
        ("running", "Reading the latents."),
        ("running", "Half way."),
    ]
    assert seen[0].frame is None
    frame = seen[1].frame
    assert frame is not None
    assert (frame.coordinates.shape, frame.fraction) == ((179, 2), 0.5)
    assert read_progress(request).state == "absent"


def test_a_cancelled_job_leaves_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    request = MapRequest(run, PCA)
    features = features_of(request)
    before = sorted(run.embeddings_folder().iterdir())

    def cancelled(features: NDArray[np.float32], settings: MapSettings) -> Iterator[MapFrame]:
        for frame in two_frames(features, settings):
            yield frame
            assert not frame.is_final
            cancel_map(request)

    monkeypatch.setattr(maps, "compute_map", cancelled)
    compute_requested_map(request)

    assert sorted(run.embeddings_folder().iterdir()) == before
    assert find_map(request, features) is None
    assert read_progress(request).state == "absent"


def test_a_job_whose_worker_was_killed_counts_as_absent(run: Run) -> None:
    request = MapRequest(run, PCA)
    maps.write_progress(request.job_folder(), "running", 0.3, "Half way.")
    assert read_progress(request).state == "absent"
    with hold_lock(request.job_folder() / "lock"):
        assert read_progress(request).state == "running"
