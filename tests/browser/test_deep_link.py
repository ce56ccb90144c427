"""Links that lead straight to a page."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.server import Server

PAGES = ("Start", "Data", "Train", "Sweep", "Map", "Modes", "Interpolate", "Runs")


def test_a_link_to_train_opens_the_framed_page_on_a_freshly_started_server(
    start_server: Callable[..., Server], page: Page
) -> None:
    page.goto(f"{start_server().url}/train")
    navigation = page.get_by_test_id("stSidebarNav")
    for name in PAGES:
        expect(navigation.get_by_role("link", name=name)).to_be_visible()
    expect(page).to_have_title("Train · ClusterGAN Explorer")
    expect(page).to_have_url(re.compile(r"/train$|/train\?"))
    expect(page.get_by_text("Page not found")).to_have_count(0)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_under_its_own_address(server: Server, page: Page, name: str) -> None:
    page.goto(f"{server.url}/{name.lower()}")
    expect(page).to_have_title(f"{name} · ClusterGAN Explorer")
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.get_by_text("Something went wrong")).to_have_count(0)
    expect(page.get_by_text("Page not found")).to_have_count(0)


def test_an_unknown_address_leads_to_the_start_page(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/nowhere")
    expect(page).to_have_title("Start · ClusterGAN Explorer")


def test_the_app_asks_no_other_machine_for_anything(server: Server, page: Page) -> None:
    elsewhere: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((server.url, "data:", "blob:")):
            elsewhere.append(request.url)

    page.on("request", note)
    page.goto(server.url)
    expect(page).to_have_title("Start · ClusterGAN Explorer")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Modes").click()
    expect(page).to_have_title("Modes · ClusterGAN Explorer")
    page.wait_for_timeout(1000)
    assert elsewhere == []
