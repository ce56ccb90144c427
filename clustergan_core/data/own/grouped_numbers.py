"""Columns of numbers that are written with marks at the thousands, or with another decimal mark than their file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.errors import DataError

_SIGN = r"[+\-−]?"
_BLANK = "[ \u00a0\u2009\u202f]"
_SHAPED = re.compile(rf"{_SIGN}\d{{1,3}}(?:[.,'’ \u00a0\u2009\u202f]\d{{3}})+(?:[.,]\d+)?|{_SIGN}\d*[.,]?\d+")
_WITH_SIGN = re.compile(
    rf"(?:[<>≤≥~]\s*)?(?:[$€£¥]\s*{_SIGN}[\d.,]*\d|{_SIGN}[\d.,]*\d\s*[%‰$€£¥]|(?<=[<>≤≥~])\s*{_SIGN}[\d.,]*\d)"
)


@dataclass(frozen=True)
class Convention:
    """One way to write numbers; `pattern` matches a whole cell and `mark` what distinguishes it."""

    words: str  # how a note names it
    pattern: re.Pattern[str]
    mark: re.Pattern[str]
    read: Callable[[str], float]


def _grouped(words: str, mark: str, decimal: str) -> Convention:
    """A mark at every thousand: at most three digits stand before the first mark or without one."""
    whole = rf"(?:[1-9]\d{{0,2}}(?:{mark}\d{{3}})+|\d{{1,3}})"
    return Convention(
        words,
        re.compile(rf"{_SIGN}{whole}(?:{decimal}\d+)?"),
        re.compile(rf"\d{mark}\d{{3}}(?!\d)"),
        lambda text: float(re.sub(mark, "", text).replace(",", ".").replace("−", "-")),
    )


_COMMA_GROUPS = _grouped("a comma at the thousands", ",", r"\.")
_POINT_GROUPS = _grouped("a point at the thousands", r"\.", ",")
_COMMA_DECIMAL = Convention(
    "a decimal comma",
    re.compile(rf"{_SIGN}(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?"),
    re.compile(","),
    lambda text: float(text.replace(",", ".").replace("−", "-")),
)
_POINT_DECIMAL = Convention(
    "a decimal point",
    re.compile(rf"{_SIGN}(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"),
    re.compile(r"\."),
    lambda text: float(text.replace("−", "-")),
)
_INDIAN_GROUPS = Convention(
    "commas at lakhs and thousands",
    re.compile(rf"{_SIGN}(?:[1-9]\d?(?:,\d{{2}})*,\d{{3}}|\d{{1,3}})(?:\.\d+)?"),
    re.compile(r"\d,\d{2},\d"),
    lambda text: float(text.replace(",", "").replace("−", "-")),
)
CONVENTIONS = (
    _COMMA_GROUPS,
    _POINT_GROUPS,
    _grouped("a blank at the thousands", _BLANK, "[.,]"),
    _grouped("an apostrophe at the thousands", "['’]", "[.,]"),
    _INDIAN_GROUPS,
    _COMMA_DECIMAL,
    _POINT_DECIMAL,
)


def find_proof(cells: Sequence[str]) -> str:
    """The decimal mark that cells prove; "" where each could also be a mark at the thousands, or where they disagree.

    1,5 and 0,123 prove a comma, and 1,234.5 a point; 1,234 alone proves nothing.
    """
    commas = sum(_proves(cell, ",", _COMMA_DECIMAL, _POINT_GROUPS) for cell in cells)
    points = sum(_proves(cell, ".", _POINT_DECIMAL, _COMMA_GROUPS) for cell in cells)
    if bool(commas) == bool(points):
        return ""
    return "," if commas else "."


def read_grouped(
    where: str, cells: Sequence[str], decimal: str, usual: str = ""
) -> tuple[NDArray[np.float64], Convention] | None:
    """(the numbers of a column's filled cells, how they are written) if one convention fits them all.

    None where at least half of them are no numbers under any convention: the column holds text. `decimal` is the mark
    that the file proves, or "", and `usual` the one that goes with its delimiter. Raises DataError where the cells mix
    conventions, and where two of them fit.
    """
    fitting = [
        convention
        for convention in CONVENTIONS
        if any(convention.mark.search(cell) for cell in cells)
        and all(convention.pattern.fullmatch(cell) for cell in cells)
    ]
    if len(fitting) > 1:
        fitting = [_choose(where, cells, fitting, decimal, usual)]
    if fitting and not _is_contradicted(fitting[0], cells):
        return np.array([fitting[0].read(cell) for cell in cells], dtype=np.float64), fitting[0]
    signed = next((cell for cell in cells if _WITH_SIGN.fullmatch(cell)), None)
    if signed is not None and 2 * sum(_WITH_SIGN.fullmatch(cell) is not None for cell in cells) > len(cells):
        raise DataError(f"{where} holds numbers with a sign or unit ('{signed}'): write the numbers alone.")
    shaped = [cell for cell in cells if _SHAPED.fullmatch(cell)]
    odd = [cell for cell in shaped if not _POINT_DECIMAL.pattern.fullmatch(cell)]
    if odd and 2 * len(shaped) > len(cells):
        other = next((cell for cell in odd if not _COMMA_GROUPS.pattern.fullmatch(cell)), None) or next(
            (cell for cell in cells if cell not in odd), odd[-1]
        )
        raise DataError(
            f"{where} holds '{odd[0]}' and '{other}', and no one way to write numbers fits all of its "
            f"{len(cells):,} cells: write plain numbers such as 1234.5."
        )
    return None


def _is_contradicted(convention: Convention, cells: Sequence[str]) -> bool:
    """Whether its decimals look like another's thousands: 700, 1,400 and 2,100 beside 1.234,5 are no decimals."""
    if convention not in (_COMMA_GROUPS, _POINT_GROUPS):
        return False
    group, decimal, other = (",", ".", _POINT_GROUPS) if convention is _COMMA_GROUPS else (".", ",", _COMMA_GROUPS)
    doubtful = [cell for cell in cells if decimal in cell and group not in cell]
    return bool(doubtful) and all(other.pattern.fullmatch(cell) for cell in doubtful)


def grouped_cell(cell: str) -> bool:
    """Whether a cell has the shape of a number with marks in it, rather than of a word."""
    return any(character.isdigit() for character in cell) and _SHAPED.fullmatch(cell) is not None


def holds_groups(cells: Sequence[str]) -> bool:
    """Whether cells that read as decimals are thousands: 950, 1.230 and 12.345 are, as no decimal ends in a 0."""
    pointed = [cell for cell in cells if "." in cell]
    return (
        0 < len(pointed) < len(cells)
        and all(_POINT_GROUPS.pattern.fullmatch(cell) for cell in cells)
        and any(cell.endswith("0") for cell in pointed)
    )


def read_point_groups(cells: Sequence[str]) -> NDArray[np.float64]:
    """The numbers of cells for which `holds_groups` is true."""
    return np.array([_POINT_GROUPS.read(cell) for cell in cells], dtype=np.float64)


def _proves(cell: str, mark: str, decimal: Convention, grouped_by_other: Convention) -> bool:
    if mark not in cell:
        return False
    other = "," if mark == "." else "."
    if other in cell:  # 1,234.5
        return grouped_by_other.pattern.fullmatch(cell) is not None and cell.rfind(mark) > cell.rfind(other)
    as_groups = _COMMA_GROUPS if mark == "," else _POINT_GROUPS
    return decimal.pattern.fullmatch(cell) is not None and as_groups.pattern.fullmatch(cell) is None


def _choose(where: str, cells: Sequence[str], fitting: Sequence[Convention], decimal: str, usual: str) -> Convention:
    """One of two: a mark at the thousands, or the same mark before decimals."""
    grouped, plain = fitting[0], fitting[-1]
    mark = "," if plain is _COMMA_DECIMAL else "."
    if decimal:
        return plain if decimal == mark else grouped
    marked = [cell for cell in cells if mark in cell]
    if len(marked) < len(cells) and any(cell.endswith("0") for cell in marked):
        return grouped  # decimals of one length would show in every cell, those without zeros at their end in none
    if usual == mark and len(marked) == len(cells):
        return plain  # semicolons part the columns because the comma is the decimal mark
    shown = marked[0]
    raise DataError(
        f"{where} holds numbers such as '{shown}', which may mean {grouped.read(shown):g} or {plain.read(shown):g}: "
        "write them without a mark at the thousands and with a decimal point."
    )
