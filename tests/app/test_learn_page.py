"""The Learn page: lessons as cards, a lesson's four beats, and choices in the address."""

from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from clustergan_core.lessons.glossary import read_glossary
from clustergan_core.lessons.lesson import PlaneStage, lesson_names, read_lesson
from tests.app.app_pages import open_page, texts

PLANE = "islands"


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def heading(app: AppTest) -> str:
    return app.title[0].value


def test_every_lesson_has_a_card_that_opens_it_and_every_term_is_explained() -> None:
    app = open_page("learn")
    assert not app.exception
    said = texts(app)
    for name in lesson_names():
        assert read_lesson(name).question in said
    for term in read_glossary():
        assert f"**{term.name}**" in said
    opened = app.button(f"learn-open-{PLANE}").click().run()
    assert heading(opened) == read_lesson(PLANE).question
    assert opened.query_params["lesson"] == PLANE


@pytest.mark.parametrize("beat", ["try", "reveal"])
def test_the_result_stays_locked_until_a_guess(beat: str) -> None:
    app = open_page("learn", lesson=PLANE, beat=beat)
    assert "Make a guess first" in app.info[0].value
    assert read_lesson(PLANE).try_text.strip() not in texts(app)
    assert app.radio[0].label == read_lesson(PLANE).predict.question


def test_a_guess_is_shown_beside_what_happened() -> None:
    lesson = read_lesson(PLANE)
    app = open_page("learn", lesson=PLANE, beat="predict")
    app = app.radio[0].set_value(lesson.predict.options[0]).run()
    app = press(app, "This is my guess")
    assert app.query_params["beat"] == "try"
    app = press(app, "4 Reveal")
    said = texts(app)
    assert f"**{lesson.predict.options[0]}**" in said
    assert f"**{lesson.predict.options[lesson.predict.answer]}**" in said
    assert lesson.not_concluded.strip()[:40] in said
    check = app.radio[0].set_value(lesson.check.options[lesson.check.answer]).run()
    assert lesson.check.why in check.success[0].value


def test_a_control_chooses_another_recording_and_writes_it_to_the_address() -> None:
    stage = read_lesson(PLANE).stage
    assert isinstance(stage, PlaneStage)
    app = press(open_page("learn", lesson=PLANE, beat="predict", run="cloud-1", frame="7"), "Skip")
    prior = app.segmented_control(key=f"learn-{PLANE}-Prior")
    assert prior.value == "One cloud"
    app = prior.set_value("Four pieces").run()
    assert app.query_params["run"] == "one-hot-1"
    assert "frame" not in app.query_params
    app = app.segmented_control(key=f"learn-{PLANE}-Prior").set_value("Four pieces and an encoder").run()
    assert app.query_params["run"] == "clustergan-1"
    assert app.code[-1].value.endswith("--only clustergan-1")


def test_what_a_teacher_leaves_out_is_gone_from_the_page_and_in_the_link() -> None:
    app = press(open_page("learn", lesson=PLANE, beat="predict", speed="0.5"), "Skip")
    assert "4 Reveal" in [button.label for button in app.button] and app.segmented_control
    app = app.multiselect(key="learn-hide").set_value(["reveal", "controls"]).run()
    assert not app.exception and not app.error
    assert app.query_params["hide"] == "controls,reveal"
    assert "4 Reveal" not in [button.label for button in app.button] and not app.segmented_control
    address = parse_qs(app.code[0].value.partition("?")[2])
    assert address == {"lesson": [PLANE], "hide": ["controls,reveal"], "speed": ["0.5"]}
    assert open_page("learn", lesson=PLANE, beat="reveal", hide="reveal").error  # the answer cannot be asked for


def test_a_strip_stays_closed_until_its_setting_is_chosen() -> None:
    stage = read_lesson("breaking").stage
    assert isinstance(stage, PlaneStage)
    app = press(open_page("learn", lesson="breaking", beat="predict", run="saturating-2"), "Skip")
    assert "seed 2" in texts(app)  # whose three losses are compared
    assert not any(strip.held in texts(app) for strip in stage.strips)
    chosen = stage.strips[1]
    app = app.segmented_control(key="learn-strip").set_value(chosen.title).run()
    assert [strip for strip in stage.strips if strip.held in texts(app)] == [chosen]
    assert [code.value for code in app.code if "sweep" in code.value] == [sweep.command for sweep in chosen.sweeps]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"lesson": "rings"}, f"There is no lesson rings: choose {', '.join(lesson_names())}"),
        ({"lesson": PLANE, "beat": "think"}, "beat=think, but it can be ask, predict, try, reveal"),
        ({"lesson": PLANE, "speed": "3"}, "speed=3, but it can be 0.25, 0.5, 1, 2, 4; 1 is shown"),
        ({"lesson": PLANE, "hide": "notes"}, "asks to hide notes, but it can hide controls, live"),
    ],
)
def test_a_wrong_address_is_named(query: dict[str, str], sentence: str) -> None:
    app = open_page("learn", **query)
    assert sentence in app.error[0].value
    assert not app.exception


def test_without_the_bundled_models_the_cards_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", "/nowhere")
    app = open_page("learn")
    assert not app.exception
    assert "There is no run named" in texts(app)


def test_a_presentation_hides_what_is_not_the_lesson() -> None:
    app = press(open_page("learn", lesson=PLANE), "Present")
    assert app.query_params["present"] == "1"
    assert "All lessons" not in [button.label for button in app.button]
    app = app.button("learn-end").click().run()
    assert "present" not in app.query_params


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in lesson_names() if name != PLANE])
def test_lessons_of_bundled_models_reach_their_end(name: str) -> None:
    app = press(open_page("learn", lesson=name, beat="predict"), "Skip")
    assert not app.exception
    assert not app.error
    app = press(app, "4 Reveal")
    assert not app.exception
    assert not app.error
    assert read_lesson(name).check.question in app.radio[0].label
