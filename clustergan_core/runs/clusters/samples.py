"""The samples of a run's experiment: what is known of them now, and the run's clusters by sample.

Training sees which sample a cell is from and nothing else of the samples table, so conditions and donors may be filled
in, or corrected, after it. Such a table lies beside the run's record, which stays as it was.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.cells.composition import Composition, count_composition
from clustergan_core.cells.pseudobulk import Pseudobulk, sum_counts
from clustergan_core.cells.sample_markers import SampleMarkers, find_sample_markers
from clustergan_core.data.counts.batches import read_sample_table, write_sample_table
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.dataset import Batches, Dataset, SampleFacts
from clustergan_core.data.own.cell_text import as_text
from clustergan_core.errors import DataError, SettingsError
from clustergan_core.files import write_atomically
from clustergan_core.runs.clusters.names import (
    ClusterGroup,
    annotations_path,
    cluster_groups,
    merge_clusters,
    read_annotations,
)
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run

FILE = "samples.csv"
NO_SAMPLES = (
    "This run's samples are not told apart: choose the column or the files of the samples on the Data page, or with "
    "--sample, and train again."
)

# What columns with a sample's condition and donor are called.
_COLUMNS = {
    "condition": r"conditions?|stim(ulation)?|treatments?|groups?|diagnosis|disease",
    "donor": r"(donor|patient|subject|individual|mouse|animal|participant)([ _.-]?id)?",
}


@dataclass(frozen=True)
class RunSamples:
    """The cells of a run whose cluster is known, by cluster and by sample of the experiment."""

    samples: tuple[SampleFacts, ...]
    groups: tuple[ClusterGroup, ...]  # as a person named and merged them
    batches: NDArray[np.int64]  # (N,) of all cells of the data: numbers into `samples`
    clusters: NDArray[np.int64]  # (N,) numbers into `groups`; −1 where the cluster is not known

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions that the samples have, in the order of the table."""
        return tuple(dict.fromkeys(facts.condition for facts in self.samples if facts.condition))

    def composition(self) -> Composition:
        """Cells by sample and cluster; a sample without any such cell has no row."""
        known = self.clusters >= 0
        present, batches = np.unique(self.batches[known], return_inverse=True)
        return count_composition(batches, self.clusters[known], [self.samples[batch] for batch in present])

    def pseudobulk(self, matrix: CountMatrix, group: int) -> Pseudobulk:
        """The counts of a group's cells by sample; `matrix` is the run's."""
        return sum_counts(matrix, self.batches, self.clusters == group, self.samples)

    def markers(self, matrix: CountMatrix) -> SampleMarkers:
        """Markers of every group within each sample, combined; `matrix` is the run's."""
        names = [facts.name for facts in self.samples]
        return find_sample_markers(matrix, self.clusters, self.batches, names)


def gather_samples(run: Run, dataset: Dataset | None = None, table: Path | None = None) -> RunSamples:
    """A run's cells by cluster, as edited, and by sample, described by `table` or by what is known of them now.

    Raises DataError where samples are not told apart, or the table does not fit.
    """
    dataset = run.dataset() if dataset is None else dataset
    if dataset.batches is None:
        raise DataError(NO_SAMPLES)
    facts = read_facts(run, dataset.batches) if table is None else _read(table, dataset.batches)
    latents, annotations = run_latents(run, "all", dataset=dataset), read_annotations(run)
    groups = cluster_groups(annotations, run.config.n_clusters)
    clusters = np.full(len(dataset.samples), -1, dtype=np.int64)
    clusters[latents.indices] = merge_clusters(annotations.edit(latents.clusters, latents.indices), groups)
    return RunSamples(facts, groups, dataset.batches.codes, clusters)


def choose_pair(samples: RunSamples, text: str | None) -> tuple[str, str]:
    """(reference, other) of "A,B", or the two conditions that there are. Raises DataError, SettingsError."""
    known = samples.conditions
    if len(known) < 2:
        has = f"have the condition {known[0]} alone" if known else "have no condition"
        raise DataError(
            f"The samples {has}: describe them in a table with the columns sample and condition (--samples FILE, or "
            "the page Samples)."
        )
    if text is None:
        if len(known) > 2:
            raise SettingsError(
                f"The samples have the conditions {', '.join(known)}: choose two, as in --condition "
                f"{known[0]},{known[1]}."
            )
        return known[0], known[1]
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 2 or parts[0] == parts[1] or not set(parts) <= set(known):
        raise SettingsError(f"--condition {text} is not possible: give two of {', '.join(known)}, the reference first.")
    return parts[0], parts[1]


def counts_table(composition: Composition, names: Sequence[str]) -> pd.DataFrame:
    """Counts with a row for each sample and what is known of it, then a column for each cluster.

    `names` (K,) are those of the composition's clusters. This is what scCODA and sccomp read.
    """
    facts = [{"sample": each.name, **each.model_dump(exclude={"sample", "name"})} for each in composition.samples]
    table = pd.DataFrame(facts)
    table = table[[column for column in table if column == "sample" or (table[column] != "").any()]]
    return pd.concat([table, pd.DataFrame(composition.counts, columns=list(names))], axis=1)


def facts_path(run: Run) -> Path:
    """Where a table that describes the samples anew lies: beside the names of clusters. It may not exist."""
    return annotations_path(run).with_name(FILE)


def read_facts(run: Run, batches: Batches) -> tuple[SampleFacts, ...]:
    """What is known of the run's samples now: the table beside the run, else that of its training.

    Raises DataError for a table that cannot be read.
    """
    path = facts_path(run)
    return _read(path, batches) if path.exists() else batches.table


def write_facts(run: Run, batches: Batches, content: bytes | Sequence[SampleFacts]) -> None:
    """Stores a table beside the run, a CSV or its rows; that of its training takes the stored one away.

    Raises DataError for a table that does not describe these samples; nothing is stored then.
    """
    path = facts_path(run)
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / FILE
        trial.write_bytes(content if isinstance(content, bytes) else write_sample_table(content))
        facts = _read(trial, batches)
    if facts == batches.table:
        path.unlink(missing_ok=True)
    else:
        write_atomically(path, write_sample_table(facts))


def _read(path: Path, batches: Batches) -> tuple[SampleFacts, ...]:
    """What a table says of these samples, under the names that they were trained with: the record has those."""
    read = read_sample_table(path, [facts.sample for facts in batches.table])[0]
    return tuple(facts.model_copy(update={"name": own.name}) for facts, own in zip(read, batches.table, strict=True))


def propose_facts(cells: pd.DataFrame, batches: Batches) -> tuple[SampleFacts, ...] | None:
    """The samples with conditions and donors from columns of the cells (N, …) that are so called; None without any.

    A column is taken where its value is the same for all cells of each sample, and nothing is known of that field yet.
    Nothing is stored: a person decides.
    """
    told: dict[str, list[str]] = {}
    for field, pattern in _COLUMNS.items():
        if any(getattr(facts, field) for facts in batches.table):
            continue
        for column in (name for name in cells if re.fullmatch(pattern, str(name), re.IGNORECASE)):
            texts = as_text(cells[column].to_numpy(dtype=object))
            values = [set(texts[batches.codes == batch].tolist()) for batch in range(len(batches.table))]
            levels = set().union(*values)
            if all(len(own) == 1 for own in values) and "" not in levels and len(levels) > 1:
                told[field] = [next(iter(own)) for own in values]
                break
    if not told:
        return None
    return tuple(
        facts.model_copy(update={field: values[batch] for field, values in told.items()})
        for batch, facts in enumerate(batches.table)
    )


def find_group(samples: RunSamples, text: str) -> int:
    """The number of the group called so, or that holds the cluster of this number. Raises SettingsError."""
    for number, group in enumerate(samples.groups):
        if text == group.name or (text.isdecimal() and int(text) in group.clusters):
            return number
    known = ", ".join(f"{group.clusters[0]} ({group.name})" for group in samples.groups)
    raise SettingsError(f"There is no cluster {text}: choose one of {known}.")
