"""Selections between Python and the browser: a bit a point, as base64 text."""

import base64
import binascii
import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray


def encode_selection(indices: NDArray[np.integer[Any]], n_points: int) -> str:
    """Point indices → base64 of ⌈n_points / 8⌉ bytes; point i is bit i % 8 (lowest first) of byte i // 8."""
    bits = np.zeros(n_points, np.uint8)
    bits[indices] = 1
    return base64.b64encode(np.packbits(bits, bitorder="little").tobytes()).decode("ascii")


def decode_selection(bits: object, n_points: int) -> NDArray[np.int64] | None:
    """The inverse of `encode_selection`; None for an empty selection and for anything that is not one of `n_points`.

    The text comes from a browser, so nothing about it is taken for granted.
    """
    n_bytes = (n_points + 7) // 8
    if not isinstance(bits, str) or len(bits) != (n_bytes + 2) // 3 * 4:
        return None
    try:
        packed = base64.b64decode(bits, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(packed) != n_bytes:
        return None
    unpacked = np.unpackbits(np.frombuffer(packed, np.uint8), bitorder="little")
    if unpacked[n_points:].any():
        return None
    indices = np.flatnonzero(unpacked).astype(np.int64)
    return indices if indices.size else None


def name_drawing(points_digest: str, shown: str | None, turn: int = 0) -> str:
    """The name a reported selection must carry: another for other coordinates, others shown selected, another turn."""
    if shown is None and turn == 0:
        return points_digest
    return f"{points_digest}-{hashlib.blake2b(f'{turn}:{shown}'.encode(), digest_size=8).hexdigest()}"


def read_selection(report: object, drawing: str, n_points: int, shown: str | None) -> NDArray[np.int64] | None:
    """The selection that holds: what the browser reports of this drawing, else what the page shows as selected.

    `report` is {"of": name of the drawing, "bits": base64 or None}; a report of another drawing no longer holds.
    The browser follows the same rule, so both always agree without asking each other.
    """
    if isinstance(report, dict) and report.get("of") == drawing:
        return decode_selection(report.get("bits"), n_points)
    return None if shown is None else decode_selection(shown, n_points)


def read_click(report: object, points_digest: str, n_points: int) -> int | None:
    """The clicked point of {"of": digest of the coordinates, "point": index}; None for anything else."""
    if not isinstance(report, dict) or report.get("of") != points_digest:
        return None
    point = report.get("point")
    is_index = isinstance(point, int) and not isinstance(point, bool) and 0 <= point < n_points
    return point if is_index else None


def read_isolated(report: object, colouring_digest: str, n_groups: int) -> tuple[int, ...] | None:
    """The groups of {"of": digest of the colouring, "groups": numbers}; None for anything else."""
    if not isinstance(report, dict) or report.get("of") != colouring_digest:
        return None
    groups = report.get("groups")
    if not isinstance(groups, list) or not all(type(group) is int and 0 <= group < n_groups for group in groups):
        return None
    return tuple(sorted(set(groups)))
