"""Reference labels: a column of the data, or of a second file matched by sample id, else by row order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.data.own.cell_text import natural_order
from clustergan_core.data.own.label_proposal import (
    LABEL_NAMES,
    class_texts,
    describe_levels,
    propose_labels,
)
from clustergan_core.data.own.matching import Match, match_ids
from clustergan_core.data.own.sample_ids import counts_rows, is_id_name, names_rows_by_number, names_rows_by_text
from clustergan_core.data.own.table_text import TextTable, read_table
from clustergan_core.data.steps import Step
from clustergan_core.errors import DataError

NO_LABELS = "none"  # no reference, whatever the columns are called; a column with this name takes precedence
MAX_LABELS = 1000  # beyond it a column holds measurements or names, not classes
FEW_SAMPLES = 20  # among so few, even values that hardly recur may be classes
NAMED_SHARE = 0.5  # a table names the samples of another file when it holds more than this share of their ids
SHOWN_COLUMNS = 12
_COUNTERS = re.compile(r"unnamed.*|index|no|nr|row.*|column_\d+", re.IGNORECASE)  # columns that only count


@dataclass(frozen=True)
class ReferenceLabels:
    """The samples' reference labels, "" where there is none, and where they came from, for the record."""

    texts: NDArray[np.str_]  # (N,)
    column: str | None  # the data's own column, which is then not a feature
    note: str
    further_notes: tuple[str, ...] = ()  # sentences on samples without a label, and on how cells were read
    is_confirmed: bool = True  # False where the column is a proposal: K is then not the number of its levels

    def steps(self) -> list[Step]:
        """The record of where they come from."""
        further: list[Step] = [{"step": "note", "text": text} for text in self.further_notes]
        return [{"step": "labels", "text": self.note}, *further]


def find_labels(
    name: str,
    choice: str | None,
    columns: Mapping[str, NDArray[Any]],
    sample_ids: Sequence[str],
    n_samples: int,
) -> ReferenceLabels | None:
    """Labels as `--labels` chose them, else those of a column named label, labels, class or target; None without any.

    Without such a column one that is named and filled as cell types are is proposed: it is compared with the clusters,
    and K does not depend on it. With `NO_LABELS` neither is read.

    Raises DataError where the choice names neither a column nor a file, or cannot be matched to the samples.
    """
    if choice is None:
        return _find_by_name(columns)
    if choice in columns:
        texts = _vet_labels(name, choice, class_texts(columns, choice))
        return ReferenceLabels(texts, choice, f"Labels are column '{choice}'.", _explain_gaps(columns, choice, texts))
    if choice == NO_LABELS:
        return None
    return _find_in_file(name, choice, columns, sample_ids, n_samples)


def names_samples(table: TextTable, sample_ids: Sequence[str]) -> bool:
    """Whether a column of a table holds the ids of more than half of the samples, as spelt or after a respelling."""
    found = _find_ids(table, sample_ids, exclude=None)
    return found is not None and found[1].n_matched > NAMED_SHARE * len(sample_ids)


def holds_classes(texts: NDArray[np.str_]) -> bool:
    """Whether a column's values recur as classes do, rather than being measurements or names."""
    n_distinct = len(set(texts.tolist()) - {""})
    return 0 < n_distinct <= MAX_LABELS and (len(texts) <= FEW_SAMPLES or n_distinct <= len(texts) / 2)


def is_label_column(columns: Mapping[str, NDArray[Any]], column: str) -> bool:
    """Whether a column holds labels, going by its name, and is therefore never a feature."""
    if column.lower() not in LABEL_NAMES:
        return False
    texts = class_texts(columns, column)
    return holds_classes(texts) and len(set(texts.tolist())) < len(texts)


def number_labels(texts: NDArray[np.str_]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """(numbers (N,) with UNLABELLED for "", names in natural order)."""
    names = natural_order({str(text) for text in texts if text})
    numbers = {text: number for number, text in enumerate(names)}
    return np.array([numbers.get(str(text), UNLABELLED) for text in texts], dtype=np.int64), tuple(names)


def describe_labels(texts: NDArray[np.str_]) -> str:
    """The levels of labels (N,) with their counts, in words."""
    levels = Counter(texts.tolist())
    n_unlabelled = levels.pop("", 0)
    return describe_levels({name: levels[name] for name in natural_order(levels)}, n_unlabelled)


def _find_by_name(columns: Mapping[str, NDArray[Any]]) -> ReferenceLabels | None:
    column = next((column for column in columns if is_label_column(columns, column)), None)
    if column is not None:
        texts = class_texts(columns, column)
        note = f"Labels are column '{column}', by its name."
        return ReferenceLabels(texts, column, note, _explain_gaps(columns, column, texts))
    proposal = propose_labels(columns)
    if proposal is None:
        return None
    texts = class_texts(columns, proposal.column)
    note = f"Labels are {proposal.describe()}, which is proposed because {proposal.reason}; K does not depend on it."
    return ReferenceLabels(
        texts, proposal.column, note, _explain_gaps(columns, proposal.column, texts), is_confirmed=False
    )


def _explain_gaps(columns: Mapping[str, NDArray[Any]], column: str, texts: NDArray[np.str_]) -> tuple[str, ...]:
    """Sentences on rows without a label, and on classes that are called as gaps are."""
    n_without = int((texts == "").sum())
    notes = []
    if isinstance(columns, TextTable) and (named := columns.named_gaps(column)):
        notes.append(f"{' and '.join(named)} recur in column '{column}' and are taken for classes.")
    if n_without:
        gaps = columns.gaps(column) if isinstance(columns, TextTable) else {}
        words = [word for word in gaps if word]
        empty = "their cell is empty" if isinstance(columns, TextTable) else "their cell is empty or a word for a gap"
        says = f"their cell in column '{column}' says {' or '.join(words)}" if words else empty
        if words and "" in gaps:
            says += " or is empty"
        remedy = f"; if {words[0]} is a class, give it another name" if words else ""
        notes.append(f"{n_without:,} of {len(texts):,} rows have no label: {says}{remedy}.")
    return tuple(notes)


def _vet_labels(name: str, column: str, texts: NDArray[np.str_]) -> NDArray[np.str_]:
    n_distinct = len(set(texts.tolist()) - {""})
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
    found = _find_ids(table, sample_ids, column) if sample_ids else _find_row_numbers(table, n_samples)
    id_columns = _id_columns(table, exclude=column)
    chosen = _choose_column(path, table, column or None, found[0] if found else None, id_columns)
    texts = _vet_labels(path.name, chosen, table.classes(chosen))
    notes = _explain_gaps(table, chosen, texts)
    if found is not None:
        id_column, match = found
        _refuse_contradictions(path, table.texts(id_column), texts)
        matched = np.array(["" if row is None else texts[row] for row in match.rows], dtype=np.str_)
        how = f"sample id, {match.respelling}" if match.respelling else "sample id"
        note = f"Labels are column '{chosen}' of {path.name}, matched by {how} ({match.n_matched} of {n_samples})."
        notes = (*notes, *_explain_unmatched(path, table.texts(id_column), match, sample_ids))
        return ReferenceLabels(matched, None, note, notes)
    _refuse_other_ids(path, name, table, id_columns, chosen, sample_ids, n_samples)
    if len(texts) != n_samples:
        raise DataError(
            f"{path.name} has {len(texts)} rows for {n_samples} samples and no column with their ids: provide one row "
            "per sample, or add the ids."
        )
    return ReferenceLabels(texts, None, f"Labels are column '{chosen}' of {path.name}, matched by row order.", notes)


def _id_columns(table: TextTable, exclude: str | None) -> list[str]:
    """Columns that may name the rows: text that is another in every row, or numbers that only name."""
    return [
        column
        for position, column in enumerate(table)
        if column != exclude
        and len(table) > 1
        and (
            names_rows_by_text(table, column)
            or names_rows_by_number(table, column, position)
            or (is_id_name(column) and table[column].dtype.kind in "Oiu")  # repeats are judged where labels differ
        )
    ]


def _find_ids(table: TextTable, sample_ids: Sequence[str], exclude: str | None) -> tuple[str, Match] | None:
    """(the column that names the samples best, the match); ids as spelt come before any respelling."""
    best: tuple[tuple[bool, int], str, Match] | None = None
    for column in _id_columns(table, exclude):
        match = match_ids(sample_ids, table.texts(column).tolist())
        if match is None:
            continue
        quality = (not match.respelling, match.n_matched)
        if best is None or quality > best[0]:
            best = quality, column, match
    return None if best is None else best[1:]


def _find_row_numbers(table: TextTable, n_samples: int) -> tuple[str, Match] | None:
    """The column that holds the row numbers 0, 1, 2, … of samples without ids, in another order."""
    numbers = [str(row) for row in range(n_samples)]
    for column in _id_columns(table, exclude=None):
        texts = table.texts(column).tolist()
        if texts != numbers and sorted(texts) == sorted(numbers):
            row_of = {text: row for row, text in enumerate(texts)}
            return column, Match([row_of[number] for number in numbers], "which is the row's number")
    return None


def _refuse_contradictions(path: Path, ids: NDArray[Any], texts: NDArray[np.str_]) -> None:
    """Raises DataError where an id stands in two rows with different labels."""
    label_of: dict[str, str] = {}
    for identity, text in zip(ids.tolist(), texts.tolist(), strict=True):
        if label_of.setdefault(identity, text) != text:
            raise DataError(
                f"{path.name} names '{identity}' twice, once as '{label_of[identity]}' and once as '{text}': keep one "
                "row for each id."
            )


def _explain_unmatched(path: Path, ids: NDArray[Any], match: Match, sample_ids: Sequence[str]) -> tuple[str, ...]:
    """Sentences on samples that the table does not name, and on rows that name no sample."""
    notes = []
    absent = [text for text, row in zip(sample_ids, match.rows, strict=False) if row is None]
    if absent:
        notes.append(f"{path.name} does not name {len(absent):,} samples ({absent[0]}, …): they have no label.")
    n_unused = len(ids) - len({row for row in match.rows if row is not None})
    if n_unused:
        notes.append(f"{n_unused:,} rows of {path.name} name no sample of this data and are not used.")
    return tuple(notes)


def _refuse_other_ids(
    path: Path,
    name: str,
    table: TextTable,
    id_columns: Sequence[str],
    chosen: str,
    sample_ids: Sequence[str],
    n_samples: int,
) -> None:
    """Raises DataError where a table names its rows, but not by the samples' ids: its order means nothing then."""
    for column in id_columns:
        ids = table.texts(column)
        is_row_number = not sample_ids or _COUNTERS.fullmatch(column) is not None
        if column == chosen or (is_row_number and len(ids) == n_samples and counts_rows(ids)):
            continue  # numbers that count the rows say no more than their order
        if 2 * len(set(ids.tolist())) <= len(ids):
            continue  # such as the donor of each row
        ours = f"{name} calls its first sample '{sample_ids[0]}'" if sample_ids else f"{name} has no ids"
        remedy = "spell them alike" if sample_ids else "add the ids to the data"
        raise DataError(
            f"{path.name} names its rows in column '{column}' ('{ids[0]}'), but {ours}, and no known respelling "
            f"matches them: {remedy}, or remove that column if the rows are in the data's order."
        )


def _choose_column(
    path: Path, table: TextTable, column: str | None, id_column: str | None, id_columns: Sequence[str]
) -> str:
    names = [name for name in table if name != id_column]
    if column is not None:
        if column not in table:
            raise DataError(f"{path.name} has no column '{column}': its columns are {', '.join(names)}.")
        return column
    names = [name for name in names if name not in id_columns] or names
    candidates = [name for name in names if name.lower() in LABEL_NAMES] or names
    if len(candidates) != 1:
        raise DataError(
            f"{path.name} has {len(names)} columns that could be labels ({', '.join(names[:SHOWN_COLUMNS])}): choose "
            f"one, as {path}:COLUMN."
        )
    return candidates[0]
