"""Arrays → the compact bytes the browser gets, and their digests."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.errors import DataError

POSITION_LEVELS = 65_535
VALUE_LEVELS = 254  # the 255th level says "no value"
NO_VALUE = 255


@dataclass(frozen=True)
class Sprites:
    """One image that holds the thumbnails of the points, row by row.

    `sheet` is a PNG, JPEG or WebP of `columns` cells a row, each `cell_width` × `cell_height` pixels. `cells` (N,)
    names the cell of each point, -1 for none; without it point i has cell i, and points past the last cell have none.
    """

    sheet: bytes
    cell_width: int
    cell_height: int
    columns: int
    cells: NDArray[np.integer[Any]] | None = None


@dataclass(frozen=True)
class ValueScale:
    """What the colour bar says: the values at its two ends, and whether larger ones were clipped to the upper end."""

    low: float
    high: float
    is_clipped: bool
    is_zero_grey: bool = False


def quantise_coordinates(coordinates: NDArray[np.floating[Any]], reach: float | None = None) -> NDArray[np.uint16]:
    """(N, 2) coordinates → (2, N) uint16, both axes to one scale so that shapes keep their proportions.

    The longer axis fills 0..65535, the shorter is centred. With `reach`, −reach..reach of both axes does, whatever the
    coordinates; points outside lie on the border. Raises DataError for no points, and for NaN or infinity.
    """
    assert coordinates.shape[1:] == (2,), f"coordinates have shape {coordinates.shape}, not (N, 2)"
    if len(coordinates) == 0:
        raise DataError("The map has no points: choose a data set or a split that holds samples.")
    is_finite = np.isfinite(coordinates).all(axis=1)
    if not is_finite.all():
        n_bad = len(coordinates) - int(is_finite.sum())
        raise DataError(
            f"{n_bad:,} of {len(coordinates):,} map coordinates are not finite numbers (the first is point "
            f"{int(np.argmin(is_finite))}): compute the map again from latents without missing values."
        )
    low, high = coordinates.min(axis=0).astype(np.float64), coordinates.max(axis=0).astype(np.float64)
    if reach is not None:
        low, high = np.full(2, -reach), np.full(2, reach)
    extent = float((high - low).max()) or 1.0
    centred = (coordinates - (low + high) / 2) / extent + 0.5  # (N, 2) in 0..1
    return np.ascontiguousarray(np.rint(centred * POSITION_LEVELS).clip(0, POSITION_LEVELS).astype(np.uint16).T)


def encode_groups(groups: NDArray[np.integer[Any]], n_groups: int) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """(N,) group numbers → the smallest unsigned type; negative numbers (no group) become its largest value."""
    assert n_groups < 65_535, f"{n_groups} groups do not fit 16 bits"
    assert int(groups.max()) < n_groups, f"group {int(groups.max())} has no name: {n_groups} are named"
    if n_groups < 255:
        return np.where(groups < 0, 255, groups).astype(np.uint8)
    return np.where(groups < 0, 65_535, groups).astype(np.uint16)


def encode_values(
    values: NDArray[np.floating[Any]], is_clipped: bool, is_zero_grey: bool = False
) -> tuple[NDArray[np.uint8], ValueScale]:
    """(N,) values → 255 colour levels and the scale they stand for; values that are not finite get NO_VALUE.

    With `is_clipped` the scale ends at the 99th percentile, so that a few outliers do not take all the colour. With
    `is_zero_grey` level 0 is for zero, and for what lies below it, alone; the percentile is then of what lies above: a
    gene that few cells have would else be cut off at once.
    """
    levels = np.full(len(values), NO_VALUE, np.uint8)
    is_finite = np.isfinite(values)
    finite = values[is_finite].astype(np.float64)
    coloured = finite[finite > 0] if is_zero_grey else finite
    if not len(coloured):
        levels[is_finite] = 0
        return levels, ValueScale(0.0, 0.0, False, is_zero_grey)
    low, top = 0.0 if is_zero_grey else float(coloured.min()), float(coloured.max())
    high = float(np.percentile(coloured, 99)) if is_clipped else top
    if high <= low:  # 99 in 100 are alike: the percentile would leave a single colour
        high = top
    shares = ((finite - low) / ((high - low) or 1.0)).clip(0, 1)
    levels[is_finite] = np.maximum(np.rint(shares * VALUE_LEVELS), finite > 0 if is_zero_grey else 0)
    return levels, ValueScale(low, high, top > high, is_zero_grey)


def encode_details(n_points: int, sprites: Sprites | None, hover_text: Sequence[str] | None) -> dict[str, bytes]:
    """What the tooltip shows, as sections of a cargo: sheet, cells (int32) and text (a JSON list)."""
    sections: dict[str, bytes] = {}
    if sprites is not None:
        sections["sheet"] = sprites.sheet
        if sprites.cells is not None:
            assert sprites.cells.shape == (n_points,), f"{sprites.cells.shape} sprite cells for {n_points} points"
            sections["cells"] = sprites.cells.astype("<i4").tobytes()
    if hover_text is not None:
        assert len(hover_text) == n_points, f"{len(hover_text)} hover texts for {n_points} points"
        sections["text"] = json.dumps(list(hover_text), ensure_ascii=False, separators=(",", ":")).encode()
    return sections


def pack_cargo(slot: str, sections: dict[str, bytes]) -> tuple[bytes, str]:
    """Named sections → one blob for the browser, and its digest.

    Layout: length of the header (uint32), the header as JSON (slot, digest, sections as name → [offset, length]), the
    sections, each at a multiple of 4 so that the browser can view it as typed array without a copy.
    """
    fingerprint = hashlib.blake2b(digest_size=8)
    offsets: dict[str, tuple[int, int]] = {}
    body = bytearray()
    for name, section in sections.items():
        fingerprint.update(f"{name}:{len(section)};".encode())
        fingerprint.update(section)
        offsets[name] = (len(body), len(section))
        body += section + bytes(-len(section) % 4)
    digest = fingerprint.hexdigest()
    header = json.dumps({"slot": slot, "digest": digest, "sections": offsets}).encode()
    header += b" " * (-len(header) % 4)
    return len(header).to_bytes(4, "little") + header + bytes(body), digest
