"""A person sweeps over K on the page: one run is paused and resumed, a reload loses nothing, and the table fills."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from clustergan_core.data.registry import load_dataset
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.estimate import estimate_run
from clustergan_core.runs.sweeps.sweep import open_sweep
from tests.browser.page_driver import WAIT, expect_calm, fill_number, settle, take, visit
from tests.browser.server import Server
from tests.browser.training_driver import badge, leave_no_sweep_training

TRAINING_SECONDS = 6  # of each run: long enough to be paused


@pytest.mark.timeout(900)
def test_a_sweep_is_started_paused_in_part_reloaded_resumed_and_read(
    start_server: Callable[..., Server], page: Page
) -> None:
    server = start_server()
    with leave_no_sweep_training(server):
        visit(page, f"{server.url}/sweep?dataset=digits&method=ClusterGAN&preset=quick&values=9,10&seeds=0,1")
        fill_number(page, "Steps", steps_of(TRAINING_SECONDS))
        expect(page.get_by_text("4 runs: 2 values × 2 seeds")).to_be_visible()
        expect(page.get_by_text(re.compile(r"About .* on this machine"))).to_be_visible(timeout=WAIT)
        expect_calm(page)
        page.get_by_role("button", name="Start 4 runs").click()

        expect(badge(page, "training").first).to_be_visible(timeout=WAIT)
        expect(page).to_have_url(re.compile(r"[?&]sweep=sweep-digits-clustergan-n_clusters-"))
        (folder,) = (server.folder / "runs").glob("sweep-*")
        sweep = open_sweep(folder)
        last = sweep.points[-1]

        take(page, "One run", "K = 10, seed 1")
        page.get_by_test_id("stMain").get_by_role("button", name="Pause", exact=True).click()
        expect(badge(page, "1 paused")).to_be_visible(timeout=WAIT)
        assert sweep.statuses()[last].state == "paused"
        expect_calm(page)

        page.reload()
        expect(badge(page, "1 paused")).to_be_visible(timeout=WAIT)
        expect(page.get_by_role("combobox", name="Sweep")).to_have_value(sweep.name)
        expect(badge(page, "3 finished")).to_be_visible(timeout=3 * WAIT)
        expect(page.get_by_text("From the 3 of 4 runs finished so far.")).to_be_visible(timeout=WAIT)

        settle(page)
        take(page, "One run", "K = 10, seed 1")
        page.get_by_role("button", name="Resume", exact=True).click()
        expect(badge(page, "4 finished")).to_be_visible(timeout=2 * WAIT)
        settle(page)
        expect(page.get_by_role("heading", name="Result")).to_be_visible()
        # With two seeds of so few steps, chance decides whether any criterion tells the two values apart.
        expect(page.get_by_text(re.compile("Suggested K = (9|10)|No K stands out")).first).to_be_visible()
        table = page.get_by_role("region", name="Scores and criteria at each value")
        expect(
            table.locator("[role=gridcell]").filter(has_text=re.compile(r"^0\.\d{3} ± 0\.\d{3}$")).first
        ).to_have_count(1)
        expect_calm(page)

        names = [run.name for point, run in sweep.finished() if point.values == last.values]
        compare_with_other_seeds(page, names)


def compare_with_other_seeds(page: Page, names: list[str]) -> None:
    """Follows the link to the runs of the same K side by side."""
    page.get_by_test_id("stMain").get_by_role("link", name="Compare its seeds").click()
    expect(page).to_have_title("Compare · ClusterGAN Explorer")
    settle(page)
    assert parse_qs(urlsplit(page.url).query)["runs"] == names
    expect_calm(page)


def steps_of(seconds: float) -> int:
    """How many steps of a quick training on digits this machine does in that time, at its present pace."""
    dataset = load_dataset("digits")
    config = make_config(dataset, "digits", method="clustergan", preset="quick")
    return max(60, round(seconds / estimate_run(config, dataset).seconds_per_step))
