"""Published files: where they are, how they are verified, and how they are downloaded.

The data folder is CLUSTERGAN_DATA, else a per-user cache. It may be read-only: everything this package derives
(verification stamps, locks, decoded arrays) is in a separate cache folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from clustergan_core.errors import DataError, DownloadError
from clustergan_core.paths import APPLICATION

HASH_CHUNK = 1 << 20

OnProgress = Callable[[str, float], None]  # (message, fraction of the step done)


@dataclass(frozen=True)
class PublishedFile:
    """One file of a data set as its publisher names it.

    Any one of the `alternatives` can replace it (a converted copy, the same data in another format).
    A file without `sha256` and `md5`, or one with `is_checked_by_content`, is checked by its loader (names, shapes,
    class counts) because its publisher states no checksum. `size` 0 means that the size is not stated either.
    """

    folder: str
    name: str
    sha256: str | None
    size: int
    urls: tuple[str, ...] = ()  # "…/archive.zip#member" means: that member of the archive
    alternatives: tuple[PublishedFile, ...] = ()
    md5: str | None = None
    is_checked_by_content: bool = False

    @property
    def path(self) -> Path:
        """Where the file belongs."""
        return data_folder() / self.folder / self.name

    @property
    def candidates(self) -> tuple[PublishedFile, ...]:
        """The file itself, then its alternatives."""
        return (self, *self.alternatives)

    @property
    def known_hash(self) -> str | None:
        """`sha256:…` or `md5:…` as pooch writes it, or None where the loader checks the content."""
        if self.is_checked_by_content:
            return None
        if self.sha256 is not None:
            return f"sha256:{self.sha256}"
        return None if self.md5 is None else f"md5:{self.md5}"


def data_folder() -> Path:
    """CLUSTERGAN_DATA, else the per-user cache folder."""
    chosen = os.environ.get("CLUSTERGAN_DATA", "").strip()
    return Path(chosen).expanduser() if chosen else platformdirs.user_cache_path(APPLICATION) / "data"


def derived_folder() -> Path:
    """Stamps, locks, decoded arrays and matrices: CLUSTERGAN_DERIVED, else the per-user cache; may be deleted."""
    chosen = os.environ.get("CLUSTERGAN_DERIVED", "").strip()
    return Path(chosen).expanduser() if chosen else platformdirs.user_cache_path(APPLICATION) / "derived"


def find_local(file: PublishedFile) -> PublishedFile | None:
    """The first candidate that is in the data folder, unverified."""
    return next((candidate for candidate in file.candidates if candidate.path.is_file()), None)


def fetch(file: PublishedFile, on_progress: OnProgress | None = None) -> Path:
    """The verified path of the file or of an alternative; downloads it if it isn't there yet.

    Raises DataError where a local file isn't the published one, DownloadError where it cannot be downloaded.
    """
    local = find_local(file)
    if local is not None:
        _verify(local)
        return local.path
    downloadable = next((candidate for candidate in file.candidates if candidate.urls), None)
    if downloadable is None:
        raise DownloadError(
            f"{file.name} is not in {file.path.parent} and has no stable public address: put the file there."
        )
    _download(downloadable, on_progress)
    return downloadable.path


def _download(file: PublishedFile, on_progress: OnProgress | None) -> None:
    from clustergan_core.data.published.transfer import transfer

    folder = file.path.parent
    with _locked(file.path):
        if file.path.is_file():  # another process fetched it while this one waited
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            writable = os.access(folder, os.W_OK)
        except OSError:
            writable = False
        if not writable:
            raise DownloadError(
                f"{file.name} is not in {folder}, which cannot be written to: put the file from {file.urls[0]} there, "
                "or set CLUSTERGAN_DATA to a folder of your own."
            )
        expected_size = None if file.is_checked_by_content or not file.size else file.size
        failure = transfer(file.urls, file.path, file.known_hash, expected_size, on_progress)
    if failure is not None:
        raise DownloadError(
            f"{file.name} could not be downloaded from {file.urls[0].partition('#')[0]} ({failure}): "
            f"download it yourself and put it into {folder}."
        )


def _verify(file: PublishedFile) -> None:
    """Raises DataError unless the local file has its published checksum; a verified file isn't hashed again."""
    if file.known_hash is None:
        return
    status = file.path.stat()
    key = f"{file.path.resolve()}|{status.st_size}|{status.st_mtime_ns}|{file.known_hash}"
    stamp = derived_folder() / "verified" / hashlib.sha256(key.encode()).hexdigest()[:32]
    if stamp.exists():
        return
    algorithm, expected = file.known_hash.split(":")
    actual = _hash_file(file.path, algorithm)
    if actual != expected:
        remedy = "delete it to download it again" if file.urls else "replace it"
        raise DataError(
            f"{file.path} is not the published file ({algorithm} {actual[:12]}… instead of {expected[:12]}…): {remedy}."
        )
    # Without a writable cache the file is hashed each time, which is slower but just as correct.
    with contextlib.suppress(OSError):
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.touch()


def _hash_file(path: Path, algorithm: str) -> str:
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(HASH_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Lets one process at a time download `path`; the lock is outside the data folder and ends with its holder."""
    lock_path = derived_folder() / "locks" / hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:32]
    try:
        lock_path.parent.mkdir(parents=True, exist_ok=True)
        lock = lock_path.open("w")
    except OSError:  # no writable cache: two downloads at once only cost time, and the last rename wins
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
