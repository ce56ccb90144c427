"""`export` for a run of cells: files for scanpy, Loupe and CELLxGENE, markers, and the methods paragraph."""

from __future__ import annotations

from pathlib import Path

from clustergan_core.data.dataset import SplitName
from clustergan_core.errors import SettingsError
from clustergan_core.files import write_atomically
from clustergan_core.runs.clusters.exports import describe_run, gather_cells
from clustergan_core.runs.clusters.names import read_annotations
from clustergan_core.runs.run import Run, Weights

CELL_FORMATS = ("h5ad", "loupe", "markers", "gene-sets", "methods")
LAYOUTS = ("umap", "tsne", "pca", "none")
_MAPPED = ("h5ad", "loupe")  # formats that include a map


def export_cells(run: Run, file_format: str, layout: str, split: SplitName, which: Weights, out: Path) -> str:
    """Writes one of CELL_FORMATS and returns what was written in a line, and a line on whatever is not as given."""
    if file_format == "methods":
        write_text(out, describe_run(run, read_annotations(run)) + "\n")
        return f"methods paragraph: {out}"
    chosen = layout if file_format in _MAPPED and layout != "none" else None
    export = gather_cells(run, chosen, split, which)  # pyright: ignore[reportArgumentType] - one of LAYOUTS
    n_cells = len(export.cells.cell_ids)
    if file_format == "h5ad":
        write_atomically(out, export.h5ad())
        line = f"{n_cells} cells × {len(export.matrix.gene_ids)} genes: {out}"
        return "\n".join([line, *export.columns_notes])
    if file_format == "loupe":
        _make_folder(out)
        write_text(out / "clusters.csv", export.loupe_clusters_csv())
        write_text(out / "projection.csv", export.loupe_projection_csv())
        line = f"{n_cells} cells: {out}/clusters.csv and {out}/projection.csv"
        return "\n".join([line, *filter(None, [export.barcodes_note])])
    write_text(out, export.markers_csv() if file_format == "markers" else export.gene_sets_csv())
    line = f"{file_format} of {len(export.cells.as_edited.names_in_order)} clusters: {out}"
    return "\n".join([line, *filter(None, [export.gene_sets_note if file_format == "gene-sets" else ""])])


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{path} could not be created ({error.strerror}): choose another --out.") from error


def write_text(path: Path, text: str) -> None:
    """Writes a file; SettingsError where it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path} could not be written ({error.strerror}): choose another --out.") from error
