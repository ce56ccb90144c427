"""What four priors leave in the latent space: maps of decoded digits, their k-means, and what is generated."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.drawing.pictures.images import mosaic, png, sample_grid
from clustergan_core.drawing.theme import Theme
from clustergan_core.lessons.lesson import Lesson, PriorsStage
from clustergan_core.lessons.recording import POSITION_LEVELS
from ui.frame.pictures import draw_once
from ui.frame.theme import STRIP, draw_figure_once, show_responsive_image, show_themed, theme_name
from ui.learn.recordings import choose_run, read_recorded, read_recorded_at, show_command, stamp

_COLOURINGS = {"Digit": "labels", "k-means": "clusters"}


def show_priors(lesson: Lesson, stage: PriorsStage) -> None:
    """The map of the chosen prior's latent space beside that of the pixels."""
    controls, colouring = st.columns([3, 1], gap="large")
    with controls:
        run = choose_run(lesson, stage)
    with colouring:
        chosen = st.segmented_control(
            "Numbers", list(_COLOURINGS), default="Digit", required=True, key="learn-priors-colouring"
        )
    recording = read_recorded(lesson, run)
    arrays, section = recording.arrays, _COLOURINGS[str(chosen)]
    noun = "digit" if section == "labels" else "cluster"
    n_groups = int(run.setup.settings["n_clusters"])
    latent, pixels = st.columns(2, gap="large")
    with latent:
        st.markdown(f"**Decoded z, {run.choices['Prior'].lower()} prior**")
        _show_map(arrays["map"], arrays[section], n_groups, noun, "learn-map-latent")
    with pixels:
        st.markdown("**Pixels of the same digits**")
        groups = arrays["labels"] if section == "labels" else arrays["control_clusters"]
        _show_map(arrays["control_map"], groups, n_groups, noun, "learn-map-pixels")
    picture, size = _pictures(str(lesson.recording_path(run.name)), theme_name())
    described = "Generated digits; test digits x; and what the decoded z of x generates"
    show_responsive_image(picture, size, STRIP, described, "learn-priors-pictures")
    show_command(recording.header.command, recording.header.versions)


def show_prior_scores(lesson: Lesson, stage: PriorsStage) -> None:
    """NMI of k-means with the digits, in the latent space of each prior and in the pixels."""
    from clustergan_core.evaluation import nmi

    recordings = {run.name: read_recorded(lesson, run).arrays for run in stage.runs}
    rows = ["| prior | NMI of k-means on z | seeds |", "|---|---|---|"]
    for prior in dict.fromkeys(run.choices["Prior"] for run in stage.runs):
        runs = [run for run in stage.runs if run.choices["Prior"] == prior]
        scores = [
            f"{nmi(recordings[run.name]['labels'].astype(int), recordings[run.name]['clusters'].astype(int)):.2f}"
            for run in runs
        ]
        rows.append(f"| {prior} | **{' and '.join(scores)}** | {' and '.join(str(run.setup.seed) for run in runs)} |")
    first = next(iter(recordings.values()))
    control = nmi(first["labels"].astype(int), first["control_clusters"].astype(int))
    rows.append(f"| none: the pixels themselves | **{control:.2f}** | |")
    st.markdown("\n".join(rows))


def prior_still(lesson: Lesson, stage: PriorsStage, theme: Theme) -> bytes:
    """Digits that the first prior's generator draws."""
    draws = read_recorded(lesson, stage.runs[0]).arrays["draws"].astype(np.float32) / 255
    return draw_once(mosaic, draws, n_columns=4, cell=120, scale=2, theme=theme).png


def _show_map(levels: NDArray[np.uint16], groups: NDArray[np.uint8], n_groups: int, noun: str, key: str) -> None:
    from clustergan_core.drawing.figures.label_maps import label_map_figure

    figure = draw_figure_once(label_map_figure, levels / POSITION_LEVELS, groups, n_groups, noun)
    show_themed(figure, key, f"A t-SNE map of {len(levels)} digits, each written as its {noun}")


@st.cache_data(max_entries=40, show_spinner=False)
def _pictures(path: str, theme: Theme) -> tuple[bytes, tuple[int, int]]:
    arrays = read_recorded_at(path, stamp(Path(path))).arrays
    samples = np.stack([arrays["draws"], arrays["x"], arrays["x_back"]]).astype(np.float32) / 255
    picture = sample_grid(samples, row_labels=["generated", "x", "G(z)"], cell=56, scale=2, theme=theme)
    return png(picture), (picture.width // 2, picture.height // 2)
