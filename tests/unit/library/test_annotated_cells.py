"""`cg.cells.cluster` writes into an AnnData what a run's h5ad export holds of the same cells."""

from __future__ import annotations

import json
from pathlib import Path

import anndata
import numpy as np
import pytest
import scanpy

import clustergan_core as cg
from clustergan_core.command_line import main
from clustergan_core.data.counts.annotated import read_annotated
from clustergan_core.data.opening import open_matrix
from tests.small_cell_runs import N_CELLS, write_planted

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("one_thread")]  # trains on cells

SMALL = {"width": 0.1, "n_starts": 1}


def test_it_is_what_the_export_of_a_run_holds_on_the_same_cells(tmp_path: Path) -> None:
    words = ["--steps", "30", "--seed", "2", "--set", "n_clusters=6", "--set", "width=0.1", "--set", "n_starts=1"]
    run, out = str(tmp_path / "run"), str(tmp_path / "out.h5ad")
    assert main(["train", "--dataset", "pbmc68k_reduced", "--out", run, *words]) == 0
    assert main(["export", run, "--format", "h5ad", "--map", "none", "--out", out]) == 0
    exported = anndata.read_h5ad(out)

    adata = scanpy.datasets.pbmc68k_reduced()
    before = set(adata.obs), set(adata.obsm), set(adata.uns)
    model = cg.cells.cluster(adata, 6, n_steps=30, settings=SMALL, random_state=2)

    assert set(adata.obs) - before[0] == {"clustergan", "clustergan_confidence"}
    assert set(adata.obsm) - before[1] == {"X_clustergan"}
    assert set(adata.uns) - before[2] == {"clustergan", "clustergan_colors"}
    assert adata.obs["clustergan"].tolist() == exported.obs["clustergan"].tolist()
    assert adata.obs["clustergan"].cat.categories.tolist() == exported.obs["clustergan"].cat.categories.tolist()
    assert adata.obs["clustergan"].nunique() > 1
    # A run keeps its latents in half precision.
    for theirs, ours in (
        (exported.obs["clustergan_confidence"], adata.obs["clustergan_confidence"]),
        (exported.obsm["X_clustergan"], adata.obsm["X_clustergan"]),
    ):
        np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), atol=2e-3)
        assert ours.dtype == theirs.dtype == np.float32
    assert adata.uns["clustergan_colors"].tolist() == exported.uns["clustergan_colors"].tolist()
    record, kept = adata.uns["clustergan"], exported.uns["clustergan"]
    assert set(record) == set(kept)
    assert (record["seed"], record["versions"], record["values"]) == (2, kept["versions"], "raw: log")
    config, theirs = json.loads(record["config"]), json.loads(kept["config"])
    differing = {name for name in theirs if config[name] != theirs[name]}
    assert differing == {"created", "dataset"}
    assert config["dataset"]["digest"] == theirs["dataset"]["digest"]
    assert model.labels_.tolist() == adata.obs["clustergan"].astype(int).tolist()

    # scanpy draws by these columns, and an h5ad takes them.
    adata.write_h5ad(tmp_path / "written.h5ad")
    scanpy.pp.neighbors(adata, use_rep="X_clustergan", transformer="sklearn")
    assert anndata.read_h5ad(tmp_path / "written.h5ad").obs["clustergan"].equals(adata.obs["clustergan"])


def test_components_of_the_expression_are_added_where_there_are_none_and_kept_where_there_are(tmp_path: Path) -> None:
    run, out = str(tmp_path / "run"), str(tmp_path / "out.h5ad")
    path = write_planted(tmp_path / "cells.h5ad")
    words = ["--steps", "10", "--set", "n_clusters=3", "--set", "width=0.1", "--set", "n_starts=1"]
    assert main(["train", "--dataset", str(path), "--out", run, "--prepare", "min_genes=1", *words]) == 0
    assert main(["export", run, "--format", "h5ad", "--map", "none", "--out", out]) == 0
    chosen = {"n_steps": 10, "settings": SMALL, "preparation": {"min_genes": 1}}
    adata = anndata.read_h5ad(path)
    cg.cells.cluster(adata, 3, **chosen)
    assert adata.obsm["X_pca"].shape == (N_CELLS, 50)
    np.testing.assert_array_equal(adata.obsm["X_pca"], anndata.read_h5ad(out).obsm["X_pca"])

    own = anndata.read_h5ad(path)
    own.obsm["X_pca"] = np.ones((N_CELLS, 7))
    cg.cells.cluster(own, 3, **chosen)
    assert (own.obsm["X_pca"] == 1).all() and own.obsm["X_pca"].shape == (N_CELLS, 7)


def test_an_anndata_is_read_as_its_file_is(tmp_path: Path) -> None:
    path = write_planted(tmp_path / "cells.h5ad")
    adata = anndata.read_h5ad(path)
    adata.layers["counts"] = adata.X.copy()
    adata.X = np.log1p(adata.X.toarray())
    adata.raw = adata
    adata.write_h5ad(path)
    ours, theirs = read_annotated(adata), open_matrix(str(path))
    assert (ours.part, ours.state) == (theirs.part, theirs.state) == ("layers['counts']", "raw")
    assert (ours.counts != theirs.counts).nnz == 0
    assert ours.gene_symbols.tolist() == theirs.gene_symbols.tolist() == [f"Gene{gene}" for gene in range(60)]
    assert ours.cell_ids.tolist() == theirs.cell_ids.tolist()
    assert ours.cells.equals(theirs.cells)
    assert read_annotated(adata, "X").state == "log"
    assert (read_annotated(adata, "counts").part, read_annotated(adata, "counts").state) == ("layers['counts']", "raw")
    with pytest.raises(cg.DataError, match="no layer named spliced: choose one of X, counts"):
        read_annotated(adata, "spliced")


def test_cells_that_quality_control_removes_stay_without_a_cluster(tmp_path: Path) -> None:
    adata = anndata.read_h5ad(write_planted(tmp_path / "cells.h5ad"))
    counts = adata.X.toarray()
    counts[:5, 5:] = 0  # these cells have five genes at most
    adata.X = counts
    preparation = {"min_genes": 10, "n_genes": 30}
    with pytest.warns(UserWarning, match=f"removes 5 of {N_CELLS} cells"):
        cg.cells.cluster(
            adata, 3, layer="X", key_added="gan", n_steps=10, settings=SMALL, preparation=preparation, preset="quick"
        )
    assert adata.obs["gan"].isna().tolist() == [True] * 5 + [False] * (N_CELLS - 5)
    assert np.isnan(adata.obs["gan_confidence"].to_numpy()).sum() == 5
    assert np.isnan(adata.obsm["X_gan"]).all(axis=1).sum() == 5
    assert len(adata.uns["gan_colors"]) == len(adata.obs["gan"].cat.categories)
    assert len(json.loads(adata.uns["gan"]["config"])["dataset"]["feature_names"]) == 30
    assert adata.n_obs == N_CELLS


def test_other_words_and_values_are_refused_in_one_sentence(tmp_path: Path) -> None:
    adata = anndata.read_h5ad(write_planted(tmp_path / "cells.h5ad"))
    with pytest.raises(cg.SettingsError, match="no preparation setting named genes"):
        cg.cells.cluster(adata, preparation={"genes": 30})
    adata.X = adata.X * np.nan
    with pytest.raises(cg.DataError, match="NaN or infinite in X"):
        cg.cells.cluster(adata, 3)
