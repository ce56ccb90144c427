"""No page has a serious violation of the accessibility guidelines (WCAG 2 A and AA), as axe-core finds them."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.page_driver import WAIT, settle
from tests.browser.server import Server

CELLS = "pbmc68k_reduced-paired-clustergan"
PAGES = (
    "",
    "learn",
    "learn?lesson=islands",
    "data",
    "train",
    "sweep",
    "map",
    "modes",
    "interpolate",
    "runs",
    "compare",
    f"clusters?run={CELLS}",
    f"samples?run={CELLS}",
)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_violation(server: Server, browser: Browser, scheme: Literal["light", "dark"]) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme=scheme)
    page.set_default_timeout(WAIT)
    found = []
    for address in PAGES:
        page.goto(f"{server.url}/{address}")
        settle(page)
        violations = Axe().run(page).response["violations"]
        assert page.get_by_role("heading", level=1).count(), address
        found += [
            f"{address}: {violation['id']} at {node['target']}: {node['failureSummary']}"
            for violation in violations
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]
    page.close()
    assert not found, "\n".join(found)
