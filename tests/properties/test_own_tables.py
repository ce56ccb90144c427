"""A person's table and label table hold from the file to training input and exported clusters, or are refused."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clustergan_core.data.dataset import UNLABELLED, Dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.own.files import open_own
from clustergan_core.data.own.new_samples import read_like
from clustergan_core.errors import AppError

BOUNDED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Blanks, quotes, delimiters, slashes, other alphabets, words for gaps, and numbers in every spelling.
_LETTERS = st.text("abzAZ019 .,;|/\\'\"-_+#:()αЖ細é%", min_size=1, max_size=8)
_NUMBERS = st.sampled_from(
    ["7", "07", "007", "10E2", "1e5", "1_000", "+5", "-3", "1.50", "1,234", "1.234,5", "0x1F", "١٢"]
)
_WORDS = st.sampled_from(
    ["NA", "nan", "None", "null", "True", "inf", "?", "B cell", "B cell 2", " T  cell ", "CD4/CD8"]
)
NAMES = st.one_of(_LETTERS, _NUMBERS, _WORDS).map(str.strip).filter(bool)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], np.ndarray, list[str], str]:
    """(distinct ids, values (N, F) with gaps, a class for each row, the delimiter)."""
    n_rows = draw(st.integers(6, 14))
    ids = draw(st.lists(NAMES, min_size=n_rows, max_size=n_rows, unique=True))
    n_features = draw(st.integers(1, 3))
    cells = st.one_of(
        st.integers(-999, 999).map(float), st.floats(-1e3, 1e3, allow_subnormal=False).map(lambda v: round(v, 3))
    )
    values = np.array([[draw(cells) for _ in range(n_features)] for _ in range(n_rows)])
    if draw(st.booleans()):
        values[draw(st.integers(0, n_rows - 1)), 0] = np.nan
    classes = draw(st.lists(NAMES, min_size=2, max_size=3, unique=True))
    kinds = [classes[draw(st.integers(0, len(classes) - 1))] for _ in range(n_rows)]
    return ids, values, kinds, draw(st.sampled_from(",;\t"))


def write(path: Path, header: list[str], rows: list[list[object]], delimiter: str) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])


def open_or_refuse(path: Path, options: OwnDataOptions | None = None) -> Dataset | str:
    """The data, or the sentence that refuses it; any other error is the test's."""
    try:
        return open_own(path, options)
    except AppError as refusal:
        return str(refusal)


def export_clusters(dataset: Dataset) -> str:
    """The clusters' CSV, as runs write it, with one made-up cluster a row."""
    frame = pd.DataFrame({"sample": [dataset.sample_id(index) for index in range(len(dataset.samples))]})
    frame["cluster"] = np.arange(len(frame))
    if dataset.labels is not None:
        frame["label"] = [dataset.label_names[label] if label != UNLABELLED else "" for label in dataset.labels]
    return frame.to_csv(index=False)


@BOUNDED
@given(tables(), st.randoms(use_true_random=False))
def test_rows_ids_and_labels_hold_from_the_file_to_the_export_or_are_refused(given_table, random) -> None:
    ids, values, kinds, delimiter = given_table
    columns = [f"c{number}" for number in range(values.shape[1])]
    order = list(range(len(ids)))
    random.shuffle(order)
    with tempfile.TemporaryDirectory() as folder:
        path, labels = Path(folder) / "t.csv", Path(folder) / "kinds.csv"
        rows = [
            [name, *("" if np.isnan(v) else v for v in row)] for name, row in zip(ids, values.tolist(), strict=True)
        ]
        write(path, ["sample_id", *columns], cast("list[list[object]]", rows), delimiter)
        write(labels, ["sample_id", "kind"], [[ids[row], kinds[row]] for row in order], delimiter)
        dataset = open_or_refuse(path, OwnDataOptions(labels=f"{labels}:kind"))
        if isinstance(dataset, str):
            assert "\n" not in dataset
            return
        new, new_ids = read_like(path, "table", dataset.shape, dataset.feature_names, dataset.preprocessing)
    assert list(dataset.sample_ids) == ids == list(new_ids)
    assert np.array_equal(new, dataset.samples)
    for position, name in enumerate(dataset.feature_names):
        raw = values[:, columns.index(name)]
        filled = np.where(np.isnan(raw), np.nanmedian(raw), raw)
        expected = (filled - np.nanmin(raw)) / (np.nanmax(raw) - np.nanmin(raw))
        assert dataset.samples[:, position] == pytest.approx(expected, abs=1e-5)
    exported = list(csv.DictReader(io.StringIO(export_clusters(dataset))))
    assert [row["sample"] for row in exported] == ids
    gaps = " ".join(step["text"] for step in dataset.preprocessing if step["step"] == "note")
    for row, kind in zip(exported, kinds, strict=True):
        # 1.0 and 1 are one class; a class that is called as a gap is one, or the rows without a label are told.
        assert row["label"] == kind or (row["label"] == "" and kind in gaps) or float(row["label"]) == float(kind)
    assert len({(row["label"], kind) for row, kind in zip(exported, kinds, strict=True)}) == len(set(kinds))


def _mutate(content: bytes, random: np.random.Generator) -> bytes:
    """Some bytes replaced, cut out or repeated."""
    data = bytearray(content)
    for _ in range(int(random.integers(1, 6))):
        place = int(random.integers(0, max(len(data), 1)))
        kind = random.integers(0, 4)
        if kind == 0:
            data[place : place + 1] = bytes([int(random.integers(0, 256))])
        elif kind == 1:
            del data[place : place + int(random.integers(1, 20))]
        elif kind == 2:
            data[place:place] = data[max(0, place - 15) : place]
        else:
            data[place:place] = random.choice(
                [b'"', b",", b";", b"\n", b"\t", b"'", b"\xff", b"\0", b"1e999", b"True", b"\xe2\x80\xa8"]
            )
    return bytes(data)


def _seeds() -> dict[str, bytes]:
    table = "id,a,b,passed,kind\n" + "".join(
        f'{n:03d},{n * 1.5},"{n * 700:,}",{n % 2 == 0},{"uvw"[n % 3]}\n' for n in range(12)
    )
    other = "id;a;label\n" + "".join(f"s{n};{n},5;{'NA' if n % 4 else 'x'}\n" for n in range(12))
    arrays = io.BytesIO()
    np.savez(arrays, x=np.arange(24.0).reshape(8, 3), labels=np.array([b"u", b"v"] * 4))
    pictures = io.BytesIO()
    with zipfile.ZipFile(pictures, "w") as archive:
        for n in range(4):
            archive.writestr(f"{'ab'[n % 2]}/{n}.pgm", b"P5 8 8 255\n" + bytes(range(n, n + 64)))
            archive.writestr(f"{'ab'[n % 2]}/{n}.ppm", b"P6 8 8 65535\n" + bytes(range(384 // 2)) * 2)
    return {"t.csv": table.encode(), "t.tsv": other.encode(), "t.npz": arrays.getvalue(), "t.zip": pictures.getvalue()}


@pytest.mark.parametrize("name", _seeds())
def test_a_damaged_file_is_a_data_set_or_one_sentence(name: str, tmp_path: Path) -> None:
    random = np.random.default_rng(20261128)
    for _ in range(120):
        path = tmp_path / name
        path.write_bytes(_mutate(_seeds()[name], random))
        dataset = open_or_refuse(path)
        if isinstance(dataset, str):
            assert "\n" not in dataset
            continue
        assert np.isfinite(dataset.samples).all()
        assert not dataset.sample_ids or len(dataset.sample_ids) == len(dataset.samples)
