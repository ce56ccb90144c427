"""Data by one door: a data set's name, a count matrix, or a person's own table, arrays or pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data import DATASETS, OwnDataOptions
from clustergan_core.data import open_dataset as open_other
from clustergan_core.data.dataset import Dataset, Kind
from clustergan_core.data.download import OnProgress, fetch
from clustergan_core.data.id_choice import choose_ids, describe_ids
from clustergan_core.data.own_files import open_like as open_like_other
from clustergan_core.data.own_files import slug
from clustergan_core.data.own_options import Orientation, ReadAs
from clustergan_core.data.preprocessing import Step
from clustergan_core.data.reference_labels import ReferenceLabels, find_labels
from clustergan_core.data.row_choice import choose_rows, describe_rows
from clustergan_core.errors import SettingsError
from clustergan_core.expression.counts import CountMatrix, take_cells
from clustergan_core.expression.forms import find_form, looks_like_counts
from clustergan_core.expression.preparation_words import read_preparation

if TYPE_CHECKING:
    from clustergan_core.expression.quality import QualityReport


@dataclass(frozen=True)
class NewSamples:
    """Samples that a run has not seen, as its networks take them."""

    samples: NDArray[np.float32]  # (N, *shape)
    sample_ids: tuple[str, ...]
    notes: tuple[str, ...] = ()  # sentences on what was missing in the file and made up for


def open_dataset(
    name_or_path: str, options: OwnDataOptions | None = None, on_progress: OnProgress | None = None
) -> Dataset:
    """A name of DATASETS, else an existing path. Raises SettingsError when it is neither, DataError for a bad file."""
    options = options or OwnDataOptions()
    if is_count_matrix(name_or_path, options.read_as):
        # What is wrong with the preparation is told before the matrix is read.
        read_preparation(complete_options(name_or_path, options).preparation)
        return prepare_counts(open_matrix(name_or_path, options.orientation, on_progress), name_or_path, options)
    for option, value in (
        ("--prepare", options.preparation),
        ("--ids", options.ids),
        ("--orientation", options.orientation != "auto"),
        ("--read-as", options.read_as == "counts"),
    ):
        if value:
            raise SettingsError(f"{name_or_path} is no count matrix, which alone takes {option}: leave it out.")
    return open_other(name_or_path, options, on_progress)


def is_count_matrix(name_or_path: str, read_as: ReadAs = "auto") -> bool:
    """Whether a set or a file is read as cells and genes. A text is what `read_as` says; all else goes by its form."""
    if name_or_path in DATASETS:
        return DATASETS[name_or_path].find_counts is not None
    path = Path(name_or_path).expanduser()
    if not path.exists():
        return False
    if find_form(path) == "text" and read_as != "auto":
        return read_as == "counts"
    return looks_like_counts(path)


def open_matrix(
    name_or_path: str, orientation: Orientation = "auto", on_progress: OnProgress | None = None
) -> CountMatrix:
    """All cells and genes of a count matrix, read by a limited process. Raises DataError with one sentence."""
    from clustergan_core.expression.matrix_cache import read_kept

    source = DATASETS.get(name_or_path)
    if source is None:
        path = Path(name_or_path).expanduser()
        return replace(read_kept(path, orientation), name=slug(path))
    assert source.find_counts is not None, f"{name_or_path} is no count matrix"
    return replace(read_kept(source.find_counts(lambda file: fetch(file, on_progress))), name=source.name)


def prepare_counts(
    matrix: CountMatrix, name_or_path: str, options: OwnDataOptions, report: QualityReport | None = None
) -> Dataset:
    """An opened matrix, filtered and prepared as the options say; labels as for tables.

    `report` is the quality control of the cells that `choose_cells` leaves, where it was done already.
    """
    from clustergan_core.expression.preparation import prepare

    options = complete_options(name_or_path, options)
    settings = read_preparation(options.preparation, len(matrix.gene_ids))
    chosen, labels, steps = choose_cells(matrix, options)
    dataset = prepare(chosen, settings, labels, report)
    return replace(dataset, preprocessing=(*steps, *dataset.preprocessing))


def choose_cells(
    matrix: CountMatrix, options: OwnDataOptions
) -> tuple[CountMatrix, ReferenceLabels | None, tuple[Step, ...]]:
    """(the cells that `only`, `drop` and `ids` leave, their labels, the steps that record it)."""
    columns = {str(name): np.asarray(matrix.cells[name], dtype=object) for name in matrix.cells}
    ids = matrix.cell_ids.tolist()
    labels = find_labels(matrix.name, options.labels, columns, ids, len(ids))
    if labels is not None:
        columns |= {"label": labels.texts}
    keep = choose_rows(matrix.name, columns, len(ids), options)
    steps = [*describe_rows(options, keep)]
    if options.ids is not None:
        listed = choose_ids(matrix.name, ids, Path(options.ids))
        steps.append(describe_ids(Path(options.ids), listed))
        keep &= listed
    if not keep.all():
        matrix = take_cells(matrix, keep)
        labels = None if labels is None else replace(labels, texts=labels.texts[keep])
    return matrix, labels, tuple(steps)


def complete_options(name_or_path: str, options: OwnDataOptions) -> OwnDataOptions:
    """A known set's own options, where a person chose no others."""
    if name_or_path not in DATASETS:
        return options
    chosen = {name: getattr(options, name) for name in options.model_fields_set}
    return DATASETS[name_or_path].options.model_copy(update={name: value for name, value in chosen.items() if value})


def open_like(
    path: Path,
    kind: Kind,
    shape: tuple[int, ...],
    feature_names: Sequence[str],
    preprocessing: Sequence[Step],
    orientation: Orientation = "auto",
) -> NewSamples:
    """New samples, prepared exactly as a run's own were. Raises DataError where they differ."""
    if kind != "expression":
        if orientation != "auto":
            raise SettingsError(f"{path.name} is read as {kind}, which has no --orientation: leave it out.")
        return NewSamples(*open_like_other(path, kind, shape, feature_names, preprocessing))
    from clustergan_core.expression.preparation_steps import apply_preparation, describe_differences
    from clustergan_core.expression.reading_safely import read_safely

    matrix = read_safely(path, orientation)
    notes = describe_differences(preprocessing, matrix)
    return NewSamples(apply_preparation(preprocessing, matrix), tuple(matrix.cell_ids.tolist()), notes)
