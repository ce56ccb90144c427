"""Start page: what this is, ways to begin, and models to look at right away."""

import math

import streamlit as st

from ui.frame.guard import require_frame

require_frame(__file__)

from ui.frame.links import link_page, link_pages
from ui.loading.summaries import RunSummary, summarise_all
from ui.runs.gallery import show_gallery

N_OWN_SHOWN = 6  # the newest; the Runs page lists all
TEACHING_DATA = ("mnist", "digits")
DEMO_CELLS = "pbmc68k_reduced"


def main() -> None:
    """Draws the page."""
    st.title("ClusterGAN Explorer")
    st.markdown(
        "ClusterGAN clusters cells, images or rows of a table without labels, and learns to generate new samples of "
        "each cluster.  \n"
        "Open a trained model or train one on your own data; explore its clusters on a map, interpolate between them "
        "and export the result."
    )
    ready = [summary for summary in summarise_all() if not summary.problem and summary.run.has_weights()]
    shipped = sorted((summary for summary in ready if summary.run.is_shipped), key=_by_looks)
    own = [summary for summary in ready if summary.state == "finished"]
    _show_ways_in(shipped)
    if not own and not shipped:
        _show_how_to_begin()
        return
    if own:
        st.subheader("Your models", anchor=False)
        show_gallery(own[:N_OWN_SHOWN])
        if len(own) > N_OWN_SHOWN:
            st.page_link("pages/runs.py", label=f"All {len(own)} of your models", icon=":material/history:")
    if shipped:
        st.subheader("Bundled models", anchor=False)
        show_gallery(shipped)
    st.caption(
        "Each image shows one generated sample per mode (a mode is one value of the code that ClusterGAN learns), the "
        "map for cells, or any generated samples where a method has no modes. Purity is the share of samples whose "
        "label is the most frequent one in their mode. Labels are used only for scores, never for training."
    )


def _show_ways_in(shipped: list[RunSummary]) -> None:
    """One card for each kind of visitor."""
    data, teaching, research = st.columns(3)
    with data, st.container(border=True, height="stretch"):
        st.markdown("**Cluster your cells, or any data**")
        st.caption(
            "Upload a count matrix, a table or images; train for a few minutes; see the clusters, name them and export "
            "them to your own tools. Or look at blood cells that are already clustered."
        )
        cells = next((summary for summary in shipped if _is_of_cells(summary)), None)
        if cells is None:
            link_pages("Data", "Train", "Map")
        else:
            with st.container(horizontal=True, gap="small"):
                link_page("Data", {"dataset": DEMO_CELLS})
                for view in ("Map", "Clusters"):
                    link_page(view, {"run": cells.run.name}, f"Blood cells: {view}")
    with teaching, st.container(border=True, height="stretch"):
        st.markdown("**Show how it works**")
        st.caption(
            "Nothing to download: short lessons that ask for a guess before they show the answer, with trainings to "
            "play step by step. Or see what each mode generates, and move from one handwritten digit to another."
        )
        model = _teaching_model([summary for summary in shipped if not summary.lacks_modes])
        with st.container(horizontal=True, gap="small"):
            link_page("Learn")
            for view in ("Modes", "Interpolate"):
                link_page(view, {"run": model.run.name} if model else None)
    with research, st.container(border=True, height="stretch"):
        st.markdown("**Study the method**")
        st.caption(
            "Train the paper's method or ours, vary any setting over several seeds, repeat any run with one command."
        )
        link_pages("Train", "Sweep", "Runs")


def _is_of_cells(summary: RunSummary) -> bool:
    """Whether the model is of the bundled cells, whose genes can be looked at right away."""
    return summary.config is not None and summary.config.dataset.source == DEMO_CELLS


def _by_looks(summary: RunSummary) -> tuple[bool, int, float]:
    """The best-known images first, then other images by size, cells, tables; for the same data the better model."""
    assert summary.config is not None, "only readable runs are shown"
    record = summary.config.dataset
    n_pixels = math.prod(record.shape) if record.kind == "image" else int(record.kind == "expression")
    return record.source != TEACHING_DATA[0], -n_pixels, -((summary.scores or {}).get("nmi") or 0.0)


def _teaching_model(shipped: list[RunSummary]) -> RunSummary | None:
    """A model of handwritten digits, which everybody can read, large images first; else the first model there is."""
    for source in TEACHING_DATA:
        for summary in shipped:  # the best of each data set comes first
            if summary.config and summary.config.dataset.source == source:
                return summary
    return next(iter(shipped), None)


def _show_how_to_begin() -> None:
    st.info(
        "There is no trained model yet. Training one on the built-in digits takes a few minutes and needs no download.",
        icon=":material/model_training:",
    )
    st.page_link(
        "pages/train.py",
        label="Train a model on digits",
        icon=":material/model_training:",
        query_params={"dataset": "digits"},
    )


main()
