"""Every page opens inside app.py, and what goes wrong on one becomes a sentence."""

import logging
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from clustergan_core.paths import PRETRAINED_FOLDER
from clustergan_core.runs.store import list_shipped
from tests.app.app_pages import open_page
from ui.runs.choice import FIRST_LOOK

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted((PROJECT / "pages").glob("*.py"))


@pytest.fixture(autouse=True)
def _own_folders(own_folders: Path) -> None:
    """Nothing of this machine's runs is read or written."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_opens_without_an_error(page: Path) -> None:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()
    app.switch_page(f"pages/{page.name}").run()
    assert not app.exception
    assert not app.error
    assert app.title or app.header or app.markdown
    if page.stem not in ("start", "learn"):
        assert app.title[0].proto.help.endswith("[All words](learn#glossary)")


@pytest.mark.skipif(FIRST_LOOK not in {run.name for run in list_shipped()}, reason="needs the shipped models")
@pytest.mark.parametrize("page", ["map", "modes", "interpolate"])
def test_a_first_look_is_at_the_model_that_shows_most_and_then_at_ones_own_run(page: str, own_folders: Path) -> None:
    assert open_page(page).selectbox(key="run").value == FIRST_LOOK
    shutil.copytree(PRETRAINED_FOLDER / "digits-clustergan", own_folders / "runs" / "mine")
    assert open_page(page).selectbox(key="run").options[:2] == ["mine", FIRST_LOOK]
    assert open_page(page).selectbox(key="run").value == "mine"


def test_a_mistake_that_can_be_mended_is_told_in_its_own_words_and_ends_the_page() -> None:
    def script() -> None:
        import streamlit as st

        from clustergan_core.errors import DataError
        from ui.frame.messages import page_errors

        with page_errors():
            st.text("drawn before")
            raise DataError("cells_*.csv has no column: name one.")

    app = AppTest.from_function(script).run()
    assert [text.value for text in app.text] == ["drawn before"]
    assert [error.value for error in app.error] == [r"cells\_\*.csv has no column: name one."]
    assert not app.exception


def test_our_own_bug_is_a_calm_sentence_on_the_page_and_a_traceback_in_the_log(own_folders: Path) -> None:
    def script() -> None:
        from ui.frame.messages import log_errors, page_errors

        log_errors()
        log_errors()
        with page_errors():
            raise ZeroDivisionError("secret detail")

    app = AppTest.from_function(script).run()
    log = own_folders / "app.log"
    assert len(app.error) == 1
    assert "Something went wrong on our side" in app.error[0].value
    assert "secret detail" not in app.error[0].value
    assert not app.exception
    assert log.read_text().count("ZeroDivisionError: secret detail") == 1


def test_an_error_streamlit_itself_catches_is_logged_too(own_folders: Path) -> None:
    def script() -> None:
        from ui.frame.messages import log_errors

        log_errors()
        raise ZeroDivisionError("outside every guard")

    app = AppTest.from_function(script).run()
    assert app.exception
    assert "outside every guard" in (own_folders / "app.log").read_text()


@pytest.fixture(autouse=True)
def _closed_logs() -> object:
    """The log's handlers outlive a test; its folder does not."""
    yield
    for name in ("clustergan", "streamlit.error_util"):
        logger = logging.getLogger(name)
        for handler in [h for h in logger.handlers if isinstance(h, logging.FileHandler)]:
            logger.removeHandler(handler)
            handler.close()
