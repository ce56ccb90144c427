"""Matrices with lists of their names: other programs' folders, and lists written in other ways."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest

from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.reading.formats import find_format, looks_like_counts
from clustergan_core.data.counts.reading.reader import read_counts
from clustergan_core.data.counts.reading.tenx.files import choose_lists, find_role
from clustergan_core.errors import DataError
from tests.count_files import (
    N_CELLS,
    N_GENES,
    SYMBOLS,
    ensembl_ids,
    kb_texts,
    make_barcodes,
    make_counts,
    matrix_text,
    parse_texts,
    write_folder,
    write_texts,
)

BANNER = "%%MatrixMarket matrix coordinate integer general\n%\n"


def assert_same(matrix: CountMatrix, symbols: list[str] = SYMBOLS) -> None:
    assert matrix.counts.toarray().tolist() == make_counts().tolist()
    assert matrix.gene_ids.tolist() == ensembl_ids()
    assert matrix.gene_symbols.tolist() == symbols


def zip_of(folder: Path) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"{folder.name}/{file.name}")
    return path


# --- other programs' folders ---


@pytest.mark.parametrize("is_zip", [False, True])
@pytest.mark.parametrize("prefix", ["cells_x_genes", "GSM1_cells_x_genes"])
def test_a_folder_of_kb_python_is_read(tmp_path: Path, prefix: str, is_zip: bool) -> None:
    folder = write_texts(tmp_path / "counts_unfiltered", kb_texts(prefix))
    path = zip_of(folder) if is_zip else folder
    assert find_format(path) == "10x"
    matrix = read_counts(path)
    assert_same(matrix, [ensembl_ids()[0], *SYMBOLS[1:]])
    assert matrix.cell_ids.tolist() == make_barcodes()
    assert matrix.notes == ("1 gene has no symbol and is called by id.",)
    assert_same(read_counts(folder / f"{prefix}.mtx"), [ensembl_ids()[0], *SYMBOLS[1:]])


def test_symbols_of_kb_python_that_are_too_few_are_refused(tmp_path: Path) -> None:
    texts = kb_texts()
    texts["cells_x_genes.genes.names.txt"] = "\n".join(SYMBOLS[1:]) + "\n"
    with pytest.raises(DataError, match=r"genes\.names\.txt names 39 symbols for 40 genes: copy both files again"):
        read_counts(write_texts(tmp_path / "a", texts))


@pytest.mark.parametrize("is_zip", [False, True])
@pytest.mark.parametrize("prefix", ["", "GSM1_"])
def test_a_folder_of_parse_is_read_with_its_columns_of_cells(tmp_path: Path, prefix: str, is_zip: bool) -> None:
    folder = write_texts(tmp_path / "DGE_filtered", parse_texts(prefix))
    matrix = read_counts(zip_of(folder) if is_zip else folder)
    assert_same(matrix, [ensembl_ids()[0], *SYMBOLS[1:]])
    assert matrix.cell_ids[:2].tolist() == ["00_01_02", "01_01_02"]
    assert list(matrix.cells.columns) == ["sample", "species", "gene_count", "tscp_count", "bc1_well"]
    assert matrix.cells["sample"].tolist()[:3] == ["s0", "s1", "s0"]
    assert matrix.cells["tscp_count"].tolist() == make_counts().sum(axis=1).tolist()
    assert any("columns of the cells: sample, species, gene_count" in note for note in matrix.notes)
    assert any("other columns are left out (genome)" in note for note in matrix.notes)


def test_the_newer_name_of_a_matrix_of_parse_is_read(tmp_path: Path) -> None:
    texts = parse_texts()
    texts["count_matrix.mtx"] = texts.pop("DGE.mtx")
    assert_same(read_counts(write_texts(tmp_path / "a", texts)), [ensembl_ids()[0], *SYMBOLS[1:]])


def test_a_folder_of_alevin_fry_is_read(tmp_path: Path) -> None:
    texts = {
        "quants_mat.mtx": matrix_text(make_counts()),
        "quants_mat_rows.txt": "\n".join(make_barcodes()) + "\n",
        "quants_mat_cols.txt": "\n".join(ensembl_ids()) + "\n",
    }
    matrix = read_counts(write_texts(tmp_path / "alevin", texts))
    assert_same(matrix, ensembl_ids())
    assert matrix.cell_ids.tolist() == make_barcodes()


@pytest.mark.parametrize("name", ["cells_x_genes", "matrix"])
def test_a_matrix_as_wide_as_high_lies_as_its_program_writes_it(tmp_path: Path, name: str) -> None:
    counts = make_counts()[:, :N_CELLS]
    if name == "matrix":
        texts = {
            "matrix.mtx": matrix_text(counts.T),
            "genes.tsv": "\n".join(ensembl_ids()[:N_CELLS]),
            "barcodes.tsv": "\n".join(make_barcodes()),
        }
    else:
        texts = kb_texts()
        texts["cells_x_genes.mtx"] = matrix_text(counts)
        for suffix in ("genes.txt", "genes.names.txt"):
            lines = texts[f"cells_x_genes.{suffix}"].split("\n")[:N_CELLS]
            texts[f"cells_x_genes.{suffix}"] = "\n".join(lines) + "\n"
    matrix = read_counts(write_texts(tmp_path / "a", texts))
    assert matrix.counts.toarray().tolist() == counts.tolist()
    assert any("has as many rows as columns" in note for note in matrix.notes)


def test_of_several_matrices_the_one_of_10x_is_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "raw", is_packed=False)
    write_texts(folder, {"UniqueAndMult-EM.mtx": matrix_text(make_counts().T * 2)})
    assert_same(read_counts(folder))


def test_several_matrices_of_one_kind_are_a_question(tmp_path: Path) -> None:
    texts = kb_texts()
    matrix = texts.pop("cells_x_genes.mtx")
    kinds = ["mature", "nascent", "ambiguous"]
    folder = write_texts(tmp_path / "a", texts | {f"cells_x_genes.{kind}.mtx": matrix for kind in kinds})
    with pytest.raises(DataError, match=r"a holds 3 matrices .*: choose one of these files"):
        read_counts(folder)
    assert_same(read_counts(folder / "cells_x_genes.mature.mtx"), [ensembl_ids()[0], *SYMBOLS[1:]])


def test_a_list_of_another_sample_is_not_taken(tmp_path: Path) -> None:
    names = ["A_matrix.mtx", "B_matrix.mtx", "A_barcodes.tsv", "A_features.tsv", "genes.tsv"]
    assert choose_lists("A_matrix.mtx", names) == {"features.tsv": "A_features.tsv", "barcodes.tsv": "A_barcodes.tsv"}
    assert choose_lists("B_matrix.mtx", names) == {"features.tsv": "genes.tsv"}


@pytest.mark.parametrize("name", ["genes_of_interest.tsv", "labels.csv", "counts.csv", "._matrix.mtx", "mtx", "a.txt"])
def test_other_files_play_no_part(name: str) -> None:
    assert find_role(name) is None


# --- lists written in other ways ---


def with_lists(folder: Path, genes: str, cells: str | None = None) -> CountMatrix:
    texts = {"matrix.mtx": matrix_text(make_counts().T), "genes.tsv": genes}
    texts["barcodes.tsv"] = "\n".join(make_barcodes()) if cells is None else cells
    return read_counts(write_texts(folder, texts))


ROWS = list(zip(ensembl_ids(), SYMBOLS))
PLACES = [(str(number % 22 + 1), str(1000 * number), str(1000 * number + 500), "+") for number in range(N_GENES)]
GENES: dict[str, list[str]] = {
    "seven columns": [
        "ENSEMBL\tSYMBOL\tCHR\tSTART\tEND\tSTRAND\tBIOTYPE",
        *("\t".join([*row, *place, "protein_coding"]) for row, place in zip(ROWS, PLACES)),
    ],
    "seven columns without a header": [
        "\t".join([*row, *place, "protein_coding"]) for row, place in zip(ROWS, PLACES)
    ],
    "places first": [
        "chr\tstart\tend\tstrand\tgene_id\tgene_name",
        *("\t".join([*place, *row]) for row, place in zip(ROWS, PLACES)),
    ],
    "places first without a header": ["\t".join([*place, *row]) for row, place in zip(ROWS, PLACES)],
    "symbols first": [f"{symbol}\t{gene}" for gene, symbol in ROWS],
    "types last": ["\t".join([*row, *place, "Gene Expression"]) for row, place in zip(ROWS, PLACES)],
    "types, then places": ["\t".join([*row, "Gene Expression", *place[:3]]) for row, place in zip(ROWS, PLACES)],
    "blanks": [" ".join(row) for row in ROWS],
    "several blanks": ["   ".join(row) for row in ROWS],
    "blanks and types": [f"{gene} {symbol} Gene Expression" for gene, symbol in ROWS],
    "quotes": [f'"{gene}"\t"{symbol}"' for gene, symbol in ROWS],
    "quotes and blanks": [f'"{gene}" "{symbol}"' for gene, symbol in ROWS],
    "commas": ["gene_id,gene_name", *(",".join(row) for row in ROWS)],
    "commas without a header": [",".join(row) for row in ROWS],
    "row numbers of R": [
        '"V1"\t"V2"',
        *(f'"{number + 1}"\t"{gene}"\t"{symbol}"' for number, (gene, symbol) in enumerate(ROWS)),
    ],
    "a header of one's own": ["my ids\tmy names", *("\t".join(row) for row in ROWS)],
    "Windows": [f"{gene}\t{symbol}\r" for gene, symbol in ROWS],
}  # fmt: skip


@pytest.mark.parametrize("lines", GENES.values(), ids=GENES)
def test_lists_of_genes_are_read_whatever_their_columns(tmp_path: Path, lines: list[str]) -> None:
    matrix = with_lists(tmp_path / "a", "\n".join(lines) + "\n")
    assert_same(matrix)
    assert matrix.cell_ids.tolist() == make_barcodes()


@pytest.mark.parametrize(
    "others", [["a long description"] * N_GENES, [f"of gene {n}" for n in range(N_GENES)], ["x1"] * N_GENES]
)
def test_a_column_beside_symbols_is_no_symbol(tmp_path: Path, others: list[str]) -> None:
    matrix = with_lists(tmp_path / "a", "\n".join(f"{symbol}\t{other}" for symbol, other in zip(SYMBOLS, others)))
    assert matrix.gene_ids.tolist() == matrix.gene_symbols.tolist() == SYMBOLS
    assert matrix.notes == ("genes.tsv: column 1 names its genes; other columns are left out (2).",)


def test_columns_that_are_left_out_are_named(tmp_path: Path) -> None:
    matrix = with_lists(tmp_path / "a", "\n".join(GENES["seven columns"]))
    assert matrix.notes == (
        "genes.tsv: column ENSEMBL names its genes and column SYMBOL gives their symbols; other columns are left out "
        "(CHR, START, END, STRAND, BIOTYPE).",
    )
    matrix = with_lists(tmp_path / "b", "\n".join(GENES["seven columns without a header"]))
    assert matrix.notes == (
        "genes.tsv: column 1 names its genes and column 2 gives their symbols; other columns are left out "
        "(3, 4, 5, 6, 7).",
    )


def test_types_are_found_by_content_and_antibodies_left_out(tmp_path: Path) -> None:
    types = ["Antibody Capture" if number in (3, 8) else "Gene Expression" for number in range(N_GENES)]
    lines = ["\t".join([*row, *place, kind]) for row, place, kind in zip(ROWS, PLACES, types)]
    matrix = with_lists(tmp_path / "a", "\n".join(lines))
    kept = [number for number in range(N_GENES) if number not in (3, 8)]
    assert matrix.counts.toarray().tolist() == make_counts()[:, kept].tolist()
    assert "2 rows that are not gene expression are left out (Antibody Capture)." in matrix.notes


def test_genes_without_symbols_or_names_are_told(tmp_path: Path) -> None:
    rows = [("", ""), (ensembl_ids()[1], ""), ("", SYMBOLS[2]), *ROWS[3:]]
    matrix = with_lists(tmp_path / "a", "\n".join("\t".join(row) for row in rows))
    assert matrix.gene_ids[:3].tolist() == ["unnamed_1", ensembl_ids()[1], SYMBOLS[2]]
    assert matrix.gene_symbols[:3].tolist() == ["unnamed_1", ensembl_ids()[1], SYMBOLS[2]]
    assert matrix.notes == (
        "1 gene has no symbol and is called by id.",
        "1 gene has no name: by their place they are called unnamed_1, unnamed_2, ….",
    )


@pytest.mark.parametrize(
    "lines",
    [
        ["barcode", *make_barcodes()],
        ['"x"', *(f'"{cell}"' for cell in make_barcodes())],
        ["barcode\tn", *(f"{cell}\t{number}" for number, cell in enumerate(make_barcodes()))],
        ["n\tcell", *(f"7\t{cell}" for cell in make_barcodes())],
    ],
)
def test_lists_of_cells_may_have_a_header_and_columns(tmp_path: Path, lines: list[str]) -> None:
    matrix = with_lists(tmp_path / "a", "\n".join(GENES["symbols first"]), "\n".join(lines))
    assert_same(matrix)
    assert matrix.cell_ids.tolist() == make_barcodes()


@pytest.mark.parametrize("name", ["genes.tsv", "barcodes.tsv"])
def test_a_name_too_many_is_refused_unless_it_is_a_header(tmp_path: Path, name: str) -> None:
    folder = write_texts(tmp_path / "a", {
        "matrix.mtx": matrix_text(make_counts().T),
        "genes.tsv": "\n".join(ensembl_ids()),
        "barcodes.tsv": "\n".join(make_barcodes()),
    })  # fmt: skip
    text = (folder / name).read_text().split("\n")
    (folder / name).write_text("\n".join([text[0] + "0", *text]))
    with pytest.raises(DataError, match=r"but (41 genes and 30|40 genes and 31) cells are named"):
        read_counts(folder)


def test_a_header_above_one_name_too_few_is_refused(tmp_path: Path) -> None:
    lines = ["gene_id\tgene_name", *("\t".join(row) for row in ROWS[1:])]
    with pytest.raises(DataError, match=r"genes\.tsv begins with a header \(gene_id, gene_name\) and names one row"):
        with_lists(tmp_path / "a", "\n".join(lines))


# --- matrices written in other ways ---


@pytest.mark.parametrize("banner", ["%%\n%\n", "", "% written by hand\n", "%metadata_json: {}\n"])
def test_a_matrix_without_its_first_line_is_read_and_told(tmp_path: Path, banner: str) -> None:
    folder = write_folder(tmp_path / "a", is_packed=False)
    (folder / "matrix.mtx").write_text(matrix_text(make_counts().T, banner))
    matrix = read_counts(folder)
    assert_same(matrix)
    assert matrix.notes[0].startswith("matrix.mtx does not begin with %%MatrixMarket: its first numbers are read")


def test_a_matrix_without_its_size_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "a", is_packed=False)
    (folder / "matrix.mtx").write_text("\n".join(matrix_text(make_counts().T).splitlines()[3:]) + "\n")
    with pytest.raises(DataError, match=r"neither %%MatrixMarket nor the size of a matrix \(.*\): copy or download"):
        read_counts(folder)


def test_three_values_a_line_are_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "a", is_packed=False)
    lines = matrix_text(make_counts().T).splitlines()
    (folder / "matrix.mtx").write_text("\n".join([*lines[:3], *(f"{line} 2 1" for line in lines[3:])]) + "\n")
    with pytest.raises(DataError, match=r"three values a line, as the spliced, unspliced and ambiguous counts"):
        read_counts(folder)
    (folder / "matrix.mtx").write_text("\n".join([*lines[:3], *(f"{line} 2" for line in lines[3:])]) + "\n")
    with pytest.raises(DataError, match="holds 2 values a line instead of 1"):
        read_counts(folder)
    (folder / "matrix.mtx").write_text("\n".join([*lines[:-1], f"{lines[-1]} 2 1"]) + "\n")
    with pytest.raises(DataError, match="lines that are not 'row column value'"):
        read_counts(folder)


def names_inside(
    gene_word: str, cell_word: str, mark: str, counts: np.ndarray, genes: list[str], cells: list[str]
) -> str:
    lines = [BANNER.splitlines()[0]]
    lines += [f"%%{gene_word}{mark}" + mark.join(genes[at : at + 15]) for at in range(0, len(genes), 15)]
    lines += [f"%%{cell_word}{mark}" + mark.join(cells[at : at + 15]) for at in range(0, len(cells), 15)]
    return "\n".join(lines) + "\n" + matrix_text(counts, "")


@pytest.mark.parametrize("name", ["a.dge.txt.gz", "a.txt", "a.mtx", "a.mtx.gz", "a.tsv"])
@pytest.mark.parametrize(
    ("gene_word", "cell_word", "mark"),
    [("GENES", "CELL_BARCODES", "\t"), ("ROWS", "COLUMNS", "\t"), ("GENES", "CELLS", ","), ("ROWS", "COLS", " ")],
)
def test_names_inside_a_matrix_are_read(tmp_path: Path, name: str, gene_word: str, cell_word: str, mark: str) -> None:
    text = names_inside(gene_word, cell_word, mark, make_counts().T, SYMBOLS, make_barcodes()).encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    assert find_format(path) == "10x"
    assert looks_like_counts(path)
    matrix = read_counts(path)
    assert matrix.counts.toarray().tolist() == make_counts().tolist()
    assert matrix.gene_symbols.tolist() == SYMBOLS
    assert matrix.cell_ids.tolist() == make_barcodes()


def test_names_inside_a_matrix_of_cells_in_rows_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(names_inside("ROWS", "COLUMNS", "\t", make_counts(), make_barcodes(), SYMBOLS))
    matrix = read_counts(tmp_path / "a.txt")
    assert matrix.counts.toarray().tolist() == make_counts().tolist()
    assert matrix.cell_ids.tolist() == make_barcodes()


def test_names_inside_that_are_too_few_are_refused(tmp_path: Path) -> None:
    text = names_inside("GENES", "CELLS", "\t", make_counts().T, SYMBOLS[1:], make_barcodes())
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(DataError, match=r"40 rows × 30 columns, but its comments name 39 genes and 30 cells"):
        read_counts(tmp_path / "a.txt")


def test_a_matrix_text_without_names_asks_for_them(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(matrix_text(make_counts().T))
    with pytest.raises(DataError, match=r"a\.txt is a matrix without features\.tsv and barcodes\.tsv beside it"):
        read_counts(tmp_path / "a.txt")
