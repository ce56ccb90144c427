"""Numbers of clusters to begin with: from the cells alone, the same each time, with the reasons."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clustergan_core.cells import suggest_k as cell_k
from clustergan_core.cells.suggest_k import suggest_cell_k
from clustergan_core.data.dataset import Dataset, share_samples
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.runs.configure import make_config
from tests.unit.data.test_opening import LENIENT, write_cells

pytestmark = pytest.mark.slow  # searches with Leiden


def test_three_kinds_of_cells_are_told_apart_without_labels(tmp_path: Path) -> None:
    data = open_dataset(str(write_cells(tmp_path / "cells.h5ad")), OwnDataOptions(preparation=LENIENT))
    assert data.labels is None
    found = suggest_cell_k(data)
    assert (found.n_clusters, found.n_leiden, found.n_cells) == (3, 3, 90)
    assert found.suggestion is not None
    assert found.suggestion.n_clusters == 3
    reasons = (*found.suggestion.votes, *(undecided.best for undecided in found.suggestion.undecided))
    assert {reason.criterion.name for reason in reasons} == {
        "seed_agreement",
        "data_silhouette",
        "neighbour_information",
    }
    assert found.has_clusters
    config = make_config(data, "cells.h5ad")
    assert config.n_clusters == 3
    assert config.notes == ("K = 3, the number of clusters that Leiden finds, as no labels are chosen.",)


def test_noise_has_no_clusters_though_leiden_finds_some() -> None:
    noise = np.random.default_rng(0).random((400, 20), dtype=np.float32)
    found = cell_k._suggest(Dataset("noise", "expression", noise, share_samples(400)))
    assert found.n_leiden > 1 and not found.has_clusters


def test_leiden_is_scanpys_and_labels_play_no_part() -> None:
    import scanpy

    data = open_dataset("pbmc68k_reduced")
    cells = scanpy.AnnData(data.samples)
    scanpy.pp.pca(cells, n_comps=50, random_state=0)
    scanpy.pp.neighbors(cells, n_neighbors=15, transformer="sklearn", random_state=0)
    scanpy.tl.leiden(cells, resolution=1, flavor="igraph", n_iterations=2, directed=False, random_state=0)
    found = suggest_cell_k(data)
    assert found.n_leiden == cells.obs["leiden"].nunique()
    assert data.labels is not None
    shuffled = replace(data, labels=np.random.default_rng(0).permutation(data.labels))
    assert cell_k._suggest(shuffled) == found


def test_of_many_cells_some_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell_k, "MAX_CELLS", 200)
    monkeypatch.setattr(cell_k, "_cache", {})
    assert suggest_cell_k(open_dataset("pbmc68k_reduced")).n_cells == 200
