"""Reference labels: a column of the data, or of a second file matched by sample id, else by row order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.data.own.cell_text import as_text, natural_order
from clustergan_core.data.own.table_text import Columns, read_table
from clustergan_core.errors import DataError

# Columns with these names are never features: they would give the networks the answer.
LABEL_NAMES = frozenset({"label", "labels", "class", "target"})
NO_LABELS = "none"  # no reference, whatever the columns are called; a column with this name takes precedence
MAX_LABELS = 1000  # beyond it a column holds measurements or names, not classes
FEW_SAMPLES = 20  # among so few, even values that hardly recur may be classes
MATCHED_SHARE = 0.5  # a column of the second file is its sample id when it names at least this share of the samples
SHOWN_COLUMNS = 12


@dataclass(frozen=True)
class ReferenceLabels:
    """The samples' reference labels, "" where there is none, and where they came from, for the record."""

    texts: NDArray[np.str_]  # (N,)
    column: str | None  # the data's own column, which is then not a feature
    note: str


def find_labels(
    name: str,
    choice: str | None,
    columns: Mapping[str, NDArray[Any]],
    sample_ids: Sequence[str],
    n_samples: int,
) -> ReferenceLabels | None:
    """Labels as `--labels` chose them, else those of a column named label, labels, class or target; None without any.

    With `NO_LABELS` such a column is not read.

    Raises DataError where the choice names neither a column nor a file, or cannot be matched to the samples.
    """
    if choice is None:
        column = next((column for column in columns if is_label_column(column, columns[column])), None)
        if column is None:
            return None
        return ReferenceLabels(as_text(columns[column]), column, f"Labels are column '{column}', by its name.")
    if choice in columns:
        texts = _vet_labels(name, choice, as_text(columns[choice]))
        return ReferenceLabels(texts, choice, f"Labels are column '{choice}'.")
    if choice == NO_LABELS:
        return None
    return _find_in_file(name, choice, columns, sample_ids, n_samples)


def names_samples(table: Columns, sample_ids: Sequence[str]) -> bool:
    """Whether a column of a table holds the ids of at least half of the samples, and none twice."""
    return _find_ids(table, sample_ids) is not None


def holds_classes(texts: NDArray[np.str_]) -> bool:
    """Whether a column's values recur as classes do, rather than being measurements or names."""
    n_distinct = len(set(texts) - {""})
    return 0 < n_distinct <= MAX_LABELS and (len(texts) <= FEW_SAMPLES or n_distinct <= len(texts) / 2)


def is_label_column(column: str, values: NDArray[Any]) -> bool:
    """Whether a column holds labels, going by its name, and is therefore never a feature."""
    if column.lower() not in LABEL_NAMES:
        return False
    texts = as_text(values)
    return holds_classes(texts) and len(set(texts)) < len(texts)


def number_labels(texts: NDArray[np.str_]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """(numbers (N,) with UNLABELLED for "", names in natural order)."""
    names = natural_order({str(text) for text in texts if text})
    numbers = {text: number for number, text in enumerate(names)}
    return np.array([numbers.get(str(text), UNLABELLED) for text in texts], dtype=np.int64), tuple(names)


def _vet_labels(name: str, column: str, texts: NDArray[np.str_]) -> NDArray[np.str_]:
    n_distinct = len(set(texts) - {""})
    if n_distinct == 0:
        raise DataError(f"Column '{column}' of {name} is empty: choose another one for the labels.")
    if not holds_classes(texts):
        raise DataError(
            f"Column '{column}' of {name} holds {n_distinct} different values in {len(texts)} samples: choose a "
            "column of classes for the labels."
        )
    return texts


def _find_in_file(
    name: str,
    choice: str,
    columns: Mapping[str, NDArray[Any]],
    sample_ids: Sequence[str],
    n_samples: int,
) -> ReferenceLabels:
    path, column = Path(choice).expanduser(), None
    if not path.is_file() and ":" in choice:
        file, _, column = choice.rpartition(":")
        path = Path(file).expanduser()
    if not path.is_file():
        shown = ", ".join(list(columns)[:SHOWN_COLUMNS]) + (", …" if len(columns) > SHOWN_COLUMNS else "")
        raise DataError(
            f"'{choice}' is neither a column of {name} ({shown or 'it has none'}) nor a file: name one of them for "
            "the labels."
        )
    table = read_table(path, n_expected=n_samples)
    id_column = _find_ids(table, sample_ids)
    chosen = _choose_column(path, table, column or None, id_column)
    texts = _vet_labels(path.name, chosen, as_text(table[chosen]))
    if id_column is not None:
        label_of = dict(zip(as_text(table[id_column]), texts, strict=True))
        matched = np.array([label_of.get(np.str_(sample_id), "") for sample_id in sample_ids], dtype=np.str_)
        n_matched = sum(np.str_(sample_id) in label_of for sample_id in sample_ids)
        note = f"Labels are column '{chosen}' of {path.name}, matched by sample id ({n_matched} of {n_samples})."
        return ReferenceLabels(matched, None, note)
    if len(texts) != n_samples:
        raise DataError(
            f"{path.name} has {len(texts)} rows for {n_samples} samples and no column with their ids: provide one row "
            "per sample, or add the ids."
        )
    return ReferenceLabels(texts, None, f"Labels are column '{chosen}' of {path.name}, matched by row order.")


def _find_ids(table: Columns, sample_ids: Sequence[str]) -> str | None:
    """The column that names the samples best, if it names enough of them and none twice."""
    wanted = set(sample_ids)
    best, best_count = None, MATCHED_SHARE * len(wanted)
    for column, values in table.items() if wanted else ():
        texts = as_text(values).tolist()
        count = len(wanted & set(texts))
        if len(set(texts)) == len(texts) and count > best_count:
            best, best_count = column, count
    return best


def _choose_column(path: Path, table: Columns, column: str | None, id_column: str | None) -> str:
    names = [name for name in table if name != id_column]
    if column is not None:
        if column not in table:
            raise DataError(f"{path.name} has no column '{column}': its columns are {', '.join(names)}.")
        return column
    candidates = [name for name in names if name.lower() in LABEL_NAMES] or names
    if len(candidates) != 1:
        raise DataError(
            f"{path.name} has {len(names)} columns that could be labels ({', '.join(names[:SHOWN_COLUMNS])}): choose "
            f"one, as {path}:COLUMN."
        )
    return candidates[0]
