"""A run of cells on its way to other programs: each file is made when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.runs.clusters.names import annotations_path
from clustergan_core.runs.run import Run
from ui.frame.links import link_page
from ui.frame.theme import choose_picture
from ui.loading.runs import load_data, load_latents, load_method, load_run_matrix, weights_stamp

if TYPE_CHECKING:
    from clustergan_core.embedding.settings import Algorithm
    from clustergan_core.runs.clusters.exports import CellExport

_TITLES: dict[Algorithm, str] = {"umap": "UMAP", "tsne": "t-SNE", "pca": "PCA"}


def show_exports(run: Run) -> None:
    """Buttons for h5ad, Loupe, markers and gene sets, and the paragraph on methods. Needs the run's data."""
    from clustergan_core.runs.clusters.exports import describe_run

    st.subheader("Take it with you")
    if load_run_matrix(run) is None:
        st.caption("The cells' file is not on this machine, so that only the methods can be written here.")
    else:
        _show_files(run)
    choose_picture()
    with st.expander("Methods, for a paper", icon=":material/article:"):
        st.caption("Every threshold, seed and version of this run; the last sentence is the command that repeats it.")
        st.code(describe_run(run), language=None, wrap_lines=True)


def _show_files(run: Run) -> None:
    from clustergan_core.runs.clusters.exports import find_layout

    layout = find_layout(run, load_method(run), load_latents(run, "all"))
    st.caption(
        f"All genes, with clusters by the names you gave them, and the {_TITLES[layout]} of the latents"
        + (". " if layout == "umap" else "; for a UMAP in its place look at one on the Map page first. ")
        + "The h5ad opens in scanpy and CELLxGENE, and by converters in Seurat. Your file itself is never altered."
    )
    files = (
        ("h5ad", "h5ad", "application/octet-stream", lambda: _gather(run, layout).h5ad()),
        ("Loupe: clusters", "loupe-clusters.csv", "text/csv", lambda: _gather(run, layout).loupe_clusters_csv()),
        ("Loupe: projection", "loupe-projection.csv", "text/csv", lambda: _gather(run, layout).loupe_projection_csv()),
        ("Markers", "markers.csv", "text/csv", lambda: _gather(run, layout).markers_csv()),
        ("Gene sets", "gene-sets.csv", "text/csv", lambda: _gather(run, layout).gene_sets_csv()),
    )
    if len(set(_gather(run, layout).cells.cluster_names.tolist())) < 2:
        files = files[:3]  # cells of one cluster have no markers
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, ending, kind, make in files:
            name = f"{run.name}.{ending}" if ending == "h5ad" else f"{run.name}-{ending}"
            st.download_button(
                label, make, name, kind, icon=":material/download:", on_click="ignore", key=f"export-{ending}"
            )
        if layout != "umap":
            link_page("Map", {"run": run.name, "layout": "UMAP"}, "UMAP of these cells")


def _gather(run: Run, layout: Algorithm) -> CellExport:
    names = annotations_path(run)
    named = names.stat().st_mtime_ns if names.exists() else 0
    return _gathered(run, layout, str(run.folder), weights_stamp(run), named)


@st.cache_resource(max_entries=4, show_spinner="Gathering the cells…")
def _gathered(_run: Run, layout: Algorithm, folder: str, stamp: object, named: int) -> CellExport:
    from clustergan_core.runs.clusters.exports import gather_cells

    return gather_cells(_run, layout, dataset=load_data(_run), matrix=load_run_matrix(_run))
