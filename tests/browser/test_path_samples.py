"""A biologist brings two samples, describes them, trains, looks at them, names clusters, and takes them home.

On the way the page of samples says whether they mix and what they are made of."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import scanpy
from playwright.sync_api import Page, expect

from clustergan_core.runs.clusters.names import read_annotations
from clustergan_core.runs.run import Run
from tests.browser.page_driver import WAIT, download, expect_calm, follow, settle, visit
from tests.browser.server import Server
from tests.browser.training_driver import badge, leave_nothing_training, only_run
from tests.small_samples import N_CELLS, write_sample_folders, write_samples

TYPES = [f"kind {cell % 3}" for cell in range(N_CELLS)] * 2  # of the cells of both samples, as they were planted


@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("ignore:Tensorflow not installed:ImportWarning")
def test_two_samples_go_from_two_folders_to_one_h5ad(
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
        look_by_sample(page, server, run)
        name_from_reference(page, server, run, tmp_path)
        h5ad = download(page, page.get_by_role("button", name="h5ad", exact=True), tmp_path)
        expect_calm(page)
    cells = scanpy.read_h5ad(h5ad)
    assert cells.obs["sample"].tolist() == ["control"] * N_CELLS + ["treated"] * N_CELLS
    assert cells.obs["condition"].tolist() == ["none"] * N_CELLS + ["interferon"] * N_CELLS
    assert (cells.obs["clustergan_reference"] == TYPES).mean() > 0.9


def drop(page: Page, server: Server, folder: Path) -> None:
    """A folder of two 10x folders is two samples, with a row of quality control each."""
    visit(page, f"{server.url}/data")
    page.get_by_test_id("stMain").get_by_text("A folder", exact=True).click()
    page.locator('input[type="file"][webkitdirectory]').set_input_files(write_sample_folders(folder / "lungs"))
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
    """The page of samples says whether they mix, before and after, and shows their composition without a test."""
    follow(page, "Samples")
    page.get_by_role("button", name="Score the mixing").click()
    expect(page.get_by_role("button", name="Scores (CSV)")).to_be_visible(timeout=WAIT)
    settle(page)
    expect(page.get_by_test_id("stAlert").filter(has_text="The samples")).to_have_count(1)
    expect(page.get_by_role("heading", name="Composition", exact=True)).to_be_visible()
    expect(page.get_by_text("1 sample, and a test needs 3 of each condition: shares are shown without")).to_be_visible()
    expect_calm(page)


def look_by_sample(page: Page, server: Server, run: Run) -> None:
    """The map has a colour for each sample."""
    visit(page, f"{server.url}/map?run={run.name}&layout=PCA&colour=sample")
    expect(page.locator(".stage[data-transform]")).to_be_visible(timeout=WAIT)
    for name in ("control", "treated"):
        expect(page.locator(".legend")).to_contain_text(name)
    expect_calm(page)


def name_from_reference(page: Page, server: Server, run: Run, folder: Path) -> None:
    """A labelled file of other cells names the clusters, once the names are accepted."""
    visit(page, f"{server.url}/clusters?run={run.name}")
    (atlas,) = write_samples(folder / "reference", ("atlas",))
    uploader = page.get_by_test_id("stFileUploader").filter(has_text="column of cell types")
    uploader.locator('input[type="file"]').set_input_files(atlas)
    page.get_by_role("button", name="Name the cells").click(timeout=WAIT)
    accept = page.get_by_role("button", name=re.compile("Accept .* name"))
    expect(accept).to_be_visible(timeout=WAIT)
    settle(page)
    accept.click()
    settle(page)
    expect_calm(page)
    assert set(read_annotations(run).names.values()) <= set(TYPES)
    assert read_annotations(run).names
