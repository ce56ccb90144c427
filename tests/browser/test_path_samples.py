"""A biologist drops two samples together, describes them, looks at each one's quality, trains, and takes them home.

On the way the page of samples says whether they mix."""

from collections.abc import Callable
from pathlib import Path

import anndata
import pytest
from playwright.sync_api import Page, expect

from tests.browser.page_driver import WAIT, download, expect_calm, follow, settle, visit
from tests.browser.server import Server
from tests.browser.training_driver import badge, leave_nothing_training, only_run
from tests.small_samples import N_CELLS, write_samples


@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("ignore:Tensorflow not installed:ImportWarning")
def test_two_samples_go_from_two_files_to_one_h5ad(
    start_server: Callable[..., Server], page: Page, tmp_path: Path
) -> None:
    server = start_server()
    with leave_nothing_training(server):
        drop(page, server, tmp_path)
        describe(page, tmp_path)
        page.get_by_test_id("stMain").get_by_role("button", name="Cluster these cells").click()
        expect(page).to_have_title("Train · ClusterGAN Explorer", timeout=WAIT)
        expect(badge(page, "finished")).to_be_visible(timeout=5 * WAIT)
        settle(page)
        run = only_run(server)
        assert run.dataset().batches is not None
        judge(page)
        follow(page, "Clusters")
        h5ad = download(page, page.get_by_role("button", name="h5ad", exact=True), tmp_path)
        expect_calm(page)
    cells = anndata.read_h5ad(h5ad)
    assert cells.obs["sample"].tolist() == ["control"] * N_CELLS + ["treated"] * N_CELLS
    assert cells.obs["condition"].tolist() == ["none"] * N_CELLS + ["interferon"] * N_CELLS


def drop(page: Page, server: Server, folder: Path) -> None:
    """Two files dropped together are two samples, with a row of quality control each."""
    visit(page, f"{server.url}/data")
    page.locator('input[type="file"]').first.set_input_files(write_samples(folder / "files"))
    expect(page.get_by_role("heading", name=f"2 samples, {2 * N_CELLS} cells")).to_be_visible(timeout=WAIT)
    settle(page)
    expect(page.get_by_text("By sample", exact=True)).to_be_visible()
    expect_calm(page)


def describe(page: Page, folder: Path) -> None:
    """A table of samples is uploaded."""
    table = folder / "samples.csv"
    table.write_text("sample,condition\ncontrol,none\ntreated,interferon\n")
    page.get_by_role("button", name="Upload a table").click()
    page.locator('[data-testid="stPopoverBody"] input[type="file"]').set_input_files(table)
    page.wait_for_url("**samples_table=*", timeout=WAIT)
    settle(page)
    expect_calm(page)


def judge(page: Page) -> None:
    """The page of samples says whether they mix, and what the scores before and after are."""
    follow(page, "Samples")
    page.get_by_role("button", name="Score the mixing").click()
    expect(page.get_by_role("button", name="Scores (CSV)")).to_be_visible(timeout=WAIT)
    settle(page)
    expect(page.get_by_test_id("stAlert").filter(has_text="The samples")).to_have_count(1)
    expect_calm(page)
