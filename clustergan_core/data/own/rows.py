"""Which rows of a data set are kept: `--only COLUMN=V,V` and `--drop COLUMN=V,V` filter by any column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.own.cell_text import as_text, natural_order, read_number
from clustergan_core.data.own.vetting import MIN_SAMPLES, read_text_bytes
from clustergan_core.data.steps import KeepRows, Step
from clustergan_core.errors import DataError

SHOWN_VALUES = 12


def choose_rows(
    name: str, columns: Mapping[str, NDArray[Any]], n_rows: int, options: OwnDataOptions
) -> NDArray[np.bool_]:
    """(n_rows,) which rows stay. Raises DataError for an unknown column or value, and where too few rows are left."""
    keep = np.ones(n_rows, dtype=np.bool_)
    for column, values in options.only.items():
        keep &= _matches(name, columns, column, values)
    for column, values in options.drop.items():
        keep &= ~_matches(name, columns, column, values)
    if keep.sum() < min(MIN_SAMPLES, n_rows):
        raise DataError(f"The chosen filters leave {int(keep.sum())} of {name}'s {n_rows} samples: relax them.")
    return keep


def describe_rows(options: OwnDataOptions, keep: NDArray[np.bool_]) -> tuple[KeepRows, ...]:
    """The step that records the filter, or none."""
    if not options.only and not options.drop:
        return ()
    only = {column: list(values) for column, values in options.only.items()}
    drop = {column: list(values) for column, values in options.drop.items()}
    return ({"step": "keep_rows", "only": only, "drop": drop, "n_kept": int(keep.sum()), "n_rows": len(keep)},)


def _matches(name: str, columns: Mapping[str, NDArray[Any]], column: str, values: tuple[str, ...]) -> NDArray[np.bool_]:
    if column not in columns:
        shown = ", ".join(list(columns)[:SHOWN_VALUES]) or "none to filter by"
        raise DataError(f"{name} has no column '{column}': its columns are {shown}.")
    texts = as_text(columns[column])
    present = set(texts.tolist())
    wanted = [value.strip() if value.strip() in present else _canonical(value) for value in values]
    unknown = [value for value in wanted if value not in present]
    if unknown:
        held = natural_order(present - {""})
        shown = ", ".join(held[:SHOWN_VALUES]) + (", …" if len(held) > SHOWN_VALUES else "")
        raise DataError(f"Column '{column}' of {name} holds no '{unknown[0]}': its values are {shown}.")
    return np.isin(texts, wanted)


def _canonical(value: str) -> str:
    """A typed value as `as_text` writes it, so that 3.0 matches 3."""
    number = read_number(value)
    return str(int(number)) if number is not None and number.is_integer() else value.strip()


def choose_ids(name: str, ids: Sequence[str], path: Path) -> tuple[NDArray[np.bool_], int]:
    """((N,) which of the samples `ids` (N,) the file lists, how many listed ids the data lacks).

    Raises DataError for a file that is not text, and where too few samples are left.
    """
    try:
        wanted = {line.strip() for line in read_text_bytes(path).decode("utf-8-sig").splitlines()} - {""}
    except UnicodeDecodeError as error:
        raise DataError(f"{path.name} is not a text file: write one cell id per line.") from error
    keep = np.fromiter((identity in wanted for identity in ids), dtype=np.bool_, count=len(ids))
    if keep.sum() < MIN_SAMPLES:
        raise DataError(
            f"{path.name} lists {len(wanted):,} ids, of which {name} has {int(keep.sum())}: write one cell id per "
            f"line, spelled as in the data ({ids[0]}, …)."
        )
    return keep, len(wanted - set(ids))


def describe_ids(path: Path, keep: NDArray[np.bool_], n_unknown: int) -> list[Step]:
    """The steps that record which samples were chosen by id, and how many ids name none."""
    steps: list[Step] = [{"step": "keep_ids", "file": path.name, "n_kept": int(keep.sum()), "n_rows": len(keep)}]
    if n_unknown:
        steps.append({"step": "note", "text": f"{n_unknown:,} ids of {path.name} name no cell of this data."})
    return steps
