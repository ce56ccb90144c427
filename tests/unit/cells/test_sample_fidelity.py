"""Generated cells judged by mode and sample, against planted ones."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import torch

from clustergan_core.cells.expression import value_scale
from clustergan_core.cells.sample_fidelity import sample_fidelity_table
from clustergan_core.data.dataset import Batches, SampleFacts
from clustergan_core.evaluation.nearness import fit_real_space
from clustergan_core.method import Method
from clustergan_core.nn.prior import Latent, Prior

# (mode, sample, gene): the second sample adds to the third gene, which the generator gets wrong in mode 1.
REAL = np.array([[[2, 0, 1, 0], [2, 0, 3, 0]], [[0, 2, 1, 0], [0, 2, 3, 0]]], dtype=np.float32)
GENERATED = REAL.copy()
GENERATED[1, 1] = [0, 2, 1, 9]
SPREAD = 0.1


def planted_method() -> Method:
    def generate(latent: Latent) -> torch.Tensor:
        assert latent.batch is not None
        return torch.from_numpy(GENERATED)[latent.cluster.argmax(dim=1), latent.batch] + latent.normal

    parts = {"prior": Prior(4, 2, SPREAD), "device": torch.device("cpu"), "mode_weights": None, "n_batches": 2}
    return cast(Method, SimpleNamespace(encodes=False, generate=generate, **parts))


def test_a_mode_that_is_wrong_in_one_sample_is_told_there_alone() -> None:
    random = np.random.default_rng(0)
    clusters, codes = np.repeat([0, 1, 0], 40), np.r_[np.tile([0, 1], 40), np.zeros(40, dtype=np.int64)]
    cells = (REAL[clusters, codes] + SPREAD * random.standard_normal((120, 4))).astype(np.float32)
    batches = Batches(codes, tuple(SampleFacts(sample=name, name=name) for name in ("control", "treated")))
    table = sample_fidelity_table(planted_method(), value_scale(()), cells, clusters, batches, fit_real_space(cells))
    assert table[["mode", "sample", "cells"]].to_numpy().tolist() == [
        [0, "control", 60], [0, "treated", 20], [1, "control", 20], [1, "treated", 20],
    ]  # fmt: skip
    outside = table.set_index(["mode", "sample"])["outside"]
    assert outside.loc[(1, "treated")] == 1.0
    assert (outside.drop((1, "treated")) < 0.3).all()
    # Against all treated cells, of which half are of each mode.
    means = cells[(codes == 1) & (clusters == 0)].mean(axis=0) - cells[codes == 1].mean(axis=0)
    made = GENERATED[0, 1] - cells[codes == 1].mean(axis=0)
    assert table["correlation_of_what_sets_apart"][1] == pytest.approx(np.corrcoef(means, made)[0, 1], abs=0.01)
    assert table["verdict"][3].startswith("Not reliable")


def test_a_mode_without_cells_of_a_sample_has_no_row() -> None:
    random = np.random.default_rng(1)
    clusters, codes = np.repeat([0, 1], 30), np.r_[np.tile([0, 1], 15), np.zeros(30, dtype=np.int64)]
    cells = (REAL[clusters, codes] + SPREAD * random.standard_normal((60, 4))).astype(np.float32)
    batches = Batches(codes, tuple(SampleFacts(sample=name, name=name) for name in ("control", "treated")))
    table = sample_fidelity_table(planted_method(), value_scale(()), cells, clusters, batches, fit_real_space(cells))
    assert list(zip(table["mode"], table["sample"], strict=True)) == [(0, "control"), (0, "treated"), (1, "control")]
