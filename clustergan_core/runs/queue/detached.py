"""Processes that outlive the one that starts them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import IO

from clustergan_core.paths import CODE_FOLDER

_started: list[subprocess.Popen[bytes]] = []  # kept only to let go of them once they have ended


def start_detached(
    module: str,
    *words: str,
    output: IO[bytes] | None = None,
    variables: Mapping[str, str] | None = None,
    descriptors: Sequence[int] = (),
) -> None:
    """Runs one of our modules in a session of its own, so that signals to the group of this process do not reach it.

    It inherits the open files of `descriptors`, and writes what it says to `output`.
    """
    _let_go()
    stream = output or subprocess.DEVNULL
    process = subprocess.Popen(
        [sys.executable, "-m", module, *words],
        cwd=CODE_FOLDER,
        env=os.environ | {"PYTHONUNBUFFERED": "1"} | dict(variables or {}),
        stdin=subprocess.DEVNULL,
        stdout=stream,
        stderr=stream,
        start_new_session=True,
        pass_fds=descriptors,
    )
    _started.append(process)


def _let_go() -> None:
    """Of processes that have ended, which would else stay zombies until this one ends."""
    _started[:] = [process for process in _started if process.poll() is None]
