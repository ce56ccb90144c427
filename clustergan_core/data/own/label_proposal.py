"""Which column most likely holds known classes, going by its name and its content: a proposal for a person to judge."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.own.cell_text import as_text, natural_order, read_number
from clustergan_core.data.own.table_text import TextTable

# Columns with these names are never features: they would give the networks the answer.
LABEL_NAMES = frozenset({"label", "labels", "class", "target"})
MAX_LEVELS = 200  # more are names or measurements
MAX_LEVEL_TEXT = 80  # characters of a value that still reads as the name of a class
SHOWN_LEVELS = 6
MAX_EXAMINED = 100_000  # columns of more are genes

_TYPES = re.compile(
    r"(\w+[ _.-])?cell[ _.-]?"
    r"(types?|ontology([ _.-]class)?|labels?|class|annotations?|identity|lines?|subtypes?|states?)([ _.-]?\w+)?|"
    r"(\w+[ _.-])?(annotations?|bulk_labels|populations?|subtypes?|subclass)([ _.-]?\w+)?|types?|"
    r"(major|minor|broad|fine|main|known|true)[ _.-](types?|labels?|class)",
    re.IGNORECASE,
)
_CLUSTERINGS = re.compile(r"(louvain|leiden|clusters?|seurat_clusters|ident)([ _.-]\w+)?", re.IGNORECASE)
_TECHNICAL = re.compile(
    r".*(batch|plate|lane|run|chip|library|donor|patient|subject|sample|replicate|well|number|count|index|"
    r"\bid|_id|date|year|sex|gender|age|phase|doublet|barcode|orig\.ident).*",
    re.IGNORECASE,
)
# Of a column named as cell types are, but which says something else about them.
_OF_A_TYPE = re.compile(r".*(_id|_ids|[ _.-]term_id|number|count|score|prob\w*|confidence|colou?rs?)", re.IGNORECASE)


@dataclass(frozen=True)
class LabelProposal:
    """A column that may hold the known classes; nothing has been done with it yet."""

    column: str
    levels: dict[str, int]  # how many rows hold each class, in natural order
    reason: str
    n_rows: int

    @property
    def n_unlabelled(self) -> int:
        """Rows without a class."""
        return self.n_rows - sum(self.levels.values())

    def describe(self) -> str:
        """The column and its levels in words."""
        return f"column '{self.column}' ({describe_levels(self.levels, self.n_unlabelled)})"


def describe_levels(levels: Mapping[str, int], n_unlabelled: int = 0) -> str:
    """Classes with their counts, the first few by name."""
    shown = ", ".join(f"{name} {count:,}" for name, count in list(levels.items())[:SHOWN_LEVELS])
    more = f", and {len(levels) - SHOWN_LEVELS} more" if len(levels) > SHOWN_LEVELS else ""
    return f"{len(levels)} level{'' if len(levels) == 1 else 's'}: {shown}{more}" + (
        f"; {n_unlabelled:,} rows without one" if n_unlabelled else ""
    )


def propose_labels(columns: Mapping[str, NDArray[Any]], by_any_name: bool = False) -> LabelProposal | None:
    """The column that most likely holds known classes; None where none is called as such columns are.

    Its name comes first (label, class and the like, then cell types and annotations, then clusterings whose levels are
    named), and its content must agree: some levels that recur. With `by_any_name`, as in a table brought for its
    labels, other columns of text follow, those that say how cells were handled (batch, donor) last.
    """
    if len(columns) > MAX_EXAMINED:
        return None
    ranked: list[tuple[int, int, LabelProposal]] = []
    for position, column in enumerate(columns):
        rank = rank_by_name(column, by_any_name)
        if rank is None or (ranked and rank >= min(ranked)[0] and position > min(ranked)[1]):
            continue
        proposal = _judge(columns, column, rank)
        if proposal is not None:
            ranked.append((rank, position, proposal))
    return min(ranked, key=lambda entry: entry[:2])[2] if ranked else None


def class_texts(columns: Mapping[str, NDArray[Any]], column: str) -> NDArray[np.str_]:
    """A column's cells as names of classes, "" where there is none."""
    return columns.classes(column) if isinstance(columns, TextTable) else as_text(columns[column])


def rank_by_name(column: str, by_any_name: bool = False) -> int | None:
    """0 for label and the like, 1 for types, 2 for clusterings, 3 and 4 for others; None for what is never proposed."""
    if column.lower() in LABEL_NAMES:
        return 0
    if _TYPES.fullmatch(column) and not _OF_A_TYPE.fullmatch(column):
        return 1
    if _CLUSTERINGS.fullmatch(column):
        return 2
    if not by_any_name:
        return None
    return 4 if _TECHNICAL.fullmatch(column) else 3


_REASONS = (
    "its name says that it holds labels",
    "it is named as cell types are",
    "it is named as a clustering is, and its levels have names",
    "its text recurs as classes do",
    "its values recur, though its name speaks of how samples were handled",
)


def _judge(columns: Mapping[str, NDArray[Any]], column: str, rank: int) -> LabelProposal | None:
    texts = class_texts(columns, column)
    levels = Counter(texts.tolist())
    n_unlabelled = levels.pop("", 0)
    n_labelled = len(texts) - n_unlabelled
    if not 2 <= len(levels) <= min(MAX_LEVELS, max(2, n_labelled / 2)) or max(map(len, levels)) > MAX_LEVEL_TEXT:
        return None
    n_named = sum(read_number(level) is None for level in levels)
    if rank in (2, 3) and 2 * n_named < len(levels):
        return None
    ordered = {name: levels[name] for name in natural_order(levels)}
    return LabelProposal(column, ordered, _REASONS[rank], len(texts))
