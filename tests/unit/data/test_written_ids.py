"""Ids are text, letter by letter, in tables, label tables and exports, whatever number they could be."""

from pathlib import Path

import pytest

from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.own.files import open_own
from clustergan_core.data.own.new_samples import read_like

WRITTEN = {
    "padded": ["0007", "0008", "0010", "0009"],
    "like exponents": ["10E2", "11E3", "1E5", "12E2"],
    "underscored": ["1_000", "1_001", "2_000", "3_000"],
    "signed": ["+5", "+6", "-7", "+8"],
    "exponents": ["1e5", "2e5", "3e5", "4e5"],
    "words for gaps": ["NA", "nan", "null", "B"],
    "very long": ["9007199254740993", "9007199254740992", "9007199254740994", "9007199254740995"],
    "mixed": ["7", "10E2", "A1", "07"],
}


@pytest.mark.parametrize("ids", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_ids_are_kept_as_they_are_written_and_labels_follow_them(
    tmp_path: Path, ids: list[str], delimiter: str
) -> None:
    path, kinds = tmp_path / "t.csv", tmp_path / "kinds.csv"
    rows = [delimiter.join([name, str(n * 0.5), str((n - 1) ** 2 / 4)]) for n, name in enumerate(ids)]
    path.write_text("\n".join([delimiter.join(["sample_id", "a", "b"]), *rows]) + "\n")
    pairs = list(zip(ids, "uvuw", strict=True))
    kinds.write_text("\n".join([f"sample_id{delimiter}kind", *(f"{i}{delimiter}{k}" for i, k in pairs[::-1])]) + "\n")
    dataset = open_own(path, OwnDataOptions(labels=str(kinds)))
    assert list(dataset.sample_ids) == ids
    assert dataset.feature_names == ("a", "b")
    assert dataset.labels is not None
    assert [dataset.label_names[label] for label in dataset.labels] == ["u", "v", "u", "w"]
    assert any("matched by sample id (4 of 4)" in step.get("text", "") for step in dataset.preprocessing)
    _, new_ids = read_like(path, "table", dataset.shape, dataset.feature_names, dataset.preprocessing)
    assert list(new_ids) == ids


def test_a_first_column_of_padded_numbers_names_the_rows_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("patient,a\n007,1\n008,3\n012,2\n")
    assert open_own(path).sample_ids == ("007", "008", "012")


def test_levels_of_a_label_column_keep_their_zeros(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,stage\n1,01\n2,02\n3,01\n4,10\n")
    dataset = open_own(path, OwnDataOptions(labels="stage", only={"stage": ("01", "02")}))
    assert dataset.label_names == ("01", "02")
    assert len(dataset.samples) == 3


@pytest.mark.parametrize("ids", [["1.10", "1.1", "1.20"], ["1.0", "2.0", "3.0"]])
def test_decimals_in_a_column_called_id_are_names(tmp_path: Path, ids: list[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_text("sample_id,a\n" + "".join(f"{name},{n * n}\n" for n, name in enumerate(ids)))
    dataset = open_own(path)
    assert (list(dataset.sample_ids), dataset.feature_names) == (ids, ("a",))


def test_numbers_called_ids_that_repeat_are_no_feature(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,patient_id\n1,4\n3,4\n2,7\n")
    dataset = open_own(path)
    assert dataset.feature_names == ("a",)
    assert {"step": "drop_columns", "columns": ["patient_id"], "reason": "ids that repeat"} in dataset.preprocessing


def test_ids_of_a_large_table_stay_as_they_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clustergan_core.data.own.table_text.MAX_WRITTEN", 10)
    monkeypatch.setattr("clustergan_core.data.own.table_text.N_OUTER", 1)
    path = tmp_path / "t.csv"
    path.write_text(
        "sample_id,a,b,c,kind,stage\n"
        + "".join(f"00{n},{n},{n * 0.5},{9 - n},{'uv'[n % 2]},0{n % 2}\n" for n in range(8))
    )
    dataset = open_own(path, OwnDataOptions(labels="stage"))
    assert dataset.sample_ids == tuple(f"00{n}" for n in range(8))
    assert dataset.feature_names == ("a", "b", "c")
    assert dataset.label_names == ("00", "01")
    assert dataset.columns["kind"].tolist() == ["u", "v"] * 4
