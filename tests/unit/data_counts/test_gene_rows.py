"""Rows of a matrix that are no genes, and names that join a symbol to something else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from clustergan_core.data.counts.reading.gene_rows import split_joined
from clustergan_core.data.counts.reading.preflight import make_preflight
from clustergan_core.data.counts.reading.reader import open_counts, read_counts
from clustergan_core.errors import DataError
from tests.count_files import (
    N_CELLS,
    N_GENES,
    SYMBOLS,
    ensembl_ids,
    make_barcodes,
    make_counts,
    write_folder,
    write_table,
)

HTSEQ = ["__no_feature", "__ambiguous", "__too_low_aQual", "__not_aligned", "__alignment_not_unique"]
STAR = ["N_unmapped", "N_multimapping", "N_noFeature", "N_ambiguous"]


def with_rows(names: Sequence[str], is_first: bool = False) -> tuple[list[str], np.ndarray]:
    """The genes with further rows of a thousand counts each, below or above them."""
    more = np.full((N_CELLS, len(names)), 1000)
    if is_first:
        return [*names, *ensembl_ids()], np.hstack([more, make_counts()])
    return [*ensembl_ids(), *names], np.hstack([make_counts(), more])


@pytest.mark.parametrize(
    ("counters", "is_first"),
    [
        (HTSEQ, False),
        ([name.removeprefix("__") for name in HTSEQ], False),
        ([f"X{name}" for name in HTSEQ], False),
        (STAR, True),
        (["Unassigned_Unmapped", "Unassigned_NoFeatures"], False),
    ],
    ids=["htseq", "htseq of old", "htseq by R", "STAR", "featureCounts"],
)
@pytest.mark.parametrize("is_by_gene", [True, False])
def test_counters_are_left_out_and_named(tmp_path: Path, counters: list[str], is_first: bool, is_by_gene: bool) -> None:
    genes, counts = with_rows(counters, is_first)
    cells = [f"cell_{number}" for number in range(N_CELLS)]
    path = write_table(
        tmp_path / "a.tsv", is_by_gene, "\t", genes, cells, counts, corner="gene_id" if is_by_gene else ""
    )
    matrix = read_counts(path)
    assert matrix.gene_ids.tolist() == ensembl_ids()
    assert matrix.counts.toarray().tolist() == make_counts().tolist()
    note = f"{len(counters)} rows of reads outside genes are left out ({', '.join(counters)})."
    assert note in matrix.notes
    preflight = make_preflight(open_counts(path))
    assert (preflight.n_cells, preflight.n_genes) == (N_CELLS, N_GENES)
    assert note in preflight.notes


def test_counters_of_a_folder_are_left_out(tmp_path: Path) -> None:
    genes, counts = with_rows(HTSEQ)
    folder = write_folder(tmp_path / "a", feature_rows=[(gene,) for gene in genes], counts=counts)
    assert read_counts(folder).counts.toarray().tolist() == make_counts().tolist()


def test_a_table_of_counters_alone_is_refused(tmp_path: Path) -> None:
    counts = np.full((N_CELLS, 5), 3)
    path = write_table(tmp_path / "a.tsv", True, "\t", HTSEQ, make_barcodes(), counts)
    with pytest.raises(DataError, match=r"a\.tsv holds no genes \(__no_feature, .*\): provide a matrix of genes\."):
        read_counts(path)


def write_rhapsody(path: Path, genes: Sequence[str], cells: Sequence[int]) -> Path:
    lines = ["## BD Rhapsody Analysis Pipeline, Version 1.9.1", "## Run Date, 2024-01-15", *["## more"] * 5]
    lines.append(",".join(["Cell_Index", *genes]))
    lines += [",".join(map(str, [cell, *row])) for cell, row in zip(cells, make_counts().tolist())]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_rhapsody_table_has_its_cells_in_rows_and_no_antibodies(tmp_path: Path) -> None:
    genes = [f"{symbol}|NM_{1000 + number}.2|Reference_end" for number, symbol in enumerate(SYMBOLS)]
    genes[4], genes[9] = "CD3:SK7|CD3E|AHS0033|pAbO", "SampleTag01_hs|stAbO"
    cells = [7 * number + 1003 for number in range(N_CELLS)]
    matrix = read_counts(write_rhapsody(tmp_path / "a.csv", genes, cells))
    kept = [number for number in range(N_GENES) if number not in (4, 9)]
    assert matrix.cell_ids.tolist() == [str(cell) for cell in cells]
    assert matrix.gene_symbols.tolist() == [SYMBOLS[number] for number in kept]
    assert matrix.counts.toarray().tolist() == make_counts()[:, kept].tolist()
    assert matrix.notes == (
        "2 rows of antibodies or sample tags are left out (CD3:SK7|CD3E|AHS0033|pAbO, SampleTag01_hs|stAbO).",
        "The symbol is taken from gene names of several parts: ACTB|NM_1000.2|Reference_end is ACTB.",
    )


def test_numbers_of_cells_are_no_genes_whatever_the_genes_are_called(tmp_path: Path) -> None:
    genes = [f"unusual{'abcd'[number % 4]}{number}|x" for number in range(N_GENES)]
    matrix = read_counts(write_rhapsody(tmp_path / "a.csv", genes, list(range(500, 500 + N_CELLS))))
    assert matrix.counts.shape == (N_CELLS, N_GENES)
    assert matrix.cell_ids[:2].tolist() == ["500", "501"]


def test_forty_lines_of_comments_are_no_part_of_a_table(tmp_path: Path) -> None:
    text = write_table(tmp_path / "a.csv", is_by_gene=False).read_text()
    (tmp_path / "a.csv").write_text("## a comment, with marks\n" * 40 + text)
    assert read_counts(tmp_path / "a.csv").counts.toarray().tolist() == make_counts().tolist()


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("CD3E|NM_000733.3|Reference_end", "CD3E"),
        ("ENSG00000198851|CD3E", "CD3E"),
        ("CD3E|916", "CD3E"),
        ("?|10357", "?|10357"),
        ("ENSG00000198851.10_CD3E", "CD3E"),
        ("ENSMUSG00000032093-Cd3e", "Cd3e"),
        ("HLA-A_ENSG00000206503", "HLA-A"),
        ("HLA-A", "HLA-A"),
    ],
)
def test_the_symbol_is_the_part_that_is_no_id(name: str, symbol: str) -> None:
    others = ["CD4|NM_1", "CD8A|NM_2", "CD19|NM_3"]
    joined = split_joined([name, *others])
    assert joined is not None
    assert joined[0] == symbol


def test_a_few_names_with_a_bar_are_left_alone() -> None:
    assert split_joined(["A|B", *SYMBOLS]) is None
