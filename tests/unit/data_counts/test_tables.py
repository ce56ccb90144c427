"""Count tables as text and sheets: orientation, dialects, names and everything else that surrounds the counts."""

from __future__ import annotations

import datetime
import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.reading.count_file import Orientation
from clustergan_core.data.counts.reading.formats import find_format, looks_like_counts
from clustergan_core.data.counts.reading.preflight import make_preflight
from clustergan_core.data.counts.reading.reader import open_counts, read_counts
from clustergan_core.errors import DataError
from tests.count_files import N_CELLS, N_GENES, SYMBOLS, make_barcodes, make_counts, write_folder, write_table


def assert_same(matrix: CountMatrix) -> None:
    assert matrix.counts.toarray().tolist() == make_counts().tolist()
    assert matrix.cell_ids.tolist() == make_barcodes()
    assert matrix.gene_ids.tolist() == SYMBOLS


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt.gz"])
@pytest.mark.parametrize("is_by_gene", [True, False], ids=["genes in rows", "cells in rows"])
@pytest.mark.parametrize("corner", ["", "gene", None])
def test_a_table_is_read_either_way_round(tmp_path: Path, name: str, is_by_gene: bool, corner: str | None) -> None:
    delimiter = "," if name == "a.csv" else "\t"
    path = write_table(tmp_path / name, is_by_gene, delimiter, corner=corner)
    assert find_format(path) == "text"
    assert looks_like_counts(path)
    assert_same(read_counts(path))


def test_the_orientation_can_be_chosen(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", is_by_gene=True)
    choices: tuple[Orientation, ...] = ("genes-by-cells", "cells-by-genes")
    assert [read_counts(path, choice).counts.shape for choice in choices] == [(N_CELLS, N_GENES), (N_GENES, N_CELLS)]
    layout = open_counts(path).layout
    assert layout.reason == "row names look like genes (ACTB, GAPDH, …)"
    assert layout.is_sure


def test_names_that_do_not_tell_leave_it_to_the_shape_and_say_so(tmp_path: Path) -> None:
    genes, cells = [f"g{number}" for number in range(N_GENES)], [f"s{number}" for number in range(N_CELLS)]
    path = write_table(tmp_path / "a.csv", is_by_gene=True, genes=genes, cells=cells)
    preflight = make_preflight(open_counts(path), looks_like_counts(path))
    assert preflight.orientation == "genes-by-cells"
    assert not preflight.is_orientation_sure
    assert not preflight.looks_like_counts
    assert any(warning.startswith("Check the orientation:") for warning in preflight.warnings)
    assert read_counts(path).notes == (
        "Cells are assumed to be in columns: the names do not show it, and 40 rows are more than 30 columns.",
    )


def test_a_semicolon_and_a_decimal_comma_are_understood(tmp_path: Path) -> None:
    counts = np.round(np.log1p(make_counts()), 3)
    path = write_table(tmp_path / "a.csv", is_by_gene=True, delimiter=";", counts=counts, decimal=",")
    matrix = read_counts(path)
    assert matrix.state == "log"
    assert np.allclose(matrix.counts.toarray(), counts)


@pytest.mark.parametrize("is_by_gene", [True, False])
@pytest.mark.parametrize("corner", ["", "entrez", None])
def test_entrez_numbers_are_names(tmp_path: Path, is_by_gene: bool, corner: str | None) -> None:
    genes = [str(number) for number in np.random.default_rng(0).permutation(90_000)[:N_GENES] + 100]
    matrix = read_counts(write_table(tmp_path / "a.csv", is_by_gene, genes=genes, corner=corner))
    assert matrix.counts.toarray().tolist() == make_counts().tolist()
    assert matrix.gene_ids.tolist() == genes


def test_columns_of_text_and_known_numbers_describe_the_cells(tmp_path: Path) -> None:
    lines = [",".join(["", "cell_type", "n_counts", *SYMBOLS, "donor"])]
    for number, (name, row) in enumerate(zip(make_barcodes(), make_counts().tolist())):
        cells = [name, "T" if number % 2 else "NA", str(sum(row)), *map(str, row), f'"d {number % 3}, old"']
        lines.append(",".join(cells))
    (tmp_path / "a.csv").write_text("\n".join(lines))
    matrix = read_counts(tmp_path / "a.csv")
    assert_same(matrix)
    assert list(matrix.cells.columns) == ["cell_type", "n_counts", "donor"]
    assert matrix.cells["cell_type"].tolist()[1::2] == ["T"] * (N_CELLS // 2)
    assert matrix.cells["cell_type"].isna().tolist()[::2] == [True] * (N_CELLS // 2)
    assert matrix.cells["n_counts"].tolist() == make_counts().sum(axis=1).tolist()
    assert matrix.cells["donor"].tolist()[:2] == ["d 0, old", "d 1, old"]
    assert matrix.notes == (
        "Columns that hold no counts are kept as columns of the cells: cell_type, n_counts, donor.",
    )


def test_columns_of_text_beside_genes_are_symbols_or_left_out(tmp_path: Path) -> None:
    lines = ["\t".join(["Geneid", "Chr", "Length", "gene_name", *make_barcodes()])]
    for number, (symbol, row) in enumerate(zip(SYMBOLS, make_counts().T.tolist())):
        lines.append("\t".join([f"ENSG{number:011d}", "chr1;chr1", "1200", symbol, *map(str, row)]))
    (tmp_path / "a.txt").write_text("# Program:featureCounts v2.0\n" + "\n".join(lines))
    matrix = read_counts(tmp_path / "a.txt")
    assert matrix.counts.toarray().tolist() == make_counts().tolist()
    assert matrix.gene_ids[0] == "ENSG00000000000"
    assert matrix.gene_symbols.tolist() == SYMBOLS


def test_repeated_genes_become_unique_and_are_told(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", is_by_gene=True, genes=[SYMBOLS[0], *SYMBOLS[:-1]])
    assert read_counts(path).gene_ids[:3].tolist() == ["ACTB", "ACTB-1", "GAPDH"]
    preflight = make_preflight(open_counts(path))
    assert preflight.n_repeated_genes == 1
    assert "1 gene name is a repeat and gets a suffix such as -1." in preflight.warnings


@pytest.mark.parametrize("gap", ["NA", "", "NaN"])
def test_missing_values_are_refused_with_their_number(tmp_path: Path, gap: str) -> None:
    text = write_table(tmp_path / "a.csv", is_by_gene=True).read_text()
    (tmp_path / "a.csv").write_text(text.replace(",0,", f",{gap},", 2))
    with pytest.raises(DataError, match=r"a\.csv has 2 missing values .*: write 0 where nothing was counted\."):
        read_counts(tmp_path / "a.csv")
    assert make_preflight(open_counts(tmp_path / "a.csv")).n_missing == 2


def test_text_among_counts_is_named(tmp_path: Path) -> None:
    text = write_table(tmp_path / "a.csv", is_by_gene=True).read_text()
    (tmp_path / "a.csv").write_text(text.replace(",0,", ",many,", 1))
    with pytest.raises(DataError, match="'many' is where a count should be"):
        read_counts(tmp_path / "a.csv")


def test_an_uneven_line_is_named(tmp_path: Path) -> None:
    text = write_table(tmp_path / "a.csv", is_by_gene=True).read_text().splitlines()
    text[35] += ",7"
    (tmp_path / "a.csv").write_text("\n".join(text))
    with pytest.raises(DataError, match="line 36 has 32 cells, the others 31"):
        read_counts(tmp_path / "a.csv")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: "sep=,\n" + text,
        lambda text: "\n".join(f"{line}," for line in text.splitlines()),
        lambda text: "# made by hand\n#" + text,
        lambda text: "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in text.splitlines()),
        lambda text: text.replace(",", "  "),
    ],
    ids=["windows", "mark of order", "hint", "delimiter at the end", "comments", "quotes", "spaces"],
)
def test_habits_of_writers_change_nothing(tmp_path: Path, change: Callable[[str], str]) -> None:
    text = write_table(tmp_path / "a.csv", is_by_gene=True, corner="gene").read_text()
    (tmp_path / "a.csv").write_text(change(text), encoding="utf-8")
    assert_same(read_counts(tmp_path / "a.csv"))


def test_names_in_other_scripts_are_kept(tmp_path: Path) -> None:
    cells = [f"клетка-Ω{number}" for number in range(N_CELLS)]
    assert read_counts(write_table(tmp_path / "a.csv", True, cells=cells)).cell_ids.tolist() == cells


def test_a_wide_table_is_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    counts = rng.poisson(0.2, (40, 9000))
    genes = [f"{stem}{number}" for number, stem in enumerate(["TMEM", "ZNF", "CD"] * 3000)]
    cells = [f"AAACATACAACC{number:04d}" for number in range(40)]
    path = write_table(tmp_path / "a.csv.gz", False, genes=genes, cells=cells, counts=counts)
    matrix = read_counts(path)
    assert matrix.counts.toarray().tolist() == counts.tolist()
    assert (matrix.gene_ids.tolist(), matrix.cell_ids.tolist()) == (genes, cells)
    assert looks_like_counts(path)


ORDINARY = {
    "flowers": "sepal_length,sepal_width,species\n" + "5.1,3.5,setosa\n4.9,3.0,virginica\n" * 20,
    "pixels": ",".join(f"pixel{n}" for n in range(784)) + "\n" + (",".join(["0", "255"] * 392) + "\n") * 20,
    "codes": "id," + ",".join(f"Q{n}" for n in range(60)) + "\n" + "".join(f"AB{n},{'1,' * 59}1\n" for n in range(90)),
    "people": "name,city,age\n" + "".join(f"Anna{n},Rome,{n}\n" for n in range(90)),
    "measured cells": "cell,area,length\n" + "".join(f"cell_{n},{n}.5,{n}.25\n" for n in range(90)),
    "digits": "\n".join("0,5,100,3,7,27,0" for _ in range(90)),
    "labels": "barcode,cell_type\n" + "".join(f"{name},T\n" for name in make_barcodes()),
    "empty": "",
    "one line": "a,b,c",
    "no text": "\0\1\2\3" * 100,
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_ordinary_tables_do_not_look_like_counts(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    assert not looks_like_counts(tmp_path / "a.csv")


def test_numbered_genes_look_like_counts_when_there_are_thousands(tmp_path: Path) -> None:
    counts = np.random.default_rng(0).poisson(0.2, (30, 2500))
    genes = [f"gene_{number}" for number in range(2500)]
    assert looks_like_counts(write_table(tmp_path / "a.csv", False, genes=genes, counts=counts))


def test_folders_and_binary_forms_look_like_counts(tmp_path: Path) -> None:
    assert looks_like_counts(write_folder(tmp_path / "lung"))
    (tmp_path / "empty").mkdir()
    assert not looks_like_counts(tmp_path / "empty")


def write_sheet(path: Path, genes: list[object], is_by_gene: bool = True) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if is_by_gene:
        sheet.append(["gene", *make_barcodes()])
        for gene, row in zip(genes, make_counts().T.tolist()):
            sheet.append([gene, *row])
    else:
        sheet.append(["cell", "tissue", *genes])
        for cell, row in zip(make_barcodes(), make_counts().tolist()):
            sheet.append([cell, "lung", *row])
    book.create_sheet("notes").append(["nothing"])
    book.save(path)
    return path


@pytest.mark.parametrize("is_by_gene", [True, False])
def test_a_sheet_is_read_either_way_round(tmp_path: Path, is_by_gene: bool) -> None:
    path = write_sheet(tmp_path / "a.xlsx", [*SYMBOLS], is_by_gene)
    assert find_format(path) == "sheet"
    matrix = read_counts(path)
    assert_same(matrix)
    assert list(matrix.cells.columns) == ([] if is_by_gene else ["tissue"])
    assert "1 further sheets are left out." in matrix.notes


def test_genes_that_a_spreadsheet_made_dates_of_are_told(tmp_path: Path) -> None:
    genes: list[object] = [datetime.datetime(2024, 3, 1), "2-Sep", *SYMBOLS[2:]]
    preflight = make_preflight(open_counts(write_sheet(tmp_path / "a.xlsx", genes)))
    assert "A spreadsheet turned 2 gene names into dates (2024-03-01, 2-Sep): MARCH1 became 1-Mar." in (
        preflight.warnings
    )


def test_gaps_and_text_in_a_sheet_are_refused(tmp_path: Path) -> None:
    path = write_sheet(tmp_path / "a.xlsx", [*SYMBOLS])
    for value, message in ((None, "1 missing values"), ("many", "'many' where a count should be")):
        book = openpyxl.load_workbook(path)
        book.worksheets[0]["C4"] = value
        book.save(tmp_path / "b.xlsx")
        with pytest.raises(DataError, match=message):
            read_counts(tmp_path / "b.xlsx")


def test_a_truncated_gzip_is_refused(tmp_path: Path) -> None:
    content = gzip.compress(write_table(tmp_path / "a.csv", True).read_bytes())
    (tmp_path / "b.csv.gz").write_bytes(content[:-20])
    with pytest.raises(DataError, match=r"b\.csv\.gz is a corrupt gzip file: compress it again\."):
        read_counts(tmp_path / "b.csv.gz")


@pytest.mark.parametrize(("delimiter", "quote"), [(",", '"'), ("\t", ""), ("\t", '"'), (";", ""), (" ", "")])
def test_commas_at_the_thousands_are_read_and_told(tmp_path: Path, delimiter: str, quote: str) -> None:
    counts = make_counts()
    counts[3] = counts[3] * 900 + 1000
    counts[7, 5] = 1_234_567
    lines = [delimiter.join(["gene", *make_barcodes()])]
    for symbol, row in zip(SYMBOLS, counts.T.tolist()):
        cells = [f"{quote}{value:,}{quote}" if value >= 1000 else str(value) for value in row]
        lines.append(delimiter.join([symbol, *cells]))
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n")
    matrix = read_counts(tmp_path / "a.csv")
    assert matrix.cell_ids.tolist() == make_barcodes()
    assert matrix.counts.toarray().tolist() == counts.tolist()
    (note,) = matrix.notes
    assert note.startswith("Numbers with marks at the thousands are read without them")


def test_a_comma_at_another_place_is_refused(tmp_path: Path) -> None:
    text = write_table(tmp_path / "a.tsv", True, "\t").read_text().splitlines()
    text[38] = text[38].replace("\t0", "\t12,34", 1)
    (tmp_path / "a.tsv").write_text("\n".join(text))
    with pytest.raises(DataError, match="'12,34' is where a count should be"):
        read_counts(tmp_path / "a.tsv")


def test_the_column_that_gives_the_symbols_is_told(tmp_path: Path) -> None:
    lines = ["\t".join(["Geneid", "Chr", "gene_name", *make_barcodes()])]
    for number, (symbol, row) in enumerate(zip(SYMBOLS, make_counts().T.tolist())):
        lines.append("\t".join([f"ENSG{number:011d}", "chr1", symbol, *map(str, row)]))
    (tmp_path / "a.txt").write_text("\n".join(lines))
    matrix = read_counts(tmp_path / "a.txt")
    assert matrix.gene_symbols.tolist() == SYMBOLS
    assert matrix.notes == (
        "The column gene_name gives the symbols of the genes.",
        "Columns that hold no counts describe the genes and are left out: Chr.",
    )


def test_columns_of_text_with_one_name_or_none_are_kept_apart_or_told(tmp_path: Path) -> None:
    lines = [",".join(["", "label", "label", "", *SYMBOLS])]
    for number, (name, row) in enumerate(zip(make_barcodes(), make_counts().tolist())):
        lines.append(",".join([name, f"a{number % 2}", f"b{number % 3}", "note", *map(str, row)]))
    (tmp_path / "a.csv").write_text("\n".join(lines))
    matrix = read_counts(tmp_path / "a.csv")
    assert_same(matrix)
    assert matrix.cells["label"].tolist()[:3] == ["a0", "a1", "a0"]
    assert matrix.cells["label_2"].tolist()[:3] == ["b0", "b1", "b2"]
    assert matrix.notes[-1] == "1 column of text without a name is left out."


@pytest.mark.parametrize("is_by_gene", [True, False])
@pytest.mark.parametrize(
    ("delimiter", "mark"), [(",", '"{:,}"'), ("\t", "{:,}"), (";", "{:,}"), ("\t", '"{:,}"'), ("\t", "{:_}")]
)
def test_counts_with_marks_at_the_thousands_are_read_and_that_is_said(
    tmp_path: Path, is_by_gene: bool, delimiter: str, mark: str
) -> None:
    counts = make_counts()
    counts[3] = counts[3] * 1000 + 1234  # one deep cell
    grid = counts.T if is_by_gene else counts
    names, columns = (SYMBOLS, make_barcodes()) if is_by_gene else (make_barcodes(), SYMBOLS)
    lines = [delimiter.join(["", *columns])]
    for name, row in zip(names, grid.tolist(), strict=True):
        lines.append(delimiter.join([name, *(mark.format(value).replace("_", "'") for value in row)]))
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n")
    matrix = read_counts(path)
    assert matrix.cell_ids.tolist() == make_barcodes()
    assert matrix.counts.toarray().tolist() == counts.tolist()
    assert any(note.startswith("Numbers with marks at the thousands") for note in matrix.notes)


@pytest.mark.parametrize("cell", ["1,2", "0,693", "1,23,456", "True", "1_000"])
def test_a_cell_that_is_no_count_is_named(tmp_path: Path, cell: str) -> None:
    lines = [",".join(["", *SYMBOLS])]
    for number, (name, row) in enumerate(zip(make_barcodes(), make_counts().tolist(), strict=True)):
        lines.append(
            ",".join([name, *(f'"{cell}"' if number == 2 and place == 5 else str(v) for place, v in enumerate(row))])
        )
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(DataError, match="where a count should be") as caught:
        read_counts(path)
    assert "\n" not in str(caught.value)


def test_a_table_of_cells_as_scanpy_writes_it_is_a_table(tmp_path: Path) -> None:
    lines = [",n_genes,is_doublet,passed,louvain,score,pct_mt"]
    for number, name in enumerate(make_barcodes()):
        lines.append(f"{name},0,False,{number % 2 == 0},{'CD4 T' if number % 3 else 'B'},0.0,0")
    path = tmp_path / "obs.csv"
    path.write_text("\n".join(lines) + "\n")
    assert not looks_like_counts(path)


def test_counts_that_a_sheet_holds_as_text_are_read_and_a_word_among_them_is_named(tmp_path: Path) -> None:
    counts = make_counts()
    counts[0] = counts[0] * 1000 + 1234
    for wrong in (None, "1,23", True):
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        sheet.append(["gene", *make_barcodes()])
        for number, (name, row) in enumerate(zip(SYMBOLS, counts.T.tolist(), strict=True)):
            is_wrong = wrong is not None and number == 3
            sheet.append([name, wrong if is_wrong else f"{row[0]:,}", *row[1:]])
        book.save(tmp_path / "a.xlsx")
        if wrong is None:
            matrix = read_counts(tmp_path / "a.xlsx")
            assert matrix.counts.toarray().tolist() == counts.tolist()
            assert any(note.startswith("Numbers with marks at the thousands") for note in matrix.notes)
        else:
            with pytest.raises(DataError, match=f"a.xlsx has '{wrong}' where a count should be"):
                read_counts(tmp_path / "a.xlsx")
