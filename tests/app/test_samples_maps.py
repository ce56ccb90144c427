"""A small map of each sample on the Samples page, of the run and of the cells before training."""

from typing import Any

import numpy as np
import pytest

from clustergan_core.embedding.fitted import FittedMap
from clustergan_core.embedding.settings import MapSettings
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.maps import MapRequest, Space
from clustergan_core.runs.run import Run
from tests.app.app_pages import open_page, texts
from tests.small_samples import N_CELLS
from ui.canvas_map import MapEvent

pytestmark = pytest.mark.usefixtures("own_folders")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """What the page gave each canvas, by its key."""
    given: dict[str, dict[str, Any]] = {}

    def watch(coordinates: np.ndarray, groups: np.ndarray, *, key: str, **more: Any) -> MapEvent:
        given[key] = {"coordinates": coordinates, "groups": groups, **more}
        return MapEvent(None, None, ())

    monkeypatch.setattr("ui.samples.maps.canvas_map", watch)
    return given


def lay_out(run: Run, space: Space) -> np.ndarray:
    """A finished map of PCA, whose coordinates are two of the columns that it shows."""
    request = MapRequest(run, MapSettings.model_validate({"algorithm": "pca"}), "all", space=space)
    features = request.features(run.load(), run_latents(run, "all"))
    FittedMap(features, features[:, :2], request.settings).save(run.embeddings_folder())
    return features


def test_each_sample_has_a_map_with_its_own_cells_before_the_others(
    samples: Run, drawn: dict[str, dict[str, Any]]
) -> None:
    features = lay_out(samples, "latents")
    app = open_page("samples", run="samples", layout="PCA")
    assert not app.exception and not app.error
    assert list(drawn) == ["samples-map-all", "samples-map-0", "samples-map-1"]
    assert drawn["samples-map-all"]["group_names"] == ["control", "treated"]
    control, treated = drawn["samples-map-0"], drawn["samples-map-1"]
    assert control["isolated"] == [0], "the others are drawn grey, behind"
    assert (control["groups"] == 0).tolist() == [True] * N_CELLS + [False] * N_CELLS
    assert (treated["groups"] == 0).tolist() == [False] * N_CELLS + [True] * N_CELLS
    assert control["reach"] == treated["reach"], "the same axes"
    shifted = control["coordinates"] - features[:, :2]
    assert np.allclose(shifted, shifted[0], atol=1e-5), "the run's own map, centred"
    assert np.abs(control["coordinates"]).max() == pytest.approx(control["reach"])
    assert f"**treated** {N_CELLS} cells :gray[interferon]" in texts(app)


def test_the_map_before_training_is_of_principal_components(samples: Run, drawn: dict[str, dict[str, Any]]) -> None:
    components = lay_out(samples, "components")
    dataset = samples.dataset()
    left, singular, _ = np.linalg.svd(dataset.samples - dataset.samples.mean(axis=0), full_matrices=False)
    first = left[:, 0] * singular[0]
    assert abs(np.corrcoef(components[:, 0], first)[0, 1]) == pytest.approx(1, abs=1e-3)
    app = open_page("samples", run="samples", layout="PCA", map_of="before training")
    assert not app.exception and not app.error
    shifted = drawn["samples-map-all"]["coordinates"] - components[:, :2]
    assert np.allclose(shifted, shifted[0], atol=1e-5)


def test_a_map_is_computed_when_a_person_asks_for_it(samples: Run, drawn: dict[str, dict[str, Any]]) -> None:
    app = open_page("samples", run="samples", layout="PCA")
    assert "This map has not been computed yet" in "".join(str(box.value) for box in app.info)
    app.button(key="samples-map-start").click().run()
    assert not app.exception
    assert [button for button in app.button if button.key == "samples-job-stop"]
    assert not drawn


def test_a_dozen_samples_are_shown_at_once_and_the_others_are_a_choice_away(
    samples: Run, drawn: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(samples, "latents")
    monkeypatch.setattr("ui.samples.maps.N_MAPS", 1)
    app = open_page("samples", run="samples", layout="PCA")
    assert list(drawn) == ["samples-map-all", "samples-map-0"]
    drawn.clear()
    app.selectbox(key="sample_maps").set_value("2 to 2 of 2").run()
    assert not app.exception
    assert list(drawn) == ["samples-map-all", "samples-map-1"]
    drawn.clear()
    assert not open_page("samples", run="samples", layout="PCA", sample_maps="2 to 2 of 2").error
    assert list(drawn) == ["samples-map-all", "samples-map-1"], "a link leads to the same"
