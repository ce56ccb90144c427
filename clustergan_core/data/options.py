"""OwnDataOptions: how a person wants a file of their own to be read."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

ReadAs = Literal["auto", "counts", "table"]
Orientation = Literal["auto", "cells-by-genes", "genes-by-cells"]


class OwnDataOptions(BaseModel):
    """Reference labels and rows to keep. Labels are only ever a reference for scores."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: str | None = Field(
        default=None,
        description="COLUMN of the data, FILE[:COLUMN] matched by sample id, else by row order, or none.",
    )
    only: dict[str, tuple[str, ...]] = Field(default={}, description="Keep rows whose column has one of the values.")
    drop: dict[str, tuple[str, ...]] = Field(default={}, description="Leave out rows whose column has one of them.")
    ids: str | None = Field(default=None, description="File of the cells to keep of a count matrix, one id a line.")
    read_as: ReadAs = Field(
        default="auto", description="Whether a text table holds counts of genes in cells or is an ordinary table."
    )
    orientation: Orientation = Field(
        default="auto", description="Which way round a count matrix lies, where it is a table or an HDF5 file with X."
    )
    preparation: dict[str, str] = Field(
        default={}, description="How a count matrix becomes samples: names and values as after --prepare."
    )
    image_side: int | None = Field(
        default=None, ge=8, le=256, multiple_of=4, description="Resize pictures to squares of this many pixels."
    )


def join_values(values: Sequence[str]) -> str:
    """Values of a column as a command holds them: a line of CSV, so that one with a comma stands in double quotes."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()


def split_values(text: str) -> tuple[str, ...]:
    """What `join_values` joined."""
    return tuple(next(csv.reader(io.StringIO(text, newline=""))))
