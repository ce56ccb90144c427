"""The page Modes for a run of cells: generated beside real, and what is said where data is missing."""

import numpy as np
import pytest

from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run
from tests.app.app_pages import open_page, texts


def test_each_mode_has_a_verdict_beside_its_real_and_its_drawn_share(cells: Run) -> None:
    app = open_page("modes", run="cells")
    assert not app.exception
    assert not app.error
    table = app.dataframe[0].value
    shares = np.bincount(run_latents(cells).clusters, minlength=3) / 120
    assert table["share"].tolist() == pytest.approx((100 * shares).tolist())
    assert table["share_in_training"].tolist() == pytest.approx([100 / 3] * 3)
    for verdict, n_cells in zip(table["verdict"], table["cells"], strict=True):
        assert verdict.endswith(".")
        assert verdict.startswith("Holds no real cell") == (n_cells == 0)
    assert "mode numbers mean nothing" in texts(app)


def test_one_mode_is_shown_gene_by_gene_as_the_link_says(cells: Run) -> None:
    mode = int(np.bincount(run_latents(cells).clusters, minlength=3).argmax())
    app = open_page("modes", run="cells", mode=str(mode))
    assert app.selectbox(key="named_mode").value == mode
    assert len(app.get("plotly_chart")) == 4, "genes generated and real, means, fractions"
    assert "half of the gene's smallest value that is not 0" in texts(app)


def test_without_the_data_the_generated_genes_stay_and_the_rest_needs_the_data(
    cells: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_latents(cells)
    monkeypatch.setattr(Run, "is_data_here", lambda self: False)
    app = open_page("modes", run="cells")
    assert not app.error
    assert "needs the data, which is not on this machine" in texts(app)
    assert "verdict" not in app.dataframe[0].value
    assert [tab.label for tab in app.tabs] == ["Generated"]
