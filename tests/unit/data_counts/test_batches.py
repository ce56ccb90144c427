"""Samples of an experiment: the column that tells them apart, the table that describes them, and genes over them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clustergan_core.data.counts.batches import (
    assign_batches,
    propose_samples,
    read_sample_table,
    write_sample_table,
)
from clustergan_core.data.counts.highly_variable_genes import rank_over_samples, score_dispersion
from clustergan_core.data.counts.prepare import prepare
from clustergan_core.data.counts.settings import PreparationSettings, QualitySettings
from clustergan_core.data.dataset import Batches, SampleFacts
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.step_sentences import describe_steps
from clustergan_core.errors import DataError, SettingsError
from tests.count_files import SYMBOLS, write_h5ad
from tests.small_cells import count_matrix

NO_RULE = QualitySettings(min_genes=0, min_cells=0)


def two_samples(column: list[Any] | None = None, **more: list[Any]) -> Any:
    cells = pd.DataFrame({"batch": column or ["s1"] * 3 + ["s2"] * 3, **more})
    return count_matrix(np.random.default_rng(0).poisson(3, (6, 4)), cells=cells)


def chosen(**options: Any) -> OwnDataOptions:
    return OwnDataOptions.model_validate(options)


def test_a_column_gives_codes_names_and_a_table() -> None:
    matrix, batches, notes = assign_batches(two_samples(["10", "9", "10", "9", "9", "9"]), chosen(sample="batch"))
    assert batches is not None
    assert batches.names == ("9", "10")
    assert batches.codes.tolist() == [1, 0, 1, 0, 0, 0]
    assert matrix.cells["sample"].astype(str).tolist() == ["10", "9", "10", "9", "9", "9"]
    assert notes == ("Samples are told apart by column 'batch' (2 levels: 9 4, 10 2).",)


def test_without_a_choice_nothing_is_taken_and_a_column_is_only_proposed() -> None:
    matrix = two_samples()
    assert assign_batches(matrix, OwnDataOptions()) == (matrix, None, ())
    columns = {"age": [1, 2, 3], "condition": ["a", "b", "a"] * 2, "orig.ident": ["x", "x", "y", "y", "x", "y"]}
    proposal = propose_samples(columns)
    assert proposal is not None
    assert (proposal.column, proposal.levels) == ("orig.ident", {"x": 3, "y": 3})
    assert propose_samples({"sample": ["one"] * 4}) is None  # one sample is nothing to tell apart
    assert propose_samples({"sample_id": list("abcdef")}) is None  # a name for each cell
    assert propose_samples({"cell_type": ["T", "B", "T", "B"]}) is None


def test_a_table_describes_samples_and_its_columns_go_with_the_cells(tmp_path: Path) -> None:
    table = tmp_path / "samples.csv"
    table.write_text("sample;condition;donor;colour\ns2;treated;D1;red\ns1;control;D1;blue\ns9;control;D9;red\n")
    matrix, batches, notes = assign_batches(two_samples(), chosen(sample="batch", samples=str(table)))
    assert batches is not None
    assert batches.table[0] == SampleFacts(sample="s1", name="s1", condition="control", donor="D1")
    assert matrix.cells["condition"].astype(str).tolist() == ["control"] * 3 + ["treated"] * 3
    assert any("column colour" in note for note in notes)
    assert any("also describes s9" in note for note in notes)


def test_a_table_may_rename_samples_and_reads_back_as_it_was_written(tmp_path: Path) -> None:
    given = (
        SampleFacts(sample="s1", name="day 0, first", condition="control"),
        SampleFacts(sample="s2", name='day "3"', technology="10x 3' v3"),
    )
    table = tmp_path / "samples.csv"
    table.write_bytes(write_sample_table(given))
    assert read_sample_table(table, ["s1", "s2"]) == (given, [])
    matrix, batches, _ = assign_batches(two_samples(), chosen(sample="batch", samples=str(table)))
    assert batches is not None
    assert batches.names == ("day 0, first", 'day "3"')
    assert matrix.cells["sample"].iloc[0] == "day 0, first"


def test_a_table_of_names_with_line_breaks_reads_back_and_blank_ends_of_lines_are_no_values(tmp_path: Path) -> None:
    given = (SampleFacts(sample="day\n0", name="day\n0"), SampleFacts(sample="s2", name="s2", donor="D\n1"))
    table = tmp_path / "samples.csv"
    table.write_bytes(write_sample_table(given))
    assert read_sample_table(table, ["day\n0", "s2"]) == (given, [])
    table.write_text("\nsample,donor\r\ns1,D1,,\r\ns2,D2,,\r\n,,,\r\n", newline="")
    assert [facts.donor for facts in read_sample_table(table, ["s1", "s2"])[0]] == ["D1", "D2"]


@pytest.mark.parametrize(
    ("delimiter", "encoding", "first"),
    [
        *((",", "utf-8-sig", ""), (";", "latin-1", ""), ("\t", "utf-16", ""), ("|", "utf-8", "")),
        (";", "utf-8-sig", "sep=;\r\n"),
    ],
)
def test_a_table_as_spreadsheets_save_it_is_read(tmp_path: Path, delimiter: str, encoding: str, first: str) -> None:
    rows = [("Sample ", "CONDITION", "donor"), ("s1", "Behandelt für 6 h", "D1"), ("s2", "größe", "D2")]
    text = first + "".join(delimiter.join(row) + "\r\n" for row in rows)
    (tmp_path / "samples.csv").write_bytes(text.encode(encoding))
    facts, notes = read_sample_table(tmp_path / "samples.csv", ["s2", "s1"])
    assert [row.condition for row in facts] == ["größe", "Behandelt für 6 h"]
    assert [row.donor for row in facts] == ["D2", "D1"]
    assert notes == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("sample,condition\ns1,a\n", "no row for sample s2: add one for each of s1, s2"),
        ("sample,condition\ns1,a\ns1,b\ns2,c\n", "several rows for sample s1"),
        ("sample,name\ns1,same\ns2,same\n", "calls several samples same"),
        ("id,condition\ns1,a\n", "has no column 'sample'"),
        ("", "has no column 'sample'|is empty"),
        (
            "sample,condition\ns1," + "x" * 200_000 + "\ns2,b\n",
            "not a whole CSV file .*save the table of samples again",
        ),
        ("sample,condition,Condition\ns1,a,b\ns2,c,d\n", "several columns 'condition': keep one"),
        ("sample,condition\ns1,Control, treated\ns2,b\n", r"2 columns in the row of sample s1: put .* in quotes"),
        ("sample,condition\ns1,a\ns2,b\n,c\n", r"a row without a sample \(c\): fill it in"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    table = tmp_path / "samples.csv"
    table.write_text(text)
    with pytest.raises(DataError, match=problem):
        read_sample_table(table, ["s1", "s2"])


def test_columns_that_cannot_tell_samples_apart_are_refused() -> None:
    with pytest.raises(DataError, match=r"has no column 'donor' for --sample: its columns are batch"):
        assign_batches(two_samples(), chosen(sample="donor"))
    with pytest.raises(DataError, match="names no sample for 2 of 6 cells"):
        assign_batches(two_samples(["a", None, "b", "b", None, "a"]), chosen(sample="batch"))
    with pytest.raises(DataError, match="6 values for 6 cells, too many"):
        assign_batches(two_samples(list("abcdef")), chosen(sample="batch"))
    with pytest.raises(SettingsError, match=r"samples.csv describes samples.*--sample"):
        assign_batches(two_samples(), chosen(samples="samples.csv"))
    mixed = replace(two_samples(), state="log")
    mixed.counts.data[mixed.counts.indptr[3] :] *= 0.37
    with pytest.raises(DataError, match=r"Sample s1 of small.h5ad holds raw counts and s2 log-normalised values"):
        assign_batches(mixed, chosen(sample="batch"))


def test_genes_are_taken_by_their_median_rank_within_samples_then_by_the_mean() -> None:
    scores = [np.array([5.0, 4, 3, 2, 1]), np.array([1.0, 4, 3, 5, 2]), np.array([5.0, 3, 4, 1, 2])]
    ranks = np.array([[1, 2, 3, 4, 5], [5, 2, 3, 1, 4], [1, 3, 2, 5, 4]])
    order = sorted(range(5), key=lambda gene: (np.median(ranks[:, gene]), ranks[:, gene].mean(), gene))
    for n_genes in range(1, 5):
        chosen_genes = rank_over_samples(scores, np.ones(5, dtype=np.bool_), n_genes)
        assert chosen_genes.tolist() == sorted(order[:n_genes])
    allowed = np.array([False, True, True, True, True])
    assert 0 not in rank_over_samples(scores, allowed, 4)


def shifted() -> tuple[np.ndarray, Batches]:
    """Counts of two samples: gene 0 differs only between them, genes 1 and 2 within both, gene 3 is in one alone."""
    random = np.random.default_rng(3)
    codes = np.repeat([0, 1], 60)
    types = np.tile([0, 1], 60)
    counts = random.poisson(4, (120, 8))
    counts[:, 0] = random.poisson(np.where(codes, 40, 4))
    counts[:, 1] = random.poisson(np.where(types, 25, 4))
    counts[:, 2] = random.poisson(np.where(types, 4, 25))
    counts[:, 3] = np.where(codes, random.poisson(np.where(types, 60, 1)), 0)
    return counts, Batches(codes, (SampleFacts(sample="a", name="a"), SampleFacts(sample="b", name="b")))


def test_what_differs_between_samples_alone_is_not_chosen_and_a_gene_must_be_in_two() -> None:
    counts, batches = shifted()
    settings = PreparationSettings(quality=NO_RULE, transform="paper", n_genes=2)
    pooled = prepare(count_matrix(counts), settings)
    within = prepare(count_matrix(counts), settings, batches=batches)
    assert set(pooled.feature_names) == {"g0", "g3"}
    assert set(within.feature_names) == {"g1", "g2"}
    assert within.batches is not None
    assert within.batches.codes.tolist() == batches.codes.tolist()
    step = next(step for step in within.preprocessing if step["step"] == "select_genes")
    assert step["n_considered"] == 7
    assert "ranked within each of 2 samples" in describe_steps([step])[0]


def test_one_sample_gives_what_no_sample_gives_and_two_another_digest() -> None:
    counts, batches = shifted()
    settings = PreparationSettings(quality=NO_RULE, n_genes=6)
    plain = prepare(count_matrix(counts), settings)
    one = prepare(count_matrix(counts), settings, batches=Batches(np.zeros(120, dtype=np.int64), batches.table[:1]))
    assert one.digest == plain.digest
    assert np.array_equal(one.samples, plain.samples)
    two = prepare(count_matrix(counts), settings, batches=batches)
    other = prepare(count_matrix(counts), settings, batches=Batches(1 - batches.codes, batches.table))
    assert len({plain.digest, two.digest, other.digest}) == 3


def test_two_files_open_as_one_data_set_of_two_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_DERIVED", str(tmp_path / "derived"))
    monkeypatch.setattr("clustergan_core.data.counts.joining.LEAST_GENES", 10)
    files = [tmp_path / name / "cells.h5ad" for name in ("a", "b")]
    for file in files:
        file.parent.mkdir()
        write_h5ad(file, SYMBOLS, {})
    dataset = open_dataset(str(files[0]), chosen(further=[str(files[1])], preparation={"min_genes": "1"}))
    assert dataset.batches is not None
    assert dataset.batches.names == ("cells", "cells-2")
    assert np.bincount(dataset.batches.codes).tolist() == [30, 30]
    assert dataset.sample_ids[30].startswith("cells-2_")
    assert set(dataset.columns["sample"].tolist()) == {"cells", "cells-2"}


def test_a_file_that_is_given_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_DERIVED", str(tmp_path / "derived"))
    write_h5ad(tmp_path / "cells.h5ad", SYMBOLS, {})
    twice = tmp_path / "folder" / ".." / "cells.h5ad"
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError, match=r"cells.h5ad is given as two samples: leave one of them out"):
        open_dataset(str(tmp_path / "cells.h5ad"), chosen(further=[str(twice)]))


@pytest.mark.parametrize("n_cells", [0, 1])
def test_a_sample_of_hardly_a_cell_orders_no_genes(n_cells: int) -> None:
    counts = np.random.default_rng(0).poisson(1, (60, 40))
    matrix, codes = count_matrix(counts), (np.arange(60) >= n_cells).astype(np.int64)
    assert len(set(score_dispersion(matrix, codes == 0, 10).tolist())) == 1
    assert len(set(score_dispersion(matrix, codes == 1, 10).tolist())) > 10


@pytest.mark.slow
def test_real_samples_are_told_apart_by_their_column(data_folder: Path) -> None:
    path = data_folder / "kang_ifnb" / "kang_ifnb.h5ad"
    dataset = open_dataset(str(path), chosen(sample="condition"))
    assert dataset.batches is not None
    assert dict(zip(dataset.batches.names, np.bincount(dataset.batches.codes).tolist(), strict=True)) == {
        "CTRL": 1310,
        "STIM": 1490,
    }
