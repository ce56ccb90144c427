"""A biologist draws a lasso around some cells and makes them a cluster of their own."""

import re
from collections.abc import Callable
from pathlib import Path

import anndata
import pytest
from playwright.sync_api import Page, expect

from clustergan_core.runs.clusters.names import read_annotations
from clustergan_core.runs.run import Run
from tests.browser.map_driver import drag
from tests.browser.page_driver import download, expect_calm, settle, visit
from tests.browser.server import Server
from tests.small_cell_runs import train_cells, write_planted


@pytest.fixture
def cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of a second on 120 cells, where the server of this test finds it."""
    monkeypatch.setenv("CLUSTERGAN_DERIVED", str(tmp_path / "derived"))
    return train_cells(tmp_path / "runs" / "cells", write_planted(tmp_path / "cells.h5ad"))


@pytest.mark.timeout(600)
def test_cells_in_a_lasso_become_a_cluster_that_is_exported_and_put_back(
    cells: Run, start_server: Callable[..., Server], page: Page, tmp_path: Path
) -> None:
    server = start_server()
    visit(page, f"{server.url}/map?run=cells&layout=PCA")
    expect(page.get_by_text("Click a point")).to_be_visible()  # beside the finished map, not the one being computed
    expect(page.locator(".stage[data-transform]")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Lasso (L)").click()
    place = page.locator("canvas.points").bounding_box()
    assert place is not None
    left, middle, top, bottom = (
        place["x"] + 3,
        place["x"] + place["width"] / 2,
        place["y"] + 60,
        place["y"] + place["height"] - 3,
    )
    drag(page, [(left, top), (middle, top), (middle, bottom), (left, bottom)])
    expect(page.get_by_text(re.compile(r"\d+ cells? selected"))).to_be_visible()
    settle(page)
    n_selected = int(page.locator(".status").inner_text().split()[0])
    assert 0 < n_selected < 120

    page.get_by_role("button", name="Split off as a new cluster").click()
    name = page.get_by_role("textbox", name="Name of the new cluster")
    name.fill("Cluster 1")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("looks like the cluster with that number")).to_be_visible()
    assert not read_annotations(cells).splits
    name.fill("Doublets")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".legend")).to_contain_text("Doublets")
    settle(page)
    (split,) = read_annotations(cells).splits
    assert len(split.cells) == n_selected
    row = page.locator(".legend .row").filter(has_text="Doublets")
    expect(row.locator(".count")).to_have_text(str(n_selected))
    expect_calm(page)

    visit(page, f"{server.url}/clusters?run=cells")
    expect(page.get_by_role("textbox", name=f"Name of cluster {split.cluster}")).to_have_value("Doublets")
    path = download(page, page.get_by_role("button", name="h5ad"), tmp_path)
    edited = anndata.read_h5ad(path).obs["clustergan_edited"]
    assert edited.index[edited == "Doublets"].tolist() == [f"BARCODE{cell:03d}-1" for cell in split.cells]
    page.get_by_role("button", name="Put back").click()
    settle(page)
    expect(page.get_by_role("textbox", name=f"Name of cluster {split.cluster}")).to_have_count(0)
    assert not read_annotations(cells).splits
    expect_calm(page)
