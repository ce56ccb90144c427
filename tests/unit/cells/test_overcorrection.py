"""Alarms for over-correction."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csc_matrix
from scipy.stats import ranksums

from clustergan_core.cells.overcorrection import (
    ConditionIsSample,
    GenesDisagree,
    NeighboursLost,
    OneSampleCluster,
    find_alarms,
    own_neighbours_kept,
    top_genes,
)

Ints = NDArray[np.int64]
NAMES = ("control", "treated")
N_GENES = 80


def make_cells(lone: bool = False) -> tuple[NDArray[np.float32], Ints, Ints]:
    """(expression, batches, types): three types in two samples, each marked by 20 genes; type 2 may be in one alone."""
    random = np.random.default_rng(3)
    types = np.repeat([0, 1, 2], 50)
    batches = np.tile([0, 1], 75)
    if lone:
        batches[types == 2] = 1
    values = random.poisson(1.0, (150, N_GENES)).astype(np.float32)
    for number in range(3):
        values[types == number, 20 * number : 20 * number + 20] += 3
    values[batches == 1, 60:] += 2  # what differs between the samples in every type
    return values, batches, types


def alarms(values: NDArray[np.float32], batches: Ints, clusters: Ints, conditions: tuple[str, str] = ("", "")):
    return find_alarms(values, values, csc_matrix(values), batches, clusters, NAMES, conditions)


def test_a_sound_correction_raises_no_alarm():
    assert alarms(*make_cells()) == ()


def test_one_sample_raises_none():
    values, batches, types = make_cells()
    assert alarms(values, np.zeros_like(batches), types, ("a", "b")) == ()


def test_neighbours_kept_are_counted_within_each_sample():
    values, batches, _ = make_cells()
    shifted = values + 100 * batches[:, None].astype(np.float32)  # a shift moves no neighbour within a sample
    assert own_neighbours_kept(values, shifted, batches) == 1
    distances = np.linalg.norm(values[:, None] - values[None], axis=2)
    half = values[:, ::2]
    half_distances = np.linalg.norm(half[:, None] - half[None], axis=2)
    kept = []
    for cell in range(150):
        others = np.flatnonzero((batches == batches[cell]) & (np.arange(150) != cell))
        near = [
            set(others[np.argsort(table[cell, others], kind="stable")[:15]]) for table in (distances, half_distances)
        ]
        kept.append(len(near[0] & near[1]) / 15)
    # The 15th of equally near ones may be another.
    assert own_neighbours_kept(values, half, batches) == pytest.approx(np.mean(kept), abs=0.03)


def test_a_correction_that_mixes_everything_warns_of_lost_neighbours():
    values, batches, types = make_cells()
    noise = np.random.default_rng(0).normal(size=(150, 5)).astype(np.float32)
    found = find_alarms(values, noise, csc_matrix(values), batches, types, NAMES, ("", ""))
    assert [type(alarm) for alarm in found] == [NeighboursLost]
    (lost,) = found
    assert isinstance(lost, NeighboursLost)
    assert lost.kept_share < 0.4
    assert f"{lost.kept_share:.0%}" in lost.sentence


def test_a_cluster_of_one_sample_is_named():
    values, batches, types = make_cells(lone=True)
    (alarm,) = alarms(values, batches, types)
    assert alarm == OneSampleCluster(cluster=2, sample="treated", share=1.0, n_cells=50)
    assert "cluster 2" in alarm.sentence
    assert "treated" in alarm.sentence
    batches[np.flatnonzero(types == 2)[:3]] = 0  # 94 %
    assert alarms(values, batches, types) == ()


def test_a_cluster_that_joins_two_types_is_found_by_the_genes_of_its_samples():
    values, batches, types = make_cells()
    # Type 1 of one sample and type 2 of the other are one cluster.
    chosen = ~(((types == 1) & (batches == 1)) | ((types == 2) & (batches == 0)))
    clusters = np.where(types == 2, 1, types)
    found = alarms(values[chosen], batches[chosen], clusters[chosen])
    (alarm,) = [alarm for alarm in found if isinstance(alarm, GenesDisagree) and alarm.cluster == 1]
    assert alarm.samples == NAMES
    assert alarm.n_shared == 0
    assert "control and treated" in alarm.sentence


def test_top_genes_are_those_that_rank_highest_within_the_sample():
    values, batches, types = make_cells()
    found = top_genes(csc_matrix(values), batches, types, n_top=6)
    own = batches == 1
    scores = [
        ranksums(values[own & (types == 0), gene], values[own & (types != 0), gene])[0] for gene in range(N_GENES)
    ]
    assert found[0][1] <= set(range(20))
    assert np.mean([scores[gene] for gene in found[0][1]]) >= np.sort(scores)[-10]
    few = np.where(types == 0, np.arange(150) % 25, 30)  # clusters of two cells say nothing
    assert set(top_genes(csc_matrix(values), batches, few)[0]) == set()


def test_conditions_with_one_sample_each_cannot_be_told_from_samples():
    cells = make_cells()
    (alarm,) = alarms(*cells, conditions=("resting", "stimulated"))
    assert alarm == ConditionIsSample(("resting", "stimulated"))
    assert "resting, stimulated" in alarm.sentence
    assert alarms(*cells, conditions=("resting", "resting")) == ()
    assert alarms(*cells, conditions=("resting", "")) == ()
