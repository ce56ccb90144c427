"""A lesson on a projector: it looks light, has the height, and its keys work, also in the window of the notes."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from clustergan_core.lessons.lesson import read_lesson
from tests.browser.page_driver import WAIT, settle, visit
from tests.browser.server import Server

ISLANDS = read_lesson("islands")
CONTRAST = {"runOnly": ["color-contrast-enhanced"]}  # at least 7 : 1, for large text 4.5 : 1


def faint_texts(page: Page) -> list[str]:
    violations = Axe().run(page, options=CONTRAST).response["violations"]
    return [f"{node['target']}: {node['failureSummary']}" for violation in violations for node in violation["nodes"]]


def test_a_lesson_is_presented_by_keys_alone(server: Server, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1920, "height": 1080}, color_scheme="dark")
    page.set_default_timeout(WAIT)
    visit(page, f"{server.url}/learn?lesson=islands&present=1")
    assert page.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).backgroundColor") == "rgb(255, 255, 255)"
    faint = faint_texts(page)
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("beat=predict"))
    settle(page)
    for key in ("1", "2", "2", "2", "Shift+Digit2", "4"):
        page.keyboard.press(key)
    hands = page.locator(".hands button")
    expect(hands).to_have_text(["A 1", "B 2", "C 0", "D 1"])
    faint += faint_texts(page)

    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("spotlight")
    page.keyboard.press("Escape")
    for key, overlay in ((".", ".blank"), ("o", ".spot")):
        page.keyboard.press(key)
        expect(page.locator(overlay)).to_be_visible()
        page.keyboard.press(key)
        expect(page.locator(overlay)).to_be_hidden()

    with page.expect_popup() as opened:
        page.keyboard.press("t")
    notes = opened.value
    expect(notes.get_by_role("listitem")).to_have_text(list(ISLANDS.notes))
    expect(notes.locator(".hands")).to_have_text("Hands: A 1, B 2, C 0, D 1")

    page.keyboard.press("PageDown")  # hands are guesses: nothing is locked
    expect(page).to_have_url(re.compile("beat=try"))
    settle(page)
    expect(notes.locator(".beat")).to_contain_text("Now: try")
    stage = page.locator("canvas.stage")
    expect(stage).to_have_attribute("data-ready", "islands/cloud-1")
    box = stage.bounding_box()
    assert box is not None and box["height"] >= 0.7 * 1080
    faint += faint_texts(page)
    stage.press("ArrowRight")  # with the stage in focus an arrow moves frames
    expect(stage).to_have_attribute("data-step", "1")
    expect(page).to_have_url(re.compile("beat=try"))

    page.keyboard.press("PageDown")
    expect(page).to_have_url(re.compile("beat=reveal"))
    settle(page)
    expect(hands).to_have_text(["A 1", "B 2", "C 0", "D 1"])
    expect(page.locator(".hands .right")).to_have_text("C 0")
    faint += faint_texts(page)
    assert not faint, "\n".join(faint)
    page.close()
    notes.close()
