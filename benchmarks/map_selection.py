"""Measures two times of the map in a real browser: Python's response to a lasso, and a redraw.

    python -m benchmarks.map_selection [--points 70000 200000] [--gestures 9] [--json]

Round trip: from the release of the mouse until Python's text about the selection is on the page.
Redraw: all points, at each step of a drag.
"""

import argparse
import json
import math
import os
import platform
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import find_chromium
from tests.browser.server import PROJECT, running_server

HOST = PROJECT / "tests" / "browser" / "hosts" / "canvas_map_host.py"
N_REDRAWS = 40

# Both times are read in the browser, so that the driver's own delays are excluded.
STOPWATCH = """() => {
    const read = () => [...document.querySelectorAll('[data-testid="stText"]')].map(e => e.innerText).join();
    window.addEventListener("pointerup", () => {
        const before = read(), released = performance.now();
        window.roundTrip = null;
        const observer = new MutationObserver(() => {
            if (read() === before) return;
            window.roundTrip = performance.now() - released;
            observer.disconnect();
        });
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    }, { capture: true });
}"""


def main() -> None:
    """Prints a table, or one JSON document with --json."""
    parser = argparse.ArgumentParser(description="Measure a lasso's round trip and a redraw of the map.")
    parser.add_argument("--points", type=int, nargs="+", default=[70_000, 200_000])
    parser.add_argument("--gestures", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    path = find_chromium()
    if path is None:
        sys.exit("No Chromium starts here: install Chromium or Chrome, or name one in the variable CHROMIUM.")
    arguments = ["--headless=new", "--disable-dev-shm-usage"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
    rows = []
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder), HOST) as server,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=path, args=arguments)
        for n_points in options.points:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{server.url}/?n={n_points}")
            page.locator(".stage[data-transform]").wait_for()
            rows.append(measure(page, n_points, options.gestures))
            page.close()
        browser.close()
    if options.json:
        print(
            json.dumps({"machine": platform.processor() or platform.machine(), "cores": os.cpu_count(), "rows": rows})
        )
        return
    print(
        f"{'points':>8}  {'round trip, s: median':>21}  {'min':>6}  {'max':>6}  {'redraw, ms: median':>18}  {'max':>6}"
    )
    for row in rows:
        trip, redraw = row["round_trip_s"], row["redraw_ms"]
        print(
            f"{row['n_points']:>8,}  {trip['median']:>21.3f}  {trip['min']:>6.3f}  {trip['max']:>6.3f}"
            f"  {redraw['median']:>18.1f}  {redraw['max']:>6.1f}"
        )


def measure(page: Page, n_points: int, n_gestures: int) -> dict[str, object]:
    """Measures one row: round trips of lassos at different places and sizes, and redraws during a drag."""
    page.evaluate(STOPWATCH)
    page.get_by_role("button", name="Lasso (L)").click()
    trips = [time_lasso(page, number) for number in range(n_gestures)]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Pan (H)").click()
    return {
        "n_points": n_points,
        "round_trip_s": summarise([trip / 1000 for trip in trips]),
        "redraw_ms": summarise(time_redraws(page)),
    }


def time_lasso(page: Page, number: int) -> float:
    """Draws one outline with the mouse and returns the milliseconds until Python's response is on the page."""
    x, y = middle(page)
    radius = 110 + 12 * number
    places = [
        (x + 15 * number + radius * math.cos(turn), y + radius * math.sin(turn))
        for turn in (2 * math.pi * k / 60 for k in range(60))
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place)
    page.mouse.up()
    page.wait_for_function("window.roundTrip > 0", timeout=30_000)
    page.wait_for_timeout(300)  # the run ends before the next gesture begins
    return page.evaluate("window.roundTrip")


def time_redraws(page: Page) -> list[float]:
    x, y = middle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    times = []
    for step in range(N_REDRAWS):
        page.mouse.move(x + 5 + 3 * step, y + 2 * step)
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        times.append(float(page.locator(".stage").get_attribute("data-draw-ms") or "nan"))
    page.mouse.up()
    return times


def middle(page: Page) -> tuple[float, float]:
    box = page.locator("canvas.points").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def summarise(times: list[float]) -> dict[str, float]:
    return {"median": statistics.median(times), "min": min(times), "max": max(times)}


if __name__ == "__main__":
    main()
