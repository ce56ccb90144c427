"""A person's own tables: dialects, ids, labels, gaps, text, and the same treatment of new samples."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.own.files import open_own
from clustergan_core.data.own.new_samples import read_like
from clustergan_core.data.own.table_text import read_table
from clustergan_core.data.preprocessing import undo_preprocessing
from clustergan_core.data.step_sentences import describe_steps
from clustergan_core.data.steps import Step
from clustergan_core.errors import DataError


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


DIALECTS = {
    "comma": "a,b\n1.5,2\n2.5,4\n",
    "semicolon and decimal comma": "a;b\n1,5;2\n2,5;4\n",
    "semicolon and point": "a;b\n1.5;2\n2.5;4\n",
    "tabs": "a\tb\n1.5\t2\n2.5\t4\n",
    "bars": "a|b\n1.5|2\n2.5|4\n",
    "spaces": "a b\n1.5  2\n2.5  4\n",
    "spaces and decimal comma": "a b\n1,5 2,0\n2,5 4,0\n",
    "quoted": '"a","b"\n"1.5","2"\n"2.5","4"\n',
    "windows": "a,b\r\n1.5,2\r\n2.5,4\r\n",
    "spreadsheet hint": "sep=;\na;b\n1,5;2\n2,5;4\n",
    "numpy header": "# a b\n1.5 2\n2.5 4\n",
    "exponents": "a,b\n15e-1,+2\n.25e1,4.\n",
    "count of rows first": "2\na b\n1.5 2\n2.5 4\n",
    "leading empty lines": "\n\na,b\n1.5,2\n2.5,4\n",
}


@pytest.mark.parametrize("text", DIALECTS.values(), ids=DIALECTS)
def test_a_table_is_read_whatever_its_dialect(tmp_path: Path, text: str) -> None:
    table = read_table(write(tmp_path / "t.csv", text))
    assert {name: values.tolist() for name, values in table.items()} == {"a": [1.5, 2.5], "b": [2.0, 4.0]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_a_table_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    table = read_table(write(tmp_path / "t.csv", "größe,b\n1,2\n3,5\n", encoding))
    assert list(table) == ["größe", "b"]


def test_a_gzipped_table_is_read_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "Zellen 3.tsv.gz"
    path.write_bytes(gzip.compress(b"a\tb\n1\t2\n3\t5\n"))
    dataset = open_own(path)
    assert dataset.name == "zellen-3"
    assert dataset.samples.tolist() == [[0.0, 0.0], [1.0, 1.0]]


def test_a_table_without_header_gets_numbered_columns(tmp_path: Path) -> None:
    dataset = open_own(write(tmp_path / "t.csv", "5.1,3.5,x\n4.9,3.0,x\n4.7,3.2,y\n5.3,3.9,y\n"))
    assert dataset.feature_names == ("column_1", "column_2")
    assert len(dataset.samples) == 4
    assert dataset.columns["column_3"].tolist() == ["x", "x", "y", "y"]


def test_row_names_without_a_name_of_their_own_become_ids(tmp_path: Path) -> None:
    dataset = open_own(write(tmp_path / "t.txt", '"x" "y"\n"r1" 1.2 2.3\n"r2" 3.4 4.5\n"r3" 5.0 1.0\n'))
    assert dataset.feature_names == ("x", "y")
    assert dataset.sample_ids == ("r1", "r2", "r3")


@pytest.mark.parametrize(
    ("header", "ids"),
    [("", ["0", "1", "2", "3"]), ("sample_id", ["17", "4", "99", "23"]), ("name", ["p", "q", "r", "s"])],
)
def test_id_columns_are_dropped_and_name_the_samples(tmp_path: Path, header: str, ids: list[str]) -> None:
    rows = "".join(f"{name},{value},{value * value}\n" for name, value in zip(ids, (1, 5, 2, 2), strict=True))
    dataset = open_own(write(tmp_path / "t.csv", f"{header},a,b\n{rows}"))
    assert dataset.feature_names == ("a", "b")
    assert list(dataset.sample_ids) == ids


def test_a_first_column_that_counts_many_rows_is_an_id_whatever_its_name(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n * n},{n % 3}\n" for n in range(1, 13))
    dataset = open_own(write(tmp_path / "t.csv", "observation,a,b\n" + rows))
    assert dataset.feature_names == ("a", "b")
    assert dataset.sample_ids[-1] == "12"


def test_text_with_spaces_does_not_hide_the_comma(tmp_path: Path) -> None:
    table = read_table(write(tmp_path / "t.csv", "a,remark\n1,so so\n2,very good\n3,not bad\n"))
    assert table["remark"].tolist() == ["so so", "very good", "not bad"]


def test_whole_numbers_that_do_not_count_rows_stay_features(tmp_path: Path) -> None:
    dataset = open_own(write(tmp_path / "t.csv", "a,b\n5,1\n7,2\n6,3\n"))
    assert dataset.feature_names == ("a", "b")


def test_columns_are_scaled_to_their_own_range_and_that_is_recorded(tmp_path: Path) -> None:
    dataset = open_own(write(tmp_path / "t.csv", "a,b,c\n-1,10,7\n1,30,7\n0,15,7\n"))
    assert dataset.samples == pytest.approx(np.array([[0, 0], [1, 1], [0.5, 0.25]]))
    drop, scale = dataset.preprocessing
    assert drop == {"step": "drop_columns", "columns": ["c"], "reason": "constant"}
    assert scale == {"step": "scale_columns", "columns": ["a", "b"], "minimum": [-1, 10], "maximum": [1, 30]}
    assert json.loads(json.dumps(dataset.preprocessing)) == list(dataset.preprocessing)
    assert dataset.splits.is_shared


def outlier_table(path: Path) -> NDArray[np.float64]:
    """Writes 400 rows of two columns; the first has one value a million times as large as the others."""
    values = np.random.default_rng(0).uniform(1, 2, size=(400, 2))
    values[7, 0] = 1e6
    np.savetxt(path, values, delimiter=",", header="a,b", comments="", fmt="%.6f")
    return values


def test_one_outlier_does_not_squash_its_column_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    values = outlier_table(path)
    dataset = open_own(path)
    others = np.delete(dataset.samples[:, 0], 7)
    assert others.std() == pytest.approx(1 / np.sqrt(12), rel=0.1), "as an even spread from 0 to 1 has"
    assert dataset.samples[7, 0] == 1
    scale = dataset.preprocessing[-1]
    assert scale["step"] == "scale_columns"
    low, high = np.sort(values[:, 0])[[1, -2]]  # what is left without the smallest and the largest of 400
    assert [scale["minimum"][0], scale["maximum"][0]] == pytest.approx([values[:, 0].min(), high], abs=1e-5)
    assert low > scale["minimum"][0], "only the end with the outlier is cut"
    assert scale["minimum"][1] == pytest.approx(values[:, 1].min(), abs=1e-5)
    sentences = describe_steps(dataset.preprocessing)
    assert any(
        s.startswith("In column a, 1 value lies far outside the others and would squash them") for s in sentences
    )
    restored = undo_preprocessing(dataset.preprocessing, dataset.samples)
    assert np.delete(restored[:, 0], 7) == pytest.approx(np.delete(values[:, 0], 7), abs=1e-4), "file units come back"


def test_heavy_tails_and_rare_marks_keep_their_whole_range(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    marks = np.zeros(400)
    marks[3] = 1  # a mark that one row has is all that the column says
    values = np.column_stack([generator.exponential(size=400), marks, generator.normal(size=400)])
    np.savetxt(tmp_path / "t.csv", values, delimiter=",", header="a,b,c", comments="", fmt="%.6f")
    scale = open_own(tmp_path / "t.csv").preprocessing[-1]
    assert scale["step"] == "scale_columns" and "n_outliers" not in scale
    assert scale["maximum"] == pytest.approx(values.max(axis=0).tolist(), abs=1e-5)


def test_gaps_are_filled_with_the_columns_median_and_counted(tmp_path: Path) -> None:
    dataset = open_own(write(tmp_path / "t.csv", "a,b,empty\n0,1,\n4,NA,\n?,2,\n1,3,\n10,4,\n"))
    fill = next(step for step in dataset.preprocessing if step["step"] == "fill_missing")
    assert (fill["columns"], fill["values"], fill["n_missing"]) == (["a", "b"], [2.5, 2.5], [1, 1])
    assert dataset.samples[2, 0] == pytest.approx(0.25)
    assert {"step": "drop_columns", "columns": ["empty"], "reason": "empty"} in dataset.preprocessing


def test_columns_with_more_gaps_than_values_are_named(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "a,b\n1,\n2,\n3,5\n4,6\n5,\n")
    with pytest.raises(DataError, match=r"t\.csv lacks more than half of the values in 1 column \(b: 3 of 5\): remove"):
        open_own(path)


def test_text_that_is_neither_id_nor_class_is_named(tmp_path: Path) -> None:
    rows = "".join(f"{n},note {n // 2 if n < 20 else n}\n" for n in range(40))
    with pytest.raises(
        DataError, match=r"t\.csv has 1 text columns that are neither ids nor classes \(remark\): remove"
    ):
        open_own(write(tmp_path / "t.csv", "a,remark\n" + rows))


def test_a_word_among_numbers_is_named_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"Column 'a' of t\.csv holds 1 values .* \(the first is 'abc' in row 2\)"):
        open_own(write(tmp_path / "t.csv", "a,b\n1,2\nabc,3\n4,5\n"))


def test_an_infinite_value_is_named_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"Column 'b' .*first is 'inf' in row 3"):
        open_own(write(tmp_path / "t.csv", "a,b\n1,2\n2,3\n4,inf\n"))


def test_labels_come_from_a_column_which_is_then_no_feature(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "a,digit,b\n1,10,4\n2,9,3\n3,,1\n4,10,1\n")
    dataset = open_own(path, OwnDataOptions(labels="digit"))
    assert dataset.feature_names == ("a", "b")
    assert dataset.label_names == ("9", "10")
    assert dataset.labels is not None
    assert dataset.labels.tolist() == [1, 0, UNLABELLED, 1]
    assert {"step": "labels", "text": "Labels are column 'digit'."} in dataset.preprocessing


def test_a_column_named_label_is_never_a_feature(tmp_path: Path) -> None:
    dataset = open_own(write(tmp_path / "t.csv", "a,b,Label\n1,4,0\n2,3,1\n3,1,1\n"))
    assert dataset.feature_names == ("a", "b")
    assert dataset.label_names == ("0", "1")


@pytest.mark.parametrize(("choice", "names"), [("none", ()), ("kind", ("x", "y"))])
def test_a_column_named_label_is_no_feature_either_where_another_or_none_is_chosen(
    tmp_path: Path, choice: str, names: tuple[str, ...]
) -> None:
    path = write(tmp_path / "t.csv", "a,b,label,kind\n1,4,0,x\n2,3,1,y\n3,1,1,x\n4,2,0,y\n")
    dataset = open_own(path, OwnDataOptions(labels=choice))
    assert dataset.feature_names == ("a", "b")
    assert dataset.label_names == names
    assert (dataset.labels is None) == (choice == "none")
    assert dataset.columns["label"].tolist() == ["0", "1", "1", "0"]


def test_a_column_called_none_can_still_be_the_labels(tmp_path: Path) -> None:
    dataset = open_own(write(tmp_path / "t.csv", "a,b,none\n1,4,x\n2,3,y\n3,1,x\n"), OwnDataOptions(labels="none"))
    assert dataset.label_names == ("x", "y")


def test_without_labels_there_is_no_reference(tmp_path: Path) -> None:
    dataset = open_own(write(tmp_path / "t.csv", "a,b\n1,4\n2,3\n3,1\n"))
    assert dataset.labels is None
    assert dataset.n_labels is None


@pytest.mark.parametrize("with_option", [True, False])
def test_new_samples_pass_through_the_same_steps(tmp_path: Path, with_option: bool) -> None:
    path = write(tmp_path / "t.csv", "id;a;kind;b;c\nu;1,5;x;2;3\nv;2,5;y;;3\nw;4;x;7;3\nz;3;y;1;3\n")
    dataset = open_own(path, OwnDataOptions(labels="kind" if with_option else None))
    steps = json.loads(json.dumps(dataset.preprocessing))
    samples, ids = read_like(path, "table", dataset.shape, dataset.feature_names, steps)
    assert np.array_equal(samples, dataset.samples)
    assert ids == ("u", "v", "w", "z")
    other = write(tmp_path / "new.csv", "b,extra,a\n7,9,1.5\n,9,99\n-50,9,2.75\n")
    samples, ids = read_like(other, "table", dataset.shape, dataset.feature_names, steps)
    assert samples == pytest.approx(np.array([[0, 1], [1, 1 / 6], [0.5, 0]]))  # beyond the range is clipped
    assert ids == ("0", "1", "2")


def test_a_single_new_sample_is_enough(tmp_path: Path) -> None:
    dataset = open_own(write(tmp_path / "t.csv", "a,b\n0,4\n2,0\n"))
    new = write(tmp_path / "new.csv", "a,b\n1,1\n")
    samples, _ = read_like(new, "table", dataset.shape, dataset.feature_names, dataset.preprocessing)
    assert samples.tolist() == [[0.5, 0.25]]


def test_new_samples_without_header_are_taken_by_position_if_the_columns_fit(tmp_path: Path) -> None:
    steps: tuple[Step, ...] = ({"step": "divide", "by": 100},)
    names = tuple(f"{axis}{point}" for point in range(1, 9) for axis in "xy")
    row = ",".join(str(value) for value in range(0, 96, 6))
    samples, _ = read_like(write(tmp_path / "pen.csv", f"{row}\n{row}\n"), "table", (16,), names, steps)
    assert samples == pytest.approx(np.tile(np.arange(0, 96, 6) / 100, (2, 1)))
    with pytest.raises(DataError, match=r"pen\.csv lacks 16 of the 16 columns .*x1, y1"):
        read_like(write(tmp_path / "pen.csv", f"{row},7\n{row},7\n"), "table", (16,), names, steps)


def test_new_samples_that_lack_a_column_are_refused_by_its_name(tmp_path: Path) -> None:
    dataset = open_own(write(tmp_path / "t.csv", "a,b\n0,4\n2,0\n"))
    with pytest.raises(DataError, match=r"new\.csv lacks 1 of the 2 columns the run was trained on \(b\)"):
        read_like(write(tmp_path / "new.csv", "a,c\n1,1\n"), "table", (2,), ("a", "b"), dataset.preprocessing)


def test_new_samples_with_gaps_where_training_had_none_are_refused(tmp_path: Path) -> None:
    dataset = open_own(write(tmp_path / "t.csv", "a,b\n0,4\n2,0\n"))
    with pytest.raises(DataError, match=r"missing values in columns that had none in training \(a\)"):
        read_like(write(tmp_path / "new.csv", "a,b\n,1\n2,1\n"), "table", (2,), ("a", "b"), dataset.preprocessing)


def test_new_samples_off_a_known_scale_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "new.csv", "a,b\n500,1\n2,1\n")
    with pytest.raises(DataError, match="values from 1 to 500, but the run was trained on values from 0 to 100"):
        read_like(path, "table", (2,), ("a", "b"), ({"step": "divide", "by": 100},))


def test_pictures_cannot_be_assigned_to_a_run_of_tables(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="provide a table"):
        read_like(tmp_path, "table", (2,), ("a", "b"), ())
    with pytest.raises(DataError, match="There is no file"):
        read_like(tmp_path / "none.csv", "table", (2,), ("a", "b"), ())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("a,b\n", "holds column names but no samples"),
        ("a,b\n1,2\n", "holds 1 sample: provide at least 2"),
        ("a,b\n1,1\n1,1\n", "has no numeric column that varies"),
        ("name,label\nu,x\nv,y\nw,x\n", "has no numeric column that varies"),
        ("a,b,c\n1,2,3\n1,2,3,4\n5,6,7\n", r"is not a regular table \(line 3 has more cells"),
        ("a,b,c,d\n1,2\n3,4\n", "names 4 columns but its rows have 2 cells"),
        ("a,b\n1,2\n3,1e400\n", "not finite numbers"),
        ("a,b\n1,-1e308\n3,1e308\n", "spans more than a number can hold"),
    ],
)
def test_what_is_no_table_of_samples_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence) as caught:
        open_own(write(tmp_path / "t.csv", text))
    assert "\n" not in str(caught.value)


def test_semicolons_make_a_comma_the_decimal_mark_where_every_number_has_three_digits_behind_it(tmp_path: Path) -> None:
    rows = ["27,003;9,153", "10,214;4,127", "31,118;8,999", "20,481;14,203", "19,226;13,771"]
    (tmp_path / "a.csv").write_text("\n".join(["height;leaves", *rows]) + "\n")
    table = read_table(tmp_path / "a.csv")
    assert table["height"].tolist() == [27.003, 10.214, 31.118, 20.481, 19.226]
    quoted = [",".join(f'"{cell}"' for cell in row.split(";")) for row in rows]
    (tmp_path / "b.csv").write_text("\n".join(["height,leaves", *quoted]) + "\n")
    with pytest.raises(DataError, match=r"'27,003', which may mean 27003 or 27\.003"):
        open_own(tmp_path / "b.csv")
