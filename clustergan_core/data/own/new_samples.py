"""New samples for a finished run, read and prepared exactly as its training samples were."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import Kind
from clustergan_core.data.own.arrays import read_arrays, take_ids, take_samples
from clustergan_core.data.own.images import find_pictures
from clustergan_core.data.own.picture_reading import FULL_RANGE, read_pictures, survey, to_grey
from clustergan_core.data.own.tables import read_features
from clustergan_core.data.preprocessing import TOLERANCE, Values, apply_preprocessing
from clustergan_core.data.steps import Step
from clustergan_core.errors import DataError

SHOWN = 8


def read_like(
    path: Path, kind: Kind, shape: tuple[int, ...], feature_names: Sequence[str], preprocessing: Sequence[Step]
) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """(samples (N, *shape) in [0, 1], sample ids; row numbers where the file has none).

    Tables come as .npz or text, images as .npz or pictures. Raises DataError where columns are missing, shapes
    differ, or values are outside the range the run was trained on.
    """
    if not path.exists():
        raise DataError(f"There is no file {path}: check the path.")
    if kind == "expression":
        raise DataError(f"{path.name} cannot be assigned: new samples of expression data are not read yet.")
    is_array = path.suffix.lower() == ".npz"
    is_pictures = path.is_dir() or path.suffix.lower() == ".zip"
    if kind == "table" and not is_pictures:
        raw, sample_ids = (
            _read_array_table(path, feature_names) if is_array else read_features(path, feature_names, preprocessing)
        )
        samples = prepare_like(path.name, raw, preprocessing, feature_names)
    elif kind == "image" and is_array:
        arrays = read_arrays(path)
        images, _ = take_samples(path, arrays)
        require_size(path.name, images, shape, preprocessing)
        sample_ids = take_ids(path, arrays, len(images))
        samples = prepare_like(path.name, images, preprocessing)
    elif kind == "image" and is_pictures:
        samples, sample_ids = _read_pictures(path, shape, preprocessing)
    else:
        wanted = "a table (.csv, .tsv, .txt or .npz)" if kind == "table" else "images (.npz, a zip or a folder)"
        raise DataError(f"{path.name} is not the kind of data the run was trained on: provide {wanted}.")
    return samples, sample_ids or tuple(str(index) for index in range(len(samples)))


def prepare_like(
    name: str, raw: Values, preprocessing: Sequence[Step], feature_names: Sequence[str] = ()
) -> NDArray[np.float32]:
    """Raw values (N, F) or (N, C, H, W) as samples in [0, 1], by the steps that prepared the training samples.

    Raises DataError where there are none, or where they lie off the scale that was trained on.
    """
    if len(raw) == 0:
        raise DataError(f"{name} holds no samples: provide at least one.")
    is_scaled = any(step["step"] in ("divide", "scale_range") for step in preprocessing)
    if raw.ndim == 4 and raw.dtype == np.uint8 and not is_scaled:
        preprocessing = [*preprocessing, {"step": "divide", "by": 255}]
    samples = apply_preprocessing(preprocessing, raw, feature_names)
    if samples.min() < -TOLERANCE or samples.max() > 1 + TOLERANCE:
        raise DataError(
            f"{name} holds values from {samples.min():g} to {samples.max():g}, but the run was trained on values "
            "from 0 to 1: scale them to that range."
        )
    return np.clip(samples, 0.0, 1.0)


def require_size(name: str, images: Values, shape: tuple[int, ...], preprocessing: Sequence[Step]) -> None:
    """Raises DataError for samples that are no images (N, C, H, W) like those of `shape`, or that resize to them."""
    if images.ndim != 4 or images.shape[1] != shape[0]:
        raise DataError(
            f"{name} holds samples of shape {images.shape[1:]}, but the run was trained on images of {shape}: "
            "provide images with the same number of channels."
        )
    is_resized = any(step["step"] == "resize" for step in preprocessing)
    if not is_resized and images.shape[1:] != shape:
        raise DataError(
            f"{name} holds images of {images.shape[3]}×{images.shape[2]} pixels, but the run was trained on "
            f"{shape[2]}×{shape[1]}: resize them."
        )


def _read_array_table(path: Path, feature_names: Sequence[str]) -> tuple[Values, tuple[str, ...]]:
    arrays = read_arrays(path)
    samples, given = take_samples(path, arrays)
    if samples.ndim != 2 or samples.shape[1] != len(feature_names):
        raise DataError(
            f"{path.name} holds samples of shape {samples.shape[1:]}, but the run was trained on {len(feature_names)} "
            "features: provide the same number."
        )
    if any(key in arrays for key in ("feature_names", "features")):
        missing = [name for name in feature_names if name not in given]
        if missing:
            raise DataError(f"{path.name} lacks the columns {', '.join(missing[:SHOWN])}: name them as in training.")
        samples = samples[:, [given.index(name) for name in feature_names]]
    return samples, take_ids(path, arrays, len(samples))


def _read_pictures(
    path: Path, shape: tuple[int, ...], preprocessing: Sequence[Step]
) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Pictures always hold 0 … 255, whatever scale the run's own arrays had."""
    recorded = next((step for step in preprocessing if step["step"] == "picture_range"), None)
    with find_pictures(path) as pictures:
        found = survey(pictures, pictures.names)
        if recorded is None and found.deep_range not in (None, FULL_RANGE):
            assert found.deep_range is not None
            smallest, largest = found.deep_range
            raise DataError(
                f"{path.name} holds grey pictures of more than 8 bits with values from {smallest:,g} to {largest:,g}, "
                "but the run was trained on pictures of 8 bits: save them with 8 bits, scaled as those were."
            )
        deep_range = FULL_RANGE if recorded is None else (recorded["minimum"], recorded["maximum"])
        images = read_pictures(pictures, pictures.names, shape[1], shape[2], deep_range)
        names = tuple(pictures.names)
    if shape[0] == 1:
        images = to_grey(images)
    return images.astype(np.float32) / np.float32(255), names
