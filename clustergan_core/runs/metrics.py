"""metrics.jsonl: one Progress a line, append-only while a run lives."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clustergan_core.files import append_whole, write_atomically

Row = dict[str, Any]


@dataclass(frozen=True)
class MetricsPart:
    """Rows read so far and where the next read goes on."""

    rows: list[Row]
    offset: int


def append_row(path: Path, row: Row) -> None:
    """Adds one row whole, so that readers see whole lines or an unfinished last one. May raise StorageError."""
    append_whole(path, json.dumps(row, allow_nan=False).encode() + b"\n")


def read_rows(path: Path, offset: int = 0) -> MetricsPart:
    """Rows from byte `offset` up to the last newline; none when the file is not there yet."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            content = file.read()
    except FileNotFoundError:
        return MetricsPart([], offset)
    end = content.rfind(b"\n") + 1
    return MetricsPart([json.loads(line) for line in content[:end].splitlines()], offset + end)


def cut_after(path: Path, step: int) -> None:
    """Drops the rows after `step`, and an unfinished last line: what a resume from that step writes anew.

    The file is replaced, never shortened, so that a reader who holds an offset into it notices by its inode.
    """
    if not path.exists():
        return
    kept = [row for row in read_rows(path).rows if row["step"] <= step]
    content = "".join(json.dumps(row, allow_nan=False) + "\n" for row in kept).encode()
    if len(content) != path.stat().st_size:
        write_atomically(path, content)
