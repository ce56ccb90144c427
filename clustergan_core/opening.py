"""Data by one door: a data set's name, a count matrix, or a person's own table, arrays or pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from clustergan_core.data import DATASETS, OwnDataOptions
from clustergan_core.data import open_dataset as open_other
from clustergan_core.data.dataset import Dataset
from clustergan_core.data.download import OnProgress, fetch
from clustergan_core.data.id_choice import choose_ids, describe_ids
from clustergan_core.data.own_files import open_like as open_like_other
from clustergan_core.data.own_files import slug
from clustergan_core.data.preprocessing import Step
from clustergan_core.data.reference_labels import find_labels
from clustergan_core.data.row_choice import choose_rows, describe_rows
from clustergan_core.errors import SettingsError
from clustergan_core.expression.counts import CountMatrix, take_cells
from clustergan_core.expression.forms import looks_like_counts
from clustergan_core.expression.preparation_settings import PREPARATION_PRESETS, PreparationSettings
from clustergan_core.expression.quality_settings import (
    N_GENES_OF_A_GENOME,
    QUALITY_PRESETS,
    QualitySettings,
    quality_preset,
)
from clustergan_core.networks import Kind


@dataclass(frozen=True)
class NewSamples:
    """Samples that a run has not seen, as its networks take them."""

    samples: NDArray[np.float32]  # (N, *shape)
    sample_ids: tuple[str, ...]
    notes: tuple[str, ...] = ()  # sentences on what was missing in the file and made up for


def open_dataset(
    name_or_path: str, options: OwnDataOptions | None = None, on_progress: OnProgress | None = None
) -> Dataset:
    """A name of DATASETS, else an existing path. Raises SettingsError when it is neither, DataError for a bad file."""
    options = options or OwnDataOptions()
    if is_count_matrix(name_or_path):
        return _open_cells(name_or_path, options, on_progress)
    if options.preparation or options.ids:
        word = "--prepare" if options.preparation else "--ids"
        raise SettingsError(f"{name_or_path} is no count matrix, for which alone {word} is: leave {word} out.")
    return open_other(name_or_path, options, on_progress)


def is_count_matrix(name_or_path: str) -> bool:
    """Whether a name of DATASETS, or a file, is read as cells and genes."""
    if name_or_path in DATASETS:
        return DATASETS[name_or_path].find_counts is not None
    path = Path(name_or_path).expanduser()
    return path.exists() and looks_like_counts(path)


def open_matrix(name_or_path: str, on_progress: OnProgress | None = None) -> CountMatrix:
    """All cells and genes of a count matrix, read by a limited process. Raises DataError with one sentence."""
    from clustergan_core.expression.matrix_cache import read_kept

    source = DATASETS.get(name_or_path)
    if source is None:
        path = Path(name_or_path).expanduser()
        return replace(read_kept(path), name=slug(path))
    assert source.find_counts is not None, f"{name_or_path} is no count matrix"
    return replace(read_kept(source.find_counts(lambda file: fetch(file, on_progress))), name=source.name)


def _open_cells(name_or_path: str, options: OwnDataOptions, on_progress: OnProgress | None) -> Dataset:
    """A count matrix, filtered and prepared as the options say; labels as for tables."""
    from clustergan_core.expression.preparation import prepare

    options = _complete(name_or_path, options)
    read_preparation(options.preparation)  # a wrong word is told before a large file is read
    matrix = open_matrix(name_or_path, on_progress)
    settings = read_preparation(options.preparation, len(matrix.gene_ids))
    columns = {str(name): np.asarray(matrix.cells[name], dtype=object) for name in matrix.cells}
    ids = matrix.cell_ids.tolist()
    labels = find_labels(matrix.name, options.labels, columns, ids, len(ids))
    if labels is not None:
        columns |= {"label": labels.texts}
    keep = choose_rows(matrix.name, columns, len(ids), options)
    steps = [*describe_rows(options, keep)]
    if options.ids is not None:
        listed = choose_ids(matrix.name, ids, Path(options.ids))
        steps.append(describe_ids(Path(options.ids), listed))
        keep &= listed
    if not keep.all():
        matrix = take_cells(matrix, keep)
        labels = None if labels is None else replace(labels, texts=labels.texts[keep])
    dataset = prepare(matrix, settings, labels)
    return replace(dataset, preprocessing=(*steps, *dataset.preprocessing))


def _complete(name_or_path: str, options: OwnDataOptions) -> OwnDataOptions:
    """A known set's own options, where a person chose no others."""
    if name_or_path not in DATASETS:
        return options
    chosen = {name: getattr(options, name) for name in options.model_fields_set}
    return DATASETS[name_or_path].options.model_copy(update={name: value for name, value in chosen.items() if value})


def open_like(
    path: Path, kind: Kind, shape: tuple[int, ...], feature_names: Sequence[str], preprocessing: Sequence[Step]
) -> NewSamples:
    """New samples, prepared exactly as a run's own were. Raises DataError where they differ."""
    if kind != "expression":
        return NewSamples(*open_like_other(path, kind, shape, feature_names, preprocessing))
    from clustergan_core.expression.preparation_steps import apply_preparation, describe_differences
    from clustergan_core.expression.reading_safely import read_safely

    matrix = read_safely(path)
    notes = describe_differences(preprocessing, matrix)
    return NewSamples(apply_preparation(preprocessing, matrix), tuple(matrix.cell_ids.tolist()), notes)


def read_preparation(given: Mapping[str, Any], n_genes: int = N_GENES_OF_A_GENOME) -> PreparationSettings:
    """Settings from words: `preset` and `quality` name presets, thresholds of quality control stand by their names.

    `n_genes` of the file are what a preset's own thresholds go by; those in words are taken as they are.
    Raises SettingsError for an unknown name or an impossible value.
    """
    words = dict(given)
    preset = str(words.pop("preset", "default"))
    start = _preset(PREPARATION_PRESETS, preset, "preset")
    own_quality = next(name for name, rules in QUALITY_PRESETS.items() if rules == start.quality)
    quality = str(words.pop("quality", own_quality))
    _preset(QUALITY_PRESETS, quality, "quality")
    rules = quality_preset(quality, n_genes)
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
