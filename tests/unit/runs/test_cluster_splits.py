"""Cells split off from a run's clusters: kept with the run, undone, merged by name, exported beside the model's."""

import json
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest

from clustergan_core.cells.markers import find_markers
from clustergan_core.command_line import main
from clustergan_core.errors import RunError, SettingsError
from clustergan_core.runs.cells import run_matrix
from clustergan_core.runs.clusters.names import (
    Annotations,
    annotations_path,
    cluster_groups,
    put_back,
    read_annotations,
    split_off,
    write_annotations,
)
from clustergan_core.runs.clusters.splits import Split, count_origins
from clustergan_core.runs.clusters.subsets import keep_clusters
from clustergan_core.runs.clusters.tables import cluster_table
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run
from tests.small_cell_runs import train_cells, write_planted

pytestmark = pytest.mark.slow  # trains on cells, and starts the process that reads them


@pytest.fixture(scope="module")
def cells_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("splits")
    return train_cells(folder / "run", write_planted(folder / "cells.h5ad"))


@pytest.fixture
def run(cells_run: Run) -> Run:
    """The run without names and splits."""
    annotations_path(cells_run).unlink(missing_ok=True)
    return cells_run


def test_split_cells_are_a_cluster_of_their_own_until_they_are_put_back() -> None:
    model, indices = np.array([0, 0, 1, 1, 2]), np.array([10, 11, 12, 13, 14])
    named = Annotations().with_name(0, "T cells")
    first = named.with_split(np.array([13, 10]), "Doublets", 3)
    second = first.with_split(np.array([13, 14]), "Debris", 3)

    assert first.edit(model, indices).tolist() == [3, 0, 1, 3, 2]
    assert second.edit(model, indices).tolist() == [3, 0, 1, 4, 4]
    assert second.edit(model[3:], indices[3:]).tolist() == [4, 4], "of some samples as of all"
    assert [group.name for group in cluster_groups(second, 3)] == [
        "T cells",
        "Cluster 1",
        "Cluster 2",
        "Doublets",
        "Debris",
    ]
    assert count_origins(first.edit(model, indices), indices, np.array([13, 14])) == {2: (1, 1), 3: (1, 2)}
    assert second.without_split(4) == first
    assert first.without_split(3) == named
    assert second.without_split(3).edit(model, indices).tolist() == [0, 0, 1, 4, 4]
    assert second.without_split(3).with_split(np.array([10]), "more", 3).splits[-1].cluster == 5, "no number comes back"


def test_a_split_needs_cells_and_a_name_that_can_be_kept() -> None:
    with pytest.raises(SettingsError, match="No cells are selected"):
        Annotations().with_split(np.array([], dtype=np.int64), "T cells", 3)
    with pytest.raises(SettingsError, match="has no name: type one"):
        Annotations().with_split(np.array([1]), "  ", 3)
    with pytest.raises(SettingsError, match="looks like the cluster with that number"):
        Annotations().with_split(np.array([1]), "Cluster 2", 3)


def test_a_cluster_that_is_split_off_under_a_name_that_is_there_counts_with_it() -> None:
    merged = Annotations().with_name(1, "T cells").with_split(np.array([0, 2]), "T cells", 2)
    assert [(group.name, group.clusters) for group in cluster_groups(merged, 2)] == [
        ("Cluster 0", (0,)),
        ("T cells", (1, 2)),
    ]


def test_splits_come_back_from_the_file_and_earlier_versions_are_not_misled(run: Run) -> None:
    write_annotations(run, Annotations().with_name(0, "T cells"))
    before = annotations_path(run).read_bytes()
    assert json.loads(before)["format"] == 1
    number = split_off(run, np.array([7, 3, 4, 5, 119]), "Doublets")

    stored = json.loads(annotations_path(run).read_bytes())
    assert stored["format"] == 2, "a version that knows no splits refuses the file"
    assert stored["splits"] == [{"cluster": 3, "cells": "3-5,7,119"}]
    assert read_annotations(run).splits == (Split(cluster=3, cells=(3, 4, 5, 7, 119)),)
    put_back(run, number)
    put_back(run, number)  # as another tab would
    assert annotations_path(run).read_bytes() == before


@pytest.mark.parametrize("cells", ["", "5-3", "a", "3,2", "-1", 7])
def test_a_damaged_split_is_told_and_nothing_is_lost(run: Run, cells: object) -> None:
    content = json.dumps({"format": 2, "names": {}, "notes": {}, "splits": [{"cluster": 3, "cells": cells}]})
    annotations_path(run).write_text(content)
    with pytest.raises(RunError, match="cannot be read"):
        read_annotations(run)
    assert annotations_path(run).read_text() == content


def test_a_row_for_each_cluster_counts_the_cells_that_were_split_off(run: Run) -> None:
    latents = run_latents(run, "all")
    cells = np.sort(latents.indices)[:12]
    named = Annotations().with_split(cells, "Doublets", 3)
    table = cluster_table(latents, 3, named)
    is_taken = np.isin(latents.indices, cells)
    assert table["name"].tolist() == ["Cluster 0", "Cluster 1", "Cluster 2", "Doublets"]
    assert table["cells"].tolist() == [*(int(((latents.clusters == k) & ~is_taken).sum()) for k in range(3)), 12]
    assert table["share"].sum() == pytest.approx(1)
    assert table["median_confidence"].iloc[3] == pytest.approx(np.median(latents.confidence[is_taken]))


def test_exports_hold_the_edited_clusters_beside_the_models(run: Run, tmp_path: Path) -> None:
    latents = run_latents(run, "all")
    cells = np.arange(40)
    out = tmp_path / "out"
    folder = str(run.folder)
    assert main(["export", folder, "--format", "csv", "--out", str(out)]) == 0
    assert "edited_cluster" not in pd.read_csv(out)
    split_off(run, cells, "Doublets")
    model = dict(zip(latents.indices.tolist(), latents.clusters.tolist(), strict=True))
    expected = ["Doublets" if cell < 40 else str(model[cell]) for cell in range(120)]

    assert main(["export", folder, "--format", "h5ad", "--map", "pca", "--out", str(out)]) == 0
    back = anndata.read_h5ad(out)
    assert back.obs["clustergan"].tolist() == [str(model[cell]) for cell in range(120)]
    assert back.obs["clustergan_edited"].tolist() == expected
    assert len(back.uns["clustergan_edited_colors"]) == len(set(expected))
    assert main(["export", folder, "--format", "loupe", "--map", "pca", "--out", str(tmp_path / "loupe")]) == 0
    loupe = pd.read_csv(tmp_path / "loupe" / "clusters.csv", dtype=str)
    assert loupe.columns.tolist() == ["Barcode", "ClusterGAN", "ClusterGAN edited"]
    assert loupe["ClusterGAN edited"].tolist() == expected
    assert main(["export", folder, "--format", "csv", "--out", str(out)]) == 0
    table = pd.read_csv(out, dtype={"edited_cluster": str})
    assert table["edited_cluster"].tolist() == ["Doublets" if i < 40 else str(model[i]) for i in latents.indices]
    assert table["cluster"].tolist() == latents.clusters.tolist()
    assert main(["export", folder, "--format", "methods", "--out", str(out)]) == 0
    assert "split off by hand on a map of the latents: Doublets (40)." in out.read_text()


def test_markers_are_of_the_edited_clusters(run: Run, tmp_path: Path) -> None:
    latents = run_latents(run, "all")
    edited = np.empty(120, dtype=np.int64)
    edited[latents.indices] = latents.clusters
    edited[:40] = 3
    split_off(run, np.arange(40), "Doublets")
    assert main(["export", str(run.folder), "--format", "markers", "--out", str(tmp_path / "out")]) == 0
    table = pd.read_csv(tmp_path / "out", dtype={"cluster": str})
    used = np.unique(edited)
    expected = find_markers(run_matrix(run), np.searchsorted(used, edited))
    own = expected[expected["cluster"] == len(used) - 1]
    assert table[table["cluster"] == "Doublets"]["gene"].tolist() == own["gene"].tolist()


def test_a_cluster_that_was_split_off_can_be_clustered_again(run: Run) -> None:
    number = split_off(run, np.arange(40), "Doublets")
    options = keep_clusters(run, [number])
    assert options.ids is not None
    assert Path(options.ids).read_text().split() == [f"BARCODE{cell:03d}-1" for cell in range(40)]


def test_new_cells_get_the_models_clusters_and_it_is_said(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["assign", str(run.folder), run.config.dataset.source, "--out", str(tmp_path / "out.csv")]) == 0
    before = pd.read_csv(tmp_path / "out.csv")
    assert "split off" not in capsys.readouterr().out
    split_off(run, np.arange(40), "Doublets")
    assert main(["assign", str(run.folder), run.config.dataset.source, "--out", str(tmp_path / "out.csv")]) == 0
    assert pd.read_csv(tmp_path / "out.csv").equals(before)
    assert "none goes to the cluster that was split off by hand" in capsys.readouterr().out
