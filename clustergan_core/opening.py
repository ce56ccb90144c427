"""Data by one door: a data set's name, a count matrix, or a person's own table, arrays or pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from clustergan_core.data import DATASETS, OwnDataOptions
from clustergan_core.data import open_dataset as open_other
from clustergan_core.data.dataset import Dataset
from clustergan_core.data.download import OnProgress
from clustergan_core.data.own_files import open_like as open_like_other
from clustergan_core.data.own_files import slug
from clustergan_core.data.preprocessing import Step
from clustergan_core.data.reference_labels import find_labels
from clustergan_core.data.row_choice import choose_rows, describe_rows
from clustergan_core.errors import SettingsError
from clustergan_core.expression.counts import CountMatrix
from clustergan_core.expression.forms import looks_like_counts
from clustergan_core.expression.preparation_settings import PREPARATION_PRESETS, PreparationSettings
from clustergan_core.expression.quality_settings import QUALITY_PRESETS, QualitySettings
from clustergan_core.networks import Kind


def open_dataset(
    name_or_path: str, options: OwnDataOptions | None = None, on_progress: OnProgress | None = None
) -> Dataset:
    """A name of DATASETS, else an existing path. Raises SettingsError when it is neither, DataError for a bad file."""
    options = options or OwnDataOptions()
    path = Path(name_or_path).expanduser()
    if name_or_path not in DATASETS and path.exists() and looks_like_counts(path):
        return open_counts(path, options)
    if options.preparation:
        raise SettingsError(f"{name_or_path} is no count matrix, which alone is prepared: leave --prepare out.")
    return open_other(name_or_path, options, on_progress)


def open_counts(path: Path, options: OwnDataOptions) -> Dataset:
    """A count matrix, read by a limited process, filtered and prepared as the options say; labels as for tables."""
    from clustergan_core.expression.preparation import prepare
    from clustergan_core.expression.reading_safely import read_safely

    settings = read_preparation(options.preparation)
    matrix = replace(read_safely(path), name=slug(path))
    columns = {str(name): np.asarray(matrix.cells[name], dtype=object) for name in matrix.cells}
    ids = matrix.cell_ids.tolist()
    labels = find_labels(matrix.name, options.labels, columns, ids, len(ids))
    if labels is not None:
        columns |= {"label": labels.texts}
    keep = choose_rows(matrix.name, columns, len(ids), options)
    if not keep.all():
        matrix = _take_cells(matrix, keep)
        labels = None if labels is None else replace(labels, texts=labels.texts[keep])
    dataset = prepare(matrix, settings, labels)
    return replace(dataset, preprocessing=(*describe_rows(options, keep), *dataset.preprocessing))


def open_like(
    path: Path, kind: Kind, shape: tuple[int, ...], feature_names: Sequence[str], preprocessing: Sequence[Step]
) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """(samples, their ids) of new samples, prepared exactly as a run's own were. Raises DataError where they differ."""
    if kind != "expression":
        return open_like_other(path, kind, shape, feature_names, preprocessing)
    from clustergan_core.expression.preparation_steps import apply_preparation
    from clustergan_core.expression.reading_safely import read_safely

    matrix = read_safely(path)
    return apply_preparation(preprocessing, matrix), tuple(matrix.cell_ids.tolist())


def read_preparation(given: Mapping[str, Any]) -> PreparationSettings:
    """Settings from words: `preset` and `quality` name presets, thresholds of quality control stand by their names.

    Raises SettingsError for an unknown name or an impossible value.
    """
    words = dict(given)
    start = _preset(PREPARATION_PRESETS, words.pop("preset", "default"), "preset")
    quality = words.pop("quality", None)
    rules = start.quality if quality is None else _preset(QUALITY_PRESETS, quality, "quality")
    thresholds = {name: words.pop(name) for name in tuple(words) if name in QualitySettings.model_fields}
    unknown = [name for name in words if name not in PreparationSettings.model_fields]
    if unknown:
        known = ", ".join(["preset", "quality", *QualitySettings.model_fields, *_own_fields()])
        raise SettingsError(f"There is nothing named {unknown[0]} to prepare by: choose one of {known}.")
    try:
        rules = QualitySettings.model_validate(rules.model_dump() | thresholds)
        return PreparationSettings.model_validate(start.model_dump() | words | {"quality": rules})
    except ValidationError as error:
        problem = error.errors()[0]
        raise SettingsError(
            f"--prepare {problem['loc'][0]}={problem['input']} is not possible: {problem['msg']}."
        ) from error


def _own_fields() -> list[str]:
    return [name for name in PreparationSettings.model_fields if name != "quality"]


def _preset(presets: Mapping[str, Any], name: object, what: str) -> Any:
    if name not in presets:
        raise SettingsError(f"There is no {what} named {name}: choose one of {', '.join(presets)}.")
    return presets[str(name)]


def _take_cells(matrix: CountMatrix, keep: NDArray[np.bool_]) -> CountMatrix:
    return replace(matrix, counts=matrix.counts[keep], cell_ids=matrix.cell_ids[keep], cells=matrix.cells[keep].copy())
