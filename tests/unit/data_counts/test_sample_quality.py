"""Quality control within each of several samples, and what is said of each."""

import numpy as np
import pytest

from clustergan_core.cells.methods_text import describe_methods
from clustergan_core.data.counts.doublets import Doublets, SampleDoublets
from clustergan_core.data.counts.prepare import prepare
from clustergan_core.data.counts.quality import check_quality
from clustergan_core.data.counts.sample_quality import judge_samples
from clustergan_core.data.counts.settings import PreparationSettings, QualitySettings
from clustergan_core.data.dataset import Batches, SampleFacts
from clustergan_core.data.step_sentences import describe_steps
from clustergan_core.errors import DataError
from tests.small_cells import count_matrix

NO_RULE = QualitySettings(min_genes=0, min_cells=0)


def batches(*n_cells: int) -> Batches:
    names = "abcdef"[: len(n_cells)]
    return Batches(
        np.repeat(np.arange(len(n_cells)), n_cells), tuple(SampleFacts(sample=name, name=name) for name in names)
    )


def deep_and_shallow() -> np.ndarray:
    """Sixty cells of some 4,000 counts and sixty of some 400; the first of each has a tenth of its kind's."""
    random = np.random.default_rng(0)
    depth = np.repeat([100.0, 10.0], 60)
    depth[[0, 60]] /= 10
    return random.poisson(np.repeat(depth[:, None], 40, axis=1))


def test_deviations_are_those_of_the_cells_own_sample() -> None:
    counts = deep_and_shallow()
    rules = NO_RULE.model_copy(update={"n_mads": 5.0})
    within = check_quality(count_matrix(counts), rules, batches=batches(60, 60))
    logs = np.log1p(counts.sum(axis=1))
    expected = np.zeros(120, dtype=np.bool_)
    for cells in (slice(0, 60), slice(60, 120)):
        median = np.median(logs[cells])
        expected[cells] = np.abs(logs[cells] - median) > 5 * np.median(np.abs(logs[cells] - median))
    assert expected[0] and expected[60]
    assert (~within.cell_mask)[expected].all()
    counts_rule = within.rules[0]
    assert counts_rule.n_removed == expected.sum()
    assert "of their sample" in counts_rule.rule
    assert counts_rule.by_sample[0] != counts_rule.by_sample[1]
    pooled = check_quality(count_matrix(counts), rules)
    assert pooled.cell_mask[0] and pooled.cell_mask[60]  # together they are no further out than the other sample


def test_one_sample_is_judged_as_if_nothing_told_samples_apart() -> None:
    matrix = count_matrix(deep_and_shallow())
    rules = NO_RULE.model_copy(update={"n_mads": 3.0, "min_counts": 50})
    assert check_quality(matrix, rules, batches=batches(120)).rules == check_quality(matrix, rules).rules


def test_each_sample_has_a_row_and_what_is_wrong_is_said_with_its_figures() -> None:
    random = np.random.default_rng(1)
    counts = np.vstack([random.poisson(10, (100, 30)), random.poisson(9, (100, 30)), random.poisson(1, (40, 30))])
    counts[100:140] = 0
    counts[100:140, 0] = 1
    report = check_quality(
        count_matrix(counts), QualitySettings(min_genes=2, min_cells=0), batches=batches(100, 100, 40)
    )
    good, half, poor = judge_samples(report)
    assert (good.n_cells, good.n_left, good.warnings) == (100, 100, ())
    assert (half.n_cells, half.n_left) == (100, 60)
    assert half.share_removed == pytest.approx(0.4)
    assert "removes 40 of 100 cells (40%) of sample b" in half.warnings[0]
    totals = counts.sum(axis=1)
    assert good.median_counts == np.median(totals[:100])
    assert any("40 cells left, fewer than 50" in warning for warning in poor.warnings)
    assert any(f"median of {np.median(totals[200:]):,.0f} counts" in warning for warning in poor.warnings)
    assert "less than a third" in " ".join(poor.warnings)


def test_a_sample_of_which_nothing_is_left_is_refused() -> None:
    counts = np.vstack([np.full((20, 10), 5), np.zeros((5, 10))])
    with pytest.raises(DataError, match=r"none of the 5 cells of sample b: relax its thresholds, or leave"):
        check_quality(count_matrix(counts), NO_RULE.model_copy(update={"min_counts": 1}), batches=batches(20, 5))


def found(is_doublet: np.ndarray) -> Doublets:
    scores = np.where(is_doublet, 0.9, 0.1)
    return Doublets(scores, is_doublet, (SampleDoublets(scores, 0.01, 0.5), SampleDoublets(scores, 0.01, 0.5)))


def test_doublets_are_flagged_and_leave_only_when_a_person_says_so() -> None:
    matrix = count_matrix(deep_and_shallow())
    is_doublet = np.zeros(120, dtype=np.bool_)
    is_doublet[[3, 4, 70]] = True
    samples = batches(60, 60)
    flagged = check_quality(
        matrix, NO_RULE.model_copy(update={"doublets": "flag"}), batches=samples, find=lambda *_: found(is_doublet)
    )
    assert flagged.cell_mask.all()
    assert flagged.figures["doublet"].tolist() == ["yes" if called else "no" for called in is_doublet]
    assert [row.n_doublets for row in judge_samples(flagged)] == [2, 1]
    removing = NO_RULE.model_copy(update={"doublets": "remove"})
    removed = check_quality(matrix, removing, batches=samples, find=lambda *_: found(is_doublet))
    assert np.array_equal(removed.cell_mask, ~is_doublet)
    assert removed.rules[-1].n_removed == 3
    assert check_quality(matrix, NO_RULE, batches=samples).doublets is None
    dataset = prepare(matrix, PreparationSettings(quality=removing, n_genes=20), report=removed, batches=samples)
    sentences = " ".join(describe_steps(dataset.preprocessing))
    assert "removes 3 cells: called a doublet by Scrublet within its sample" in sentences
    assert "Sample a: 58 of 60 cells are kept; doublets called: 2." in sentences
    assert "Sample b: 59 of 60 cells are kept; doublets called: 1." in sentences
    assert len(dataset.samples) == 117
    methods = describe_methods("cells", dataset.preprocessing, "ClusterGAN", 3, 10, 0, {}, "")
    assert "from 2 samples, within which they were filtered: a (58), b (59)." in methods
    assert "an expected share of doublets of 0.8% per 1,000 cells; cells called doublets (3) were removed." in methods
    assert "20 genes of highest variance, by their median rank within 2 samples, were used" in methods
