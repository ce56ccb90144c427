"""Genes of the cell cycle left out of a preparation: none is chosen, and the run's record says so."""

import numpy as np
import pytest

from clustergan_core.cells.methods_text import describe_methods
from clustergan_core.data.counts.cycle_genes import G2M_GENES, S_GENES
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.preparation_options import read_preparation, write_preparation
from clustergan_core.data.counts.prepare import prepare
from clustergan_core.data.counts.steps import apply_preparation
from clustergan_core.data.step_sentences import describe_steps
from clustergan_core.errors import DataError
from tests.small_cells import count_matrix

OTHERS = [f"SLC{gene}A1" for gene in range(60)]
SYMBOLS = [*S_GENES, *G2M_GENES, *OTHERS]
LEFT_OUT = {"quality": "paper", "n_genes": "50", "leave_out_cycle": "true"}


def cycling(symbols: list[str] = SYMBOLS) -> CountMatrix:
    """Counts in which the genes of the cell cycle vary most by far."""
    means = np.where(np.arange(len(SYMBOLS)) < len(SYMBOLS) - len(OTHERS), 30, 1)
    random = np.random.default_rng(0)
    return count_matrix(random.poisson(means * random.gamma(1, 1, (90, 1))), symbols)


def test_without_them_no_gene_of_the_cycle_is_chosen_and_with_them_all_are() -> None:
    matrix = cycling()
    kept = prepare(matrix, read_preparation({**LEFT_OUT, "leave_out_cycle": "false"}))
    assert set(kept.feature_names) <= {*S_GENES, *G2M_GENES}
    left_out = prepare(matrix, read_preparation(LEFT_OUT))
    assert len(left_out.feature_names) == 50
    assert set(left_out.feature_names) <= set(OTHERS)
    assert left_out.content_digest != kept.content_digest
    assert np.allclose(apply_preparation(left_out.preprocessing, matrix), left_out.samples)  # as for new cells


def test_the_record_the_methods_and_the_command_say_that_they_were_left_out() -> None:
    steps = prepare(cycling(), read_preparation(LEFT_OUT)).preprocessing
    assert "97 genes of the cell cycle are left out before genes are chosen." in describe_steps(steps)
    text = describe_methods("cells", steps, "a method", 3, 10, 0, {"scanpy": "1"})
    assert "97 genes of the cell cycle (Tirosh et al., Science 352:189, 2016) were left out" in text
    assert write_preparation(read_preparation(LEFT_OUT)) == LEFT_OUT
    assert "leave_out_cycle" not in write_preparation(read_preparation({"n_genes": "50"}))


def test_mouse_genes_are_left_out_by_their_own_symbols() -> None:
    dataset = prepare(cycling([symbol.capitalize() for symbol in SYMBOLS]), read_preparation(LEFT_OUT))
    assert set(dataset.feature_names) <= {symbol.capitalize() for symbol in OTHERS}


def test_a_file_that_names_none_of_them_is_refused_with_the_remedy() -> None:
    with pytest.raises(DataError, match=r"has none of the 97 genes .* off \(leave_out_cycle=false\)"):
        prepare(cycling([f"GENE{gene}" for gene in range(len(SYMBOLS))]), read_preparation(LEFT_OUT))
