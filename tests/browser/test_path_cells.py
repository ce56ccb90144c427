"""A biologist's whole way: a 10x folder dropped, thresholds tried, cells clustered, genes, markers, a walk, an h5ad."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

from clustergan_core.evaluation.agreement import ari
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run
from tests.browser.page_driver import WAIT, download, expect_calm, fill_number, follow, settle, visit
from tests.browser.server import Server
from tests.browser.training_driver import badge, leave_nothing_training, only_run
from tests.count_files import SYMBOLS, make_barcodes, write_folder


@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("ignore:Tensorflow not installed:ImportWarning")
def test_a_10x_folder_becomes_clusters_by_one_button_and_goes_back_to_scanpy(
    start_server: Callable[..., Server], page: Page, tmp_path: Path
) -> None:
    server, folder = start_server(), grow_cells(tmp_path / "lung")
    with leave_nothing_training(server):
        drop_folder(page, server, folder)
        try_thresholds(page)
        run = cluster(page, server)
        look_at_genes(page, server, run, tmp_path)
        h5ad = download(page, page.get_by_role("button", name="h5ad", exact=True), tmp_path)
        expect_calm(page)
    check_in_scanpy(h5ad, run)


def everything_left(page: Page) -> Locator:
    """What the page says while quality control removes nothing."""
    return page.get_by_test_id("stMain").get_by_text("30 of 30 cells and 40 of 40 genes are left.")


def drop_folder(page: Page, server: Server, folder: Path) -> None:
    """What it is, labels and K are told at once; a threshold that leaves no cell is named."""
    visit(page, f"{server.url}/data")
    main = page.get_by_test_id("stMain")
    main.get_by_text("A folder", exact=True).click()
    left = everything_left(page)
    page.locator('input[type="file"][webkitdirectory]').set_input_files(folder)
    expect(page.get_by_role("heading", name="30 cells × 40 genes, raw counts, human Ensembl ids")).to_be_visible(
        timeout=WAIT
    )
    settle(page)
    main.get_by_role("button", name="Use as labels").click()
    settle(page)
    expect(page).to_have_url(re.compile(r"labels=labels\.csv%3A\+cell_type"))
    expect(left).to_be_visible()  # of forty genes the preset asks for few
    fill_number(page, "Least genes", 41)
    expect(main.get_by_text("Quality control leaves none of 30 cells")).to_be_visible()
    fill_number(page, "Least genes", 10)
    expect(left).to_be_visible()
    expect(main.get_by_text("2 labels, only compared with the clusters, never used for training")).to_be_visible()
    expect(page.get_by_role("spinbutton", name="Clusters K")).to_have_value("2")
    assert "prepare=min_genes%3D10" in page.url


def try_thresholds(page: Page) -> None:
    """Undo goes back, and the address and other pages keep the choices."""
    main, left = page.get_by_test_id("stMain"), everything_left(page)
    fill_number(page, "Least genes", 25)
    expect(left).to_be_hidden()
    main.get_by_role("button", name="Undo").click()
    settle(page)
    expect(left).to_be_visible()
    expect(page.get_by_role("spinbutton", name="Least genes")).to_have_value("10")
    expect_calm(page)

    page.reload()  # the address holds all of it
    settle(page)
    expect(left).to_be_visible()
    expect(main.get_by_text("2 labels, only compared")).to_be_visible()
    follow(page, "Train")
    expect(main.get_by_text("(preparation: min_genes 10)")).to_be_visible()
    follow(page, "Data")
    expect(page.get_by_role("spinbutton", name="Least genes")).to_have_value("10")


def cluster(page: Page, server: Server) -> Run:
    """The one button trains what was prepared."""
    main = page.get_by_test_id("stMain")
    main.get_by_role("button", name="Cluster these cells").click()
    expect(page).to_have_title("Train · ClusterGAN Explorer", timeout=WAIT)
    expect(badge(page, "training")).to_be_visible(timeout=WAIT)
    run = only_run(server)
    assert run.config.dataset.options.preparation == {"min_genes": "10"}
    assert run.config.n_clusters == 2
    expect(page.get_by_role("combobox", name="Run")).to_have_value(run.name)
    expect_calm(page)
    expect(badge(page, "finished")).to_be_visible(timeout=5 * WAIT)
    settle(page)
    return run


def look_at_genes(page: Page, server: Server, run: Run, folder: Path) -> None:
    """A gene on the map, markers, and a walk; ends on the Clusters page."""
    visit(page, f"{server.url}/map?run={run.name}&layout=PCA&gene=CD79A")
    expect(page.locator(".stage[data-transform]")).to_be_visible()
    expect(page.locator(".legend .bar .name")).to_have_text("CD79A")
    expect_calm(page)

    follow(page, "Clusters")
    markers = pd.read_csv(download(page, page.get_by_role("button", name="Markers", exact=True), folder))
    assert markers["cluster"].nunique() == 2
    # The five best of each cluster are genes of one kind: every second gene, the even or the odd ones.
    for _, best in markers.groupby("cluster"):
        assert len({SYMBOLS.index(gene) % 2 for gene in best["gene"].head(5)}) == 1

    follow(page, "Interpolate")
    expect(page.get_by_text("Genes along the walk")).to_be_visible()
    expect(page.get_by_text("Nearest real cells at")).to_be_visible()
    expect_calm(page)

    follow(page, "Clusters")


def check_in_scanpy(path: Path, run: Run) -> None:
    """The exported file does what a biologist's next step asks of it."""
    import scanpy

    cells = scanpy.read_h5ad(path)
    assert sorted(cells.obs_names) == sorted(make_barcodes())
    assert sorted(cells.var_names) == sorted(SYMBOLS)
    latents = run_latents(run, "all")
    assert cells.obs["clustergan"].astype(int).tolist() == latents.clusters.tolist()
    assert cells.obsm["X_pca"].shape == (30, 29)  # of the expression, for what scanpy does next
    assert cells.obsm["X_clustergan_pca"].shape == (30, 2)  # the map that was looked at
    # Clusters are the planted kinds, which lie in turn.
    assert ari(np.arange(30) % 2, latents.clusters) == 1
    scanpy.pp.normalize_total(cells, target_sum=1e4)
    scanpy.pp.log1p(cells)
    scanpy.tl.rank_genes_groups(cells, "clustergan", method="wilcoxon")
    assert len(cells.uns["rank_genes_groups"]["names"]) == len(SYMBOLS)


def grow_cells(folder: Path) -> Path:
    """Two kinds of cells that differ in half of their genes, and a table that names them."""
    generator = np.random.default_rng(3)
    barcodes = make_barcodes()
    kinds = np.arange(len(barcodes)) % 2
    rates = np.where(kinds[:, None] == np.arange(len(SYMBOLS))[None, :] % 2, 4.0, 0.3)
    write_folder(folder, counts=generator.poisson(rates))
    rows = [f"{barcode},{'TB'[kind]}" for barcode, kind in zip(barcodes, kinds, strict=True)]
    (folder / "labels.csv").write_text("\n".join(["barcode,cell_type", *rows]) + "\n")
    return folder
