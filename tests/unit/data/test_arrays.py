"""A person's own .npz files: layouts, scales, labels, and hostile ones."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from clustergan_core.data.opening import open_dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.own.arrays import open_array
from clustergan_core.data.own.files import open_own
from clustergan_core.data.own.new_samples import read_like
from clustergan_core.data.preprocessing import undo_preprocessing
from clustergan_core.data.registry import load_dataset
from clustergan_core.data.steps import Step
from clustergan_core.errors import DataError, SettingsError

RANDOM = np.random.default_rng(0)
BYTES = RANDOM.integers(0, 256, (6, 8, 12), dtype=np.uint8)
COLOURS = RANDOM.integers(0, 256, (6, 8, 12, 3), dtype=np.uint8)


def save(path: Path, **arrays: NDArray[Any]) -> Path:
    np.savez(path, allow_pickle=True, **arrays)
    return path


@pytest.mark.parametrize("name", ["images", "x", "X"])
def test_grey_bytes_become_images_in_0_to_1(tmp_path: Path, name: str) -> None:
    dataset = open_own(save(tmp_path / "a.npz", **{name: BYTES}))
    assert dataset.kind == "image"
    assert dataset.shape == (1, 8, 12)
    assert np.array_equal(dataset.samples[:, 0], BYTES.astype(np.float32) / np.float32(255))
    assert dataset.preprocessing == ({"step": "divide", "by": 255},)


def test_colour_is_read_with_channels_last_or_first(tmp_path: Path) -> None:
    last = open_own(save(tmp_path / "a.npz", images=COLOURS))
    first = open_own(save(tmp_path / "b.npz", images=COLOURS.transpose(0, 3, 1, 2)))
    assert last.shape == first.shape == (3, 8, 12)
    assert np.array_equal(last.samples, first.samples)


def test_floats_beyond_0_to_1_are_scaled_by_their_recorded_range(tmp_path: Path) -> None:
    images = RANDOM.normal(size=(5, 8, 8))
    dataset = open_own(save(tmp_path / "a.npz", images=images))
    expected = (images - images.min()) / (images.max() - images.min())
    assert dataset.samples[:, 0] == pytest.approx(expected)
    assert dataset.preprocessing == ({"step": "scale_range", "minimum": images.min(), "maximum": images.max()},)


def test_floats_within_0_to_1_stay_as_they_are(tmp_path: Path) -> None:
    images = RANDOM.random((5, 8, 8)).astype(np.float32)
    dataset = open_own(save(tmp_path / "a.npz", images=images))
    assert np.array_equal(dataset.samples[:, 0], images)
    assert dataset.preprocessing == ()


def test_sides_that_do_not_divide_by_4_are_resized_to_the_nearest_that_do(tmp_path: Path) -> None:
    path = save(tmp_path / "a.npz", images=np.full((3, 11, 9), 51, dtype=np.uint8))
    dataset = open_own(path)
    assert dataset.shape == (1, 12, 8)
    assert dataset.samples == pytest.approx(np.full((3, 1, 12, 8), 0.2))
    assert dataset.preprocessing[0] == {"step": "resize", "height": 12, "width": 8}
    assert open_own(path, OwnDataOptions(image_side=16)).shape == (1, 16, 16)


def test_halving_an_image_averages_its_blocks(tmp_path: Path) -> None:
    images = RANDOM.integers(0, 256, (2, 16, 16), dtype=np.uint8)
    dataset = open_own(save(tmp_path / "a.npz", images=images), OwnDataOptions(image_side=8))
    expected = images.reshape(2, 8, 2, 8, 2).mean(axis=(2, 4)) / 255
    assert dataset.samples[:, 0] == pytest.approx(expected, abs=1e-6)


def test_a_table_is_scaled_by_column_and_keeps_its_names(tmp_path: Path) -> None:
    table = np.array([[0.0, 5.0, 3.0], [10.0, 7.0, 3.0], [5.0, 6.0, 3.0]])
    names = np.array(["u", "v", "w"])
    dataset = open_own(save(tmp_path / "a.npz", x=table, feature_names=names, ids=np.array(["p", "q", "r"])))
    assert dataset.kind == "table"
    assert dataset.samples.tolist() == [[0, 0, 0], [1, 1, 0], [0.5, 0.5, 0]]
    assert dataset.feature_names == ("u", "v", "w")
    assert dataset.sample_ids == ("p", "q", "r")


@pytest.mark.parametrize(
    ("labels", "names", "numbers"),
    [
        (np.array([10, 2, 10, 2, 2, 2]), ("2", "10"), [1, 0, 1, 0, 0, 0]),
        (np.array(["b", "a", "b", "", "a", "a"]), ("a", "b"), [1, 0, 1, -1, 0, 0]),
        (np.array([1.0, 0.0, np.nan, 0.0, 1.0, 1.0]), ("0", "1"), [1, 0, -1, 0, 1, 1]),
    ],
)
@pytest.mark.parametrize("key", ["labels", "y"])
def test_labels_may_be_numbers_or_text(
    tmp_path: Path, key: str, labels: NDArray[Any], names: tuple[str, ...], numbers: list[int]
) -> None:
    dataset = open_own(save(tmp_path / "a.npz", images=BYTES, **{key: labels}))
    assert dataset.label_names == names
    assert dataset.labels is not None
    assert dataset.labels.tolist() == numbers


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_names_given_as_bytes_are_text(tmp_path: Path, encoding: str) -> None:
    def encode(*names: str) -> NDArray[np.bytes_]:
        return np.array([name.encode(encoding) for name in names])

    path = save(
        tmp_path / "a.npz",
        x=np.arange(12.0).reshape(4, 3),
        labels=encode("bée", "ape", "bée", "cod"),
        ids=encode("p", "q", "r", "s"),
        feature_names=encode("ü", "v", "w"),
        donor=encode("d1", "d2", "d1", "d2"),
    )
    dataset = open_own(path)
    assert dataset.label_names == ("ape", "bée", "cod")
    assert dataset.sample_ids == ("p", "q", "r", "s")
    assert dataset.feature_names == ("ü", "v", "w")
    assert dataset.columns["donor"].tolist() == ["d1", "d2", "d1", "d2"]


def test_arrays_that_are_not_used_are_named(tmp_path: Path) -> None:
    dataset = open_own(save(tmp_path / "a.npz", images=BYTES, edges=np.zeros((3, 2))))
    assert {"step": "note", "text": "Arrays that are not used: edges of shape (3, 2)."} in dataset.preprocessing


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"ids": np.array(["p", "q"])}, r"'ids' in a\.npz has shape \(2,\) for 4 samples: save one id per sample"),
        ({"feature_names": np.array(["u"])}, r"names of the features in a\.npz have shape \(1,\) for 3 features"),
    ],
)
def test_names_that_are_too_few_are_refused(tmp_path: Path, more: dict[str, NDArray[Any]], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        open_own(save(tmp_path / "a.npz", x=np.arange(12.0).reshape(4, 3), **more))


def test_measurements_named_y_are_a_column_and_no_labels(tmp_path: Path) -> None:
    images = RANDOM.integers(0, 256, (30, 8, 8), dtype=np.uint8)
    path = save(tmp_path / "a.npz", images=images, y=np.linspace(0, 1, 30))
    dataset = open_own(path)
    assert dataset.labels is None
    assert "y" in dataset.columns
    with pytest.raises(DataError, match="choose a column of classes"):
        open_own(path, OwnDataOptions(labels="y"))


def test_further_arrays_of_one_value_a_sample_are_columns_to_choose_by(tmp_path: Path) -> None:
    path = save(tmp_path / "a.npz", images=BYTES, y=np.arange(6) % 2, angle=np.arange(6) * 5)
    dataset = open_own(path, OwnDataOptions(drop={"angle": ("0", "25")}))
    assert dataset.columns["angle"].tolist() == [5, 10, 15, 20]
    assert dataset.labels is not None
    assert dataset.labels.tolist() == [1, 0, 1, 0]
    assert open_own(path, OwnDataOptions(only={"label": ("1",)})).columns["angle"].tolist() == [5, 15, 25]


def test_new_images_pass_through_the_same_steps(tmp_path: Path) -> None:
    images = RANDOM.normal(size=(5, 11, 9))
    path = save(tmp_path / "a.npz", images=images)
    dataset = open_own(path)
    steps = json.loads(json.dumps(dataset.preprocessing))
    samples, ids = read_like(path, "image", dataset.shape, (), steps)
    assert np.array_equal(samples, dataset.samples)
    assert ids == ("0", "1", "2", "3", "4")
    wilder = save(tmp_path / "b.npz", images=images * 10)
    samples, _ = read_like(wilder, "image", dataset.shape, (), steps)
    assert (samples.min(), samples.max()) == (0.0, 1.0)


@pytest.mark.parametrize("divisor", [1, 16])
def test_digits_are_assigned_on_either_scale(tmp_path: Path, divisor: int) -> None:
    dataset = load_dataset("digits")
    rows, _ = load_digits(return_X_y=True)
    path = save(tmp_path / "a.npz", images=rows[:50].reshape(-1, 8, 8) / divisor)
    samples, _ = read_like(path, dataset.kind, dataset.shape, (), dataset.preprocessing)
    assert np.array_equal(samples, dataset.samples[:50])


def test_new_images_of_another_size_or_scale_are_refused(tmp_path: Path) -> None:
    dataset = load_dataset("digits")
    with pytest.raises(DataError, match=r"a\.npz holds images of 12×8 pixels, but the run was trained on 8×8"):
        read_like(save(tmp_path / "a.npz", images=BYTES), "image", dataset.shape, (), dataset.preprocessing)
    path = save(tmp_path / "a.npz", images=BYTES[:, :, :8])
    with pytest.raises(DataError, match="from 0 to 16"):
        read_like(path, "image", dataset.shape, (), dataset.preprocessing)
    path = save(tmp_path / "a.npz", images=COLOURS[:, :, :8])
    with pytest.raises(DataError, match="the same number of channels"):
        read_like(path, "image", dataset.shape, (), dataset.preprocessing)


def test_new_table_rows_are_put_in_the_order_of_training_by_name(tmp_path: Path) -> None:
    steps: tuple[Step, ...] = ({"step": "divide", "by": 10},)
    path = save(tmp_path / "a.npz", x=np.array([[1, 2], [3, 4]]), feature_names=np.array(["b", "a"]))
    samples, _ = read_like(path, "table", (2,), ("a", "b"), steps)
    assert samples == pytest.approx(np.array([[0.2, 0.1], [0.4, 0.3]]))
    with pytest.raises(DataError, match=r"a\.npz lacks the columns c"):
        read_like(path, "table", (2,), ("a", "c"), steps)
    with pytest.raises(DataError, match="trained on 3 features"):
        read_like(path, "table", (3,), ("a", "b", "c"), steps)


def test_values_beyond_0_to_1_are_refused_by_a_run_without_a_scale(tmp_path: Path) -> None:
    path = save(tmp_path / "a.npz", x=np.array([[0.5, 2.0]]))
    with pytest.raises(DataError, match="trained on values from 0 to 1"):
        read_like(path, "table", (2,), ("a", "b"), ())


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"pictures": BYTES}, r"holds pictures but no array named images or x"),
        ({"images": np.zeros((0, 8, 8), np.uint8)}, "holds 0 samples: provide at least 2"),
        ({"images": BYTES[:1]}, "holds 1 sample: provide"),
        ({"x": np.zeros((4, 0))}, "without any feature"),
        ({"x": np.zeros(4)}, r"has shape \(4,\): provide"),
        ({"images": np.zeros((4, 8, 8, 5))}, "with 1 or 3 channels"),
        ({"images": np.full((4, 8, 8), np.nan)}, "holds 256 values that are NaN or infinite"),
        ({"x": np.array([[1.0, np.inf], [0.0, 2.0]])}, "holds 1 values that are NaN or infinite"),
        ({"images": np.full((4, 8, 8), 7.5)}, "All values in a.npz are 7.5"),
        ({"x": np.array([["a", "b"], ["c", "d"]])}, "instead of numbers"),
        ({"x": np.array([[1 + 2j, 1], [0, 1]])}, "instead of numbers"),
        ({"images": BYTES, "labels": np.zeros((6, 10))}, r"'labels' in a.npz has shape \(6, 10\) for 6 samples"),
        ({"images": BYTES, "y": np.zeros(5)}, r"'y' in a.npz has shape \(5,\) for 6 samples"),
        ({"x": np.array([[{}], [{}]], dtype=object)}, "holds Python objects, which are never read"),
        ({"x": BYTES[0], "labels": np.array([[], None], dtype=object)}, "holds Python objects"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(tmp_path: Path, arrays: dict[str, NDArray[Any]], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence) as caught:
        open_own(save(tmp_path / "a.npz", **arrays))
    assert "\n" not in str(caught.value)


def declare(path: Path, shape: tuple[int, ...], content: bytes = b"") -> Path:
    """An .npz whose header declares more than it holds."""
    header = repr({"descr": "|u1", "fortran_order": False, "shape": shape}).encode().ljust(117) + b"\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + content)
    return path


def test_a_header_that_declares_terabytes_is_refused_unread(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"declares shape \(1000000, 1000000\)"):
        open_own(declare(tmp_path / "a.npz", (10**6, 10**6)))


def test_a_header_that_declares_more_than_the_file_holds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not a whole array"):
        open_own(declare(tmp_path / "a.npz", (100, 100), b"abc"))
    with pytest.raises(DataError, match="declares shape"):
        open_own(declare(tmp_path / "a.npz", (-3, 5)))


def test_a_damaged_or_foreign_file_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.npz", images=BYTES)
    content = bytearray(path.read_bytes())
    content[300] ^= 255
    path.write_bytes(content)
    with pytest.raises(DataError, match="is not a whole array"):
        open_own(path)
    path.write_bytes(b"no archive at all")
    with pytest.raises(DataError, match=r"a\.npz is not a complete zip archive"):
        open_own(path)


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32, np.bool_])
@pytest.mark.parametrize("shape", [(12, 5), (12, 9, 9), (12, 8, 12, 3), (12, 3, 8, 8)])
def test_an_array_in_memory_is_prepared_as_the_same_array_in_a_file(
    tmp_path: Path, dtype: type, shape: tuple[int, ...]
) -> None:
    values = (np.random.default_rng(0).random(shape) * 100).astype(dtype)
    classes = np.arange(12) % 3
    np.savez(tmp_path / "own.npz", x=values, y=classes)
    ours, theirs = open_array(values, labels=classes), open_dataset(str(tmp_path / "own.npz"))
    assert ours.digest == theirs.digest
    assert ours.kind == theirs.kind and ours.feature_names == theirs.feature_names
    assert list(ours.preprocessing) == [step for step in theirs.preprocessing if step["step"] != "labels"]
    assert ours.label_names == theirs.label_names == ("0", "1", "2")
    np.testing.assert_array_equal(ours.labels, theirs.labels)
    assert (ours.source, theirs.source) == ("", str(tmp_path / "own.npz"))
    assert open_dataset(values).digest == ours.digest


@pytest.mark.parametrize("values", [np.arange(40, dtype=np.uint8).reshape(8, 5), np.linspace(-3, 9, 40).reshape(8, 5)])
def test_scales_can_be_undone(values: np.ndarray) -> None:
    dataset = open_array(values)
    np.testing.assert_allclose(undo_preprocessing(dataset.preprocessing, dataset.samples), values, atol=1e-4)
    images = np.repeat(values.reshape(4, 1, 10), 10, axis=1)  # (4, 10, 10), which become 12 × 12
    dataset = open_array(images)
    back = undo_preprocessing(dataset.preprocessing, dataset.samples)
    assert back.shape == (4, 1, 12, 12)
    assert (back.min(), back.max()) == (pytest.approx(values.min(), abs=1e-3), pytest.approx(values.max(), abs=1e-3))


def test_an_array_that_cannot_be_taken_is_refused_in_one_sentence() -> None:
    with pytest.raises(DataError, match="array has 4 samples and labels of shape"):
        open_array(np.eye(4), labels=[1, 2])
    with pytest.raises(DataError, match="array holds 1 values that are NaN"):
        open_array([[1.0, np.nan], [0, 1]])
    with pytest.raises(SettingsError, match="takes no options"):
        open_dataset(np.eye(4), OwnDataOptions(labels="type"))
