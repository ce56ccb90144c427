"""Taking some clusters' cells to be clustered again by themselves."""

from __future__ import annotations

import streamlit as st

from clustergan_core.runs.store import Run
from ui.cell_clusters import Groups
from ui.cluster_names import choose_groups
from ui.messages import page_errors
from ui.page_links import link_page


@st.fragment
@page_errors()
def show_reclustering(run: Run, groups: Groups, sizes: dict[str, int]) -> None:
    """A list of clusters and the button that begins with their cells; `sizes` are cells by the groups' names."""
    st.subheader("Recluster these")
    st.caption(
        "A finer look: genes are chosen anew among the cells of some clusters, and a model of their own trained."
    )
    chosen = choose_groups("Clusters", [group for group in groups if sizes[group.name]], "recluster")
    n_cells = sum(sizes[group.name] for group in chosen)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            f"Recluster {n_cells:,} cells" if chosen else "Recluster these",
            key="recluster_these",
            icon=":material/filter_alt:",
            disabled=not chosen,
        ):
            _recluster(run, [cluster for group in chosen for cluster in group.clusters])


def _recluster(run: Run, clusters: list[int]) -> None:
    """Keeps the list of these cells, and leads to where a run on them is begun."""
    from clustergan_core.runs.subsets import keep_clusters

    config, options = run.config, keep_clusters(run, clusters)
    record = config.dataset.model_copy(update={"options": options})
    settings = {name: value for name, value in config.settings.items() if name != "n_clusters"}  # K is found anew
    st.caption("The list of these cells is kept. This command trains on them:")
    command = config.model_copy(update={"dataset": record, "settings": settings}).command()
    st.code(command, language="bash", wrap_lines=True)
    link_page("Data")
