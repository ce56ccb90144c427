"""Offline files open from a disk without a network, draw, and obey their keys."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from clustergan_core.lessons.lesson import read_lesson
from clustergan_core.lessons.recording import read_recording
from clustergan_core.offline.lesson import make_lesson_page
from clustergan_core.offline.walk import make_walk_page, make_walk_strip
from clustergan_core.runs.store import find_run_by_name

ISLANDS = read_lesson("islands")


@pytest.fixture
def offline(browser: Browser) -> Iterator[Page]:
    """A page without a network, on which nothing may be asked for and no error may be told."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 720})
    page = context.new_page()
    wrong: list[str] = []
    page.on(
        "request", lambda request: wrong.append(request.url) if not request.url.startswith(("file:", "data:")) else None
    )
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


def test_a_lesson_is_guessed_played_and_revealed(offline: Page, tmp_path: Path) -> None:
    path = tmp_path / "lesson.html"
    path.write_bytes(make_lesson_page(ISLANDS))
    offline.goto(path.as_uri())
    expect(offline.get_by_role("button", name="3 Try")).to_be_disabled()
    offline.keyboard.press("PageDown")
    offline.keyboard.press("PageDown")  # locked: the guess comes first
    expect(offline.get_by_text(ISLANDS.predict.question)).to_be_visible()
    offline.get_by_label(ISLANDS.predict.options[1]).check()
    offline.get_by_role("button", name="This is my guess").click()

    steps = read_recording(ISLANDS.recording_path("cloud-1")).arrays["steps"].tolist()
    stage = offline.locator("canvas.stage")
    expect(stage).to_have_attribute("data-ready", "islands/cloud-1")
    for key, frame in (("s", 1), ("End", -1), ("Shift+S", -2), ("Home", 0), ("ArrowRight", 1)):
        stage.press(key)
        expect(stage).to_have_attribute("data-step", str(steps[frame]))
    stage.press("r")
    offline.wait_for_timeout(700)
    stage.press("p")
    assert int(stage.get_attribute("data-step") or 0) > 0
    expect(offline.get_by_role("button", name="Train live")).to_be_hidden()
    expect(offline.get_by_text("A new training needs the app")).to_be_visible()
    offline.get_by_label("Prior and Seed").select_option("Four pieces, seed 1")
    expect(stage).to_have_attribute("data-ready", "islands/one-hot-1")
    with offline.expect_download() as picture:
        offline.get_by_role("button", name="PNG").click()
    assert picture.value.suggested_filename == "islands-one-hot-1-step-0.png"

    offline.keyboard.press("PageDown")
    expect(offline.locator("#guess")).to_have_text(ISLANDS.predict.options[1])
    offline.get_by_label(ISLANDS.check.options[ISLANDS.check.answer]).check()
    expect(offline.get_by_text(re.compile(f"Yes. {ISLANDS.check.why[:30]}"))).to_be_visible()


@pytest.mark.parametrize(
    ("name", "label", "said", "choice"),
    [
        ("cycle", "β_n and β_c and Seed", "After step 0: x ", "0, 0, seed 1"),
        ("decode", "Picture and λ", "After 0 iterations, mode ", "A six, λ = 0"),
    ],
)
def test_a_lesson_over_steps_is_scrubbed(
    offline: Page, tmp_path: Path, name: str, label: str, said: str, choice: str
) -> None:
    path = tmp_path / "lesson.html"
    path.write_bytes(make_lesson_page(read_lesson(name)))
    offline.goto(f"{path.as_uri()}#beat=3&bare=1")
    handle, code = offline.get_by_role("slider"), offline.locator(".code")
    expect(code).to_have_text(re.compile("^After "))
    last = int(handle.get_attribute("aria-valuemax") or 0)
    handle.press("Home")
    expect(code).to_have_text(re.compile(f"^{said}"))
    begun = code.inner_text()
    box = handle.bounding_box()
    assert box is not None
    offline.mouse.move(box["x"] + 1, box["y"] + 30)
    offline.mouse.down()
    offline.mouse.move(box["x"] + box["width"] / 2, box["y"] + 30)
    expect(handle).to_have_attribute("aria-valuenow", str(round(last / 2)))
    offline.mouse.up()
    assert code.inner_text() != begun
    offline.get_by_label(label).select_option(choice)
    expect(handle).to_have_attribute("aria-valuenow", str(last))


def test_a_slide_shows_one_beat_alone(offline: Page, tmp_path: Path) -> None:
    path = tmp_path / "lesson.html"
    path.write_bytes(make_lesson_page(ISLANDS))
    offline.goto(f"{path.as_uri()}#beat=3&bare=1")
    expect(offline.locator("canvas.stage")).to_have_attribute("data-step", "0")
    expect(offline.get_by_role("heading")).to_be_hidden()


def test_on_a_phone_the_panels_have_room_below_the_square(offline: Page, tmp_path: Path) -> None:
    offline.set_viewport_size({"width": 390, "height": 844})
    path = tmp_path / "lesson.html"
    path.write_bytes(make_lesson_page(ISLANDS))
    offline.goto(f"{path.as_uri()}#beat=3&bare=1")
    stage = offline.locator("canvas.stage")
    expect(stage).to_have_attribute("data-step", "0")
    size = stage.bounding_box()
    assert size is not None and size["height"] >= 670  # the square, and as much again for two or three panels
    assert offline.evaluate("document.documentElement.scrollWidth") == 390
    for name in ("Restart", "Play", "PNG"):
        button = offline.get_by_role("button", name=re.compile(name)).bounding_box()
        assert (
            button is not None and min(button["width"], button["height"]) >= 24 and button["x"] + button["width"] < 390
        )


def test_a_walk_follows_the_keys(offline: Page, tmp_path: Path) -> None:
    run = find_run_by_name("digits-paired-clustergan")
    strip = make_walk_strip(run, run.load("best"), 1, 2, 7)
    path = tmp_path / "walk.html"
    path.write_bytes(make_walk_page(run, strip, 1, 2, seed=7))
    offline.goto(path.as_uri())
    handle = offline.get_by_role("slider")
    expect(handle).to_have_attribute("aria-valuenow", "0.50")
    assert strip.codes is not None
    for key, step in (("Home", 0), ("Shift+ArrowRight", 10), ("ArrowLeft", 9), ("End", 100)):
        handle.press(key)
        read = strip.codes[step].argmax()
        share = round(strip.codes[step].max() / 255 * 100)
        expect(handle).to_have_attribute("aria-valuetext", f"μ {step / 100:.2f}, read as mode {read}, {share}%")
    shown = offline.locator("canvas.picture").evaluate(
        "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"
    )
    assert shown[::4] == strip.samples[100].ravel().tolist()
