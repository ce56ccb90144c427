"""A biologist drops a 10x folder with labels, reads what it is, tries thresholds, and clusters the cells."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.page_driver import WAIT, expect_calm, fill_number, follow, settle, visit
from tests.browser.server import Server
from tests.browser.training_driver import badge, leave_nothing_training, only_run
from tests.count_files import SYMBOLS, make_barcodes, write_folder


@pytest.mark.timeout(600)
def test_a_10x_folder_becomes_clusters_by_one_button(
    start_server: Callable[..., Server], page: Page, tmp_path: Path
) -> None:
    server, folder = start_server(), grow_cells(tmp_path / "lung")
    with leave_nothing_training(server):
        visit(page, f"{server.url}/data")
        main = page.get_by_test_id("stMain")
        main.get_by_text("A folder", exact=True).click()
        left = main.get_by_text("30 of 30 cells and 40 of 40 genes are left.")
        page.locator('input[type="file"][webkitdirectory]').set_input_files(folder)
        expect(page.get_by_role("heading", name="30 cells × 40 genes, raw counts, human Ensembl ids")).to_be_visible(
            timeout=WAIT
        )
        settle(page)
        assert "labels=labels.csv%3A+cell_type" in page.url
        # So few genes that the usual threshold leaves no cell, which is said and can be mended.
        expect(main.get_by_text("Quality control leaves none of 30 cells")).to_be_visible()
        fill_number(page, "Least genes", 10)
        expect(left).to_be_visible()
        expect(main.get_by_text("2 labels, only compared with the clusters and never trained on")).to_be_visible()
        expect(page.get_by_role("spinbutton", name="Clusters K")).to_have_value("2")
        assert "prepare=min_genes%3D10" in page.url

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

        main.get_by_role("button", name="Cluster these cells").click()
        expect(page).to_have_title("Train · ClusterGAN Explorer", timeout=WAIT)
        expect(badge(page, "training")).to_be_visible(timeout=WAIT)
        run = only_run(server)
        assert run.config.dataset.options.preparation == {"min_genes": "10"}
        assert run.config.n_clusters == 2
        expect(page.get_by_role("combobox", name="Run")).to_have_value(run.name)
        expect_calm(page)


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
