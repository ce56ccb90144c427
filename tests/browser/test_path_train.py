"""A person trains a model on the page, and neither a reload nor a stop loses anything."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from clustergan_core.data.registry import load_dataset
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.estimate import estimate_run
from tests.browser.page_driver import WAIT, expect_calm, fill_number, follow, settle, visit
from tests.browser.server import Server
from tests.browser.training_driver import badge, leave_nothing_training, only_run

TRAINING_SECONDS = 30  # of the whole run: long enough to be seen, reloaded and stopped


@pytest.mark.timeout(600)
def test_a_training_is_watched_reloaded_stopped_continued_and_listed(
    start_server: Callable[..., Server], page: Page
) -> None:
    server, n_steps = start_server(), steps_of(TRAINING_SECONDS)
    with leave_nothing_training(server):
        visit(page, f"{server.url}/train?dataset=digits")
        fill_number(page, "Steps", n_steps)
        expect_calm(page)
        page.get_by_role("button", name="Start training").click()

        expect(step_line(page)).to_have_text(re.compile(rf"Step [1-9][\d,]* of {n_steps:,} "), timeout=WAIT)
        first = read_step(page)
        expect(step_line(page)).not_to_have_text(re.compile(rf"^Step {first:,} of"), timeout=WAIT)
        seen = read_step(page)
        assert seen > first
        run = only_run(server)
        expect(page).to_have_url(re.compile(r"[?&]task=Watch"))

        page.reload()
        expect(step_line(page)).to_be_visible(timeout=WAIT)
        expect(page.get_by_role("combobox", name="Run")).to_have_value(run.name)
        assert read_step(page) >= seen
        expect_calm(page)

        page.get_by_role("button", name=re.compile("^Stop")).click()  # the only one: Streamlit's own is hidden
        expect(badge(page, "stopped")).to_be_visible(timeout=WAIT)
        settle(page)
        stopped = read_step(page)
        assert seen <= stopped < n_steps
        assert (run.status().state, run.status().step) == ("stopped", stopped)
        expect_calm(page)

        page.get_by_role("button", name="Continue").click()
        expect(badge(page, "finished")).to_be_visible(timeout=2 * WAIT)
        settle(page)
        assert read_step(page) == n_steps
        assert [row["step"] for row in run.metrics().rows] == sorted({row["step"] for row in run.metrics().rows})
        expect(page.get_by_role("heading", name="Result")).to_be_visible()
        expect_calm(page)

        follow(page, "Runs")
        expect(page.get_by_role("combobox", name="Run")).to_have_value(run.name)
        expect(badge(page, "finished")).to_be_visible()
        expect(page.get_by_text(re.compile(rf"· {n_steps:,} steps in "))).to_be_visible()
        table = page.get_by_role("region", name="Runs with their state and scores")
        expect(table.locator("[role=gridcell]").filter(has_text="finished")).to_have_count(1)
        expect_calm(page)


def steps_of(seconds: float) -> int:
    """How many steps of the default training on digits this machine does in that time, at its present pace."""
    dataset = load_dataset("digits")
    config = make_config(dataset, "digits")
    return max(60, round(seconds / estimate_run(config, dataset).seconds_per_step))


def step_line(page: Page) -> Locator:
    return page.get_by_text(re.compile(r"^Step [\d,]+ of [\d,]+ "))


def read_step(page: Page) -> int:
    text = step_line(page).inner_text()
    return int(text.split()[1].replace(",", ""))
