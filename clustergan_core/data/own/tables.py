"""A person's own table: which columns are features, ids, labels or colours, and how the features are scaled."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import Dataset, share_samples
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.own.cell_text import as_numbers, is_missing, read_number
from clustergan_core.data.own.grouped_numbers import grouped_cell
from clustergan_core.data.own.labels import find_labels, is_label_column, number_labels
from clustergan_core.data.own.rows import choose_rows, describe_rows
from clustergan_core.data.own.sample_ids import find_sample_ids, is_sure_id_name, reads_as_numbers
from clustergan_core.data.own.table_text import TextTable, read_table
from clustergan_core.data.own.vetting import check_counts
from clustergan_core.data.preprocessing import apply_preprocessing, fit_column_scale
from clustergan_core.data.steps import Step
from clustergan_core.errors import DataError

MAX_CATEGORIES = 100  # more colours than this cannot be told apart on a map
SURE_CATEGORIES = 20  # so few values are classes even in a table of few rows
MAX_MISSING = 0.5  # a column of which more than half would be imputed is no evidence
SHOWN = 8


@dataclass
class _Features:
    """Columns sorted by what they can be used for."""

    names: list[str] = field(default_factory=list)
    constant: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)  # numbers that are called ids, and stand in several rows
    gappy: list[tuple[str, int]] = field(default_factory=list)  # name, number of missing values
    categories: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


def open_table(path: Path, name: str, options: OwnDataOptions) -> Dataset:
    """The table of a text file, scaled by column to [0, 1]; `preprocessing` records every decision."""
    table = read_table(path)
    n_rows = table.n_rows
    check_counts(path.name, n_rows, len(table))
    id_columns, sample_ids = find_sample_ids(table, exclude=(options.labels,))
    labels = find_labels(path.name, options.labels, table, sample_ids, n_rows)
    asked = {*options.only, *options.drop}
    choosable = {column: table.classes(column) if column in asked else values for column, values in table.items()}
    keep = choose_rows(
        path.name, choosable if labels is None else {"label": labels.texts, **choosable}, n_rows, options
    )
    columns = {column: values[keep] for column, values in table.items()}
    features = _sort_columns(path.name, table, columns, {*id_columns, labels.column if labels else None})
    used = [*features.names, *features.categories, *features.constant, *features.empty, labels.column if labels else ""]
    steps: list[Step] = [*describe_rows(options, keep)]
    steps += labels.steps() if labels is not None else []
    steps.extend({"step": "note", "text": note} for column, note in table.notes.items() if column in used)
    values, fitted = _fit(columns, features, id_columns)
    numbers, names = (None, ()) if labels is None else number_labels(labels.texts[keep])
    return Dataset(
        name=name,
        kind="table",
        samples=apply_preprocessing(fitted, values, features.names),
        splits=share_samples(len(values)),
        labels=numbers,
        label_names=names,
        feature_names=tuple(features.names),
        sample_ids=tuple(np.array(sample_ids)[keep].tolist()) if sample_ids else (),
        preprocessing=(*steps, *fitted),
        columns={column: table.classes(column)[keep] for column in features.categories},
        label_column=(labels and labels.column) or "",
        has_confirmed_labels=labels is None or labels.is_confirmed,
    )


def read_features(
    path: Path, feature_names: Sequence[str], steps: Sequence[Step]
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """New samples' values in the order of `feature_names` (N, F), missing ones NaN, and their ids.

    Columns are found by name; only a file without a header and with exactly F columns is read by position.
    Raises DataError that names missing columns or text.
    """
    table = read_table(path)
    training_column = next((step["column"] for step in steps if step["step"] == "sample_ids"), None)
    columns = table.columns
    missing = [name for name in feature_names if name not in columns]
    is_nameless = all(re.fullmatch(r"column_\d+", column) for column in columns)
    if missing and is_nameless and len(columns) == len(feature_names):
        columns, missing = dict(zip(feature_names, columns.values(), strict=True)), []
    if missing:
        raise DataError(
            f"{path.name} lacks {len(missing)} of the {len(feature_names)} columns the run was trained on "
            f"({_shown(missing)}): add them under these names."
        )
    _, sample_ids = find_sample_ids(table, exclude=feature_names, training_column=training_column)
    values = np.empty((len(next(iter(columns.values()))), len(feature_names)))
    for position, name in enumerate(feature_names):
        if name in table.problems:
            raise DataError(table.problems[name])
        values[:, position] = _require_numbers(path.name, name, columns[name])
    filled = {name for step in steps if step["step"] == "fill_missing" for name in step["columns"]}
    gaps = [feature_names[int(position)] for position in np.flatnonzero(np.isnan(values).any(axis=0))]
    unfilled = [name for name in gaps if name not in filled]
    if unfilled:
        raise DataError(
            f"{path.name} has missing values in columns that had none in training ({_shown(unfilled)}): fill them in."
        )
    return values, sample_ids


def _sort_columns(
    name: str, table: TextTable, columns: Mapping[str, NDArray[Any]], exclude: Collection[str | None]
) -> _Features:
    """What each column is good for; `columns` are those of `table` with the chosen rows alone."""
    features = _Features()
    overfull: list[str] = []
    for column, values in columns.items():
        if column in exclude:
            continue
        n_missing = int(is_missing(values).sum())
        n_distinct = len(set(table.classes(column).tolist()) - {""}) if values.dtype.kind == "O" else 0
        if n_missing == len(values):
            features.empty.append(column)
        elif is_label_column(table, column):
            # Even where another column was chosen, or none, it would give away the answer.
            features.categories.append(column)
        elif values.dtype.kind == "O" and _holds_named_levels(table.classes(column)):
            features.categories.append(column)
        elif values.dtype.kind in "iu" and is_sure_id_name(column):
            features.repeated.append(column)
        elif column in table.problems:
            raise DataError(table.problems[column])
        elif values.dtype.kind != "O" or reads_as_numbers(values):
            numbers = _require_numbers(name, column, values)
            if np.nanmin(numbers) == np.nanmax(numbers):
                features.constant.append(column)
            elif n_missing > MAX_MISSING * len(values):
                overfull.append(f"{column}: {n_missing} of {len(values)}")
            else:
                features.names.append(column)
                if n_missing:
                    features.gappy.append((column, n_missing))
        elif n_distinct <= min(MAX_CATEGORIES, max(SURE_CATEGORIES, len(values) / 2)):
            features.categories.append(column)
        else:
            features.text.append(column)
    if overfull:
        raise DataError(
            f"{name} lacks more than half of the values in {len(overfull)} column{'s' if len(overfull) > 1 else ''} "
            f"({_shown(overfull)}): remove them from the file."
        )
    if features.text:
        raise DataError(
            f"{name} has {len(features.text)} text columns that are neither ids nor classes ({_shown(features.text)}): "
            "remove them from the file."
        )
    if not features.names:
        left = [*features.categories, *features.constant, *features.repeated, *features.empty]
        raise DataError(
            f"{name} has no numeric column that varies ({_shown(left) or 'only ids and labels'}): add at least one."
        )
    return features


def _holds_named_levels(texts: NDArray[np.str_]) -> bool:
    """Whether a column has few levels, of which those that are no numbers recur: 0, 1 and "unknown"."""
    counts = Counter(texts.tolist())
    counts.pop("", None)
    named = [level for level in counts if read_number(level) is None]
    return (
        bool(named)
        and len(counts) <= min(SURE_CATEGORIES, len(texts) / 2)
        and all(counts[level] > 1 for level in named)
        and not any(grouped_cell(level) for level in named)
    )


def _fit(
    columns: Mapping[str, NDArray[Any]], features: _Features, id_columns: list[str]
) -> tuple[NDArray[np.float64], list[Step]]:
    """The features' values (N, F) and the steps fitted to them."""
    steps: list[Step] = []
    if id_columns:
        steps.append({"step": "sample_ids", "column": id_columns[0]})
    for names, reason in (
        (id_columns, "ids"),
        (features.constant, "constant"),
        (features.empty, "empty"),
        (features.repeated, "ids that repeat"),
        (features.categories, "text, kept to colour by"),
    ):
        if names:
            steps.append({"step": "drop_columns", "columns": names, "reason": reason})
    values = np.stack([as_numbers(columns[column]) for column in features.names], axis=1)
    if features.gappy:
        gappy = [column for column, _ in features.gappy]
        indices = [features.names.index(column) for column in gappy]
        medians = np.nanmedian(values[:, indices], axis=0)
        counts = [count for _, count in features.gappy]
        steps.append({"step": "fill_missing", "columns": gappy, "values": medians.tolist(), "n_missing": counts})
    return values, [*steps, fit_column_scale(values, features.names)]


def _require_numbers(name: str, column: str, values: NDArray[Any]) -> NDArray[np.float64]:
    """The cells as numbers, NaN where empty. Raises DataError for a cell that isn't a finite number."""
    numbers = as_numbers(values)
    bad = (np.isnan(numbers) & ~is_missing(values)) | np.isinf(numbers)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise DataError(
            f"Column '{column}' of {name} holds {int(bad.sum())} values that are not finite numbers (the first is "
            f"'{values[row]}' in row {row + 1}): correct or empty them."
        )
    return numbers


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
