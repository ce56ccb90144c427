"""What must hold of scaling for any table, and of splits for any size."""

import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from clustergan_core.data.dataset import split_samples
from clustergan_core.data.own.files import open_own
from clustergan_core.data.own.new_samples import read_like
from clustergan_core.data.preprocessing import apply_preprocessing, fit_column_scale

SHAPES = arrays.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=6)
TABLES = arrays.arrays(np.float64, SHAPES, elements=st.floats(-1e6, 1e6, allow_subnormal=False))


@given(TABLES)
def test_training_rows_are_scaled_to_their_place_between_minimum_and_maximum(table: NDArray[np.float64]) -> None:
    names = [f"c{number}" for number in range(table.shape[1])]
    step = json.loads(json.dumps(fit_column_scale(table, names)))  # as a run's config keeps it
    scaled = apply_preprocessing([step], table, names)
    assert scaled.dtype == np.float32
    assert scaled.min() >= 0
    assert scaled.max() <= 1
    for column, raw in zip(scaled.T, table.T, strict=True):
        span = raw.max() - raw.min()
        expected = (raw - raw.min()) / span if span > 0 else np.zeros(len(raw))
        assert column == pytest.approx(expected, abs=1e-6)


@given(TABLES, st.floats(-1e9, 1e9))
def test_new_rows_stay_in_0_to_1_however_far_they_lie_outside(table: NDArray[np.float64], shift: float) -> None:
    names = [f"c{number}" for number in range(table.shape[1])]
    scaled = apply_preprocessing([fit_column_scale(table, names)], table + shift, names)
    assert scaled.min() >= 0
    assert scaled.max() <= 1


@settings(max_examples=25)
@given(TABLES)
def test_a_written_table_is_assigned_as_it_was_trained_on(table: NDArray[np.float64]) -> None:
    # A first column that varies keeps the table usable whatever the drawn one holds.
    varied = np.column_stack([np.arange(len(table)) % 2 + 0.5, table])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        names = ",".join(f"c{number}" for number in range(varied.shape[1]))
        np.savetxt(path, varied, delimiter=",", header=names, comments="")
        dataset = open_own(path)
        samples, _ = read_like(path, dataset.kind, dataset.shape, dataset.feature_names, dataset.preprocessing)
    assert np.array_equal(samples, dataset.samples)


@given(st.integers(20, 3000), st.floats(0, 0.5))
def test_splits_hold_every_sample_once_and_keep_the_official_test_part(n_samples: int, test_share: float) -> None:
    test = np.arange(n_samples - int(test_share * n_samples), n_samples, dtype=np.int64)
    for official in (None, test):
        splits = split_samples(n_samples, official)
        joined = np.concatenate([splits.train, splits.validation, splits.test])
        assert np.array_equal(np.sort(joined), np.arange(n_samples))
        n_rest = n_samples if official is None else n_samples - len(test)
        assert len(splits.validation) == n_rest // 10
        assert official is None or np.array_equal(splits.test, official)
