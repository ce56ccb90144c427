"""A person's own table: which columns are features, ids, labels or colours, and how the features are scaled."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import Dataset, share_samples
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.own.cell_text import as_numbers, as_text, is_missing
from clustergan_core.data.own.labels import find_labels, is_label_column, number_labels
from clustergan_core.data.own.rows import choose_rows, describe_rows
from clustergan_core.data.own.table_text import Columns, read_table
from clustergan_core.data.own.vetting import check_counts
from clustergan_core.data.preprocessing import apply_preprocessing, fit_column_scale
from clustergan_core.data.steps import Step
from clustergan_core.errors import DataError

MAX_CATEGORIES = 100  # more colours than this cannot be told apart on a map
SURE_CATEGORIES = 20  # so few values are classes even in a table of few rows
SURE_COUNT = 10  # a first column that numbers so many rows is not a measurement, whatever its name
MAX_MISSING = 0.5  # a column of which more than half would be imputed is no evidence
ID_NAMES = frozenset(
    {"id", "ids", "index", "sample", "sampleid", "row", "row_names", "rowname", "row_number", "no", "nr"}
)
SHOWN = 8


@dataclass
class _Features:
    """Columns sorted by what they can be used for."""

    names: list[str] = field(default_factory=list)
    constant: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    gappy: list[tuple[str, int]] = field(default_factory=list)  # name, number of missing values
    categories: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


def open_table(path: Path, name: str, options: OwnDataOptions) -> Dataset:
    """The table of a text file, scaled by column to [0, 1]; `preprocessing` records every decision."""
    table = read_table(path)
    n_rows = _count_rows(table)
    check_counts(path.name, n_rows, len(table))
    id_columns, sample_ids = find_sample_ids(table, exclude=(options.labels,))
    labels = find_labels(path.name, options.labels, table, sample_ids, n_rows)
    choosable = table if labels is None else {"label": labels.texts, **table}
    keep = choose_rows(path.name, choosable, n_rows, options)
    table = {column: values[keep] for column, values in table.items()}
    features = _sort_columns(path.name, table, {*id_columns, labels.column if labels else None})
    steps: list[Step] = [*describe_rows(options, keep)]
    if labels is not None:
        steps.append({"step": "labels", "text": labels.note})
    values, fitted = _fit(table, features, id_columns)
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
        columns={column: as_text(table[column]) for column in features.categories},
    )


def find_sample_ids(
    table: Columns, exclude: Collection[str | None] = (), training_column: str | None = None
) -> tuple[list[str], tuple[str, ...]]:
    """(columns that only name the rows, the ids of the first of them; text comes before row numbers).

    `training_column`, which named the training samples, comes first where it exists.
    """
    texts, numbers = [], []
    for position, (column, values) in enumerate(table.items()):
        if column in exclude or len(table) == 1:
            continue
        if values.dtype.kind != "O":
            if _counts_rows(column, values, position):
                numbers.append(column)
        elif len(set(as_text(values)) - {""}) == len(values) and not _reads_as_numbers(values):
            texts.append(column)
    id_columns = [*texts, *numbers]
    if training_column is not None and training_column in table:
        id_columns = [training_column, *(column for column in id_columns if column != training_column)]
    return id_columns, tuple(as_text(table[id_columns[0]]).tolist()) if id_columns else ()


def read_features(
    path: Path, feature_names: Sequence[str], steps: Sequence[Step]
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """New samples' values in the order of `feature_names` (N, F), missing ones NaN, and their ids.

    Columns are found by name; only a file without a header and with exactly F columns is read by position.
    Raises DataError that names missing columns or text.
    """
    table = read_table(path)
    training_column = next((step["column"] for step in steps if step["step"] == "sample_ids"), None)
    missing = [name for name in feature_names if name not in table]
    is_nameless = all(re.fullmatch(r"column_\d+", column) for column in table)
    if missing and is_nameless and len(table) == len(feature_names):
        table, missing = dict(zip(feature_names, table.values(), strict=True)), []
    if missing:
        raise DataError(
            f"{path.name} lacks {len(missing)} of the {len(feature_names)} columns the run was trained on "
            f"({_shown(missing)}): add them under these names."
        )
    _, sample_ids = find_sample_ids(table, exclude=feature_names, training_column=training_column)
    values = np.empty((_count_rows(table), len(feature_names)))
    for position, name in enumerate(feature_names):
        values[:, position] = _require_numbers(path.name, name, table[name])
    filled = {name for step in steps if step["step"] == "fill_missing" for name in step["columns"]}
    gaps = [feature_names[int(position)] for position in np.flatnonzero(np.isnan(values).any(axis=0))]
    unfilled = [name for name in gaps if name not in filled]
    if unfilled:
        raise DataError(
            f"{path.name} has missing values in columns that had none in training ({_shown(unfilled)}): fill them in."
        )
    return values, sample_ids


def _sort_columns(name: str, table: Columns, exclude: Collection[str | None]) -> _Features:
    features = _Features()
    overfull: list[str] = []
    for column, values in table.items():
        if column in exclude:
            continue
        n_missing = int(is_missing(values).sum())
        n_distinct = len(set(as_text(values)) - {""}) if values.dtype.kind == "O" else 0
        if n_missing == len(values):
            features.empty.append(column)
        elif is_label_column(column, values):
            features.categories.append(
                column
            )  # even where another column was chosen, or none, it would give away the answer
        elif values.dtype.kind != "O" or _reads_as_numbers(values):
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
        left = [*features.categories, *features.constant, *features.empty]
        raise DataError(
            f"{name} has no numeric column that varies ({_shown(left) or 'only ids and labels'}): add at least one."
        )
    return features


def _fit(table: Columns, features: _Features, id_columns: list[str]) -> tuple[NDArray[np.float64], list[Step]]:
    """The features' values (N, F) and the steps fitted to them."""
    steps: list[Step] = []
    if id_columns:
        steps.append({"step": "sample_ids", "column": id_columns[0]})
    for columns, reason in (
        (id_columns, "ids"),
        (features.constant, "constant"),
        (features.empty, "empty"),
        (features.categories, "text, kept to colour by"),
    ):
        if columns:
            steps.append({"step": "drop_columns", "columns": columns, "reason": reason})
    values = np.stack([table[column].astype(np.float64) for column in features.names], axis=1)
    if features.gappy:
        columns = [column for column, _ in features.gappy]
        indices = [features.names.index(column) for column in columns]
        medians = np.nanmedian(values[:, indices], axis=0)
        counts = [count for _, count in features.gappy]
        steps.append({"step": "fill_missing", "columns": columns, "values": medians.tolist(), "n_missing": counts})
    return values, [*steps, fit_column_scale(values, features.names)]


def _count_rows(table: Columns) -> int:
    return len(next(iter(table.values())))


def _counts_rows(column: str, values: NDArray[Any], position: int) -> bool:
    """Whether whole numbers only number the rows: a first column 0, 1, 2 … or 1, 2, 3 …, or unique and named an id."""
    if values.dtype.kind not in "iu" or len(np.unique(values)) < len(values):
        return False
    lowered = column.lower()
    if lowered in ID_NAMES or re.search(r"[_ .-]id$|[a-z]I[dD]$", column) or lowered.startswith("unnamed"):
        return True
    is_counted = int(values[0]) in (0, 1) and np.array_equal(values, np.arange(len(values)) + values[0])
    return (
        position == 0 and is_counted and (len(values) >= SURE_COUNT or re.fullmatch(r"column_\d+", column) is not None)
    )


def _reads_as_numbers(values: NDArray[Any]) -> bool:
    """Whether at least half of a column's text is numbers, so that the rest is mistakes rather than classes."""
    present = ~is_missing(values)
    return bool(present.any()) and float(np.isfinite(as_numbers(values[present])).mean()) >= 0.5


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
