"""The cells behind a run: all their genes, in the order of the samples it was trained on."""

from pathlib import Path

import numpy as np
import pytest

from clustergan_core.data.opening import open_dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.uploads.store import forget_upload, publish, staging, store_beside
from clustergan_core.errors import DataError, RunError
from clustergan_core.runs.cells import run_matrix
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import create_run
from tests.unit.data.test_opening import LENIENT, write_cells


def test_rows_follow_the_samples_and_genes_are_all_there(tmp_path: Path) -> None:
    path = write_cells(tmp_path / "cells.h5ad")
    options = OwnDataOptions(labels="kind", drop={"kind": ("NK",)}, preparation=LENIENT)
    data = open_dataset(str(path), options)
    run = create_run(make_config(data, str(path), options=options), tmp_path / "run")
    matrix = run_matrix(run)
    assert tuple(matrix.cell_ids.tolist()) == data.sample_ids
    assert matrix.counts.shape == (60, 60)
    # The samples are log(1 + count × median total / total) of some of these genes, divided by their largest.
    counts = matrix.counts.toarray()
    totals = counts.sum(axis=1, keepdims=True)
    logs = np.log1p(counts * np.median(totals) / totals)
    genes = [matrix.gene_symbols.tolist().index(name) for name in data.feature_names]
    np.testing.assert_allclose(logs[:, genes] / logs[:, genes].max(), data.samples, rtol=1e-5)


def test_a_run_whose_upload_was_removed_names_the_file_and_not_its_path(own_folders: Path) -> None:
    with staging() as folder:
        upload = publish(write_cells(folder / "blood cells.h5ad"))
    table = store_beside(
        upload, "types.csv", b"cell,kind\n" + b"".join(b"cell-%d,T%d\n" % (n, n % 3) for n in range(90))
    )
    options = OwnDataOptions(labels=f"{table}:kind", preparation=LENIENT)
    run = create_run(make_config(open_dataset(str(upload), options), str(upload), options=options), own_folders / "run")
    table.unlink()
    with pytest.raises(DataError) as lost_labels:
        run.dataset()
    assert str(lost_labels.value) == (
        "types.csv, which holds the labels of this run's data, was removed from your files: upload the same file again."
    )
    forget_upload(upload)
    with pytest.raises(DataError) as lost:
        run.dataset()
    assert str(lost.value) == (
        "blood cells.h5ad, which this run was trained on, was removed from your files: upload the same file again."
    )


def test_a_run_of_pictures_has_no_cells(run: Run) -> None:
    with pytest.raises(RunError, match="not a count matrix"):
        run_matrix(run)
