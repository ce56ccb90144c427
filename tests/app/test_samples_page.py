"""The Samples page: what each sample of a run holds, and what a run needs to have samples."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from clustergan_core.runs.run import Run
from tests.app.app_pages import open_page
from tests.small_samples import N_CELLS

pytestmark = pytest.mark.usefixtures("own_folders")


def links(app: AppTest) -> set[str]:
    """The labels of the page's links."""
    return {link.proto.label for link in app.get("page_link")}


def test_a_row_for_each_sample_has_its_condition_donor_cells_and_share(samples: Run) -> None:
    app = open_page("samples", run="samples")
    assert not app.exception and not app.error
    (table,) = (frame.value for frame in app.dataframe if "Share removed" in frame.value)
    assert table["Sample"].tolist() == ["control", "treated"]
    assert table["Condition"].tolist() == ["none", "interferon"]
    assert table["Donor"].tolist() == ["D1", "D1"]
    assert "Technology" not in table, "nothing is known of it"
    assert table["Cells"].tolist() == [N_CELLS, N_CELLS]
    assert table["Removed"].tolist() == [0, 0]
    assert table["Share of all cells"].tolist() == [0.5, 0.5]


def test_without_the_data_the_cells_of_each_sample_are_still_told(
    samples: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Run, "is_data_here", lambda _: False)
    app = open_page("samples", run="samples")
    assert not app.exception and not app.error
    (table,) = (frame.value for frame in app.dataframe if "Share removed" in frame.value)
    assert table["Cells"].tolist() == [N_CELLS, N_CELLS]
    assert "Condition" not in table


def test_a_run_of_one_sample_or_of_pictures_is_told_what_it_needs_and_where(cells: Run, trained_runs: Path) -> None:
    shutil.copytree(trained_runs / "digits", cells.folder.parent / "digits")
    for run, held in {"cells": "cells that are not told apart by sample", "digits": "no cells"}.items():
        app = open_page("samples", run=run)
        assert not app.exception and not app.error and not app.dataframe
        assert held in app.info[0].value and "Data page" in app.info[0].value
        assert any("Data" in link for link in links(app))


def test_only_a_run_of_several_samples_links_to_the_page(samples: Run, cells: Run) -> None:
    assert any("Samples" in link for link in links(open_page("runs", run="samples")))
    assert not any("Samples" in link for link in links(open_page("runs", run="cells")))
