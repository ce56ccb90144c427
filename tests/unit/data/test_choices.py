"""Labels from second files, and rows kept or dropped by any column."""

from pathlib import Path

import numpy as np
import pytest

from clustergan_core.data.dataset import UNLABELLED, Dataset, split_samples
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.own.files import open_own
from clustergan_core.errors import DataError, SettingsError

CELLS = "cell,a,b,donor\nc1,1,5,x\nc2,2,4,x\nc3,3,3,y\nc4,4,2,y\nc5,5,1,z\n"


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    path = tmp_path / "cells.csv"
    path.write_text(CELLS)
    return path


def note(dataset: Dataset) -> str:
    return next(step["text"] for step in dataset.preprocessing if step["step"] == "labels")


def names(dataset: Dataset) -> list[str]:
    assert dataset.labels is not None
    return [dataset.label_names[label] if label != UNLABELLED else "-" for label in dataset.labels]


def test_labels_of_a_second_file_are_matched_by_sample_id(cells: Path, tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("type;cell\nT;c5\nB;c1\nB;c3\nT;c2\n")
    dataset = open_own(cells, OwnDataOptions(labels=str(file)))
    assert names(dataset) == ["B", "T", "B", "-", "T"]
    assert note(dataset) == "Labels are column 'type' of labels.csv, matched by sample id (4 of 5)."


def test_labels_of_a_second_file_are_matched_by_row_order_without_ids(cells: Path, tmp_path: Path) -> None:
    file = tmp_path / "labels.txt"
    file.write_text("T\nB\nB\nT\nT\n")
    dataset = open_own(cells, OwnDataOptions(labels=str(file)))
    assert names(dataset) == ["T", "B", "B", "T", "T"]
    assert note(dataset).endswith("matched by row order.")


def test_a_label_file_of_one_line_more_than_samples_has_a_header(cells: Path, tmp_path: Path) -> None:
    file = tmp_path / "labels.txt"
    file.write_text("type\nT\nB\nB\nT\nT\n")
    assert names(open_own(cells, OwnDataOptions(labels=str(file)))) == ["T", "B", "B", "T", "T"]


def test_the_column_of_a_second_file_is_named_after_a_colon(cells: Path, tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("cell,type,stage\nc1,T,1\nc2,B,1\nc3,B,2\nc4,T,2\nc5,T,2\n")
    assert names(open_own(cells, OwnDataOptions(labels=f"{file}:stage"))) == ["1", "1", "2", "2", "2"]
    with pytest.raises(DataError, match=r"labels\.csv has 2 columns that could be labels \(type, stage\): choose one"):
        open_own(cells, OwnDataOptions(labels=str(file)))
    with pytest.raises(DataError, match=r"labels\.csv has no column 'age'"):
        open_own(cells, OwnDataOptions(labels=f"{file}:age"))


def test_a_label_file_that_fits_neither_ids_nor_length_is_refused(cells: Path, tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("type,n\nT,1\nB,1\nB,2\n")
    with pytest.raises(DataError, match=r"labels\.csv has 3 rows for 5 samples and no column with their ids"):
        open_own(cells, OwnDataOptions(labels=f"{file}:type"))


def test_labels_that_name_neither_column_nor_file_are_refused(cells: Path) -> None:
    with pytest.raises(DataError, match=r"'stage' is neither a column of cells\.csv \(cell, a, b, donor\) nor a file"):
        open_own(cells, OwnDataOptions(labels="stage"))


def test_a_column_of_measurements_is_refused_as_labels(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f"{n * 0.37:.3f},{n % 5}\n" for n in range(60)))
    with pytest.raises(DataError, match="holds 60 different values in 60 samples: choose a column of classes"):
        open_own(path, OwnDataOptions(labels="a"))


def test_only_and_drop_filter_rows_before_scaling(cells: Path) -> None:
    dataset = open_own(cells, OwnDataOptions(only={"donor": ("x", "y")}, drop={"a": ("4.0",)}))
    assert dataset.sample_ids == ("c1", "c2", "c3")
    assert dataset.samples[:, 0].tolist() == [0.0, 0.5, 1.0]
    assert dataset.columns["donor"].tolist() == ["x", "x", "y"]
    assert dataset.preprocessing[0] == {
        "step": "keep_rows",
        "only": {"donor": ["x", "y"]},
        "drop": {"a": ["4.0"]},
        "n_kept": 3,
        "n_rows": 5,
    }


def test_labels_of_rows_left_out_are_no_labels_any_more(cells: Path) -> None:
    dataset = open_own(cells, OwnDataOptions(labels="donor", drop={"donor": ("y",)}))
    assert dataset.label_names == ("x", "z")
    assert names(dataset) == ["x", "x", "z"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            OwnDataOptions(only={"tissue": ("x",)}),
            r"cells\.csv has no column 'tissue': its columns are cell, a, b, donor",
        ),
        (OwnDataOptions(only={"donor": ("w",)}), r"Column 'donor' of cells\.csv holds no 'w': its values are x, y, z"),
        (OwnDataOptions(only={"donor": ("z",)}), r"filters leave 1 of .*: relax them"),
        (OwnDataOptions(drop={"donor": ("x", "y", "z")}), r"filters leave 0 of .*: relax them"),
    ],
)
def test_a_filter_that_cannot_work_is_one_sentence(cells: Path, options: OwnDataOptions, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        open_own(cells, options)


def test_a_built_in_set_takes_labels_from_a_file_by_row_order(tmp_path: Path) -> None:
    file = tmp_path / "odd.txt"
    whole = open_dataset("digits")
    assert whole.labels is not None
    file.write_text("parity\n" + "\n".join("odd" if label % 2 else "even" for label in whole.labels))
    dataset = open_dataset("digits", OwnDataOptions(labels=str(file)))
    assert dataset.label_names == ("even", "odd")
    assert dataset.labels is not None
    assert np.array_equal(dataset.labels, whole.labels % 2)
    assert np.array_equal(dataset.samples, whole.samples)


def test_a_filter_that_empties_a_split_of_a_built_in_set_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    splits = split_samples(40)
    angles = np.zeros(40, dtype=np.int64)
    angles[splits.train[:5]] = 5
    angles[splits.test[:1]] = 5
    angles[splits.train[5:7]] = 10
    samples = np.random.default_rng(0).random((40, 3), dtype=np.float32)
    turned = Dataset("coil20", "table", samples, splits, columns={"angle": angles})
    monkeypatch.setattr("clustergan_core.data.opening.load_dataset", lambda *_: turned)

    kept = open_dataset("coil20", OwnDataOptions(only={"angle": ("0", "5")}))
    assert [len(kept.indices(split)) for split in ("train", "validation", "test")] == [30, 4, 4]
    with pytest.raises(DataError, match="leave 6 of coil20's 40 samples, and none of its validation samples: relax"):
        open_dataset("coil20", OwnDataOptions(only={"angle": ("5",)}))
    with pytest.raises(DataError, match="none of its validation and test samples: relax"):
        open_dataset("coil20", OwnDataOptions(only={"angle": ("10",)}))


def test_a_picture_size_is_refused_for_a_published_set() -> None:
    with pytest.raises(SettingsError, match="image_side=16 is for your own pictures, not for digits"):
        open_dataset("digits", OwnDataOptions(image_side=16))
