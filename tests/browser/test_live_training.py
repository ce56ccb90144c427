"""Training live in a browser: the recording plays until frames come, which can be paused, stepped and sought."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.page_driver import WAIT, expect_calm, settle, visit
from tests.browser.server import Server

RUNNING, PAUSED = re.compile("live · seed 1"), re.compile("live, paused")


def step_of(stage: Locator) -> int:
    return int(stage.get_attribute("data-step") or -1)


def test_a_training_is_watched_paused_stepped_and_sought_while_another_waits(server: Server, page: Page) -> None:
    address = f"{server.url}/learn?lesson=islands&beat=predict&run=cloud-1"
    visit(page, address)
    page.get_by_role("button", name="Skip").click()
    settle(page)
    stage, badge = page.locator("canvas.stage"), page.locator(".badge")
    expect(badge).to_have_text("recorded")
    page.get_by_role("button", name="Train live").click()
    expect(stage).to_have_attribute("data-source", "running", timeout=WAIT)
    expect(badge).to_have_text(RUNNING)
    page.wait_for_function("stage => Number(stage.dataset.step) > 10", arg=stage.element_handle(), timeout=WAIT)

    stage.press("Home")  # a look back does not stop the training
    assert step_of(stage) == 0
    last = int(page.get_by_role("slider", name="Training step").get_attribute("max") or 0)
    page.wait_for_function(
        "([slider, last]) => Number(slider.max) > last",
        arg=[page.get_by_role("slider", name="Training step").element_handle(), last],
        timeout=WAIT,
    )
    assert step_of(stage) == 0

    other = page.context.new_page()
    visit(other, address)
    other.get_by_role("button", name="Skip").click()
    settle(other)
    other.get_by_role("button", name="Train live").click()
    expect(other.locator(".status")).to_contain_text("one at a time")
    expect(other.locator(".badge")).to_have_text("recorded")
    other.close()

    stage.press("End")
    stage.press("p")
    expect(badge).to_have_text(PAUSED, timeout=WAIT)
    stage.press("End")
    paused = step_of(stage)
    stage.press("s")
    page.wait_for_function(
        "([stage, step]) => Number(stage.dataset.step) === step", arg=[stage.element_handle(), paused + 1], timeout=WAIT
    )
    stage.press("l")
    expect(badge).to_have_text(re.compile("live, stopped"), timeout=WAIT)
    page.get_by_role("button", name="Show the recording").click()
    expect(badge).to_have_text("recorded", timeout=WAIT)
    expect_calm(page)
