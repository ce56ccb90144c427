"""Data by one door: a data set's name, a count matrix, or a person's own table, arrays or pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data import DATASETS, OwnDataOptions
from clustergan_core.data import open_dataset as open_other
from clustergan_core.data.dataset import Dataset
from clustergan_core.data.download import OnProgress
from clustergan_core.data.own_files import open_like as open_like_other
from clustergan_core.data.own_files import slug
from clustergan_core.data.own_options import Orientation, ReadAs
from clustergan_core.data.preprocessing import Step
from clustergan_core.data.reference_labels import ReferenceLabels, find_labels
from clustergan_core.data.row_choice import choose_rows, describe_rows
from clustergan_core.errors import SettingsError
from clustergan_core.expression.counts import CountMatrix
from clustergan_core.expression.forms import find_form, looks_like_counts
from clustergan_core.expression.preparation_words import read_preparation
from clustergan_core.networks import Kind

if TYPE_CHECKING:
    from clustergan_core.expression.quality import QualityReport


def open_dataset(
    name_or_path: str, options: OwnDataOptions | None = None, on_progress: OnProgress | None = None
) -> Dataset:
    """A name of DATASETS, else an existing path. Raises SettingsError when it is neither, DataError for a bad file."""
    options = options or OwnDataOptions()
    path = Path(name_or_path).expanduser()
    if name_or_path not in DATASETS and path.exists() and is_counts(path, options.read_as):
        return open_counts(path, options)
    for option, value in (
        ("--prepare", options.preparation),
        ("--orientation", options.orientation != "auto"),
        ("--read-as", options.read_as == "counts"),
    ):
        if value:
            raise SettingsError(f"{name_or_path} is no count matrix, which alone takes {option}: leave it out.")
    return open_other(name_or_path, options, on_progress)


def is_counts(path: Path, read_as: ReadAs = "auto") -> bool:
    """Whether a file is read as a count matrix. A text is what `read_as` says; all else is taken at its form."""
    if find_form(path) == "text" and read_as != "auto":
        return read_as == "counts"
    return looks_like_counts(path)


def open_counts(path: Path, options: OwnDataOptions) -> Dataset:
    """A count matrix, read by a limited process, filtered and prepared as the options say; labels as for tables."""
    from clustergan_core.expression.reading_safely import read_safely

    read_preparation(options.preparation)  # what is wrong with it is told before the matrix is read
    return prepare_counts(read_safely(path, options.orientation), path, options)


def prepare_counts(
    matrix: CountMatrix, path: Path, options: OwnDataOptions, report: QualityReport | None = None
) -> Dataset:
    """A matrix that has been read, filtered and prepared as the options say.

    `report` is the quality control of the cells that `take_cells` leaves, where it was done already.
    """
    from clustergan_core.expression.preparation import prepare

    settings = read_preparation(options.preparation)
    chosen, labels, steps = take_cells(matrix, path, options)
    dataset = prepare(chosen, settings, labels, report)
    return replace(dataset, preprocessing=(*steps, *dataset.preprocessing))


def take_cells(
    matrix: CountMatrix, path: Path, options: OwnDataOptions
) -> tuple[CountMatrix, ReferenceLabels | None, tuple[Step, ...]]:
    """(the cells that `only` and `drop` leave, their labels, the step that records it), under the file's own name."""
    matrix = replace(matrix, name=slug(path))
    columns = {str(name): np.asarray(matrix.cells[name], dtype=object) for name in matrix.cells}
    ids = matrix.cell_ids.tolist()
    labels = find_labels(matrix.name, options.labels, columns, ids, len(ids))
    if labels is not None:
        columns |= {"label": labels.texts}
    keep = choose_rows(matrix.name, columns, len(ids), options)
    if not keep.all():
        matrix = _keep_cells(matrix, keep)
        labels = None if labels is None else replace(labels, texts=labels.texts[keep])
    return matrix, labels, describe_rows(options, keep)


def open_like(
    path: Path,
    kind: Kind,
    shape: tuple[int, ...],
    feature_names: Sequence[str],
    preprocessing: Sequence[Step],
    orientation: Orientation = "auto",
) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """(samples, their ids) of new samples, prepared exactly as a run's own were. Raises DataError where they differ."""
    if kind != "expression":
        if orientation != "auto":
            raise SettingsError(f"{path.name} is read as {kind}, which has no --orientation: leave it out.")
        return open_like_other(path, kind, shape, feature_names, preprocessing)
    from clustergan_core.expression.preparation_steps import apply_preparation
    from clustergan_core.expression.reading_safely import read_safely

    matrix = read_safely(path, orientation)
    return apply_preparation(preprocessing, matrix), tuple(matrix.cell_ids.tolist())


def _keep_cells(matrix: CountMatrix, keep: NDArray[np.bool_]) -> CountMatrix:
    return replace(matrix, counts=matrix.counts[keep], cell_ids=matrix.cell_ids[keep], cells=matrix.cells[keep].copy())
