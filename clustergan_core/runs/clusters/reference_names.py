"""Names from a reference for the cells of a run, stored beside it, and accepted as names of its clusters."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from clustergan_core.cells.reference_names import CellNames, name_cells, name_clusters
from clustergan_core.cells.references import UNKNOWN, Reference, load_reference, make_reference
from clustergan_core.cells.shared_genes import require_one_species
from clustergan_core.data.counts.cell_tables import find_cell_tables, join_tables
from clustergan_core.data.counts.genes import without_version
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.steps import apply_preparation
from clustergan_core.data.dataset import UNLABELLED, Dataset
from clustergan_core.data.opening import open_matrix
from clustergan_core.data.own.labels import find_labels
from clustergan_core.data.steps import Step
from clustergan_core.errors import AppError, DataError, RunError
from clustergan_core.files import write_atomically
from clustergan_core.runs.cells import is_of_cells, run_matrix
from clustergan_core.runs.clusters.names import Annotations, read_annotations, reference_names_path, write_annotations
from clustergan_core.runs.latents import run_latents, weights_digest
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import find_run
from clustergan_core.scoring.encoder_features import encoder_features

LEAST_SHARE = 0.5  # of a cluster's cells that must have a name, for the name to be proposed for acceptance
MAX_MISSING = 0.2  # of the run's own genes; they count as equal in all cells
N_SHOWN = 4  # missing genes that a message names
CLUSTERS, LABELS = "cluster names", "labels"  # what a run can serve as a reference by
_FIELDS = ("named", "probability", "neighbour", "vote", "distance")


@dataclass(frozen=True)
class RunNames:
    """Names from a reference for all cells of a run's data, in its order."""

    cells: CellNames
    source: str  # the reference, for people
    notes: tuple[str, ...]  # sentences on what matching cost and left out

    def origin(self) -> str:
        """What a cluster's name says of where it comes from."""
        return f"from {self.source}"


def open_reference(choice: str) -> Reference:
    """A reference as a command names it: FILE.npz, FILE:COLUMN, FILE, RUN, or RUN:COLUMN.

    Without a column the labels of the file, or the names a person gave the run's clusters, else its labels, are taken.
    Raises DataError where there are none, and for an unreadable file.
    """
    path, column = Path(choice).expanduser(), None
    if not path.exists() and ":" in choice:
        name, _, column = choice.rpartition(":")
        path = Path(name).expanduser()
    else:
        name = choice
    if path.is_file() and path.suffix.lower() == ".npz":
        return load_reference(path)
    if path.exists() and not (path / "config.json").is_file():
        return reference_of_file(path, column)
    try:
        run = find_run(name)
    except AppError as error:
        raise DataError(
            f"'{choice}' is neither a file nor a run: name a reference as FILE:COLUMN, FILE.npz or RUN."
        ) from error
    has_names = bool(read_annotations(run).names)
    return reference_of_run(run, column or (CLUSTERS if has_names else LABELS))


def reference_of_file(path: Path, column: str | None = None) -> Reference:
    """The cells of a count matrix with the types in one of its columns, or in its column of labels."""
    matrix, _ = join_tables(open_matrix(str(path)), find_cell_tables(str(path), None))
    return _labelled(matrix, path.name, column)


def reference_of_run(run: Run, by: str = LABELS) -> Reference:
    """The cells of a run by its labels, by the names a person gave its clusters, or by a column of its data."""
    dataset = run.dataset()
    matrix = run_matrix(run, dataset)
    if by == CLUSTERS:
        latents, annotations = run_latents(run, "all", dataset=dataset), read_annotations(run)
        clusters = annotations.edit(latents.clusters, latents.indices).tolist()
        texts = np.full(len(dataset.samples), "", dtype=object)
        texts[latents.indices] = [annotations.names.get(cluster, "") for cluster in clusters]
        return make_reference(matrix, texts.astype(np.str_), f"the clusters of {run.title}")
    if by == LABELS and dataset.labels is not None:
        texts = np.array([*dataset.label_names, ""])[dataset.labels]
        assert UNLABELLED == -1
        return make_reference(matrix, texts, f"the labels of {run.title}")
    return _labelled(matrix, run.title, None if by == LABELS else by)


def name_run(
    run: Run, reference: Reference, dataset: Dataset | None = None, matrix: CountMatrix | None = None
) -> RunNames:
    """Names all cells of a run from a reference and stores the result; `dataset` and `matrix` are the run's, if open.

    Raises RunError for a run that is not of cells or has no encoder, DataError where the reference does not fit.
    """
    if not is_of_cells(run):
        raise RunError(f"{run.title} was trained on {run.config.dataset.name}, which has no cells: choose another run.")
    dataset = run.dataset() if dataset is None else dataset
    matrix = run_matrix(run, dataset) if matrix is None else matrix
    require_one_species(reference.matrix, matrix)
    method, steps = run.load(), run.config.dataset.preprocessing
    method.require("encoder")
    padded, missing = _pad(steps, reference)
    known = apply_preparation(steps, padded)
    samples = dataset.samples
    if len(missing):
        samples = samples.copy()
        samples[:, missing] = known[0, missing]  # the same in all cells, so that they move none apart
    cells, note = name_cells(reference, matrix, encoder_features(method, known), encoder_features(method, samples))
    lacks = (
        f"{len(missing)} of the run's {samples.shape[1]:,} genes are not in the reference; its encoder reads all cells "
        "without them."
    )
    notes = (*reference.notes, note, *([lacks] if len(missing) else []))
    result = RunNames(cells, reference.name, notes)
    _write(run, result)
    return result


def read_names(run: Run) -> RunNames | None:
    """The names stored for the run's weights; None without any, for other weights, and for an unreadable file."""
    path = reference_names_path(run)
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if stored["weights"].item() != weights_digest(run, "best"):
                return None
            arrays = {name: stored[name] for name in _FIELDS}
            types, told = tuple(stored["types"].tolist()), json.loads(stored["told"].item())
            limit, source, notes = float(stored["limit"].item()), told["source"], tuple(told["notes"])
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error):
        # It can be made again from the reference, like a missing one.
        return None
    numbers = {name: arrays[name].astype(np.int64) for name in ("named", "neighbour")}
    figures = {name: arrays[name].astype(np.float32) for name in ("probability", "vote", "distance")}
    return RunNames(CellNames(types, limit=limit, **numbers, **figures), source, notes)


def forget_names(run: Run) -> None:
    """Removes the stored names of cells; names of clusters that were accepted stay."""
    reference_names_path(run).unlink(missing_ok=True)


def propose_names(run: Run, names: RunNames, annotations: Annotations | None = None) -> pd.DataFrame:
    """`name_clusters` of the run's clusters as a person has edited them, and whether each name is `proposed`.

    A name is proposed where at least LEAST_SHARE of the cluster's cells have it and it is not "unknown".
    """
    latents = run_latents(run, "all")
    annotations = read_annotations(run) if annotations is None else annotations
    clusters = annotations.edit(latents.clusters, latents.indices)
    table = name_clusters(names.cells.take(latents.indices), clusters)
    return table.assign(proposed=(table["share"] >= LEAST_SHARE) & (table["name"] != UNKNOWN))


def accept_names(run: Run, names: RunNames, table: pd.DataFrame, clusters: Iterable[int]) -> Annotations:
    """Gives clusters the names that `propose_names` found, in the file as it is now; returns the new annotations.

    Raises DataError for a cluster without a row or whose cells are mostly unknown, SettingsError for a name too long.
    """
    found = dict(zip(table["cluster"].tolist(), table["name"].tolist(), strict=True))
    after = read_annotations(run)
    for cluster in clusters:
        if found.get(cluster, UNKNOWN) == UNKNOWN:
            raise DataError(f"The reference has no name for cluster {cluster}: name it by hand.")
        after = after.with_name(cluster, found[cluster], names.origin())
    write_annotations(run, after)
    return after


def restore_names(run: Run, before: Annotations, clusters: Iterable[int]) -> None:
    """Gives clusters the names and origins that they had `before`, in the file as it is now."""
    after = read_annotations(run)
    for cluster in clusters:
        after = after.with_name(cluster, before.names.get(cluster, ""), before.origins.get(cluster, ""))
    write_annotations(run, after)


def _labelled(matrix: CountMatrix, name: str, column: str | None) -> Reference:
    columns = {str(key): np.asarray(matrix.cells[key], dtype=object) for key in matrix.cells}
    labels = find_labels(name, column, columns, matrix.cell_ids.tolist(), len(matrix.cell_ids))
    if labels is None:
        has = f"its columns are {', '.join(columns)}" if columns else "it has no columns"
        raise DataError(f"{name} has no column of cell types ({has}): name one, as {name}:COLUMN.")
    return make_reference(matrix, labels.texts, f"{name}, column {labels.column or column}")


def _pad(steps: Iterable[Step], reference: Reference) -> tuple[CountMatrix, NDArray[np.int64]]:
    """(the reference's matrix with an empty column for each gene of the run that it lacks, their numbers).

    Raises DataError where it lacks more than MAX_MISSING of them.
    """
    matrix = reference.matrix
    chosen = next(step for step in steps if step["step"] == "select_genes")
    ids, symbols = {without_version(gene) for gene in matrix.gene_ids.tolist()}, set(matrix.gene_symbols.tolist())
    genes = zip(chosen["ids"], chosen["symbols"], strict=True)
    lacks = [without_version(gene) not in ids and symbol not in symbols for gene, symbol in genes]
    missing = np.flatnonzero(lacks)
    if len(missing) > MAX_MISSING * len(lacks):
        raise DataError(
            f"{reference.name} lacks {len(missing)} of the {len(lacks)} genes the run was trained on "
            f"({', '.join(chosen['symbols'][gene] for gene in missing[:N_SHOWN])}, …): choose a reference with all "
            "genes, named as in the run."
        )
    if not len(missing):
        return matrix, missing
    empty: csr_matrix[Any] = csr_matrix((matrix.counts.shape[0], len(missing)), dtype=np.float32)
    padded = replace(
        matrix,
        counts=hstack([matrix.counts, empty], format="csr"),
        gene_ids=np.concatenate([matrix.gene_ids, np.array(chosen["ids"])[missing]]),
        gene_symbols=np.concatenate([matrix.gene_symbols, np.array(chosen["symbols"])[missing]]),
    )
    return padded, missing


def _write(run: Run, names: RunNames) -> None:
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        weights=np.array(weights_digest(run, "best")),
        types=np.array(names.cells.types),
        told=np.array(json.dumps({"source": names.source, "notes": names.notes})),
        limit=np.array(names.cells.limit),
        **{name: getattr(names.cells, name) for name in _FIELDS},
    )
    write_atomically(reference_names_path(run), buffer.getvalue())
