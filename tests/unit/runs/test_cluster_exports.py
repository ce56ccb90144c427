"""A run of cells written for other programs by the command line, and read by them."""

import json
import subprocess
import sys
import warnings
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest

from clustergan_core.command_line import main
from clustergan_core.evaluation.clusterings import principal_components
from clustergan_core.runs.clusters.names import Annotations, write_annotations
from clustergan_core.runs.run import Run
from tests.unit.data.test_opening import write_cells

pytestmark = pytest.mark.slow  # trains on cells

TRAIN = ["--steps", "20", "--set", "width=0.1", "--set", "n_starts=1", "--prepare", "min_genes=10"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports")


@pytest.fixture(scope="module")
def cells_run(folder: Path) -> Run:
    """A run of 90 cells of three kinds, whose first two clusters bear one name."""
    cells = write_cells(folder / "cells.h5ad")
    assert main(["train", "--dataset", str(cells), "--labels", "kind", "--out", str(folder / "run"), *TRAIN]) == 0
    run = Run(folder / "run")
    write_annotations(run, Annotations(names={0: "Lymphocytes", 1: "Lymphocytes"}))
    return run


def test_an_h5ad_opens_in_scanpy_with_all_genes_and_the_agreed_columns(cells_run: Run, folder: Path) -> None:
    out = folder / "out.h5ad"
    assert main(["export", str(cells_run.folder), "--format", "h5ad", "--map", "pca", "--out", str(out)]) == 0
    back = anndata.read_h5ad(out)
    original = anndata.read_h5ad(folder / "cells.h5ad")
    assert back.obs_names.tolist() == original.obs_names.tolist()
    assert back.var_names.tolist() == original.var_names.tolist()
    assert (back.X != original.X).nnz == 0
    assert set(back.obs["clustergan"].cat.categories) <= {"Lymphocytes", "2"}
    assert len(back.uns["clustergan_colors"]) == len(back.obs["clustergan"].cat.categories)
    assert back.obs["clustergan_confidence"].between(0, 1).all()
    assert back.obs["kind"].tolist() == original.obs["kind"].tolist()
    assert {key: len(back.obsm[key]) for key in back.obsm} == {"X_clustergan": 90, "X_clustergan_pca": 90, "X_pca": 90}
    np.testing.assert_array_equal(back.obsm["X_pca"], principal_components(cells_run.dataset().samples))
    assert back.obsm["X_pca"].shape == (90, 50)
    assert back.obsm["X_clustergan_pca"].shape == (90, 2)
    config = json.loads(back.uns["clustergan"]["config"])
    assert (config["seed"], config["dataset"]["n_samples"]) == (0, 90)
    assert set(back.uns["clustergan"]["versions"]) >= {"torch", "scanpy", "anndata", "igraph"}


@pytest.mark.parametrize("doublets", ["off", "flag"])
def test_a_column_of_doublets_that_the_file_has_itself_is_kept(doublets: str, folder: Path) -> None:
    cells = anndata.read_h5ad(write_cells(folder / "own.h5ad"))
    cells.obs["doublet"] = ["maybe", "hardly", "surely"] * 30
    cells.write_h5ad(folder / "own.h5ad")
    run, out = folder / f"own-{doublets}", folder / f"own-{doublets}.h5ad"
    words = ["--labels", "kind", "--prepare", f"doublets={doublets}", *TRAIN, "--out", str(run)]
    assert main(["train", "--dataset", str(folder / "own.h5ad"), *words]) == 0
    assert main(["export", str(run), "--format", "h5ad", "--map", "pca", "--out", str(out)]) == 0
    kept = "doublet" if doublets == "off" else "doublet (own)"
    assert anndata.read_h5ad(out).obs[kept].tolist() == cells.obs["doublet"].tolist()
    assert Run(run).dataset().columns[kept].tolist() == cells.obs["doublet"].tolist()
    assert ("doublet score" in anndata.read_h5ad(out).obs) == (doublets == "flag")


def test_loupe_gets_two_tables_by_barcode(cells_run: Run, folder: Path) -> None:
    out = folder / "loupe"
    assert main(["export", str(cells_run.folder), "--format", "loupe", "--map", "pca", "--out", str(out)]) == 0
    clusters, projection = pd.read_csv(out / "clusters.csv"), pd.read_csv(out / "projection.csv")
    assert clusters.columns.tolist() == ["Barcode", "ClusterGAN"]
    assert projection.columns.tolist() == ["Barcode", "X", "Y"]
    assert clusters["Barcode"].tolist() == projection["Barcode"].tolist() == [f"cell-{n}" for n in range(90)]


def test_markers_count_clusters_of_one_name_as_one(cells_run: Run, folder: Path) -> None:
    out = folder / "markers.csv"
    assert main(["export", str(cells_run.folder), "--format", "markers", "--out", str(out)]) == 0
    table = pd.read_csv(out, dtype={"cluster": str})
    exported = anndata.read_h5ad(folder / "out.h5ad") if (folder / "out.h5ad").exists() else None
    assert set(table["cluster"]) <= {"Lymphocytes", "2"}
    if exported is not None and table["cluster"].nunique() == 2:
        # A gene's share of the cells of a cluster, counted apart.
        row = table[table["cluster"] == "Lymphocytes"].iloc[0]
        own = exported[exported.obs["clustergan"] == "Lymphocytes", row["gene"]].X.toarray()
        assert row["fraction_in"] == pytest.approx(np.mean(own > 0))


def test_the_methods_end_with_the_command(cells_run: Run, folder: Path) -> None:
    out = folder / "methods.txt"
    assert main(["export", str(cells_run.folder), "--format", "methods", "--out", str(out)]) == 0
    text = out.read_text()
    assert "fewer than 10 genes" in text
    assert "scanpy 1." in text
    assert text.rstrip().endswith(cells_run.config.command())


def test_other_runs_and_wrong_words_get_a_sentence(run: Run, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(run.folder), "--format", "h5ad", "--out", str(folder / "x.h5ad")]) == 2
    assert "not a count matrix" in capsys.readouterr().err
    assert main(["export", str(run.folder), "--format", "loom", "--out", str(folder / "x.loom")]) == 2
    assert "choose csv or h5ad or loupe" in capsys.readouterr().err


def test_new_cells_without_some_genes_are_assigned_and_it_is_said(
    cells_run: Run, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = anndata.read_h5ad(folder / "cells.h5ad")
    whole[:, [n for n in range(60) if n % 20]].copy().write_h5ad(folder / "fewer.h5ad")
    assert main(["assign", str(cells_run.folder), str(folder / "fewer.h5ad"), "--out", str(folder / "a.csv")]) == 0
    said = capsys.readouterr().out
    assert "90 samples" in said
    assert "3 of the run's 60 genes are not in the file and were read as zeros: GENE0, GENE20, GENE40." in said


def test_columns_of_a_table_of_labels_are_exported_and_the_export_is_assigned_to_its_own_clusters(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = write_cells(folder / "plain.h5ad")
    names = [f"cell-{n}" for n in range(90)]
    table = pd.DataFrame(
        {
            "barcode": names,
            "kind": np.array(["T", "B", "NK"])[np.arange(90) % 3],
            "CD4/CD8": np.linspace(0.2, 3, 90),
            "_index": [f"row{n}" for n in range(90)],
            "index": np.arange(90) % 4,
            "passed": [("True", "False", "")[n % 3] for n in range(90)],
            "stage": [("1", "two", "", "3.5")[n % 4] for n in range(90)],
        }
    )
    table.sample(frac=1, random_state=0).to_csv(folder / "types.csv", index=False)
    run, out = str(folder / "joined"), str(folder / "joined.h5ad")
    words = ["--labels", f"{folder / 'types.csv'}:kind", "--out", run, *TRAIN]
    assert main(["train", "--dataset", str(cells), *words]) == 0
    capsys.readouterr()
    assert main(["export", run, "--format", "h5ad", "--map", "none", "--out", out]) == 0
    said = capsys.readouterr().out
    assert "CD4/CD8 is called CD4_CD8, _index is called _index_." in said
    assert "Columns of types.csv go with the cells, matched by barcode (90 of 90)" in said

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        obs = anndata.read_h5ad(out).obs
    assert obs["index"].tolist() == [n % 4 for n in range(90)] and obs["index"].dtype == np.int64
    assert obs["CD4_CD8"].tolist() == table["CD4/CD8"].tolist()
    assert obs["_index_"].tolist() == table["_index"].tolist()
    assert obs["passed"].value_counts(dropna=False).to_dict() == {"True": 30, "False": 30, np.nan: 30}
    assert obs["stage"].astype(object).where(obs["stage"].notna(), "").tolist() == table["stage"].tolist()
    assert obs["kind"].tolist() == table["kind"].tolist()

    assert main(["assign", run, out, "--out", str(folder / "again.csv")]) == 0
    again = pd.read_csv(folder / "again.csv", dtype=str)
    assert again["cluster"].tolist() == obs["clustergan"].tolist()
    csv = folder / "joined.csv"
    assert main(["export", run, "--out", str(csv)]) == 0
    assert pd.read_csv(csv)["index"].tolist() == [n % 4 for n in range(90)]


def test_repeated_barcodes_are_told_beside_loupes_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cells = anndata.read_h5ad(write_cells(folder / "unique.h5ad"))
    cells.obs_names = [f"AAAC{n % 80:04d}-1" for n in range(90)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cells.write_h5ad(folder / "repeats.h5ad")
    run = str(folder / "repeating")
    assert main(["train", "--dataset", str(folder / "repeats.h5ad"), "--out", run, *TRAIN]) == 0
    capsys.readouterr()
    words = ["--format", "loupe", "--map", "none", "--out", str(folder / "repeats")]
    assert main(["export", run, *words]) == 0
    assert "Loupe will not recognise 10 barcodes of 90 (such as AAAC0000-1-1)" in capsys.readouterr().out


def test_a_full_disk_leaves_the_earlier_h5ad_whole(cells_run: Run, folder: Path) -> None:
    out = folder / "full.h5ad"
    words = ["export", str(cells_run.folder), "--format", "h5ad", "--map", "none", "--out", str(out)]
    assert main(words) == 0
    before = out.read_bytes()
    program = (
        "import resource, signal, sys\n"
        "from clustergan_core.command_line import main\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "could not be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert out.read_bytes() == before
    assert not list(folder.glob(".full*"))
