"""Tables of cells brought beside a matrix: their columns go with the cells, by id, and keep their types."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clustergan_core.data.counts.cell_tables import find_cell_tables, join_tables
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.uploads.store import publish, staging, store_beside
from clustergan_core.runs.cells import run_matrix
from tests.small_cell_runs import N_CELLS, train_cells, write_planted
from tests.small_cells import count_matrix

FEW = {"min_genes": "1"}


def write_table(path: Path, **columns: object) -> Path:
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def test_columns_are_matched_by_id_and_cells_that_the_table_lacks_are_missing(tmp_path: Path) -> None:
    table = write_table(
        tmp_path / "types.csv",
        cell=["c3", "c0", "elsewhere", "c1"],
        age=[30, 0, 99, 10],
        passed=["False", "True", "True", ""],
        stage=["E3", "E0", "E9", "E1"],
    )
    joined, (note,) = join_tables(count_matrix(np.eye(4)), [table])
    assert joined.cells["age"].tolist()[:2] == [0, 10] and np.isnan(joined.cells["age"].iloc[2])
    assert joined.cells["stage"].tolist()[:2] == ["E0", "E1"] and joined.cells["stage"].isna().tolist()[2:] == [
        True,
        False,
    ]
    assert joined.cells["passed"].tolist()[0] == "True" and joined.cells["passed"].tolist()[3] == "False"
    assert joined.cells["passed"].isna().tolist() == [False, True, True, False]
    assert note == "Columns of types.csv go with the cells, matched by cell (3 of 4): cell, age, passed, stage."


def test_numbers_booleans_and_text_of_a_whole_table_keep_their_types(tmp_path: Path) -> None:
    table = write_table(
        tmp_path / "a.csv",
        cell=["c2", "c1", "c0"],
        count=[2, 1, 0],
        share=[0.5, 0.25, 0.0],
        passed=[True, False, True],
        stage=["1", "two", "3.5"],
    )
    cells = join_tables(count_matrix(np.eye(3)), [table])[0].cells
    assert cells["count"].dtype == np.int64 and cells["count"].tolist() == [0, 1, 2]
    assert cells["share"].dtype == np.float64 and cells["share"].tolist() == [0, 0.25, 0.5]
    assert cells["passed"].dtype == np.bool_ and cells["passed"].tolist() == [True, False, True]
    assert isinstance(cells["stage"].dtype, pd.CategoricalDtype) and cells["stage"].tolist() == ["3.5", "two", "1"]


def test_a_column_of_a_name_that_is_taken_carries_its_files_name_and_an_equal_one_is_not_repeated(
    tmp_path: Path,
) -> None:
    own = pd.DataFrame({"kind": ["a", "b", "a"], "batch": ["x", "x", "y"]})
    table = write_table(tmp_path / "t.csv", cell=["c0", "c1", "c2"], kind=["A", "B", "A"], batch=["x", "x", "y"])
    cells = join_tables(count_matrix(np.eye(3), cells=own), [table])[0].cells
    assert list(cells) == ["kind", "batch", "cell", "kind (t.csv)"]
    assert cells["kind"].tolist() == ["a", "b", "a"] and cells["kind (t.csv)"].tolist() == ["A", "B", "A"]


def test_a_table_that_names_no_cells_adds_nothing_and_it_is_said(tmp_path: Path) -> None:
    table = write_table(tmp_path / "genes.csv", gene=["g0", "g1", "g2"], length=[1, 2, 3])
    joined, (note,) = join_tables(count_matrix(np.eye(3)), [table])
    assert list(joined.cells) == []
    assert note.startswith("No column of genes.csv goes with the cells. genes.csv has no column that names")


def test_ids_that_r_or_a_pipeline_spells_otherwise_are_matched_and_the_respelling_is_said(tmp_path: Path) -> None:
    barcodes = ["AAACCCGTTACG-1", "CCATTGACGTAA-1", "GGTACCATTGCA-1"]
    matrix = replace(count_matrix(np.eye(3)), cell_ids=np.array(barcodes))
    table = write_table(tmp_path / "r.csv", barcode=[b.replace("-", ".") for b in barcodes[::-1]], age=[2, 1, 0])
    joined, (note,) = join_tables(matrix, [table])
    assert joined.cells["age"].tolist() == [0, 1, 2]
    assert "matched by barcode, '.' taken for '-', as R writes it (3 of 3)" in note


def test_names_that_look_like_numbers_stay_as_they_are_written_and_numbers_are_exact(tmp_path: Path) -> None:
    table = write_table(
        tmp_path / "a.csv",
        cell=["c0", "c1", "c2"],
        plate=["0007", "0008", "0012"],
        well=["10E2", "11E2", "12E2"],
        share=["0.23146067415730337", "1e-05", "NA"],
    )
    cells = join_tables(count_matrix(np.eye(3)), [table])[0].cells
    assert cells["plate"].tolist() == ["0007", "0008", "0012"]
    assert cells["well"].tolist() == ["10E2", "11E2", "12E2"]
    assert cells["share"].tolist()[:2] == [0.23146067415730337, 1e-05] and np.isnan(cells["share"].iloc[2])


def test_the_index_that_pandas_writes_without_a_name_is_no_column_of_its_own(tmp_path: Path) -> None:
    pd.DataFrame({"n_genes": [5, 6, 7]}, index=["c0", "c1", "c2"]).to_csv(tmp_path / "obs.csv")
    assert list(join_tables(count_matrix(np.eye(3)), [tmp_path / "obs.csv"])[0].cells) == ["n_genes"]


def test_the_tables_of_a_matrix_are_that_of_its_labels_and_those_uploaded_with_it(
    own_folders: Path, tmp_path: Path
) -> None:
    with staging() as folder:
        upload = publish(write_planted(folder / "cells.h5ad"))
    beside = store_beside(upload, "donors.csv", b"cell,age\nBARCODE000-1,3\n")
    labels = write_table(tmp_path / "types.csv", cell=["BARCODE000-1"], kind=["T"])
    assert find_cell_tables(str(upload), f"{labels}:kind") == [labels, beside]
    assert find_cell_tables(str(upload), "celltype") == [beside]
    elsewhere = write_planted(tmp_path / "own" / "cells.h5ad")
    (elsewhere.parent / "beside").mkdir()
    write_table(elsewhere.parent / "beside" / "donors.csv", cell=["BARCODE000-1"], age=[3])
    assert find_cell_tables(str(elsewhere), None) == []


@pytest.mark.usefixtures("one_thread")
def test_they_travel_with_the_data_set_and_with_the_matrix_of_a_run(own_folders: Path) -> None:
    cells = write_planted(own_folders / "cells.h5ad")
    order = np.random.default_rng(3).permutation(N_CELLS)
    table = write_table(
        own_folders / "types.csv",
        barcode=[f"BARCODE{cell:03d}-1" for cell in order],
        kind=[("T", "B", "NK")[cell % 3] for cell in order],
        reads=[1000 + int(cell) for cell in order],
    )
    options = OwnDataOptions(labels=f"{table}:kind", preparation=FEW)
    dataset = open_dataset(str(cells), options)
    assert dataset.columns["reads"].tolist() == [1000 + cell for cell in range(N_CELLS)]
    assert dataset.columns["donor"].tolist()[:2] == ["donor 0", "donor 1"], "the matrix's own columns stay"
    assert any("types.csv go with the cells, matched by barcode (120 of 120)" in str(s) for s in dataset.preprocessing)

    run = train_cells(own_folders / "runs" / "run", cells, labels=f"{table}:kind")
    frame = run_matrix(run).cells
    assert frame["reads"].dtype == np.int64
    assert frame["reads"].tolist() == [1000 + cell for cell in range(N_CELLS)]
    assert frame["kind"].tolist()[:3] == ["T", "B", "NK"]
