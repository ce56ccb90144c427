"""Names of cells and genes in .loom and .h5ad files, under the words of different programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from clustergan_core.data.counts.gene_sets import is_mitochondrial
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.reading.reader import read_counts
from tests.count_files import N_CELLS, N_GENES, SYMBOLS, ensembl_ids, make_barcodes, make_counts, write_h5ad


def write_loom(path: Path, cells: dict[str, Any], genes: dict[str, Any], layers: tuple[str, ...] = ()) -> Path:
    with h5py.File(path, "w") as file:
        file["matrix"] = make_counts().T.astype(np.float32)
        for group, attributes in (("col_attrs", cells), ("row_attrs", genes)):
            file.create_group(group)
            for key, values in attributes.items():
                file[f"{group}/{key}"] = np.array(values, dtype="S") if isinstance(values[0], str) else values
        for layer in layers:
            file[f"layers/{layer}"] = make_counts().T // 2
    return path


def assert_named(matrix: CountMatrix, ids: list[str], symbols: list[str]) -> None:
    assert matrix.counts.toarray().tolist() == make_counts().tolist()
    assert matrix.gene_ids.tolist() == ids
    assert matrix.gene_symbols.tolist() == symbols


VERSIONED = [f"{gene}.{number % 20 + 1}" for number, gene in enumerate(ensembl_ids())]


@pytest.mark.parametrize(
    "cell_key", ["barcode", "barcodes", "CellID", "cell_id", "obs_names", "Cell", "cell_names", "index", "bc_wells"]
)
def test_cells_of_a_loom_file_are_named_by_any_usual_attribute(tmp_path: Path, cell_key: str) -> None:
    path = write_loom(tmp_path / "a.loom", {cell_key: make_barcodes(), "n": np.arange(N_CELLS)}, {"Gene": SYMBOLS})
    matrix = read_counts(path)
    assert matrix.cell_ids.tolist() == make_barcodes()
    assert list(matrix.cells.columns) == ["n"]
    assert matrix.notes == ()


@pytest.mark.parametrize("key", ["gene_id", "gene_ids", "Accession", "ensembl_id", "GeneID", "Gene", "var_names"])
def test_ensembl_ids_of_a_loom_file_are_found_under_any_attribute(tmp_path: Path, key: str) -> None:
    matrix = read_counts(write_loom(tmp_path / "a.loom", {"barcode": make_barcodes()}, {key: VERSIONED}))
    assert_named(matrix, VERSIONED, VERSIONED)
    assert matrix.notes == ()


@pytest.mark.parametrize(
    ("id_key", "symbol_key"),
    [("gene_id", "gene_name"), ("Accession", "Gene"), ("var_names", "symbol"), ("EnsemblID", "GeneName"), ("a", "b")],
)
def test_ids_and_symbols_of_a_loom_file_are_told_apart(tmp_path: Path, id_key: str, symbol_key: str) -> None:
    genes = {symbol_key: SYMBOLS, "biotype": ["protein_coding"] * N_GENES, id_key: ensembl_ids()}
    matrix = read_counts(write_loom(tmp_path / "a.loom", {"CellID": make_barcodes()}, genes))
    assert_named(matrix, ensembl_ids(), SYMBOLS)


def test_names_of_a_loom_file_under_unusual_words_are_found_by_content_and_told(tmp_path: Path) -> None:
    matrix = read_counts(write_loom(tmp_path / "a.loom", {"where": make_barcodes()}, {"what": SYMBOLS}))
    assert_named(matrix, SYMBOLS, SYMBOLS)
    assert matrix.cell_ids.tolist() == make_barcodes()
    assert matrix.notes == ("Cells are named by the attribute 'where'.", "Genes are named by the attribute 'what'.")


def test_what_a_loom_file_holds_beside_its_matrix_is_named(tmp_path: Path) -> None:
    cells = {"barcode": make_barcodes(), "umap": np.zeros((N_CELLS, 2))}
    matrix = read_counts(write_loom(tmp_path / "a.loom", cells, {"Gene": SYMBOLS}, ("spliced", "unspliced")))
    assert matrix.notes == (
        "'matrix' is read; other layers of the file are left out (spliced, unspliced).",
        "Attributes of the cells that are no columns are left out (umap).",
    )


def test_a_loom_file_without_names_says_so(tmp_path: Path) -> None:
    matrix = read_counts(write_loom(tmp_path / "a.loom", {"n": np.arange(N_CELLS)}, {"n": np.arange(N_GENES)}))
    assert matrix.gene_ids[:2].tolist() == ["gene_1", "gene_2"]
    assert [note.partition(":")[0] for note in matrix.notes] == ["The file names no cells", "The file names no genes"]


@pytest.mark.parametrize(
    "key",
    ["gene_name", "gene_names", "gene_symbols", "gene_symbol", "feature_name", "Symbol", "SYMBOL", "hgnc_symbol",
     "Gene", "external_gene_name", "gene_short_name", "GeneName", "any"],
)  # fmt: skip
def test_symbols_of_an_h5ad_file_are_found_under_any_usual_word_or_by_content(tmp_path: Path, key: str) -> None:
    var = {"biotype": ["protein_coding"] * N_GENES, key: SYMBOLS}
    matrix = read_counts(write_h5ad(tmp_path / "a.h5ad", ensembl_ids(), var))
    assert_named(matrix, ensembl_ids(), SYMBOLS)
    assert np.flatnonzero(is_mitochondrial(matrix.gene_symbols, matrix.gene_ids)).tolist() == [SYMBOLS.index("MT-CO1")]


def test_symbols_in_the_index_of_an_h5ad_file_stay(tmp_path: Path) -> None:
    var = {"gene_ids": ensembl_ids(), "previous": [SYMBOLS[-1], *SYMBOLS[:-1]], "gene": ["x"] * N_GENES}
    assert_named(read_counts(write_h5ad(tmp_path / "a.h5ad", SYMBOLS, var)), SYMBOLS, SYMBOLS)


def test_an_index_that_only_counts_gives_way_to_names(tmp_path: Path) -> None:
    numbers = [str(number) for number in range(N_GENES)]
    path = write_h5ad(
        tmp_path / "a.h5ad", numbers, {"gene_id": ensembl_ids(), "gene_name": SYMBOLS}, numbers[:N_CELLS],
        barcode=make_barcodes(),
    )  # fmt: skip
    matrix = read_counts(path)
    assert_named(matrix, ensembl_ids(), SYMBOLS)
    assert matrix.cell_ids.tolist() == make_barcodes()
    assert matrix.notes == (
        "The index of obs only counts its rows, so that cells are named by obs['barcode'].",
        "The index of var only counts its rows, so that genes are named by var['gene_id'].",
    )


def test_antibodies_of_an_h5ad_file_are_left_out_and_told(tmp_path: Path) -> None:
    types = ["Antibody Capture" if number in (2, 5) else "Gene Expression" for number in range(N_GENES)]
    matrix = read_counts(write_h5ad(tmp_path / "a.h5ad", SYMBOLS, {"feature_types": types}))
    kept = [number for number in range(N_GENES) if number not in (2, 5)]
    assert matrix.counts.toarray().tolist() == make_counts()[:, kept].tolist()
    assert matrix.gene_ids.tolist() == [SYMBOLS[number] for number in kept]
    assert matrix.notes == ("2 rows that are not gene expression are left out (Antibody Capture).",)


def test_a_biotype_called_feature_type_leaves_no_gene_out(tmp_path: Path) -> None:
    types = ["lncRNA" if number in (2, 5) else "protein_coding" for number in range(N_GENES)]
    matrix = read_counts(write_h5ad(tmp_path / "a.h5ad", SYMBOLS, {"feature_type": types}))
    assert_named(matrix, SYMBOLS, SYMBOLS)
