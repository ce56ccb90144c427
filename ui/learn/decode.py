"""A picture decoded by Algorithm 1: the copies of all modes, their losses, and the winner's noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.decoding import N_ITERATIONS, decode_samples, descend_for, generate_decoded, read_clusters
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.pictures.images import filmstrip
from clustergan_core.drawing.pictures.lesson_stills import draw_sample_beside_modes
from clustergan_core.drawing.theme import Theme
from clustergan_core.errors import DataError
from clustergan_core.lessons.lesson import DecodeStage
from clustergan_core.runs.store import find_run_by_name
from ui.frame.pictures import draw_once
from ui.frame.theme import STRIP, show_figure, show_responsive_image, theme_name
from ui.learn.figures import enlarge_figure
from ui.loading.runs import load_data, load_method

if TYPE_CHECKING:
    from clustergan_core.method import Method

_STEPS = (0, 1, 2, 5, 10, 20, 50, 100, N_ITERATIONS)  # errors fall at the beginning
_CELL = 72


@dataclass(frozen=True)
class _Decoded:
    """A picture's descents: R restarts, T steps after which their copies are shown."""

    picture: NDArray[np.float32]  # (*shape)
    losses: NDArray[np.float32]  # (N_ITERATIONS + 1, R), the lowest so far
    noises: NDArray[np.float32]  # (T, R, n_normal)
    copies: NDArray[np.float32]  # (T, R, *shape)
    encoder_mode: int
    bound: float  # of the noise's entries


def show_decoding(stage: DecodeStage) -> None:
    """The descents of a chosen picture, step by step."""
    method, first = load_method(find_run_by_name(stage.model)), stage.penalties[0]
    with st.container(horizontal=True, gap="medium"):
        name = st.selectbox("Picture", list(stage.pictures), key="learn-picture", width=180)
        penalty = st.segmented_control(
            "λ", sorted(stage.penalties), default=first, required=True, key="learn-lambda", format_func="{:g}".format
        )
        step = st.select_slider("Iteration", _STEPS, _STEPS[-1], key="learn-decode-step")
    decoded = _decode(stage.model, stage.pictures[str(name)], first if penalty is None else penalty, method)
    _show_copies(decoded, step, str(name))
    losses, noise = st.columns([3, 2], gap="large")
    with losses:
        _show_losses(decoded)
    with noise:
        _show_noise(decoded, step)


def show_decoding_of(stage: DecodeStage, name: str) -> None:
    """How one of the pictures is decoded at the first λ, with the four best copies."""
    run = find_run_by_name(stage.model)
    decoded = _decode(stage.model, stage.pictures[name], stage.penalties[0], load_method(run))
    _show_copies(decoded, _STEPS[-1], name, n_shown=4)
    _show_losses(decoded)


def decoding_still(stage: DecodeStage, theme: Theme) -> bytes:
    """The first picture, and what the modes draw before any descent."""
    run = find_run_by_name(stage.model)
    decoded = _decode(stage.model, next(iter(stage.pictures.values())), stage.penalties[0], load_method(run))
    return draw_once(draw_sample_beside_modes, decoded.picture, decoded.copies[0], theme=theme).png


def _show_copies(decoded: _Decoded, step: int, name: str, n_shown: int | None = None) -> None:
    losses, copies = decoded.losses[step], decoded.copies[_STEPS.index(step)]
    order = losses.argsort(kind="stable").tolist()
    winner, second = order[:2]
    shown = sorted(order[:n_shown])
    strip = draw_once(
        filmstrip,
        np.concatenate([decoded.picture[None], copies[shown]]),
        marks=["x", *(f"{mode}: {losses[mode]:.3f}" for mode in shown)],
        highlight=1 + shown.index(winner),
        cell=_CELL,
        scale=2,
        theme=theme_name(),
    )
    size = strip.width // 2, strip.height // 2
    show_responsive_image(strip.png, size, STRIP, f"{name}, and the best copy of each mode", "learn-copies")
    margin = (losses[second] - losses[winner]) / losses[winner]
    said = "the same mode" if decoded.encoder_mode == winner else f"mode {decoded.encoder_mode}"
    st.markdown(
        f"After {step} iterations, **mode {winner}** has the lowest loss; that of mode {second} is {margin:.0%} "
        f"higher. The encoder reads {said}."
    )


def _show_losses(decoded: _Decoded) -> None:
    from clustergan_core.drawing.figures.descents import descent_figure

    names = [f"mode {mode}" for mode in range(decoded.losses.shape[1])]
    figure = descent_figure(decoded.losses, names, N_ITERATIONS)
    show_figure(enlarge_figure(figure), "learn-descent", "The lowest loss so far of each mode")


def _show_noise(decoded: _Decoded, step: int) -> None:
    from clustergan_core.drawing.figures.descents import noise_figure

    winner = int(decoded.losses[step].argmin())
    noise = decoded.noises[_STEPS.index(step), winner]
    figure = noise_figure(noise, mode_colours(decoded.losses.shape[1])[winner], decoded.bound)
    described = f"The winner's noise after {step} iterations: entries from {noise.min():.2f} to {noise.max():.2f}"
    st.caption(f"Noise of mode {winner}, and the bounds at ±{decoded.bound:.1f}")
    show_figure(enlarge_figure(figure), "learn-noise", described)


@st.cache_resource(max_entries=60, show_spinner="Searching…")
def _decode(model: str, position: int, penalty: float, _method: Method) -> _Decoded:
    dataset = load_data(find_run_by_name(model))
    if dataset is None:
        raise DataError("This lesson decodes a sample of the data, which is not on this machine.")
    sample = dataset.samples[position]
    steps = descend_for(decode_samples(_method, sample[None], N_ITERATIONS, penalty), np.inf)
    shown = [steps[step].latents[0] for step in _STEPS]
    answers = read_clusters(_method, sample[None])
    assert answers is not None
    return _Decoded(
        sample,
        np.stack([step.losses[0].numpy() for step in steps]),
        np.stack([latents[:, : _method.prior.n_normal].numpy() for latents in shown]),
        np.stack([generate_decoded(_method, latents) for latents in shown]),
        int(answers[0][0]),
        _method.descent.highest,
    )
