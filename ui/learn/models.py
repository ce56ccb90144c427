"""What bundled models and sweeps show: a walk between modes, the modes themselves, and the number of modes K."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.browser.strip import N_STEPS, Strip, make_strip
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.pictures.images import sample_grid
from clustergan_core.lessons.lesson import ModesStage, SweepStage, WalkStage
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import find_run_by_name
from clustergan_core.runs.sweeps.report import SHIPPED_SWEEPS, SweepReport, read_report
from ui.frame.pictures import draw_once
from ui.frame.seed import choose_seed
from ui.frame.theme import WHOLE_GRID, draw_figure_once, show_figure, show_responsive_image, show_themed, theme_name
from ui.interpolate.codes import FIRST_MU
from ui.interpolate.pictures import describe_flips
from ui.latent_slider.component import choose_place, latent_slider
from ui.loading.modes import summary_of
from ui.loading.runs import load_method
from ui.modes.rows import row_label
from ui.sweep.figure import make_drawing
from ui.sweep.scores import ChosenScore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clustergan_core.method import Method

N_COLUMNS = 8  # samples of a mode


def show_walk(stage: WalkStage) -> None:
    """The latent slider between two modes of a model."""
    from clustergan_core.generation import draw_normals

    run = find_run_by_name(stage.model)
    method = load_method(run)
    modes = range(method.prior.n_clusters)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        start = st.selectbox("From (μ = 0)", modes, stage.start, key="learn-from", width=110)
        end = st.selectbox("To (μ = 1)", modes, stage.end, key="learn-to", width=110)
        seed = choose_seed()
    normal = draw_normals(method.prior, seed)[0]
    strip, flips = _strip(run.name, start, end, normal.tobytes(), method, normal)
    latent_slider(
        "mu",
        strip,
        choose_place("mu", FIRST_MU),
        label="μ",
        ends=(start, end),
        default=FIRST_MU,
        words=f"Between the ends, 0 < μ < 1, no code was ever drawn in training. {flips}",
    )


@st.cache_data(max_entries=100, show_spinner=False)
def _strip(
    model: str, start: int, end: int, key: bytes, _method: Method, _normal: NDArray[np.float32]
) -> tuple[Strip, str]:
    from clustergan_core.generation import generate_codes, read_codes, walk_codes

    mus = [step / (N_STEPS - 1) for step in range(N_STEPS)]
    samples = generate_codes(_method, walk_codes(_method.prior, end, start, mus), _normal)
    codes = read_codes(_method, samples)
    return make_strip(samples, codes), describe_flips(mus, codes)


def show_modes(stage: ModesStage) -> None:
    """The modes of a chosen model, by their numbers alone."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        which = st.segmented_control(
            "Model", list(stage.models), default=next(iter(stage.models)), required=True, key="learn-model"
        )
        seed = choose_seed()
    run = find_run_by_name(stage.models[str(which)])
    show_mode_rows(run, seed, has_names=False)


def show_mode_rows(run: Run, seed: int, *, has_names: bool) -> None:
    """The modes as rows that share z_n by column, with what real samples say of them, or with their numbers alone."""
    samples = _mode_samples(run.name, seed, load_method(run))
    n_modes = len(samples)
    labels = [row_label(summary_of(run), mode) if has_names else f"Mode {mode}" for mode in range(n_modes)]
    picture = draw_once(
        sample_grid,
        samples,
        row_labels=labels,
        row_colours=mode_colours(n_modes),
        cell=72,
        scale=2,
        theme=theme_name(),
    )
    described = f"{n_modes} rows of {N_COLUMNS} generated digits: a row is a mode, a column shares its z_n"
    size = picture.width // 2, picture.height // 2
    show_responsive_image(picture.png, size, WHOLE_GRID, described, f"learn-modes-{has_names}")


@st.cache_data(max_entries=20, show_spinner="Generating…")
def _mode_samples(model: str, seed: int, _method: Method) -> NDArray[np.float32]:
    from clustergan_core.generation import generate_modes

    return generate_modes(_method, N_COLUMNS, seed)


def show_sweep(stage: SweepStage) -> None:
    """The shares of the labels, those that K modes can hold, and what a model with K modes reaches."""
    from clustergan_core.drawing.figures.label_shares import label_shares_figure

    report = shipped_report(stage.sweep)
    counts = [int(value) for value in report.plan.axes["n_clusters"]]
    chosen = st.segmented_control("Modes K", counts, default=counts[0], required=True, key="learn-k")
    k = counts[0] if chosen is None else chosen
    shares = report.plan.label_shares
    best = sum(shares[:k])
    described = f"{min(k, len(shares))} of {len(shares)} digits have a mode of their own: {best:.1%} of the samples"
    show_themed(draw_figure_once(label_shares_figure, shares, k), "learn-shares", described)
    rows = report.rows_at((k,))
    seeds = " and ".join(str(row.seed) for row in rows)
    columns = st.columns(3)
    columns[0].metric("Best accuracy that K allows", f"{best:.3f}")
    columns[1].metric(
        f"Our accuracy, seeds {seeds}", " and ".join(f"{row.argmax['accuracy'] or 0:.3f}" for row in rows)
    )
    columns[2].metric(f"Our purity, seeds {seeds}", " and ".join(f"{row.argmax['purity'] or 0:.3f}" for row in rows))


def show_sweep_result(stage: SweepStage) -> None:
    """Purity over K: every seed, the paper's row, and the best that K allows."""
    from clustergan_core.drawing.figures.sweep import sweep_figure

    report = shipped_report(stage.sweep)
    drawing = replace(make_drawing(report, ChosenScore("purity", "Purity"), None), criteria=())
    show_figure(sweep_figure(drawing), "learn-sweep", "Purity over K for each seed, with the paper's row")


def shipped_report(name: str) -> SweepReport:
    """A shipped sweep by its name."""
    return _report(str(SHIPPED_SWEEPS / f"{name}.json"))


@st.cache_resource(max_entries=10, show_spinner=False)
def _report(path: str) -> SweepReport:
    return read_report(Path(path))
