"""The section "Decode a sample" of the page Interpolate."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from clustergan_core.data.registry import load_dataset
from clustergan_core.decoding import decode_samples, read_clusters
from clustergan_core.nn.back_projection import back_project, draw_starts
from clustergan_core.nn.prior import Latent
from clustergan_core.runs.run import Run
from tests.app.app_pages import open_page, texts
from ui.interpolate import decoding as section
from ui.interpolate.decoding import ABSENT_DATA, STATE, Decoding

pytestmark = pytest.mark.usefixtures("own_copy")


def keys(app: AppTest) -> list[str]:
    return [str(button.key) for button in app.button]


def charts(app: AppTest) -> set[str]:
    return {str(chart.key) for chart in app.get("plotly_chart")}


def decode(app: AppTest, seconds: float = 30) -> Decoding:
    """Presses Decode, and redraws the page as a browser does until the descent is over."""
    app.button(key="decode").click().run()
    end = time.monotonic() + seconds
    while not app.session_state[STATE].is_over:
        assert time.monotonic() < end
        app.run()
    return app.session_state[STATE]


def test_nothing_is_loaded_or_drawn_before_a_sample_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the closed section reads the data")

    monkeypatch.setattr(section, "load_data", refuse)
    app = open_page("interpolate", run="digits")
    assert not app.exception and not app.error
    assert STATE not in app.session_state
    assert [expander.proto.expanded for expander in app.expander if expander.label == "Decode a sample"] == [False]


def test_the_latents_are_those_of_back_projection_and_the_encoders_answer_is_told(own_copy: Path) -> None:
    app = open_page("interpolate", run="digits", sample="17", iterations="25")
    assert app.number_input(key="sample").value == 17
    decoding = decode(app)
    method, samples = Run(own_copy / "digits").load(), load_dataset("digits").samples[[17]]
    n_noise = method.prior.n_normal
    direct = back_project(
        lambda z: method.generate(Latent(z[:, :n_noise], z[:, n_noise:])),
        torch.from_numpy(samples),
        draw_starts(method.prior, 10),
        type(method.descent)(**vars(method.descent) | {"n_iterations": 25}),
    )
    torch.testing.assert_close(decoding.current.latents, direct.latents, rtol=0, atol=1e-5)
    assert len(decoding.losses) == 26
    assert (np.diff(decoding.losses, axis=0) <= 0).all(), "the lowest loss so far never rises"
    answers = read_clusters(method, samples)
    assert answers is not None and decoding.answer is not None
    assert decoding.answer[0] == answers[0][0]
    said = texts(app)
    assert f"**mode {int(direct.winner[0])}**" in said
    assert f"The run itself reads mode {answers[0][0]}" in said
    assert "descent" in charts(app)
    assert "stop-decoding" not in keys(app)


def test_it_stops_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(section, "_SLICE_SECONDS", 1e-9)  # one iteration between two drawings
    app = open_page("interpolate", run="digits", iterations="50")
    app.button(key="decode").click().run()
    app.button(key="stop-decoding").click().run()
    stopped = app.session_state[STATE]
    n_done = stopped.n_done
    assert stopped.is_over and 0 < n_done < 50
    app.run()
    assert app.session_state[STATE].n_done == n_done
    assert "stop-decoding" not in keys(app)


def test_another_sample_puts_the_last_one_away() -> None:
    app = open_page("interpolate", run="synthetic", iterations="2")
    decode(app)
    assert "descent" in charts(app)
    app.number_input(key="sample").set_value(3).run()
    assert STATE not in app.session_state
    assert charts(app) == {"responses", "walk-distance"}


def test_with_many_modes_the_best_are_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[int, list[str]]] = []
    draw = section.filmstrip

    def keep(samples: np.ndarray, marks: list[str], **named: Any) -> object:
        shown.append((named["highlight"], marks))
        return draw(samples, marks, **named)

    monkeypatch.setattr(section, "filmstrip", keep)
    decoding = decode(open_page("interpolate", run="many", iterations="3"))
    highlight, marks = shown[-1]
    best = sorted(decoding.losses[-1].argsort(kind="stable")[:12].tolist())
    assert [int(mark.split(":")[0]) for mark in marks[1:]] == best
    assert marks[highlight].startswith(f"{decoding.losses[-1].argmin()}:")


def test_absent_data_and_a_wrong_sample_are_one_sentence_each(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page("interpolate", run="digits", sample="1797")
    assert [error.value for error in app.error] == [
        "The address asks for sample=1797, but it is a whole number from 0 to 1796; the default is shown."
    ]
    monkeypatch.setattr(Run, "is_data_here", lambda _: False)
    app = open_page("interpolate", run="digits")
    assert ABSENT_DATA in [info.value for info in app.info]
    assert "decode" not in keys(app)


def test_slices_give_what_an_unbroken_descent_gives(own_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    method, samples = Run(own_copy / "digits").load(), load_dataset("digits").samples[[3]]
    *_, unbroken = decode_samples(method, samples, 6)
    monkeypatch.setattr(section, "_SLICE_SECONDS", 1e-9)
    decoding = decode(open_page("interpolate", run="digits", sample="3", iterations="6"))
    torch.testing.assert_close(decoding.current.latents, unbroken.latents, rtol=0, atol=1e-6)
