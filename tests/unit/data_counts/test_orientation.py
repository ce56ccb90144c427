"""Which way round a matrix lies, and whether a text is one: as a person says, from the command line to the run."""

import shlex
from pathlib import Path

import h5py
import numpy as np
import pytest

from clustergan_core.command_line import main
from clustergan_core.data.counts.reading.sandbox.parent import inspect, read_safely
from clustergan_core.data.opening import is_count_matrix, open_dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.step_sentences import describe_steps
from clustergan_core.errors import DataError, SettingsError
from clustergan_core.runs.run import Run
from tests.count_files import N_CELLS, N_GENES, SYMBOLS, make_barcodes, make_counts, write_table, write_tenx_hdf5

pytestmark = pytest.mark.slow  # starts the command line

FEW = {"min_genes": "1", "min_cells": "1"}


@pytest.fixture
def nameless(tmp_path: Path) -> Path:
    """Counts whose names tell nothing: 40 rows, 30 columns."""
    return write_table(
        tmp_path / "nameless.csv",
        is_by_gene=True,
        genes=[f"r{number}" for number in range(N_GENES)],
        cells=[f"c{number}" for number in range(N_CELLS)],
    )


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table of small numbers that nothing tells from an ordinary one."""
    path = tmp_path / "table.csv"
    rows = [f"s{n}," + ",".join(str(value) for value in row) for n, row in enumerate(make_counts()[:, :6].tolist())]
    path.write_text("\n".join(["sample,a,b,c,d,e,f", *rows]))
    return path


def test_a_person_s_word_turns_a_text(nameless: Path) -> None:
    guessed, turned = inspect(nameless), inspect(nameless, "cells-by-genes")
    assert (guessed.n_cells, guessed.n_genes, guessed.can_transpose) == (N_CELLS, N_GENES, True)
    assert (turned.n_cells, turned.n_genes) == (N_GENES, N_CELLS)
    assert turned.orientation_reason == "as you chose"
    options = OwnDataOptions(read_as="counts", orientation="cells-by-genes", preparation=FEW)
    assert len(open_dataset(str(nameless), options).samples) == N_GENES


def test_a_person_s_word_turns_an_hdf5_file_with_x(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["X"] = make_counts()
    matrix = read_safely(tmp_path / "a.h5", "genes-by-cells")
    assert np.array_equal(matrix.counts.toarray(), make_counts().T)
    assert inspect(tmp_path / "a.h5").can_transpose


def test_a_file_that_says_itself_how_it_lies_is_not_turned(tmp_path: Path) -> None:
    path = write_tenx_hdf5(tmp_path / "a.h5")
    preflight = inspect(path)
    assert not preflight.can_transpose
    assert inspect(path, preflight.orientation) == preflight
    other = "cells-by-genes" if preflight.orientation == "genes-by-cells" else "genes-by-cells"
    with pytest.raises(DataError, match=r"a\.h5 determines its own orientation .* leave the orientation at auto"):
        inspect(path, other)


def test_a_text_is_read_as_a_person_says(table: Path, tmp_path: Path) -> None:
    assert not is_count_matrix(str(table))
    assert is_count_matrix(str(table), "counts")
    assert open_dataset(str(table)).kind == "table"
    counts = open_dataset(str(table), OwnDataOptions(read_as="counts", orientation="cells-by-genes", preparation=FEW))
    assert (counts.kind, counts.shape) == ("expression", (6,))
    cells = write_table(tmp_path / "cells.csv", is_by_gene=False, genes=SYMBOLS, cells=make_barcodes())
    assert is_count_matrix(str(cells))
    assert open_dataset(str(cells), OwnDataOptions(read_as="table")).kind == "table"
    assert is_count_matrix(str(write_tenx_hdf5(tmp_path / "a.h5")), "table")  # no text: taken at its form


def test_words_for_counts_are_refused_for_other_data() -> None:
    with pytest.raises(SettingsError, match=r"digits is not a count matrix, which --orientation is for: leave it"):
        open_dataset("digits", OwnDataOptions(orientation="genes-by-cells"))
    with pytest.raises(SettingsError, match=r"digits is not a count matrix, which --read-as is for: leave it out"):
        open_dataset("digits", OwnDataOptions(read_as="counts"))


def test_the_command_line_turns_and_its_run_repeats_it(
    nameless: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(nameless), "--read-as", "counts", "--orientation", "cells-by-genes"]) == 0
    assert capsys.readouterr().out.startswith(f"nameless.csv: {N_GENES} cells × {N_CELLS} genes")
    turn = ["--read-as", "counts", "--orientation", "cells-by-genes"]
    words = ["--prepare", "min_genes=1", "--set", "n_clusters=2", "--set", "width=0.1", "--steps", "4"]
    run = tmp_path / "run"
    assert main(["train", "--dataset", str(nameless), *turn, *words, "--out", str(run)]) == 0
    command = shlex.split(Run(run).config.command())
    assert [command[command.index(word) + 1] for word in ("--read-as", "--orientation")] == turn[1::2]
    out = tmp_path / "clusters.csv"
    assert main(["assign", str(run), str(nameless), "--orientation", "cells-by-genes", "--out", str(out)]) == 0
    assert len(out.read_text().splitlines()) == N_GENES + 1


def test_a_wrong_word_is_told_with_what_is_possible(nameless: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(nameless), "--orientation", "upside-down"]) == 2
    assert capsys.readouterr().err == (
        "--orientation upside-down is not possible: choose auto, cells-by-genes, genes-by-cells.\n"
    )


def test_inspect_and_train_say_that_no_mitochondrial_gene_was_found(
    nameless: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(nameless), "--read-as", "counts"]) == 0
    told = capsys.readouterr().out
    assert "\nmitochondria no genes\n" in told
    assert "Warning: No mitochondrial gene was found: no symbol begins with MT-, mt- or mt:" in told
    few = ["--prepare", "min_genes=1", "--prepare", "min_cells=1", "--prepare", "max_mito_share=0.2"]
    words = ["--read-as", "counts", *few, "--set", "n_clusters=2", "--set", "width=0.1", "--steps", "4"]
    run = tmp_path / "run"
    assert main(["train", "--dataset", str(nameless), *words, "--out", str(run)]) == 0
    sentence = "Quality control removed no cells by 'mitochondrial share of 20% or more', because no mitochondrial gene"
    assert sentence in capsys.readouterr().out
    config = Run(run).config
    assert any(note.startswith(sentence) for note in describe_steps(config.dataset.preprocessing))
    quality = next(step for step in config.dataset.preprocessing if step["step"] == "quality")
    assert quality["rules"][1].get("skipped", "").startswith("no mitochondrial gene was found")
