"""A real server and a real Chromium."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import find_chromium
from tests.browser.server import PROJECT, Server, running_server

WAIT = 40_000  # milliseconds: the first page of a server on a busy machine

expect.set_options(timeout=WAIT)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; each test has a context of its own."""
    path = find_chromium()
    if path is None:
        pytest.fail("no Chromium here: run `make browser`")
    # As root Chromium refuses its sandbox; in a container /dev/shm is often too small for it.
    arguments = ["--disable-dev-shm-usage"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab on a 1280-px screen, in the light theme."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    context.set_default_timeout(WAIT)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app for the tests of one file, with empty runs and uploads folders."""
    with running_server(tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts a server no session has touched yet: `start_server()`, or of another script, `start_server(script)`."""
    with ExitStack() as stack:
        yield lambda script=PROJECT / "app.py": stack.enter_context(running_server(tmp_path, script))
