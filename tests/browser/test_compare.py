"""Two shipped models side by side: a link restores the comparison, and their maps share a selection."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from clustergan_core.embedding.settings import MapSettings
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.maps import MapRequest, find_map
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import list_shipped
from clustergan_core.scoring.latents import RunLatents
from tests.browser.map_driver import drag, is_inside, star
from tests.browser.page_driver import choose, expect_calm, settle, visit
from tests.browser.server import Server

NAMES = ("digits-clustergan", "digits-paired-clustergan")
QUERY = "&".join(f"runs={name}" for name in NAMES)

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def models() -> list[Run]:
    models = [run for run in list_shipped() if run.name in NAMES]
    if len(models) < 2:
        pytest.skip("needs two shipped models of digits")
    return models


@pytest.fixture
def compared(server: Server, models: list[Run], page: Page) -> Page:
    page.set_viewport_size({"width": 1280, "height": 1000})
    visit(page, f"{server.url}/compare?{QUERY}")
    expect(page.locator(".stage[data-transform]")).to_have_count(2)
    settle(page)
    return page


def drawn(model: Run, page: Page, side: int) -> tuple[RunLatents, np.ndarray]:
    """A model's samples, and where (N, 2) its map shows them on the screen."""
    request = MapRequest(model, MapSettings.model_validate({}))
    latents = run_latents(model)
    fitted = find_map(request, request.features(model.load(), latents))
    assert fitted is not None
    return latents, places(page, side, fitted.coordinates)


def places(page: Page, side: int, coordinates: np.ndarray) -> np.ndarray:
    stage = page.locator(".stage").nth(side)
    transform = stage.evaluate("stage => JSON.parse(stage.dataset.transform)")
    box = stage.locator("canvas.points").bounding_box()
    assert box is not None
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    share = (coordinates - (low + high) / 2) / (high - low).max() + 0.5
    x = share[:, 0] * 65535 * transform["scale"] + transform["x"] + box["x"]
    y = (1 - share[:, 1]) * 65535 * transform["scale"] + transform["y"] + box["y"]
    return np.stack([x, y], axis=1)


def lasso(page: Page, side: int) -> list[tuple[float, float]]:
    """Draws a star around the middle of one map."""
    canvas = page.locator("canvas.points").nth(side)
    canvas.scroll_into_view_if_needed()
    settle(page)
    page.get_by_role("button", name="Lasso (L)").nth(side).click()
    box = canvas.bounding_box()
    assert box is not None
    outline = star(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, radius=140)
    drag(page, outline)
    return outline


def statuses(page: Page) -> Locator:
    return page.locator(".status")


def test_a_selection_on_one_map_is_shown_on_the_other_and_the_other_way_round(
    compared: Page, models: list[Run]
) -> None:
    counts = []
    for side in (0, 1, 0):
        outline = lasso(compared, side)
        n = int(is_inside(drawn(models[side], compared, side)[1], outline).sum())
        counts.append(n)
        assert 10 < n < 170, "the star holds many samples, and not all"
        expect(compared.get_by_text(f"{n} samples selected")).to_be_visible()
        for status in (0, 1):
            expect(statuses(compared).nth(status)).to_have_text(f"{n} of 179 selected")
    assert len(set(counts)) > 1, "the selections differ, so each has replaced the one before"

    compared.get_by_role("button", name="Clear selection (Esc)").nth(0).click()
    expect(compared.get_by_text("Draw a lasso or a box on either map")).to_be_visible()
    for status in (0, 1):
        expect(statuses(compared).nth(status)).to_be_empty()
    expect_calm(compared)


def test_a_clicked_sample_is_named_with_its_mode_in_both_runs(compared: Page, models: list[Run]) -> None:
    compared.locator("canvas.points").nth(1).scroll_into_view_if_needed()
    settle(compared)
    latents, points = drawn(models[1], compared, 1)
    box = compared.locator("canvas.points").nth(1).bounding_box()
    assert box is not None
    middle = np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    row = int(np.hypot(*(points - middle).T).argmin())
    compared.mouse.click(*points[row].tolist())
    other = run_latents(models[0])
    left = int(other.clusters[other.indices == latents.indices[row]][0])
    said = f"Sample {latents.indices[row]}: mode {left} on the left, mode {latents.clusters[row]} on the right"
    expect(compared.get_by_text(said)).to_be_visible()
    compared.get_by_role("button", name="Close sample").click()
    expect(compared.get_by_text(said)).to_have_count(0)
    expect_calm(compared)


def test_a_reload_restores_runs_sides_and_colouring(compared: Page) -> None:
    for label, option in (("Left", NAMES[1]), ("Colour by", "stability")):
        choose(compared, label, option)
    expect(compared).to_have_url(re.compile(rf"[?&]left={NAMES[1]}(&|$)"))
    compared.reload()
    expect(compared.locator(".stage[data-transform]")).to_have_count(2)
    settle(compared)
    expect(compared.get_by_role("combobox", name="Left", exact=True)).to_have_value(NAMES[1])
    expect(compared.get_by_role("combobox", name="Right", exact=True)).to_have_value(NAMES[0])
    expect(compared.get_by_role("combobox", name="Colour by", exact=True)).to_have_value("stability")
    for name in NAMES:
        assert f"runs={name}" in compared.url
    expect_calm(compared)


def test_compared_runs_are_still_there_after_a_look_at_another_page(compared: Page) -> None:
    compared.get_by_test_id("stSidebarNav").get_by_role("link", name="Runs", exact=True).click()
    expect(compared).to_have_title("Runs · ClusterGAN Explorer")
    settle(compared)
    compared.get_by_test_id("stSidebarNav").get_by_role("link", name="Compare", exact=True).click()
    expect(compared).to_have_title("Compare · ClusterGAN Explorer")
    expect(compared.locator(".stage[data-transform]")).to_have_count(2)
    settle(compared)
    for name in NAMES:
        assert f"runs={name}" in compared.url
    expect_calm(compared)
