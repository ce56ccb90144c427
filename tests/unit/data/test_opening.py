"""Count matrices by the same door as other data: trained on, recorded, repeated, and applied to new cells."""

import shlex
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from clustergan_core.command_line import main
from clustergan_core.data.counts.preparation_options import read_preparation
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.errors import DataError, SettingsError
from clustergan_core.runs.run import Run

N_CELLS, N_GENES = 90, 60


def write_cells(path: Path, n_cells: int = N_CELLS, seed: int = 0) -> Path:
    """Three kinds of cells that differ in twenty genes each, as an h5ad."""
    random = np.random.default_rng(seed)
    kinds = np.arange(n_cells) % 3
    rates = np.full((n_cells, N_GENES), 1.0)
    for kind in range(3):
        rates[np.ix_(kinds == kind, np.arange(20 * kind, 20 * kind + 20))] = 12.0
    counts = csr_matrix(random.poisson(rates).astype(np.float32))
    cells = anndata.AnnData(
        counts,
        obs=pd.DataFrame({"kind": np.array(["T", "B", "NK"])[kinds]}, index=[f"cell-{n}" for n in range(n_cells)]),
        var=pd.DataFrame(index=[f"GENE{n}" for n in range(N_GENES)]),
    )
    cells.write_h5ad(path)
    return path


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    return write_cells(tmp_path / "cells.h5ad")


LENIENT = {"min_genes": "10", "n_genes": "40"}


def test_a_count_matrix_is_prepared_as_the_words_say(cells: Path) -> None:
    data = open_dataset(str(cells), OwnDataOptions(labels="kind", preparation=LENIENT | {"hold_out": "true"}))
    assert (data.kind, data.shape, data.n_labels) == ("expression", (40,), 3)
    assert len(data.splits.test) == 9
    assert data.sample_ids[0] == "cell-0"
    steps = [step["step"] for step in data.preprocessing]
    assert steps[:2] == ["quality", "labels"]
    assert "select_genes" in steps


def test_cells_are_chosen_by_label_before_anything_is_fitted(cells: Path) -> None:
    data = open_dataset(str(cells), OwnDataOptions(labels="kind", drop={"kind": ("NK",)}, preparation=LENIENT))
    assert (len(data.samples), data.label_names) == (60, ("B", "T"))
    first = data.preprocessing[0]
    assert first["step"] == "keep_rows" and first["n_kept"] == 60


def test_presets_and_thresholds_are_named_by_words() -> None:
    settings = read_preparation({"preset": "paper", "quality": "classic", "min_genes": "50"})
    assert (settings.n_genes, settings.transform) == (720, "paper")
    assert (settings.quality.min_genes, settings.quality.max_genes) == (50, 2500)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"genes": "5"}, "There is no preparation setting named genes: choose one of preset, quality, min_counts"),
        ({"n_genes": "one"}, "--prepare n_genes=one is not possible"),
        ({"quality": "strict"}, "There is no quality named strict: choose one of permissive, classic"),
    ],
)
def test_wrong_words_are_told_with_the_remedy(words: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read_preparation(words)


def test_other_data_is_not_prepared() -> None:
    with pytest.raises(SettingsError, match="digits is not a count matrix, which --prepare is for: leave it out"):
        open_dataset("digits", OwnDataOptions(preparation={"n_genes": "10"}))


def test_a_run_on_cells_repeats_its_command_and_takes_new_cells(
    cells: Path, tmp_path: Path, own_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "--dataset", str(cells), "--labels", "kind", "--prepare", "min_genes=10", "--set", "width=0.1"]
    assert main([*words, "--steps", "20", "--out", str(tmp_path / "run")]) == 0
    run = Run(tmp_path / "run")
    command = shlex.split(run.config.command())
    assert command[command.index("--prepare") + 1] == "min_genes=10"
    assert main([*command[3:], "--out", str(tmp_path / "again")]) == 0
    assert [row | {"seconds": 0} for row in Run(tmp_path / "again").metrics().rows] == [
        row | {"seconds": 0} for row in run.metrics().rows
    ]

    new = write_cells(tmp_path / "new.h5ad", n_cells=12, seed=5)
    capsys.readouterr()
    assert main(["assign", str(tmp_path / "run"), str(new), "--out", str(tmp_path / "new.csv")]) == 0
    table = pd.read_csv(tmp_path / "new.csv")
    assert table["sample"].tolist() == [f"cell-{n}" for n in range(12)]
    # The same cells get the clusters they have in the run itself.
    assert main(["assign", str(tmp_path / "run"), str(cells), "--out", str(tmp_path / "own.csv")]) == 0
    assert main(["export", str(tmp_path / "run"), "--out", str(tmp_path / "latents.csv")]) == 0
    own, latents = pd.read_csv(tmp_path / "own.csv"), pd.read_csv(tmp_path / "latents.csv")
    assert own["cluster"].tolist() == latents["cluster"].tolist()


def test_cells_are_chosen_by_a_list_of_their_ids(cells: Path, tmp_path: Path) -> None:
    listed = tmp_path / "T cells.txt"
    listed.write_text("\n".join(f"cell-{n}" for n in range(0, 90, 3)) + "\n\ncell-of-another-file\n")
    data = open_dataset(str(cells), OwnDataOptions(labels="kind", ids=str(listed), preparation=LENIENT))
    assert data.sample_ids == tuple(f"cell-{n}" for n in range(0, 90, 3))
    assert data.label_names == ("T",)
    assert data.preprocessing[0] == {"step": "keep_ids", "file": "T cells.txt", "n_kept": 30, "n_rows": 90}


def test_a_list_of_other_cells_is_refused(cells: Path, tmp_path: Path) -> None:
    listed = tmp_path / "others.txt"
    listed.write_text("AAAC-1\nAAAG-1\n")
    with pytest.raises(DataError, match="lists 2 ids, of which cells has 0"):
        open_dataset(str(cells), OwnDataOptions(ids=str(listed), preparation=LENIENT))


def test_blood_cells_open_by_name_with_labels_and_nothing_to_fetch() -> None:
    data = open_dataset("pbmc68k_reduced")
    assert (data.kind, data.samples.shape, data.n_labels) == ("expression", (700, 765), 10)
    assert "Dendritic" in data.label_names
    step = next(step for step in data.preprocessing if step["step"] == "expression_values")
    assert (step["part"], step["state"]) == ("raw", "log")


def test_sorted_blood_cells_open_as_the_paper_prepares_them(data_folder: Path) -> None:
    import anndata

    data = open_dataset("pbmc_facs")
    assert (data.samples.shape, data.n_labels, len(data.splits.test)) == ((3152, 720), 8, 315)
    # The paper's transform, reckoned apart: log2(1 + count), and the largest of all as 1.
    file = anndata.read_h5ad(data_folder / "pbmc_facs" / "pbmc_facs.h5ad")
    genes = next(step for step in data.preprocessing if step["step"] == "select_genes")["ids"]
    counts = file[list(data.sample_ids), genes].to_memory().X
    logs = np.log2(1 + counts.toarray())
    np.testing.assert_allclose(data.samples, logs / logs[data.splits.train].max(), rtol=1e-5)


def test_a_known_set_takes_other_options_one_by_one(data_folder: Path) -> None:
    data = open_dataset("pbmc_facs", OwnDataOptions(labels="subpop"))
    assert (len(data.samples), data.n_labels) == (3152, 5)


def test_of_few_genes_a_preset_asks_for_few() -> None:
    # 100 of a genome's 20,000 genes are 10 of 2,000; what a person says stands as it is.
    assert read_preparation({}).quality.min_genes == 100
    assert read_preparation({}, 40_000).quality.min_genes == 100
    assert read_preparation({}, 2_000).quality.min_genes == 10
    assert read_preparation({"quality": "classic"}, 2_000).quality.min_genes == 20
    assert read_preparation({"min_genes": "100"}, 2_000).quality.min_genes == 100


def test_cells_of_a_file_with_chosen_genes_are_not_thrown_away(data_folder: Path) -> None:
    data = open_dataset(str(data_folder / "mouse_bladder" / "mouse_bladder_cell_top2000.h5"))
    assert len(data.samples) > 0.95 * 2746
