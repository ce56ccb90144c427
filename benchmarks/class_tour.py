"""A student's tour of lessons and pages, and what it costs the server."""

from __future__ import annotations

import asyncio
import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import psutil

from benchmarks.browser_session import BrowserSession, PageRun, Value

CELLS = "pbmc68k_reduced-paired-clustergan"
_SETTLE = 0.15  # seconds without processor time after which a run's clearing up has ended


class Step(NamedTuple):
    """A step of the tour: a page to open, or a widget to move on the page that is open."""

    page: str | None = None
    query: str = ""
    widget: str = ""
    value: Value = None

    @property
    def name(self) -> str:
        """What the tables call it."""
        if self.page is None:
            return f"  {self.widget}"
        return f"{self.page or 'start'}{'?' if self.query else ''}{self.query[:28]}"


TOUR = (
    Step("", ""),
    Step("learn"),
    Step(widget="learn-open-islands"),
    Step(widget="learn-next"),
    Step(widget="Skip"),
    Step(widget="learn-next"),
    Step(widget="All lessons"),
    Step(widget="learn-open-modes"),
    Step(widget="learn-next"),
    Step(widget="Skip"),
    Step(widget="New z_n"),
    Step(widget="learn-next"),
    Step("map"),
    Step(widget="colour", value="label"),
    Step("modes"),
    Step(widget="New z_n"),
    Step(widget="mode", value="3"),
    Step("interpolate"),
    Step(widget="a", value="4"),
    Step(widget="mu-slider", value=json.dumps({"moved": {"values": [[None, 0.3]], "n_sent": 1}})),
    Step(widget="New z_n"),
    Step("clusters", f"run={CELLS}"),
    Step(widget="one_cluster", value="1"),
    Step("samples", f"run={CELLS}"),
    Step("map", f"run={CELLS}"),
    Step("compare", "runs=digits-clustergan&runs=digits-paired-clustergan"),
    Step("papers"),
    Step(widget="paper", value="NEMGAN"),
    Step("runs"),
    Step("data"),
    Step(widget="dataset", value="mnist"),
    Step("train", "task=New run&dataset=digits"),
    Step(widget="preset", value="quick"),
    Step("sweep"),
)


@dataclass(frozen=True)
class Usage:
    """What a server and the processes it started have used so far, and hold now."""

    processor: float  # seconds
    memory: int  # bytes


def usage_of(process: psutil.Process) -> Usage:
    """The sum over the process and those below it; processor time includes that of children that have ended."""
    processor, memory = 0.0, 0
    for each in [process, *process.children(recursive=True)]:
        try:
            times, held = each.cpu_times(), each.memory_info().rss
        except psutil.NoSuchProcess:
            continue
        processor += times.user + times.system + times.children_user + times.children_system
        memory += held
    return Usage(processor, memory)


async def take(session: BrowserSession, step: Step) -> PageRun:
    """Takes a step; a widget that the page does not have counts as its error."""
    try:
        if step.page is not None:
            return await session.visit(step.page, step.query)
        return await session.set(step.widget, step.value)
    except LookupError as missing:
        return PageRun(errors=[str(missing)])


async def make_tour(url: str, process: psutil.Process) -> list[tuple[float, PageRun]]:
    """One tour: for each step the server's processor seconds until it rests, and the run."""
    results: list[tuple[float, PageRun]] = []
    async with BrowserSession(url) as session:
        for step in TOUR:
            before = usage_of(process).processor
            run = await take(session, step)
            used = usage_of(process).processor
            while (await asyncio.sleep(_SETTLE), now := usage_of(process).processor)[1] > used:
                used = now
            results.append((used - before, run))
    return results


def summarise(runs: Sequence[PageRun]) -> dict[str, Any]:
    """Median, 95th percentile and maximum of the seconds of some runs, their mean kilobytes, and their errors."""
    seconds = sorted(run.seconds for run in runs)
    return {
        "n": len(runs),
        "median_s": round(statistics.median(seconds), 3),
        "p95_s": round(seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))], 3),
        "max_s": round(seconds[-1], 3),
        "kb": round(statistics.mean(run.n_bytes for run in runs) / 1000, 1),
        "errors": sorted({error for run in runs for error in run.errors}),
    }
