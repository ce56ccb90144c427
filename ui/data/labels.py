"""Which column holds known classes: one of the data's own, or of a table uploaded with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from clustergan_core.data.own.labels import NO_LABELS
from clustergan_core.data.uploads.label_tables import label_tables, likeliest_column
from clustergan_core.errors import DataError
from ui.frame.choices import select
from ui.loading.files import look_at

LABELS_KEY = "labels"  # the widget's key and the address's parameter
AUTOMATIC = "automatic"
_HELP = (
    "The column of known classes, if there is one. Training never uses it; it is only compared with the clusters. "
    "automatic: use a column named label, labels, class or target; none: skip the comparison."
)


def choose_labels(path: Path, columns: Sequence[str]) -> str | None:
    """A select box; returns the choice as `--labels` takes it, None for automatic."""
    tables = columns_of_tables(path)
    choices = [AUTOMATIC, NO_LABELS, *(name for name in columns if name != NO_LABELS), *tables]
    if st.session_state.get(LABELS_KEY, AUTOMATIC) not in choices:
        st.session_state[LABELS_KEY] = AUTOMATIC  # it belonged to other data, and the browser would go on showing it
    chosen = select(LABELS_KEY, choices, "Labels", help_text=_HELP)
    return None if chosen == AUTOMATIC else tables.get(chosen, chosen)


def columns_of_tables(path: Path) -> dict[str, str]:
    """Columns of classes in the tables beside a file: what to call them, and FILE:COLUMN."""
    columns = {}
    for table in label_tables(path):
        try:
            look = look_at(table, read_as="table")
        except DataError:
            continue  # a text file that is no table
        columns |= {_text(table, column): f"{table}:{column}" for column in look.classes}
    return columns


def likeliest_labels(path: Path) -> str | None:
    """What the select box should show for a file with tables of its cells beside it, or None."""
    return next((labels for table in label_tables(path) if (labels := likeliest_of(table)) is not None), None)


def likeliest_of(table: Path) -> str | None:
    """What the select box should show for one table; None where no column holds classes or it cannot be read."""
    try:
        column = likeliest_column(look_at(table, read_as="table").classes)
    except DataError:
        return None
    return None if column is None else _text(table, column)


def label_text(labels: str | None) -> str:
    """A choice as `--labels` takes it, in the words of the select box."""
    if labels is None:
        return AUTOMATIC
    file, separator, column = labels.rpartition(":")
    return _text(Path(file), column) if separator and Path(file).is_file() else labels


def _text(table: Path, column: str) -> str:
    return f"{table.name}: {column}"
