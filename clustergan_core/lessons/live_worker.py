"""The process that trains live lessons: one command per line on standard input, frames on standard output.

It trains by `Take`, the same as `record`, so that the same setup gives the same recording.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Any

import torch

from clustergan_core.errors import AppError
from clustergan_core.lessons.live import CHUNK_FRAMES, Message, State, write_message
from clustergan_core.lessons.measures import count_reached
from clustergan_core.lessons.record import Frame, Take, find_bookmarks
from clustergan_core.lessons.recording import Setup, pack_recording

IDLE_SECONDS = 600.0  # without a command, after which the process ends and gives its memory back
BETWEEN_MESSAGES = 0.25  # seconds
_CHUNK_LEVEL = 3  # of gzip: a chunk is sent again while it grows

Request = dict[str, Any]
_END: Request = {"do": "end"}


def main() -> None:
    """Trains what is asked for until standard input is closed or nothing was asked for in a while."""
    torch.set_num_threads(1)
    channel = _own_standard_output()
    requests: SimpleQueue[Request] = SimpleQueue()
    Thread(target=_read_requests, args=(requests,), daemon=True).start()
    request: Request | None = None
    while (request := request or _next(requests))["do"] != "end":
        request = _train(request, requests, channel) if request["do"] == "start" else None


class Reporter:
    """Tells of a training: all frames that are new, and the chunk in which they lie."""

    def __init__(self, number: int, take: Take, channel: IO[bytes]) -> None:
        self._number, self._take, self._channel = number, take, channel
        self._n_told = 0
        self._n_reached = list[int]()
        self._told_at = 0.0

    def tell(self, state: State) -> None:
        """Sends the state and the frames since the last message; with "finished", the whole recording too."""
        frames, parts = self._take.frames, dict[int, bytes]()
        for begin in range(self._n_told - self._n_told % CHUNK_FRAMES, len(frames), CHUNK_FRAMES):
            if self._n_told < len(frames):
                parts[begin // CHUNK_FRAMES] = self._pack(frames[begin : begin + CHUNK_FRAMES], begin)
        self._n_told = len(frames)
        recording = self._take.part(frames[-1:])
        marks = find_bookmarks(recording.header.islands, self._n_reached)
        whole = pack_recording(self._take.recording()) if state == "finished" else None
        write_message(self._channel, Message(self._number, state, self._take.step, marks), parts, whole)
        self._told_at = time.monotonic()

    def tell_in_time(self) -> None:
        """The same while it runs, unless it was told a moment ago."""
        if time.monotonic() - self._told_at >= BETWEEN_MESSAGES:
            self.tell("running")

    def _pack(self, frames: list[Frame], begin: int) -> bytes:
        part = self._take.part(frames)
        self._n_reached[begin:] = count_reached(part)
        return pack_recording(part, _CHUNK_LEVEL)


def _train(start: Request, requests: SimpleQueue[Request], channel: IO[bytes]) -> Request | None:
    """Trains until the last step, "stop", or a request that is not of this training, which is returned."""
    number = start["take"]
    try:
        take = Take(Setup.model_validate(start["setup"]), start["name"], start["command"])
        reporter = Reporter(number, take, channel)
        reporter.tell("running")
        is_paused, is_single = False, False
        for _ in take.train():
            if is_single:
                take.look()
                reporter.tell("paused")
                is_single = False
            else:
                reporter.tell_in_time()
            while not is_single and (is_paused or not requests.empty()):
                request = _next(requests)
                if request["do"] in ("start", "end"):
                    return request
                if request["take"] != number:
                    continue
                match request["do"]:
                    case "stop":
                        reporter.tell("stopped")
                        return None
                    case "step":
                        is_paused = is_single = True
                    case "pause":
                        is_paused = True
                        take.look()
                        reporter.tell("paused")
                    case _:
                        is_paused = False
                        reporter.tell("running")
        reporter.tell("finished")
    except AppError as error:
        write_message(channel, Message(number, "failed", 0, (), str(error)), {})
    except Exception:
        logging.exception("live training of %s", start["name"])
        sentence = "Live training failed: the recording can be played."
        write_message(channel, Message(number, "failed", 0, (), sentence), {})
    return None


def _next(requests: SimpleQueue[Request]) -> Request:
    try:
        return requests.get(timeout=IDLE_SECONDS)
    except Empty:
        return _END


def _own_standard_output() -> IO[bytes]:
    """Standard output for messages alone: what a library prints goes to standard error."""
    channel = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return channel


def _read_requests(requests: SimpleQueue[Request]) -> None:
    for line in sys.stdin:
        requests.put(json.loads(line))
    requests.put(_END)


if __name__ == "__main__":
    main()
