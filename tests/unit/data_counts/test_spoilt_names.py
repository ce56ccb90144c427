"""Names that a spreadsheet or the reader has changed are always told."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from clustergan_core.data.counts.reading.names import find_dates, find_kind, find_numbers
from clustergan_core.data.counts.reading.preflight import make_preflight
from clustergan_core.data.counts.reading.reader import open_counts, read_counts
from tests.count_files import N_GENES, SYMBOLS, ensembl_ids, make_barcodes, make_counts, write_folder, write_table

DATE_NOTE = "A spreadsheet turned 2 gene names into dates (1-Mar, 2-Sep): MARCH1 became 1-Mar."
NUMBER_NOTE = (
    "2 gene names are numbers (2.31E+19, 44621), which a spreadsheet makes of names that look like numbers or dates: "
    "2310000E19 became 2.31E+19, and MARCH1 became 44621."
)
SPOILT = ["1-Mar", "2-Sep", "2.31E+19", "44621", *SYMBOLS[4:]]


@pytest.mark.parametrize("is_by_gene", [True, False])
def test_dates_and_numbers_among_the_genes_of_a_text_are_told(tmp_path: Path, is_by_gene: bool) -> None:
    path = write_table(tmp_path / "a.csv", is_by_gene, genes=SPOILT)
    assert read_counts(path).notes == (DATE_NOTE, NUMBER_NOTE)
    warnings = make_preflight(open_counts(path)).warnings
    assert DATE_NOTE in warnings
    assert NUMBER_NOTE in warnings


def test_dates_and_numbers_among_the_symbols_of_a_folder_are_told(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "a", feature_rows=list(zip(ensembl_ids(), SPOILT)))
    assert read_counts(folder).notes == (DATE_NOTE, NUMBER_NOTE)


def test_a_number_of_a_sheet_is_told_as_the_sheet_shows_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Gene", *make_barcodes()])
    for name, row in zip([2.31e19, *SYMBOLS[1:]], make_counts().T.tolist()):
        sheet.append([name, *row])
    book.save(tmp_path / "a.xlsx")
    matrix = read_counts(tmp_path / "a.xlsx")
    assert matrix.gene_ids.tolist() == ["2.31E+19", *SYMBOLS[1:]]
    assert matrix.notes[0].startswith("1 gene name is a number (2.31E+19), which a spreadsheet makes of names")


def test_dates_are_told_from_genes() -> None:
    dates = [
        "1-Mar",
        "01-Mar",
        "2-SEP",
        "Mar-01",
        "Dec-00",
        "2024-03-01",
        "3/1/2024",
        "01.03.2024",
        "1. Mrz",
        "4-Okt",
        "1-sept",
        "01-mars",
        "1-dic",
        "2024/3/1",
        "1-Mar-24",
        "1-Mar-2024",
    ]
    assert find_dates(dates) == dates
    assert find_dates(["sep-1", "dec-1", "oct-1", "MARCH1", "SEPT2", "DEC1", "mar-1x", "H2-Ab1", "HLA-A"]) == []


def test_two_genes_that_became_one_date_are_both_told(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", True, genes=["1-Mar", "1-Mar", *SYMBOLS[2:]])
    assert read_counts(path).notes == (
        "1 gene name is a repeat and gets a suffix such as -1.",
        "A spreadsheet turned 2 gene names into dates (1-Mar, 1-Mar-1): MARCH1 became 1-Mar.",
    )


def test_numbers_that_are_ids_are_not_told() -> None:
    assert find_numbers([str(number) for number in range(100, 200)]) == []
    assert find_numbers(["7", *SYMBOLS]) == ["7"]


def test_repeats_of_cells_and_genes_are_told_with_the_matrix(tmp_path: Path) -> None:
    cells = make_barcodes()
    cells[1] = cells[0]
    path = write_table(tmp_path / "a.csv", True, genes=[SYMBOLS[1], *SYMBOLS[1:]], cells=cells)
    matrix = read_counts(path)
    assert matrix.cell_ids[:2].tolist() == [cells[0], f"{cells[0]}-1"]
    assert matrix.notes == (
        "1 gene name is a repeat and gets a suffix such as -1.",
        "1 cell name is a repeat and gets a suffix such as -1.",
    )


def test_a_mixture_of_two_species_is_neither() -> None:
    human, mouse = ensembl_ids(), [gene.replace("ENSG", "ENSMUSG") for gene in ensembl_ids()]
    assert find_kind(human) == ("Ensembl", "human")
    assert find_kind([*human, *mouse[: N_GENES // 2]]) == ("Ensembl", "unknown")
    pairs = [*(f"GRCh38_{gene}" for gene in human), *(f"mm10___{gene}" for gene in mouse)]
    assert find_kind(pairs) == ("Ensembl", "unknown")
    assert find_kind([*(f"GRCh38_{name}" for name in SYMBOLS), "mm10___Actb"]) == ("symbols", "unknown")
