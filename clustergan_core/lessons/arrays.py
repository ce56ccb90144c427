"""Recordings of lessons that are not in the plane: arrays in an .npz file, and a header that says what made them."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clustergan_core.errors import DataError
from clustergan_core.lessons.recording import Setup

_HEADER = "header"


class ArraysHeader(BaseModel):
    """What such a recording says of itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(max_length=120)
    setup: Setup
    command: str  # what records it again
    versions: dict[str, str]


@dataclass(frozen=True)
class ArraysRecording:
    """Arrays by name, as the module that records them describes them."""

    header: ArraysHeader
    arrays: dict[str, NDArray[Any]]


def pack_arrays(recording: ArraysRecording) -> bytes:
    """A recording as the bytes of an .npz file; the same recording always gives the same bytes."""
    file = io.BytesIO()
    header = np.frombuffer(recording.header.model_dump_json().encode(), np.uint8)
    np.savez_compressed(file, allow_pickle=False, **{_HEADER: header}, **recording.arrays)
    return file.getvalue()


def read_arrays(path: Path) -> ArraysRecording:
    """The recording in an .npz file; DataError where there is none or it cannot be read."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        header = ArraysHeader.model_validate_json(arrays.pop(_HEADER).tobytes())
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, ValidationError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is no recording of this program"
        raise DataError(f"{path.name} cannot be read ({reason}): record it again.") from problem
    return ArraysRecording(header, arrays)
