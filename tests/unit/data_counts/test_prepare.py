"""Count matrices made ready to train on: the paper's formula, log-normalising, gene choice, and new cells."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
import pytest

from clustergan_core.data.counts.highly_variable_genes import highly_variable, rank_by_variance
from clustergan_core.data.counts.matrix import CountMatrix, CountState
from clustergan_core.data.counts.prepare import prepare
from clustergan_core.data.counts.settings import (
    PREPARATION_PRESETS,
    QUALITY_PRESETS,
    PreparationSettings,
    QualitySettings,
)
from clustergan_core.data.counts.steps import apply_preparation, describe_differences, find_genes
from clustergan_core.data.dataset import Dataset
from clustergan_core.data.own.labels import ReferenceLabels
from clustergan_core.data.steps import Step
from clustergan_core.errors import DataError
from tests.small_cells import count_matrix, facs_matrix, planted_matrix

ALL_CELLS = QUALITY_PRESETS["paper"]
PAPER = PREPARATION_PRESETS["paper"]


def settings(**changes: object) -> PreparationSettings:
    """The default without quality control, which would remove small matrices whole."""
    return PreparationSettings.model_validate({"quality": ALL_CELLS, **changes})


def test_the_papers_preparation_is_its_formula() -> None:
    generator = np.random.default_rng(3)
    counts = generator.poisson(generator.gamma(1, 2, size=900), size=(200, 900)).astype(np.float32)
    dataset = prepare(count_matrix(counts), PAPER)

    logs = np.log2(1 + counts.astype(np.float64))
    chosen = np.sort(np.argsort(-logs.var(axis=0), kind="stable")[:720])
    expected = logs[:, chosen] / logs[:, chosen].max()
    assert dataset.feature_names == tuple(f"g{gene}" for gene in chosen)
    assert dataset.samples == pytest.approx(expected, abs=1e-6)
    assert dataset.samples.dtype == np.float32 and dataset.samples.max() == 1
    assert dataset.kind == "expression" and dataset.splits.is_shared


def test_counts_are_normalised_to_the_median_cell_and_divided_by_the_largest_value() -> None:
    dataset = prepare(count_matrix([[1, 3], [2, 6], [8, 8]]), settings(transform="lognorm"))
    expected = np.log1p(np.array([[2, 6], [2, 6], [4, 4]]))  # totals 4, 8, 16: each scaled to 8
    assert dataset.samples == pytest.approx(expected / np.log1p(6), abs=1e-6)


def test_a_given_target_replaces_the_median() -> None:
    dataset = prepare(count_matrix([[1, 3], [2, 2]]), settings(transform="lognorm", target=1e4))
    assert dataset.samples == pytest.approx(np.log1p([[2500, 7500], [5000, 5000]]) / np.log1p(7500), abs=1e-6)


def test_standardised_genes_are_clipped_and_lie_between_minus_one_and_one() -> None:
    counts = np.array([[0, 5], [0, 5], [0, 7], [0, 3], [9, 5]], dtype=float)
    dataset = prepare(count_matrix(counts), settings(transform="paper", standardise=True, clip=1.5))
    logs = np.log2(1 + counts)
    expected = np.clip((logs - logs.mean(axis=0)) / logs.std(axis=0), -1.5, 1.5) / 1.5
    assert dataset.samples == pytest.approx(expected, abs=1e-5)
    assert dataset.samples[4, 0] == 1


def test_genes_without_spread_are_never_chosen() -> None:
    dataset = prepare(count_matrix([[1, 0, 2], [1, 0, 5], [1, 0, 2]]), settings(transform="paper"))
    assert dataset.feature_names == ("g2",)
    with pytest.raises(DataError, match=r"No gene of small\.h5ad differs"):
        prepare(count_matrix([[1, 2], [1, 2]]), settings(transform="paper"))


def test_of_equally_variable_genes_the_first_are_chosen_in_the_files_order() -> None:
    variance = np.array([1.0, 3.0, 2.0, 3.0, 9.0])
    allowed = np.array([True, True, True, True, False])
    assert rank_by_variance(variance, allowed, 3).tolist() == [1, 2, 3]
    assert rank_by_variance(variance, allowed, 9).tolist() == [0, 1, 2, 3]


def test_highly_variable_genes_are_scanpys() -> None:
    import scanpy

    matrix, _ = planted_matrix(n_cells=90, n_genes=80)
    cells = scanpy.AnnData(matrix.counts.toarray())
    scanpy.pp.normalize_total(cells, target_sum=1e4)
    scanpy.pp.log1p(cells)
    scanpy.pp.highly_variable_genes(cells, n_top_genes=12)
    chosen = highly_variable(matrix, np.ones(90, dtype=bool), np.ones(80, dtype=bool), 12)
    assert chosen.tolist() == np.flatnonzero(cells.var["highly_variable"]).tolist()


@pytest.mark.parametrize("selection", ["variance", "hvg"])
@pytest.mark.parametrize("transform", ["paper", "lognorm"])
@pytest.mark.parametrize("standardise", [False, True])
def test_the_recorded_steps_repeat_the_preparation_on_the_same_cells(
    selection: str, transform: str, standardise: bool
) -> None:
    matrix, _ = planted_matrix()
    chosen = settings(selection=selection, transform=transform, standardise=standardise, n_genes=15)
    dataset = prepare(matrix, chosen)
    assert dataset.samples.shape == (120, 15)
    assert np.array_equal(apply_preparation(through_json(dataset), matrix), dataset.samples)


def test_new_cells_find_their_genes_by_id_whatever_their_order() -> None:
    matrix, _ = planted_matrix()
    dataset = prepare(matrix, settings(n_genes=15))
    order = np.random.default_rng(5).permutation(60)
    assert np.array_equal(apply_preparation(through_json(dataset), reordered(matrix, order)), dataset.samples)


def test_new_cells_find_their_genes_by_symbol_where_the_ids_are_others() -> None:
    counts = [[5, 1, 0], [0, 2, 3]]
    trained = count_matrix(counts, ("CD4", "CD8A", "CD19"), ("ENSG01.3", "ENSG02.1", "ENSG03.9"))
    dataset = prepare(trained, settings(transform="paper"))
    by_symbol = count_matrix(counts, ("CD4", "CD8A", "CD19"))
    other_version = count_matrix(counts, ("a", "b", "c"), ("ENSG01.4", "ENSG02", "ENSG03.1"))
    for matrix in (by_symbol, other_version):
        assert np.array_equal(apply_preparation(dataset.preprocessing, matrix), dataset.samples)


def test_a_few_missing_genes_are_zeros_and_named() -> None:
    matrix, _ = planted_matrix()
    dataset = prepare(matrix, settings(transform="paper", n_genes=40))
    lost = dataset.feature_names[3]
    fewer = reordered(matrix, np.flatnonzero(matrix.gene_ids != lost))
    samples = apply_preparation(dataset.preprocessing, fewer)
    assert not samples[:, 3].any()
    assert np.array_equal(np.delete(samples, 3, axis=1), np.delete(dataset.samples, 3, axis=1))
    assert find_genes(dataset.preprocessing, fewer).note == (
        f"1 of the run's 40 genes are not in the file and were read as zeros: {lost}."
    )
    assert find_genes(dataset.preprocessing, matrix).note == ""


def test_a_file_of_chosen_genes_is_told_that_its_totals_are_too_small() -> None:
    matrix, _ = planted_matrix()
    dataset = prepare(matrix, settings(n_genes=10))
    assert describe_differences(dataset.preprocessing, matrix) == ()
    only_chosen = reordered(matrix, np.flatnonzero(np.isin(matrix.gene_ids, dataset.feature_names)))
    (note,) = describe_differences(dataset.preprocessing, only_chosen)
    assert note.startswith("The file has 10 genes, but the run's own had 60")


def test_many_missing_genes_are_an_error_that_names_the_first() -> None:
    matrix, _ = planted_matrix()
    dataset = prepare(matrix, settings(transform="paper", n_genes=40))
    first = dataset.feature_names[0]
    fewer = reordered(matrix, np.flatnonzero(~np.isin(matrix.gene_ids, dataset.feature_names[:10])))
    with pytest.raises(DataError, match=rf"small.h5ad lacks 10 of the 40 genes .*\({first}, .*…\): provide"):
        apply_preparation(dataset.preprocessing, fewer)


def test_new_cells_must_hold_values_of_the_same_kind() -> None:
    matrix, _ = planted_matrix()
    dataset = prepare(matrix, settings(n_genes=10))
    with pytest.raises(DataError, match=r"holds log values \(X\), but the run was trained on raw values"):
        apply_preparation(dataset.preprocessing, count_matrix(matrix.counts.toarray(), state="log"))
    with pytest.raises(DataError, match="a step 'tomorrow' that this version does not know"):
        apply_preparation((*dataset.preprocessing, cast("Step", {"step": "tomorrow"})), matrix)


def test_a_single_new_cell_without_counts_is_zeros() -> None:
    matrix, _ = planted_matrix()
    dataset = prepare(matrix, settings(transform="lognorm", n_genes=10))
    assert not apply_preparation(dataset.preprocessing, count_matrix(np.zeros((1, 60)))).any()


@pytest.mark.parametrize("state", ["log", "scaled"])
def test_logarithms_are_not_taken_twice(state: CountState) -> None:
    values = np.array([[0.0, 2.0, 1.0], [1.5, 0.5, -2.5 if state == "scaled" else 0.0]])
    dataset = prepare(count_matrix(values, state=state), settings(selection="hvg", n_genes=3))
    assert dataset.samples == pytest.approx(values / (2.5 if state == "scaled" else 2.0))
    assert not any(step["step"] in ("log", "normalise_totals") for step in dataset.preprocessing)


def test_cells_that_quality_control_removes_are_gone_everywhere() -> None:
    counts = [[3, 1, 2], [1, 0, 0], [2, 2, 1], [0, 4, 1]]
    cells = pd.DataFrame({"donor": ["b", "a", "b", "a"], "age": [3, 4, 5, 6], "type": ["T", "B", None, "B"]})
    matrix = count_matrix(counts, cells=cells)
    labels = ReferenceLabels(np.array(["T", "B", "", "B"]), "type", "Labels are column 'type'.")
    quality = QualitySettings(min_genes=2, min_cells=0)
    dataset = prepare(matrix, PreparationSettings(quality=quality, transform="paper"), labels)
    assert dataset.sample_ids == ("c0", "c2", "c3")
    assert dataset.labels is not None and dataset.labels.tolist() == [1, -1, 0]
    assert dataset.label_names == ("B", "T")
    assert dataset.columns["donor"].tolist() == ["b", "b", "a"]
    assert dataset.columns["age"].tolist() == [3, 5, 6]
    assert dataset.columns["total counts"].tolist() == [6, 5, 5]
    assert "type" not in dataset.columns
    record, noted = dataset.preprocessing[:2]
    assert record["step"] == "quality" and record["n_cells"] == 4 and record["n_cells_left"] == 3
    assert record["rules"][0] == {
        "rule": "fewer than 2 genes detected",
        "removes": "cells",
        "n_removed": 1,
        "n_left": 3,
    }
    assert noted == {"step": "labels", "text": "Labels are column 'type'."}


def test_held_out_cells_play_no_part_in_what_is_fitted() -> None:
    matrix, _ = planted_matrix()
    chosen = settings(selection="variance", transform="lognorm", n_genes=12, hold_out=True)
    dataset = prepare(matrix, chosen)
    assert [len(dataset.indices(split)) for split in ("train", "validation", "test")] == [96, 12, 12]
    counts = matrix.counts.toarray()
    counts[dataset.splits.test] = 50 * counts[dataset.splits.test][:, ::-1]
    changed = prepare(count_matrix(counts), chosen)
    assert changed.preprocessing == dataset.preprocessing
    assert np.array_equal(changed.samples[dataset.splits.train], dataset.samples[dataset.splits.train])


def test_cells_are_held_out_only_where_there_are_enough_for_every_split() -> None:
    counts = np.random.default_rng(0).poisson(3, size=(10, 6))
    splits = prepare(count_matrix(counts), settings(hold_out=True)).splits
    assert (len(splits.train), len(splits.validation), len(splits.test)) == (8, 1, 1)
    with pytest.raises(DataError, match=r"has 9 cells .* keep at least 10, or choose hold_out=false\.$"):
        prepare(count_matrix(counts[:9]), settings(hold_out=True))
    assert prepare(count_matrix(counts[:9]), settings(hold_out=False)).splits.is_shared


def test_hardly_any_cell_is_refused() -> None:
    quality = QualitySettings(min_genes=3, min_cells=0)
    with pytest.raises(DataError, match=r"leaves 1 of small\.h5ad's cells"):
        prepare(count_matrix([[1, 1, 1], [1, 0, 0]]), PreparationSettings(quality=quality))


def test_more_values_than_fit_are_refused_before_they_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clustergan_core.data.counts.prepare.MAX_VALUES", 1000)
    matrix, _ = planted_matrix()
    with pytest.raises(DataError, match="120 cells of 20 genes are more than 1,000 values: choose at most 8 genes"):
        prepare(matrix, settings(n_genes=20))


def test_blood_cells_are_prepared_as_the_paper_does(data_folder: Path) -> None:
    matrix = facs_matrix(data_folder)
    dataset = prepare(matrix, PAPER)
    assert dataset.samples.shape == (3774, 720)
    assert {"LYZ", "CD74", "NKG7", "CD79A"} <= set(dataset.feature_names)
    largest = matrix.counts.max()
    assert dataset.samples.min() == 0 and dataset.samples.max() == 1
    assert dataset.preprocessing[-1] == {"step": "scale_by", "by": pytest.approx(np.log2(1 + largest), rel=1e-6)}
    assert set(dataset.columns) >= {"total counts", "mitochondrial share", "celltype", "subpop"}
    assert np.array_equal(apply_preparation(through_json(dataset), matrix), dataset.samples)


def through_json(dataset: Dataset) -> list[Step]:
    """The steps as a run's config gives them back."""
    return json.loads(json.dumps(dataset.preprocessing))


def reordered(matrix: CountMatrix, genes: np.ndarray) -> CountMatrix:
    """The same cells with only these genes, in this order, among totals of their own."""
    return count_matrix(
        matrix.counts.toarray()[:, genes], matrix.gene_symbols[genes].tolist(), matrix.gene_ids[genes].tolist()
    )


def test_the_digest_follows_counts_and_settings_and_not_the_last_bits_of_logarithms(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matrix, _ = planted_matrix()
    settings = PreparationSettings(quality=ALL_CELLS, n_genes=20)
    digest = prepare(matrix, settings).digest
    assert prepare(matrix, settings).digest == digest
    with monkeypatch.context() as another_processor:
        log1p = np.log1p
        another_processor.setattr(np, "log1p", lambda values: np.nextafter(log1p(values), np.float32(0)))
        assert prepare(matrix, settings).digest == digest
    for entry in range(0, matrix.counts.nnz, 97):  # of genes that are chosen and of others, which count in totals
        changed = matrix.counts.copy()
        changed.data[entry] += 1
        assert prepare(replace(matrix, counts=changed), settings).digest != digest
    assert prepare(matrix, settings.model_copy(update={"standardise": True})).digest != digest
    assert prepare(matrix, settings.model_copy(update={"n_genes": 21})).digest != digest
