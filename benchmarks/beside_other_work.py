"""Measures how much more CPU time a run takes beside a process that keeps a core busy.

    python -m benchmarks.beside_other_work --dataset usps --threads 2 --steps 200 --rounds 3
    python -m benchmarks.beside_other_work --spin     the same with threads that spin, as without our setting

Each round trains the same run alone and beside `--busy` processes that do nothing but count, in turn, by the command
that a user types. CPU seconds are those of the whole run, with its start and its scores. On a machine that is busy
anyway, "alone" is not alone: the load is printed with each run, and only runs under similar load may be compared.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.machine import describe_machine, load_now
from clustergan_core.paths import PROJECT_FOLDER

WANTED = 1.3  # times the CPU seconds of a run alone, at most
SPINNING = {"GOMP_SPINCOUNT": "300000"}  # GNU's OpenMP without a policy; it goes before OMP_WAIT_POLICY


@dataclass(frozen=True)
class Cost:
    """What one training took."""

    cpu_seconds: float
    wall_seconds: float


@contextmanager
def busy_processes(count: int) -> Iterator[None]:
    """A block beside which `count` processes keep a core busy each."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def train_once(words: list[str], variables: Mapping[str, str]) -> Cost:
    """Runs `train` with these arguments in a process of its own and returns what that process took."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        start = time.perf_counter()
        command = [sys.executable, "-m", "clustergan_core", "train", *words, "--out", str(out)]
        process = subprocess.Popen(
            command, cwd=PROJECT_FOLDER, env=os.environ | dict(variables), stdout=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        shutil.rmtree(out)
        return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - start)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", default="usps")
    parser.add_argument("--method", default="paired-clustergan")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--busy", type=int, default=1, help="processes that keep a core busy each")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--spin", action="store_true", help="let threads spin while they wait for each other")
    arguments = parser.parse_args()
    words = ["--dataset", arguments.dataset, "--method", arguments.method, "--threads", str(arguments.threads)]
    words += ["--steps", str(arguments.steps)]
    machine, waiting = describe_machine(), "spin" if arguments.spin else "sleep"
    print(f"{machine['cpu']}, {machine['cores']} cores; {' '.join(words)}; threads {waiting}")
    costs: dict[int, list[Cost]] = {0: [], arguments.busy: []}
    for _ in range(arguments.rounds):
        for n_busy, measured in costs.items():
            load = load_now()
            with busy_processes(n_busy):
                cost = train_once(words, SPINNING if arguments.spin else {})
            measured.append(cost)
            beside = f"beside {n_busy} busy" if n_busy else "alone"
            print(f"{beside}: {cost.cpu_seconds:.1f} s of CPU, {cost.wall_seconds:.1f} s (load {load:.1f})", flush=True)
    alone, beside = (median(cost.cpu_seconds for cost in measured) for measured in costs.values())
    print(f"CPU beside other work: {beside / alone:.2f} times that alone (wanted: at most {WANTED})")


if __name__ == "__main__":
    main()
