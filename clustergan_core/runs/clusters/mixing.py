"""How well the samples of an experiment mix in a run, and before it: computed on request and stored beside the run.

Three spaces are judged: principal components as they are, Harmony's, and the last hidden layer of the run's encoder.
Cells in the first two are clustered by k-means, with as many clusters as the run has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from clustergan_core.cells.overcorrection import OneSampleCluster, find_alarms, find_lone
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.sparse import log1p_normalised
from clustergan_core.data.dataset import DATA_SEED, UNLABELLED, Dataset, draw_subset
from clustergan_core.errors import RunError
from clustergan_core.evaluation.agreement import can_score, nmi
from clustergan_core.evaluation.clusterings import kmeans_cells, leiden_clusters, neighbour_graph
from clustergan_core.evaluation.crossing import cross_neighbours, share_of_others
from clustergan_core.evaluation.integration import harmony_components
from clustergan_core.evaluation.mixing import score_mixing, unit_length
from clustergan_core.evaluation.neighbours import project
from clustergan_core.files import write_atomically
from clustergan_core.runs.cells import run_matrix
from clustergan_core.runs.clusters.mixing_report import MixingReport, SpaceReport
from clustergan_core.runs.latents import run_latents, weights_digest
from clustergan_core.runs.run import Run
from clustergan_core.scoring.encoder_features import encoder_features

FILE = "mixing.json"
VERSION = 1  # raise it when the same run would be judged differently
MAX_CELLS = 10_000  # more are drawn from: every score compares each cell with all others

Numbers = NDArray[np.int64]
Points = NDArray[np.float32]


@dataclass(frozen=True)
class MixingProgress:
    """How far it is; the report comes with the last."""

    fraction: float
    message: str
    report: MixingReport | None = None


def read_mixing(run: Run, dataset: Dataset) -> MixingReport | None:
    """The stored report for these weights and this data, which is the run's; None without one."""
    path = run.find_embedding(FILE)
    try:
        report = None if path is None else MixingReport.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        # Derived and safe to delete: a corrupt file is computed again, like a missing one.
        return None
    return report if report is not None and report.key == _key(run, dataset) else None


def judge_mixing(
    run: Run, dataset: Dataset | None = None, matrix: CountMatrix | None = None
) -> Iterator[MixingProgress]:
    """Judges a run's samples step by step and stores the report; ten seconds for 3,000 cells, a minute for 10,000.

    `dataset` and `matrix` are the run's, if already open. Raises RunError for a run without several samples or without
    an encoder, DataError where the data is not here.
    """
    if not run.config.dataset.batch_counts:
        raise RunError(
            f"{run.title} was not trained on several samples: train on count matrices given together, or on one with "
            "--sample COLUMN."
        )
    yield MixingProgress(0.0, "Reading the cells")
    dataset = run.dataset() if dataset is None else dataset
    assert dataset.batches is not None, "the config records several samples"
    method = run.load()
    method.require("encoder")
    latents = run_latents(run, "all", dataset=dataset)
    drawn = draw_subset(len(latents.indices), MAX_CELLS, DATA_SEED)
    rows, clusters = latents.indices[drawn], latents.clusters[drawn]
    samples, batches = dataset.samples[rows], dataset.batches.codes[rows]
    yield MixingProgress(0.1, "Moving the samples together by Harmony")
    before, moved = project(samples), harmony_components(samples, batches)
    yield MixingProgress(0.2, "Finding the types of cells")
    labels = None if dataset.labels is None else dataset.labels[rows]
    has_labels = labels is not None and can_score(labels)
    types = labels if labels is not None and has_labels else leiden_clusters(neighbour_graph(moved)).clusters
    n_clusters, reports = run.config.n_clusters, []
    spaces = (
        ("Unintegrated", before, None),
        ("Harmony", moved, None),
        ("This run", encoder_features(method, samples), clusters),
    )
    for number, (name, points, own) in enumerate(spaces):
        yield MixingProgress(0.3 + 0.15 * number, f"Scoring: {name}")
        own = kmeans_cells(points, n_clusters) if own is None else own
        reports.append(_score(name, points, before, batches, types, own))
    yield MixingProgress(0.75, "Comparing the genes of each cluster between samples")
    matrix = run_matrix(run, dataset) if matrix is None else matrix
    across, facts = str(run.config.settings.get("partners_across", "")), dataset.batches.table
    # Only Harmony moves the components that partners are found in.
    after = moved if across == "harmony" else before
    values = log1p_normalised(matrix)[rows].tocsc()
    conditions = [fact.condition for fact in facts]
    alarms = find_alarms(before, after, values, batches, clusters, dataset.batches.names, conditions)
    report = MixingReport(
        key=_key(run, dataset),
        n_cells=len(dataset.samples),
        n_scored=len(rows),
        n_samples=len(facts),
        has_labels=has_labels,
        partners_across=across,
        before=reports[0],
        harmony=reports[1],
        run=reports[2],
        alarms=alarms,
        lone_types=_find_lone_types(dataset, rows) if has_labels else (),
    )
    write_atomically(run.embeddings_folder() / FILE, report.model_dump_json().encode())
    yield MixingProgress(1.0, "Finished", report)


def _score(
    name: str, points: Points, before: Points, batches: Numbers, types: Numbers, clusters: Numbers
) -> SpaceReport:
    known, shown = types != UNLABELLED, unit_length(points)
    return SpaceReport(
        space=name,
        n_clusters=len(np.unique(clusters)),
        crossing=cross_neighbours(shown[known], batches[known], types[known]),
        mates=share_of_others(batches, clusters),
        nmi_sample=nmi(batches, clusters),
        scores=score_mixing(shown, unit_length(before), batches, types, clusters),
    )


def _find_lone_types(dataset: Dataset, rows: Numbers) -> tuple[OneSampleCluster, ...]:
    assert dataset.labels is not None and dataset.batches is not None
    known = rows[dataset.labels[rows] != UNLABELLED]
    lone = find_lone(dataset.batches.codes[known], dataset.labels[known], dataset.batches.names)
    return tuple(
        OneSampleCluster(one.cluster, one.sample, one.share, one.n_cells, dataset.label_names[one.cluster])
        for one in lone
    )


def _key(run: Run, dataset: Dataset) -> str:
    """Changes with the weights, the cells and their labels; the names of samples are in the run's config."""
    labels = b"" if dataset.labels is None else dataset.labels.tobytes()
    return hashlib.sha256(f"{VERSION} {dataset.digest} {weights_digest(run, 'best')}".encode() + labels).hexdigest()
