"""Start page: what this is, the ways in, and models that can be looked at right away."""

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
        "ClusterGAN sorts samples, be it cells, pictures or rows of a table, into groups without being shown any "
        "labels, and learns to draw new samples of each group.  \n"
        "Open a trained model or train one on your own data; look at its groups on a map, walk from one to another, "
        "and take the result with you."
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
        st.subheader("Models that came with the program", anchor=False)
        show_gallery(shipped)
    st.caption(
        "Each picture is one generated sample of every mode, a mode being one value of the code that ClusterGAN "
        "learns; of cells it is their map. Purity is the share of samples whose mode's most frequent label is their "
        "own; labels are used for scores alone, never for training."
    )


def _show_ways_in(shipped: list[RunSummary]) -> None:
    """One card for each of the people who come here."""
    data, teaching, research = st.columns(3)
    with data, st.container(border=True, height="stretch"):
        st.markdown("**Cluster your cells, or any data**")
        st.caption(
            "Bring a count matrix, a table or pictures; train for a few minutes; see the groups, name them, take them "
            "back to your own tools. Or look at blood cells that are clustered already."
        )
        cells = next((summary for summary in shipped if _is_of_cells(summary)), None)
        if cells is None:
            link_pages("Data", "Train", "Map")
        else:
            with st.container(horizontal=True, gap="small"):
                link_page("Data")
                for view in ("Map", "Clusters"):
                    link_page(view, {"run": cells.run.name}, f"Blood cells: {view}")
    with teaching, st.container(border=True, height="stretch"):
        st.markdown("**Show how it works**")
        st.caption("Nothing to download: see what each mode draws, then slide from one handwritten digit to another.")
        model = _teaching_model(shipped)
        link_pages("Modes", "Interpolate", query={"run": model.run.name} if model else None)
    with research, st.container(border=True, height="stretch"):
        st.markdown("**Study the method**")
        st.caption("Train the paper's method or ours, vary any setting over seeds, repeat any run with one command.")
        link_pages("Train", "Sweep", "Runs")


def _is_of_cells(summary: RunSummary) -> bool:
    """A model whose cells come with the program, so that their genes can be looked at right away."""
    return summary.config is not None and summary.config.dataset.source == DEMO_CELLS


def _by_looks(summary: RunSummary) -> tuple[bool, int, float]:
    """The best-known pictures first, then others by size, cells, rows of a table; of the same data the better model."""
    assert summary.config is not None, "only readable runs are shown"
    record = summary.config.dataset
    n_pixels = math.prod(record.shape) if record.kind == "image" else int(record.kind == "expression")
    return record.source != TEACHING_DATA[0], -n_pixels, -((summary.scores or {}).get("nmi") or 0.0)


def _teaching_model(shipped: list[RunSummary]) -> RunSummary | None:
    """A model of handwritten digits, which everybody reads at once, the large ones first; else whatever there is."""
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
