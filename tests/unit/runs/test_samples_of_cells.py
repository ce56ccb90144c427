"""A run on two samples: trained by the command line, repeated by its own command, and exported with its samples."""

import shlex
from importlib.metadata import version
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest

from clustergan_core.command_line import main
from clustergan_core.runs.clusters.exports import describe_run
from clustergan_core.runs.clusters.names import read_annotations
from clustergan_core.runs.run import Run
from tests.small_samples import N_CELLS, N_GENES, write_samples

pytestmark = pytest.mark.slow  # trains on cells

FEW_STEPS = ["--steps", "20", "--set", "width=0.1", "--set", "n_starts=1", "--labels", "kind"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("samples")


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    control, treated = map(str, write_samples(folder))
    table = folder / "samples.csv"
    table.write_text("sample,condition,donor\ncontrol,none,D1\ntreated,interferon,D1\n")
    words = ["train", "--dataset", control, "--dataset", treated, "--samples", str(table), *FEW_STEPS]
    assert main([*words, "--out", str(folder / "run")]) == 0
    return Run(folder / "run")


def test_its_own_command_opens_the_same_data(run: Run, folder: Path) -> None:
    command = shlex.split(run.config.command())
    assert command[:3] == ["python", "-m", "clustergan_core"]
    assert main([*command[3:], "--out", str(folder / "again")]) == 0
    again = Run(folder / "again").config
    assert again.dataset.digest == run.config.dataset.digest
    assert again.dataset.options == run.config.dataset.options


def test_the_methods_paragraph_and_the_versions_tell_how_samples_were_brought_together(run: Run) -> None:
    assert run.config.versions["harmonypy"] == version("harmonypy")
    text = describe_run(run, read_annotations(run))
    assert "They are from 2 samples" in text and "after Harmony had moved the samples together" in text
    as_they_are = run.config.model_copy(update={"settings": run.config.settings | {"partners_across": "none"}})
    (run.folder / "config.json").write_text(as_they_are.model_dump_json())
    assert "Samples were not moved together" in describe_run(Run(run.folder), read_annotations(run))
    (run.folder / "config.json").write_text(run.config.model_dump_json())


def test_each_cell_keeps_its_sample_and_what_is_known_of_it(run: Run) -> None:
    dataset = run.dataset()
    assert dataset.batches is not None
    assert dataset.batches.names == ("control", "treated")
    assert [facts.condition for facts in dataset.batches.table] == ["none", "interferon"]
    assert np.bincount(dataset.batches.codes).tolist() == [N_CELLS, N_CELLS]
    assert dataset.columns["condition"].tolist() == ["none"] * N_CELLS + ["interferon"] * N_CELLS


def test_an_h5ad_holds_sample_and_original_barcode_of_each_cell(run: Run, folder: Path) -> None:
    out = folder / "out.h5ad"
    assert main(["export", str(run.folder), "--format", "h5ad", "--map", "pca", "--out", str(out)]) == 0
    back = anndata.read_h5ad(out)
    originals = [anndata.read_h5ad(folder / f"{name}.h5ad") for name in ("control", "treated")]
    assert back.shape == (2 * N_CELLS, N_GENES)
    assert back.obs_names.is_unique
    assert back.obs["sample"].tolist() == ["control"] * N_CELLS + ["treated"] * N_CELLS
    assert back.obs["barcode"].tolist() == [*originals[0].obs_names, *originals[1].obs_names]
    assert back.obs["donor"].tolist() == ["D1"] * 2 * N_CELLS
    assert (back.X[N_CELLS:] != originals[1].X).nnz == 0


def test_loupe_gets_barcodes_numbered_by_sample(run: Run, folder: Path) -> None:
    out = folder / "loupe"
    assert main(["export", str(run.folder), "--format", "loupe", "--map", "pca", "--out", str(out)]) == 0
    barcodes = pd.read_csv(out / "clusters.csv")["Barcode"]
    assert barcodes.str.endswith("-1").tolist() == [True] * N_CELLS + [False] * N_CELLS
    assert barcodes.str.endswith("-2").tolist() == [False] * N_CELLS + [True] * N_CELLS
    assert barcodes.is_unique


def test_where_a_column_tells_samples_apart_loupes_barcodes_are_numbered_by_file(run: Run, folder: Path) -> None:
    files = [word for name in ("control", "treated") for word in ("--dataset", str(folder / f"{name}.h5ad"))]
    assert main(["train", *files, "--sample", "kind", *FEW_STEPS, "--out", str(folder / "by-kind")]) == 0
    out = folder / "loupe-by-kind"
    assert main(["export", str(folder / "by-kind"), "--format", "loupe", "--map", "pca", "--out", str(out)]) == 0
    by_sample = pd.read_csv(folder / "loupe" / "clusters.csv")["Barcode"]
    assert pd.read_csv(out / "clusters.csv")["Barcode"].tolist() == by_sample.tolist()


def test_a_sample_that_is_gone_is_named(run: Run, folder: Path) -> None:
    away = folder / "treated.h5ad"
    away.rename(folder / "elsewhere.h5ad")
    try:
        with pytest.raises(Exception, match=r"treated.h5ad, which this run was trained on, is not on this machine"):
            run.dataset()
    finally:
        (folder / "elsewhere.h5ad").rename(away)
