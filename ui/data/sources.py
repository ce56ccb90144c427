"""What data is called in the picker and in the address, and back."""

from __future__ import annotations

import re
from pathlib import Path

from clustergan_core.data.registry import DATASETS
from clustergan_core.data.uploads.server_files import find_shared, shared_name
from clustergan_core.errors import DataError
from clustergan_core.paths import uploads_folder

# Matched before any part of it becomes a path; the name cannot hold a slash.
_UPLOAD = re.compile(r"([A-Za-z0-9_][A-Za-z0-9._ -]{0,99}) \(([0-9a-f]{12})\)")

SHARED = "files/"


def source_text(source: str) -> str:
    """What a source, as a run's config holds it, is called in the picker and the address."""
    if source in DATASETS:
        return source
    path = Path(source)
    name = shared_name(path)
    return f"{path.name} ({path.parent.name})" if name is None else f"{SHARED}{name}"


def source_of(text: str) -> str:
    """What `open_dataset` takes for a choice's text: a name of DATASETS or the path of an upload or shared file.

    Raises DataError for a text that is none of these; never leaves their folders.
    """
    if text in DATASETS:
        return text
    if text.startswith(SHARED):
        return str(find_shared(text.removeprefix(SHARED)))
    match = _UPLOAD.fullmatch(text)
    home = uploads_folder().resolve()
    path = home / match[2] / match[1] if match else None
    if path is None or not path.exists() or path.resolve().parent.parent != home:
        raise DataError(f"There is no data set or upload named {text}: choose one from the list on the Data page.")
    return str(path)
