"""Choices in the address, in a real browser."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.server import Server

HOST = Path(__file__).with_name("hosts") / "linked_choices.py"


def test_a_choice_enters_the_address_follows_to_the_next_page_and_survives_a_reload(
    start_server: Callable[..., Server], page: Page
) -> None:
    page.goto(start_server(HOST).url)
    page.get_by_role("combobox", name="Run").click()
    page.get_by_role("option", name="c", exact=True).click()
    expect(page.get_by_text("first: c 0.5")).to_be_visible()
    expect(page).to_have_url(re.compile(r"[?&]run=c"))

    page.get_by_role("link", name="second").click()
    expect(page.get_by_text("second: c")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/second\?run=c"))

    page.reload()
    expect(page.get_by_text("second: c")).to_be_visible()


def test_the_way_back_is_not_blocked_by_the_address(start_server: Callable[..., Server], page: Page) -> None:
    url = start_server(HOST).url
    page.goto(f"{url}/?run=b&mu=0.25")
    expect(page.get_by_text("first: b 0.25")).to_be_visible()
    page.goto(f"{url}/second?run=c")
    expect(page.get_by_text("second: c")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("first: b 0.25")).to_be_visible()


def test_a_choice_that_a_link_made_follows_to_the_next_page_and_its_address(
    start_server: Callable[..., Server], page: Page
) -> None:
    page.goto(f"{start_server(HOST).url}/?run=c")
    expect(page.get_by_text("first: c 0.5")).to_be_visible()
    page.get_by_role("link", name="second").click()
    expect(page.get_by_text("second: c")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/second\?run=c$"))
