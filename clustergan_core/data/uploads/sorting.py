"""What files uploaded together are: a 10x folder, pictures, a matrix with tables of its cells, or separate uploads."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from clustergan_core.data.counts.joining import sample_name
from clustergan_core.data.counts.reading.formats import find_format, looks_like_counts
from clustergan_core.data.counts.reading.tenx.files import MATRIX, choose_lists, find_role
from clustergan_core.data.own.files import TABLE_SUFFIXES
from clustergan_core.data.own.images import SUFFIXES as PICTURE_SUFFIXES
from clustergan_core.data.uploads.store import Content, publish, safe_name, safe_path, staging, store_beside
from clustergan_core.errors import DataError
from clustergan_core.files import storage_error, write_atomically

ARCHIVE_SUFFIXES = frozenset({".npz", ".zip"})
MAX_FILES = 20_000
_JUNK = re.compile(r"\._.*|\.DS_Store|Thumbs\.db|__MACOSX|desktop\.ini", re.IGNORECASE)


@dataclass(frozen=True)
class Upload:
    """One stored upload, and the tables stored beside it."""

    path: Path
    tables: tuple[Path, ...] = ()


@dataclass(frozen=True)
class UploadResult:
    """What became of files that were uploaded together."""

    uploads: tuple[Upload, ...]
    left_out: tuple[str, ...] = ()  # names of files of unsupported types


@dataclass
class _Piece:
    """A staged file or folder, with the tables that belong to it."""

    path: Path
    tables: list[Path] = field(default_factory=list)


def store_files(files: Sequence[tuple[str, Content]]) -> UploadResult:
    """Stores files given by name (with their folders, if any) and content.

    Raises DataError where none is of a supported type, or where parts of a 10x folder come without its matrix.
    """
    if len(files) > MAX_FILES:
        raise DataError(
            f"{len(files):,} files exceed the limit of {MAX_FILES:,} for one upload: upload a .zip instead."
        )
    given = [(name, content) for name, content in files if not any(map(_JUNK.fullmatch, PurePosixPath(name).parts))]
    filled = [(name, content) for name, content in given if content]
    if not filled:
        shown = given[0][0] if given else "This folder"
        raise DataError(f"{shown} is empty: choose a file with data in it.")
    with staging() as folder, _on_disk(folder):
        staged: list[tuple[PurePosixPath, Path]] = []
        for number, (name, content) in enumerate(filled):
            path = folder / str(number) / safe_name(name)
            write_atomically(path, content)
            staged.append((PurePosixPath(name), path))
        matrices, staged = _take_tenx(staged, folder)
        pictures, staged = _take_pictures(staged, folder)
        pieces, left_out = _sort_rest(staged, matrices)
        if not pieces and not pictures:
            shown = ", ".join(left_out[:4]) + (", …" if len(left_out) > 4 else "")
            raise DataError(
                f"{shown} is not a supported file type. Supported: counts (10x folder, .h5ad, .h5, .loom, .xlsx, "
                ".csv), tables (.csv, .tsv, .txt), arrays (.npz) and pictures (a folder or .zip)."
            )
        return UploadResult(tuple(_store(piece) for piece in [*pieces, *pictures]), tuple(left_out))


@contextmanager
def _on_disk(folder: Path) -> Iterator[None]:
    """Turns an error of the disk (full, or not writable) into a StorageError."""
    try:
        yield
    except OSError as error:
        raise storage_error(folder, error) from error


def _store(piece: _Piece) -> Upload:
    path = publish(piece.path)
    return Upload(path, tuple(store_beside(path, table.name, table.read_bytes()) for table in piece.tables))


def _take_tenx(
    staged: list[tuple[PurePosixPath, Path]], folder: Path
) -> tuple[list[_Piece], list[tuple[PurePosixPath, Path]]]:
    """(folders assembled from matrices and the lists of their names, the remaining files)."""
    homes: dict[PurePosixPath, dict[str, Path]] = {}  # folder → name → where it is now
    rest = []
    for name, path in staged:
        if find_role(name.name) is None:
            rest.append((name, path))
        else:
            homes.setdefault(name.parent, {})[name.name] = path
    pieces = []
    for number, (home, files) in enumerate(homes.items()):
        roles = {name: role for name in files if (role := find_role(name)) is not None}
        matrices = [name for name, role in roles.items() if role.part == MATRIX]
        standard = [name for name, role in roles.items() if role.is_standard]
        if standard and not matrices:
            raise DataError(
                f"{', '.join(standard)} came without a matrix.mtx: upload the three files of a 10x folder together."
            )
        used: set[str] = set()
        for matrix in matrices:
            lists = choose_lists(matrix, files)
            used |= {matrix, *lists.values()}
            prefix = roles[matrix].prefix
            folder_name = sample_name(Path(home)) if home.name else ""  # not what Cell Ranger calls all of them
            name = folder_name if len(matrices) == 1 and folder_name else prefix.strip(" ._-") or home.name or "10x"
            target = folder / f"tenx-{number}-{len(pieces)}" / safe_name(name)
            parts = {roles[file].plain_name: files[file] for file in (matrix, *lists.values())}
            pieces.append(_Piece(_join(target, parts)))
        # A table such as cell_metadata.csv that no matrix needs may hold labels.
        rest += [(home / name, path) for name, path in files.items() if name not in used | set(standard)]
    return pieces, rest


def _join(home: Path, parts: dict[str, Path]) -> Path:
    """A folder with one set of parts, all under their plain names, whatever their prefixes were."""
    home.mkdir(parents=True)
    for name, path in parts.items():
        shutil.copyfile(path, home / f"{name}{'.gz' if path.suffix.lower() == '.gz' else ''}")
    return home


def _take_pictures(
    staged: list[tuple[PurePosixPath, Path]], folder: Path
) -> tuple[list[_Piece], list[tuple[PurePosixPath, Path]]]:
    """(one folder of all loose pictures with their sub-folders, or nothing; the remaining files)."""
    pictures = [(name, path) for name, path in staged if path.suffix.lower() in PICTURE_SUFFIXES]
    if len(pictures) < 2:
        return [], staged
    tops = {name.parts[0] if len(name.parts) > 1 else "" for name, _ in pictures}
    top = tops.pop() if len(tops) == 1 else ""
    home = folder / "pictures" / safe_name(top or "pictures")
    for number, (name, path) in enumerate(pictures):
        target = home / safe_path(str(name.relative_to(top)) if top else str(name))
        if target.exists():
            target = target.with_name(f"{number}-{target.name}")
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    return [_Piece(home)], [pair for pair in staged if pair not in pictures]


def _sort_rest(staged: list[tuple[PurePosixPath, Path]], matrices: list[_Piece]) -> tuple[list[_Piece], list[str]]:
    """(10x folders and single files, tables beside the matrix where there is just one; names of unsupported files)."""
    matrices, tables, others, left_out = [*matrices], [], [], []
    for name, path in staged:
        suffix = Path(path.name.lower().removesuffix(".gz")).suffix
        if find_format(path) not in (None, "text") or (suffix in TABLE_SUFFIXES and looks_like_counts(path)):
            matrices.append(_Piece(path))
        elif suffix in TABLE_SUFFIXES:
            tables.append(path)
        elif suffix in ARCHIVE_SUFFIXES:
            others.append(_Piece(path))
        else:
            left_out.append(str(name))
    if len(matrices) == 1:
        matrices[0].tables.extend(tables)
        return [*matrices, *others], left_out
    return [*matrices, *map(_Piece, tables), *others], left_out
