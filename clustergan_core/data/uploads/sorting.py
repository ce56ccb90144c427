"""What files uploaded together are: 10x folders, pictures, a matrix with tables of its cells, or separate uploads."""

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
from clustergan_core.data.uploads.archives import is_bundle, unpack
from clustergan_core.data.uploads.sample_names import leave_out_unfiltered, name_apart
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
    notes: tuple[str, ...] = ()  # sentences on what else was left out


@dataclass
class _Piece:
    """A staged file or folder, with the tables that belong to it."""

    path: Path
    origin: PurePosixPath  # the folder in which it was brought
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
        staged, unread = _unpack_bundles(staged, folder)
        return _store_staged(staged, folder, unread, filled[0][0])


def store_archive(path: Path) -> UploadResult:
    """Stores what a bundle (`archives.is_bundle`) holds, as if its files had been uploaded. Raises DataError."""
    with staging() as folder, _on_disk(folder):
        unpacked, unread = unpack(path, folder / "archive")
        return _store_staged(unpacked, folder, unread, path.name)


def _store_staged(
    staged: list[tuple[PurePosixPath, Path]], folder: Path, unread: Sequence[str], brought: str
) -> UploadResult:
    """Sorts and stores files, by the names under which they were brought; `unread` ones of `brought` are left out."""
    staged, notes = leave_out_unfiltered(staged)
    matrices, staged = _take_tenx(staged, folder)
    pictures, staged = _take_pictures(staged, folder)
    pieces, left_out = _sort_rest(staged, matrices)
    left_out = [*unread, *left_out]
    if not pieces and not pictures:
        shown = ", ".join(left_out[:4]) + (", …" if len(left_out) > 4 else "")
        what = shown or f"What {brought} holds"
        raise DataError(
            f"{what} is not a supported file type. Supported: counts (10x folder, .h5ad, .h5, .loom, .xlsx, .csv), "
            "tables (.csv, .tsv, .txt), arrays (.npz), pictures (a folder or .zip), and a .zip or .tar of samples."
        )
    stored = [_store(piece) for piece in [*pieces, *pictures]]
    return UploadResult(tuple(stored), tuple(left_out), (*notes, *_describe_repeated([*pieces, *pictures], stored)))


def _unpack_bundles(
    staged: list[tuple[PurePosixPath, Path]], folder: Path
) -> tuple[list[tuple[PurePosixPath, Path]], list[str]]:
    """(the files with those of archives in place of these, names of unsupported files in archives)."""
    files, left_out = [], []
    for number, (name, path) in enumerate(staged):
        if is_bundle(path):
            unpacked, unread = unpack(path, folder / f"archive-{number}")
            files += [(name.parent / inner, where) for inner, where in unpacked]
            left_out += unread
        else:
            files.append((name, path))
    return files, left_out


def _describe_repeated(pieces: Sequence[_Piece], stored: Sequence[Upload]) -> Iterator[str]:
    """A sentence on each file that holds what another does: one sample given twice would be trained on twice."""
    first: dict[Path, str] = {}
    for piece, upload in zip(pieces, stored, strict=True):
        name = (piece.origin / piece.path.name).as_posix()
        if upload.path in first:
            yield f"{name} holds exactly what {first[upload.path]} does, and is counted once."
        first.setdefault(upload.path, name)


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
        elif name.name in homes.setdefault(name.parent, {}):
            raise DataError(
                f"Two files are called {name}, so that it is not clear which belong together: upload their folders, or "
                "a .zip of them."
            )
        else:
            homes[name.parent][name.name] = path
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
            is_named_by_folder = len(matrices) == 1 and bool(folder_name)
            pieces.append(_Piece(_join(target, parts), home.parent if is_named_by_folder else home))
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
    return [_Piece(home, PurePosixPath())], [pair for pair in staged if pair not in pictures]


def _sort_rest(staged: list[tuple[PurePosixPath, Path]], matrices: list[_Piece]) -> tuple[list[_Piece], list[str]]:
    """(10x folders and single files, tables beside the matrix where there is just one; names of unsupported files)."""
    matrices, tables, others, left_out = [*matrices], [], [], []
    for name, path in staged:
        suffix = Path(path.name.lower().removesuffix(".gz")).suffix
        if find_format(path) not in (None, "text") or (suffix in TABLE_SUFFIXES and looks_like_counts(path)):
            matrices.append(_Piece(path, name.parent))
        elif suffix in TABLE_SUFFIXES:
            tables.append(_Piece(path, name.parent))
        elif suffix in ARCHIVE_SUFFIXES:
            others.append(_Piece(path, name.parent))
        else:
            left_out.append(str(name))
    for piece, path in zip(matrices, name_apart([(piece.origin, piece.path) for piece in matrices]), strict=True):
        piece.path = path
    if len(matrices) == 1:
        matrices[0].tables.extend(table.path for table in tables)
        return [*matrices, *others], left_out
    return [*matrices, *tables, *others], left_out
