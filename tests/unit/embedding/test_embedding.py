"""Maps: frames, repeatability and placing of new samples."""

import numpy as np
import pytest
from numpy.typing import NDArray

from clustergan_core.embedding.compute import compute_map
from clustergan_core.embedding.fitted import FittedMap
from clustergan_core.embedding.settings import Algorithm, MapFrame, MapSettings
from clustergan_core.errors import DataError
from clustergan_core.evaluation.label_free import shared_with_neighbours
from clustergan_core.evaluation.neighbours import nearest_neighbours

pytestmark = pytest.mark.slow  # computes maps

ALGORITHMS: tuple[Algorithm, ...] = ("pca", "tsne", "umap")
every_algorithm = pytest.mark.parametrize("algorithm", ALGORITHMS)


def grouped_latents(n: int = 120) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Latents (n, 9) as an encoder gives them: five normal dimensions beside a code of four modes; and the modes."""
    generator = np.random.default_rng(0)
    modes = np.arange(n) % 4
    normal = generator.normal(0, 0.1, (n, 5))
    code = 0.9 * np.eye(4)[modes] + 0.025 + generator.normal(0, 0.01, (n, 4))
    return np.concatenate([normal, code], axis=1).astype(np.float32), modes


def settings_of(algorithm: Algorithm, **others: object) -> MapSettings:
    return MapSettings.model_validate({"algorithm": algorithm, "n_iterations": 300, **others})


def last_frame(latents: NDArray[np.float32], settings: MapSettings) -> MapFrame:
    return list(compute_map(latents, settings))[-1]


def fit(latents: NDArray[np.float32], settings: MapSettings) -> FittedMap:
    return FittedMap(latents, last_frame(latents, settings).coordinates, settings)


@every_algorithm
@pytest.mark.parametrize("n_components", [2, 3])
def test_a_map_ends_with_one_final_frame_of_finite_coordinates(algorithm, n_components):
    latents, _ = grouped_latents()
    frames = list(compute_map(latents, settings_of(algorithm, n_components=n_components)))
    assert [frame.is_final for frame in frames] == [False] * (len(frames) - 1) + [True]
    assert frames[-1].fraction == 1.0
    for frame in frames:
        assert frame.coordinates.shape == (120, n_components)
        assert frame.coordinates.dtype == np.float32
        assert np.isfinite(frame.coordinates).all()
        assert frame.message


@every_algorithm
def test_groups_of_latents_stay_together_on_the_map(algorithm):
    latents, modes = grouped_latents()
    # Three components: four groups at the corners of a tetrahedron cannot all stand apart in PCA's plane.
    coordinates = last_frame(latents, settings_of(algorithm, n_components=3)).coordinates
    assert shared_with_neighbours(nearest_neighbours(coordinates), modes) > 0.95


@every_algorithm
def test_the_same_seed_gives_the_same_map(algorithm):
    latents, _ = grouped_latents()
    settings = settings_of(algorithm)
    assert np.array_equal(last_frame(latents, settings).coordinates, last_frame(latents, settings).coordinates)


def test_pca_projects_on_the_eigenvectors_of_the_covariance():
    latents, _ = grouped_latents()
    centred = latents.astype(np.float64) - latents.mean(axis=0)
    expected = np.sort(np.linalg.eigvalsh(centred.T @ centred / (len(latents) - 1)))[::-1][:3]
    coordinates = last_frame(latents, settings_of("pca", n_components=3)).coordinates
    covariance = np.cov(coordinates.T)
    assert np.diag(covariance) == pytest.approx(expected, rel=1e-4)
    assert covariance - np.diag(np.diag(covariance)) == pytest.approx(np.zeros((3, 3)), abs=1e-6)


def test_tsne_streams_a_frame_every_twenty_five_iterations_and_keeps_none_back():
    latents, _ = grouped_latents()
    frames = list(compute_map(latents, settings_of("tsne", n_iterations=300)))
    assert [frame.fraction for frame in frames] == pytest.approx([step / 12 for step in range(13)])
    # A frame is a copy: later iterations must not move it.
    assert not np.array_equal(frames[1].coordinates, frames[-1].coordinates)
    assert len({frame.coordinates.tobytes() for frame in frames}) == len(frames)


def test_tsne_ends_its_early_exaggeration_in_time_and_reaches_its_last_iteration():
    latents, _ = grouped_latents(40)
    frames = list(compute_map(latents, settings_of("tsne", n_iterations=130)))
    assert [round(frame.fraction * 130) for frame in frames] == [0, 25, 43, 68, 93, 118, 130]


@pytest.mark.parametrize("n_samples", [400, 2100])
def test_tsne_pulls_neighbours_together_by_either_gradient_method(n_samples):
    latents, modes = grouped_latents(n_samples)
    coordinates = last_frame(latents, settings_of("tsne", n_iterations=150)).coordinates
    assert shared_with_neighbours(nearest_neighbours(coordinates), modes) > 0.99


def test_stopping_is_not_asking_for_more():
    latents, _ = grouped_latents()
    frames = compute_map(latents, settings_of("tsne", n_iterations=10_000))
    assert not next(frames).is_final
    assert not next(frames).is_final


@every_algorithm
@pytest.mark.parametrize("n_components", [2, 3])
def test_latents_placed_again_land_near_their_own_coordinates(algorithm, n_components, tmp_path):
    latents, _ = grouped_latents()
    fitted = fit(latents, settings_of(algorithm, n_components=n_components))
    fitted.save(tmp_path)
    loaded = FittedMap.load(tmp_path, latents, fitted.settings)
    assert loaded is not None
    extent = float(np.ptp(fitted.coordinates, axis=0).max())
    for known in (fitted, loaded):
        distances = np.linalg.norm(known.place(latents[::3]) - fitted.coordinates[::3], axis=1)
        assert float(distances.max()) < 0.05 * extent


@every_algorithm
def test_new_latents_land_in_their_own_group(algorithm):
    latents, modes = grouped_latents(200)
    fitted = fit(latents[:160], settings_of(algorithm, n_components=3))
    before = fitted.coordinates.copy()
    placed = fitted.place(latents[160:])
    nearest = np.linalg.norm(placed[:, None] - before[None], axis=2).argmin(axis=1)
    assert np.mean(modes[:160][nearest] == modes[160:]) > 0.95
    assert np.array_equal(fitted.coordinates, before)


@every_algorithm
def test_placing_again_gives_the_same_coordinates(algorithm):
    latents, _ = grouped_latents()
    fitted = fit(latents, settings_of(algorithm))
    new = latents[:10] + np.float32(0.01)
    assert np.array_equal(fitted.place(new), fitted.place(new))
    assert fitted.place(new[:0]).shape == (0, 2)


@every_algorithm
@pytest.mark.parametrize("n_samples", [4, 5, 20])
def test_few_samples_make_a_map_with_fewer_neighbours(algorithm, n_samples):
    latents, _ = grouped_latents(n_samples)
    fitted = fit(latents, settings_of(algorithm))
    assert np.isfinite(fitted.coordinates).all()
    assert fitted.place(latents[:1]).shape == (1, 2)


def test_lowered_settings_are_said():
    latents, _ = grouped_latents(13)
    assert "perplexity lowered to 4.0" in last_frame(latents, settings_of("tsne")).message
    assert "neighbours lowered to 12" in last_frame(latents, settings_of("umap")).message
    assert "lowered" not in last_frame(grouped_latents()[0], settings_of("tsne")).message


@every_algorithm
def test_equal_latents_make_a_single_point(algorithm, tmp_path):
    latents = np.full((30, 6), 0.7, dtype=np.float32)
    fitted = fit(latents, settings_of(algorithm))
    assert not fitted.coordinates.any()
    assert not fitted.place(latents[:3] + 1).any()
    assert "All latents are equal" in last_frame(latents, settings_of(algorithm)).message


@every_algorithm
@pytest.mark.parametrize("n_features", [1, 2])
def test_latents_with_fewer_dimensions_than_the_map_and_many_duplicates_are_laid_out(algorithm, n_features):
    latents = np.repeat(np.arange(4, dtype=np.float32), 10)[:, None].repeat(n_features, axis=1)
    fitted = fit(latents, settings_of(algorithm, n_components=3))
    assert fitted.coordinates.shape == (40, 3)
    assert np.isfinite(fitted.coordinates).all()
    assert np.isfinite(fitted.place(latents[:5])).all()


@every_algorithm
def test_too_few_samples_are_refused_in_one_sentence(algorithm):
    with pytest.raises(DataError, match="A map needs at least 4 samples, but there are 3: choose more"):
        compute_map(np.eye(3, dtype=np.float32), settings_of(algorithm))


def test_latents_of_a_diverged_model_are_refused_in_one_sentence():
    latents, _ = grouped_latents()
    latents[3, 2] = np.nan
    latents[9] = np.inf
    with pytest.raises(DataError, match="2 of 120 latents are not finite numbers"):
        compute_map(latents, settings_of("pca"))
