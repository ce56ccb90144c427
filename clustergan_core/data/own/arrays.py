"""A person's own arrays, in memory or as an .npz: `images` or `x`, with optional `labels` or `y`, ids and columns."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clustergan_core.data.dataset import Dataset, share_samples
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.own.cell_text import as_text
from clustergan_core.data.own.labels import find_labels, holds_classes, number_labels
from clustergan_core.data.own.rows import choose_rows, describe_rows
from clustergan_core.data.own.vetting import MAX_VALUES, check_counts, open_archive, require_finite
from clustergan_core.data.preprocessing import Values, apply_preprocessing, fit_column_scale, fit_range_scale
from clustergan_core.data.steps import Step
from clustergan_core.errors import DataError

SAMPLE_NAMES = ("images", "x")
LABEL_ARRAYS = ("labels", "y")
ID_ARRAYS = ("sample_ids", "ids")
FEATURE_ARRAYS = ("feature_names", "features")
SIDE_STEP = 4  # the smallest networks halve an image twice
SMALLEST_SIDE = 8

_DAMAGES = (ValueError, EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError)
MAX_COLUMN_BYTES = 32 << 20  # of an array that may hold labels

Arrays = dict[str, NDArray[np.generic]]


def open_arrays(path: Path, name: str, options: OwnDataOptions) -> Dataset:
    """The samples of an .npz as images (N, C, H, W) or a table (N, F), prepared to lie in [0, 1]."""
    arrays = read_arrays(path)
    samples, feature_names = take_samples(path, arrays)
    check_counts(path.name, len(samples), math.prod(samples.shape[1:]))
    sample_ids = take_ids(path, arrays, len(samples))
    columns = _further_columns(path, arrays, len(samples))
    classes = (key for key in LABEL_ARRAYS if key in columns and holds_classes(as_text(columns[key])))
    choice = options.labels or next(classes, None)
    labels = find_labels(path.name, choice, columns, sample_ids, len(samples))
    choosable = columns if labels is None else {"label": labels.texts, **columns}
    keep = choose_rows(path.name, choosable, len(samples), options)
    steps: list[Step] = [*describe_rows(options, keep)]
    steps += labels.steps() if labels is not None else []
    samples = samples[keep]
    steps += _note_unused(arrays, columns)
    fitted = _fit(path.name, samples, feature_names, options.image_side)
    numbers, names = (None, ()) if labels is None else number_labels(labels.texts[keep])
    used = labels.column if labels else None
    return Dataset(
        name=name,
        kind="image" if samples.ndim == 4 else "table",
        samples=apply_preprocessing(fitted, samples, feature_names),
        splits=share_samples(len(samples)),
        labels=numbers,
        label_names=names,
        feature_names=feature_names,
        sample_ids=tuple(np.array(sample_ids)[keep].tolist()) if sample_ids else (),
        preprocessing=(*steps, *fitted),
        columns={column: values[keep] for column, values in columns.items() if column != used},
        label_column=(labels and labels.column) or "",
        has_confirmed_labels=labels is None or labels.is_confirmed,
    )


def open_array(
    samples: ArrayLike, labels: ArrayLike | None = None, feature_names: Sequence[str] = (), name: str = "array"
) -> Dataset:
    """An array in memory as a data set, prepared exactly as the same array in an .npz would be.

    `samples` are a table (N, F), or images (N, H, W), (N, H, W, C) or (N, C, H, W) of 1 or 3 channels. `labels` (N,)
    are names or numbers of classes, for scores alone. Everything is trained on and scored over. Raises DataError for
    values that are no finite numbers, for other shapes, and where there is not one label a sample.
    """
    values, names = take_array(samples, name, feature_names)
    check_counts(name, len(values), math.prod(values.shape[1:]))
    numbers, label_names = None, ()
    if labels is not None:
        texts = as_text(np.asarray(labels))
        if texts.shape != (len(values),):
            raise DataError(f"{name} has {len(values)} samples and labels of shape {texts.shape}: bring one a sample.")
        numbers, label_names = number_labels(texts)
    fitted = _fit(name, values, names, image_side=None)
    return Dataset(
        name=name,
        kind="image" if values.ndim == 4 else "table",
        samples=apply_preprocessing(fitted, values, names),
        splits=share_samples(len(values)),
        labels=numbers,
        label_names=label_names,
        feature_names=names,
        preprocessing=tuple(fitted),
    )


def read_arrays(path: Path) -> Arrays:
    """Every array of an .npz by name. Declared shapes are checked first; pickled objects are refused."""
    arrays: Arrays = {}
    with open_archive(path) as archive:
        for member in archive.infolist():
            if not member.filename.endswith(".npy"):
                continue
            try:
                arrays[member.filename.removesuffix(".npy")] = _read_member(path, archive, member)
            except _DAMAGES as error:
                raise DataError(f"'{member.filename}' in {path.name} is not a whole array: save it again.") from error
    return arrays


def read_columns(path: Path) -> Arrays:
    """The arrays of an .npz that hold one value a sample, such as labels, and no names of samples or features."""
    columns: Arrays = {}
    with open_archive(path) as archive:
        for member in archive.infolist():
            name = member.filename.removesuffix(".npy")
            if member.file_size > MAX_COLUMN_BYTES or name.lower() in (*SAMPLE_NAMES, *ID_ARRAYS, *FEATURE_ARRAYS):
                continue
            try:
                values = _read_member(path, archive, member)
            except (*_DAMAGES, DataError):
                continue  # reading the whole file names it
            if values.ndim == 1 and values.dtype.kind in "buifU":
                columns[name] = values
    return columns


def take_samples(path: Path, arrays: Arrays) -> tuple[Values, tuple[str, ...]]:
    """(images (N, C, H, W) or table (N, F) with its raw values, the table's feature names)."""
    name = next((key for wanted in SAMPLE_NAMES for key in arrays if key.lower() == wanted), None)
    if name is None:
        held = ", ".join(arrays) or "nothing"
        raise DataError(f"{path.name} holds {held} but no array named images or x: save the samples under that name.")
    samples = arrays[name]
    given = next((arrays[key] for key in FEATURE_ARRAYS if key in arrays), None)
    if given is not None and samples.ndim == 2 and given.shape != samples.shape[1:]:
        raise DataError(
            f"The names of the features in {path.name} have shape {given.shape} for {samples.shape[1]} features: save "
            "one name per feature, or none."
        )
    return _as_samples(f"'{name}' in {path.name}", samples, () if given is None else [str(value) for value in given])


def take_array(samples: ArrayLike, name: str, feature_names: Sequence[str] = ()) -> tuple[Values, tuple[str, ...]]:
    """The same of an array in memory: (N, F), (N, H, W), (N, H, W, C) or (N, C, H, W); `name` is for messages."""
    return _as_samples(name, np.asarray(samples), feature_names)


def name_columns(count: int) -> tuple[str, ...]:
    """What columns are called that nobody named: x1, x2, …"""
    return tuple(f"x{number + 1}" for number in range(count))


def take_ids(path: Path, arrays: Arrays, n_samples: int) -> tuple[str, ...]:
    """The samples' own ids, if an array holds them. Raises DataError where there is not one for each sample."""
    key = next((key for key in ID_ARRAYS if key in arrays), None)
    if key is None:
        return ()
    if arrays[key].shape != (n_samples,):
        raise DataError(
            f"'{key}' in {path.name} has shape {arrays[key].shape} for {n_samples} samples: save one id per sample."
        )
    return tuple(str(value) for value in arrays[key])


def _read_member(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[np.generic]:
    with archive.open(member) as file:
        version = np.lib.format.read_magic(file)
        readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
        if version not in readers:
            raise ValueError(version)
        shape, _, dtype = readers[version](file)
        header_size = file.tell()
    if dtype.hasobject or dtype.fields is not None:
        raise DataError(
            f"'{member.filename}' in {path.name} holds Python objects, which are never read: save plain arrays instead."
        )
    if min(shape, default=0) < 0 or math.prod(shape) > MAX_VALUES:
        raise DataError(
            f"'{member.filename}' in {path.name} declares shape {shape}, but at most {MAX_VALUES:,} values are read: "
            "provide fewer or smaller samples."
        )
    if math.prod(shape) * dtype.itemsize != member.file_size - header_size:
        raise ValueError(shape)
    with archive.open(member) as file:
        values = np.lib.format.read_array(file, allow_pickle=False)
    return _decode(values) if values.dtype.kind == "S" else values


def _decode(values: NDArray[np.generic]) -> NDArray[np.str_]:
    """Bytes, as h5py gives text, as text: UTF-8 where all of them are, else Latin-1, which any byte is."""
    for encoding in ("utf-8", "latin-1"):
        try:
            return np.char.decode(values, encoding)  # type: ignore[arg-type]
        except UnicodeDecodeError:
            continue
    raise AssertionError("Latin-1 decodes any byte.")


def _as_samples(where: str, samples: Values, feature_names: Sequence[str]) -> tuple[Values, tuple[str, ...]]:
    if samples.dtype.kind not in "buif":
        raise DataError(f"{where} holds {samples.dtype} instead of numbers: save it as float32 or uint8.")
    require_finite(where, samples)
    if samples.dtype.kind == "b":
        samples = samples.astype(np.uint8) * np.uint8(255)
    if samples.ndim != 2:
        return _as_images(where, samples), ()
    if len(feature_names) == samples.shape[1]:
        return samples, tuple(feature_names)
    return samples, name_columns(samples.shape[1])


def _as_images(where: str, samples: NDArray[np.generic]) -> NDArray[np.generic]:
    """(N, H, W), (N, H, W, C) or (N, C, H, W) to (N, C, H, W) with one or three channels."""
    if samples.ndim == 3:
        return samples[:, np.newaxis]
    if samples.ndim == 4:
        if samples.shape[3] in (1, 3):
            return samples.transpose(0, 3, 1, 2)
        if samples.shape[1] in (1, 3):
            return samples
    raise DataError(
        f"{where} has shape {samples.shape}: provide (N, H, W), (N, H, W, C) or (N, C, H, W) with 1 or 3 "
        "channels, or a table (N, F)."
    )


def _further_columns(path: Path, arrays: Arrays, n_samples: int) -> dict[str, NDArray[np.generic]]:
    for label_array in LABEL_ARRAYS:
        if label_array in arrays and arrays[label_array].shape != (n_samples,):
            raise DataError(
                f"'{label_array}' in {path.name} has shape {arrays[label_array].shape} for {n_samples} samples: save "
                "one label per sample."
            )
    reserved = {*SAMPLE_NAMES, *ID_ARRAYS, *FEATURE_ARRAYS}
    return {
        key: values
        for key, values in arrays.items()
        if values.shape == (n_samples,) and values.dtype.kind in "buifU" and key.lower() not in reserved
    }


def _note_unused(arrays: Arrays, columns: Arrays) -> list[Step]:
    """A step that names the arrays that are neither samples, names nor one value for each sample."""
    known = (*LABEL_ARRAYS, *ID_ARRAYS, *FEATURE_ARRAYS)
    samples = next((key for wanted in SAMPLE_NAMES for key in arrays if key.lower() == wanted), None)
    unused = [key for key in arrays if key not in columns and key not in known and key != samples]
    if not unused:
        return []
    shown = ", ".join(f"{key} of shape {arrays[key].shape}" for key in unused)
    return [{"step": "note", "text": f"Arrays that are not used: {shown}."}]


def _fit(name: str, samples: Values, feature_names: tuple[str, ...], image_side: int | None) -> list[Step]:
    steps: list[Step] = []
    if samples.ndim == 4:
        height, width = (image_side or _nearest_side(side) for side in samples.shape[2:])
        if (height, width) != samples.shape[2:]:
            steps.append({"step": "resize", "height": height, "width": width})
    if samples.dtype == np.uint8:
        return [*steps, {"step": "divide", "by": 255}]
    if samples.min() >= 0 and samples.max() <= 1:
        return steps
    if samples.ndim == 2:
        return [fit_column_scale(samples.astype(np.float64), feature_names)]
    return [*steps, fit_range_scale(name, samples)]


def _nearest_side(side: int) -> int:
    return max(SMALLEST_SIDE, (side + SIDE_STEP // 2) // SIDE_STEP * SIDE_STEP)
