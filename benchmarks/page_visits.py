"""Measures how long pages take to come to rest, as the first visit of a fresh server and by the sidebar of a warm one.

    python -m benchmarks.page_visits [--pages start sweep ...] [--visits 3] [--rounds 3] [--json]

A first visit begins when the browser requests the address, on a server that has answered its health check and nothing
else. A click begins with the browser's event; the pages are clicked in the sidebar's order, once without counting and
then `--rounds` times. Both end when the page's own title is shown, the script has ended and nothing is pending, half
loaded or out of date; the third of a second for which this must last is not counted. The shipped runs are the only
ones. The server's processor seconds are given next to the wall-clock seconds if the system reports them.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.machine import describe_machine, load_now
from tests.browser.chromium import find_chromium
from tests.browser.page_driver import IS_QUIET, WAIT
from tests.browser.server import Server, running_server

FIRST_TARGET, CLICK_TARGET = 4.0, 0.5  # upper limits for the medians, in seconds
CELLS = "pbmc68k_reduced-paired-clustergan"
REST_MS = 300  # a page that starts another run is at rest for a moment before it


class Place(NamedTuple):
    """A page: its name in the address, its title in the sidebar, and the parameters of its first visit."""

    name: str
    title: str
    query: str = ""


PLACES = (
    Place("start", "Start"),
    Place("learn", "Learn"),
    Place("data", "Data"),
    Place("train", "Train"),
    Place("sweep", "Sweep"),
    Place("map", "Map"),
    Place("clusters", "Clusters", f"?run={CELLS}"),
    Place("samples", "Samples", f"?run={CELLS}"),
    Place("modes", "Modes"),
    Place("interpolate", "Interpolate"),
    Place("runs", "Runs"),
    Place("compare", "Compare"),
    Place("papers", "Papers"),
)

# Records, at each browser frame, since when the wanted page has been at rest, and when the sidebar was clicked.
_WATCH = f"""title => {{
    const isQuiet = {IS_QUIET};
    const visit = window.visit = {{ title, began: 0, rest: null }};
    const look = () => {{
        const isThere = document.title === visit.title && document.querySelector("[data-testid=stMain] h1");
        if (!isThere || !isQuiet()) visit.rest = null;
        else visit.rest ??= performance.now();
        requestAnimationFrame(look);
    }};
    document.addEventListener("click", () => Object.assign(visit, {{ began: performance.now(), rest: null }}), true);
    look();
}}"""
_AT_REST = f"() => window.visit.rest !== null && performance.now() - window.visit.rest > {REST_MS}"


@dataclass(frozen=True)
class Visit:
    """Seconds of a visit, from its start until the page was at rest."""

    wall: float
    processor: float  # of the server, until the end of the visit


def first_visit(place: Place, browser: Browser) -> Visit:
    """Measures the first visit of a fresh server."""
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as server:
        page = _open(browser, place)
        visit = _time(page, server, lambda: page.goto(f"{server.url}/{place.name}{place.query}"))
        page.close()
    return visit


def clicks(places: Sequence[Place], n_rounds: int, browser: Browser) -> dict[str, list[Visit]]:
    """Measures visits by the sidebar of a server that has shown every page before, by the page's name."""
    visits: dict[str, list[Visit]] = {place.name: [] for place in places}
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as server:
        page = _open(browser, places[-1])
        _time(page, server, lambda: page.goto(f"{server.url}/{places[-1].name}"))
        for round_number in range(n_rounds + 1):
            for place in places:
                page.evaluate("title => { window.visit.title = title; }", _tab_title(place))
                link = page.get_by_test_id("stSidebarNav").get_by_role("link", name=place.title, exact=True)
                visit = _time(page, server, link.click)
                if round_number > 0:
                    visits[place.name].append(visit)
        page.close()
    return visits


def _open(browser: Browser, place: Place) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(f"({_WATCH})({json.dumps(_tab_title(place))})")
    return page


def _tab_title(place: Place) -> str:
    return f"{place.title} · ClusterGAN Explorer"


def _time(page: Page, server: Server, set_out: Callable[[], object]) -> Visit:
    before = _processor_seconds(server)
    set_out()
    page.wait_for_function(_AT_REST, timeout=WAIT)
    milliseconds = page.evaluate("() => window.visit.rest - window.visit.began")
    return Visit(milliseconds / 1000, _processor_seconds(server) - before)


def _processor_seconds(server: Server) -> float:
    """Processor seconds of the server so far; NaN if the system does not report them."""
    path = Path(f"/proc/{server.process.pid}/stat")
    if not path.exists():
        return math.nan
    figures = path.read_text().rpartition(")")[2].split()
    return (int(figures[11]) + int(figures[12])) / os.sysconf("SC_CLK_TCK")


def summarise(visits: Sequence[Visit]) -> dict[str, float]:
    """Median, minimum and maximum seconds of several visits."""
    walls = [visit.wall for visit in visits]
    return {
        "median": statistics.median(walls),
        "min": min(walls),
        "max": max(walls),
        "processor": statistics.median(visit.processor for visit in visits),
    }


def render(title: str, rows: dict[str, list[Visit]]) -> str:
    """A table for the terminal: one line for each page, then the median over all visits."""
    lines = [f"{title:<24}  {'median':>7}  {'min':>7}  {'max':>7}  {'processor':>9}"]
    everything = [visit for visits in rows.values() for visit in visits]
    for name, visits in [*rows.items(), ("all", everything)]:
        figures = summarise(visits)
        lines.append(
            f"{name:<24}  {figures['median']:>7.2f}  {figures['min']:>7.2f}  {figures['max']:>7.2f}"
            f"  {figures['processor']:>9.2f}"
        )
    return "\n".join(lines)


def misses(first: dict[str, list[Visit]], by_click: dict[str, list[Visit]]) -> list[str]:
    """What misses its target: pages by the median of their first visits, clicks by the median over all of them."""
    late = [f"first visit of {name}" for name, visits in first.items() if summarise(visits)["median"] >= FIRST_TARGET]
    every_click = [visit for visits in by_click.values() for visit in visits]
    if every_click and summarise(every_click)["median"] >= CLICK_TARGET:
        late.append("click from page to page")
    return late


def main() -> None:
    """Prints two tables, or one document with --json; exits with 1 if a median misses its target."""
    parser = argparse.ArgumentParser(description="Seconds until pages are at rest: first visits, and clicks.")
    parser.add_argument(
        "--pages", nargs="+", choices=[place.name for place in PLACES], help="measure first visits of these pages only"
    )
    parser.add_argument("--visits", type=int, default=3, help="fresh servers for each page; 0 skips first visits")
    parser.add_argument("--rounds", type=int, default=3, help="counted clicks on each page; 0 skips clicks")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    options = parser.parse_args()
    executable = find_chromium()
    if executable is None:
        sys.exit("No Chromium here: run `make browser`.")
    arguments = ["--disable-dev-shm-usage"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
    chosen = [place for place in PLACES if options.pages is None or place.name in options.pages]
    machine = describe_machine() | {"load": load_now()}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        # Round by round and not page by page, so that a busy minute of the machine affects all pages.
        first: dict[str, list[Visit]] = {}
        for _ in range(options.visits):
            for place in chosen:
                first.setdefault(place.name, []).append(first_visit(place, browser))
        by_click = clicks(PLACES, options.rounds, browser) if options.rounds > 0 else {}
        browser.close()
    if options.json:
        tables = {"first_visits": first, "clicks": by_click}
        figures = {title: {name: summarise(visits) for name, visits in rows.items()} for title, rows in tables.items()}
        print(json.dumps({"machine": machine, **figures}))
    else:
        print(json.dumps(machine))
        print("\n\n".join(render(title, rows) for title, rows in (("first visit", first), ("click", by_click)) if rows))
    late = misses(first, by_click)
    if late:
        sys.exit(f"Above its target: {', '.join(late)}")


if __name__ == "__main__":
    main()
