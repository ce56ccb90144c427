"""A picture decoded by Algorithm 1: the copies of all modes, their losses, and the winner's noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from clustergan_core.browser.strip import Strip
from clustergan_core.decoding import N_ITERATIONS
from clustergan_core.drawing.pictures.images import filmstrip
from clustergan_core.drawing.pictures.lesson_stills import draw_sample_beside_modes
from clustergan_core.drawing.theme import Theme
from clustergan_core.errors import DataError
from clustergan_core.lessons.lesson import DecodeStage
from clustergan_core.runs.store import find_run_by_name
from ui.frame.pictures import draw_once
from ui.frame.theme import STRIP, show_figure, show_responsive_image, theme_name
from ui.latent_slider.component import latent_slider
from ui.learn.figures import enlarge_figure
from ui.loading.runs import load_data, load_method

if TYPE_CHECKING:
    from clustergan_core.lessons.strips import Decoded
    from clustergan_core.method import Method

_CELL = 72
_STEP = "learn-decode-step"  # session state: the iteration where the handle was left


def show_decoding(stage: DecodeStage) -> None:
    """The descents of a chosen picture, whose copies, losses and noise follow the handle."""
    method, first = load_method(find_run_by_name(stage.model)), stage.penalties[0]
    with st.container(horizontal=True, gap="medium"):
        name = str(st.selectbox("Picture", list(stage.pictures), key="learn-picture", width=180))
        penalty = st.segmented_control(
            "λ", sorted(stage.penalties), default=first, required=True, key="learn-lambda", format_func="{:g}".format
        )
    strip = _strip(stage.model, name, stage.pictures[name], first if penalty is None else penalty, method)
    latent_slider(
        "learn-decode",
        strip,
        st.session_state.get(_STEP, N_ITERATIONS),
        label="Iteration",
        default=N_ITERATIONS,
        texts=[str(step) for step in range(N_ITERATIONS + 1)],
        layout="stacked",
        on_step=lambda step: st.session_state.__setitem__(_STEP, step),
    )


def show_decoding_of(stage: DecodeStage, name: str) -> None:
    """How one of the pictures is decoded at the first λ, with the four best copies."""
    run = find_run_by_name(stage.model)
    decoded = _decode(stage.model, stage.pictures[name], stage.penalties[0], load_method(run))
    _show_copies(decoded, name, n_shown=4)
    _show_losses(decoded)


def decoding_still(stage: DecodeStage, theme: Theme) -> bytes:
    """The first picture, and what the modes draw before any descent."""
    run = find_run_by_name(stage.model)
    decoded = _decode(stage.model, next(iter(stage.pictures.values())), stage.penalties[0], load_method(run))
    return draw_once(draw_sample_beside_modes, decoded.picture, decoded.copies[0], theme=theme).png


def _show_copies(decoded: Decoded, name: str, n_shown: int) -> None:
    losses, copies = decoded.losses[-1], decoded.copies[-1]
    order = losses.argsort(kind="stable").tolist()
    shown = sorted(order[:n_shown])
    strip = draw_once(
        filmstrip,
        np.concatenate([decoded.picture[None], copies[shown]]),
        marks=["x", *(f"{mode}: {losses[mode]:.3f}" for mode in shown)],
        highlight=1 + shown.index(order[0]),
        cell=_CELL,
        scale=2,
        theme=theme_name(),
    )
    size = strip.width // 2, strip.height // 2
    show_responsive_image(strip.png, size, STRIP, f"{name}, and the best copy of each mode", "learn-copies")
    st.markdown(decoded.describe(N_ITERATIONS))


def _show_losses(decoded: Decoded) -> None:
    from clustergan_core.drawing.figures.descents import descent_figure

    names = [f"mode {mode}" for mode in range(decoded.losses.shape[1])]
    figure = descent_figure(decoded.losses, names, N_ITERATIONS)
    show_figure(enlarge_figure(figure), "learn-descent", "The lowest loss so far of each mode")


@st.cache_resource(max_entries=60, show_spinner="Searching…")
def _decode(model: str, position: int, penalty: float, _method: Method) -> Decoded:
    from clustergan_core.lessons.strips import decode_picture

    dataset = load_data(find_run_by_name(model))
    if dataset is None:
        raise DataError("This lesson decodes a sample of the data, which is not on this machine.")
    return decode_picture(_method, dataset.samples[position], penalty)


@st.cache_data(max_entries=60, show_spinner=False)
def _strip(model: str, name: str, position: int, penalty: float, _method: Method) -> Strip:
    from clustergan_core.lessons.strips import decode_strip

    return decode_strip(_decode(model, position, penalty, _method), name)
