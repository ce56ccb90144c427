"""The real matrices: what is told before and after reading agrees with their SOURCE.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.reading.formats import find_format, looks_like_counts
from clustergan_core.data.counts.reading.preflight import Preflight
from clustergan_core.data.counts.reading.sandbox.parent import inspect, read_safely

pytestmark = pytest.mark.slow  # reads real matrices

# file → summary, form, orientation and part; figures of the whole; labels by column
REAL: dict[str, dict[str, Any]] = {
    "pbmc_facs/pbmc_facs.h5ad": {
        "summary": "3,774 cells × 16,791 genes, raw counts, human Ensembl ids",
        "form": "AnnData file (.h5ad)",
        "orientation": "cells-by-genes",
        "part": "X",
        "n_nonzeros": 2_702_861,
        "largest": 135,
        "labels": {
            "celltype": {"CD19+ B": 767, "CD34+": 687, "CD56+ NK": 673, "CD14+ Monocyte": 163},
            "subpop": {"T cell": 1484, "B cell": 767, "CD34+": 687, "NK cell": 673, "CD14+": 163},
        },
    },
    "pbmc_sorted_mtx": {
        "summary": "2,140 cells × 8,863 genes, raw counts, human symbols",
        "form": "10x folder",
        "orientation": "genes-by-cells",
        "part": "matrix.mtx.gz",
        "n_nonzeros": 2_495_965,
        "labels": {},
    },
    "baron_mouse1/counts.csv.gz": {
        "summary": "822 cells × 14,878 genes, raw counts, mouse symbols",
        "form": "comma-separated text",
        "orientation": "genes-by-cells",
        "part": "comma-separated text",
        "share": 0.095,
        "largest": 3477,
        "labels": {},
    },
    "pbmc68k_reduced/10x_pbmc68k_reduced.h5ad": {
        "summary": "700 cells × 765 genes, log-normalised values, human symbols",
        "form": "AnnData file (.h5ad)",
        "orientation": "cells-by-genes",
        "part": "raw",
        "n_nonzeros": 174_400,
        "labels": {"bulk_labels": {"Dendritic": 240, "CD14+ Monocyte": 129, "CD34+": 13}},
    },
    "pbmc_4k/10X_PBMC_top2000.h5": {
        "summary": "4,271 cells × 2,000 genes, raw counts, genes without names",
        "form": "HDF5 file with X and Y",
        "orientation": "cells-by-genes",
        "part": "X",
        "share": 0.10,
        "labels": {"label": dict(zip("12345678", (1292, 702, 606, 459, 450, 332, 295, 135)))},
    },
    "cbmc_cite/CITE_CBMC_counts_top2000.h5": {
        "summary": "8,617 cells × 2,000 genes, raw counts, genes without names",
        "form": "HDF5 file with X and Y",
        "orientation": "cells-by-genes",
        "part": "X",
        "labels": {"label": {"1": 1791, "2": 2293, "15": 49}},
    },
    "worm_neuron/worm_neuron_cell.h5": {
        "summary": "4,186 cells × 13,488 genes, raw counts, genes without names",
        "form": "HDF5 file with X and Y",
        "orientation": "cells-by-genes",
        "part": "X",
        "n_nonzeros_read": 780_212,  # counted apart, in the dense matrix
        "labels": {"label": {"1": 842, "3": 1015, "10": 70}},
    },
    "mouse_bladder/mouse_bladder_cell_top2000.h5": {
        "summary": "2,746 cells × 2,003 genes, raw counts, genes without names",
        "form": "HDF5 file with X and Y",
        "orientation": "cells-by-genes",
        "part": "X",
        "labels": {"label": {"1": 717, "8": 80, "16": 13}},
    },
}


@pytest.fixture(scope="module")
def seen() -> dict[str, tuple[Preflight, CountMatrix]]:
    """What was told of a file, and what was read; each file once."""
    return {}


def see(seen: dict[str, tuple[Preflight, CountMatrix]], folder: Path, name: str) -> tuple[Preflight, CountMatrix]:
    if name not in seen:
        if not (folder / name).exists():
            pytest.skip(f"needs real data: there is no {name}")
        seen[name] = inspect(folder / name), read_safely(folder / name)
    return seen[name]


@pytest.mark.parametrize("name", REAL)
def test_a_real_file_is_told_rightly_before_it_is_read(data_folder: Path, seen: dict[str, Any], name: str) -> None:
    preflight, _ = see(seen, data_folder, name)
    expected = REAL[name]
    for field in ("summary", "form", "orientation", "part"):
        assert getattr(preflight, field) == expected[field]
    assert preflight.is_orientation_sure
    assert preflight.looks_like_counts
    assert len(preflight.preview_cells) == len(preflight.preview_genes) == len(preflight.preview_values) == 5
    labels = {column.name: column.n_values for column in preflight.label_columns}
    assert set(expected["labels"]) <= set(labels)
    assert (preflight.n_repeated_genes, preflight.n_missing, preflight.n_negative) == (0, 0, 0)


@pytest.mark.parametrize("name", REAL)
def test_a_real_file_is_read_as_its_source_says(data_folder: Path, seen: dict[str, Any], name: str) -> None:
    preflight, matrix = see(seen, data_folder, name)
    expected = REAL[name]
    assert matrix.counts.shape == (preflight.n_cells, preflight.n_genes)
    assert (matrix.state, matrix.part) == (preflight.state, preflight.part)
    if "n_nonzeros" in expected:
        assert matrix.counts.nnz == expected["n_nonzeros"] == preflight.n_nonzeros
    if "n_nonzeros_read" in expected:
        assert matrix.counts.nnz == expected["n_nonzeros_read"]
    if "share" in expected:
        share = matrix.counts.nnz / np.prod(matrix.counts.shape)
        assert share == pytest.approx(expected["share"], rel=0.05)
        assert preflight.nonzero_share == pytest.approx(share, rel=0.3)  # by a look at some of the cells or genes
    if "largest" in expected:
        assert matrix.counts.max() == expected["largest"]
    for column, counts in expected["labels"].items():
        found = matrix.cells[column].value_counts().to_dict()
        assert {value: found[value] for value in counts} == counts


def test_forms_are_found_by_name_and_first_bytes(data_folder: Path) -> None:
    forms = {name: find_format(data_folder / name) for name in REAL if (data_folder / name).exists()}
    expected = {"h5ad": "hdf5", "h5": "hdf5", "gz": "text", "pbmc_sorted_mtx": "10x"}
    assert forms == {name: expected[name.rpartition(".")[2]] for name in forms}


@pytest.mark.parametrize(
    "name", ["baron_mouse1/labels.csv", "pbmc_sorted_mtx/labels.csv", "coil20/coil-20-proc.zip", "pendigits"]
)
def test_other_files_of_these_sets_are_no_counts(data_folder: Path, name: str) -> None:
    if not (data_folder / name).exists():
        pytest.skip(f"needs real data: there is no {name}")
    assert not looks_like_counts(data_folder / name)


def test_labels_of_a_second_file_match_the_cells(data_folder: Path, seen: dict[str, Any]) -> None:
    from clustergan_core.data.own.labels import find_labels

    for name, labels, n_classes in (
        ("baron_mouse1/counts.csv.gz", "baron_mouse1/labels.csv", 13),
        ("pbmc_sorted_mtx", "pbmc_sorted_mtx/labels.csv", 9),
    ):
        _, matrix = see(seen, data_folder, name)
        ids = matrix.cell_ids.tolist()
        found = find_labels(name, str(data_folder / labels), {}, ids, len(ids))
        assert found is not None
        assert "matched by sample id" in found.note
        assert len(set(found.texts.tolist())) == n_classes
