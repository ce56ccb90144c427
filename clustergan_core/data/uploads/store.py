"""A person's own data, stored by its content: uploads/<first 12 of SHA-256>/<name>, a file or a folder.

Tables that came with it, such as its cells' labels, are stored in the folder `beside` next to it. An upload is
assembled under a name that begins with a dot and moved into place in one step, so that nobody sees half of one.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from clustergan_core.data.counts.cell_tables import BESIDE
from clustergan_core.data.counts.reading.sandbox.cache import forget_matrix
from clustergan_core.errors import DataError
from clustergan_core.files import storage_error, write_atomically
from clustergan_core.paths import uploads_folder

MAX_NAME = 100  # characters; a name this long still fits an address
STALE_SECONDS = 24 * 3600  # after this long, what a killed server left half assembled is removed

Content = bytes | memoryview


def store_beside(upload: Path, name: str, content: Content) -> Path:
    """Stores a table next to an upload. One with the same name and other content stays, since runs may refer to it."""
    path = beside(upload) / safe_name(name)
    if path.is_file() and path.read_bytes() != content:
        path = path.with_name(safe_name(f"{hashlib.sha256(content).hexdigest()[:4]}-{path.name}"))
    write_atomically(path, content)
    return path


def beside(upload: Path) -> Path:
    """The folder of tables that came with an upload; it may not exist."""
    return upload.parent / BESIDE


def list_uploads() -> list[Path]:
    """The stored files and folders, newest first."""
    folder = uploads_folder()
    if not folder.is_dir():
        return []
    uploads = [path for home in folder.glob("[0-9a-f]*") if (path := _content_of(home)) is not None]
    return sorted(uploads, key=lambda path: path.parent.stat().st_mtime, reverse=True)


def forget_upload(path: Path) -> None:
    """Removes an upload, the tables beside it, and the cached matrix.

    Runs trained on it keep their weights but can no longer open its samples.
    """
    home = path.parent
    if home.parent.resolve() != uploads_folder().resolve():
        raise DataError(f"{path} is not an upload: choose one from the list.")
    forget_matrix(path)
    try:
        shutil.rmtree(home)
    except FileNotFoundError:
        return  # another tab was faster
    except OSError as error:
        raise storage_error(home, error) from error


def upload_size(path: Path) -> int:
    """Bytes of an upload and of the tables beside it."""
    return sum(entry.stat().st_size for entry in path.parent.rglob("*") if entry.is_file())


def safe_name(name: str) -> str:
    """The last part of a name, without anything that could make it a path, an address or a hidden file."""
    last = re.split(r"[/\\]", name)[-1]
    safe = re.sub(r"[^A-Za-z0-9._ -]+", "_", last)[-MAX_NAME:].strip(". -")
    return f"{safe}_" if safe == BESIDE else safe or "upload"


def safe_path(name: str) -> PurePosixPath:
    """A path inside an upload with each part made safe; parts that lead upwards are dropped."""
    parts = [part for part in re.split(r"[/\\]", name) if part.strip(". ")]
    return PurePosixPath(*(safe_name(part) for part in parts or ["upload"]))


@contextmanager
def staging() -> Iterator[Path]:
    """A private folder in which to assemble an upload; `list_uploads` ignores it."""
    folder = uploads_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_stale(folder)
        staged = folder / f".incoming-{secrets.token_hex(8)}"
        staged.mkdir()
    except OSError as error:
        raise storage_error(folder, error) from error
    try:
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def publish(staged: Path) -> Path:
    """Moves a staged file or folder into place; where the same content is stored already, that one stays."""
    home = uploads_folder() / content_digest(staged)[:12]
    ready = staged.parent / f"ready-{secrets.token_hex(4)}"
    ready.mkdir()
    staged.rename(ready / staged.name)
    if home.is_dir() and _content_of(home) is None:  # what an interrupted write left
        shutil.rmtree(home, ignore_errors=True)
    try:
        ready.rename(home)  # in one step, and refused where another upload is already there
    except OSError as error:
        stored = _content_of(home)
        if stored is None:
            raise storage_error(home, error) from error
        return stored
    return home / staged.name


def content_digest(path: Path) -> str:
    """SHA-256 of a file's bytes; of a folder, over the names and digests of its files in order."""
    digest = hashlib.sha256()
    if path.is_file():
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        return digest.hexdigest()
    for file_path in sorted(entry for entry in path.rglob("*") if entry.is_file()):
        digest.update(f"{file_path.relative_to(path).as_posix()}\0{content_digest(file_path)}\n".encode())
    return digest.hexdigest()


def _content_of(home: Path) -> Path | None:
    """The file or folder that an upload's folder holds, or None where it is incomplete."""
    if not re.fullmatch(r"[0-9a-f]{12}", home.name) or not home.is_dir():
        return None
    entries = (entry for entry in sorted(home.iterdir()) if entry.name != BESIDE and not entry.name.startswith("."))
    return next((entry for entry in entries if not entry.is_symlink()), None)


def _remove_stale(folder: Path) -> None:
    for path in folder.glob(".incoming-*"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
