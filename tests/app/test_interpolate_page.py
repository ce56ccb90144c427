"""The page Interpolate: what it shows is what the method generates, and a link restores the place."""

import io
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageSequence
from scipy.spatial.distance import cdist
from sklearn.decomposition import PCA

from clustergan_core.browser.strip import Strip, make_strip
from clustergan_core.generation import draw_normals
from clustergan_core.nn.prior import Latent
from clustergan_core.runs.run import Run
from clustergan_core.scoring.walk_realism import WalkReading, WalkRealism
from tests.app.app_pages import open_page, texts
from ui.interpolate import pictures
from ui.interpolate.codes import ALL_AT_ZERO, Ends
from ui.interpolate.pictures import describe_flips, walk_gif
from ui.interpolate.realism import describe_realism
from ui.interpolate.view import GeneratorView
from ui.latent_slider.component import asked_dial

pytestmark = pytest.mark.usefixtures("own_copy")


@dataclass
class Shown:
    """What the sliders of a page have shown where their handles stand, newest last."""

    pictures: list[np.ndarray]  # one pixel a sample's pixel
    said: list[str]  # of a mixture


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    kept = Shown([], [])
    slide = pictures.latent_slider

    def keep(name: str, strip: Strip | None, value: float = 0.0, **named: Any) -> None:
        if strip is None:
            dial = asked_dial(name, named["dials"])
            assert dial is not None
            fan: Strip = named["make_fan"](dial)
            step = dial.values().index(dial.value)
            kept.said.append(fan.said[step])
            kept.pictures.append(fan.samples[step, 0, 0, ..., 0])
            return slide(name, None, value, **named)
        kept.pictures.append(strip.samples[round(100 * value), 0, 0, ..., 0])
        return slide(name, strip, value, **named)

    monkeypatch.setattr(pictures, "latent_slider", keep)
    return kept


def expected(run: Run, cluster: list[float], seed: int) -> np.ndarray:
    """The bytes (8, 8) of what the run's method generates, asked directly."""
    method = run.load()
    normal = torch.from_numpy(draw_normals(method.prior, seed)[:1])
    sample = method.generate(Latent(normal, torch.tensor([cluster])))
    return np.rint(sample.numpy()[0, 0] * 255).astype(int)


def one_hot(mode: int) -> list[float]:
    return np.eye(10)[mode].tolist()


def test_the_slider_runs_from_the_left_mode_to_the_right_one_and_tells_the_papers_formula(own_copy: Path) -> None:
    app = open_page("interpolate", run="digits", a="3", b="5", mu="0.25")
    assert (app.selectbox(key="b").label, app.selectbox(key="b").value) == ("From (μ = 0)", 5)
    assert (app.selectbox(key="a").label, app.selectbox(key="a").value) == ("To (μ = 1)", 3)
    assert "z_c = μ · z_c¹ + (1 − μ) · z_c²" in app.selectbox(key="a").help


def test_at_mu_one_the_picture_is_mode_as_sample(own_copy: Path, shown: Shown) -> None:
    app = open_page("interpolate", run="digits", a="3", b="5", mu="1.0", seed="4")
    assert not app.exception
    assert not app.error
    run = Run(own_copy / "digits")
    assert np.abs(shown.pictures[-1] - expected(run, one_hot(3), seed=4)).max() <= 1
    app.slider(key="mu").set_value(0.0).run()
    assert np.abs(shown.pictures[-1] - expected(run, one_hot(5), seed=4)).max() <= 1


def test_between_the_ends_the_picture_is_that_of_the_convex_code(own_copy: Path, shown: Shown) -> None:
    app = open_page("interpolate", run="digits", a="3", b="5", mu="0.25", seed="4")
    code = (0.25 * np.eye(10)[3] + 0.75 * np.eye(10)[5]).tolist()
    assert not app.exception
    assert np.abs(shown.pictures[-1] - expected(Run(own_copy / "digits"), code, seed=4)).max() <= 1


def test_the_page_says_what_training_never_saw() -> None:
    said = texts(open_page("interpolate", run="digits"))
    assert "Between the ends, these codes were never sampled in training." in said


def test_snap_goes_to_the_nearer_mode_and_reset_to_the_middle() -> None:
    app = open_page("interpolate", run="digits", mu="0.7")
    app = app.button(key="snap-mu").click().run()
    assert app.slider(key="mu").value == 1.0
    assert float(app.query_params["mu"]) == 1
    app = app.button(key="reset-mu").click().run()
    assert app.slider(key="mu").value == 0.5


def test_weights_of_all_modes_are_normalised_and_shown(own_copy: Path, shown: Shown) -> None:
    app = open_page("interpolate", run="digits", view="All modes", seed="4", w0="0.0", w1="0.3", w7="0.9")
    assert not app.error
    assert shown.said[-1] == "z_c = 0.75 · mode 7 + 0.25 · mode 1"
    code = (0.25 * np.eye(10)[1] + 0.75 * np.eye(10)[7]).tolist()
    assert np.abs(shown.pictures[-1] - expected(Run(own_copy / "digits"), code, seed=4)).max() <= 1


def test_weights_that_are_all_zero_say_what_is_drawn(own_copy: Path, shown: Shown) -> None:
    app = open_page("interpolate", run="digits", view="All modes", seed="4", w0="0.0", w1="0.0")
    assert shown.said[-1] == ALL_AT_ZERO
    assert np.abs(shown.pictures[-1] - expected(Run(own_copy / "digits"), [0.1] * 10, seed=4)).max() <= 1
    app.slider(key="w3").set_value(0.2).run()
    assert shown.said[-1] == "z_c = 1.00 · mode 3"


def test_snapping_a_mixture_leaves_its_largest_mode(shown: Shown) -> None:
    app = open_page("interpolate", run="digits", view="All modes", w1="0.3", w7="0.9")
    app = app.button(key="snap-weights").click().run()
    assert [app.slider(key=f"w{mode}").value for mode in range(10)] == one_hot(7)
    assert shown.said[-1] == "z_c = 1.00 · mode 7"
    app = app.button(key="reset-weights").click().run()
    assert [app.slider(key=f"w{mode}").value for mode in range(10)] == [0.5, 0.5] + [0.0] * 8


def test_with_many_modes_one_chooses_which_to_mix_and_a_link_brings_its_own(shown: Shown) -> None:
    app = open_page("interpolate", run="many", view="All modes", w33="1.0", w0="0.0", w1="0.0")
    assert not app.error
    assert app.multiselect(key="mixed").value == [0, 1, 33]
    assert shown.said[-1] == "z_c = 1.00 · mode 33"


def test_setting_z_n_by_dimension_begins_at_the_draw(own_copy: Path) -> None:
    app = open_page("interpolate", run="digits", seed="4")
    app = app.segmented_control(key="zn").set_value("By dimension").run()
    prior = Run(own_copy / "digits").load().prior
    drawn = draw_normals(prior, 4)[0] / prior.sigma
    values = [app.slider(key=f"z{dimension}").value for dimension in range(prior.n_normal)]
    assert values == pytest.approx(np.clip(drawn, -3, 3), abs=0.006)


def test_a_dimension_moved_by_hand_changes_the_picture(own_copy: Path, shown: Shown) -> None:
    app = open_page("interpolate", run="digits", zn="By dimension", mu="1.0", a="3")
    middle = shown.pictures[-1].astype(int)
    app.slider(key="z1").set_value(3.0).run()
    assert not np.array_equal(shown.pictures[-1], middle)
    method = Run(own_copy / "digits").load()
    normal = torch.zeros(1, method.prior.n_normal)
    normal[0, 1] = 3 * method.prior.sigma
    sample = method.generate(Latent(normal, torch.tensor([one_hot(3)]))).numpy()[0, 0]
    assert np.abs(shown.pictures[-1] - np.rint(sample * 255)).max() <= 1


def test_tabular_data_shows_how_features_respond() -> None:
    app = open_page("interpolate", run="synthetic", mu="0.25")
    assert not app.error
    assert "How the features respond" in texts(app)
    assert {chart.key for chart in app.get("plotly_chart")} == {"responses", "walk-distance"}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"mu": "7"}, "The address asks for mu=7, but it is a number from 0 to 1; the default is shown."),
        ({"a": "10"}, "The address asks for a=10, but it can be 0, 1, 2, 3, 4, 5, 6, 7, 8, 9; the default is shown."),
        (
            {"view": "Three"},
            "The address asks for view=Three, but it can be Two modes, All modes; the default is shown.",
        ),
    ],
)
def test_a_wrong_choice_in_the_address_is_one_sentence_with_its_remedy(query: dict[str, str], sentence: str) -> None:
    app = open_page("interpolate", run="digits", **query)
    assert [error.value for error in app.error] == [sentence]
    assert not app.exception


def test_the_animation_goes_there_and_back(own_copy: Path) -> None:
    run = Run(own_copy / "digits")
    method = run.load()
    file = walk_gif(GeneratorView(run, method, draw_normals(method.prior, 7)[0]), Ends(1, 0, 0.5))
    frames = [
        np.asarray(frame.convert("L"), dtype=int) for frame in ImageSequence.Iterator(Image.open(io.BytesIO(file)))
    ]
    assert frames[0].shape == (256, 256)
    assert np.abs(frames[1] - frames[-1]).max() <= 2, "the last frame is one step from the first, as the second is"


def test_flips_are_told_with_their_place() -> None:
    codes = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
    assert describe_flips([0.0, 0.5, 1.0], codes) == "It changes from 0 to 1 at μ = 1.00."
    assert describe_flips([0.0, 0.5], codes[:2]) == "It reads mode 0 all the way."


def test_many_flips_are_counted() -> None:
    codes = np.array([[0.9, 0.1], [0.1, 0.9]] * 4)
    assert describe_flips([step / 7 for step in range(8)], codes).endswith(
        "then from 0 to 1 at μ = 0.71, and 2 times more."
    )


def test_a_strip_holds_what_was_generated_and_read_to_a_255th() -> None:
    random = np.random.default_rng(0)
    samples = random.uniform(-0.1, 1.1, (101, 3, 4, 5)).astype(np.float32)
    codes = random.dirichlet(np.ones(7), 101).astype(np.float32)
    strip = make_strip(samples, codes)
    assert (strip.form, strip.size) == ("pixels", (4, 5))
    assert strip.codes is not None
    assert np.abs(strip.samples[:, 0, 0] / 255 - samples.clip(0, 1).transpose(0, 2, 3, 1)).max() <= 0.5 / 255 + 1e-6
    assert np.abs(strip.codes / 255 - codes).max() <= 0.5 / 255 + 1e-6
    assert strip.reads is not None
    assert strip.reads.tolist() == codes.argmax(axis=1).tolist()


def test_a_code_that_rounds_to_a_tie_keeps_its_most_probable_mode() -> None:
    strip = make_strip(np.zeros((1, 3), np.float32), np.array([[0.3332, 0.3334, 0.3334 - 1e-5]], np.float32))
    assert strip.codes is not None and strip.reads is not None
    assert (strip.form, strip.codes.tolist(), strip.reads.tolist()) == ("profile", [[85, 85, 85]], [1])


def test_the_walk_is_measured_beside_real_samples_in_words(own_copy: Path) -> None:
    app = open_page("interpolate", run="digits", a="3", b="5", mu="0.25", seed="4")
    assert not app.exception
    run = Run(own_copy / "digits")
    normal = draw_normals(run.load().prior, 4)[:1]
    mus = np.linspace(0, 1, 41)
    code = np.outer(mus, one_hot(3)) + np.outer(1 - mus, one_hot(5))
    latent = Latent(torch.from_numpy(np.repeat(normal, 41, axis=0)), torch.from_numpy(code.astype(np.float32)))
    walk = run.load().generate(latent).numpy().reshape(41, -1)
    real = run.dataset().samples.reshape(-1, 64)
    components = PCA(20, random_state=0).fit(real)
    walk, real = components.transform(walk), components.transform(real)
    distance = np.sort(cdist(walk, real), axis=1)[:, 4][(mus >= 1 / 3) & (mus <= 2 / 3)]
    usual = np.median(np.sort(cdist(real, real), axis=1)[:, 5])
    told = re.search(r"the walk is \*\*([\d.]+) times\*\* as far from real samples", texts(app))
    assert told is not None
    assert float(told[1]) == pytest.approx(np.median(distance) / usual, abs=0.02)
    assert re.search(r"The classifier's confidence (falls to|is lowest at) [\d.]+ at μ", texts(app))


def test_without_its_data_a_walk_is_not_measured_and_the_page_says_so(own_copy: Path) -> None:
    config = own_copy / "digits" / "config.json"
    config.write_text(config.read_text().replace('"source": "digits"', '"source": "/gone/digits.npz"'))
    app = open_page("interpolate", run="digits", a="3", b="5")
    assert not app.exception
    assert "This needs the data, which is not on this machine." in texts(app)
    assert "times** as far" not in texts(app)


def test_walks_among_equal_samples_and_unsure_stretches_are_described_in_words() -> None:
    mus, flat = np.linspace(0, 1, 5), np.ones(5)
    reading = WalkReading(("3", "3", "8", "8", "8"), np.array([0.9, 0.6, 0.4, 0.7, 0.9]), flat, flat, 1.0)
    walk = WalkRealism(mus, np.array([1.0, 2, 6, 2, 1]), flat, flat, 1.0, 3.0, reading)
    said = describe_realism(walk).replace("\u00a0", " ")
    assert said.startswith("In its middle third, the walk is **6.00 times** as far")
    assert "At μ = 0.50 it is further than 95% of real samples are." in said
    assert "confidence falls to 0.40 at μ = 0.50, where no label has most of the probability" in said
    assert "Most real samples equal others" in describe_realism(replace(walk, usual=0.0))
