"""Measures what a class of students asks of one server, and what each page costs it.

    python -m benchmarks.class_load [--students 30] [--think 10] [--clicks 33] [--seconds 600] [--json]
    python -m benchmarks.class_load --profile [--rounds 5] [--against COMMIT] [--json]

A class: every student is a session of the server's own protocol (`browser_session.py`) and follows the same tour of
lessons and pages, about as long at each step, so that a class asks for the same pages at about the same time. They come
in over the first `--think` seconds, think for half to one and a half times `--think` seconds between the end of a run
and their next click, stop after `--clicks` clicks each or `--seconds` seconds in all, and leave. Before they come, one
student has made the whole tour: what is read once for all sessions is read. Printed: the seconds from a click to the
end of the script, what the pages showed in red, kilobytes, processor time, and memory before, at its highest and after.
Exits with 1 if the 95th percentile reaches 2 s, a page shows an error, memory reaches 2 GB, or 200 MB more are held
after they have left.

The profile: one student makes the tour `--rounds` times after a first one that is not counted. Printed for each step:
the median of the server's processor time, with what it does after the script's end, and kilobytes. `--against` takes
turns with the server of an earlier commit, so that other work on the machine meets both alike.

The files of the app itself, which a browser keeps, are not fetched. Processor time and memory are those of the server
and of the processes it started.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import random
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil

from benchmarks.browser_session import BrowserSession, PageRun
from benchmarks.class_tour import TOUR, Usage, make_tour, summarise, take, usage_of
from benchmarks.machine import describe_machine, load_now
from clustergan_core.paths import PROJECT_FOLDER
from tests.browser.server import running_server

P95_TARGET, MEMORY_TARGET, GROWTH_TARGET = 2.0, 2e9, 200e6  # seconds; bytes at most; bytes above those of before
SEED = 20_240_901
LEAVE_SECONDS = 45  # the server lets sessions go 30 s after they have left


async def study(
    url: str, number: int, n_students: int, n_clicks: int, think: float, until: float
) -> list[tuple[str, PageRun]]:
    """One student's steps with their runs, until `until` on the monotonic clock."""
    moments = random.Random(f"{SEED} {number}")
    runs: list[tuple[str, PageRun]] = []
    await asyncio.sleep(think * number / n_students)
    async with BrowserSession(url) as session:
        for index in range(n_clicks):
            step = TOUR[index % len(TOUR)]
            runs.append((step.name, await take(session, step)))
            pause = think * moments.uniform(0.5, 1.5)
            if time.monotonic() + pause > until:
                break
            await asyncio.sleep(pause)
    return runs


async def watch(process: psutil.Process, samples: list[Usage]) -> None:
    """Appends the usage every second until cancelled."""
    while True:
        samples.append(usage_of(process))
        await asyncio.sleep(1.0)


async def hold_class(
    url: str, process: psutil.Process, n_students: int, n_clicks: int, think: float, seconds: float
) -> dict[str, Any]:
    """The figures of a class, after one student has made the tour."""
    await make_tour(url, process)
    await asyncio.sleep(LEAVE_SECONDS)
    before, load, start = usage_of(process), load_now(), time.monotonic()
    samples: list[Usage] = []
    watcher = asyncio.create_task(watch(process, samples))
    classes = await asyncio.gather(
        *(study(url, number, n_students, n_clicks, think, start + seconds) for number in range(n_students))
    )
    watcher.cancel()
    wall, end = time.monotonic() - start, usage_of(process)
    await asyncio.sleep(LEAVE_SECONDS)
    after = usage_of(process)
    runs = [run for student in classes for run in student]
    return {
        "students": n_students,
        "clicks": len(runs),
        "wall_s": round(wall, 1),
        "load_before": round(load, 2),
        **summarise([run for _, run in runs]),
        "processor_s_a_click": round((end.processor - before.processor) / len(runs), 3),
        "cores_used": round((end.processor - before.processor) / wall, 2),
        "memory_mb": {
            "before": before.memory // 10**6,
            "highest": max(sample.memory for sample in samples) // 10**6,
            "after": after.memory // 10**6,
        },
        "steps": {name: summarise([run for each, run in runs if each == name]) for name in dict(runs)},
    }


@contextmanager
def checked_out(commit: str | None) -> Iterator[Path]:
    """The project's folder, or one with the program as it was at a commit."""
    if commit is None:
        yield PROJECT_FOLDER
        return
    packed = subprocess.run(["git", "archive", commit], cwd=PROJECT_FOLDER, capture_output=True, check=True).stdout
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
        yield Path(folder)


async def profile_in_turns(commits: Sequence[str | None], n_rounds: int) -> dict[str, list[dict[str, Any]]]:
    """For each commit (None for what is here) a row for each step of the tour: medians over the rounds."""
    with ExitStack() as stack:
        servers = {}
        for commit in commits:
            project = stack.enter_context(checked_out(commit))
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            server = stack.enter_context(running_server(folder, project / "app.py", project))
            servers[commit or "now"] = server.url, psutil.Process(server.process.pid)
        rounds: dict[str, list[list[tuple[float, PageRun]]]] = {name: [] for name in servers}
        for number in range(n_rounds + 1):
            for name, (url, process) in servers.items():
                result = await make_tour(url, process)
                if number > 0:
                    rounds[name].append(result)
    return {
        name: [
            {
                "step": step.name,
                "processor_s": round(statistics.median(seconds for seconds, _ in column), 3),
                **summarise([run for _, run in column]),
            }
            for step, column in zip(TOUR, zip(*tours, strict=True), strict=True)
        ]
        for name, tours in rounds.items()
    }


def render_profile(profiles: dict[str, list[dict[str, Any]]]) -> str:
    """A line for each step, and the sums."""
    titles = [f"{name[:10]:>10} s  {'kB':>7}" for name in profiles]
    lines = [f"{'step':<36}  {'  '.join(titles)}"]
    for rows in zip(*profiles.values(), strict=True):
        figures = [f"{row['processor_s']:>12.3f}  {row['kb']:>7.1f}" for row in rows]
        errors = "; ".join(str(error) for row in rows for error in row["errors"])
        lines.append(f"{rows[0]['step']:<36}  {'  '.join(figures)}  {errors}".rstrip())
    sums = [
        f"{sum(row['processor_s'] for row in rows):>12.3f}  {sum(row['kb'] for row in rows):>7.1f}"
        for rows in profiles.values()
    ]
    lines.append(f"{'the tour':<36}  {'  '.join(sums)}")
    return "\n".join(lines)


def misses(figures: dict[str, Any]) -> list[str]:
    """What misses its bound."""
    memory = figures["memory_mb"]
    missed = {
        f"the 95th percentile of the seconds, {figures['p95_s']}": figures["p95_s"] >= P95_TARGET,
        f"no error, but there are {figures['errors']}": bool(figures["errors"]),
        f"the memory, {memory['highest']} MB": memory["highest"] * 1e6 >= MEMORY_TARGET,
        f"the memory after they have left, {memory['after']} MB": memory["after"] - memory["before"]
        > GROWTH_TARGET / 1e6,
    }
    return [what for what, is_missed in missed.items() if is_missed]


def main() -> None:
    """Prints the class's figures, or the profile."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--clicks", type=int, default=len(TOUR), help="of each student; at most 200")
    parser.add_argument("--think", type=float, default=10.0, help="seconds between an answer and the next click")
    parser.add_argument(
        "--seconds", type=float, default=600.0, help="after which nobody clicks any more; at most 1,800"
    )
    parser.add_argument("--profile", action="store_true", help="one student: processor time, step by step")
    parser.add_argument("--rounds", type=int, default=5, help="counted tours of the profile")
    parser.add_argument("--against", metavar="COMMIT", help="profile an earlier commit in turns with this one")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    options = parser.parse_args()
    if options.students > 100 or options.clicks > 200 or options.seconds > 1800:
        parser.error("a class has at most 100 students, 200 clicks each and 1,800 seconds")
    machine = describe_machine() | {"load": round(load_now(), 2)}
    if options.profile:
        profiles = asyncio.run(profile_in_turns([options.against, None] if options.against else [None], options.rounds))
        print(json.dumps({"machine": machine, "profiles": profiles}) if options.json else render_profile(profiles))
        return
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as server:
        process = psutil.Process(server.process.pid)
        figures = asyncio.run(
            hold_class(server.url, process, options.students, options.clicks, options.think, options.seconds)
        )
    print(json.dumps({"machine": machine, **figures}, indent=None if options.json else 1))
    if missed := misses(figures):
        sys.exit(f"Missed: {'; '.join(missed)}")


if __name__ == "__main__":
    main()
