"""The recording of a training in the plane, format .cgr: what the player draws, decoded once in the browser.

A file is the four bytes CGR1, the length of the header (uint32), the header as JSON, and the sections one after the
other as one gzip stream. All numbers are little-endian. A section that `follows` its frames is stored as differences
from frame to frame, zigzag-coded (0, −1, 1, −2, …), which compress to a third; values of two bytes are stored as all
low bytes, then all high bytes.
"""

from __future__ import annotations

import gzip
import json
import math
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clustergan_core.errors import DataError

MAGIC = b"CGR1"
FORMAT = 1
POSITION_LEVELS = 4095  # 12 bits from one side of the square to the other
MAX_HEADER_BYTES = 1 << 18
MAX_BYTES = 1 << 25  # of all sections, decompressed: twenty times a lesson's recording

Kind = Literal["uint8", "uint16", "uint32", "float32"]

# The axes of each section: T frames, N generated samples, R real ones, S cells a side, K modes, L losses.
AXES: dict[str, tuple[Kind, str]] = {
    "steps": ("uint32", "T"),
    "real": ("uint16", "R2"),
    "generated_modes": ("uint8", "N"),
    "generated": ("uint16", "TN2"),
    "critic": ("uint8", "TSS"),
    "critic_range": ("float32", "T2"),
    "regions": ("uint8", "TSS"),
    "real_modes": ("uint8", "TR"),
    "masses": ("float32", "TK"),
    "losses": ("float32", "TL"),
    "clusters": ("uint8", "R"),  # of the real samples, as the method reads them after the last step
}
REQUIRED = ("steps", "real", "generated", "losses")
_FOLLOWING = ("generated", "critic", "regions", "real_modes")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Section(_Part):
    """How an array is stored."""

    name: str
    kind: Kind
    shape: tuple[int, ...]
    follows: bool  # stored as differences from frame to frame


class Bookmark(_Part):
    """A frame worth jumping to."""

    frame: int = Field(ge=0)
    title: str = Field(max_length=80)


class Islands(_Part):
    """The data's Gaussians in the unit square: a sample within three `spread` of a mean lies on its island."""

    means: tuple[tuple[float, float], ...]
    spread: float = Field(gt=0)


class Setup(_Part):
    """A training to be recorded: all that repeats it."""

    dataset: str
    method: str
    n_steps: int = Field(ge=1, le=100_000)
    seed: int = Field(default=0, ge=0)
    thinning: int = Field(default=1, ge=1, le=1000)  # every how manyth of the usual frames is kept
    settings: dict[str, Any] = {}


class Header(_Part):
    """What a recording says of itself."""

    format: Literal[1] = FORMAT
    name: str = Field(max_length=120)
    setup: Setup
    command: str = ""  # what records it again
    versions: dict[str, str] = {}
    n_modes: int = Field(0, ge=0, le=255)  # of the prior; 0 for one without modes
    islands: Islands | None = None
    loss_names: tuple[str, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Recording:
    """Frames of a training in the unit square; positions have POSITION_LEVELS a side. AXES names each array's axes."""

    header: Header
    arrays: dict[str, NDArray[Any]]

    @property
    def n_frames(self) -> int:
        """The number of frames, of which the first shows the networks before training."""
        return len(self.arrays["steps"])

    def positions(self, frame: int) -> NDArray[np.float64]:
        """Generated samples (N, 2) of a frame, in the unit square."""
        return self.arrays["generated"][frame] / POSITION_LEVELS


def pack_recording(recording: Recording, level: int = 9) -> bytes:
    """A recording as the bytes of a .cgr file; the same recording always gives the same bytes.

    level: of gzip, 1 to 9; a low one is for bytes that are soon replaced.
    """
    sections, body = [], bytearray()
    for name, array in recording.arrays.items():
        kind, _ = AXES[name]
        section = Section(name=name, kind=kind, shape=array.shape, follows=name in _FOLLOWING)
        sections.append(section)
        body += _encode(array.astype(kind), section)
    header = recording.header.model_copy(update={"sections": tuple(sections)})
    text = json.dumps(header.model_dump(mode="json"), separators=(",", ":"), sort_keys=True).encode()
    text += b" " * (-len(text) % 4)
    # A fixed time, so that the bytes do not depend on when they were written.
    return MAGIC + len(text).to_bytes(4, "little") + text + gzip.compress(bytes(body), level, mtime=0)


def unpack_recording(content: bytes, name: str = "The recording") -> Recording:
    """The recording in a file's bytes; DataError where they are none, whatever they hold instead."""
    try:
        return _unpack(content)
    except (ValidationError, ValueError, EOFError, OSError, zlib.error) as problem:
        reason = "its header does not fit the format" if isinstance(problem, ValidationError) else str(problem)
        raise DataError(f"{name} cannot be read ({reason}): record it again.") from problem


def read_recording(path: Path) -> Recording:
    """The recording in a .cgr file; DataError where there is none or it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise DataError(f"{path.name} cannot be read ({problem.strerror}): record it again.") from problem
    return unpack_recording(content, path.name)


def _unpack(content: bytes) -> Recording:
    if content[:4] != MAGIC:
        raise ValueError(f"it does not begin with {MAGIC.decode()}")
    n_header = int.from_bytes(content[4:8], "little")
    if not 0 < n_header <= min(MAX_HEADER_BYTES, len(content) - 8):
        raise ValueError(f"its header is said to have {n_header:,} bytes")
    header = Header.model_validate_json(content[8 : 8 + n_header])
    sizes = _check_sections(header)
    expected = sum(sizes)
    inflating = zlib.decompressobj(wbits=31)
    body = inflating.decompress(content[8 + n_header :], expected + 1)
    if len(body) != expected or not inflating.eof:
        raise ValueError(f"its sections have not the {expected:,} bytes of its header")
    arrays, begin = {}, 0
    for section, size in zip(header.sections, sizes, strict=True):
        arrays[section.name] = _decode(body[begin : begin + size], section)
        begin += size
    _check_values(header, arrays)
    return Recording(header, arrays)


def _check_sections(header: Header) -> list[int]:
    """The bytes of each section; ValueError where names, types or shapes do not go together."""
    lengths: dict[str, int] = {"2": 2, "K": header.n_modes, "L": len(header.loss_names)}
    names = [section.name for section in header.sections]
    if missing := [name for name in REQUIRED if name not in names]:
        raise ValueError(f"it has no section {missing[0]}")
    sizes = []
    for section in header.sections:
        if section.name not in AXES or names.count(section.name) > 1:
            raise ValueError(f"its section {section.name[:40]} is unknown or there twice")
        kind, axes = AXES[section.name]
        if section.kind != kind or len(section.shape) != len(axes) or section.follows != (section.name in _FOLLOWING):
            raise ValueError(f"its section {section.name} has another type")
        for axis, length in zip(axes, section.shape, strict=True):
            if length < 0 or lengths.setdefault(axis, length) != length:
                raise ValueError(f"the shape {section.shape} of its section {section.name} does not fit the others")
        sizes.append(math.prod(section.shape) * np.dtype(kind).itemsize)
    if sum(sizes) > MAX_BYTES:
        raise ValueError(f"its sections have {sum(sizes):,} bytes, more than {MAX_BYTES:,}")
    if not lengths["T"]:
        raise ValueError("it has no frames")
    if any(mark.frame >= lengths["T"] for mark in header.bookmarks):
        raise ValueError("a bookmark lies behind its last frame")
    return sizes


def _check_values(header: Header, arrays: dict[str, NDArray[Any]]) -> None:
    """ValueError for values that the player could not draw."""
    if (np.diff(arrays["steps"].astype(np.int64)) <= 0).any():
        raise ValueError("its steps do not ascend")
    for name in ("real", "generated"):
        if arrays[name].size and arrays[name].max() > POSITION_LEVELS:
            raise ValueError(f"its section {name} lies outside the square")
    for name in ("generated_modes", "regions", "real_modes"):
        if name in arrays and arrays[name].size and arrays[name].max() >= max(1, header.n_modes):
            raise ValueError(f"its section {name} names a mode beyond the last")


def _encode(array: NDArray[Any], section: Section) -> bytes:
    kind = np.dtype(section.kind).newbyteorder("<")
    if section.follows:
        # Differences that do not fit wrap around, and so does their sum in `_decode`.
        differences = np.diff(array.astype(np.int32), axis=0, prepend=0).astype(f"int{8 * kind.itemsize}")
        folded = differences.astype(np.int32)
        array = (folded << 1) ^ (folded >> 31)
    stored = np.ascontiguousarray(array).astype(kind)
    if section.kind == "uint16":
        return stored.reshape(-1, 1).view(np.uint8).T.tobytes()
    return stored.tobytes()


def _decode(content: bytes, section: Section) -> NDArray[Any]:
    if section.kind == "uint16":
        content = np.frombuffer(content, np.uint8).reshape(2, -1).T.tobytes()
    kind = np.dtype(section.kind)
    array = np.frombuffer(content, kind.newbyteorder("<")).reshape(section.shape)
    if not section.follows:
        return array.astype(kind)
    folded = array.astype(np.int64)
    total = ((folded >> 1) ^ -(folded & 1)).cumsum(axis=0)
    return (total % (1 << 8 * kind.itemsize)).astype(kind)
