"""Measures what a person waits for on the Learn page, in real Chromium on a warm server of its own.

    python -m benchmarks.lesson_waits [--rounds 5] [--json]

cards: from the address until all cards and their pictures are there, in a new browser profile each round. lesson: from
the press that opens Try until the player's first frame. keys: from a key until the browser has drawn what it changes,
for playing, pausing, a step on and back, and the ends. live: from the press of "Train live" until the first frame of a
trained step is drawn, cold (the first round, which starts the process) and warm; while it trains, the time between two
frames that come. Medians, and the largest; bounds are those of the design. On a busy machine all are longer.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.machine import describe_machine, load_now
from clustergan_core.lessons.lesson import lesson_names
from tests.browser.chromium import find_chromium
from tests.browser.page_driver import WAIT, settle
from tests.browser.server import Server, running_server

VIEW = {"width": 1920, "height": 1080}
LESSON, RUN = "islands", "cloud-1"
BOUNDS = {"cards": 1.5, "lesson": 2.0, "keys": 0.05, "live, cold": 5.0, "live, warm": 0.6, "between live frames": 1.0}
_KEYS = ("s", "Shift+S", "End", "Home", "ArrowRight", "ArrowLeft", "p", "p")
_LIVE_SECONDS = 6  # for which frames that come are watched

# Milliseconds from a key until the browser has drawn what the player has painted at once.
_PRESS = """async (stage, [key, shift]) => {
    const begun = performance.now();
    stage.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey: shift, bubbles: true, cancelable: true }));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - begun;
}"""
# Seconds at which the newest frame of a live training changed, and the first one of a trained step.
_WATCH = """async (stage, seconds) => {
    const begun = window.pressed;
    const times = [];
    let before = null;
    const end = begun + 1000 * seconds + 60000;
    await new Promise((done) => {
        const look = () => {
            const now = performance.now();
            const isLive = stage.dataset.source !== "recorded";
            const step = Number(stage.dataset.step);
            if (isLive && step > 0 && step !== before) {
                times.push((now - begun) / 1000);
                before = step;
            }
            const isOver = times.length && now - begun > 1000 * (times[0] + seconds);
            if (isOver || now > end || stage.dataset.source === "finished") done();
            else requestAnimationFrame(look);
        };
        look();
    });
    return times;
}"""


def time_cards(browser: Browser, server: Server) -> float:
    """Seconds until the last card's picture is there."""
    page = browser.new_page(viewport=VIEW)  # type: ignore[arg-type]
    begun = time.perf_counter()
    page.goto(f"{server.url}/learn", wait_until="commit")
    page.wait_for_function(
        """(count) => {
            const pictures = [...document.querySelectorAll('[data-testid="stMain"] img')];
            return pictures.length >= count && pictures.every((picture) => picture.complete);
        }""",
        arg=len(lesson_names()),
        timeout=WAIT,
    )
    taken = time.perf_counter() - begun
    page.context.close()
    return taken


def open_player(page: Page, server: Server) -> float:
    """Opens the lesson and skips its guess; seconds from that press to the player's first frame."""
    page.goto(f"{server.url}/learn?lesson={LESSON}&beat=predict&run={RUN}")
    skip = page.get_by_role("button", name="Skip")
    skip.wait_for(timeout=WAIT)
    settle(page)
    begun = time.perf_counter()
    skip.click()
    page.locator("canvas.stage[data-ready]").wait_for(timeout=WAIT)
    return time.perf_counter() - begun


def time_keys(page: Page) -> list[float]:
    """Seconds from each key to its frame."""
    stage = page.locator("canvas.stage")
    stage.focus()
    seconds = []
    for key in _KEYS:
        seconds.append(stage.evaluate(_PRESS, [key.rpartition("+")[2], key.startswith("Shift")]) / 1000)
        page.wait_for_timeout(150)
    return seconds


def time_live(page: Page) -> tuple[float, list[float]]:
    """Seconds from "Train live" to the first trained step, and between the frames that follow."""
    stage = page.locator("canvas.stage")
    page.get_by_role("button", name=re.compile("Train live")).evaluate(
        "(button) => { window.pressed = performance.now(); button.click(); }"
    )
    times = stage.evaluate(_WATCH, _LIVE_SECONDS)
    if not times:
        raise SystemExit("No frame of a live training came within a minute.")
    page.get_by_role("button", name=re.compile("Stop training")).click()
    leave = page.get_by_role("button", name="Show the recording")
    leave.wait_for(timeout=WAIT)
    leave.click()
    page.locator('canvas.stage[data-source="recorded"]').wait_for(timeout=WAIT)
    return times[0], [after - before for before, after in pairwise(times)]


def main() -> None:
    """Prints a line, or with --json a document, of all waits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    executable = find_chromium()
    if executable is None:
        raise SystemExit("No Chromium here: run `make browser`.")
    waits: dict[str, list[float]] = {name: [] for name in BOUNDS}
    load = load_now()
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as server, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        time_cards(browser, server)  # not counted: the server imports what its first visitor needs
        waits["cards"] = [time_cards(browser, server) for _ in range(arguments.rounds)]
        page = browser.new_page(viewport=VIEW)  # type: ignore[arg-type]
        open_player(page, server)  # not counted, as before
        for number in range(arguments.rounds):
            waits["lesson"].append(open_player(page, server))
            waits["keys"] += time_keys(page)
            first, between = time_live(page)
            waits["live, warm" if number else "live, cold"].append(first)
            waits["between live frames"] += between
        browser.close()
    rows = {
        name: {
            "median_s": statistics.median(values),
            "largest_s": max(values),
            "n": len(values),
            "bound_s": BOUNDS[name],
        }
        for name, values in waits.items()
        if values
    }
    if arguments.json:
        print(json.dumps({"machine": describe_machine(), "load": load, "waits": rows}, indent=1))
        return
    for name, row in rows.items():
        print(
            f"{name}: median {row['median_s']:.3f} s, largest {row['largest_s']:.3f} s of {row['n']} "
            f"(bound {row['bound_s']:g} s)"
        )


if __name__ == "__main__":
    main()
