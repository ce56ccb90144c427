"""Files of a run of cells for other programs, each made on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.runs.clusters.names import annotations_path, reference_names_path
from ui.cells.view import CellsView
from ui.frame.links import link_page
from ui.frame.messages import plain
from ui.frame.theme import choose_picture
from ui.loading.runs import tables_stamp

if TYPE_CHECKING:
    from clustergan_core.embedding.settings import Algorithm
    from clustergan_core.runs.clusters.exports import CellExport


def show_exports(view: CellsView) -> None:
    """Buttons for h5ad, Loupe, markers and gene sets while the data is here, and the methods paragraph always."""
    from clustergan_core.runs.clusters.exports import describe_run

    st.subheader("Export")
    if view.matrix is None:
        st.caption("The file of the cells is not on this machine, so only the methods paragraph is available.")
    else:
        _show_files(view)
    choose_picture()
    with st.expander("Methods paragraph for a paper", icon=":material/article:"):
        st.caption("Every threshold, seed and version of this run. The last sentence is the command that repeats it.")
        st.code(describe_run(view.run, view.annotations), language=None, wrap_lines=True)


def _show_files(view: CellsView) -> None:
    """The buttons; which map exists is looked up on request, because that needs the model, which takes seconds."""
    st.caption(
        "All genes, all columns of the cells, clusters by the names you gave them, and the map of the latents: the "
        "UMAP where one was computed on the Map page, else the t-SNE, else the PCA. The h5ad opens in scanpy and "
        "CELLxGENE, and with a converter in Seurat. Your file is never changed."
    )
    files = (
        ("h5ad", "h5ad", "application/octet-stream", lambda: _gather_export(view).h5ad()),
        ("Loupe: clusters", "loupe-clusters.csv", "text/csv", lambda: _gather_export(view).loupe_clusters_csv()),
        ("Loupe: projection", "loupe-projection.csv", "text/csv", lambda: _gather_export(view).loupe_projection_csv()),
        ("Markers", "markers.csv", "text/csv", lambda: _gather_export(view).markers_csv()),
        ("Gene sets", "gene-sets.csv", "text/csv", lambda: _gather_export(view).gene_sets_csv()),
    )
    if _count_groups(view) < 2:
        files = files[:3]  # cells of one cluster have no markers
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, ending, kind, make in files:
            name = f"{view.run.name}.{ending}" if ending == "h5ad" else f"{view.run.name}-{ending}"
            st.download_button(
                label, make, name, kind, icon=":material/download:", on_click="ignore", key=f"export-{ending}"
            )
        link_page("Map", {"run": view.run.name, "layout": "UMAP"}, "UMAP of these cells")
    for sentence in _describe_files(view):
        st.caption(plain(sentence))


def _describe_files(view: CellsView) -> list[str]:
    """What in the files is not as it was given: columns of cells, barcodes, names of gene sets."""
    from clustergan_core.cells.export_tables import describe_barcodes, describe_gene_sets
    from clustergan_core.runs.clusters.exports import describe_own_columns

    assert view.matrix is not None, "shown with the data alone"
    edited = (
        "Markers and gene sets are of the clusters with the cells that you split off. The h5ad and Loupe's clusters "
        "hold the model's own as clustergan, and the edited ones beside them as clustergan_edited."
    )
    sentences = [
        edited if view.annotations.splits else "",
        *describe_own_columns(view.run, view.matrix),
        describe_barcodes(view.matrix),
        describe_gene_sets(view.annotations.names),
    ]
    return [sentence for sentence in sentences if sentence]


def _count_groups(view: CellsView) -> int:
    """How many groups hold cells."""
    assert view.latents is not None, "shown with the data alone"
    used = set(view.edit(view.latents.clusters, view.latents.indices).tolist())
    return sum(not used.isdisjoint(group.clusters) for group in view.groups)


def _gather_export(view: CellsView) -> CellExport:
    from clustergan_core.runs.clusters.exports import find_layout

    assert view.latents is not None, "shown with the data alone"
    layout = find_layout(view.run, view.method, view.latents)
    names = (annotations_path(view.run), reference_names_path(view.run))
    named_at = tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in names)
    return _gathered(view, layout, *view.weights_key, named_at, tables_stamp(view.run))


@st.cache_resource(max_entries=4, show_spinner="Gathering the cells…")
def _gathered(
    _view: CellsView, layout: Algorithm, folder: str, stamp: object, named_at: object, tables: object
) -> CellExport:
    from clustergan_core.runs.clusters.exports import gather_cells

    return gather_cells(_view.run, layout, dataset=_view.dataset, matrix=_view.matrix)
