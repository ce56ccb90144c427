"""Takes pictures of every page, light and dark, for README and docs: docs/images/<page>-<light|dark>.png.

    python -m benchmarks.screenshots [--pages start map ...] [--out docs/images]

They show the shipped models, or the newest finished run in CLUSTERGAN_RUNS if there is none. The picture of Samples
needs a finished run on several samples there, and is left out where there is none; that of Train needs a short run,
which takes about a minute to train.
"""

import argparse
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from scipy.spatial import cKDTree

from clustergan_core.errors import RunError
from clustergan_core.paths import runs_folder
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import list_runs, list_shipped
from tests.browser.chromium import find_chromium
from tests.browser.map_driver import drag, middle, star
from tests.browser.page_driver import WAIT, settle
from tests.browser.server import PROJECT, running_server

WIDTH, HEIGHT = 1280, 800
CELLS = "pbmc68k_reduced-paired-clustergan"  # cells that are available on every machine
MAX_BYTES = 150_000
COLOURS = (256, 192, 128, 96, 64)  # the first number that stays below MAX_BYTES is used
PATIENCE = 300_000  # milliseconds: for a map that has to be computed first, and for a short training

Scheme = Literal["light", "dark"]


def main() -> None:
    """Writes the pictures and prints the path and size of each."""
    parser = argparse.ArgumentParser(description="Take pictures of the pages.")
    parser.add_argument("--pages", nargs="+", choices=list(SCENES), default=list(SCENES))
    parser.add_argument("--out", type=Path, default=PROJECT / "docs" / "images")
    options = parser.parse_args()
    chromium, run, of_samples = find_chromium(), choose_run(), choose_run_of_samples()
    if chromium is None:
        sys.exit("No Chromium starts here: install Chromium or Chrome, or name one in the variable CHROMIUM.")
    if run is None:
        sys.exit(f"There is no shipped model and no finished run in {runs_folder()}: train one first.")
    options.out.mkdir(parents=True, exist_ok=True)
    arguments = ["--disable-dev-shm-usage"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        if not run.is_shipped:
            shutil.copytree(run.folder, Path(folder) / "runs" / run.name)
        if of_samples is not None:
            shutil.copytree(of_samples.folder, Path(folder) / "runs" / of_samples.name, dirs_exist_ok=True)
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        with running_server(Path(folder)) as server:
            for name in options.pages:
                shown = of_samples if name == "samples" else run
                if shown is None:
                    print(f"samples: left out, because no finished run in {runs_folder()} has several samples")
                    continue
                for scheme in ("light", "dark"):
                    path = options.out / f"{name}-{scheme}.png"
                    path.write_bytes(compress(take(browser, server.url, name, shown, scheme)))
                    print(f"{path}  {path.stat().st_size / 1000:.0f} kB", flush=True)
        browser.close()


def choose_run() -> Run | None:
    """The shipped model of MNIST, else any shipped model, else the user's newest finished run."""
    shipped = sorted(list_shipped(), key=lambda run: run.config.dataset.source != "mnist")
    return next(iter([*shipped, *(run for run in list_runs() if _is_finished(run))]), None)


def choose_run_of_samples() -> Run | None:
    """The user's newest finished run on several samples of an experiment."""
    return next((run for run in list_runs() if _is_finished(run) and run.config.dataset.batch_counts), None)


def take(browser: Browser, url: str, name: str, run: Run, scheme: Scheme) -> bytes:
    """PNG of one page, taken once nothing on it changes any more."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme)
    context.set_default_timeout(WAIT)
    page = context.new_page()
    query, act = SCENES[name]
    path = "" if name == "start" else PAGE_OF.get(name, name)  # the first page's address is the bare one
    page.goto(f"{url}/{path}?{urlencode(query | {'run': run.name} if name in OF_A_RUN else query, doseq=True)}")
    settle(page)
    act(page)
    settle(page)
    # Neither a focus ring nor a tooltip should appear in the picture.
    page.evaluate("document.activeElement?.blur()")
    page.mouse.move(WIDTH - 2, 2)
    picture = page.screenshot(animations="disabled", caret="hide")
    context.close()
    return picture


def compress(picture: bytes) -> bytes:
    """The picture with a palette of as many colours as keep it below MAX_BYTES."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    content = b""
    for n_colours in COLOURS:
        file = io.BytesIO()
        reduce_colours(image, n_colours).save(file, "PNG", optimize=True)
        content = file.getvalue()
        if len(content) < MAX_BYTES:
            return content
    sys.exit(f"A picture has {len(content):,} bytes with {COLOURS[-1]} colours, more than {MAX_BYTES:,}.")


def reduce_colours(image: Image.Image, n_colours: int) -> Image.Image:
    """The image with its most frequent colours unchanged, and the others replaced by the nearest of a range of colours.

    Pillow's own methods either lose the colour of a single point or tint the page.
    """
    pixels = np.asarray(image).reshape(-1, 3)
    colours, places, counts = np.unique(pixels, axis=0, return_inverse=True, return_counts=True)
    frequent = colours[np.argsort(-counts, kind="stable")[: n_colours // 2]]
    spread = image.quantize(n_colours // 2, Image.Quantize.MAXCOVERAGE).convert("RGB")
    palette = np.unique(np.concatenate([frequent, np.unique(np.asarray(spread).reshape(-1, 3), axis=0)]), axis=0)
    nearest = cKDTree(palette).query(colours)[1].astype(np.uint8)
    reduced = Image.fromarray(nearest[places.ravel()].reshape(image.height, image.width))
    reduced.putpalette(palette.astype(np.uint8).tobytes())
    return reduced


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def look(page: Page) -> None:
    """Does nothing before the picture is taken."""


def select_on_map(page: Page) -> None:
    """Draws a lasso around the middle of the finished map."""
    page.get_by_text("Click a point").wait_for(timeout=PATIENCE)
    scroll_to(page.locator(".stage[data-transform]"), "end")
    page.get_by_role("button", name="Lasso (L)").click()
    drag(page, star(*middle(page.locator("canvas.points")), radius=250))
    page.get_by_text("samples selected").wait_for()


def select_on_two_maps(page: Page) -> None:
    """Draws a lasso on the left of two maps; the right one shows the same samples."""
    canvas = page.locator("canvas.points").first
    scroll_to(page.get_by_role("heading", name="Two maps"), "start")
    settle(page)
    page.get_by_role("button", name="Lasso (L)").first.click()
    drag(page, star(*middle(canvas), radius=150))
    page.get_by_text("samples selected").wait_for()


def train_briefly(page: Page) -> None:
    """Trains a short run from start to end and shows its figures."""
    page.get_by_role("button", name="Start training").click()
    page.get_by_role("heading", name="Result").wait_for(timeout=PATIENCE)
    settle(page)
    scroll_to(page.get_by_role("heading", name="Generated samples", exact=True), "start")


def show_sweep(page: Page) -> None:
    """Shows the whole figure of the first shipped sweep."""
    scroll_to(page.get_by_role("heading", name="Result"), "start")


def show_walk(page: Page) -> None:
    """Shows the large picture, the slider and what the encoder reads."""
    scroll_to(page.get_by_role("button", name="GIF"), "end")


def show_markers(page: Page) -> None:
    """Shows the clusters and their dot plot."""
    scroll_to(page.get_by_role("heading", name="Genes in all clusters"), "start")
    settle(page)


def show_conditions(page: Page) -> None:
    """Shows the genes between two conditions, and one gene in every sample."""
    page.get_by_role("heading", name="Markers within samples").wait_for(timeout=PATIENCE)
    scroll_to(page.get_by_role("heading", name="Genes:"), "start")


def show_genes(page: Page) -> None:
    """Shows genes along a walk from cell type to cell type."""
    page.get_by_text("Genes along the walk").wait_for(timeout=PATIENCE)
    scroll_to(page.get_by_role("slider").first, "start")


def scroll_to(place: Locator, edge: Literal["start", "end"]) -> None:
    """Scrolls until the element is at the upper or the lower edge of the window."""
    place.wait_for()
    place.evaluate("(element, edge) => element.scrollIntoView({ block: edge })", edge)


def _is_finished(run: Run) -> bool:
    """Whether a run is finished; damaged runs count as unfinished."""
    try:
        return run.status().state == "finished"
    except RunError:
        return False


# The parameters of the address, and the actions before the picture is taken. Train comes last because it adds a run.
SCENES: dict[str, tuple[dict[str, str | list[str]], Callable[[Page], None]]] = {
    "start": ({}, look),
    "data": ({"dataset": "digits"}, look),
    "map": ({}, select_on_map),
    "map-gene": ({"run": CELLS, "gene": "CD79A"}, look),
    "clusters": ({"run": CELLS}, show_markers),
    "walk": ({"run": CELLS}, show_genes),
    "modes": ({}, look),
    "interpolate": ({}, show_walk),
    "samples": ({"cluster": "3"}, show_conditions),
    "runs": ({}, look),
    "learn": ({}, look),
    "compare": ({"runs": ["digits-clustergan", "digits-paired-clustergan"], "colours": "label"}, select_on_two_maps),
    "papers": ({}, look),
    "sweep": ({}, show_sweep),
    "train": ({"dataset": "digits", "preset": "quick", "task": "New run"}, train_briefly),
}
PAGE_OF = {"map-gene": "map", "walk": "interpolate"}  # scenes whose name differs from that of their page
OF_A_RUN = {"map", "modes", "interpolate", "runs", "samples"}


if __name__ == "__main__":
    main()
