"""Films a lesson's recording for README: docs/images/lesson-<light|dark>.webp, an animated picture.

    python -m benchmarks.lesson_animation [--run one-hot-1] [--frames 36]

The player in a real browser shows frames spread evenly over the recording, the last one for longer.
"""

import argparse
import io
import os
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from clustergan_core.lessons.lesson import read_lesson
from clustergan_core.lessons.recording import read_recording
from tests.browser.chromium import find_chromium
from tests.browser.page_driver import settle
from tests.browser.server import PROJECT, running_server

LESSON = "islands"
WIDTH = 640  # pixels of the picture
MILLISECONDS, LAST_MILLISECONDS = 120, 2_000
SEEK = "(line, frame) => { line.value = frame; line.dispatchEvent(new Event('input', { bubbles: true })); }"
QUALITY = 55  # of WebP: 36 frames stay below half a megabyte


def main() -> None:
    """Writes both pictures and prints their sizes."""
    parser = argparse.ArgumentParser(description="Film a lesson's recording.")
    parser.add_argument("--run", default="one-hot-1", help="a recording of the lesson")
    parser.add_argument("--frames", type=int, default=36)
    options = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        sys.exit("No Chromium starts here: install Chromium or Chrome, or name one in the variable CHROMIUM.")
    n_steps = len(read_recording(read_lesson(LESSON).recording_path(options.run)).arrays["steps"])
    shown = sorted({round(k * (n_steps - 1) / (options.frames - 1)) for k in range(options.frames)})
    arguments = ["--disable-dev-shm-usage"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        with running_server(Path(folder)) as server:
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
                page = context.new_page()
                page.goto(f"{server.url}/learn?lesson={LESSON}&beat=try&run={options.run}")
                page.get_by_role("button", name="Skip").click(timeout=60_000)
                settle(page)
                path = PROJECT / "docs" / "images" / f"lesson-{scheme}.webp"
                write_animation([film(page, frame) for frame in shown], path)
                print(f"{path}  {path.stat().st_size / 1000:.0f} kB, {len(shown)} frames", flush=True)
                context.close()
        browser.close()


def film(page: Page, frame: int) -> Image.Image:
    """The player's stage with the sentence below it, at a frame of the recording."""
    page.locator("canvas.stage[data-ready]").wait_for()
    page.locator("input.timeline").evaluate(SEEK, frame)
    page.wait_for_timeout(200)
    stage, sentence = page.locator("canvas.stage").bounding_box(), page.locator(".sentence").bounding_box()
    assert stage is not None and sentence is not None
    height = sentence["y"] + sentence["height"] - stage["y"]
    clip = {"x": stage["x"], "y": stage["y"], "width": stage["width"], "height": height}
    image = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")  # pyright: ignore[reportArgumentType]
    return image.resize((WIDTH, round(WIDTH * image.height / image.width)), Image.Resampling.LANCZOS)


def write_animation(frames: list[Image.Image], path: Path) -> None:
    """Writes frames as an animated WebP that repeats."""
    durations = [MILLISECONDS] * (len(frames) - 1) + [LAST_MILLISECONDS]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=durations, loop=0, quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
