"""The address of the Map in a second browser: the same lasso, the same groups alone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.map_driver import drag, middle, star
from tests.browser.page_driver import settle
from tests.browser.server import Server

QUERY = "map?run=digits-paired-clustergan&layout=t-SNE"


@pytest.fixture
def other(browser: Browser) -> Iterator[Page]:
    """A tab of another person."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def open_map(page: Page, address: str) -> Locator:
    page.goto(address)
    expect(page.locator(".stage[data-transform]")).to_be_visible()
    settle(page)
    return page.locator("canvas.points")


def test_a_link_brings_back_the_lasso_and_the_groups_shown(page: Page, other: Page, server: Server) -> None:
    canvas = open_map(page, f"{server.url}/{QUERY}")
    page.get_by_role("button", name="Lasso (L)").click()
    drag(page, star(*middle(canvas), radius=230))
    expect(page).to_have_url(re.compile("[?&]selected="))
    status = page.locator(".status").inner_text()
    assert re.fullmatch(r"[1-9]\d* of [\d,]+ selected", status)
    page.get_by_role("button", name=re.compile("^Mode 3:")).click()
    expect(page).to_have_url(re.compile("[?&]only=3"))
    open_map(other, page.url)
    expect(other.locator(".status")).to_have_text(status)
    expect(other.get_by_role("button", name=re.compile("^Mode 3:"))).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Clear selection (Esc)").click()
    expect(page).not_to_have_url(re.compile("selected=|only="))


def test_a_lasso_after_a_click_takes_the_clicked_sample_away(page: Page, server: Server) -> None:
    canvas = open_map(page, f"{server.url}/{QUERY}")
    close = page.get_by_role("button", name="Close sample")
    box = canvas.bounding_box()
    assert box is not None
    for share in (0.3, 0.4, 0.5, 0.6, 0.7):  # until a point lies below
        page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        page.wait_for_timeout(1_500)
        if close.is_visible():
            break
    expect(close).to_be_visible()
    page.get_by_role("button", name="Lasso (L)").click()
    drag(page, star(*middle(canvas), radius=230))
    expect(page).to_have_url(re.compile("[?&]selected="))
    expect(close).to_be_hidden()
