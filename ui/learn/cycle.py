"""The two loops x → E → G and z → G → E over a recorded training, and where they end."""

from __future__ import annotations

import statistics
from pathlib import Path

import numpy as np
import streamlit as st

from clustergan_core.browser.strip import Strip
from clustergan_core.drawing.pictures.images import mosaic
from clustergan_core.drawing.theme import Theme
from clustergan_core.lessons.arrays import ArraysRecording
from clustergan_core.lessons.lesson import CycleStage, Lesson
from clustergan_core.lessons.measures import z_distances
from clustergan_core.lessons.strips import cycle_strip, round_distance
from ui.frame.pictures import draw_once
from ui.latent_slider.component import latent_slider
from ui.learn.address import asked_frame, go_to
from ui.learn.recordings import choose_run, read_recorded, read_recorded_at, show_command, stamp


def show_cycle(lesson: Lesson, stage: CycleStage) -> None:
    """Both loops at a step of the training; the picture and the figures follow the handle."""
    run = choose_run(lesson, stage)
    recording = read_recorded(lesson, run)
    strip = _strip(str(lesson.recording_path(run.name)), int(run.setup.settings["n_normal"]))
    steps = [int(step) for step in recording.arrays["steps"]]
    frame = min(asked_frame(), len(steps) - 1) if "frame" in st.query_params else len(steps) - 1
    latent_slider(
        "learn-cycle",
        strip,
        frame,
        label="Step",
        default=len(steps) - 1,
        texts=[f"{step:,}" for step in steps],
        layout="stacked",
        on_step=lambda frame: go_to(frame=str(frame)),
    )
    show_command(recording.header.command, recording.header.versions)


@st.cache_data(max_entries=20, show_spinner=False)
def _strip(path: str, n_normal: int) -> Strip:
    return cycle_strip(read_recorded_at(path, stamp(Path(path))), n_normal)


def show_cycle_ends(lesson: Lesson, stage: CycleStage) -> None:
    """Both distances after the last step of every setting, as medians over seeds, above the paper's."""
    rows = ["| β_n, β_c | x | z | its noise | its mode |", "|" + "---|" * 5]
    groups: dict[tuple[str, str], list[ArraysRecording]] = {}
    for run in stage.runs:
        groups.setdefault((run.choices["β_n"], run.choices["β_c"]), []).append(read_recorded(lesson, run))
    for weights, recordings in groups.items():
        ends = (
            [recording.arrays["x_distance"][-1] for recording in recordings],
            [z_distances(recording)[-1] for recording in recordings],
            [recording.arrays["normal_distance"][-1] for recording in recordings],
            [recording.arrays["cluster_distance"][-1] for recording in recordings],
        )
        medians = [round_distance(float(statistics.median(values))) for values in ends]
        rows.append(f"| {', '.join(weights)} | {' | '.join(medians)} |")
    rows.append("| paper | 0.038 | 0.0004 | | |")
    st.markdown("\n".join(rows))
    n_seeds = len(next(iter(groups.values())))
    st.caption(f"Mean squares from x to G(E(x)) and from z to E(G(z)) after the last step, medians of {n_seeds} seeds.")


def cycle_still(lesson: Lesson, stage: CycleStage, theme: Theme) -> bytes:
    """Test digits and what their loop gives back, half-way through the first training."""
    arrays = read_recorded(lesson, stage.runs[0]).arrays
    back = arrays["x_back"][len(arrays["steps"]) // 2]
    samples = np.concatenate([arrays["x"][:4], back[:4]]).astype(np.float32) / 255
    return draw_once(mosaic, samples, n_columns=4, cell=120, scale=2, theme=theme).png
