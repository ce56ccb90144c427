"""Runs that a person starts on the page: found on disk, named by their badge, and ended with the test."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page

from clustergan_core.runs.run import Run
from tests.browser.server import Server


def only_run(server: Server) -> Run:
    """The one run of the server's folder."""
    (run,) = _runs(server)
    return run


def badge(page: Page, state: str) -> Locator:
    """What the page calls the run's state, behind the state's symbol if it has one."""
    return page.locator(".stMarkdownBadge").filter(has_text=re.compile(f"{state}$"))


@contextmanager
def leave_nothing_training(server: Server) -> Iterator[None]:
    """A training outlives its server, so a test that fails in the middle asks it to stop."""
    try:
        yield
    finally:
        for run in _runs(server):
            if not run.status().is_over:
                run.request("stop")


@contextmanager
def leave_no_sweep_training(server: Server) -> Iterator[None]:
    """The same for the runs of sweeps; those that wait leave the line, or the next server would start them."""
    try:
        yield
    finally:
        for folder in (server.folder / "runs").glob("sweep-*/sweep-*"):
            if not Run(folder).status().is_over:
                Run(folder).request("stop")
        for ticket in (server.folder / "runs" / ".queue").glob("*.ticket"):
            ticket.unlink(missing_ok=True)


def _runs(server: Server) -> list[Run]:
    return [Run(path.parent) for path in (server.folder / "runs").glob("*/config.json")]
