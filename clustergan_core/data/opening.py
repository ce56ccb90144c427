"""One entry point for data: a data set's name, a count matrix, or a person's own table, arrays or pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clustergan_core.data.counts.batches import assign_batches
from clustergan_core.data.counts.cell_tables import find_cell_tables, join_tables, label_file
from clustergan_core.data.counts.joining import join_matrices, sample_name
from clustergan_core.data.counts.matrix import CountMatrix, take_cells
from clustergan_core.data.counts.preparation_options import read_preparation
from clustergan_core.data.dataset import UNLABELLED, Batches, Dataset, Kind, Splits
from clustergan_core.data.options import Orientation, OwnDataOptions, ReadAs
from clustergan_core.data.own.arrays import open_array
from clustergan_core.data.own.files import open_own, slug
from clustergan_core.data.own.labels import ReferenceLabels, find_labels, number_labels
from clustergan_core.data.own.new_samples import read_like
from clustergan_core.data.own.rows import choose_ids, choose_rows, describe_ids, describe_rows
from clustergan_core.data.published.download import OnProgress, fetch
from clustergan_core.data.registry import DATASETS, load_dataset
from clustergan_core.data.steps import Note, Step
from clustergan_core.errors import DataError, SettingsError
from clustergan_core.paths import uploads_folder

if TYPE_CHECKING:
    from clustergan_core.data.counts.quality import QualityReport


@dataclass(frozen=True)
class NewSamples:
    """Samples that a run has not seen, prepared for its networks."""

    samples: NDArray[np.float32]  # (N, *shape)
    sample_ids: tuple[str, ...]
    notes: tuple[str, ...] = ()  # sentences on what was missing in the file and how it was filled in


def open_dataset(
    source: str | Path | ArrayLike, options: OwnDataOptions | None = None, on_progress: OnProgress | None = None
) -> Dataset:
    """A name of DATASETS, else an existing path, else an array of samples, which `open_array` takes with labels too.

    Raises SettingsError for a text that is neither name nor path, DataError for a bad file or array.
    """
    if not isinstance(source, str | Path):
        if options is not None:
            raise SettingsError("An array is not read from a file and takes no options: use open_array for labels.")
        return open_array(source)
    return replace(_open_source(str(source), options or OwnDataOptions(), on_progress), source=str(source))


def _open_source(name_or_path: str, options: OwnDataOptions, on_progress: OnProgress | None) -> Dataset:
    if is_count_matrix(name_or_path, options.read_as):
        # Reports what is wrong with the preparation before the matrix is read.
        read_preparation(complete_options(name_or_path, options).preparation)
        matrix = open_matrix(name_or_path, options.orientation, on_progress, options.further)
        return prepare_counts(matrix, name_or_path, options)
    for option, value in (
        ("--sample", options.sample),
        ("--samples", options.samples),
        ("a second --dataset", options.further),
        ("--prepare", options.preparation),
        ("--ids", options.ids),
        ("--orientation", options.orientation != "auto"),
        ("--read-as", options.read_as == "counts"),
    ):
        if value:
            raise SettingsError(f"{name_or_path} is not a count matrix, which {option} is for: leave it out.")
    return _open_named_or_own(name_or_path, options, on_progress)


def is_count_matrix(name_or_path: str, read_as: ReadAs = "auto") -> bool:
    """Whether a set or a file is read as cells and genes. `read_as` decides for text, the file format for all else."""
    from clustergan_core.data.counts.reading.formats import is_count_file

    if name_or_path in DATASETS:
        return DATASETS[name_or_path].find_counts is not None
    path = Path(name_or_path).expanduser()
    return path.exists() and is_count_file(path, read_as)


def open_matrix(
    name_or_path: str,
    orientation: Orientation = "auto",
    on_progress: OnProgress | None = None,
    further: Sequence[str] = (),
) -> CountMatrix:
    """All cells and genes of a count matrix, read in a sandbox. Raises DataError with one sentence.

    With `further` ones, all their cells and the genes that all of them have: each is a sample, named by its file or
    folder, and has the columns of the tables uploaded with it.
    """
    if further:
        sources = (name_or_path, *further)
        _refuse_repeated(sources)
        names = name_samples(sources)
        return join_matrices(
            {name: _open_part(source, orientation, on_progress) for name, source in zip(names, sources, strict=True)}
        )
    return _open_matrix(name_or_path, orientation, on_progress)


def name_samples(sources: Sequence[str]) -> list[str]:
    """What the samples of these files are called; files of one name are numbered."""
    names: list[str] = []
    for source in sources:
        name = source if source in DATASETS else _name_sample(Path(source).expanduser().absolute())
        number, unique = 1, name
        while unique in names:
            number += 1
            unique = f"{name}-{number}"
        names.append(unique)
    return names


def _refuse_repeated(sources: Sequence[str]) -> None:
    """Raises DataError for a file that is given twice: its cells would be trained on and held out at once."""
    counts = Counter(source if source in DATASETS else str(Path(source).expanduser().resolve()) for source in sources)
    if repeated := [source for source, n_times in counts.items() if n_times > 1]:
        raise DataError(f"{Path(repeated[0]).name} is given as two samples: leave one of them out.")


def _name_sample(path: Path) -> str:
    """An upload's folder is a checksum, and so no name."""
    is_upload = path.parent.parent.resolve() == uploads_folder().resolve()
    return sample_name(Path(path.name) if is_upload else path)


def _open_part(source: str, orientation: Orientation, on_progress: OnProgress | None) -> CountMatrix:
    """One of several samples, with the columns of the tables uploaded with it."""
    if source not in DATASETS and not Path(source).expanduser().exists():
        raise SettingsError(f"'{source}' is neither a data set nor a file, so it cannot be a sample: check the path.")
    if not is_count_matrix(source):
        raise DataError(
            f"{Path(source).name} is not a count matrix, so it cannot be one of several samples: leave it out."
        )
    matrix, notes = join_tables(_open_matrix(source, orientation, on_progress), find_cell_tables(source, labels=None))
    return replace(matrix, notes=(*matrix.notes, *notes))


def _open_matrix(name_or_path: str, orientation: Orientation, on_progress: OnProgress | None) -> CountMatrix:
    from clustergan_core.data.counts.reading.sandbox.cache import read_cached

    source = DATASETS.get(name_or_path)
    if source is None:
        path = Path(name_or_path).expanduser()
        return replace(read_cached(path, orientation), name=slug(path))
    assert source.find_counts is not None, f"{name_or_path} is not a count matrix"
    return replace(read_cached(source.find_counts(lambda file: fetch(file, on_progress))), name=source.name)


def prepare_counts(
    matrix: CountMatrix, name_or_path: str, options: OwnDataOptions, report: QualityReport | None = None
) -> Dataset:
    """An opened matrix, filtered and prepared as the options say; labels are found as for tables.

    `report` is the quality control of the cells that `choose_cells` leaves, where it has been done already.
    """
    from clustergan_core.data.counts.prepare import prepare

    options = complete_options(name_or_path, options)
    settings = read_preparation(options.preparation, len(matrix.gene_ids))
    chosen = choose_cells(matrix, options, tables_beside(name_or_path, options))
    dataset = prepare(chosen.matrix, settings, chosen.labels, report, chosen.batches)
    return replace(dataset, preprocessing=(*chosen.steps, *dataset.preprocessing))


def tables_beside(source: str, options: OwnDataOptions) -> list[Path]:
    """The tables whose columns are still to join the cells; those of several samples have joined each of them."""
    tables = find_cell_tables(source, options.labels)
    return [path for path in tables if path == label_file(options.labels)] if options.further else tables


@dataclass(frozen=True)
class ChosenCells:
    """Cells of an opened matrix, before quality control."""

    matrix: CountMatrix  # the N cells, with the columns of tables and of their samples beside their own
    labels: ReferenceLabels | None  # of these cells
    batches: Batches | None
    steps: tuple[Step, ...]  # the record of how they were chosen


def choose_cells(matrix: CountMatrix, options: OwnDataOptions, tables: Sequence[Path] = ()) -> ChosenCells:
    """The cells that `only`, `drop` and `ids` leave, with the columns of `tables`, their labels and their samples."""
    columns = {str(name): np.asarray(matrix.cells[name], dtype=object) for name in matrix.cells}
    ids = matrix.cell_ids.tolist()
    labels = find_labels(matrix.name, options.labels, columns, ids, len(ids))
    if labels is not None:
        columns |= {"label": labels.texts}
    keep = choose_rows(matrix.name, columns, len(ids), options)
    steps: list[Step] = [*describe_rows(options, keep)]
    if options.ids is not None:
        listed, n_unknown = choose_ids(matrix.name, ids, Path(options.ids))
        steps += describe_ids(Path(options.ids), listed, n_unknown)
        keep &= listed
    matrix, notes = join_tables(matrix, tables)
    steps += [Note(step="note", text=note) for note in notes]
    if not keep.all():
        matrix = take_cells(matrix, keep)
        labels = None if labels is None else replace(labels, texts=labels.texts[keep])
    matrix, batches, notes = assign_batches(matrix, options)
    steps += [Note(step="note", text=note) for note in notes]
    return ChosenCells(matrix, labels, batches, tuple(steps))


def complete_options(name_or_path: str, options: OwnDataOptions) -> OwnDataOptions:
    """A named data set's own options, where a person chose no others."""
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
    """New samples, prepared exactly as a run's own were. Raises DataError where they do not fit the run."""
    if kind != "expression":
        if orientation != "auto":
            raise SettingsError(f"{path.name} is read as {kind} data, which has no --orientation: leave it out.")
        return NewSamples(*read_like(path, kind, shape, feature_names, preprocessing))
    from clustergan_core.data.counts.reading.sandbox.parent import read_safely
    from clustergan_core.data.counts.steps import apply_preparation, describe_differences

    matrix = read_safely(path, orientation)
    notes = describe_differences(preprocessing, matrix)
    return NewSamples(apply_preparation(preprocessing, matrix), tuple(matrix.cell_ids.tolist()), notes)


def _open_named_or_own(
    name_or_path: str, options: OwnDataOptions | None = None, on_progress: OnProgress | None = None
) -> Dataset:
    """A name of DATASETS, else an existing path. Raises SettingsError when it is neither."""
    options = options or OwnDataOptions()
    if name_or_path in DATASETS:
        if options.image_side is not None:
            raise SettingsError(
                f"image_side={options.image_side} is for your own pictures, not for {name_or_path}: leave it out."
            )
        return _narrow(load_dataset(name_or_path, on_progress), options)
    path = Path(name_or_path).expanduser()
    if not path.exists():
        raise SettingsError(
            f"'{name_or_path}' is neither a data set ({', '.join(DATASETS)}) nor a file: choose a name or "
            "check the path."
        )
    return open_own(path, options)


def _narrow(dataset: Dataset, options: OwnDataOptions) -> Dataset:
    """A published set with other reference labels or fewer rows; every row stays in its split."""
    if options == OwnDataOptions():
        return dataset
    n_samples = len(dataset.samples)
    columns: dict[str, NDArray[np.generic]] = dict(dataset.columns)
    texts = _label_texts(dataset)
    if texts is not None:
        columns["label"] = texts
    labels = find_labels(dataset.name, options.labels, columns, dataset.sample_ids, n_samples)
    keep = choose_rows(dataset.name, columns, n_samples, options)
    steps: list[Step] = [*describe_rows(options, keep)]
    numbers, names = dataset.labels, dataset.label_names
    if labels is not None:
        numbers, names = _number_in_order(labels.texts[keep], dataset.label_names)
        if options.labels is not None:
            steps += labels.steps()
    return replace(
        dataset,
        samples=dataset.samples[keep],
        splits=_narrow_splits(dataset.name, dataset.splits, keep),
        labels=numbers,
        label_names=names,
        sample_ids=tuple(np.array(dataset.sample_ids)[keep].tolist()) if dataset.sample_ids else (),
        preprocessing=(*steps, *dataset.preprocessing),
        columns={column: values[keep] for column, values in dataset.columns.items()},
    )


def _label_texts(dataset: Dataset) -> NDArray[np.str_] | None:
    if dataset.labels is None:
        return None
    names = np.array([*dataset.label_names, ""], dtype=np.str_)  # UNLABELLED, which is -1, picks the last
    assert UNLABELLED == -1
    return names[dataset.labels]


def _number_in_order(texts: NDArray[np.str_], order: tuple[str, ...]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Labels numbered in the data set's own order of classes where it has them all, else in natural order."""
    numbers, names = number_labels(texts)
    if not set(names) <= set(order):
        return numbers, names
    ordered = tuple(name for name in order if name in names)
    renumbered = np.array([*(ordered.index(name) for name in names), UNLABELLED], dtype=np.int64)
    return renumbered[numbers], ordered


def _narrow_splits(name: str, splits: Splits, keep: NDArray[np.bool_]) -> Splits:
    """The splits among the kept rows. Raises DataError where a split loses every row."""
    new_index = np.cumsum(keep) - 1
    parts = {"training": splits.train, "validation": splits.validation, "test": splits.test}
    narrowed = {split: new_index[part[keep[part]]].astype(np.int64) for split, part in parts.items()}
    empty = [split for split, part in narrowed.items() if not len(part)]
    if empty:
        raise DataError(
            f"The chosen filters leave {int(keep.sum())} of {name}'s {len(keep):,} samples, and none of its "
            f"{' and '.join(empty)} samples: relax them."
        )
    return Splits(narrowed["training"], narrowed["validation"], narrowed["test"], splits.is_shared)
