"""Live training for lessons: one warm process for the server, outside the queue, and one training at a time.

A live training is a recording that has not ended: its frames come in parts of CHUNK_FRAMES, each a .cgr file of its
own, of which only the last one still grows. The process is live_worker.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import IO, Literal

from clustergan_core.errors import RunError
from clustergan_core.lessons.recording import Bookmark, Setup
from clustergan_core.paths import CODE_FOLDER
from clustergan_core.runs.queue.detached import PASSIVE_WAITING

CHUNK_FRAMES = 32
ABANDONED_SECONDS = 60.0  # without a viewer, after which a training stops and another person's may start

State = Literal["starting", "running", "paused", "finished", "stopped", "failed"]
Command = Literal["play", "pause", "step", "stop"]
_ENDED: tuple[State, ...] = ("finished", "stopped", "failed")


@dataclass(frozen=True)
class LiveView:
    """A live training as it stands."""

    number: int  # of the training on this server
    state: State
    step: int
    n_steps: int
    seed: int
    chunks: tuple[bytes, ...] = ()  # .cgr, in order; all but the last are final
    bookmarks: tuple[Bookmark, ...] = ()
    message: str = ""  # why it failed
    whole: bytes | None = None  # once finished: what `record` writes for the same setup

    @property
    def has_ended(self) -> bool:
        """Whether no more frames will come."""
        return self.state in _ENDED


class LiveTake:
    """One live training, which belongs to the session that started it."""

    def __init__(self, worker: LiveWorker, number: int, setup: Setup) -> None:
        self._worker = worker
        self._setup = setup
        self._view = LiveView(number, "starting", 0, setup.n_steps, setup.seed)
        self.seen_at = time.monotonic()

    def watch(self) -> LiveView:
        """How it stands; whoever asks counts as a viewer."""
        self.seen_at = time.monotonic()
        return self._view

    def tell(self, command: Command) -> None:
        """Passes a command on; one that has ended ignores it."""
        self._worker.tell(self, command)

    @property
    def number(self) -> int:
        """The number of the training on this server."""
        return self._view.number

    @property
    def is_abandoned(self) -> bool:
        """Whether it goes on although nobody has looked for a while."""
        return not self._view.has_ended and time.monotonic() - self.seen_at > ABANDONED_SECONDS

    @property
    def is_taken(self) -> bool:
        """Whether it keeps others from training live."""
        return not self._view.has_ended and not self.is_abandoned

    def receive(self, message: Message, parts: dict[int, bytes], whole: bytes | None) -> None:
        """Takes over what the process has sent; parts: chunks by their number."""
        view = self._view
        if view.has_ended:
            return
        chunks = list(view.chunks)
        for index, part in sorted(parts.items()):
            chunks[index:] = [part]
        self._view = replace(
            view,
            state=message.state,
            step=max(message.step, view.step),
            chunks=tuple(chunks),
            bookmarks=message.bookmarks,
            message=message.message,
            whole=whole,
        )

    def fail(self, why: str) -> None:
        """Ends it for a reason of the server's."""
        view = self._view
        self.receive(Message(view.number, "failed", view.step, view.bookmarks, why), {}, None)


@dataclass(frozen=True)
class Message:
    """What the process says of a training; the bytes of parts and of the whole follow it."""

    number: int
    state: State
    step: int
    bookmarks: tuple[Bookmark, ...] = ()
    message: str = ""


def write_message(channel: IO[bytes], message: Message, parts: dict[int, bytes], whole: bytes | None = None) -> None:
    """A line of JSON with the lengths of what follows, then the bytes."""
    marks = [mark.model_dump() for mark in message.bookmarks]
    lengths = [[index, len(part)] for index, part in parts.items()]
    record = [message.number, message.state, message.step, marks, message.message, lengths, whole and len(whole)]
    channel.write(json.dumps(record).encode() + b"\n" + b"".join(parts.values()) + (whole or b""))
    channel.flush()


def read_message(channel: IO[bytes]) -> tuple[Message, dict[int, bytes], bytes | None] | None:
    """The next message; None once there is none."""
    line = channel.readline()
    if not line:
        return None
    number, state, step, marks, text, lengths, n_whole = json.loads(line)
    parts = {index: channel.read(length) for index, length in lengths}
    message = Message(number, state, step, tuple(Bookmark(**mark) for mark in marks), text)
    return message, parts, channel.read(n_whole) if n_whole else None


class LiveWorker:
    """The warm process, started at the first training; it ends by itself after ten minutes without one."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: threading.Thread | None = None
        self._lock = threading.Lock()
        self._take: LiveTake | None = None
        self._n_takes = 0

    def start(self, setup: Setup, name: str, command: list[str], previous: LiveTake | None = None) -> LiveTake:
        """Starts a training in place of the caller's `previous` one; RunError while somebody else's is under way."""
        with self._lock:
            if self._take is not None and self._take is not previous and self._take.is_taken:
                raise RunError(
                    "Another lesson on this server trains live now, and one at a time is all it has a processor for: "
                    "the recording shows the same training; try again when that one has ended."
                )
            self._n_takes += 1
            take = self._take = LiveTake(self, self._n_takes, setup)
            request = {"do": "start", "take": take.number, "name": name, "command": command}
            self._send({**request, "setup": setup.model_dump(mode="json")}, may_start=True)
            return take

    def tell(self, take: LiveTake, command: Command) -> None:
        """Passes a command for a training to the process."""
        with self._lock:
            if take is self._take:
                self._send({"do": command, "take": take.number})

    def close(self) -> None:
        """Ends the process."""
        with self._lock:
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.close()
        if self._listener is not None:
            self._listener.join()

    def _send(self, request: Mapping[str, object], *, may_start: bool = False) -> None:
        line = json.dumps(request).encode() + b"\n"
        for _ in range(2):
            if may_start and (self._process is None or self._process.poll() is not None):
                self._process = self._open()
            if self._process is None or self._process.stdin is None:
                return
            try:
                self._process.stdin.write(line)
                self._process.stdin.flush()
                return
            except (BrokenPipeError, ValueError):
                # It has ended, which `poll` will know in a moment. A command needs no other one.
                self._process.wait()
        raise RunError("Live training does not start: its process ends at once. The recording can be played.")

    def _open(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "clustergan_core.lessons.live_worker"],
            cwd=CODE_FOLDER,
            env=PASSIVE_WAITING | os.environ | {"OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, args=(process,), daemon=True)
        self._listener.start()
        return process

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        """Takes over what the process says, until it ends."""
        assert process.stdin is not None and process.stdout is not None
        while (received := read_message(process.stdout)) is not None:
            take = self._take
            message, parts, whole = received
            if take is None or take.number != message.number:
                continue
            take.receive(message, parts, whole)
            if take.is_abandoned:
                take.tell("stop")
        process.stdout.close()
        process.wait()
        with self._lock, suppress(BrokenPipeError):
            process.stdin.close()
        take = self._take
        if take is not None and process is self._process:
            take.fail("The process that trains has ended: what has come can be played, and training can start again.")
