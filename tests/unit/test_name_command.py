"""The command `name`: cells and clusters of a run named from a file, a saved reference, or another run."""

import json
import shutil
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
import pytest

from clustergan_core.command_line import EXIT_DONE, EXIT_FIXABLE, main
from clustergan_core.runs.clusters.exports import describe_run
from clustergan_core.runs.clusters.names import (
    Annotations,
    read_annotations,
    reference_names_path,
    write_annotations,
)
from clustergan_core.runs.clusters.reference_names import forget_names, read_names
from clustergan_core.runs.run import Run
from tests.small_cell_runs import CELL_TYPES, cluster_as_planted, train_cells, write_planted

N_GENES = 240


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("name")
    run = train_cells(folder / "run", write_planted(folder / "cells.h5ad", N_GENES))
    cluster_as_planted(run)
    return run


@pytest.fixture
def cells(trained: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("CLUSTERGAN_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(tmp_path / "none"))
    return Run(shutil.copytree(trained.folder, tmp_path / "runs" / "cells").resolve())


@pytest.fixture
def blood(trained: Run, tmp_path: Path) -> Path:
    """The run's own cells as another laboratory would hold them: other barcodes, fewer genes, versions of ids."""
    own = anndata.read_h5ad(trained.config.dataset.source)
    other = own[::-1, 5:].copy()
    other.obs_names = [f"OTHER{cell}" for cell in range(other.n_obs)]
    other.var_names = [f"{gene}.3" for gene in other.var_names]
    other.write_h5ad(tmp_path / "blood.h5ad")
    return tmp_path / "blood.h5ad"


def name(reference: str, *more: str) -> int:
    return main(["name", "cells", "--reference", reference, *more])


def test_cells_and_clusters_get_the_names_that_they_have_in_the_file(
    cells: Run, blood: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = tmp_path / "rows.csv"
    assert name(f"{blood}:celltype", "--json", "--csv", str(rows)) == EXIT_DONE
    result = json.loads(capsys.readouterr().out)
    assert result["types"] == dict.fromkeys(sorted(CELL_TYPES), 40)
    assert [row["name"] for row in result["clusters"]] == list(CELL_TYPES), "planted: cluster k is type k"
    assert all(row["share"] > 0.9 and row["proposed"] for row in result["clusters"])
    assert "235 genes are shared" in " ".join(result["notes"])
    assert "5 of the run's 240 genes are not in the reference" in " ".join(result["notes"])
    truth = anndata.read_h5ad(cells.config.dataset.source).obs["celltype"].astype(str)
    table = pd.read_csv(rows, keep_default_na=False).set_index("cell")
    is_named = table["name"] != "unknown"
    assert is_named.mean() > 0.9
    assert (table["name"] == truth[table.index])[is_named].mean() > 0.98
    assert read_annotations(cells) == Annotations(), "nothing is accepted unasked"


def test_accepted_names_say_where_they_come_from_until_they_are_changed(cells: Run, blood: Path) -> None:
    assert name(f"{blood}:celltype", "--accept") == EXIT_DONE
    named = read_annotations(cells)
    assert named.names == dict(enumerate(CELL_TYPES))
    assert named.origins == dict.fromkeys(range(3), "from blood.h5ad, column celltype")
    paragraph = describe_run(cells, named)
    assert "Clusters 0, 1, 2 were named from blood.h5ad, column celltype." in paragraph
    typed = named.with_name(1, "naive B")
    assert typed.origins.keys() == {0, 2}
    write_annotations(cells, typed)
    assert read_annotations(cells) == typed
    without = typed.with_name(0, "").with_name(2, "NK")
    assert (without.origins, without.format) == ({}, 1), "earlier versions read it again"
    assert "were named" not in describe_run(cells, without)


def test_names_of_cells_come_back_until_they_are_forgotten_or_the_weights_change(cells: Run, blood: Path) -> None:
    assert name(f"{blood}:celltype") == EXIT_DONE
    stored = read_names(cells)
    assert stored is not None
    assert len(stored.cells.names) == 120
    for weights in cells.folder.glob("weights-best*"):
        weights.write_bytes(weights.read_bytes() + b"\0")
    assert read_names(cells) is None
    forget_names(cells)
    assert not reference_names_path(cells).exists()


@pytest.mark.parametrize("told", ["null", "{}", '{"source": "blood", "notes": 3}'])
def test_names_of_cells_that_cannot_be_read_count_as_none(cells: Run, blood: Path, told: str) -> None:
    assert name(f"{blood}:celltype") == EXIT_DONE
    path = reference_names_path(cells)
    with np.load(path) as stored:
        arrays: dict[str, Any] = dict(stored)
    whole = path.read_bytes()
    np.savez(path, **{**arrays, "told": np.array(told)})
    assert read_names(cells) is None
    content = bytearray(whole)
    for start in range(40, len(content), 97):
        content[start] ^= 0xFF
    path.write_bytes(bytes(content))
    assert read_names(cells) is None


def test_a_saved_reference_gives_the_same_names_as_its_file(
    cells: Run, blood: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "blood.npz"
    assert name(f"{blood}:celltype", "--json", "--save", str(saved)) == EXIT_DONE
    first = json.loads(capsys.readouterr().out)
    assert name(str(saved), "--json") == EXIT_DONE
    assert json.loads(capsys.readouterr().out)["clusters"] == first["clusters"]


def test_another_run_names_by_its_labels_or_by_the_names_of_its_clusters(
    cells: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Run(shutil.copytree(cells.folder, cells.folder.parent / "other").resolve())
    assert name("other", "--json") == EXIT_DONE
    assert json.loads(capsys.readouterr().out)["clusters"][0]["name"] == "T"
    write_annotations(other, Annotations(names={0: "first", 1: "second"}))
    assert name("other", "--json") == EXIT_DONE
    result = json.loads(capsys.readouterr().out)
    assert result["types"] == {"first": 40, "second": 40}
    assert [row["name"] for row in result["clusters"]][:2] == ["first", "second"]


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        ("absent.h5ad:celltype", "is neither a file nor a run"),
        ("{blood}:absent", "'absent' is neither a column of blood.h5ad"),
        ("{blood}:age", "choose a column of classes"),
        ("{mouse}:celltype", "mouse holds genes of mouse and cells genes of human: choose a reference of the same"),
    ],
)
def test_what_cannot_be_a_reference_is_refused_in_one_sentence(
    cells: Run, blood: Path, tmp_path: Path, reference: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    other = anndata.read_h5ad(blood)
    other.var_names = [gene.replace("ENSG", "ENSMUSG") for gene in other.var_names]
    other.write_h5ad(tmp_path / "mouse.h5ad")
    choice = reference.format(blood=blood, mouse=tmp_path / "mouse.h5ad")
    assert name(choice) == EXIT_FIXABLE
    message = capsys.readouterr().err.strip()
    assert sentence in message
    assert "\n" not in message
    assert read_names(cells) is None
