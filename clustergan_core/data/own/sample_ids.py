"""Which column of a text table names its rows. Ids are compared and kept as they are written: 0007, 10E2, +5."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.own.cell_text import as_numbers, is_missing
from clustergan_core.data.own.table_text import TextTable

SURE_COUNT = 10  # a first column that numbers so many rows is not a measurement, whatever its name
ID_NAMES = frozenset(
    {
        *("id", "ids", "index", "no", "nr", "key", "uid", "uuid", "accession", "name", "names"),
        *("sample", "sampleid", "row", "row_names", "rowname", "row_number", "file", "filename", "image", "picture"),
        *("cell", "cells", "cellid", "cellname", "barcode", "barcodes", "well", "wells"),
    }
)
_ENDS_IN_ID = re.compile(r".*[_ .-]ids?|.*[_ .-](?:barcode|name|key|uid)|unnamed.*", re.IGNORECASE | re.DOTALL)
_CAMEL_ID = re.compile(r".*[a-z]I[dD]", re.DOTALL)
_SURE_ID = re.compile(r"(.*[_ .-])?ids?|(sample|cell)[_ .-]?id|barcodes?|uu?id", re.IGNORECASE | re.DOTALL)
_WHOLE = re.compile(r"[+-]?[\d_]+(?:[eE][+-]?\d+)?")


def is_id_name(column: str) -> bool:
    """Whether a column is called as columns of ids are: sample_id, barcode, cellID."""
    return column.lower() in ID_NAMES or bool(_ENDS_IN_ID.fullmatch(column) or _CAMEL_ID.fullmatch(column))


def is_sure_id_name(column: str) -> bool:
    """Whether a column is called an id itself, so that its numbers are never measurements: id, sample_id, cellID."""
    return bool(_SURE_ID.fullmatch(column) or _CAMEL_ID.fullmatch(column))


def find_sample_ids(
    table: TextTable, exclude: Collection[str | None] = (), training_column: str | None = None
) -> tuple[list[str], tuple[str, ...]]:
    """(columns that only name the rows, the ids of the first of them; text comes before row numbers).

    `training_column`, which named the training samples, comes first where it exists.
    """
    texts, numbers = [], []
    for position, column in enumerate(table):
        if column in exclude or len(table) == 1:
            continue
        if names_rows_by_text(table, column):
            texts.append(column)
        elif names_rows_by_number(table, column, position):
            numbers.append(column)
    id_columns = [*texts, *numbers]
    if training_column is not None and training_column in table:
        id_columns = [training_column, *(column for column in id_columns if column != training_column)]
    return id_columns, tuple(table.texts(id_columns[0]).tolist()) if id_columns else ()


def names_rows_by_text(table: TextTable, column: str) -> bool:
    """Whether a column holds text that is another in every row."""
    values = table[column]
    if values.dtype.kind != "O" or not _is_distinct(table.texts(column)):
        return False
    return is_id_name(column) or not (column in table.problems or reads_as_numbers(values))


def names_rows_by_number(table: TextTable, column: str, position: int) -> bool:
    """Whether whole numbers only name the rows: each once, and called an id, padded with zeros, or 0, 1, 2, ….

    Numbers that count the rows do so in a first column; 0007, 0008, … too are names there, and no measurements.
    """
    values = table[column]
    if values.dtype.kind not in "iuf" or (values.dtype.kind == "f" and column not in table.written):
        return False
    texts = table.texts(column)
    if not _is_distinct(texts):
        return False
    if is_sure_id_name(column):
        return True
    if not all(_WHOLE.fullmatch(text) for text in texts):
        return False
    if is_id_name(column):
        return True
    if position != 0:
        return False
    is_padded = any(text.startswith("0") and len(text) > 1 for text in texts) and len(set(map(len, texts))) == 1
    return is_padded or (
        counts_rows(texts) and (len(texts) >= SURE_COUNT or re.fullmatch(r"column_\d+", column) is not None)
    )


def counts_rows(texts: NDArray[Any]) -> bool:
    """Whether cells are 0, 1, 2, … or 1, 2, 3, …, in this order."""
    return texts[0] in ("0", "1") and texts.tolist() == [str(int(texts[0]) + row) for row in range(len(texts))]


def reads_as_numbers(values: NDArray[Any]) -> bool:
    """Whether at least half of a column's text is numbers, so that the rest is mistakes rather than classes."""
    present = ~is_missing(values)
    return bool(present.any()) and float(np.isfinite(as_numbers(values[present])).mean()) >= 0.5


def _is_distinct(texts: NDArray[Any]) -> bool:
    return len(texts) > 1 and len(set(texts.tolist()) - {""}) == len(texts)
