"""Maps on disk: the key, and files that are whole or count as missing."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from clustergan_core.embedding.fitted import FittedMap
from clustergan_core.embedding.settings import Algorithm, MapSettings, map_key


def settings_of(algorithm: Algorithm, **others: object) -> MapSettings:
    return MapSettings.model_validate({"algorithm": algorithm, **others})


def draw_latents() -> NDArray[np.float32]:
    return np.random.default_rng(0).random((120, 9), dtype=np.float32)


def flat_map() -> FittedMap:
    latents = draw_latents()
    return FittedMap(latents, latents[:, :2].copy(), settings_of("pca"))


def test_a_key_changes_with_latents_and_with_settings_that_are_read():
    latents = draw_latents()
    settings = settings_of("tsne")
    moved = latents.copy()
    moved[0, 0] += 1e-6
    keys = [
        map_key(latents, settings),
        map_key(moved, settings),
        map_key(latents.reshape(-1, 3), settings),
        map_key(latents, settings_of("tsne", perplexity=20)),
        map_key(latents, settings_of("tsne", seed=1)),
        map_key(latents, settings_of("tsne", n_components=3)),
        map_key(latents, settings_of("umap")),
        map_key(latents, settings_of("pca")),
    ]
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 64 for key in keys)


def test_a_key_keeps_when_a_setting_changes_that_is_not_read():
    latents = draw_latents()
    assert map_key(latents, settings_of("umap")) == map_key(latents, settings_of("umap", perplexity=5))
    assert map_key(latents, settings_of("pca")) == map_key(latents, settings_of("pca", seed=4))
    assert map_key(latents, settings_of("tsne")) == map_key(latents[::-1][::-1], settings_of("tsne", min_dist=0.5))


def test_a_kept_map_is_found_by_its_latents_and_settings_only(tmp_path):
    fitted = flat_map()
    latents = fitted.latents
    path = fitted.save(tmp_path / "embeddings")
    assert path.name == f"{map_key(latents, fitted.settings)}.npz"
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    loaded = FittedMap.load(path.parent, latents, fitted.settings)
    assert loaded is not None
    assert np.array_equal(loaded.coordinates, fitted.coordinates)
    assert FittedMap.load(path.parent, latents + 1, fitted.settings) is None
    assert FittedMap.load(path.parent, latents, settings_of("pca", n_components=3)) is None
    assert FittedMap.load(tmp_path / "nowhere", latents, fitted.settings) is None


@pytest.mark.parametrize("damage", [b"", b"not a zip file", None])
def test_a_damaged_file_counts_as_missing_and_is_replaced(damage, tmp_path):
    fitted = flat_map()
    latents = fitted.latents
    path = fitted.save(tmp_path)
    path.write_bytes(path.read_bytes()[:-40] if damage is None else damage)
    assert FittedMap.load(tmp_path, latents, fitted.settings) is None
    fitted.save(tmp_path)
    assert FittedMap.load(tmp_path, latents, fitted.settings) is not None


def test_a_file_of_another_shape_or_with_pickles_counts_as_missing(tmp_path):
    fitted = flat_map()
    latents = fitted.latents
    path = fitted.save(tmp_path)
    np.savez(path, coordinates=np.zeros((7, 2), dtype=np.float32))
    assert FittedMap.load(tmp_path, latents, fitted.settings) is None
    np.savez(path, coordinates=np.array([{"an": "object"}], dtype=object))
    assert FittedMap.load(tmp_path, latents, fitted.settings) is None


def test_an_interrupted_save_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def interrupt(*_arguments: object, **_arrays: object) -> None:
        raise KeyboardInterrupt

    fitted = flat_map()
    monkeypatch.setattr(np, "savez_compressed", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fitted.save(tmp_path)
    assert list(tmp_path.iterdir()) == []
