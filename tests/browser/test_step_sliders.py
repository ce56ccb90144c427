"""The handles over steps: grids of samples while training, the two loops, and a decoding follow the pointer."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from clustergan_core.command_line import main as command_line
from clustergan_core.lessons.arrays import read_arrays
from clustergan_core.lessons.lesson import read_lesson
from clustergan_core.runs.samples import grid_steps, read_grid
from tests.browser.page_driver import Drag, expect_calm, settle, visit
from tests.browser.server import running_server

pytestmark = pytest.mark.timeout(600)

TRAINING = ["train", "--dataset", "digits", "--steps", "40", "--set", "width=0.25"]


def cells(picture: Locator, n_rows: int, n_columns: int, side: int) -> np.ndarray:
    """The red values (n_rows, n_columns, side, side) of a grid of pictures, which lie a pixel apart."""
    width = n_columns * (side + 1) - 1
    pixels = picture.evaluate(
        "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"
    )
    shown = np.array(pixels[::4]).reshape(-1, width)
    rows = [shown[row * (side + 1) :][:side] for row in range(n_rows)]
    return np.array([[row[:, column * (side + 1) :][:, :side] for column in range(n_columns)] for row in rows])


def test_grids_of_samples_loops_and_decodings_follow_the_pointer(tmp_path: Path, page: Page) -> None:
    folder = tmp_path / "runs" / "short"
    assert command_line([*TRAINING, "--out", str(folder)]) == 0
    steps = grid_steps(folder)
    lesson = read_lesson("cycle")
    loops = read_arrays(lesson.recording_path("both-1")).arrays
    with running_server(tmp_path) as server:
        visit(page, f"{server.url}/train?run=short")
        track = page.get_by_role("slider", name="Step", exact=True).first
        grid = page.get_by_role("img", name=re.compile("^Generated samples of each mode after step"))
        with Drag(page, track) as drag:
            for index in (len(steps) - 1, 1, 0):
                drag.to(index / (len(steps) - 1))
                expected = read_grid(folder, steps[index])[:, :, 0]
                assert np.abs(cells(grid, len(expected), expected.shape[1], 8) - 255 * expected).max() <= 1
                assert (grid.get_attribute("aria-label") or "").endswith(f"step {steps[index]}")
        expect(track).to_have_attribute("aria-valuetext", re.compile("^Step 0, The generator begins to learn after"))
        expect_calm(page)

        visit(page, f"{server.url}/learn?lesson=cycle&beat=try")
        page.get_by_role("button", name="Skip").click()
        settle(page)
        track = page.get_by_role("slider", name="Step", exact=True)
        expect(track).to_have_attribute("aria-valuenow", str(len(loops["steps"]) - 1))
        with Drag(page, track) as drag:
            drag.to(0)
            drag.to(5 / (len(loops["steps"]) - 1))
            shown = cells(page.get_by_role("img", name=re.compile("^Test digits x")), 2, 8, 8)
            assert np.array_equal(shown, np.stack([loops["x"], loops["x_back"][5]])[:, :, 0])
            said = f"After step {loops['steps'][5]:,}: x {loops['x_distance'][5]:.2g}"
            expect(page.get_by_text(said)).to_be_visible()
        expect(page).to_have_url(re.compile("frame=5"))
        expect_calm(page)

        visit(page, f"{server.url}/learn?lesson=decode&beat=try")
        page.get_by_role("button", name="Skip").click()
        settle(page)
        with Drag(page, page.get_by_role("slider", name="Iteration", exact=True)) as drag:
            drag.to(0.5)
            expect(page.get_by_text("After 100 iterations, mode")).to_be_visible()
            drag.to(0)
            expect(page.get_by_text("After 0 iterations, mode")).to_be_visible()
        expect(page.get_by_text("After 0 iterations, mode")).to_be_visible()
        expect_calm(page)
