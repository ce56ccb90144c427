"""Starts processes that outlive the one that starts them, and says how threads of a training wait for each other."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import IO

from clustergan_core.paths import CODE_FOLDER

# Threads that wait for each other sleep. By default they spin: beside other work, the one that has no core keeps the
# others spinning, at several times the CPU time (benchmarks/beside_other_work.py). GNU's and LLVM's OpenMP.
PASSIVE_WAITING = {"OMP_WAIT_POLICY": "passive", "KMP_BLOCKTIME": "0"}

_started: list[subprocess.Popen[bytes]] = []  # so that they can be reaped once they have ended


def wait_passively() -> None:
    """Lets the threads of this process sleep while they wait, unless its environment says otherwise.

    OpenMP reads the variables when PyTorch is loaded; call this before.
    """
    for name, value in PASSIVE_WAITING.items():
        os.environ.setdefault(name, value)


def start_detached(
    module: str,
    *arguments: str,
    output: IO[bytes] | None = None,
    variables: Mapping[str, str] | None = None,
    descriptors: Sequence[int] = (),
) -> None:
    """Runs one of our modules in its own session, so that signals to this process's group do not reach it.

    It inherits the open files of `descriptors`, and its output goes to `output`.
    """
    _reap_ended()
    stream = output or subprocess.DEVNULL
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=CODE_FOLDER,
        env=PASSIVE_WAITING | os.environ | {"PYTHONUNBUFFERED": "1"} | dict(variables or {}),
        stdin=subprocess.DEVNULL,
        stdout=stream,
        stderr=stream,
        start_new_session=True,
        pass_fds=descriptors,
    )
    _started.append(process)


def _reap_ended() -> None:
    """Reaps processes that have ended, which would otherwise stay zombies until this one ends."""
    _started[:] = [process for process in _started if process.poll() is None]
