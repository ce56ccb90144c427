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
    """Reference labels, rows to keep, and how to read the file. Labels serve only as a reference for scores."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: str | None = Field(
        default=None,
        description="COLUMN of the data, FILE[:COLUMN] (matched by sample id, else by row order), or none.",
    )
    only: dict[str, tuple[str, ...]] = Field(
        default={}, description="Keep only the rows whose column has one of these values."
    )
    drop: dict[str, tuple[str, ...]] = Field(
        default={}, description="Leave out the rows whose column has one of these values."
    )
    ids: str | None = Field(
        default=None, description="File that lists the cells of a count matrix to keep, one id per line."
    )
    further: tuple[str, ...] = Field(
        default=(), description="Further count matrices, each of them a sample beside the first."
    )
    sample: str | None = Field(
        default=None, description="Column of the cells that tells the experiment's samples apart."
    )
    samples: str | None = Field(
        default=None, description="Table of the samples: sample, name, condition, donor, technology."
    )
    read_as: ReadAs = Field(
        default="auto", description="Whether a text table holds counts of genes in cells or is an ordinary table."
    )
    orientation: Orientation = Field(
        default="auto", description="Orientation of a count matrix that is a table or an HDF5 file with X."
    )
    preparation: dict[str, str] = Field(
        default={}, description="How a count matrix becomes samples: names and values as for --prepare."
    )
    image_side: int | None = Field(
        default=None, ge=8, le=256, multiple_of=4, description="Resize pictures to squares of this many pixels."
    )


def join_values(values: Sequence[str]) -> str:
    """Values of a column as one command-line word: a line of CSV, so that a value with a comma is in double quotes."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()


def split_values(text: str) -> tuple[str, ...]:
    """The values that `join_values` joined."""
    return tuple(next(csv.reader(io.StringIO(text, newline=""))))
