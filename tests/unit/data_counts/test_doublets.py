"""Doublets by Scrublet: the threshold, samples apart, and known doublets found."""

from dataclasses import replace
from pathlib import Path

import anndata
import numpy as np
import pytest
from scipy.sparse import csr_matrix

from clustergan_core.data.counts.doublets import choose_threshold, find_doublets
from clustergan_core.data.dataset import Batches, SampleFacts
from tests.small_cells import count_matrix


def test_as_many_cells_reach_the_threshold_as_are_expected() -> None:
    scores = np.random.default_rng(0).permutation(1000) / 1000
    threshold = choose_threshold(scores, rate=0.04)
    assert threshold is not None and threshold == 0.96
    assert (scores >= threshold).sum() == 40
    assert choose_threshold(scores[:10], rate=0.04) is None  # less than half a cell
    assert choose_threshold(np.append(scores, np.nan), rate=0.04) == 0.96
    assert choose_threshold(np.array([0.1, 0.2, 0.2, 0.3, 0.4]), rate=0.6) == 0.3  # with the ties it would be four
    assert choose_threshold(np.array([0.1, 0.4, 0.4]), rate=0.3) is None


def test_samples_that_cannot_be_scored_say_why() -> None:
    counts = count_matrix(np.random.default_rng(0).poisson(2, (60, 30)))
    everything = np.ones(60, dtype=np.bool_)
    batches = Batches(np.repeat([0, 1], 30), tuple(SampleFacts(sample=name, name=name) for name in "ab"))
    doublets = find_doublets(counts, everything, batches, 0.008)
    assert [sample.skipped for sample in doublets.samples] == [
        "it has 30 cells after quality control, fewer than 50"
    ] * 2
    assert not doublets.is_doublet.any() and np.isnan(doublets.scores).all()
    logs = find_doublets(replace(counts, state="log"), everything, None, 0.008)
    assert logs.samples[0].skipped == "it holds log-normalised values, and doublets are simulated from raw counts"


@pytest.mark.slow
def test_each_sample_has_the_scores_that_scanpy_gives_it_alone() -> None:
    import scanpy

    random = np.random.default_rng(0)
    counts = random.poisson(random.gamma(1, 1, (160, 300)) * np.repeat([1, 4], 80)[:, None])
    batches = Batches(np.repeat([0, 1], 80), tuple(SampleFacts(sample=name, name=name) for name in "ab"))
    kept = np.arange(160) % 16 != 3  # cells that quality control removed are neither scored nor simulated from
    doublets = find_doublets(count_matrix(counts), kept, batches, rate_per_thousand=0.5)
    assert np.isnan(doublets.scores[~kept]).all()
    for code, sample in enumerate(doublets.samples):
        rows = kept & (batches.codes == code)
        draws = []
        for seed in range(3):
            cells = anndata.AnnData(csr_matrix(counts[rows].astype(np.float32)))
            scanpy.pp.scrublet(
                cells, expected_doublet_rate=sample.rate, threshold=0.1, use_approx_neighbors=False, random_state=seed
            )
            draws.append(cells.obs["doublet_score"].to_numpy())
        assert doublets.scores[rows] == pytest.approx(np.mean(draws, axis=0))
        assert sample.rate == pytest.approx(0.5 * rows.sum() / 1000)
        n_called = int((doublets.is_doublet & rows).sum())
        assert n_called <= round(sample.rate * rows.sum())
        assert n_called == (0 if sample.threshold is None else (doublets.scores[rows] >= sample.threshold).sum())


@pytest.mark.slow
def test_known_doublets_of_hashed_cells_are_found_better_than_one_simulation_finds_them(data_folder: Path) -> None:
    from sklearn.metrics import average_precision_score

    cells = anndata.read_h5ad(data_folder / "hashed_cell_lines" / "hashed_cell_lines.h5ad")
    cells = cells[cells.obs["hashing"] != "Negative"]
    matrix = replace(count_matrix(np.zeros((len(cells), cells.n_vars))), counts=csr_matrix(cells.X, dtype=np.float32))
    doublets = find_doublets(matrix, np.ones(len(cells), dtype=np.bool_), None, 0.008)
    truth = (cells.obs["hashing"] == "Doublet").to_numpy()
    assert average_precision_score(truth, doublets.scores) > 0.31
    assert average_precision_score(truth, np.asarray(cells.X.sum(axis=1)).ravel()) < 0.2
