"""Clusters: the clusters of a run of cells by their genes; naming, merging and exporting them."""

import streamlit as st

from ui.frame.guard import require_frame

require_frame(__file__)

from clustergan_core.errors import DataError
from clustergan_core.runs.cells import is_of_cells
from ui.cells.view import ABSENT_DATA, CellsView, open_cells
from ui.clusters.cycle import show_cycle
from ui.clusters.exports import show_exports
from ui.clusters.markers import show_cluster_markers, show_gene_figures
from ui.clusters.reclustering import show_reclustering
from ui.clusters.reference_names import show_reference_names
from ui.clusters.rows import show_rows
from ui.clusters.side_by_side import show_side_by_side
from ui.clusters.splits import show_splits
from ui.frame.fresh import fresh_container
from ui.frame.links import link_page
from ui.frame.messages import show_problem
from ui.frame.title import show_title
from ui.loading.runs import require_abilities
from ui.map.cell_colouring import choose_unsure
from ui.runs.choice import choose_run


def main() -> None:
    """Draws the page."""
    show_title("Clusters", "cluster", "confidence", "purity")
    run = choose_run(only_cells=True)
    if not is_of_cells(run):
        st.info("This run was not trained on cells: see its clusters on the Modes page.", icon=":material/grid_view:")
        link_page("Modes", {"run": run.name})
        return
    require_abilities(run, "encoder")
    with fresh_container("clusters", run.name):
        show_clusters(open_cells(run))


def show_clusters(view: CellsView) -> None:
    """All sections; those that need genes only while the data is here."""
    from clustergan_core.runs.clusters.tables import cluster_table

    latents = view.latents
    if latents is None:
        st.info("Neither the data nor the clusters of its cells are on this machine.", icon=":material/cloud_off:")
        return
    markers, problem = None, None
    try:
        markers = view.find_markers()
    except DataError as reason:
        problem = reason
    with st.container(width=320):
        unsure_below = choose_unsure()
    table = cluster_table(latents, view.n_clusters, view.annotations, unsure_below)
    show_rows(view, table, markers)
    show_splits(view)
    if view.matrix is None:
        st.info(
            f"Genes, k-means and Leiden need {ABSENT_DATA}",
            icon=":material/cloud_off:",
        )
    else:
        show_reference_names(view)
        if problem is not None:
            show_problem(problem)
        if markers is not None:
            show_cluster_markers(view, markers)
            show_gene_figures(view, markers)
        show_cycle(view)
        show_side_by_side(view)
        show_reclustering(view, table.groupby("name")["cells"].sum().to_dict())
    show_exports(view)


main()
