"""Classes that are called as gaps are, and rows without a label: none vanishes without a word."""

from collections import Counter
from pathlib import Path

import pytest

from clustergan_core.data.dataset import UNLABELLED, Dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.own.files import open_own


def open_labels(folder: Path, labels: list[str], options: OwnDataOptions | None = None) -> Dataset:
    path = folder / "t.csv"
    path.write_text("\n".join(["a,b,label", *(f"{n},{n % 7},{label}" for n, label in enumerate(labels))]) + "\n")
    return open_own(path, options)


def counts(dataset: Dataset) -> dict[str, int]:
    assert dataset.labels is not None
    return dict(Counter(dataset.label_names[label] for label in dataset.labels if label != UNLABELLED))


def notes(dataset: Dataset) -> list[str]:
    return [step["text"] for step in dataset.preprocessing if step["step"] == "note"]


@pytest.mark.parametrize("words", [("NA", "None"), ("nan", "null"), ("NULL", "NaN")])
def test_two_words_for_a_gap_that_recur_are_classes_and_that_is_said(tmp_path: Path, words: tuple[str, str]) -> None:
    dataset = open_labels(tmp_path, ["B", words[0], words[1], "T"] * 20)
    assert counts(dataset) == {"B": 20, words[0]: 20, words[1]: 20, "T": 20}
    assert any("recur in column 'label' and are taken for classes" in note for note in notes(dataset))


@pytest.mark.parametrize("word", ["NA", "None", "nan", "null", "N/A"])
def test_one_word_for_a_gap_is_no_label_and_the_rows_are_counted(tmp_path: Path, word: str) -> None:
    dataset = open_labels(tmp_path, ["B", word, "T", "B", "T"] * 8)
    assert counts(dataset) == {"B": 16, "T": 16}
    (note,) = notes(dataset)
    assert note == (
        f"8 of 40 rows have no label: their cell in column 'label' says {word}; if {word} is a class, give it another "
        "name."
    )


def test_empty_cells_are_counted_too(tmp_path: Path) -> None:
    dataset = open_labels(tmp_path, ["B", "", "T", "B"] * 5)
    assert notes(dataset) == ["5 of 20 rows have no label: their cell is empty."]


def test_the_same_words_stay_gaps_among_numbers(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\nNA,3\n3,None\n4,5\n5,6\n")
    fill = next(step for step in open_own(path).preprocessing if step["step"] == "fill_missing")
    assert (fill["columns"], fill["n_missing"]) == (["a", "b"], [1, 1])


def test_labels_of_a_second_table_say_the_same(tmp_path: Path) -> None:
    path, labels = tmp_path / "t.csv", tmp_path / "l.csv"
    path.write_text("id,a\n" + "".join(f"s{n},{n}\n" for n in range(20)))
    labels.write_text("id,kind\n" + "".join(f"s{n},{['u', 'NA', 'v', 'w'][n % 4]}\n" for n in reversed(range(20))))
    dataset = open_own(path, OwnDataOptions(labels=str(labels)))
    assert counts(dataset) == {"u": 5, "v": 5, "w": 5}
    assert any(note.startswith("5 of 20 rows have no label") and "says NA" in note for note in notes(dataset))
