"""The page Interpolate for cells of several samples: a mode's mean cell, or a real one, as one of another sample."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from clustergan_core.cells.as_sample import contrast_cluster, contrast_samples
from clustergan_core.cells.expression import value_scale
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run
from tests.app.app_pages import open_page, texts
from tests.small_cell_runs import see_pairs, train_donors, write_planted

VIEW = "Another sample"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("samples")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLUSTERGAN_DERIVED", str(folder / "derived"))
        return train_donors(folder / "run", write_planted(folder / "cells.h5ad"))


@pytest.fixture
def two(trained: Run, own_folders: Path) -> Run:
    """A copy of that run, named "two", whose generator saw cluster 0 often and cluster 1 rarely in donor 1."""
    run = Run(shutil.copytree(trained.folder, own_folders / "runs" / "two"))
    see_pairs(run, [[60, 30], [25, 19], [0, 41]])
    return run


def test_a_modes_mean_cell_is_shown_in_both_samples_beside_the_measured_mean(two: Run) -> None:
    see_pairs(two, [[50, 50]] * 3)
    dataset, latents = two.dataset(), run_latents(two, "all")
    mode = int(np.bincount(latents.clusters).argmax())
    app = open_page("interpolate", run="two", view=VIEW, mode=str(mode))
    assert not app.exception
    assert not app.error
    assert "no such cell was measured" in texts(app)
    assert (app.selectbox(key="from_sample").value, app.selectbox(key="to_sample").value) == ("donor 0", "donor 1")
    expected = contrast_cluster(two.load(), value_scale(dataset.preprocessing), mode, 0, 1)
    table, gene = app.dataframe[0].value.set_index("gene"), dataset.feature_names.index("Gene3")
    assert table.loc["Gene3", "as donor 1"] == pytest.approx(expected.after[gene], abs=1e-3)
    of_donor = latents.indices[(latents.clusters == mode) & (latents.indices % 2 == 1)]
    measured = expected.scale.expression(dataset.samples[of_donor]).mean(axis=0)
    assert table.loc["Gene3", "real mean"] == pytest.approx(measured[gene], abs=1e-3)


def test_a_sample_that_training_saw_too_rarely_is_not_offered_and_the_page_says_why(two: Run) -> None:
    app = open_page("interpolate", run="two", view=VIEW, mode="1")
    assert not app.exception
    assert "Mode 1 has 19 training cells of donor 1, and at least 20 are needed." in texts(app)
    assert not app.dataframe


def test_a_real_cell_keeps_its_z_n_and_becomes_one_of_the_other_sample(two: Run) -> None:
    see_pairs(two, [[50, 50]] * 3)
    app = open_page("interpolate", run="two", view=VIEW, of="One real cell", sample="17")
    assert not app.exception
    assert app.text_input(key="cell_barcode").value == "BARCODE017-1"
    assert app.selectbox(key="to_sample").options == ["donor 0"], "cell 17 is of donor 1"
    dataset, latents = two.dataset(), run_latents(two, "all")
    expected = contrast_samples(
        two.load(),
        value_scale(dataset.preprocessing),
        int(latents.clusters[17]),
        latents.normal[17][None],
        np.array([1]),
        0,
    )
    table = app.dataframe[0].value.set_index("gene")
    for gene in ("Gene3", "Gene7"):
        assert table.loc[gene, "as donor 0"] == pytest.approx(
            expected.after[dataset.feature_names.index(gene)], abs=1e-3
        )


def test_runs_of_one_sample_have_no_such_view(cells: Run) -> None:
    app = open_page("interpolate", run="cells")
    assert VIEW not in app.segmented_control(key="view").options
