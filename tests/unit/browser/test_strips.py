"""Strips: the bytes a browser gets are what was generated, step by step."""

import numpy as np

from clustergan_core.browser.charts import Bars, Curves
from clustergan_core.browser.parts import N_DIAL_STEPS, Dial, describe_slider
from clustergan_core.browser.strip import chart_strip, make_grids

RANDOM = np.random.default_rng(3)


def test_a_grid_of_pictures_is_rounded_to_a_255th_and_comes_whole_in_parts() -> None:
    samples = RANDOM.random((5, 3, 2, 1, 4, 6), dtype=np.float32)
    strip = make_grids(samples, rows=(("mode 0", "#112233"),) * 3)
    assert strip.grid == (3, 2)
    assert strip.size == (4, 6)
    shown = np.frombuffer(b"".join(part["samples"] for part in strip.parts(2)), np.uint8).reshape(5, 3, 2, 4, 6)
    assert np.abs(shown / 255 - samples[:, :, :, 0]).max() <= 0.5 / 255 + 1e-6
    assert strip.parts(2).__next__()["samples"] == make_grids(samples[:4]).parts(2).__next__()["samples"], (
        "a strip that grows keeps its first parts"
    )


def test_curves_and_bars_keep_their_values_in_single_precision() -> None:
    values, low, high = RANDOM.random((3, 11, 2))
    curves = Curves(
        "expression", "μ", ("A", "B"), ("#000000", "#111111"), np.linspace(0, 1, 11), values, (0, 1), (), (low, high)
    )
    bars = Bars("z_n", ("1", "2"), ("#000000",) * 2, values, (-1, 1), beside=values[0])
    sections = chart_strip((curves, bars)).sections()
    for name, expected in (("0", values), ("0-lows", low), ("0-highs", high), ("1", values), ("1-beside", values[0])):
        shown = np.frombuffer(sections[f"chart-{name}"], "<f4").reshape(expected.shape)
        assert np.array_equal(shown, expected.astype(np.float32)), name
    assert describe_slider(chart_strip((curves, bars)), "dark", label="μ")["walk"]["n_steps"] == 11


def test_a_dial_shows_even_steps_and_its_own_value() -> None:
    values = Dial("z3", "z_n 3", -3.0, 3.0, 0.37, 0.0).values()
    assert len(values) == N_DIAL_STEPS + 1
    assert 0.37 in values
    assert values == sorted(values)
    others = np.array([value for value in values if value != 0.37])
    assert np.allclose(others, -3 + 0.15 * np.arange(41))
    assert len(Dial("w0", "Mode 0", 0.0, 1.0, 0.5, 0.5).values()) == N_DIAL_STEPS, "0.5 is one of the steps"
