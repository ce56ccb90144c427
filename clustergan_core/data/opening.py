"""open_dataset(): one door for data sets by name and for a person's own files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from clustergan_core.data.dataset import Dataset
from clustergan_core.data.own_options import OwnDataOptions
from clustergan_core.data.registry import DATASETS, load_dataset
from clustergan_core.errors import SettingsError


def open_dataset(
    source: str,
    options: OwnDataOptions | None = None,
    on_progress: Callable[[str, float], None] | None = None,
) -> Dataset:
    """A data set by its name in DATASETS, else a person's own file or folder by its path.

    Raises SettingsError when `source` is neither, DataError when it cannot be read.
    """
    if source in DATASETS:
        return load_dataset(source, on_progress)
    path = Path(source).expanduser()
    if path.exists():
        from clustergan_core.data.own_files import open_own

        return open_own(path, options or OwnDataOptions())
    raise SettingsError(
        f"{source} is neither a data set nor a file: choose one of {', '.join(DATASETS)}, or give a file's path."
    )
