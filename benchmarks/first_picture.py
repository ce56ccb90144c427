"""Measures how long a person waits for a picture of clusters after pressing Start, in real Chromium.

    python -m benchmarks.first_picture [NAME …] [--method M] [--rounds 3] [--json]

Each round opens the Train page on one server, waits until the estimate is there, reads the form for five seconds,
presses Start, and notes when each step of the forming map comes onto the page. first: the first step that the encoder
has trained. clusters: the first step whose clusters agree with the labels by an NMI of 0.5, which is read from the run
afterwards (labels do nothing else). The run is stopped then. Medians over rounds; on a busy machine all are longer, so
the load is printed beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.machine import describe_machine, load_now
from clustergan_core.data.opening import open_dataset
from clustergan_core.evaluation.agreement import score_agreement
from clustergan_core.runs.replay import frame_steps, read_frame
from clustergan_core.runs.run import Run
from tests.browser.chromium import find_chromium
from tests.browser.page_driver import WAIT, settle
from tests.browser.server import Server, running_server

VIEW = {"width": 1280, "height": 720}
DATASETS = ("digits", "usps", "mnist")
BOUND = 10.0  # seconds
NMI = 0.5
READING_SECONDS = 5.0  # of a person, in which a spare process loads its libraries
LIMIT = 240.0  # seconds after which a round is given up
_POLL_SECONDS = 0.1

# Seconds from the press at which each step of the forming map was first on the page, by a look at every new drawing.
_WATCH = """() => {
    const begun = performance.now();
    window.shownSteps = {};
    const look = () => {
        for (const strong of document.querySelectorAll('[data-testid="stMarkdown"] strong')) {
            const found = /^Step ([\\d,]+)$/.exec(strong.textContent);
            const parts = [...document.querySelectorAll('[data-testid="stMain"] *')];
            const isDrawn = parts.some((part) => part.shadowRoot?.querySelector("canvas.points"));
            const now = (performance.now() - begun) / 1000;
            if (found && isDrawn) window.shownSteps[found[1].replaceAll(",", "")] ??= now;
        }
        requestAnimationFrame(look);
    };
    look();
}"""


@dataclass(frozen=True)
class Wait:
    """One round: seconds until a picture, and the step that it shows."""

    dataset: str
    first: float
    first_step: int
    clusters: float
    clusters_step: int
    load: float


def measure(browser: Browser, server: Server, dataset: str, method: str) -> Wait:
    """Starts a run as a person does, and waits for its clusters."""
    page = browser.new_page(viewport=VIEW)  # type: ignore[arg-type]
    page.goto(f"{server.url}/train?dataset={dataset}&method={method.replace(' ', '+')}&preset=default")
    page.get_by_text("on this machine").first.wait_for(timeout=WAIT)
    settle(page)
    page.wait_for_timeout(1000 * READING_SECONDS)
    before, load = set(_runs(server)), load_now()
    page.evaluate(_WATCH)
    page.get_by_role("button", name="Start training").click()
    begun = time.perf_counter()
    while not (created := set(_runs(server)) - before):
        time.sleep(_POLL_SECONDS)
    run = Run(created.pop())
    try:
        step = _wait_for_clusters(run, dataset, page, begun)
        shown = {int(key): value for key, value in page.evaluate("window.shownSteps").items()}
    finally:
        page.context.close()
        _end(run)
    first = min(shown)
    return Wait(dataset, shown[first], first, shown[step], step, load)


def _wait_for_clusters(run: Run, dataset: str, page: Page, begun: float) -> int:
    """The first step with clusters that has been on the page."""
    data = open_dataset(dataset)
    assert data.labels is not None, "the data has labels to tell clusters by"
    known: dict[int, float] = {}
    while time.perf_counter() - begun < LIMIT:
        shown = [int(key) for key in page.evaluate("Object.keys(window.shownSteps)")]
        for step in set(frame_steps(run.folder)) - set(known):
            frame = read_frame(run.folder, step)
            if frame is not None:
                known[step] = score_agreement(data.labels[frame.indices], frame.clusters).nmi
        with_clusters = sorted(step for step in shown if step and known.get(step, 0) >= NMI)
        if with_clusters:
            return with_clusters[0]
        page.wait_for_timeout(1000 * _POLL_SECONDS)
    raise SystemExit(f"No clusters of {dataset} came onto the page within {LIMIT:.0f} s; NMI by step: {known}.")


def _end(run: Run) -> None:
    run.request("stop")
    deadline = time.perf_counter() + LIMIT
    while not run.status().is_over and time.perf_counter() < deadline:
        time.sleep(_POLL_SECONDS)


def _runs(server: Server) -> list[Path]:
    return [path.parent for path in (server.folder / "runs").glob("*/config.json")]


def main() -> None:
    """Prints a line, or with --json a document, of all waits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="*", metavar="NAME", default=list(DATASETS))
    parser.add_argument("--method", default="Paired ClusterGAN", help="a method by its title")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    executable = find_chromium()
    if executable is None:
        raise SystemExit("No Chromium here: run `make browser`.")
    rows: list[Wait] = []
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as server, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        for dataset in arguments.datasets:
            for number in range(arguments.rounds):
                rows.append(measure(browser, server, dataset, arguments.method))
                if not arguments.json:
                    print(_describe(rows[-1], number), flush=True)
        browser.close()
    medians = {
        name: {
            key: float(np.round(statistics.median(getattr(row, key) for row in rows if row.dataset == name), 2))
            for key in ("first", "clusters")
        }
        for name in arguments.datasets
    }
    if arguments.json:
        print(json.dumps(describe_machine() | {"rows": [asdict(row) for row in rows], "medians": medians}, indent=1))
        return
    for name, median in medians.items():
        first, clusters = median["first"], median["clusters"]
        print(f"{name}: first picture {first:.1f} s, with clusters {clusters:.1f} s (bound {BOUND:g} s)")


def _describe(row: Wait, number: int) -> str:
    return (
        f"{row.dataset:<10} round {number + 1}: step {row.first_step} at {row.first:.1f} s, clusters (step "
        f"{row.clusters_step}) at {row.clusters:.1f} s; load {row.load:.1f}"
    )


if __name__ == "__main__":
    main()
