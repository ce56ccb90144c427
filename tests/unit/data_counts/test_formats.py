"""Count matrices in every form but tables: the same counts come out, with their names."""

from __future__ import annotations

import shutil
import warnings
import zipfile
from contextlib import closing
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csc_matrix, csr_matrix

from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.reading.formats import find_format
from clustergan_core.data.counts.reading.preflight import make_preflight
from clustergan_core.data.counts.reading.reader import open_counts, read_counts
from clustergan_core.data.counts.reading.tenx import matrix_market as triplets
from clustergan_core.errors import DataError
from tests.count_files import (
    N_CELLS,
    N_GENES,
    SYMBOLS,
    ensembl_ids,
    make_barcodes,
    make_counts,
    write_folder,
    write_loom,
    write_tenx_hdf5,
)


def assert_same(matrix: CountMatrix, has_symbols: bool = True) -> None:
    assert matrix.counts.toarray().tolist() == make_counts().tolist()
    assert matrix.counts.dtype == np.float32
    assert matrix.cell_ids.tolist() == make_barcodes()
    assert matrix.gene_ids.tolist() == (ensembl_ids() if has_symbols else SYMBOLS)
    assert matrix.gene_symbols.tolist() == SYMBOLS
    assert matrix.cells.index.tolist() == make_barcodes()
    assert matrix.state == "raw"


@pytest.mark.parametrize("is_packed", [True, False], ids=["packed", "plain"])
@pytest.mark.parametrize("features", ["features.tsv", "genes.tsv"])
@pytest.mark.parametrize("prefix", ["", "GSM123_lung_"])
def test_a_10x_folder_is_read_in_every_variety(tmp_path: Path, is_packed: bool, features: str, prefix: str) -> None:
    folder = write_folder(tmp_path / "lung", prefix, features, is_packed)
    assert find_format(folder) == "10x"
    assert_same(read_counts(folder))
    matrix = folder / f"{prefix}matrix.mtx{'.gz' if is_packed else ''}"
    assert find_format(matrix) == "10x"
    assert_same(read_counts(matrix))  # one of the loose files, chosen by hand


def test_features_may_have_two_columns_or_one(tmp_path: Path) -> None:
    assert_same(read_counts(write_folder(tmp_path / "two", feature_rows=list(zip(ensembl_ids(), SYMBOLS)))))
    matrix = read_counts(write_folder(tmp_path / "one", feature_rows=[(symbol,) for symbol in SYMBOLS]))
    assert_same(matrix, has_symbols=False)


@pytest.mark.parametrize("inside", ["", "outs/filtered_feature_bc_matrix/"])
def test_a_zip_of_a_10x_folder_is_read(tmp_path: Path, inside: str) -> None:
    folder = write_folder(tmp_path / "lung")
    with zipfile.ZipFile(tmp_path / "lung.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, inside + path.name)
            archive.writestr(f"__MACOSX/{inside}._{path.name}", b"\0\5\x16\7")
    assert find_format(tmp_path / "lung.zip") == "10x"
    assert_same(read_counts(tmp_path / "lung.zip"))


def test_a_folder_in_the_folder_is_found_and_two_matrices_are_not_mixed(tmp_path: Path) -> None:
    write_folder(tmp_path / "run" / "filtered")
    assert_same(read_counts(tmp_path / "run"))
    write_folder(tmp_path / "run" / "raw")
    with pytest.raises(DataError, match=r"run holds 2 matrices .*: choose one of these files"):
        read_counts(tmp_path / "run")


def test_only_rows_of_gene_expression_are_kept(tmp_path: Path) -> None:
    types = ["Gene Expression"] * (N_GENES - 2) + ["Antibody Capture"] * 2
    rows = list(zip(ensembl_ids(), SYMBOLS, types))
    for matrix in (
        read_counts(write_folder(tmp_path / "folder", feature_rows=rows)),
        read_counts(write_tenx_hdf5(tmp_path / "a.h5", types=types)),
    ):
        assert matrix.counts.toarray().tolist() == make_counts()[:, :-2].tolist()
        assert matrix.gene_symbols.tolist() == SYMBOLS[:-2]
        assert matrix.notes == ("2 rows that are not gene expression are left out (Antibody Capture).",)


def test_a_matrix_without_its_names_is_told(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "lung")
    (folder / "barcodes.tsv.gz").unlink()
    with pytest.raises(DataError, match=r"without barcodes\.tsv beside it"):
        read_counts(folder)


@pytest.mark.parametrize("genome", [None, "GRCh38"], ids=["version 3", "legacy"])
def test_a_10x_hdf5_file_is_read(tmp_path: Path, genome: str | None) -> None:
    path = write_tenx_hdf5(tmp_path / "a.h5", genome)
    assert find_format(path) == "hdf5"
    matrix = read_counts(path)
    assert_same(matrix)
    assert matrix.part == (genome or "matrix")


def test_a_loom_file_is_read_without_being_changed(tmp_path: Path) -> None:
    path = write_loom(tmp_path / "a.loom")
    path.chmod(0o444)
    before = path.read_bytes()
    matrix = read_counts(path)
    assert_same(matrix)
    assert matrix.cells["tissue"].tolist() == ["lung", "gut"] * (N_CELLS // 2)
    assert path.read_bytes() == before


@pytest.mark.parametrize("is_turned", [False, True])
def test_hdf5_with_x_and_y_has_numbered_genes_and_a_label(tmp_path: Path, is_turned: bool) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["X"] = make_counts().T if is_turned else make_counts().astype(np.float64)
        file["Y"] = np.arange(N_CELLS, dtype=np.float64) % 3 + 1
        file["ADT_X"] = np.ones((N_CELLS, 10))
    matrix = read_counts(tmp_path / "a.h5")
    assert matrix.counts.toarray().tolist() == make_counts().tolist()
    assert matrix.gene_ids[:2].tolist() == ["gene_1", "gene_2"]
    assert matrix.cells["label"].tolist()[:4] == ["1", "2", "3", "1"]
    assert any("gene_1" in note and "markers" in note for note in matrix.notes)
    assert "Left out: ADT_X." in matrix.notes


def write_h5ad(path: Path, **parts: object) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # anndata warns of its own future
        import anndata

        raw = parts.pop("raw", None)
        obs = pd.DataFrame(
            {"tissue": pd.Categorical(["lung", "gut"] * (N_CELLS // 2)), "depth": np.arange(N_CELLS) / 2},
            index=pd.Index(make_barcodes()),
        )
        var = pd.DataFrame({"gene_symbols": SYMBOLS}, index=pd.Index(ensembl_ids()))
        adata = anndata.AnnData(obs=obs, var=var, **parts)
        if raw is not None:
            adata.raw = anndata.AnnData(X=raw, obs=obs, var=var)
        adata.write_h5ad(path)
    return path


LOG = np.log1p(make_counts() / 3).astype(np.float32)
SCALED = (LOG - LOG.mean(axis=0)).astype(np.float32)
COUNTS = make_counts().astype(np.float32)


@pytest.mark.parametrize(
    ("parts", "part"),
    [
        ({"X": COUNTS}, "X"),
        ({"X": csr_matrix(COUNTS)}, "X"),
        ({"X": csc_matrix(COUNTS)}, "X"),
        ({"X": LOG, "layers": {"counts": csr_matrix(COUNTS)}}, "layers['counts']"),
        ({"X": COUNTS, "layers": {"counts": COUNTS}}, "layers['counts']"),
        ({"X": COUNTS, "layers": {"counts": LOG}}, "X"),
        ({"X": SCALED, "raw": csr_matrix(COUNTS)}, "raw"),
        ({"X": LOG, "raw": LOG, "layers": {"umi": COUNTS}}, "layers['umi']"),
        ({"X": None, "layers": {"counts": COUNTS}}, "layers['counts']"),
    ],
)
def test_whole_counts_are_found_wherever_an_h5ad_file_holds_them(
    tmp_path: Path, parts: dict[str, object], part: str
) -> None:
    matrix = read_counts(write_h5ad(tmp_path / "a.h5ad", **parts))
    assert matrix.part == part
    assert_same(matrix)
    assert matrix.cells["tissue"].tolist() == ["lung", "gut"] * (N_CELLS // 2)
    assert matrix.cells["depth"].tolist() == (np.arange(N_CELLS) / 2).tolist()


@pytest.mark.parametrize(
    ("parts", "part", "state"),
    [
        ({"X": SCALED, "raw": csr_matrix(LOG)}, "raw", "log"),
        ({"X": LOG, "layers": {"scaled": SCALED}}, "X", "log"),
        ({"X": SCALED}, "X", "scaled"),
        ({"X": COUNTS * 1234.5}, "X", "normalised"),
    ],
)
def test_without_whole_counts_what_is_nearest_to_them_is_read(
    tmp_path: Path, parts: dict[str, object], part: str, state: str
) -> None:
    matrix = read_counts(write_h5ad(tmp_path / "a.h5ad", **parts))
    assert (matrix.part, matrix.state) == (part, state)


def test_an_h5ad_file_of_anndata_0_6_is_read(tmp_path: Path) -> None:
    compressed = csr_matrix(COUNTS)
    with h5py.File(tmp_path / "a.h5ad", "w") as file:
        file["X"] = SCALED
        raw = file.create_group("raw.X")
        raw.attrs["h5sparse_format"], raw.attrs["h5sparse_shape"] = "csr", compressed.shape
        raw["data"], raw["indices"], raw["indptr"] = compressed.data, compressed.indices, compressed.indptr
        obs = np.empty(N_CELLS, dtype=[("index", "S20"), ("tissue", "i1"), ("depth", "f8")])
        obs["index"], obs["tissue"], obs["depth"] = make_barcodes(), np.arange(N_CELLS) % 2, 1.5
        var = np.empty(N_GENES, dtype=[("index", "S20")])
        var["index"] = SYMBOLS
        file["obs"], file["var"], file["raw.var"] = obs, var, var
        file["uns/tissue_categories"] = np.array(["lung", "gut"], dtype="S")
    matrix = read_counts(tmp_path / "a.h5ad")
    assert_same(matrix, has_symbols=False)
    assert matrix.cells["tissue"].tolist() == ["lung", "gut"] * (N_CELLS // 2)


def test_an_h5ad_file_of_anndata_0_7_is_read(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5ad", "w") as file:
        file["X"] = COUNTS
        for name, ids in (("obs", make_barcodes()), ("var", SYMBOLS)):
            frame = file.create_group(name)
            frame["ids"] = np.array(ids, dtype=object)
            frame.attrs["_index"] = "ids"
        file["obs/tissue"] = (np.arange(N_CELLS) % 2).astype(np.int8)
        file["obs/__categories/tissue"] = np.array(["lung", "gut"], dtype=object)
        file["obs/tissue"].attrs["categories"] = file["obs/__categories/tissue"].ref
        file["obs"].attrs["column-order"] = np.array(["tissue"], dtype=object)
    matrix = read_counts(tmp_path / "a.h5ad")
    assert_same(matrix, has_symbols=False)
    assert matrix.cells["tissue"].tolist() == ["lung", "gut"] * (N_CELLS // 2)


def test_repeated_names_are_made_unique(tmp_path: Path) -> None:
    rows = [("TBCE",), ("TBCE",), ("TBCE-1",), *[(symbol,) for symbol in SYMBOLS[3:]]]
    matrix = read_counts(write_folder(tmp_path / "lung", feature_rows=rows))
    assert matrix.gene_ids[:3].tolist() == ["TBCE", "TBCE-2", "TBCE-1"]


def test_a_seurat_file_is_answered_by_three_lines_of_r(tmp_path: Path) -> None:
    path = tmp_path / "atlas.rds"
    path.write_bytes(b"\x1f\x8b\x08\0\0\0\0\0")
    assert find_format(path) == "seurat"
    with pytest.raises(DataError, match="atlas") as caught:
        read_counts(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 4
    assert "write10xCounts" in lines[3]


def test_other_files_have_no_form(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    (pictures / "a.png").write_bytes(b"\x89PNG")
    (tmp_path / "a.npz").write_bytes(b"PK")
    shutil.make_archive(str(tmp_path / "pictures"), "zip", pictures)
    for path in (pictures, tmp_path / "a.npz", tmp_path / "pictures.zip", tmp_path / "missing.h5"):
        assert find_format(path) is None
    with pytest.raises(DataError, match="Supported: a 10x folder"):
        read_counts(pictures)


def test_a_matrix_text_in_any_order_or_turned_is_read_and_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(triplets, "PEEK_NONZEROS", 200)
    rows, columns = np.nonzero(make_counts().T)
    orders = {
        "cells": (np.lexsort((rows, columns)), False),
        "genes": (np.lexsort((columns, rows)), False),
        "none": (np.random.default_rng(0).permutation(len(rows)), False),
        "turned": (np.lexsort((rows, columns)), True),
    }
    looked_at = {}
    for name, (order, is_turned) in orders.items():
        folder = write_folder(tmp_path / name, is_packed=False)
        lines = []
        for gene, cell in zip(rows[order], columns[order]):
            sides = (cell + 1, gene + 1) if is_turned else (gene + 1, cell + 1)
            lines.append(f"{sides[0]} {sides[1]} {make_counts()[cell, gene]}\n")
        shape = f"{N_CELLS} {N_GENES}" if is_turned else f"{N_GENES} {N_CELLS}"
        header = f"%%MatrixMarket matrix coordinate integer general\n% made by hand\n{shape} {len(lines)}\n"
        (folder / "matrix.mtx").write_text(header + "".join(lines))
        assert_same(read_counts(folder))
        with closing(open_counts(folder)) as file:
            preflight = make_preflight(file)
        looked_at[name] = (preflight.n_cells_looked_at < N_CELLS, preflight.n_genes_looked_at < N_GENES)
        assert preflight.n_empty_cells in (0, None)
        assert preflight.n_empty_genes in (0, None)
        assert preflight.orientation == ("cells-by-genes" if is_turned else "genes-by-cells")
    assert looked_at == {
        "cells": (True, False), "genes": (False, True), "none": (False, False), "turned": (True, False)
    }  # fmt: skip


def test_names_that_several_samples_share_need_no_prefix(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "lung", "GSM123_")
    (folder / "GSM123_features.tsv.gz").rename(folder / "GSE1_features.tsv.gz")
    assert_same(read_counts(folder))
