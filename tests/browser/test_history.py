"""Back and Forward in a real browser: the page shows the run that its address names."""

import re

from playwright.sync_api import Page, expect

from tests.browser.page_driver import choose, expect_calm, fill_number, follow, settle, visit
from tests.browser.server import Server


def test_back_shows_the_run_that_the_address_names(server: Server, page: Page) -> None:
    visit(page, f"{server.url}/modes?run=pendigits-clustergan")
    follow(page, "Map")
    choose(page, "Run", "synthetic-clustergan")
    _expect_run(page, server, "map", "synthetic")

    page.go_back()
    _expect_run(page, server, "modes", "pendigits")
    page.go_forward()
    _expect_run(page, server, "map", "synthetic")


def test_a_page_is_one_step_of_the_way_back(server: Server, page: Page) -> None:
    visit(page, f"{server.url}/interpolate?run=pendigits-clustergan")
    follow(page, "Runs")
    follow(page, "Modes")
    _expect_run(page, server, "modes", "pendigits")

    page.go_back()
    _expect_run(page, server, "runs", "pendigits")
    page.go_back()
    _expect_run(page, server, "interpolate", "pendigits")


def test_back_to_an_address_without_a_run_shows_the_one_chosen_last(server: Server, page: Page) -> None:
    visit(page, f"{server.url}/modes?run=pendigits-clustergan")
    page.evaluate("history.replaceState({}, '', '/modes')")
    follow(page, "Interpolate")
    page.go_back()
    _expect_run(page, server, "modes", "pendigits")


def test_back_shows_the_seed_that_the_address_names(server: Server, page: Page) -> None:
    visit(page, f"{server.url}/modes?run=pendigits-clustergan&seed=3")
    follow(page, "Interpolate")
    fill_number(page, "Seed of z_n", 5)
    page.go_back()
    expect(page).to_have_url(f"{server.url}/modes?run=pendigits-clustergan&seed=3")
    expect(page.get_by_role("spinbutton", name="Seed of z_n", exact=True)).to_have_value("3")


def _expect_run(page: Page, server: Server, path: str, data: str) -> None:
    """The address, the picker and what is said of the run agree."""
    expect(page).to_have_url(f"{server.url}/{path}?run={data}-clustergan")
    settle(page)
    expect_calm(page)
    expect(page.get_by_role("combobox", name="Run", exact=True)).to_have_value(f"{data}-clustergan")
    expect(page.get_by_text(re.compile(rf"^ClusterGAN on {data}\b"))).to_be_visible()
