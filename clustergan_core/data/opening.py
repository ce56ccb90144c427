"""open_dataset: a data set by its name or by the path of a person's own file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import UNLABELLED, Dataset, Splits
from clustergan_core.data.download import OnProgress
from clustergan_core.data.own_files import OwnDataOptions, open_own
from clustergan_core.data.reference_labels import find_labels, number_labels
from clustergan_core.data.registry import DATASETS, load_dataset
from clustergan_core.data.row_choice import choose_rows, describe_rows
from clustergan_core.errors import DataError, SettingsError


def open_dataset(
    name_or_path: str, options: OwnDataOptions | None = None, on_progress: OnProgress | None = None
) -> Dataset:
    """A name of DATASETS, else an existing path. Raises SettingsError when it is neither."""
    options = options or OwnDataOptions()
    if name_or_path in DATASETS:
        if options.image_side is not None:
            raise SettingsError(f"image_side={options.image_side} is for pictures of your own, not for {name_or_path}.")
        return _narrow(load_dataset(name_or_path, on_progress), options)
    path = Path(name_or_path).expanduser()
    if not path.exists():
        raise SettingsError(
            f"'{name_or_path}' is neither a data set ({', '.join(DATASETS)}) nor a file: choose a name or "
            "check the path."
        )
    return open_own(path, options)


def _narrow(dataset: Dataset, options: OwnDataOptions) -> Dataset:
    """A published set with other reference labels or fewer rows; every row stays in its split, and none empties."""
    if options == OwnDataOptions():
        return dataset
    n_samples = len(dataset.samples)
    known: dict[str, NDArray[np.generic]] = dict(dataset.columns)
    texts = _label_texts(dataset)
    if texts is not None:
        known["label"] = texts
    labels = find_labels(dataset.name, options.labels, known, dataset.sample_ids, n_samples)
    keep = choose_rows(dataset.name, known, n_samples, options)
    steps = [*describe_rows(options, keep)]
    numbers, names = dataset.labels, dataset.label_names
    if labels is not None:
        numbers, names = _number_in_order(labels.texts[keep], dataset.label_names)
        if options.labels is not None:
            steps.append({"step": "labels", "text": labels.note})
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
    """Numbers in the data set's own order of classes where it has these classes, else in natural order."""
    numbers, names = number_labels(texts)
    if not set(names) <= set(order):
        return numbers, names
    kept = tuple(name for name in order if name in names)
    places = np.array([*(kept.index(name) for name in names), UNLABELLED], dtype=np.int64)
    return places[numbers], kept


def _narrow_splits(name: str, splits: Splits, keep: NDArray[np.bool_]) -> Splits:
    """DataError where a split loses every row: there would be nothing to train on, to choose by or to score."""
    places = np.cumsum(keep) - 1
    parts = {"training": splits.train, "validation": splits.validation, "test": splits.test}
    kept = {split: places[part[keep[part]]].astype(np.int64) for split, part in parts.items()}
    empty = [split for split, part in kept.items() if not len(part)]
    if empty:
        raise DataError(
            f"The chosen filters leave {int(keep.sum())} of {name}'s {len(keep):,} samples, and none of its "
            f"{' and '.join(empty)} samples: relax them."
        )
    return Splits(kept["training"], kept["validation"], kept["test"], splits.is_shared)
