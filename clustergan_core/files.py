"""Files that processes share: atomic writes, all-or-nothing appends and locks."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clustergan_core.errors import StorageError

LEAST_FREE_BYTES = 2**20  # with less than this, a run's next rows may not fit


def write_atomically(path: Path, content: bytes | memoryview) -> None:
    """Replaces `path` in one step. Raises StorageError if the disk is full or the folder is not writable."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise storage_error(path, error) from error


def append_whole(path: Path, content: bytes) -> None:
    """Appends all of `content` to a file, or nothing. Raises StorageError if the file cannot be written."""
    try:
        with path.open("ab", buffering=0) as file:
            before = os.fstat(file.fileno()).st_size
            try:
                if file.write(content) != len(content):
                    raise OSError(28, "No space left on device")
            except OSError:
                file.truncate(before)
                raise
    except OSError as error:
        raise storage_error(path, error) from error


def remove_temporaries(folder: Path) -> None:
    """Deletes temporary files of processes killed during a write; call it only while no process writes there."""
    for path in folder.glob(".*.[0-9]*"):
        if path.suffix[1:].isdecimal():
            path.unlink(missing_ok=True)


def find_storage_problem(folder: Path) -> str:
    """Why nothing can be written to a folder now, as a sentence with the remedy; "" if it is writable."""
    if not os.access(folder, os.W_OK):
        return f"{folder} is not writable: change its permissions, then continue."
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        return f"The disk of {folder} is full ({free / 1e6:.1f} MB are free): free some space, then continue."
    return ""


def storage_error(path: Path, error: OSError) -> StorageError:
    """Builds a StorageError that says why the system could not write a file."""
    return StorageError(f"{path} could not be written ({error.strerror}): free some space or choose a writable folder.")


def open_locked(path: Path, *, waits: bool = False) -> int | None:
    """Locks a file and returns its descriptor; None if another process holds the lock and `waits` is False.

    Closing the descriptor releases the lock, and so does the end of the process, for any reason. A child process that
    inherits the descriptor also holds the lock. Raises StorageError if the file cannot be created.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise storage_error(path, error) from error
    if lock_descriptor(descriptor, waits=waits):
        return descriptor
    os.close(descriptor)
    return None


def lock_descriptor(descriptor: int, *, waits: bool = False) -> bool:
    """Locks an open file; returns False if another process holds the lock and `waits` is False."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


@contextmanager
def file_lock(path: Path, *, waits: bool = True) -> Iterator[bool]:
    """Holds the lock on a file; yields False if another process holds it and `waits` is False."""
    descriptor = open_locked(path, waits=waits)
    try:
        yield descriptor is not None
    finally:
        if descriptor is not None:
            os.close(descriptor)


def is_locked(path: Path) -> bool:
    """Whether a living process holds the lock on a file."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
