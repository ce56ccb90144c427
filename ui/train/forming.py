"""The map of a run as it formed: the same held-out samples at every step that was kept, in one fixed frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from clustergan_core.drawing.palette import label_colours, mode_colours
from clustergan_core.embedding.mode_wheel import lay_out_plane, lay_out_wheel, wheel_reach
from clustergan_core.methods import find_method
from clustergan_core.runs.cells import is_of_cells
from clustergan_core.runs.replay import frame_path, frame_steps, read_frame
from ui.canvas_map import canvas_map
from ui.cells.names import read_names
from ui.frame.choices import segmented
from ui.frame.messages import page_errors
from ui.loading.runs import load_data
from ui.train.aligned import aligned_maps, describe_moves
from ui.train.phases import describe_phase
from ui.train.samples import choose_step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clustergan_core.embedding.aligned import AlignedMaps
    from clustergan_core.runs.run import Run
    from clustergan_core.scoring.latents import RunLatents

_NEWEST, _NOW, _LABEL = "newest cluster", "cluster at this step", "label"
_WHEEL, _PLANE, _TSNE = "mode wheel", "two components", "t-SNE"
_HEIGHT = 420


@st.fragment  # so that the slider draws the map again, and not every curve of the page
@page_errors()
def show_forming(run: Run) -> None:
    """The map after the chosen step, the newest until the slider is moved; a sentence where there is none."""
    st.subheader("The map forming" if is_of_cells(run) else "How the clusters form")
    steps = frame_steps(run.folder)
    newest = _read(run, steps[-1]) if steps else None
    if newest is None:
        st.caption(_explain_absence(run))
        return
    step = choose_step("forming_step", run, steps)
    st.markdown(_describe_step(run, step))
    shown = _read(run, step)
    if shown is None or len(shown.indices) != len(newest.indices):
        st.caption("This step of the replay cannot be read: choose another.")
        return
    slot = st.container()
    with st.container(horizontal=True, gap="medium"):
        colouring = _choose_colouring(run)
        fixed = _WHEEL if newest.code.shape[1] else _PLANE
        layout = segmented("forming_layout", [fixed, _TSNE], "Laid out by")
    groups, names, colours = _colour(run, colouring, shown, newest)
    noun = "cell" if is_of_cells(run) else "sample"
    index = steps.index(step)
    if layout == _TSNE:
        with slot:
            maps = aligned_maps(run)
        if maps is None:
            return
        coordinates, reach = maps.coordinates[index], _reach(maps)
        caption = f"{_describe_split(run, shown, noun)}. {describe_moves(maps, index, noun)}"
    else:
        coordinates, reach = _lay_out(shown, newest)
        caption = _explain(run, shown, noun)
    with slot:
        canvas_map(
            coordinates,
            groups,
            key="forming",
            group_names=names,
            group_colours=colours,
            show_labels=colouring != _LABEL,
            caption=f"{caption}{_count_changes(run, steps, index, shown, noun)}",
            height=_HEIGHT,
            reach=reach,
        )


def has_replay(run: Run) -> bool:
    """Whether there is a step to show."""
    return bool(frame_steps(run.folder))


def _explain_absence(run: Run) -> str:
    method = find_method(run.config.method)
    if sentence := method.lacks_encoder():
        return sentence
    if method.max_read_with(run.config.method_settings()) is not None:
        return f"{method.title} reads each sample by descent, which takes too long to do at every step of the replay."
    if run.is_shipped:
        return "Bundled models ship without the steps of their training: train your own run to see its map form."
    if not run.status().is_over:
        return "Shown as soon as training starts."
    return "This run kept no steps of its map; runs that are trained from now on do."


def _describe_step(run: Run, step: int) -> str:
    """The step, and which part of the method trains there."""
    where = "**Before the first step.**" if step == 0 else f"**Step {step:,}** of {run.config.schedule.n_steps:,}."
    return f"{where} {describe_phase(run, step)}"


def _choose_colouring(run: Run) -> str:
    names = [_NEWEST, _NOW]
    if run.config.dataset.label_names and run.is_data_here():
        names.append(_LABEL)
    return segmented("forming_colour", names, "Colour by")


def _colour(
    run: Run, colouring: str, shown: RunLatents, newest: RunLatents
) -> tuple[NDArray[np.int64], list[str], list[str]]:
    """The group of each sample, and the groups' names and colours."""
    if colouring == _LABEL:
        data = load_data(run)
        if data is not None and data.labels is not None:
            return data.labels[shown.indices], list(data.label_names), label_colours(len(data.label_names))
    n_clusters = run.config.n_clusters
    names = [f"Mode {mode}" for mode in range(n_clusters)]
    if is_of_cells(run):
        annotations = read_names(run)
        names = [annotations.name_of(cluster) for cluster in range(n_clusters)]
    return (shown if colouring == _NOW else newest).clusters, names, mode_colours(n_clusters)


def _lay_out(shown: RunLatents, newest: RunLatents) -> tuple[NDArray[np.float32], float]:
    """The samples in the frame of all steps, and how far that reaches."""
    n_modes = newest.code.shape[1]
    if not n_modes:
        return lay_out_plane(shown.normal, newest.normal)
    return lay_out_wheel(shown.code, shown.normal, newest.normal.std(axis=0)), wheel_reach(n_modes)


def _reach(maps: AlignedMaps) -> float:
    """How far the maps of all steps reach from the middle."""
    return 1.02 * max(float(np.abs(coordinates).max()) for coordinates in maps.coordinates)


def _count_changes(run: Run, steps: list[int], index: int, shown: RunLatents, noun: str) -> str:
    """How many samples are read as another cluster than at the step before; nothing for the first step."""
    before = _read(run, steps[index - 1]) if index else None
    if before is None or len(before.clusters) != len(shown.clusters):
        return ""
    n_changed = int((before.clusters != shown.clusters).sum())
    return f" {n_changed:,} {noun}s changed cluster since step {steps[index - 1]:,}."


def _describe_split(run: Run, shown: RunLatents, noun: str) -> str:
    return f"{len(shown.indices):,} {noun}s" + (" of the test split" if run.config.dataset.has_splits else "")


def _explain(run: Run, shown: RunLatents, noun: str) -> str:
    """What a place on the map means, and which samples are drawn."""
    split = _describe_split(run, shown, noun)
    if not shown.code.shape[1]:
        return f"{split}, in the plane of the newest latents' two principal components."
    group = "cluster" if noun == "cell" else "mode"
    return (
        f"{split}. Each {group} has a corner, and a {noun} lies where its code points: in the middle before the "
        f"encoder has learnt anything, at a corner once it is sure. {noun.capitalize()}s of a corner are spread by ẑ_n."
    )


def _read(run: Run, step: int) -> RunLatents | None:
    path = frame_path(run.folder, step)
    return _frame(run, str(run.folder), step, path.stat().st_mtime_ns if path.exists() else 0)


@st.cache_resource(max_entries=100, show_spinner=False)
def _frame(_run: Run, folder: str, step: int, stamp: int) -> RunLatents | None:
    return read_frame(_run.folder, step)
