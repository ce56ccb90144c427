"""A mode's mean cell, or one real cell, as a cell of another sample of the experiment (a counterfactual)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from clustergan_core.errors import RunError
from ui.cells.titles import choose_named_mode
from ui.cells.view import ABSENT_DATA, CellsView, RealCells
from ui.frame.choices import segmented, select
from ui.frame.messages import plain
from ui.interpolate.as_another_type import cell_name, choose_cell
from ui.interpolate.contrast import show_contrast

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clustergan_core.cells.as_sample import SeenSamples

MEAN_CELL, REAL_CELL = "A mode's mean cell", "One real cell"


def show_as_another_sample(view: CellsView) -> None:
    """The choice of cell and sample, a warning, and the genes that change most."""
    from clustergan_core.cells.as_sample import seen_samples

    try:
        seen = seen_samples(view.method, view.run.config.dataset.batch_names)
    except RunError as reason:
        st.info(str(reason), icon=":material/info:")
        return
    if segmented("of", (MEAN_CELL, REAL_CELL), "Which cell") == MEAN_CELL:
        _show_mean_cell(view, seen)
    else:
        _show_real_cell(view, seen)


def _show_mean_cell(view: CellsView, seen: SeenSamples) -> None:
    from clustergan_core.cells.as_sample import N_DRAWS, contrast_cluster

    titles = view.titles
    which, first, second = st.columns([3, 2, 2], gap="medium")
    with which:
        mode = choose_named_mode("mode", "Mode", titles, titles.largest()[0])
    offered = [seen.names[batch] for batch in seen.offered(mode)]
    if len(offered) < 2:
        st.info(_explain(seen, mode), icon=":material/info:")
        return
    with first:
        start = select("from_sample", offered, "From sample")
    others = [name for name in offered if name != start]
    with second:
        target = select("to_sample", others, "As sample")
    numbers = seen.names.index(start), seen.names.index(target)
    contrast = contrast_cluster(view.method, view.scale, mode, *numbers)
    _warn(f"{plain(titles.names[mode])}, from {plain(start)} to {plain(target)}")
    cells = view.cells
    measured = None if cells is None else _measured_means(view, cells, mode, numbers)
    name = f"{view.run.name}-mode-{mode}-as-{target}"
    real = None if measured is None else measured[1]
    show_contrast(view, contrast, (f"as {start}", f"as {target}"), numbers, name, real, real_name="real mean")
    text = f"Means of {N_DRAWS} generated cells with the same z_n in both samples."
    if measured is not None:
        agreement = np.corrcoef(contrast.after - contrast.before, measured[1] - measured[0])[0, 1]
        text += (
            f" The ring is the mean of the mode's real cells of {plain(target)}. Over all genes, the generated "
            f"difference and that of the real means correlate with r = {agreement:.2f}; most of these cells were "
            "trained on. For a mode as a whole the real means are the better estimate; the generator adds what would "
            "change in a single cell."
        )
    st.caption(" ".join([text, _explain(seen, mode)]))


def _show_real_cell(view: CellsView, seen: SeenSamples) -> None:
    from clustergan_core.cells.as_sample import contrast_samples

    cells, titles = view.cells, view.titles
    if cells is None or cells.dataset.batches is None:
        st.info(f"A cell's z_n needs {ABSENT_DATA}", icon=":material/download:")
        return
    left, right = st.columns([13, 5], vertical_alignment="bottom", gap="medium")
    with left:
        row = choose_cell(cells.dataset, cells.latents, titles)
    index, mode = int(cells.latents.indices[row]), int(cells.latents.clusters[row])
    start = int(cells.dataset.batches.codes[index])
    others = [seen.names[batch] for batch in seen.others(mode, start)]
    name = cell_name(cells.dataset, cells.latents, row)
    told = f"{plain(name)}, of {plain(seen.names[start])} and {plain(titles.names[mode])}"
    if not others:
        st.info(f"{told}: {_explain(seen, mode)}", icon=":material/info:")
        return
    with right:
        target = select("to_sample", others, "As sample")
    numbers = start, seen.names.index(target)
    batches = np.full(1, start, dtype=np.int64)
    contrast = contrast_samples(view.method, view.scale, mode, cells.latents.normal[row][None], batches, numbers[1])
    _warn(told)
    real = view.scale.expression(cells.dataset.samples[index])
    states = f"as {seen.names[start]}", f"as {target}"
    show_contrast(view, contrast, states, numbers, f"{view.run.name}-{name}-as-{target}", real)
    st.caption(
        "Both states are generated from the cell's z_n and the code of its mode; the ring is the measured cell, with "
        f"the dropouts of a single cell. {_explain(seen, mode)}"
    )


def _warn(what: str) -> None:
    from clustergan_core.cells.as_sample import describe_counterfactual

    st.warning(describe_counterfactual(what), icon=":material/science:")


def _explain(seen: SeenSamples, mode: int) -> str:
    """Why samples are not offered for a mode, in a sentence for each; "" where all are."""
    reasons = [seen.explain(mode, batch) for batch in range(len(seen.names))]
    return " ".join(plain(reason) for reason in reasons if reason)


def _measured_means(
    view: CellsView, cells: RealCells, mode: int, batches: tuple[int, int]
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """The mean expression (n_genes,) of the mode's real cells in each of two samples."""
    assert cells.dataset.batches is not None, "the generator was told samples"
    own = cells.latents.indices[cells.latents.clusters == mode]
    codes = cells.dataset.batches.codes[own]
    first, second = (
        view.scale.expression(cells.dataset.samples[own[codes == batch]]).mean(axis=0) for batch in batches
    )
    return first, second
