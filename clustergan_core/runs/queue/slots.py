"""Device slots: how many runs train at once on this machine.

A slot is a lock on a file. The training process holds it, so a killed process releases its slots, and runs of any
server or command line count.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from clustergan_core.errors import StorageError
from clustergan_core.files import open_locked
from clustergan_core.paths import queue_folder

MOST_CPU_SLOTS = 8  # memory runs out before cores do


@dataclass(frozen=True)
class Slots:
    """The slots of a training run: descriptors of locked files, and the GPU that belongs to them."""

    descriptors: tuple[int, ...]
    gpu: int | None = None

    def environment(self) -> dict[str, str]:
        """The environment variables that restrict the training process to its own GPU."""
        if self.gpu is None:
            return {}
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")
        return {"CUDA_VISIBLE_DEVICES": visible.split(",")[self.gpu] if visible else str(self.gpu)}

    def release(self) -> None:
        """Closes this process's descriptors; a child that inherited them still holds the slots."""
        for descriptor in self.descriptors:
            os.close(descriptor)


def count_slots(device: str) -> int:
    """One slot per GPU; on the CPU CLUSTERGAN_CPU_SLOTS or one per core, since a small network keeps one core busy."""
    if device == "cuda":
        import torch  # imported here, so that the dispatcher does not load it

        return max(1, torch.cuda.device_count())
    chosen = os.environ.get("CLUSTERGAN_CPU_SLOTS", "")
    if chosen.isdecimal() and int(chosen):
        return int(chosen)
    n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(2, min(n_cores, MOST_CPU_SLOTS))


def count_needed(device: str, threads: int) -> int:
    """How many slots a run takes: on the CPU one per thread, but never more than there are."""
    return 1 if device == "cuda" else min(threads, count_slots("cpu"))


def take_slots(device: str, threads: int) -> Slots | None:
    """The slots a run needs, or None while others hold them. StorageError where the lock files cannot be created."""
    taken: list[int] = []
    number = None
    for number, path in enumerate(_slot_files(device)):
        descriptor = open_locked(path)
        if descriptor is not None:
            taken.append(descriptor)
        if len(taken) == count_needed(device, threads):
            return Slots(tuple(taken), number if device == "cuda" else None)
    Slots(tuple(taken)).release()
    return None


def is_room(device: str, threads: int) -> bool:
    """Whether a run with these needs could start now."""
    slots = take_slots(device, threads)
    if slots is not None:
        slots.release()
    return slots is not None


@contextmanager
def occupy_slots(device: str, threads: int) -> Iterator[None]:
    """Holds a run's slots if they are free; continues without them otherwise, since a person started the run directly.

    It also continues where the runs folder is not writable, because the run may be elsewhere.
    """
    slots = None
    with suppress(StorageError):
        slots = take_slots(device, threads)
    try:
        yield
    finally:
        if slots is not None:
            slots.release()


def _slot_files(device: str) -> list[Path]:
    host = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())  # another machine may share the folder
    return [queue_folder() / f"slot-{host}-{device}-{number}" for number in range(count_slots(device))]
