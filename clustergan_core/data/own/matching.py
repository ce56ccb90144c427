"""Rows of a table matched with samples by their ids, as they are spelt or after a known respelling.

Tools spell the same id differently: Cell Ranger appends -1, R writes points for hyphens, merging tools put a sample's
name before or behind. A respelling counts only where it makes no two ids of either side alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

MATCHED_SHARE = 0.5  # of the samples or of the table's rows, whichever are fewer, must be matched
N_PROBED = 20  # ids from which a common beginning and end are derived

_ZEROS = "without zeros in front of numbers"
_NUMBER_BEHIND = re.compile(r"[-.]\d+")
_BARCODE = re.compile(r"(?<![A-Z])[ACGTN]{8,}(?![A-Z])")
_PICTURE = re.compile(r"\.(png|jpe?g|bmp|gif|tiff?|webp|ppm|pgm)\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Match:
    """Which row of a table belongs to each sample."""

    rows: list[int | None]  # (N,) None where the table does not name the sample
    respelling: str  # how ids were respelt, "" where they are the same letter by letter

    @property
    def n_matched(self) -> int:
        """How many samples have a row."""
        return sum(row is not None for row in self.rows)


Respell = Callable[[str], str]


def match_ids(sample_ids: Sequence[str], table_ids: Sequence[str]) -> Match | None:
    """The match by the ids themselves, else by the first known respelling that fits; None where none does.

    A match needs at least half of the samples or of the rows, whichever are fewer.
    """
    if not sample_ids or not table_ids:
        return None
    if (match := _match_as_spelt(sample_ids, table_ids)) is not None:
        padded = _match_respelt(sample_ids, table_ids, _without_zeros, _ZEROS)  # cell_100 is alike in both, cell_7 not
        is_kept = padded is not None and all(row in (None, other) for row, other in zip(match.rows, padded.rows))
        return padded if padded is not None and is_kept and padded.n_matched > match.n_matched else match
    for words, respell in _respellings():
        match = _match_respelt(sample_ids, table_ids, respell, words)
        if match is not None:
            return match
    return _match_affixes(sample_ids, table_ids)


def _respellings() -> Iterable[tuple[str, Respell]]:
    yield "letter case ignored", str.casefold
    yield "without the folder", lambda text: text.replace("\\", "/").rpartition("/")[2]
    yield "without folder and file ending", lambda text: _PICTURE.sub("", text.replace("\\", "/").rpartition("/")[2])
    yield _ZEROS, _without_zeros
    yield "'.' taken for '-', as R writes it", _as_r_names
    yield "without the number behind the id, such as -1", _drop_number
    yield (
        "'.' taken for '-', as R writes it, and without the number behind the id",
        lambda text: _drop_number(_as_r_names(text)),
    )
    yield "without the number behind the id, letter case ignored", lambda text: _drop_number(text).casefold()
    yield "'.' taken for '-', letter case ignored", lambda text: _as_r_names(text).casefold()


def _without_zeros(text: str) -> str:
    """0007 as 7, and cell_003 as cell_3."""
    return re.sub(r"(?<![\d.])0+(?=\d)", "", text)


def _drop_number(text: str) -> str:
    """AAAC-1 and AAAC.1 as AAAC; an id that is little else than the number stays whole."""
    head, found = re.subn(_NUMBER_BEHIND.pattern + r"\Z", "", text)
    return head if found and len(head) > 1 else text


def _as_r_names(text: str) -> str:
    """As R's make.names writes it: anything but letters and digits is a point, X stands before a digit."""
    dotted = re.sub(r"[^\w]|_", ".", text)
    return re.sub(r"\AX(?=[\d.])", "", dotted)


def _match_as_spelt(sample_ids: Sequence[str], table_ids: Sequence[str]) -> Match | None:
    """Ids of samples may repeat here: each gets the row of that name. Rows that repeat are for the caller to judge."""
    row_of: dict[str, int] = {}
    for row, text in enumerate(table_ids):
        row_of.setdefault(text, row)
    rows = [row_of.get(text) if text else None for text in sample_ids]
    return Match(rows, "") if _is_enough(rows, row_of) else None


def _match_respelt(sample_ids: Sequence[str], table_ids: Sequence[str], respell: Respell, words: str) -> Match | None:
    ours, theirs = [respell(text) for text in sample_ids], [respell(text) for text in table_ids]
    if len(set(ours)) < len(ours) or len(set(theirs)) < len(theirs):
        return None
    row_of = {text: row for row, text in enumerate(theirs) if text}
    rows = [row_of.get(text) for text in ours]
    return Match(rows, words) if _is_enough(rows, row_of) else None


def _match_affixes(sample_ids: Sequence[str], table_ids: Sequence[str]) -> Match | None:
    """By what is left of ids without the names of samples before or behind: S1_AAAC-1, AAAC-1-0 and AAAC are one."""
    for core_of in (_barcode, *_common_cores(sample_ids, table_ids), *map(_core_between, "_:#|/ -.")):
        ours, theirs = [core_of(text) for text in sample_ids], [core_of(text) for text in table_ids]
        if len(set(ours)) < len(ours) or len(set(theirs)) < len(theirs):
            continue
        row_of = {text: row for row, text in enumerate(theirs) if text}
        rows = [row_of.get(text) if text else None for text in ours]
        rows = _keep_sure(rows, sample_ids, ours, table_ids, theirs)
        if _is_enough(rows, row_of):
            sample = next(index for index, row in enumerate(rows) if row is not None)
            shown = f"'{table_ids[rows[sample] or 0]}' is '{sample_ids[sample]}'"
            return Match(rows, f"without what stands before or behind: {shown}")
    return None


def _barcode(text: str) -> str:
    """The bases in an id, as long as it holds one barcode; else the whole id."""
    found = _BARCODE.findall(text)
    return found[0] if len(found) == 1 else text


def _core_between(mark: str) -> Respell:
    """What stands behind the first of a mark, or before the last one, whichever is longer."""

    def core(text: str) -> str:
        head, _, _ = text.rpartition(mark)
        _, _, tail = text.partition(mark)
        return max(head, tail, key=len) or text

    return core


def _common_cores(sample_ids: Sequence[str], table_ids: Sequence[str]) -> list[Respell]:
    """Respellings that cut off one beginning and one end, derived from ids that contain an id of the other side."""
    cores: list[Respell] = []
    for longer, shorter in ((sample_ids, table_ids), (table_ids, sample_ids)):
        affixes: Counter[tuple[str, str]] = Counter({(_shared_start(longer), ""): 1})
        for text in shorter[:N_PROBED]:
            for other in longer if len(text) > 2 else ():
                if text in other:
                    before, _, behind = other.partition(text)
                    affixes[before, behind] += 1
                    break
        cores += [
            _cut(before, behind)
            for (before, behind), _ in affixes.most_common(3)
            if before + behind and all(text.startswith(before) and text.endswith(behind) for text in longer)
        ]
    return cores


def _shared_start(texts: Sequence[str]) -> str:
    """What all texts begin with, up to a number: cell_ of cell_12 and cell_17."""
    first, last = min(texts), max(texts)
    n_same = next((place for place, pair in enumerate(zip(first, last)) if pair[0] != pair[1]), len(first))
    return first[:n_same].rstrip("0123456789")


def _cut(before: str, behind: str) -> Respell:
    def core(text: str) -> str:
        is_longer = text.startswith(before) and text.endswith(behind) and len(text) > len(before) + len(behind)
        return text[len(before) : len(text) - len(behind)] if is_longer and before + behind else text

    return core


def _keep_sure(
    rows: list[int | None],
    sample_ids: Sequence[str],
    ours: Sequence[str],
    table_ids: Sequence[str],
    theirs: Sequence[str],
) -> list[int | None]:
    """Without the chance hits of another sample: where one side holds several samples' names, those matched mostly."""
    sides = (
        [text.replace(core, "*", 1) for text, core in zip(sample_ids, ours, strict=True)],
        [text.replace(core, "*", 1) for text, core in zip(table_ids, theirs, strict=True)],
    )
    pairs = [(sample, row) for sample, row in enumerate(rows) if row is not None]
    kept = list(rows)
    for side, affixes in enumerate(sides):
        sizes, hits = Counter(affixes), Counter(affixes[pair[side]] for pair in pairs)
        if len(sizes) == 1:
            continue
        for pair in pairs:
            if hits[affixes[pair[side]]] < MATCHED_SHARE * sizes[affixes[pair[side]]]:
                kept[pair[0]] = None
    return kept


def _is_enough(rows: Sequence[int | None], row_of: dict[str, int]) -> bool:
    n_matched = sum(row is not None for row in rows)
    return n_matched > 0 and n_matched >= MATCHED_SHARE * min(len(rows), len(row_of))
