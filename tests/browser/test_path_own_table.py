"""A person brings a table of their own, trains on it, and has new samples assigned."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from clustergan_core.runs.scores import read_scores
from tests.browser.page_driver import WAIT, choose, download, expect_calm, fill_number, follow, settle, visit
from tests.browser.server import Server
from tests.browser.training_driver import badge, leave_nothing_training, only_run

KINDS = ("reed", "sedge", "rush")
N_EACH, N_STEPS = 60, 150


@pytest.mark.timeout(600)
def test_a_table_of_ones_own_is_trained_on_and_new_samples_get_clusters(
    start_server: Callable[..., Server], page: Page, tmp_path: Path
) -> None:
    server, plants = start_server(), grow_plants()
    with leave_nothing_training(server):
        visit(page, f"{server.url}/data")
        page.locator('input[type="file"]').set_input_files(write_csv(plants, tmp_path / "plants.csv"))
        expect(page.get_by_text("180 rows, 6 columns: plant, height, leaves, pods, roots, kind")).to_be_visible()
        expect(page.get_by_text("Samples are named by column plant")).to_be_visible()
        choose(page, "Labels", "kind")
        expect_calm(page)

        page.get_by_test_id("stMain").get_by_text("Train on this", exact=True).click()
        expect(page).to_have_title("Train · ClusterGAN Explorer")
        settle(page)
        expect(page.get_by_text("3 labels, used only for scores")).to_be_visible()
        expect(page.get_by_role("spinbutton", name="Clusters K")).to_have_value("3")
        fill_number(page, "Steps", N_STEPS)
        page.get_by_role("button", name="Start training").click()
        expect(badge(page, "finished")).to_be_visible(timeout=2 * WAIT)
        settle(page)
        run = only_run(server)
        scores = read_scores(run)
        assert scores is not None
        assert scores["n"] == 3 * N_EACH
        expect(page.get_by_text("On all samples, which were also trained on, n = 180")).to_be_visible()
        for figure in (scores["purity"], scores["nmi"]):
            expect(page.get_by_role("cell", name=f"{figure:.3f}").first).to_be_visible()
        expect_calm(page)

        follow(page, "Runs")
        expect(page.get_by_role("combobox", name="Run")).to_have_value(run.name)
        every = pd.read_csv(download(page, page.get_by_role("button", name="Clusters as CSV"), tmp_path))
        assert every["sample"].tolist() == plants["plant"].tolist()
        assert every["label"].tolist() == plants["kind"].tolist()

        form = page.get_by_test_id("stExpander").filter(has_text="Assign a new file to this run's modes")
        form.get_by_text("Assign a new file to this run's modes").click()
        # Some of the same plants again, in another order of rows and columns and without their kind.
        again = plants.iloc[[100, 7, 161, 30, 90]][["plant", "roots", "pods", "leaves", "height"]]
        form.locator('input[type="file"]').set_input_files(write_csv(again, tmp_path / "again.csv"))
        expect(form.get_by_text("5 samples of again.csv in")).to_be_visible(timeout=WAIT)
        settle(page)
        table = pd.read_csv(download(page, form.get_by_role("button", name="Clusters as CSV"), tmp_path))
        assert table.columns.tolist() == ["sample", "cluster", "confidence"]
        before = every.set_index("sample").loc[again["plant"]]
        assert table["sample"].tolist() == again["plant"].tolist()
        assert table["cluster"].tolist() == before["cluster"].tolist()
        # A run keeps its samples' latents in half precision.
        assert table["confidence"].tolist() == pytest.approx(before["confidence"].tolist(), abs=1e-3)
        expect_calm(page)


def grow_plants() -> pd.DataFrame:
    """Three kinds whose four measures lie ten of their own spreads apart."""
    generator = np.random.default_rng(4)
    centres = np.array([[10.0, 4.0, 30.0, 2.0], [30.0, 9.0, 10.0, 2.5], [20.0, 14.0, 20.0, 5.0]])
    kinds = np.tile(np.arange(3), N_EACH)
    measures = centres[kinds] * (1 + generator.normal(scale=0.04, size=(len(kinds), 4)))
    table = pd.DataFrame(measures.round(3), columns=pd.Index(["height", "leaves", "pods", "roots"]))
    table.insert(0, "plant", [f"p{number:03d}" for number in range(len(kinds))])
    table["kind"] = [KINDS[kind] for kind in kinds]
    return table


def write_csv(table: pd.DataFrame, path: Path) -> Path:
    """As a spreadsheet in much of Europe writes it: semicolons, and a comma for the decimal point."""
    table.to_csv(path, sep=";", decimal=",", index=False)
    return path
