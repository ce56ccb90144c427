"""The two loops x → E → G and z → G → E over a recorded training, and where they end."""

from __future__ import annotations

import statistics
from pathlib import Path

import numpy as np
import streamlit as st

from clustergan_core.drawing.pictures.images import mosaic, png, sample_grid
from clustergan_core.drawing.theme import Theme
from clustergan_core.lessons.arrays import ArraysRecording
from clustergan_core.lessons.lesson import CycleStage, Lesson
from clustergan_core.lessons.measures import z_distances
from ui.frame.pictures import draw_once
from ui.frame.theme import STRIP, show_figure, show_responsive_image, theme_name
from ui.learn.address import asked_frame, go_to
from ui.learn.figures import enlarge_figure
from ui.learn.recordings import choose_run, read_recorded, read_recorded_at, show_command, stamp

_STEP = "learn-cycle-step"


def show_cycle(lesson: Lesson, stage: CycleStage) -> None:
    """Both loops at a step of the training that the controls choose."""
    from clustergan_core.drawing.figures.cycles import cycle_figure, latent_pair_figure

    controls, slider = st.columns(2, gap="large")
    with controls:
        run = choose_run(lesson, stage)
    recording = read_recorded(lesson, run)
    arrays = recording.arrays
    with slider:
        frame = _choose_frame([int(step) for step in arrays["steps"]])
    step = int(arrays["steps"][frame])
    pairs, curves = st.columns(2, gap="large")
    with pairs:
        picture = _pairs_picture(str(lesson.recording_path(run.name)), frame, theme_name())
        described = f"Eight test digits x, and below each G(E(x)) after step {step:,}"
        show_responsive_image(picture[0], picture[1], STRIP, described, "cycle-pairs")
        n_normal = int(run.setup.settings["n_normal"])
        figure = latent_pair_figure(arrays["z"][0], arrays["z_back"][frame, 0], n_normal)
        show_figure(enlarge_figure(figure), "cycle-latent", f"One z and its E(G(z)) after step {step:,}")
    with curves:
        parts = [arrays[name] for name in ("x_distance", "normal_distance", "cluster_distance")]
        figure = cycle_figure(arrays["steps"], parts[0], parts[1], parts[2], step)
        x, normal, cluster = (float(part[frame]) for part in parts)
        said = f"After step {step:,}: x {_round(x)}, noise of z {_round(normal)}, mode of z {_round(cluster)}"
        show_figure(enlarge_figure(figure), "cycle-curves", said)
        st.caption(f"{said}. Means of squares over samples and their entries.")
    show_command(recording.header.command, recording.header.versions)


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
        medians = [_round(float(statistics.median(values))) for values in ends]
        rows.append(f"| {', '.join(weights)} | {' | '.join(medians)} |")
    rows.append("| paper | 0.038 | 0.0004 | | |")
    st.markdown("\n".join(rows))
    n_seeds = len(next(iter(groups.values())))
    st.caption(f"Mean squares from x to G(E(x)) and from z to E(G(z)) after the last step, medians of {n_seeds} seeds.")


def _round(value: float) -> str:
    return "<0.0001" if value < 1e-4 else np.format_float_positional(value, 2, fractional=False, trim="-")


def cycle_still(lesson: Lesson, stage: CycleStage, theme: Theme) -> bytes:
    """Test digits and what their loop gives back, half-way through the first training."""
    arrays = read_recorded(lesson, stage.runs[0]).arrays
    back = arrays["x_back"][len(arrays["steps"]) // 2]
    samples = np.concatenate([arrays["x"][:4], back[:4]]).astype(np.float32) / 255
    return draw_once(mosaic, samples, n_columns=4, cell=120, scale=2, theme=theme).png


def _choose_frame(steps: list[int]) -> int:
    """The frame at the slider's step; where it is released is written to the address."""
    frame = min(asked_frame(), len(steps) - 1) if "frame" in st.query_params else len(steps) - 1
    if st.session_state.get(_STEP) not in steps:
        st.session_state[_STEP] = steps[frame]
    chosen = st.select_slider(
        "Step", steps, key=_STEP, format_func="{:,}".format, on_change=_write_frame, args=(steps,)
    )
    return steps.index(chosen)


def _write_frame(steps: list[int]) -> None:
    go_to(frame=str(steps.index(st.session_state[_STEP])))


@st.cache_data(max_entries=100, show_spinner=False)
def _pairs_picture(path: str, frame: int, theme: Theme) -> tuple[bytes, tuple[int, int]]:
    arrays = read_recorded_at(path, stamp(Path(path))).arrays
    samples = np.stack([arrays["x"], arrays["x_back"][frame]]).astype(np.float32) / 255
    picture = sample_grid(samples, row_labels=["x", "G(E(x))"], cell=56, scale=2, theme=theme)
    return png(picture), (picture.width // 2, picture.height // 2)
