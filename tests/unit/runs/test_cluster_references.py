"""k-means and Leiden of a run's cells: those of the core, stored once, and computed again when the file is corrupt."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from clustergan_core.evaluation.clusterings import kmeans_cells, principal_components
from clustergan_core.runs.clusters import references as module
from clustergan_core.runs.clusters.references import reference_clusterings
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import list_shipped
from tests.small_cell_runs import N_CELLS, N_GROUPS, train_cells, write_planted

pytestmark = pytest.mark.slow  # searches with Leiden


@pytest.fixture
def run(own_folders: Path) -> Run:
    return train_cells(own_folders / "runs" / "cells", write_planted(own_folders / "cells.h5ad"))


def test_they_are_found_once_in_components_of_the_given_genes_and_kept(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = run.dataset()
    found = reference_clusterings(run, dataset)
    components = principal_components(dataset.samples)
    assert found.components == pytest.approx(components, rel=1e-3, abs=1e-3)
    assert found.kmeans.tolist() == kmeans_cells(components, N_GROUPS).tolist()
    planted = np.arange(N_CELLS) % N_GROUPS
    for clusters in (found.kmeans, found.leiden_at_k.clusters):
        assert adjusted_rand_score(planted, clusters) == pytest.approx(1)
    assert found.leiden.resolution == 1
    assert found.leiden_at_k.n_clusters == N_GROUPS

    monkeypatch.setattr(module, "_compute", lambda *_: pytest.fail("the stored clusterings were computed again"))
    again = reference_clusterings(run, dataset)
    assert again.components.tolist() == found.components.tolist()
    assert again.leiden.clusters.tolist() == found.leiden.clusters.tolist()
    assert (again.leiden.resolution, again.leiden_at_k.resolution) == (1, found.leiden_at_k.resolution)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"no archive"])
def test_a_damaged_file_is_replaced(run: Run, content: bytes) -> None:
    dataset = run.dataset()
    found = reference_clusterings(run, dataset)
    path = run.embeddings_folder() / module.FILE
    path.write_bytes(content)
    assert reference_clusterings(run, dataset).kmeans.tolist() == found.kmeans.tolist()
    assert path.read_bytes() != content


def test_shipped_cells_bring_theirs_along(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = next(run for run in list_shipped() if run.name == "pbmc68k_reduced-paired-clustergan")
    monkeypatch.setattr(module, "_compute", lambda *_: pytest.fail("what was shipped was worked out again"))
    found = reference_clusterings(shipped, shipped.dataset())
    assert len(found.kmeans) == len(found.leiden.clusters) == shipped.config.dataset.n_samples
    assert len(set(found.kmeans.tolist())) == shipped.config.n_clusters
