"""metrics.jsonl: one Progress per line, append-only while a run trains."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from clustergan_core.files import append_whole, write_atomically

Row = dict[str, Any]  # an evaluation as pages flatten it: {"step": …, score name: value, …}


class MetricsRow(TypedDict):
    """One line: losses by name, and scores where the step was evaluated."""

    step: int
    seconds: float
    losses: dict[str, float]
    scores: NotRequired[dict[str, Any]]


@dataclass(frozen=True)
class MetricsPart:
    """Rows read so far, and the offset at which the next read continues."""

    rows: list[MetricsRow]
    offset: int


def append_row(path: Path, row: Mapping[str, Any]) -> None:
    """Appends one whole row, so that readers see complete lines or an unfinished last one. May raise StorageError."""
    append_whole(path, json.dumps(row, allow_nan=False).encode() + b"\n")


def read_rows(path: Path, offset: int = 0) -> MetricsPart:
    """Rows from byte `offset` up to the last newline; none where the file does not exist yet."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            content = file.read()
    except FileNotFoundError:
        return MetricsPart([], offset)
    end = content.rfind(b"\n") + 1
    return MetricsPart([json.loads(line) for line in content[:end].splitlines()], offset + end)


def cut_after(path: Path, step: int) -> None:
    """Drops the rows after `step`, and an unfinished last line, which a run that resumes from that step writes again.

    The file is replaced, never shortened, so that a reader with an offset into it notices by its inode.
    """
    if not path.exists():
        return
    rows = [row for row in read_rows(path).rows if row["step"] <= step]
    content = "".join(json.dumps(row, allow_nan=False) + "\n" for row in rows).encode()
    if len(content) != path.stat().st_size:
        write_atomically(path, content)
