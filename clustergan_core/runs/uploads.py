"""A person's own files, kept by their content: uploads/<first 12 of SHA-256>/<file name>."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

from clustergan_core.errors import DataError
from clustergan_core.runs.atomic import write_atomically
from clustergan_core.runs.places import uploads_folder


def store_upload(name: str, content: bytes) -> Path:
    """Keeps an uploaded file; the same content is kept once. The name loses all that a path could mean."""
    if not content:
        raise DataError(f"{name} is empty: choose a file with data in it.")
    safe = re.sub(r"[^A-Za-z0-9._ -]+", "_", Path(name).name).lstrip(".")[-100:] or "upload"
    folder = uploads_folder() / hashlib.sha256(content).hexdigest()[:12]
    existing = list(folder.glob("*")) if folder.is_dir() else []
    if existing:
        return existing[0]
    write_atomically(folder / safe, content)
    return folder / safe


def list_uploads() -> list[Path]:
    """The kept files, newest first."""
    folder = uploads_folder()
    if not folder.is_dir():
        return []
    files = [path for path in folder.glob("*/*") if path.is_file() and not path.name.startswith(".")]
    return sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)


def forget_upload(path: Path) -> None:
    """Removes an upload; runs trained on it keep their weights and lose the way back to its samples."""
    if path.parent.parent != uploads_folder():
        raise DataError(f"{path} is not an upload: choose one from the list.")
    shutil.rmtree(path.parent)
