"""Samples chosen by a list of their ids: a text file with one id a line, as `--ids FILE` names it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.vetting import MIN_SAMPLES, read_text_bytes
from clustergan_core.errors import DataError


def choose_ids(name: str, ids: Sequence[str], path: Path) -> NDArray[np.bool_]:
    """(N,) which of the samples `ids` (N,) the file lists; listed ones that the data lacks are passed over.

    Raises DataError for a file that is no text, and when hardly a sample is left.
    """
    try:
        wanted = {line.strip() for line in read_text_bytes(path).decode("utf-8-sig").splitlines()} - {""}
    except UnicodeDecodeError as error:
        raise DataError(f"{path.name} is no text file: write one cell's id a line.") from error
    keep = np.fromiter((identity in wanted for identity in ids), dtype=np.bool_, count=len(ids))
    if keep.sum() < MIN_SAMPLES:
        raise DataError(
            f"{path.name} lists {len(wanted):,} ids, of which {name} has {int(keep.sum())}: write one cell's id a "
            f"line, as the data has them ({ids[0]}, …)."
        )
    return keep


def describe_ids(path: Path, keep: NDArray[np.bool_]) -> dict[str, Any]:
    """The step that records the choice."""
    return {"step": "keep_ids", "file": path.name, "n_kept": int(keep.sum()), "n_rows": len(keep)}
