"""Tables of samples as files named by their content, so that an address and a run's config can refer to them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from clustergan_core.files import write_atomically
from clustergan_core.paths import lists_folder

_N_HEX = 12


def store_table(content: bytes) -> Path:
    """Stores a table as CSV with the lists that runs were trained on; the same content is the same file."""
    path = _path_of(hashlib.sha256(content).hexdigest()[:_N_HEX])
    if not path.exists():
        write_atomically(path, content)
    return path


def table_digest(path: Path) -> str:
    """What the address calls a table; one from elsewhere is stored first. "gone" for a file that is not there."""
    match = re.fullmatch(r"samples-([0-9a-f]{12})\.csv", path.name)
    if match and path == _path_of(match[1]):
        return match[1]
    return table_digest(store_table(path.read_bytes())) if path.is_file() else "gone"


def find_table(digest: str) -> Path | None:
    """The table of this digest; None where there is none."""
    path = _path_of(digest) if re.fullmatch(r"[0-9a-f]{12}", digest) else None
    return path if path is not None and path.is_file() else None


def _path_of(digest: str) -> Path:
    return lists_folder() / f"samples-{digest}.csv"
