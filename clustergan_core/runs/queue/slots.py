"""Device slots: how many runs train at once on this machine.

A slot is a lock on a file. The process that trains holds it, so a killed one gives its slots back by dying, and runs of
any folder, server or command line count.
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

MOST_CPU_SLOTS = 8  # memory is short before cores are


@dataclass(frozen=True)
class Slots:
    """What a run holds while it trains: descriptors of locked files, and the GPU that goes with them."""

    descriptors: tuple[int, ...]
    gpu: int | None = None

    def environment(self) -> dict[str, str]:
        """What the training process must see to use its own GPU and no other."""
        if self.gpu is None:
            return {}
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")
        return {"CUDA_VISIBLE_DEVICES": visible.split(",")[self.gpu] if visible else str(self.gpu)}

    def release(self) -> None:
        """Closes this process's descriptors; a child that inherited them goes on holding the slots."""
        for descriptor in self.descriptors:
            os.close(descriptor)


def count_slots(device: str) -> int:
    """One a GPU; on the CPU one a core, as a small network keeps one busy, or CLUSTERGAN_CPU_SLOTS."""
    if device == "cuda":
        import torch  # here, so that the queue's dispatcher does without it

        return max(1, torch.cuda.device_count())
    chosen = os.environ.get("CLUSTERGAN_CPU_SLOTS", "")
    if chosen.isdecimal() and int(chosen):
        return int(chosen)
    n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(2, min(n_cores, MOST_CPU_SLOTS))


def count_needed(device: str, threads: int) -> int:
    """How many slots a run takes: on the CPU one a thread, and never more than there are."""
    return 1 if device == "cuda" else min(threads, count_slots("cpu"))


def take_slots(device: str, threads: int) -> Slots | None:
    """The slots a run needs, or None while others hold them. StorageError where the folder of locks cannot be made."""
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
    """Whether a run that needs so much could start now."""
    slots = take_slots(device, threads)
    if slots is not None:
        slots.release()
    return slots is not None


@contextmanager
def occupy(device: str, threads: int) -> Iterator[None]:
    """A block that counts as a run if there is room, and goes ahead if not: a person started it here and now.

    It goes ahead also where the runs folder cannot be written: the run may lie elsewhere.
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
