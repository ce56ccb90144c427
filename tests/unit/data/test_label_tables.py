"""Label tables whose ids are spelt otherwise than the samples', in another order: matched by id, or refused."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from clustergan_core.data.dataset import UNLABELLED, Dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.own.files import open_own
from clustergan_core.data.own.matching import match_ids
from clustergan_core.errors import DataError

BASES = (
    "AAACCTGAGAAACCAT",
    "AAACCTGCACTTGGAT",
    "AAAGATGGTCCGTGAC",
    "CATTATCTCCTTTCTC",
    "GGGACCTGTTGTCGCG",
    "TTTGTCATCTAACTCT",
)
TYPES = ("B", "T", "B", "T", "NK", "NK")
ORDER = (4, 2, 0, 5, 1, 3)


def write_cells(folder: Path, ids: list[str], header: str = "barcode") -> Path:
    path = folder / "cells.csv"
    rows = [f"{name},{number},{number * number}" for number, name in enumerate(ids)]
    path.write_text("\n".join([f"{header},a,b", *rows]) + "\n")
    return path


def write_types(folder: Path, ids: list[str], header: str = "cell") -> Path:
    """Types of the cells in another order than the cells'."""
    path = folder / "types.csv"
    path.write_text("\n".join([f"{header},kind", *(f"{ids[n]},{TYPES[n]}" for n in ORDER)]) + "\n")
    return path


def names(dataset: Dataset) -> list[str]:
    assert dataset.labels is not None
    return [dataset.label_names[label] if label != UNLABELLED else "-" for label in dataset.labels]


def notes(dataset: Dataset) -> str:
    return " ".join(
        step["text"] for step in dataset.preprocessing if step["step"] == "labels" or step["step"] == "note"
    )


SPELLINGS: dict[str, tuple[Callable[[str], str], Callable[[str], str], str]] = {
    "the suffix is gone": (lambda b: f"{b}-1", lambda b: b, "without the number behind the id"),
    "a suffix was added": (lambda b: b, lambda b: f"{b}-1", "without the number behind the id"),
    "R wrote points": (lambda b: f"{b}-1", lambda b: f"{b}.1", "'.' taken for '-'"),
    "R put an X before digits": (lambda b: f"7{b}-1", lambda b: f"X7{b}.1", "'.' taken for '-'"),
    "lower case": (lambda b: f"{b}-1", lambda b: f"{b}-1".lower(), "letter case ignored"),
    "a sample's name before": (lambda b: f"{b}-1", lambda b: f"S1_{b}-1", "before or behind"),
    "a batch behind": (lambda b: f"{b}-1", lambda b: f"{b}-1-0", "before or behind"),
    "names on both sides": (lambda b: f"lung_{b}-1", lambda b: f"P3#{b}", "before or behind"),
    "zeros in front": (lambda b: f"00{BASES.index(b) + 3}", lambda b: str(BASES.index(b) + 3), "zeros in front"),
    "numbers alone": (lambda b: f"cell_{BASES.index(b) + 3}", lambda b: str(BASES.index(b) + 3), "before or behind"),
    "a name before ids of another kind": (
        lambda b: f"x{BASES.index(b)}y",
        lambda b: f"run7:x{BASES.index(b)}y",
        "before or",
    ),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_ids_are_matched_after_a_known_respelling_and_the_note_says_which(tmp_path: Path, spelling: str) -> None:
    ours, theirs, words = SPELLINGS[spelling]
    cells = write_cells(tmp_path, [ours(b) for b in BASES])
    types = write_types(tmp_path, [theirs(b) for b in BASES])
    dataset = open_own(cells, OwnDataOptions(labels=f"{types}:kind"))
    assert names(dataset) == list(TYPES)
    assert words in notes(dataset)
    assert "(6 of 6)" in notes(dataset)


def test_a_table_of_other_ids_is_refused_with_an_id_of_each_side(tmp_path: Path) -> None:
    cells = write_cells(tmp_path, [f"{b}-1" for b in BASES])
    types = write_types(tmp_path, ["oak", "elm", "ash", "fir", "yew", "box"])
    with pytest.raises(DataError, match=r"types\.csv names its rows in column 'cell' \('yew'\).*'AAACCTGAGAAACCAT-1'"):
        open_own(cells, OwnDataOptions(labels=f"{types}:kind"))


def test_a_table_with_ids_is_never_taken_by_row_order_where_the_data_has_none(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, x=np.random.default_rng(0).random((6, 3)))
    types = write_types(tmp_path, list(BASES))
    with pytest.raises(DataError, match=r"'GGGACCTGTTGTCGCG'\), but x\.npz has no ids"):
        open_own(path, OwnDataOptions(labels=f"{types}:kind"))


def test_row_numbers_in_another_order_name_the_samples_of_data_without_ids(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, x=np.random.default_rng(0).random((6, 3)))
    types = write_types(tmp_path, [str(row) for row in range(6)], header="sample_id")
    dataset = open_own(path, OwnDataOptions(labels=f"{types}:kind"))
    assert names(dataset) == list(TYPES)
    assert "the row's number" in notes(dataset)


def test_a_column_that_counts_the_rows_leaves_their_order_to_count(tmp_path: Path) -> None:
    cells = write_cells(tmp_path, [f"{b}-1" for b in BASES])
    types = tmp_path / "types.csv"
    types.write_text("\n".join([",kind", *(f"{row},{kind}" for row, kind in enumerate(TYPES))]))
    dataset = open_own(cells, OwnDataOptions(labels=f"{types}:kind"))
    assert names(dataset) == list(TYPES)
    assert "matched by row order" in notes(dataset)


def test_numbers_called_ids_are_not_taken_for_row_numbers(tmp_path: Path) -> None:
    cells = write_cells(tmp_path, [f"{b}-1" for b in BASES])
    types = tmp_path / "types.csv"
    types.write_text("\n".join(["sample_id,kind", *(f"{row},{kind}" for row, kind in enumerate(TYPES))]))
    with pytest.raises(DataError, match="no known respelling matches them: spell them alike"):
        open_own(cells, OwnDataOptions(labels=f"{types}:kind"))


def test_a_table_of_a_third_of_the_samples_labels_those_and_says_how_many_are_left(tmp_path: Path) -> None:
    cells = write_cells(tmp_path, [f"{b}-1" for b in BASES])
    types = tmp_path / "types.csv"
    types.write_text(f"cell,kind\n{BASES[3]}-1,T\n{BASES[0]}-1,B\n")
    dataset = open_own(cells, OwnDataOptions(labels=f"{types}:kind"))
    assert names(dataset) == ["B", "-", "-", "T", "-", "-"]
    assert "(2 of 6)" in notes(dataset)
    assert "types.csv does not name 4 samples (AAACCTGCACTTGGAT-1, …): they have no label." in notes(dataset)


def test_an_id_that_stands_twice_with_different_labels_is_named(tmp_path: Path) -> None:
    cells = write_cells(tmp_path, list(BASES))
    types = write_types(tmp_path, list(BASES))
    types.write_text(types.read_text() + f"{BASES[0]},NK\n")
    with pytest.raises(DataError, match="names 'AAACCTGAGAAACCAT' twice, once as 'B' and once as 'NK'"):
        open_own(cells, OwnDataOptions(labels=f"{types}:kind"))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (["AAACCTGAGAAACCAT-1", "AAACCTGAGAAACCAT-2"], ["AAACCTGAGAAACCAT", "AAACCTGCACTTGGAT"]),
        (["a", "A", "c"], ["À", "C-1", "c-1"]),
        (["one", "two"], ["three", "four"]),
    ],
)
def test_a_respelling_that_makes_ids_alike_is_not_used(ours: list[str], theirs: list[str]) -> None:
    assert match_ids(ours, theirs) is None


def test_chance_hits_of_another_sample_get_no_label() -> None:
    rng = np.random.default_rng(0)
    barcodes = ["".join(rng.choice(list("ACGT"), 16)) for _ in range(120)]
    ours = [f"{b}-1" for b in barcodes[:60]]
    theirs = [f"S1_{b}-1" for b in barcodes[5:60]] + [f"S2_{b}-1" for b in [barcodes[0], *barcodes[60:]]]
    match = match_ids(ours, theirs)
    assert match is not None
    assert match.rows == [None] * 5 + list(range(55))


def test_ids_of_which_some_are_alike_are_matched_as_well_without_zeros() -> None:
    match = match_ids(["c_098", "c_099", "c_100", "c_101"], ["c_101", "c_99", "c_100", "c_98"])
    assert match is not None
    assert match.rows == [3, 1, 2, 0]


def test_a_barcode_of_another_lane_is_not_taken_where_others_are_alike() -> None:
    match = match_ids(["AAAC-1", "CCCA-1", "GGGT-1"], ["AAAC-1", "CCCA-1", "GGGT-2"])
    assert match is not None
    assert match.rows == [0, 1, None]
