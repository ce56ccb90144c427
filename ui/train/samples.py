"""Samples generated over training from the same z_n, with one slider over their history."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from clustergan_core.browser.strip import Strip, make_grids
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.pictures.images import png, sample_grid
from clustergan_core.runs.run import Run
from clustergan_core.runs.samples import grid_path, grid_steps
from ui.frame.messages import plain
from ui.frame.pictures import show_picture
from ui.frame.theme import theme_name
from ui.latent_slider.component import latent_slider
from ui.loading.runs import load_method
from ui.train.phases import generator_begins

_KEY = "sample_step"
LEFT = "sample_step_left"  # session state: the run and step at which the handle over its grids was left
_PINNED = "pinned"  # session state, after a slider's kind: the key of one that was moved away from the newest step
MANY_MODES = 14  # above which the grid scrolls in a frame of its own
FRAME_HEIGHT = 560
DENSITY = 2


def show_samples(run: Run) -> None:
    """The grid under a handle over the history: the newest until it is moved, and again once it is moved to the end.

    A bundled model has no history: its best weights draw the grid.
    """
    st.subheader("Generated samples")
    steps = grid_steps(run.folder)
    if not steps and not run.has_weights():
        st.caption("Shown as soon as training starts.")
        return
    if not steps and (sentence := load_method(run).lacks("modes")):
        st.caption(plain(sentence))
        return
    history = "; only the weights change over the steps" if steps else ", drawn with the best weights"
    st.caption(f"Rows are modes, each column shares one z_n{history}.")
    with st.container(height=FRAME_HEIGHT if run.config.n_clusters > MANY_MODES else "content", border=False):
        if len(steps) > 1:
            _show_history(run, steps)
            return
        step = steps[0] if steps else None
        path = run.folder / "config.json" if step is None else grid_path(run.folder, step)
        picture, width = _grid_png(run, str(run.folder), step, path.stat().st_mtime_ns, theme_name())
        after = "" if step is None else f" after step {step}"
        show_picture(picture, width=width, alt=f"Generated samples of each mode{after}")
    if step is not None and step <= (begins := generator_begins(run)):
        st.caption(_first_weights(begins))


def _show_history(run: Run, steps: list[int]) -> None:
    pinned: tuple[str, int] | None = st.session_state.get(LEFT)
    step = pinned[1] if pinned and pinned[0] == run.name and pinned[1] in steps else steps[-1]

    def pin(index: int) -> None:
        st.session_state[LEFT] = None if index >= len(steps) - 1 else (run.name, steps[index])

    stamps = tuple(grid_path(run.folder, step).stat().st_mtime_ns for step in steps)
    latent_slider(
        _KEY,
        _grids(run, str(run.folder), tuple(steps), stamps, generator_begins(run)),
        steps.index(step),
        label="Step",
        default=len(steps) - 1,
        texts=[f"{step:,}" for step in steps],
        layout="stacked",
        on_step=pin,
    )


def _first_weights(begins: int) -> str:
    return f"The generator begins to learn after step {begins:,}: until then these come from its initial weights."


@st.cache_data(max_entries=20, show_spinner=False)
def _grids(_run: Run, folder: str, steps: tuple[int, ...], stamps: tuple[int, ...], begins: int) -> Strip:
    """The grids of all steps, of which those before the generator learns say so."""
    import numpy as np

    from clustergan_core.runs.samples import read_grid

    samples = np.stack([read_grid(_run.folder, step) for step in steps])
    colours = mode_colours(samples.shape[1])
    rows = tuple((f"mode {mode}", colour) for mode, colour in enumerate(colours))
    strip = make_grids(samples, _run.config.dataset.feature_names, rows, "Generated samples of each mode")
    said = tuple(_first_weights(begins) if step <= begins else "" for step in steps)
    return replace(strip, said=said) if any(said) else strip


def choose_step(kind: str, run: Run, steps: list[int]) -> int:
    """A slider over the history: created again at its end for every new step, and left alone once moved.

    Setting the value of an existing slider would race with what the browser last sent. `kind` tells the sliders of a
    page apart.
    """
    if len(steps) == 1:
        return steps[0]
    pinned = st.session_state.get(f"{kind}_{_PINNED}", "")
    is_pinned = pinned.startswith(f"{kind}-{run.name}-") and st.session_state.get(pinned) in steps
    key = pinned if is_pinned else f"{kind}-{run.name}-{steps[-1]}"

    def moved() -> None:
        st.session_state[f"{kind}_{_PINNED}"] = key if st.session_state[key] != steps[-1] else ""

    return st.select_slider("Step", steps, steps[-1], key=key, format_func="{:,}".format, on_change=moved)


@st.cache_data(max_entries=60, show_spinner=False)
def _grid_png(_run: Run, folder: str, step: int | None, stamp: int, theme: str) -> tuple[bytes, int]:
    """The PNG, drawn for dense screens, and its width in the page's pixels; no step means from the best weights."""
    from clustergan_core.generation import generate_grid
    from clustergan_core.runs.samples import N_COLUMNS, read_grid

    samples = generate_grid(load_method(_run), N_COLUMNS) if step is None else read_grid(_run.folder, step)
    n_modes = len(samples)
    picture = sample_grid(
        samples,
        row_labels=[f"mode {mode}" for mode in range(n_modes)],
        row_colours=mode_colours(n_modes),
        feature_names=_run.config.dataset.feature_names,
        cell=40,
        scale=DENSITY,
        theme="dark" if theme == "dark" else "light",
    )
    return png(picture), picture.width // DENSITY
