"""The player of recordings in a browser: its numbers are the recording's, and its keys work."""

import re

import numpy as np
from playwright.sync_api import Page, expect

from clustergan_core.lessons.lesson import read_lesson
from clustergan_core.lessons.recording import read_recording
from tests.browser.page_driver import expect_calm, settle, visit
from tests.browser.server import Server

RUN = "one-hot-1"
MEANS = np.array([(x, y) for x in (-1, 1) for y in (-1, 1)]) / 3 + 0.5  # corners-4 in the unit square
SPREAD = 0.1 / 3


def open_player(page: Page, server: Server, frame: int) -> None:
    visit(page, f"{server.url}/learn?lesson=islands&beat=predict&run={RUN}&frame={frame}")
    page.get_by_role("button", name="Skip").click()
    settle(page)
    expect(page.locator("canvas.stage")).to_have_attribute("data-ready", f"islands/{RUN}")
    expect_calm(page)


def step_shown(page: Page) -> int:
    return int(page.locator("canvas.stage").get_attribute("data-step") or -1)


def pixels(page: Page) -> str:
    return str(page.locator("canvas.stage").evaluate("canvas => canvas.toDataURL()"))


def test_a_link_sets_the_speed_and_leaves_controls_out(server: Server, page: Page) -> None:
    visit(page, f"{server.url}/learn?lesson=islands&beat=predict&run={RUN}&speed=2&hide=live,picture")
    page.get_by_role("button", name="Skip").click()
    settle(page)
    stage, speed = page.locator("canvas.stage"), page.get_by_role("combobox", name="Speed")
    expect(stage).to_have_attribute("data-ready", f"islands/{RUN}")
    expect(speed).to_have_value("2")
    expect(page.get_by_role("button", name=re.compile("Train live"))).to_be_hidden()
    expect(page.get_by_role("button", name="PNG")).to_be_hidden()
    stage.press("l")
    expect(stage).to_have_attribute("data-source", "recorded")
    stage.press("[")
    expect(speed).to_have_value("1")
    page.wait_for_url(lambda address: "speed=" not in address)
    stage.press("[")
    page.wait_for_url(re.compile("speed=0.5"))


def test_a_recording_is_played_stepped_and_sought(server: Server, page: Page) -> None:
    recording = read_recording(read_lesson("islands").recording_path(RUN))
    steps = recording.arrays["steps"].tolist()
    open_player(page, server, 20)
    assert step_shown(page) == steps[20]
    stage = page.locator("canvas.stage")
    before = pixels(page)
    stage.press("s")
    assert step_shown(page) == steps[21]
    assert pixels(page) != before
    stage.press("Shift+S")
    assert step_shown(page) == steps[20]
    assert pixels(page) == before  # a step back is exact
    for key, frame in (("End", -1), ("ArrowLeft", -2), ("Home", 0), ("ArrowRight", 1)):
        stage.press(key)
        assert step_shown(page) == steps[frame], key

    stage.press("End")
    page.get_by_text("Describe this frame").click()
    distances = np.linalg.norm(recording.positions(-1)[:, None] - MEANS, axis=-1)
    off = (distances.min(axis=1) > 3 * SPREAD).mean()
    expect(page.get_by_role("row", name=re.compile("Off the islands"))).to_contain_text(f"{100 * off:.1f}%")
    loss = recording.arrays["losses"][-1, recording.header.loss_names.index("critic")]
    expect(page.get_by_role("row", name="Loss: critic")).to_contain_text(f"{loss:.3f}")

    stage.press("Home")
    page.get_by_role("button", name=re.compile("Play")).click()
    page.wait_for_timeout(1000)
    stage.press("p")
    assert step_shown(page) in steps[3:40]
    expect(page.get_by_role("slider", name="Training step")).to_have_attribute(
        "aria-valuetext", f"step {step_shown(page)}"
    )
    shown = step_shown(page)
    settle(page)
    expect(page).to_have_url(re.compile(f"frame={steps.index(shown)}"))
    assert step_shown(page) == shown  # the answer of the server moves nothing


def test_with_reduced_motion_nothing_moves_by_itself(server: Server, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_player(page, server, 5)
    stage = page.locator("canvas.stage")
    stage.press("r")
    page.wait_for_timeout(500)
    assert step_shown(page) == 0


def test_a_presentation_goes_on_by_the_keys_of_a_clicker(server: Server, page: Page) -> None:
    visit(page, f"{server.url}/learn?lesson=islands&present=1")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    page.keyboard.press("PageDown")
    expect(page).to_have_url(re.compile("beat=predict"))
    settle(page)
    page.keyboard.press("PageUp")
    expect(page).to_have_url(re.compile("beat=ask"))
    settle(page)
    size = page.locator('[data-testid="stMain"] p').first.evaluate("p => parseFloat(getComputedStyle(p).fontSize)")
    assert size >= 24
