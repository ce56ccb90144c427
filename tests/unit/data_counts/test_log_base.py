"""The base of a file's logarithms is found from its values, whatever the counts were scaled to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from clustergan_core.cells.markers import find_markers
from clustergan_core.data.counts.log_base import find_log_base
from clustergan_core.data.counts.reading.reader import read_counts
from clustergan_core.data.counts.steps import value_transform
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.step_sentences import describe_steps
from tests.small_cells import planted_matrix

LOGARITHMS = {"e": np.log1p, "2": lambda x: np.log2(1 + x), "10": lambda x: np.log10(1 + x)}


def write_logarithms(path: Path, base: str, target: float | None) -> tuple[np.ndarray, np.ndarray]:
    """An h5ad of planted counts' logarithms; returns the counts and each cell's group."""
    import anndata

    matrix, groups = planted_matrix()
    counts = matrix.counts.toarray().astype(np.float64)
    values = counts if target is None else counts * target / counts.sum(axis=1, keepdims=True)
    frame = pd.DataFrame(index=matrix.cell_ids.astype(object))
    genes = pd.DataFrame(index=matrix.gene_ids.astype(object))
    anndata.AnnData(csr_matrix(LOGARITHMS[base](values).astype(np.float32)), frame, genes).write_h5ad(path)
    return counts, groups


@pytest.mark.parametrize("target", [None, 1e3, 1e4])
@pytest.mark.parametrize("base", ["e", "2", "10"])
def test_logarithms_of_every_base_are_read_as_natural_ones(tmp_path: Path, base: str, target: float | None) -> None:
    path = tmp_path / "cells.h5ad"
    counts, _ = write_logarithms(path, base, target)
    scaled = counts if target is None else counts * target / counts.sum(axis=1, keepdims=True)
    matrix = read_counts(path)
    assert matrix.state == "log"
    assert matrix.counts.toarray() == pytest.approx(np.log1p(scaled), rel=1e-4)
    notes = [note for note in matrix.notes if "logarithms" in note]
    assert notes == (
        [] if base == "e" else [f"The values are logarithms to base {base} and were converted to natural ones."]
    )


@pytest.mark.parametrize("base", ["e", "2", "10"])
def test_fold_changes_of_a_file_of_logarithms_are_those_of_its_counts(tmp_path: Path, base: str) -> None:
    path = tmp_path / "cells.h5ad"
    counts, groups = write_logarithms(path, base, 1e3)
    scaled = 1e4 * counts / counts.sum(axis=1, keepdims=True)
    inside, outside = scaled[groups == 0].mean(axis=0), scaled[groups != 0].mean(axis=0)
    expected = dict(zip(read_counts(path).gene_ids, np.log2((inside + 0.1) / (outside + 0.1)), strict=True))
    markers = find_markers(read_counts(path), groups)
    own = markers[markers["cluster"] == 0]
    assert own["log2_fold_change"].to_numpy() == pytest.approx([expected[gene] for gene in own["gene"]], rel=1e-3)


def test_a_conversion_is_among_the_things_that_reading_assumed(tmp_path: Path) -> None:
    path = tmp_path / "cells.h5ad"
    write_logarithms(path, "2", 1e4)
    dataset = open_dataset(str(path), OwnDataOptions(preparation={"min_genes": "0"}))
    assert "The values are logarithms to base 2 and were converted to natural ones." in describe_steps(
        dataset.preprocessing
    )
    assert value_transform(dataset.preprocessing, read_counts(path)) is None


def test_equal_totals_show_the_base_where_counts_are_no_multiples_any_more() -> None:
    values = np.random.default_rng(0).gamma(0.5, size=(60, 80))
    values *= 1e4 / values.sum(axis=1, keepdims=True)
    for base, logarithm in LOGARITHMS.items():
        assert str(find_log_base(csr_matrix(logarithm(values).astype(np.float32)))) == base


def test_a_base_that_nothing_shows_is_said_to_be_assumed(tmp_path: Path) -> None:
    import anndata

    path = tmp_path / "imputed.h5ad"
    values = np.random.default_rng(0).gamma(2, size=(40, 30)).astype(np.float32)
    anndata.AnnData(values).write_h5ad(path)
    matrix = read_counts(path)
    assert matrix.counts.toarray() == pytest.approx(values)
    assert any("whose base cannot be told from them: they are taken as natural ones" in note for note in matrix.notes)


def test_a_real_file_of_base_2_is_recognised(data_folder: Path) -> None:
    matrix = read_counts(data_folder / "pancreas_two_studies" / "pancreas_two_studies.h5ad")
    assert "The values are logarithms to base 2 and were converted to natural ones." in matrix.notes
    natural = read_counts(data_folder / "pbmc68k_reduced" / "10x_pbmc68k_reduced.h5ad")
    assert not any("logarithms" in note for note in natural.notes), "it holds natural logarithms"
