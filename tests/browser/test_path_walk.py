"""A biologist judges the modes of a run of cells, walks from one to another, and sees one cell as another type."""

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from tests.browser.page_driver import Drag, choose, download, expect_calm, settle, visit
from tests.browser.server import Server
from tests.small_cell_runs import N_CELLS, N_GENES, train_cells, write_planted


@pytest.mark.timeout(600)
def test_a_walk_is_begun_at_a_mode_moved_along_and_taken_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start_server: Callable[..., Server], page: Page
) -> None:
    monkeypatch.setenv("CLUSTERGAN_DERIVED", str(tmp_path / "derived"))
    train_cells(tmp_path / "runs" / "cells", write_planted(tmp_path / "cells.h5ad"))
    server = start_server()
    visit(page, f"{server.url}/modes?run=cells")
    expect(page.get_by_role("heading", name="Can the generated cells be trusted?")).to_be_visible()
    choose(page, "Mode", re.compile("^mode 2 "), typed="mode 2")
    expect(page).to_have_url(re.compile("mode=2"))
    expect_calm(page)

    visit(page, f"{server.url}/interpolate?run=cells&b=2&a=0&mu=0.50")
    expect(page.get_by_role("heading", name="Nearest real cells at μ = 0.50")).to_be_visible()
    page.get_by_role("slider", name="μ").press("End")
    expect(page.get_by_role("heading", name="Nearest real cells at μ = 1.00")).to_be_visible()
    settle(page)
    expect(page).to_have_url(re.compile("mu=1"))
    walk = pd.read_csv(download(page, page.get_by_role("button", name="Walk as CSV"), tmp_path))
    assert len(walk) == N_GENES
    assert {"gene", "change", "mu=0.000", "mu=1.000"} <= set(walk.columns)
    assert not [column for column in walk if "switch" in column], "one run has no order"
    expect_calm(page)

    curves = page.get_by_role("img", name=re.compile("^expression.*: Gene"))
    track = page.get_by_role("slider", name="μ")
    with Drag(page, track) as drag:
        for share in (0.75, 0.31):
            drag.to(share)
            means = dict(re.findall(r"(Gene\d+) ([\d.]+)", curves.get_attribute("aria-label") or ""))
            assert len(means) == 6, "the genes that change most"
            expected = walk.set_index("gene")[f"mu={share:.3f}"]
            assert all(abs(float(value) - expected[gene]) < 0.006 for gene, value in means.items())
        expect(page.get_by_role("slider", name="μ")).to_have_attribute(
            "aria-valuetext", re.compile("^μ 0.31, read as mode")
        )
    expect(page.get_by_role("heading", name="Nearest real cells at μ = 0.31")).to_be_visible()
    expect(page).to_have_url(re.compile(r"mu=0\.31"))

    page.get_by_role("radio", name="One cell").click()
    settle(page)
    barcode = page.get_by_role("textbox", name="Barcode")
    barcode.fill(f"BARCODE{N_CELLS - 1}-1")
    barcode.press("Enter")
    expect(page).to_have_url(re.compile(f"sample={N_CELLS - 1}"))
    settle(page)
    page.get_by_role("button", name=re.compile("Another of mode")).click()
    expect(barcode).not_to_have_value(f"BARCODE{N_CELLS - 1}-1")
    expect_calm(page)
