"""A person's patience and eyes: waiting until a page has come to rest, and noticing that something went wrong."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as WaitedInVain

WAIT = 90_000  # milliseconds: a step of a person's way on a machine that trains at the same time
_LIST_WAIT = 8_000  # milliseconds: a list that is open and holds the option shows it long before

# Quiet: the script has ended and nothing is announced, half loaded or out of date.
IS_QUIET = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    const busy = '[data-testid="stSkeleton"], [data-testid="stAppSkeleton"], [data-testid="stSpinner"], '
        + '[data-testid="stStatusWidget"], [data-stale="true"]';
    return app?.dataset.testScriptState === "notRunning"
        && app.dataset.testConnectionState === "CONNECTED"
        && !document.querySelector(busy)
        && [...document.images].every((image) => image.complete)
        && document.fonts.status === "loaded";
}"""
# At rest: quiet for a third of a second, since a page that starts another run is quiet in between.
_AT_REST = f"""() => {{
    const isQuiet = ({IS_QUIET})();
    if (!isQuiet) window.restSince = null;
    else window.restSince ??= performance.now();
    return isQuiet && performance.now() - window.restSince > 300;
}}"""
_WRONG = re.compile("Something went wrong|Traceback|Page not found|Uncaught app exception")


def visit(page: Page, url: str) -> None:
    """Opens an address and waits until the page is at rest."""
    page.goto(url)
    settle(page)


def settle(page: Page) -> None:
    """Waits until the page is at rest."""
    page.wait_for_function(_AT_REST, timeout=WAIT)


def expect_calm(page: Page) -> None:
    """Nothing on the page speaks of a mistake of ours."""
    expect(page.get_by_text(_WRONG)).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def follow(page: Page, name: str) -> None:
    """Goes to another page by the navigation."""
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
    expect(page).to_have_title(f"{name} · ClusterGAN Explorer")
    settle(page)
    expect_calm(page)


def fill_number(page: Page, label: str, value: int) -> None:
    """Types a number into its field, as one does before going on to the next."""
    field = page.get_by_role("spinbutton", name=label, exact=True)
    field.fill(str(value))
    field.press("Enter")
    settle(page)


def choose(page: Page, label: str, option: str | re.Pattern[str], typed: str | None = None) -> None:
    """Takes one option of a list on a page at rest, after typing a part of it where `typed` is given."""
    settle(page)
    take(page, label, option, typed)
    settle(page)


def take(page: Page, label: str, option: str | re.Pattern[str], typed: str | None = None) -> None:
    """Takes one option of a list.

    A list closes by itself when the page under it moves, as it does while figures above take their height. A person
    opens it again; so does this, twice.
    """
    combobox = page.get_by_role("combobox", name=label, exact=True)
    combobox.scroll_into_view_if_needed()
    for patience in (_LIST_WAIT, _LIST_WAIT, WAIT):
        if typed is None:
            combobox.click()
        else:
            combobox.fill(typed)
        try:
            page.get_by_role("option", name=option, exact=True).click(timeout=patience)
            return
        except WaitedInVain:
            if patience == WAIT:
                raise


def download(page: Page, button: Locator, folder: Path) -> Path:
    """Presses a button that hands over a file, and returns where it was saved."""
    with page.expect_download(timeout=WAIT) as handed_over:
        button.click()
    path = folder / handed_over.value.suggested_filename
    handed_over.value.save_as(path)
    return path


class Drag:
    """A handle held by the mouse, between whose press and release the page may send nothing to the server."""

    def __init__(self, page: Page, track: Locator) -> None:
        self._page = page
        self._track = track
        track.scroll_into_view_if_needed()
        track.hover()
        if track.get_attribute("data-strip") is not None:
            expect(track).to_have_attribute("data-strip", "here")  # what comes with the pointer
        settle(page)

    def __enter__(self) -> "Drag":
        self._page.evaluate(_COUNT_MESSAGES)
        self._page.mouse.down()
        self.n_sent = self._page.evaluate("window.nSent")
        return self

    def to(self, share: float) -> None:
        """Moves the handle to a share of its track."""
        box = self._track.bounding_box()
        assert box is not None
        self._page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] * 0.6)

    def __exit__(self, *_: object) -> None:
        assert self._page.evaluate("window.nSent") == self.n_sent, "a drag asks the server nothing"
        self._page.mouse.up()
        settle(self._page)


# Counts what goes through any socket of the page, also one that was opened before.
_COUNT_MESSAGES = """() => {
    window.nSent ??= 0;
    if (window.isCounting) return;
    window.isCounting = true;
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (...parts) { window.nSent += 1; return send.apply(this, parts); };
}"""
