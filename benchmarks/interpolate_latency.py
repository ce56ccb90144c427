"""Measures how long the page Interpolate takes from a moved pointer to the new picture, in real Chromium.

    python -m benchmarks.interpolate_latency [RUN] [--moves 60] [--json]

RUN is a directory or a shipped model's name. The app is started on a free port. Three handles are dragged, those of μ,
of a mode's weight and of an entry of z_n: a move is timed inside the page, from the browser's time of the pointer event
until the frame that shows its picture is done, and messages to the server between press and release are counted.
Then, how long the strip of a handle takes from the pointer's arrival to being usable.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.machine import describe_machine
from clustergan_core.errors import AppError
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import find_run
from tests.browser.chromium import find_chromium
from tests.browser.page_driver import settle, visit
from tests.browser.server import running_server

TARGET_MS = 17.0  # upper limit for the median
LATE_MS = 33.0  # and for 19 of 20 moves
_N_ARRIVALS = 8

# Records the time from each pointer event to the end of the frame that shows what it did, and every message sent.
_WATCH = """() => {
    const seen = window.seen = { moves: [], sent: 0 };
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (...parts) { seen.sent += 1; return send.apply(this, parts); };
    document.addEventListener("pointermove", (event) => event.buttons && requestAnimationFrame(() => {
        const channel = new MessageChannel();  // its message comes after the frame is drawn
        channel.port1.onmessage = () => seen.moves.push(performance.now() - event.timeStamp);
        channel.port2.postMessage(0);
    }), true);
}"""
# Records the time from the pointer's arrival at a dial until its own strip is here.
_AWAIT_STRIP = """(track) => {
    const seen = window.seen;
    seen.wait = null;
    track.parentElement.addEventListener("pointerenter", ({ timeStamp }) => {
        const observer = new MutationObserver(() => {
            if (track.dataset.strip !== "here") return;
            observer.disconnect();
            seen.wait = performance.now() - timeStamp;
        });
        observer.observe(track, { attributeFilter: ["data-strip"] });
    }, { once: true });
}"""


def measure(run: Run, n_moves: int) -> dict[str, dict[str, float]]:
    """By handle: median and 95th percentile in milliseconds, and messages; and the same until a strip is here."""
    executable = find_chromium()
    if executable is None:
        raise SystemExit("No Chromium here: run `make browser`.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        if not run.is_shipped:
            shutil.copytree(run.folder, Path(folder) / "runs" / run.name)
        arguments = ["--disable-dev-shm-usage", "--disable-gpu"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
        with running_server(Path(folder)) as server:
            browser = playwright.chromium.launch(executable_path=executable, args=arguments)
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            page.set_default_timeout(60_000)
            visit(page, f"{server.url}/interpolate?run={run.name}&mu=0.3")
            _watch(page, "μ")
            results = {"μ": _drag(page, "μ", n_moves)}
            visit(page, f"{server.url}/interpolate?run={run.name}&view=All+modes&zn=By+dimension")
            _watch(page, "Mode 1")
            results |= {name: _drag(page, name, n_moves) for name in ("Mode 1", "z_n 1")}
            results["strip after arrival"] = _summarise(_arrive(page), 0)
            browser.close()
    return results


def _watch(page: Page, name: str) -> None:
    page.get_by_role("slider", name=name, exact=True).wait_for()
    settle(page)
    page.evaluate(_WATCH)


def _drag(page: Page, name: str, n_moves: int) -> dict[str, float]:
    track = page.get_by_role("slider", name=name, exact=True)
    track.hover()
    page.wait_for_timeout(500)
    settle(page)
    box = track.bounding_box()
    assert box is not None
    page.mouse.down()
    sent = page.evaluate("(window.seen.moves = [], window.seen.sent)")
    for move in range(n_moves):
        share = 0.5 + 0.45 * ((move % 20) / 10 - 1)
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 0.6 * box["height"])
        page.wait_for_timeout(30)
    moves, after = page.evaluate("[window.seen.moves, window.seen.sent]")
    page.mouse.up()
    settle(page)
    return _summarise(moves, after - sent)


def _arrive(page: Page) -> list[float]:
    """Milliseconds from the pointer's arrival at one handle after the other until its strip is usable."""
    times = []
    for track in page.get_by_role("slider", name=re.compile(r"^z_n \d+$")).all()[:_N_ARRIVALS]:
        if track.get_attribute("data-strip") == "here":
            continue  # that of the handle that was moved last: none comes
        track.evaluate(_AWAIT_STRIP)
        track.hover()
        page.wait_for_function("() => window.seen.wait !== null", timeout=10_000)
        times.append(page.evaluate("window.seen.wait"))
        settle(page)
    return times


def _summarise(times: Sequence[float], n_sent: int) -> dict[str, float]:
    late = statistics.quantiles(times, n=20)[-1]
    return {
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(late, 1),
        "n": len(times),
        "messages": n_sent,
    }


def main() -> None:
    """Prints a line for each handle; exits with 1 if a drag misses the targets."""
    parser = argparse.ArgumentParser(description="Milliseconds from a moved pointer to the new picture.")
    parser.add_argument("run", nargs="?", default="digits-clustergan", help="a run's directory or a model's name")
    parser.add_argument("--moves", type=int, default=60, help="moves of each handle to time")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    arguments = parser.parse_args()
    try:
        run = find_run(arguments.run)
    except AppError as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
    results = measure(run, arguments.moves)
    if arguments.json:
        print(json.dumps({"run": run.name, "machine": describe_machine(), "handles": results}))
    else:
        for name, result in results.items():
            print(f"{name}: {', '.join(f'{key} {value:g}' for key, value in result.items())}")
    drags = [result for name, result in results.items() if name != "strip after arrival"]
    is_met = all(
        drag["median_ms"] <= TARGET_MS and drag["p95_ms"] <= LATE_MS and not drag["messages"] for drag in drags
    )
    sys.exit(0 if is_met else 1)


if __name__ == "__main__":
    main()
