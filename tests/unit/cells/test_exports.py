"""Exports come back as they went out: the h5ad and the methods text."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

from clustergan_core.cells.exports import ClusteredCells, describe_columns, h5ad_bytes
from clustergan_core.cells.markers import find_markers
from clustergan_core.cells.methods_text import describe_methods
from clustergan_core.data.counts.prepare import prepare
from clustergan_core.data.counts.settings import PREPARATION_PRESETS, PreparationSettings, QualitySettings
from clustergan_core.data.steps import Step
from clustergan_core.errors import DataError
from tests.small_cells import count_matrix, planted_matrix

IDS = ("c3", "c0", "c2")


def clustered(**changes: object) -> ClusteredCells:
    """Three of the four cells, in an order of their own."""
    values: dict[str, object] = {
        "cell_ids": IDS,
        "clusters": np.array([10, 2, 10]),
        "confidence": np.array([0.9, 0.5, 1.0], dtype=np.float32),
        "latents": np.arange(12, dtype=np.float32).reshape(3, 4),
        "coordinates": np.array([[0, 1], [2, 3], [4, 5]], dtype=np.float32),
        "colours": [f"#0000{number:02x}" for number in range(11)],
        "config": {"method": "clustergan", "settings": {"n_normal": 10, "only": None}},
        "seed": 7,
        "versions": {"torch": "2.13.0"},
    }
    return ClusteredCells(**{**values, **changes})  # type: ignore[arg-type]


def test_an_h5ad_holds_all_genes_and_the_clusters_in_their_order(tmp_path: Path) -> None:
    import anndata

    counts = [[1, 0, 2], [3, 3, 3], [0, 5, 0], [7, 0, 0]]
    (tmp_path / "a.h5ad").write_bytes(
        h5ad_bytes(count_matrix(counts, ("CD4", "TBCE", "TBCE"), ("E1", "E2", "E3")), clustered())
    )
    back = anndata.read_h5ad(tmp_path / "a.h5ad")
    assert back.obs_names.tolist() == list(IDS)
    assert back.X.toarray().tolist() == [counts[3], counts[0], counts[2]]
    assert back.var_names.tolist() == ["CD4", "TBCE (E2)", "TBCE (E3)"]
    assert back.var["gene_ids"].tolist() == ["E1", "E2", "E3"]
    assert back.obs["clustergan"].cat.categories.tolist() == ["2", "10"]
    assert back.obs["clustergan"].tolist() == ["10", "2", "10"]
    assert back.obs["clustergan_confidence"].tolist() == [pytest.approx(0.9), 0.5, 1]
    assert back.uns["clustergan_colors"].tolist() == ["#000002", "#00000a"]
    assert back.obsm["X_clustergan"].shape == (3, 4) and back.obsm["X_umap"].tolist() == [[0, 1], [2, 3], [4, 5]]
    record = back.uns["clustergan"]
    assert json.loads(record["config"])["settings"] == {"n_normal": 10, "only": None}
    assert record["seed"] == 7 and record["versions"] == {"torch": "2.13.0"}


def test_columns_of_the_file_come_along_and_no_text_is_nullable(tmp_path: Path) -> None:
    import anndata

    cells = pd.DataFrame(
        {
            "donor/site": pd.array(["a", None, "b", "a"], dtype="string"),
            "stage": pd.Categorical(["E10", "E9", None, "E9"]),
            "n": pd.array([1, None, 3, 4], dtype="Int64"),
            "age": [1, 2, 3, 4],
            "kept": [True, False, True, True],
            "mixed": ["x", 2, None, 3.5],
            "clustergan": ["old"] * 4,
        }
    )
    (tmp_path / "a.h5ad").write_bytes(
        h5ad_bytes(count_matrix(np.eye(4), cells=cells), clustered(coordinates=None, colours=()))
    )
    back = anndata.read_h5ad(tmp_path / "a.h5ad")
    assert back.obs["donor_site"].tolist() == ["a", "a", "b"]
    assert back.obs["stage"].tolist()[:2] == ["E9", "E10"] and back.obs["stage"].isna().tolist() == [False, False, True]
    assert back.obs["stage"].cat.categories.tolist() == ["E10", "E9"]
    assert back.obs["n"].tolist() == [4, 1, 3]
    assert back.obs["age"].tolist() == [4, 1, 3] and back.obs["kept"].tolist() == [True, True, True]
    assert back.obs["mixed"].tolist()[:2] == ["3.5", "x"] and pd.isna(back.obs["mixed"].iloc[2])
    assert back.obs["clustergan"].tolist() == ["10", "2", "10"]
    assert back.obs["clustergan_"].tolist() == ["old"] * 3, "what an earlier run found is kept"
    assert "X_umap" not in back.obsm and "clustergan_colors" not in back.uns
    with h5py.File(tmp_path / "a.h5ad") as file:
        kinds: list[str] = []
        file.visititems(lambda _, node: kinds.append(str(node.attrs.get("encoding-type", ""))))
    assert not any("nullable" in kind for kind in kinds)


def test_named_clusters_keep_the_place_and_the_colour_of_their_cluster(tmp_path: Path) -> None:
    import anndata

    names = {0: "nan", 1: "NA", 2: "CD4/CD8", 3: "T  cell", 4: "B cell", 5: "B cell", 7: "Zellen, ü"}
    colours = [f"#0000{number:02x}" for number in range(12)]
    cells = clustered(
        cell_ids=[f"c{number}" for number in range(12)],
        clusters=np.arange(12)[::-1],
        confidence=np.ones(12, dtype=np.float32),
        latents=np.zeros((12, 2), dtype=np.float32),
        coordinates=None,
        colours=colours,
        names=names,
    )
    (tmp_path / "a.h5ad").write_bytes(h5ad_bytes(count_matrix(np.eye(12)), cells))
    back = anndata.read_h5ad(tmp_path / "a.h5ad")
    order = ["nan", "NA", "CD4/CD8", "T  cell", "B cell", "6", "Zellen, ü", "8", "9", "10", "11"]
    assert back.obs["clustergan"].cat.categories.tolist() == order
    assert back.uns["clustergan_colors"].tolist() == [colours[n] for n in (0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11)]
    assert back.obs["clustergan"].tolist() == [
        "11", "10", "9", "8", "Zellen, ü", "6", "B cell", "B cell", "T  cell", "CD4/CD8", "NA", "nan",
    ]  # fmt: skip


def test_scanpy_takes_neighbours_from_the_expression_and_not_from_a_map_of_the_latents(tmp_path: Path) -> None:
    import scanpy

    matrix, groups = planted_matrix()
    components = np.random.default_rng(0).normal(size=(120, 50)).astype(np.float32)
    cells = clustered(
        cell_ids=matrix.cell_ids.tolist(),
        clusters=groups,
        confidence=np.ones(120),
        latents=np.zeros((120, 4), dtype=np.float32),
        components=components,
        coordinates=np.ones((120, 2), dtype=np.float32),
        map_name="pca",
    )
    (tmp_path / "a.h5ad").write_bytes(h5ad_bytes(matrix, cells))
    back = scanpy.read_h5ad(tmp_path / "a.h5ad")
    assert {key: back.obsm[key].shape[1] for key in back.obsm} == {
        "X_pca": 50,
        "X_clustergan": 4,
        "X_clustergan_pca": 2,
    }
    np.testing.assert_array_equal(back.obsm["X_pca"], components)
    scanpy.pp.neighbors(back, transformer="sklearn")
    assert back.uns["neighbors"]["params"].get("use_rep", "X_pca") == "X_pca"
    expected = back.copy()
    scanpy.pp.neighbors(expected, use_rep="X_pca", transformer="sklearn")
    assert (back.obsp["distances"] != expected.obsp["distances"]).nnz == 0


def test_columns_that_get_another_name_are_told() -> None:
    cells = pd.DataFrame({"CD4/CD8": [1.0] * 4, "n": [1] * 4, "clustergan": ["0"] * 4})
    assert describe_columns(count_matrix(np.eye(4), cells=cells)) == (
        "An h5ad cannot hold every column under its own name: CD4/CD8 is called CD4_CD8, clustergan is called "
        "clustergan_."
    )


def test_scanpy_finds_the_same_markers_in_an_exported_file(tmp_path: Path) -> None:
    import scanpy

    matrix, groups = planted_matrix()
    cells = clustered(
        cell_ids=matrix.cell_ids.tolist(),
        clusters=groups,
        confidence=np.ones(120),
        latents=np.zeros((120, 2)),
        coordinates=None,
    )
    (tmp_path / "a.h5ad").write_bytes(h5ad_bytes(matrix, cells))
    back = scanpy.read_h5ad(tmp_path / "a.h5ad")
    back.X = back.X.toarray()
    scanpy.pp.normalize_total(back, target_sum=1e4)
    scanpy.pp.log1p(back)
    scanpy.tl.rank_genes_groups(back, "clustergan", method="wilcoxon", n_genes=5)
    ours = find_markers(matrix, groups, n_top=5)
    for group in range(3):
        theirs = scanpy.get.rank_genes_groups_df(back, str(group))["names"]
        assert set(theirs) == set(ours.loc[ours["cluster"] == group, "gene"])


def test_cells_that_the_file_lacks_or_names_twice_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"small\.h5ad lacks 1 of the run's cells \(c3\)"):
        (tmp_path / "a.h5ad").write_bytes(h5ad_bytes(count_matrix(np.eye(3)), clustered()))
    matrix = count_matrix(np.eye(4))
    matrix.cell_ids[1] = "c0"
    with pytest.raises(DataError, match=r"small\.h5ad names 1 cells twice"):
        h5ad_bytes(matrix, clustered())


def test_the_methods_paragraph_states_every_number() -> None:
    matrix, _ = planted_matrix()
    chosen = PreparationSettings(quality=QualitySettings(min_genes=20, min_cells=2), n_genes=15, target=200)
    text = describe_methods(
        "cells.h5ad",
        prepare(matrix, chosen).preprocessing,
        method="Paired ClusterGAN",
        n_clusters=3,
        n_steps=2000,
        seed=5,
        versions={"clustergan-explorer": "0.1.0", "torch": "2.13.0"},
    )
    for part in (
        "cells.h5ad (X, raw counts)",
        "Cells: fewer than 20 genes detected (0 removed); genes: detected in fewer than 2 cells (0 removed).",
        "120 of the file's 120 cells and 60 of its 60 genes were kept",
        "Counts were scaled to 200 per cell and log(1 + x) transformed.",
        "The 15 genes of highest variance were used.",
        "3 clusters by Paired ClusterGAN (2,000 training steps, seed 5)",
        "Markers are exploratory",
        "Software: clustergan-explorer 0.1.0, torch 2.13.0.",
    ):
        assert part in text


def test_the_methods_paragraph_of_the_papers_preparation_names_its_transform() -> None:
    matrix, _ = planted_matrix()
    steps = prepare(matrix, PREPARATION_PRESETS["paper"]).preprocessing
    text = describe_methods("cells.h5ad", steps, "ClusterGAN", 3, 10, 0, {"torch": "2"}, has_markers=False)
    assert "without quality control" in text and "log2(1 + x)" in text and "Values were divided by" in text
    assert "Markers" not in text


def test_the_methods_say_which_cells_were_chosen_before() -> None:
    steps: list[Step] = [
        {"step": "keep_rows", "only": {}, "drop": {"type": ["B", "NK"]}, "n_kept": 80, "n_rows": 100},
        {"step": "keep_ids", "file": "cells-1.txt", "n_kept": 30, "n_rows": 100},
    ]
    text = describe_methods("a.h5ad", steps, "ClusterGAN", 3, 100, 0, {"torch": "2"}, "python -m x")
    assert "Only cells whose type is not B or NK were used (80 of 100)." in text
    assert "Only the cells listed in cells-1.txt were used (30 of 100)." in text
    assert text.endswith("Command: python -m x")
