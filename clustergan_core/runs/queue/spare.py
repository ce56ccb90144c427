"""A spare process: it has loaded PyTorch and waits for a run, so that training begins seconds sooner.

    python -m clustergan_core.runs.queue.spare DESCRIPTOR

A server keeps one while a person prepares a run. It gets the run's folder and its open locks over a socket, and becomes
the training process that would have been started. It ends when its server does, or after ten minutes without a run.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import IO

from clustergan_core.runs.queue.detached import start_detached

WAITING_SECONDS = 600.0
_MOST_BYTES = 65_536  # of a message
_MOST_DESCRIPTORS = 64

_lock = Lock()
_waiting: list[socket.socket] = []  # of this process's spare, where there is one


def keep_spare() -> None:
    """Starts a spare process unless this process has one."""
    with _lock:
        if _waiting and _is_alive(_waiting[0]):
            return
        _forget()
        ours, its = socket.socketpair()
        with its:
            start_detached("clustergan_core.runs.queue.spare", str(its.fileno()), descriptors=[its.fileno()])
        _waiting.append(ours)


def hand_to_spare(
    folder: str, descriptors: Sequence[int], output: IO[bytes], variables: Mapping[str, str] | None = None
) -> bool:
    """Lets the spare train the run of a folder, as `start_detached` would; False where none waits.

    The locks of `descriptors` stay held until the spare has them.
    """
    with _lock:
        if not _waiting:
            return False
        message = json.dumps([folder, dict(variables or {})]).encode()
        try:
            socket.send_fds(_waiting[0], [message], [output.fileno(), *descriptors])
        except OSError:  # it has ended
            return False
        finally:
            _forget()
    return True


def _is_alive(ours: socket.socket) -> bool:
    """Whether the other end is open: a spare sends nothing, so that reading waits, or finds the end."""
    try:
        return bool(ours.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK))
    except BlockingIOError:
        return True
    except OSError:
        return False


def _forget() -> None:
    while _waiting:
        _waiting.pop().close()


def main(descriptor: str) -> int:
    """Loads what training needs, waits for a run and trains it; returns the training process's exit status."""
    from clustergan_core.runs.queue.process import main as train_run

    _load_libraries()
    with socket.socket(fileno=int(descriptor)) as server:
        received = _wait_for_run(server)
    if received is None:
        return 0
    (folder, variables), (output, *descriptors) = received
    os.environ.update(variables)
    for stream in (sys.stdout.fileno(), sys.stderr.fileno()):
        os.dup2(output, stream)
    os.close(output)
    return train_run(folder, *map(str, descriptors))


def _wait_for_run(server: socket.socket) -> tuple[tuple[str, dict[str, str]], list[int]] | None:
    """A run's folder and variables with its open descriptors; None when the server or the patience has ended."""
    server.settimeout(WAITING_SECONDS)
    try:
        content, descriptors, _, _ = socket.recv_fds(server, _MOST_BYTES, _MOST_DESCRIPTORS)
    except TimeoutError:
        # From here on nothing can be sent, but a run may have been sent in this moment.
        server.shutdown(socket.SHUT_RD)
        content, descriptors, _, _ = socket.recv_fds(server, _MOST_BYTES, _MOST_DESCRIPTORS)
    if not content:
        return None
    folder, variables = json.loads(content)
    return (folder, variables), list(descriptors)


def _load_libraries() -> None:
    """What a training process imports before its first step."""
    import clustergan_core.methods.clustergan.method
    import clustergan_core.methods.paired_clustergan.method
    import clustergan_core.runs.weights
    import clustergan_core.training  # noqa: F401
    from clustergan_core.evaluation.library_threads import libraries_on_one_thread

    with libraries_on_one_thread():
        pass


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(*sys.argv[1:]))
