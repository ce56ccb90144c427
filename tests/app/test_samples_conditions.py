"""The Samples page compares conditions: composition, genes on sums by sample, markers within samples."""

import shutil
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.runs.clusters.names import Annotations, write_annotations
from clustergan_core.runs.clusters.samples import facts_path, read_facts, write_facts
from clustergan_core.runs.run import Run
from tests.app.app_pages import open_page, texts
from tests.small_cell_runs import train_wells
from tests.small_samples import RAISED, SIX, SIX_TABLE
from ui.cells.view import CellsView

pytestmark = pytest.mark.usefixtures("own_folders")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Six samples of which nothing is known."""
    folder = tmp_path_factory.mktemp("wells")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLUSTERGAN_DERIVED", str(folder / "derived"))
        return train_wells(folder)


@pytest.fixture
def bare(trained: Run, own_folders: Path) -> Run:
    """A copy of that run, named "six"."""
    return Run(shutil.copytree(trained.folder, own_folders / "runs" / "six"))


@pytest.fixture
def six(bare: Run) -> Run:
    """The same with three control and three treated samples of three donors, as told after its training."""
    describe(bare, SIX_TABLE)
    return bare


def describe(run: Run, table: str) -> None:
    batches = run.dataset().batches
    assert batches is not None
    write_facts(run, batches, table.encode())


SHARES, GENES, MARKERS = "logit_difference", "mean_reference", "found"  # a column that only one table has


def tables(app: AppTest, column: str) -> list[pd.DataFrame]:
    return [frame.value for frame in app.dataframe if column in frame.value]


def table(app: AppTest, column: str) -> pd.DataFrame:
    (found,) = tables(app, column)
    return found


def test_shares_and_genes_are_tested_between_conditions_of_three_samples(six: Run) -> None:
    app = open_page("samples", run="six")
    assert not app.exception and not app.error
    shares = table(app, SHARES)
    assert set(shares["cluster"]) == {"Cluster 0", "Cluster 1", "Cluster 2"}
    assert shares["proportion_other"].tolist() == pytest.approx([100 / 3] * 3)
    assert {"p_adjusted", "clr_difference"} <= set(shares)
    genes = table(app, GENES)
    assert set(genes["gene"][:10]) == set(RAISED) and (genes["p_adjusted"][:10] < 1e-4).all()
    assert "3 samples of treated against 3 of control, paired by donor" in texts(app)
    assert app.selectbox(key="replicates").value in RAISED
    markers = table(app, MARKERS)
    assert set(markers["gene"][:20]) == {f"GENE{gene:03d}A" for gene in range(20)}
    assert (markers["found"][:20] == "6 of 6").all()


def test_the_pair_and_the_cluster_are_chosen_and_stand_in_the_address(six: Run) -> None:
    app = open_page("samples", run="six", condition="control", against="treated", cluster="2")
    assert not app.exception and not app.error
    assert (table(app, GENES)["log2_fold_change"][:10] < -1.5).all()
    assert app.selectbox(key="one_cluster").value == 2
    app.selectbox(key="condition").set_value("treated").run()
    assert app.selectbox(key="against").value == "control"
    assert (table(app, GENES)["log2_fold_change"][:10] > 1.5).all()


def test_below_three_samples_there_are_figures_and_a_sentence_but_no_test(six: Run) -> None:
    describe(six, SIX_TABLE.replace("treated 3,treated", "treated 3,other"))
    app = open_page("samples", run="six")
    assert not app.exception and not app.error
    assert "p" not in table(app, SHARES) and "p_adjusted" not in table(app, GENES)
    assert texts(app).count("treated has 2 samples, and a test needs 3 of each condition") == 2
    assert set(table(app, GENES)["gene"][:10]) == set(RAISED)


def test_without_conditions_the_page_says_what_to_do_and_takes_them(bare: Run) -> None:
    record = (bare.folder / "config.json").read_bytes()
    app = open_page("samples", run="six")
    assert not app.exception and not app.error
    assert any("No sample has a condition" in info.value for info in app.info)
    assert not tables(app, SHARES) and not tables(app, GENES)
    assert (table(app, MARKERS)["found"][:20] == "6 of 6").all(), "markers need no condition"
    (picker,) = app.file_uploader
    app = picker.set_value(("samples.csv", SIX_TABLE.encode(), "text/csv")).run()
    assert not app.exception and not app.error
    assert "paired by donor" in texts(app)
    assert any(each.label == "Conditions and donors" and each.proto.expanded for each in app.expander), "stays open"
    batches = bare.dataset().batches
    assert batches is not None
    assert [facts.condition for facts in read_facts(bare, batches)] == ["control"] * 3 + ["treated"] * 3
    assert (bare.folder / "config.json").read_bytes() == record
    app.button(key="samples_as_trained").click().run()
    assert not facts_path(bare).exists()
    assert any("No sample has a condition" in info.value for info in app.info)


def test_a_table_that_does_not_fit_is_refused_and_changes_nothing(six: Run) -> None:
    before = facts_path(six).read_bytes()
    app = open_page("samples", run="six")
    (picker,) = app.file_uploader
    app = picker.set_value(("mine.csv", b"sample,condition\nsomeone,sick\n", "text/csv")).run()
    assert not app.exception
    assert any(f"has no row for sample {SIX[0]}" in error.value for error in app.error)
    assert facts_path(six).read_bytes() == before


def test_what_the_file_tells_of_each_sample_is_offered_and_taken_only_when_confirmed(
    bare: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = pd.read_csv(StringIO(SIX_TABLE), index_col="sample")
    assign = CellsView.matrix.fget
    assert assign is not None

    def with_columns(view: CellsView) -> CountMatrix | None:
        matrix = assign(view)
        if matrix is None:
            return None
        told = facts.loc[matrix.cells["well"].astype(str)]
        # A column that differs within samples tells nothing of them.
        columns = {"Condition": told["condition"], "patient": told["donor"], "group": matrix.cell_ids}
        return replace(matrix, cells=matrix.cells.assign(**{name: list(values) for name, values in columns.items()}))

    monkeypatch.setattr(CellsView, "matrix", property(with_columns))
    app = open_page("samples", run="six")
    assert not app.exception and not app.error and not facts_path(bare).exists()
    assert "control 1: control, D1" in texts(app)
    app.button(key="take_sample_facts").click().run()
    assert not app.exception and not app.error
    assert "paired by donor" in texts(app)
    assert not any(button.key == "take_sample_facts" for button in app.button)


def test_a_cluster_with_too_few_cells_in_a_condition_is_named_and_not_offered(six: Run) -> None:
    treated = np.arange(3 * 60, 6 * 60)
    few = treated[treated % 3 == 2]
    write_annotations(six, Annotations().with_split(few, "treated alone", 3))
    app = open_page("samples", run="six")
    assert not app.exception and not app.error
    assert set(app.selectbox(key="one_cluster").options) == {"Cluster 0", "Cluster 1"}
    assert "fewer than 10 cells in every sample of a condition: Cluster 2, treated alone" in texts(app)
