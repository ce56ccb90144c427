"""Measures how long the page Interpolate takes from a key press on the μ slider to the new picture, in real Chromium.

    python -m benchmarks.interpolate_latency [RUN] [--moves 15] [--json]

RUN is a directory or a shipped model's name. The app is started on a free port, and times are measured inside the page:
from the browser's key event until the large picture has a new source and is decoded.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from clustergan_core.errors import AppError
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import find_run
from tests.browser.chromium import find_chromium
from tests.browser.server import running_server

TARGET_SECONDS = 0.25  # upper limit for the median
PICTURE = "img[alt^='Generated sample at']"
_STILL_MS = 600  # the page is at rest after this long without a change
_LIMIT_MS = 10_000

# Records the time of each key, and of each moment at which the large picture has a new source and is decoded.
_WATCH = """selector => {
    const times = window.pictureTimes = { key: [], picture: [] };
    let source = document.querySelector(selector).src;
    const look = async () => {
        const picture = document.querySelector(selector);
        if (!picture || picture.src === source) return;
        const next = picture.src;
        try { await picture.decode(); } catch { return requestAnimationFrame(look); }  // replaced meanwhile: look again
        if (next === source) return;
        source = next;
        times.picture.push(performance.now());
    };
    document.addEventListener("keydown", () => times.key.push(performance.now()), true);
    new MutationObserver(look).observe(
        document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["src"] });
}"""


def measure(run: Run, n_moves: int) -> list[float]:
    """Seconds from key press to picture for each of `n_moves` slider steps, after two that are not counted."""
    executable = find_chromium()
    if executable is None:
        raise SystemExit("No Chromium here: run `make browser`.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        if not run.is_shipped:
            shutil.copytree(run.folder, Path(folder) / "runs" / run.name)
        arguments = ["--disable-dev-shm-usage"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
        with running_server(Path(folder)) as server:
            browser = playwright.chromium.launch(executable_path=executable, args=arguments)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(60_000)
            page.goto(f"{server.url}/interpolate?run={run.name}&mu=0.3")
            times = _time_moves(page, n_moves + 2)
            browser.close()
    return times[2:]


def _time_moves(page: Page, n_moves: int) -> list[float]:
    slider = page.get_by_test_id("stSlider").locator("input[type=range]").first
    page.locator(PICTURE).wait_for()
    page.get_by_text("The walk over μ").wait_for()
    page.wait_for_timeout(2 * _STILL_MS)
    page.evaluate(_WATCH, PICTURE)
    slider.focus()
    for move in range(1, n_moves + 1):
        page.keyboard.press("ArrowRight")
        page.wait_for_function("n => window.pictureTimes.picture.length >= n", arg=move, timeout=_LIMIT_MS)
        page.wait_for_timeout(_STILL_MS)
    times = page.evaluate("window.pictureTimes")
    return [(picture - key) / 1000 for key, picture in zip(times["key"], times["picture"], strict=True)]


def main() -> None:
    """Prints the median, minimum and maximum in seconds; exits with 1 if the median misses the target."""
    parser = argparse.ArgumentParser(description="Seconds from a key on the μ slider to the new picture.")
    parser.add_argument("run", nargs="?", default="digits", help="a run's directory or a shipped model's name")
    parser.add_argument("--moves", type=int, default=15, help="steps of the slider to time")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    arguments = parser.parse_args()
    try:
        run = find_run(arguments.run)
    except AppError as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
    times = measure(run, arguments.moves)
    median = statistics.median(times)
    result = {"run": run.name, "median": median, "min": min(times), "max": max(times), "target": TARGET_SECONDS}
    if arguments.json:
        print(json.dumps(result | {"seconds": times}))
    else:
        print(f"{run.name}: median {median:.3f} s, min {min(times):.3f} s, max {max(times):.3f} s ({len(times)} moves)")
    sys.exit(0 if median < TARGET_SECONDS else 1)


if __name__ == "__main__":
    main()
