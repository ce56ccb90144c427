"""A biologist brings scanpy's own table of cells beside a matrix, names what was found, and gets every column back."""

from collections.abc import Callable
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from clustergan_core.runs.run import Run
from tests.browser.page_driver import WAIT, download, expect_calm, follow, settle, visit
from tests.browser.server import Server
from tests.browser.test_path_cells import grow_cells
from tests.browser.training_driver import badge, leave_nothing_training, only_run
from tests.count_files import make_barcodes


@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("ignore:Tensorflow not installed:ImportWarning")
def test_columns_of_a_table_of_cells_go_out_with_the_clusters(
    start_server: Callable[..., Server], page: Page, tmp_path: Path
) -> None:
    server, table = start_server(), describe_cells()
    folder = grow_cells(tmp_path / "lung")
    (folder / "labels.csv").unlink()
    table.sample(frac=1, random_state=0).to_csv(folder / "obs.csv")  # as scanpy writes it, in another order
    with leave_nothing_training(server):
        drop(page, server, folder)
        run = cluster(page, server)
        name_the_first_cluster(page, run)
        h5ad = download(page, page.get_by_role("button", name="h5ad", exact=True), tmp_path)
        expect(page.get_by_text("CD4/CD8").first).to_be_visible()  # renamed, and told beside the button
        expect_calm(page)
    check_columns(h5ad, table)


def describe_cells() -> pd.DataFrame:
    """What scanpy's obs holds of these cells: text, numbers, truths with gaps and a name that h5ad cannot hold."""
    kinds = np.arange(len(make_barcodes())) % 2
    return pd.DataFrame(
        {
            "n_genes": np.arange(len(kinds)) + 7,
            "passed": kinds == 0,
            "CD4/CD8": np.where(kinds == 0, "CD4", "CD8"),
            "score": np.linspace(0, 1, len(kinds)).round(3),
            "cell_type": np.where(kinds == 0, "T cell", "B cell"),
        },
        index=pd.Index(make_barcodes()),
    )


def drop(page: Page, server: Server, folder: Path) -> None:
    """The types are proposed with their levels, and used once they are confirmed."""
    visit(page, f"{server.url}/data")
    main = page.get_by_test_id("stMain")
    main.get_by_text("A folder", exact=True).click()
    page.locator('input[type="file"][webkitdirectory]').set_input_files(folder)
    expect(page.get_by_role("heading", name="30 cells × 40 genes, raw counts, human Ensembl ids")).to_be_visible(
        timeout=WAIT
    )
    settle(page)
    expect(main.get_by_text("Are these known classes?")).to_be_visible()
    expect(main.get_by_text("cell_type")).not_to_have_count(0)
    main.get_by_role("button", name="Use as labels").click()
    settle(page)
    expect(main.get_by_text("2 labels, only compared with the clusters, never used for training")).to_be_visible()
    expect(page.get_by_role("spinbutton", name="Clusters K")).to_have_value("2")
    expect_calm(page)


def cluster(page: Page, server: Server) -> Run:
    """One button trains."""
    page.get_by_test_id("stMain").get_by_role("button", name="Cluster these cells").click()
    expect(page).to_have_title("Train · ClusterGAN Explorer", timeout=WAIT)
    expect(badge(page, "finished")).to_be_visible(timeout=5 * WAIT)
    settle(page)
    return only_run(server)


def name_the_first_cluster(page: Page, run: Run) -> None:
    """A name is saved as it is typed."""
    follow(page, "Clusters")
    expect(page.get_by_role("combobox", name="Run")).to_have_value(run.name)
    name = page.get_by_role("textbox", name="Name of cluster 0")
    name.fill("T cells")
    name.press("Tab")
    expect(page.get_by_text("Saved.")).to_be_visible()
    settle(page)


def check_columns(path: Path, table: pd.DataFrame) -> None:
    """Every column is there, under its name or the one that was told, with the values of its own cell."""
    cells = anndata.read_h5ad(path)
    own = table.loc[cells.obs_names]
    assert cells.obs["n_genes"].tolist() == own["n_genes"].tolist()
    assert cells.obs["passed"].tolist() == own["passed"].tolist()
    assert cells.obs["score"].to_numpy() == pytest.approx(own["score"].to_numpy())
    assert cells.obs["cell_type"].tolist() == own["cell_type"].tolist()
    renamed = [name for name in cells.obs if name.startswith("CD4")]
    assert len(renamed) == 1 and "/" not in renamed[0]
    assert cells.obs[renamed[0]].tolist() == own["CD4/CD8"].tolist()
    assert "T cells" in set(cells.obs["clustergan"])
