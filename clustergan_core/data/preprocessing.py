"""The recorded steps from a file's values to a run's samples, the same in training and for new samples.

| step | values | new samples |
|---|---|---|
| divide | by | must lie in 0 … by; fractions that already lie in 0 … 1 stay as they are |
| scale_range | minimum, maximum | scaled and clipped to [0, 1] |
| scale_columns | each column's minimum and maximum, or quantiles beside outliers | scaled and clipped to [0, 1] |
| fill_missing | columns, values (the training medians) | filled with the same values; gaps elsewhere are an error |
| resize | height, width | resized to the same size |
| picture_range | values of deep grey that are black and white | pictures are read with the same range |
| sample_ids, drop_columns, keep_rows, keep_ids, labels, note | what was done to the file | nothing |
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from clustergan_core.data.steps import Divide, FillMissing, ScaleColumns, ScaleRange, Step
from clustergan_core.errors import DataError

Values = NDArray[Any]

RECORDS = frozenset({"picture_range", "sample_ids", "drop_columns", "keep_rows", "keep_ids", "labels", "note"})
TOLERANCE = 1e-6
OUTER_SHARE = 0.001  # of a column's values, at either end
FAR_OUTSIDE = 2.0  # ranges of the inner values: an extreme beyond this leaves the others a third of the scale at most
LEAST_ROWS = 50  # with fewer, a single value is a good part of the data


def apply_preprocessing(steps: Sequence[Step], raw: Values, feature_names: Sequence[str] = ()) -> NDArray[np.float32]:
    """Raw images (N, C, H, W) or table values (N, F; columns as `feature_names`) to samples in [0, 1].

    Raises DataError for values that the steps cannot handle, or a step of a later version.
    """
    values = raw
    for step in steps:
        values = _apply_step(step, values, feature_names)
    return np.ascontiguousarray(values, dtype=np.float32)


def undo_preprocessing(steps: Sequence[Step], samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples in [0, 1], (N, C, H, W) or (N, F), in the units of the raw values that `steps` prepared.

    Only scales are undone: images keep the size that they were given, and a column that never varied its value.
    """
    values = samples.astype(np.float64)
    for step in reversed(steps):
        match step["step"]:
            case "divide":
                values = values * step["by"]
            case "scale_range" | "scale_columns":
                minimum, maximum = np.array(step["minimum"]), np.array(step["maximum"])
                values = minimum + values * (maximum - minimum)
            case _:
                pass
    return values.astype(np.float32)


def _apply_step(step: Step, values: Values, feature_names: Sequence[str]) -> Values:
    match step["step"]:
        case "divide":
            return _divide(step, values)
        case "scale_range":
            return _scale_range(step, values)
        case "scale_columns":
            return _scale_columns(step, values)
        case "fill_missing":
            return _fill_missing(step, values, feature_names)
        case "resize":
            return resize_images(values, step["height"], step["width"])
        case name if name in RECORDS:
            return values
        case name:
            raise DataError(f"The data was prepared by a step '{name}' that this version does not know: update it.")


def fit_column_scale(values: NDArray[np.float64], feature_names: Sequence[str]) -> ScaleColumns:
    """The step that maps each column's smallest value to 0 and its largest to 1; NaN is ignored.

    A column of 50 rows or more whose extreme values would squash all others is scaled by its quantiles instead, and
    what lies beyond them becomes 0 or 1.
    """
    minimum, maximum = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    low, high = _inner_range(values) if len(values) >= LEAST_ROWS else (minimum, maximum)
    with np.errstate(over="ignore"):
        inner, below, above = high - low, low - minimum, maximum - high
        # Where nearly all values are the same, the others are not outliers but all that the column says.
        far_below, far_above = ((inner > 0) & (excess > FAR_OUTSIDE * inner) for excess in (below, above))
        is_outlier = (inner > 0) & ((low - values > FAR_OUTSIDE * inner) | (values - high > FAR_OUTSIDE * inner))
        minimum, maximum = np.where(far_below, low, minimum), np.where(far_above, high, maximum)
        too_wide = ~np.isfinite(maximum - minimum)
    if too_wide.any():
        raise DataError(f"Column '{feature_names[int(too_wide.argmax())]}' spans more than a number can hold: fix it.")
    step: ScaleColumns = {
        "step": "scale_columns",
        "columns": list(feature_names),
        "minimum": minimum.tolist(),
        "maximum": maximum.tolist(),
    }
    counts = is_outlier.sum(axis=0).tolist()
    if any(counts):
        step["n_outliers"] = {str(name): n for name, n in zip(feature_names, counts, strict=True) if n}
    return step


def _inner_range(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Each column's (0.1% quantile, 99.9% quantile), without its smallest and largest value where it has few rows."""
    n_columns = values.shape[1]
    low, high = np.zeros(n_columns), np.zeros(n_columns)
    for column in range(n_columns):
        known = values[:, column][~np.isnan(values[:, column])]
        low[column] = np.quantile(known, OUTER_SHARE, method="higher")
        high[column] = np.quantile(known, 1 - OUTER_SHARE, method="lower")
    return low, high


def fit_range_scale(name: str, values: Values) -> ScaleRange:
    """The step that maps the smallest value of all to 0 and the largest to 1."""
    minimum, maximum = float(values.min()), float(values.max())
    if minimum == maximum:
        raise DataError(f"All values in {name} are {minimum:g}: provide samples that differ.")
    if not np.isfinite(maximum - minimum):
        raise DataError(f"The values in {name} span more than a number can hold: fix them.")
    return {"step": "scale_range", "minimum": minimum, "maximum": maximum}


def resize_images(images: Values, height: int, width: int) -> NDArray[np.float32]:
    """(N, C, H, W) to (N, C, height, width): by area where it shrinks, linearly where it grows."""
    n_images, n_channels, old_height, old_width = images.shape
    if (old_height, old_width) == (height, width):
        return images.astype(np.float32)
    shrinks = height <= old_height and width <= old_width
    method = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
    resized = np.empty((n_images, n_channels, height, width), dtype=np.float32)
    for index, image in enumerate(images):
        for channel in range(n_channels):
            plane = Image.fromarray(image[channel].astype(np.float32))
            resized[index, channel] = np.asarray(plane.resize((width, height), method))
    return resized


def _divide(step: Divide, values: Values) -> Values:
    largest = float(step["by"])
    if values.dtype.kind == "f" and values.min() >= 0 and values.max() <= 1 and np.any(values != np.floor(values)):
        return values
    if values.min() < 0 or values.max() > largest * (1 + TOLERANCE):
        raise DataError(
            f"The new samples hold values from {values.min():g} to {values.max():g}, but the run was trained on values "
            f"from 0 to {largest:g}: scale them to that range."
        )
    return values.astype(np.float32) / np.float32(largest)


def _scale_range(step: ScaleRange, values: Values) -> Values:
    minimum, maximum = step["minimum"], step["maximum"]
    with np.errstate(over="ignore"):
        return np.clip((values.astype(np.float64) - minimum) / (maximum - minimum), 0.0, 1.0)


def _scale_columns(step: ScaleColumns, values: Values) -> Values:
    minimum, maximum = np.array(step["minimum"]), np.array(step["maximum"])
    span = np.where(maximum > minimum, maximum - minimum, 1.0)  # a column that never varied becomes 0
    with np.errstate(over="ignore"):  # far outside the range is clipped, however far
        return np.clip((values.astype(np.float64) - minimum) / span, 0.0, 1.0)


def _fill_missing(step: FillMissing, values: Values, names: Sequence[str]) -> Values:
    filled = values.astype(np.float64)
    position_of = {name: position for position, name in enumerate(names)}
    for name, median in zip(step["columns"], step["values"], strict=True):
        column = filled[:, position_of[name]]
        column[np.isnan(column)] = median
    return filled
