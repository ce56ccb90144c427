"""Offline files hold everything they show, and load nothing."""

import base64
import gzip
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from clustergan_core.browser.handout import SPEEDS, Handout
from clustergan_core.command_line import main
from clustergan_core.lessons.arrays import read_arrays
from clustergan_core.lessons.lesson import CycleStage, PlaneStage, lesson_names, read_lesson
from clustergan_core.lessons.recording import read_recording
from clustergan_core.offline.lesson import BEATS, can_be_taken_home, make_lesson_page
from clustergan_core.offline.page import Choice, Item, write_page
from clustergan_core.offline.prose import write_formula, write_paragraphs
from clustergan_core.offline.shown import exported_runs
from clustergan_core.offline.walk import make_walk_strip
from clustergan_core.runs.store import find_run_by_name

ISLANDS = read_lesson("islands")
MAX_LESSON, MAX_SIX, MAX_WALK = 2_000_000, 3_000_000, 400_000  # bytes; a lesson on six models holds six recordings


class Elements(HTMLParser):
    """The elements of a page with their attributes, and the text of those that have an id."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._id: str | None = None
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._id = dict(attrs).get("id")

    def handle_endtag(self, tag: str) -> None:
        self._id = None

    def handle_data(self, data: str) -> None:
        if self._id:
            self.texts[self._id] = self.texts.get(self._id, "") + data


def expect_nothing_loaded(page: bytes) -> None:
    for tag, attributes in Elements(page).elements:
        for name in ("src", "href", "srcset", "action", "data"):
            address = attributes.get(name)
            assert address is None or address.startswith("data:"), (tag, address)
    text = page.decode()
    assert "default-src 'none'" in text
    script = text.split('<script>"use strict"')[1]
    assert not re.search(r"\bfetch\(|\bimport\b|XMLHttpRequest|WebSocket", script)


def test_a_lesson_holds_its_recordings_its_text_and_how_it_was_made() -> None:
    page = make_lesson_page(ISLANDS, "one-hot-1")
    assert len(page) <= MAX_LESSON
    expect_nothing_loaded(page)
    parsed = Elements(page)
    item = json.loads(parsed.texts["item-0"])
    assert item["choices"][0]["title"] == "Four pieces, seed 1"
    assert isinstance(ISLANDS.stage, PlaneStage)
    for run, choice in zip(exported_runs(ISLANDS.stage, "one-hot-1"), item["choices"], strict=True):
        content = gzip.decompress(base64.b64decode(parsed.texts[choice["sections"]["recording"]]))
        assert content == ISLANDS.recording_path(run.name).read_bytes()
    text = page.decode()
    assert "record islands --only one-hot-1" in text
    assert "offline lesson islands --run one-hot-1" in text
    assert "A new training needs the app" in text
    beats = [attributes["data-beat"] for tag, attributes in parsed.elements if tag == "section"]
    assert beats == [beat.lower() for beat in BEATS]


def test_one_recording_is_taken_of_each_value_of_the_first_control() -> None:
    assert isinstance(ISLANDS.stage, PlaneStage)
    assert [run.name for run in exported_runs(ISLANDS.stage, "")] == ["cloud-1", "one-hot-1", "clustergan-1"]
    assert [run.name for run in exported_runs(ISLANDS.stage, "one-hot-3")] == ["one-hot-3", "cloud-1", "clustergan-1"]


def test_what_a_teacher_leaves_out_is_not_in_the_file() -> None:
    page = make_lesson_page(ISLANDS, "one-hot-1", Handout(frozenset({"reveal", "controls", "live"}), 0.5))
    parsed, text = Elements(page), page.decode()
    beats = [attributes["data-beat"] for tag, attributes in parsed.elements if tag == "section"]
    assert beats == ["ask", "predict", "try"]
    assert ISLANDS.check.why not in text and ISLANDS.not_concluded.strip()[:40] not in text
    (choice,) = json.loads(parsed.texts["item-0"])["choices"]
    assert choice["data"]["handout"] == {"hidden": ["controls", "live", "reveal"], "speed": 0.5, "speeds": list(SPEEDS)}
    assert "offline lesson islands --run one-hot-1 --hide controls,live,reveal --speed 0.5" in text


def test_on_paper_four_stills_stand_for_what_is_played() -> None:
    printed = make_lesson_page(ISLANDS).decode().split('<div class="print">')[1].split("</div>")[0]
    steps = read_recording(ISLANDS.recording_path("cloud-1")).arrays["steps"]
    shown = [int(step) for step in re.findall(r"One cloud, seed 1, step (\d+)<", printed)]
    assert len(shown) == 4 and (shown[0], shown[-1]) == (steps[0], steps[-1]) and set(shown) <= set(steps.tolist())


def test_the_lesson_on_the_two_loops_holds_every_recording_step_by_step() -> None:
    lesson = read_lesson("cycle")
    assert isinstance(lesson.stage, CycleStage)
    page = make_lesson_page(lesson)
    assert len(page) <= MAX_LESSON
    expect_nothing_loaded(page)
    parsed = Elements(page)
    item = json.loads(parsed.texts["item-0"])
    assert [choice["title"] for choice in item["choices"]] == [
        f"{run.choices['β_n']}, {run.choices['β_c']}, seed {run.choices['Seed']}" for run in lesson.stage.runs
    ]
    arrays = read_arrays(lesson.recording_path("neither-2")).arrays
    (choice,) = (choice for choice in item["choices"] if choice["title"] == "0, 0, seed 2")
    shown = gzip.decompress(base64.b64decode(parsed.texts[choice["sections"]["samples"]]))
    assert np.array_equal(np.frombuffer(shown, np.uint8).reshape(-1, 2, *arrays["x"].shape)[:, 1], arrays["x_back"])


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in lesson_names() if can_be_taken_home(read_lesson(name))])
def test_every_lesson_that_can_be_taken_home_is_small_and_loads_nothing(name: str) -> None:
    page = make_lesson_page(read_lesson(name))
    assert len(page) <= (MAX_SIX if name == "conditions" else MAX_LESSON)
    expect_nothing_loaded(page)


def test_text_that_looks_like_markup_stays_text() -> None:
    page = write_page("a < b", "", [Item("player", (Choice("</script><img src=x onerror=alert(1)>", {}, {}),))])
    parsed = Elements(page)
    assert "img" not in [tag for tag, _ in parsed.elements]
    assert json.loads(parsed.texts["item-0"])["choices"][0]["title"].startswith("</script>")
    assert write_paragraphs("1 < 2 **bold** `a*b`\n\n- one\n- two") == (
        "<p>1 &lt; 2 <strong>bold</strong> <code>a*b</code></p>\n<ul><li>one</li><li>two</li></ul>"
    )


def test_a_formula_is_drawn_and_one_that_cannot_be_is_written() -> None:
    assert 'alt="x^2"' in write_formula("x^2", "x: a number")
    assert "<code>\\unheard{x}</code>" in write_formula("\\unheard{x}", "x: a number")


def test_a_walk_is_written_by_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    model = "digits-paired-clustergan"
    assert main(["offline", "walk", model, "--from", "1", "--to", "2", "--seed", "3"]) == 0
    page = (tmp_path / f"{model}-1-to-2.html").read_bytes()
    assert len(page) <= MAX_WALK
    expect_nothing_loaded(page)
    parsed = Elements(page)
    (choice,) = json.loads(parsed.texts["item-0"])["choices"]
    run = find_run_by_name(model)
    expected = make_walk_strip(run, run.load("best"), 1, 2, 3)
    for name, content in expected.sections().items():
        assert gzip.decompress(base64.b64decode(parsed.texts[choice["sections"][name]])) == content
    assert f"offline walk {model} --from 1 --to 2 --seed 3" in page.decode()
    assert main(["offline", "walk", model, "--from", "1", "--to", "99"]) == 2
    assert "has no mode 99: choose from 0 to 9" in capsys.readouterr().err
    assert main(["offline", "lesson", "islands", "--hide", "notes"]) == 2
    assert "cannot hide notes: choose from controls, live" in capsys.readouterr().err
    assert main(["offline", "lesson", "islands", "--run", "rings"]) == 2
    assert "no recording rings: choose cloud-1" in capsys.readouterr().err
