"""Archives of several samples: unpacked, so that what they hold is sorted as files uploaded together are."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from clustergan_core.data.counts.reading.formats import HDF5_SUFFIXES
from clustergan_core.data.counts.reading.tenx.files import MATRIX, find_role
from clustergan_core.data.own.files import TABLE_SUFFIXES
from clustergan_core.data.own.images import SUFFIXES as PICTURE_SUFFIXES
from clustergan_core.data.own.vetting import (
    MAX_ARCHIVE_BYTES,
    MAX_EXPANSION,
    SMALL_ARCHIVE_BYTES,
    open_archive,
    require_file,
)
from clustergan_core.data.uploads.store import safe_name
from clustergan_core.errors import DataError

TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz")
MAX_UNPACKED = 20_000  # files
MAX_READ = 1 << 16  # bytes at once: names of any length that a member declares go to memory in one piece


@dataclass(frozen=True)
class _Member:
    name: str
    n_bytes: int
    stream: IO[bytes]


def is_bundle(path: Path) -> bool:
    """Whether an archive is unpacked: any tar, and a zip that holds neither pictures nor just one matrix with names."""
    name = path.name.lower()
    if name.endswith(TAR_SUFFIXES):
        return path.is_file()
    if not name.endswith(".zip") or not path.is_file():
        return False
    try:
        with open_archive(path) as archive:
            names = [PurePosixPath(member.filename).name for member in archive.infolist() if not member.is_dir()]
    except DataError:
        return False  # whoever reads it says what is wrong
    if any(Path(name).suffix.lower() in PICTURE_SUFFIXES for name in names):
        return False
    roles = [role for name in names if (role := find_role(name)) is not None and role.part == MATRIX]
    return len(roles) > 1 or (not roles and any(map(_is_read, names))) or any(map(_is_hdf5, names))


def unpack(path: Path, folder: Path) -> tuple[list[tuple[PurePosixPath, Path]], list[str]]:
    """(the files of supported types by their names in the archive, where they are now; the names of all others).

    Names begin with that of the archive. Raises DataError for a damaged archive, for one that expands too far, and for
    members that lie outside it or are links.
    """
    unpacked: list[tuple[PurePosixPath, Path]] = []
    left_out: list[str] = []
    n_bytes = 0
    members = _read_tar(path) if path.name.lower().endswith(TAR_SUFFIXES) else _read_zip(path)
    with _whole(path):
        for member in members:
            parts = PurePosixPath(member.name.replace("\\", "/")).parts
            if not parts:
                raise DataError(f"{path.name} holds a file without a name: pack it again.")
            if not _is_read(parts[-1]):
                left_out.append(member.name)
                continue
            n_bytes += member.n_bytes
            if n_bytes > MAX_ARCHIVE_BYTES or len(unpacked) == MAX_UNPACKED:
                raise DataError(
                    f"{path.name} would expand to more than {MAX_ARCHIVE_BYTES >> 20:,} MB or {MAX_UNPACKED:,} files: "
                    "upload its samples one after another."
                )
            target = folder / str(len(unpacked)) / safe_name(parts[-1])
            target.parent.mkdir(parents=True)
            with target.open("wb") as file:
                while block := member.stream.read(MAX_READ):
                    file.write(block)
            unpacked.append((PurePosixPath(_stem(path.name), *parts), target))
    return unpacked, left_out


def _stem(name: str) -> str:
    suffix = next((suffix for suffix in (*TAR_SUFFIXES, ".zip") if name.lower().endswith(suffix)), "")
    return name[: len(name) - len(suffix)] or "archive"


def _is_read(name: str) -> bool:
    plain = name.lower().removesuffix(".gz")
    suffixes = HDF5_SUFFIXES | TABLE_SUFFIXES | PICTURE_SUFFIXES | {".xlsx", ".npz", ".zip"}
    return not name.startswith("._") and (find_role(name) is not None or Path(plain).suffix in suffixes)


def _is_hdf5(name: str) -> bool:
    return not name.startswith("._") and Path(name.lower()).suffix in HDF5_SUFFIXES


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Turns what damage raises into one sentence."""
    try:
        yield
    except (
        *(tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError),
        *(UnicodeError, ValueError, OverflowError),
    ) as error:
        raise DataError(f"{path.name} is damaged or not a complete archive: pack it again.") from error


def _read_zip(path: Path) -> Iterator[_Member]:
    with open_archive(path) as archive:
        for member in archive.infolist():
            if stat.S_ISLNK(member.external_attr >> 16):
                raise _refuse_link(path, member.filename)
            if not member.is_dir():
                with archive.open(member) as stream:
                    yield _Member(member.filename, member.file_size, stream)


def _read_tar(path: Path) -> Iterator[_Member]:
    """The files of a tar, each to be read before the next; what it holds is checked as it is reached."""
    require_file(path)
    with path.open("rb") as raw:
        is_packed = path.name.lower().endswith(("gz", "tgz"))
        source = gzip.GzipFile(fileobj=raw) if is_packed else raw
        with tarfile.open(fileobj=_Onward(path, source), mode="r:") as archive:
            for number, member in enumerate(archive):
                if number == MAX_UNPACKED:
                    raise DataError(f"{path.name} holds more than {MAX_UNPACKED:,} files: split it.")
                if ".." in PurePosixPath(member.name.replace("\\", "/")).parts or member.name.startswith(("/", "\\")):
                    raise DataError(f"{path.name} holds a file named '{member.name}', outside itself: pack it again.")
                if member.isdir():
                    continue
                if not member.isreg() or member.issparse():
                    raise _refuse_link(path, member.name)
                stream = archive.extractfile(member)
                assert stream is not None
                yield _Member(member.name, member.size, stream)


def _refuse_link(path: Path, name: str) -> DataError:
    return DataError(f"{path.name} holds '{name}', which is a link or no plain file: pack the files themselves.")


class _Onward(io.RawIOBase):
    """A tar's bytes, which may be compressed. They are read from front to back, up to a limit, and in small pieces.

    A head may declare any size, also a negative one, and names of any length.
    """

    def __init__(self, path: Path, source: BinaryIO | gzip.GzipFile) -> None:
        self._path, self._source, self._packed = path, source, max(path.stat().st_size, 1)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._source.tell()

    def read(self, size: int = -1, /) -> bytes:
        if not 0 <= size <= MAX_READ:
            raise tarfile.ReadError(f"a piece of {size} bytes")
        content = self._source.read(size)
        self._check(self.tell())
        return content

    def seek(self, position: int, whence: int = io.SEEK_SET, /) -> int:
        if whence != io.SEEK_SET or position < self.tell() - tarfile.BLOCKSIZE:
            raise tarfile.ReadError("a way back")
        while position - self.tell() > MAX_READ:  # compressed bytes are expanded on the way
            before = self.tell()
            self._check(self._source.seek(before + MAX_READ))
            if self.tell() == before:
                raise tarfile.ReadError("an early end")
        return self._source.seek(position)

    def _check(self, expanded: int) -> None:
        is_bomb = expanded > SMALL_ARCHIVE_BYTES and expanded / self._packed > MAX_EXPANSION
        if expanded > MAX_ARCHIVE_BYTES or is_bomb:
            raise DataError(
                f"{self._path.name} expands from {self._packed / 1e6:.1f} MB to more than {expanded / 1e6:,.0f} MB, "
                f"which is refused as a possible archive bomb: pack fewer samples (at most {MAX_ARCHIVE_BYTES >> 20} "
                "MB expanded)."
            )
