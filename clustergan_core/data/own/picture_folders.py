"""Which level of folders names the classes of pictures: train/cat and cat/part_1 both hold cats."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.own.cell_text import natural_order

SHOWN_FOLDERS = 4
_SPLITS = re.compile(
    r"(train|training|trn|test|testing|tst|val|valid|validation|dev|eval|evaluation|holdout|unseen)"
    r"([-_ .]?(set|data|images|\d+))?",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"(part|split|shard|fold|chunk|subset|set|batch|run|block|piece|section|slice|group|folder|dir|pt)s?[-_ .]?"
    r"(\d+|[a-z])([-_ .]?of[-_ .]?\d+)?|\d+[-_ .]?of[-_ .]?\d+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FolderLevels:
    """The levels of folders that differ between pictures, as columns, and the one that names the classes."""

    columns: dict[str, NDArray[np.str_]]  # folder_1, folder_2, … from the outside, "" for pictures beside the folders
    classes: str | None  # a name of `columns`; None where there is none, or where it is not clear

    @property
    def is_unclear(self) -> bool:
        """Whether several levels may name the classes."""
        return self.classes is None and len(self.columns) > 1

    @property
    def others(self) -> list[str]:
        """The levels that do not name the classes."""
        return [name for name in self.columns if name != self.classes]

    def describe(self, level: str) -> str:
        """A level and the names of some of its folders."""
        names = natural_order(set(self.columns[level].tolist()) - {""})
        return f"{level} ({', '.join(names[:SHOWN_FOLDERS])}{', …' if len(names) > SHOWN_FOLDERS else ''})"


def find_levels(names: Sequence[str]) -> FolderLevels:
    """The levels of folders in the paths of pictures; those that all pictures share are no level."""
    folders = [PurePosixPath(name.replace("\\", "/")).parts[:-1] for name in names]
    n_levels = max(map(len, folders), default=0)
    levels = [
        np.array([parts[level] if level < len(parts) else "" for parts in folders], dtype=np.str_)
        for level in range(n_levels)
    ]
    levels = [level for level in levels if len(set(level.tolist()) - {""}) > 1]
    is_inside = np.array([bool(parts) for parts in folders], dtype=np.bool_)
    whole = [level for level in levels if (level[is_inside] != "").all()]
    columns = {f"folder_{number + 1}": level for number, level in enumerate(whole or levels)}
    return FolderLevels(columns, _find_classes(columns))


def _find_classes(columns: dict[str, NDArray[np.str_]]) -> str | None:
    """The one level that is left without splits, then without numbered parts, then without parts of a class."""
    left = list(columns)
    for is_other in (_is_of_splits, _is_of_parts):
        if len(left) > 1:
            left = [name for name in left if not is_other(columns[name])] or left
    if len(left) > 1:
        left = [
            name
            for number, name in enumerate(left)
            if number == 0 or not _is_named_after(columns[name], columns[left[number - 1]])
        ]
    if len(left) != 1 or _is_of_splits(columns[left[0]]):
        return None
    return None if len(columns) > 1 and _is_of_parts(columns[left[0]]) else left[0]


def _is_of_splits(level: NDArray[np.str_]) -> bool:
    return all(_SPLITS.fullmatch(name) for name in set(level.tolist()) - {""})


def _is_of_parts(level: NDArray[np.str_]) -> bool:
    return all(_PARTS.fullmatch(name) for name in set(level.tolist()) - {""})


def _is_named_after(level: NDArray[np.str_], outer: NDArray[np.str_]) -> bool:
    """Whether every folder is called as the one around it, with something behind: cat/cat_01."""
    return all(name.startswith(around) for name, around in zip(level.tolist(), outer.tolist(), strict=True))
