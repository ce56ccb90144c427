"""Clusters: what the clusters of a run of cells are, by their genes; named, merged, and taken to other programs."""

import streamlit as st

from ui.frame.guard import require_frame

require_frame(__file__)

from clustergan_core.errors import DataError
from clustergan_core.runs.cells import is_of_cells
from clustergan_core.runs.run import Run
from ui.cells.loading import load_cells, load_markers
from ui.cells.names import names_of
from ui.clusters.exports import show_exports
from ui.clusters.markers import show_cluster_markers, show_gene_figures
from ui.clusters.reclustering import show_reclustering
from ui.clusters.rows import show_rows
from ui.clusters.side_by_side import show_side_by_side
from ui.frame.links import link_page
from ui.frame.messages import show_problem
from ui.loading.runs import load_data, load_run_matrix, require_abilities
from ui.map.cell_colouring import choose_unsure
from ui.runs.choice import choose_run


def main() -> None:
    """Draws the page."""
    st.title("Clusters")
    run = choose_run()
    if not is_of_cells(run):
        st.info("This run was not trained on cells: its clusters are on the Modes page.", icon=":material/grid_view:")
        link_page("Modes", {"run": run.name})
        return
    require_abilities(run, "encoder")
    show_clusters(run)


def show_clusters(run: Run) -> None:
    """All sections; those that need genes while the run's data is here."""
    from clustergan_core.runs.clusters.names import cluster_groups
    from clustergan_core.runs.clusters.tables import cluster_table

    annotations, cells = names_of(run), load_cells(run)
    if cells is None:
        st.info("Neither the run's data nor its cells' clusters are on this machine.", icon=":material/cloud_off:")
        return
    n_clusters = run.config.n_clusters
    groups = cluster_groups(annotations, n_clusters)
    matrix, dataset = load_run_matrix(run), load_data(run)
    markers, problem = None, None
    try:
        markers = load_markers(run, groups)
    except DataError as reason:
        problem = reason
    with st.container(width=320):
        unsure_below = choose_unsure()
    table = cluster_table(cells, n_clusters, annotations, unsure_below)
    show_rows(run, table, annotations, groups, markers)
    if matrix is None or dataset is None:
        st.info(
            "Genes, k-means and Leiden need the file that the run was trained on, which is not on this machine.",
            icon=":material/cloud_off:",
        )
    else:
        if problem is not None:
            show_problem(problem)
        if markers is not None:
            show_cluster_markers(run, groups, markers)
            show_gene_figures(run, groups, markers, matrix)
        show_side_by_side(run, groups, dataset)
        show_reclustering(run, groups, table.groupby("name")["cells"].sum().to_dict())
    show_exports(run)


main()
