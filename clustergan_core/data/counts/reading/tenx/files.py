"""Finds a matrix and the lists of its names: in a folder, a zip of one, or loose with a prefix, gzipped or not.

| written by | matrix | genes | symbols | cells |
|---|---|---|---|---|
| Cell Ranger, STARsolo | matrix.mtx | features.tsv, genes.tsv | | barcodes.tsv |
| kb-python | cells_x_genes.mtx | cells_x_genes.genes.txt | ….genes.names.txt | ….barcodes.txt |
| Parse | DGE.mtx, count_matrix.mtx | all_genes.csv | | cell_metadata.csv |
| alevin-fry | quants_mat.mtx | quants_mat_cols.txt | | quants_mat_rows.txt |
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path, PurePosixPath

from clustergan_core.data.counts.reading.compressed_text import CompressedText, open_compressed_text
from clustergan_core.data.own.vetting import open_archive
from clustergan_core.errors import DataError

MATRIX, FEATURES, SYMBOLS, BARCODES = "matrix.mtx", "features.tsv", "genes.names.txt", "barcodes.tsv"

MAX_LISTED = 5000  # entries of a folder that are examined


@dataclass(frozen=True)
class Role:
    """What a file of a folder is, by its name."""

    prefix: str  # what stands before the standard name, without the mark between them
    part: str  # MATRIX, FEATURES, SYMBOLS or BARCODES
    is_standard: bool  # False for a name that other files may have too
    plain_name: str  # the name without prefix and .gz


# In order: the first that fits. A name that is not standard counts only where no standard one takes its part.
_ROLES: tuple[tuple[str, str, bool], ...] = (
    (r"matrix\.mtx", MATRIX, True),
    (r"(features|genes)\.tsv", FEATURES, True),
    (r"barcodes\.tsv", BARCODES, True),
    (r"genes\.names\.txt", SYMBOLS, False),
    (r"(all_genes|genes|features)\.(txt|csv)|(?<=quants_mat)_cols\.txt", FEATURES, False),
    (r"(cell_metadata|barcodes)\.(txt|csv)|(?<=quants_mat)_rows\.txt", BARCODES, False),
    (r"(?<=.)\.mtx", MATRIX, False),
)
_PATTERNS = tuple(
    (re.compile(rf"(?P<prefix>.*?)(?P<role>{pattern})(\.gz)?", re.IGNORECASE), part, is_standard)
    for pattern, part, is_standard in _ROLES
)

# Names that say that the matrix holds cells × genes, and so are kept when files are joined.
CELLS_FIRST = re.compile(r"cells_x_|DGE\.mtx|count_matrix\.mtx|quants_mat", re.IGNORECASE)
_WHOLE_NAME = re.compile(r"cells_x_\w+(\.\w+)?\.mtx|DGE\.mtx|count_matrix\.mtx|quants_mat", re.IGNORECASE)


@dataclass(frozen=True)
class TenxFiles:
    """The texts of one matrix; a matrix may hold its names itself."""

    matrix: CompressedText
    parts: Mapping[str, CompressedText]  # FEATURES, SYMBOLS and BARCODES, as far as they are there

    def find(self, part: str) -> CompressedText:
        """The text of a part. Raises DataError where it is missing."""
        if part not in self.parts:
            missing = [name for name in (FEATURES, BARCODES) if name not in self.parts]
            raise DataError(
                f"{self.matrix.name} is a matrix without {' and '.join(missing)} beside it: a 10x folder has "
                "matrix.mtx, features.tsv (or genes.tsv) and barcodes.tsv, each also .gz, under one prefix."
            )
        return self.parts[part]


def find_role(name: str) -> Role | None:
    """The part that a file plays in a folder with a matrix, by its name; None for any other file."""
    if name.startswith("._"):  # macOS adds such files
        return None
    for pattern, part, is_standard in _PATTERNS:
        if match := pattern.fullmatch(name):
            is_whole = _WHOLE_NAME.search(name) is not None
            plain_name = name[: match.end("role")] if is_whole else match["role"]
            plain_name = MATRIX if part == MATRIX and not is_whole else plain_name
            return Role(match["prefix"].rstrip("._- "), part, is_standard, plain_name)
    return None


def choose_lists(matrix: str, names: Iterable[str]) -> dict[str, str]:
    """The lists, by part, that belong to a matrix: of its folder and prefix, of its folder, or the only one."""
    roles = {name: role for name in names if (role := find_role(PurePosixPath(name).name)) is not None}
    home = PurePosixPath(matrix).parent
    own = roles.get(matrix)
    prefix = own.prefix if own is not None else PurePosixPath(matrix).name.partition(".")[0]
    taken = {role.prefix for name, role in roles.items() if role.part == MATRIX and name != matrix} - {prefix, ""}
    chosen: dict[str, str] = {}
    for part in (FEATURES, SYMBOLS, BARCODES):
        lists = {name: role for name, role in roles.items() if role.part == part and role.prefix not in taken}
        beside = [name for name in lists if PurePosixPath(name).parent == home]
        shared = {name: lists[name].prefix for name in beside if _begins(prefix, lists[name].prefix)}
        longest = max(map(len, shared.values()), default=0)
        alike = [name for name, start in shared.items() if len(start) == longest]
        levels = [alike, beside, list(lists)]  # a single file serves all, whatever its prefix
        attempts = [(level, is_standard) for level in levels for is_standard in (True, False)]
        if own is not None and own.is_standard:
            attempts.sort(key=lambda attempt: not attempt[1])
        for level, is_standard in attempts:
            fitting = [name for name in level if lists[name].is_standard == is_standard]
            if len(fitting) == 1:
                chosen[part] = fitting[0]
                break
    return chosen


def _begins(prefix: str, start: str) -> bool:
    """Whether a prefix is `start`, or `start` and more after a mark."""
    return prefix == start or (bool(start) and re.match(rf"{re.escape(start)}[._ -]", prefix) is not None)


def find_tenx_files(path: Path, stack: ExitStack) -> TenxFiles:
    """The files of a folder, of a zip, or beside a matrix file. `stack` closes the zip.

    Raises DataError where there is no matrix, or where there are several.
    """
    if path.is_dir():
        return _choose(path.name, _list_folder(path), None)
    if path.suffix.lower() == ".zip":
        archive = stack.enter_context(open_archive(path))
        return _choose(path.name, _list_zip(archive), None)
    return _choose(path.name, {**_list_folder(path.parent), path.name: open_compressed_text(path)}, path.name)


def holds_tenx(path: Path) -> bool:
    """Whether a folder or zip holds a matrix, going by its file names."""
    try:
        if path.is_dir():
            names: Iterable[str] = _list_folder(path)
        else:
            with open_archive(path) as archive:
                names = [member.filename for member in archive.infolist()]
    except DataError:
        return False
    roles = (find_role(PurePosixPath(name).name) for name in names)
    return any(role is not None and role.part == MATRIX for role in roles)


def _list_folder(folder: Path) -> dict[str, CompressedText]:
    """Texts by name, of the folder and of its sub-folders; links that lead outside are skipped."""
    texts: dict[str, CompressedText] = {}
    home = folder.resolve()
    for entry in sorted(islice(chain(folder.glob("*"), folder.glob("*/*")), MAX_LISTED)):
        if find_role(entry.name) and entry.is_file() and entry.resolve().is_relative_to(home):
            texts[entry.relative_to(folder).as_posix()] = open_compressed_text(entry)
    return texts


def _list_zip(archive: zipfile.ZipFile) -> dict[str, CompressedText]:
    return {
        member.filename: CompressedText(member.filename, member.file_size, partial(archive.open, member.filename))
        for member in archive.infolist()
        if not member.is_dir() and find_role(PurePosixPath(member.filename).name)
    }


def _choose(where: str, texts: Mapping[str, CompressedText], given: str | None) -> TenxFiles:
    """The matrix, or the one called `given`, with the lists beside it."""
    roles = {name: find_role(PurePosixPath(name).name) for name in texts}
    matrices = [name for name, role in roles.items() if role is not None and role.part == MATRIX]
    standard = [name for name in matrices if (role := roles[name]) is not None and role.is_standard]
    matrices = [given] if given is not None else standard or matrices
    if not matrices:
        raise DataError(f"{where} holds no matrix.mtx or matrix.mtx.gz: provide the folder that has it.")
    if len(matrices) > 1:
        shown = ", ".join(matrices[:4]) + (", …" if len(matrices) > 4 else "")
        raise DataError(
            f"{where} holds {len(matrices)} matrices ({shown}): choose one of these files, or upload it on the "
            "Data page or name it as --dataset of `train`, which read each as a sample."
        )
    matrix = matrices[0]
    return TenxFiles(texts[matrix], {part: texts[name] for part, name in choose_lists(matrix, texts).items()})
