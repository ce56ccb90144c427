"""A biologist looks for genes on the map, compares two selections, and names what was found."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from clustergan_core.runs.clusters.names import read_annotations
from clustergan_core.runs.run import Run
from tests.browser.map_driver import drag
from tests.browser.page_driver import choose, expect_calm, follow, settle, visit
from tests.browser.server import Server
from tests.small_cell_runs import train_cells, write_planted


@pytest.fixture
def cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of a second on 120 cells, where the server of this test finds it."""
    monkeypatch.setenv("CLUSTERGAN_DERIVED", str(tmp_path / "derived"))
    return train_cells(tmp_path / "runs" / "cells", write_planted(tmp_path / "cells.h5ad"))


@pytest.mark.timeout(600)
def test_genes_are_found_selections_compared_and_clusters_named(
    cells: Run, start_server: Callable[..., Server], page: Page
) -> None:
    server = start_server()
    visit(page, f"{server.url}/map?run=cells&layout=PCA&gene=Gene7")
    expect(page.locator(".stage[data-transform]")).to_be_visible()
    bar = page.locator(".legend .bar .name")
    expect(bar).to_have_text("Gene7")
    expect(page.get_by_role("combobox", name="Colour by")).to_have_value("gene")

    box = page.get_by_role("combobox", name="Gene", exact=True)
    choose(page, "Gene", "Gene12", typed="Gene12")
    expect(bar).to_have_text("Gene12")
    expect(page).to_have_url(re.compile("gene=Gene12"))
    box.fill("Gene99")
    box.press("Enter")
    expect(page.get_by_text("cells has no gene Gene99: type part of its symbol, or its id.")).to_be_visible()
    settle(page)

    canvas = page.locator("canvas.points")
    page.get_by_role("button", name="Box (B)").click()
    place = canvas.bounding_box()
    assert place is not None
    middle, bottom = place["x"] + place["width"] / 2, place["y"] + place["height"] - 2
    drag(page, [(place["x"] + 2, place["y"] + 60), (middle, bottom)])
    expect(page.get_by_text(re.compile(r"\d+ cells selected"))).to_be_visible()
    selected = page.locator(".status").inner_text().split()[0]
    page.get_by_role("button", name="Keep as A").click()
    settle(page)
    kept = page.get_by_text(f"A: {selected} cells, drawn on the map")
    expect(kept).to_be_visible()
    expect(page.get_by_role("tab", name="More in A")).to_be_visible()
    choose(page, "Colour by", "cluster name")
    expect(kept).to_be_visible()
    expect(page).not_to_have_url(re.compile("gene="))
    expect_calm(page)

    follow(page, "Clusters")
    name = page.get_by_role("textbox", name=re.compile("Name of cluster")).first
    number = int((name.get_attribute("aria-label") or "").split()[-1])
    name.fill("T cells")
    name.press("Tab")
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert read_annotations(cells).names == {number: "T cells"}
    page.reload()
    settle(page)
    expect(name).to_have_value("T cells")
    expect_calm(page)

    visit(page, f"{server.url}/map?run=cells&layout=PCA&colour=cluster+name")
    expect(page.locator(".legend")).to_contain_text("T cells")
    expect_calm(page)
