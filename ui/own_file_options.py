"""How to read a person's own file: its label column, which rows to keep, the side of its images."""

from __future__ import annotations

from pathlib import Path

from clustergan_core.data import OwnDataOptions


def choose_options(path: Path) -> OwnDataOptions | None:
    """Asks what reading this file needs; None when it cannot be read, after saying why."""
    return OwnDataOptions()
