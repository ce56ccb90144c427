"""The page Modes: what stands beside each row, what a link restores, and what is missing without data."""

import io
from base64 import b64decode
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from clustergan_core.data.registry import load_dataset
from clustergan_core.drawing.pictures.images import layout_grid
from clustergan_core.generation import generate_modes
from clustergan_core.runs.run import Run
from tests.app.app_pages import open_page, texts

pytestmark = pytest.mark.usefixtures("own_copy")


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> dict[str, np.ndarray]:
    """The pixels of the PNG pictures a page shows, by their descriptions."""
    shown: dict[str, np.ndarray] = {}
    show = st.image

    def keep(image: str | bytes, *arguments: object, alt: str, **named: object) -> object:
        png = b64decode(image.removeprefix("data:image/png;base64,")) if isinstance(image, str) else image
        shown[alt] = np.asarray(Image.open(io.BytesIO(png)))
        return show(image, *arguments, alt=alt, **named)  # type: ignore[arg-type] # passed on as they came

    monkeypatch.setattr(st, "image", keep)
    return shown


def table_of(app: AppTest) -> pd.DataFrame:
    return app.dataframe[0].value


def test_the_page_shows_all_modes_as_one_picture_of_the_runs_own_samples(
    own_copy: Path, pictures: dict[str, np.ndarray]
) -> None:
    app = open_page("modes", run="digits", seed="21", columns="6")
    assert not app.exception
    assert not app.error
    (rows,) = (picture for alt, picture in pictures.items() if alt.startswith("10 rows of 6 generated samples"))
    samples = generate_modes(Run(own_copy / "digits").load(), 6, seed=21)
    # The last cell, from the corner that no label moves: the mean of each of the 8 × 8 squares is a pixel's byte.
    n_pixels = layout_grid(samples.shape, cell=112, scale=2).cell
    height, width = rows.shape[:2]
    corner = rows[height - 16 - n_pixels : height - 16, width - 16 - n_pixels : width - 16, 0]
    squares = corner.reshape(8, n_pixels // 8, 8, n_pixels // 8).mean(axis=(1, 3))
    assert np.abs(squares - 255 * samples[9, 5, 0]).max() <= 1


def test_usage_and_purity_are_those_of_the_test_samples(own_copy: Path) -> None:
    app = open_page("modes", run="digits")
    from clustergan_core.runs.latents import run_latents

    latents, digits = run_latents(Run(own_copy / "digits")), load_dataset("digits")
    assert digits.labels is not None
    table = table_of(app)
    for mode in range(10):
        held = digits.labels[latents.indices[latents.clusters == mode]]
        assert table["samples"][mode] == len(held)
        assert table["usage"][mode] == pytest.approx(100 * len(held) / len(latents.indices))
        if len(held):
            assert table["purity"][mode] == pytest.approx(100 * np.bincount(held).max() / len(held))
        else:
            assert np.isnan(table["purity"][mode])
            assert "empty" in table["flags"][mode]


def test_the_page_says_that_a_modes_number_is_no_digit() -> None:
    assert "mode index ≠ digit" in texts(open_page("modes", run="digits"))
    assert "mode index ≠ label" in texts(open_page("modes", run="synthetic"))


def test_a_new_draw_changes_the_seed_and_the_address_follows() -> None:
    app = open_page("modes", run="digits", seed="21")
    button = next(button for button in app.button if button.label == "New z_n")
    app = button.click().run()
    seed = app.number_input(key="seed").value
    assert seed != 21
    assert app.query_params["seed"] == str(seed)


def test_sorting_by_usage_puts_the_most_used_mode_first(
    own_copy: Path, pictures: dict[str, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    orders: list[list[int]] = []
    from ui.modes import rows as mode_rows

    show = mode_rows.show_rows

    def keep(view: object, samples: object, order: np.ndarray) -> None:
        orders.append(order.tolist())
        show(view, samples, order)  # type: ignore[arg-type] # passed on as they came

    monkeypatch.setattr(mode_rows, "show_rows", keep)
    usage = table_of(open_page("modes", run="digits", sort="usage"))["usage"].to_numpy()
    assert orders == [np.argsort(-usage, kind="stable").tolist()]


def test_without_the_data_the_page_says_so_and_invents_no_figures(
    own_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Run, "is_data_here", lambda self: False)
    monkeypatch.setattr("ui.loading.modes.load_latents", _no_latents)
    app = open_page("modes", run="digits")
    assert not app.error
    assert "needs the data" in texts(app)
    table = table_of(app)
    assert table["usage"].isna().all()
    assert table["purity"].isna().all()
    assert set(table["label"]) == {"needs the data"}


def _no_latents(*_: object) -> None:
    from clustergan_core.errors import DataError

    raise DataError("the data is not here")


def test_tabular_data_has_mean_profiles_generated_and_real() -> None:
    app = open_page("modes", run="synthetic")
    assert not app.error
    assert [tab.label for tab in app.tabs] == ["Generated", "Real"]
    assert len(app.get("plotly_chart")) == 2


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"columns": "99"}, "The address asks for columns=99, but it is a whole number from 1 to 24"),
        ({"mode": "12"}, "The address asks for mode=12, but it can be 0, 1, 2"),
        ({"seed": "red"}, "The address asks for seed=red, but it is a whole number from 0 to 9999"),
    ],
)
def test_a_wrong_choice_in_the_address_is_named_with_what_it_can_be(query: dict[str, str], sentence: str) -> None:
    app = open_page("modes", run="digits", **query)
    assert len(app.error) == 1
    assert app.error[0].value.startswith(sentence)


def test_a_chosen_mode_is_shown_beside_the_real_samples_it_holds(
    own_copy: Path, pictures: dict[str, np.ndarray]
) -> None:
    usage = table_of(open_page("modes", run="digits"))["samples"].to_numpy(dtype=int)
    mode = int(usage.argmax())
    pictures.clear()
    open_page("modes", run="digits", mode=str(mode))
    assert f"Generated samples of mode {mode}" in pictures
    assert f"Real samples of mode {mode}, highest confidence" in pictures
    assert f"Real samples of mode {mode}, lowest confidence" in pictures
