"""How a page reports what is wrong: one calm sentence for the person, the traceback for the log."""

import logging
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from textwrap import dedent

import streamlit as st

from clustergan_core.errors import AppError
from clustergan_core.paths import PROJECT_FOLDER

LOG_SIZE = 2**20  # bytes, after which a file is renamed to .1 and a new one started

_log = logging.getLogger("clustergan")


def log_path() -> Path:
    """Where errors are written: $CLUSTERGAN_LOG, else logs/app.log beside app.py."""
    return Path(os.environ.get("CLUSTERGAN_LOG") or PROJECT_FOLDER / "logs" / "app.log")


def log_errors() -> None:
    """Sends errors, also those Streamlit itself catches, to the log file; calling it again changes nothing."""
    path = log_path()
    # Streamlit's loggers do not propagate, so the one that reports page errors gets a handler by name.
    loggers = [logging.getLogger(name) for name in ("clustergan", "streamlit.error_util")]
    for logger in loggers:
        logged = {Path(h.baseFilename) for h in logger.handlers if isinstance(h, RotatingFileHandler)}
        if path.absolute() in logged:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=LOG_SIZE, backupCount=3, delay=True, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(handler)


def show_problem(problem: AppError | str) -> None:
    """One sentence on the page for something the person can fix, and the lines of code it may hold."""
    sentence, _, code = str(problem).partition("\n")
    st.error(plain(sentence), icon=":material/info:")
    if code:
        st.code(dedent(code), language=None)


def plain(text: str) -> str:
    """Text escaped for Markdown, since names of files and columns hold stars and brackets.

    An underscore inside a word and a tilde after a slash are left alone: Markdown takes them literally, and a backslash
    would break addresses.
    """
    return re.sub(r"[\\`*\[\]$<]|(?<!/)~|(?<!\w)_|_(?!\w)", r"\\\g<0>", text)


def show_notes(notes: Sequence[str]) -> None:
    """What a person should know about a result, one sentence each."""
    for note in notes:
        st.caption(plain(note))


@contextmanager
def section_errors() -> Iterator[None]:
    """Shows an AppError of one section as its sentence; the sections after it are drawn."""
    try:
        yield
    except AppError as problem:
        show_problem(problem)


@contextmanager
def page_errors() -> Iterator[None]:
    """Shows what goes wrong inside as one sentence and stops there; what was drawn before stays.

    app.py wraps every page in it. A fragment or a callback runs without app.py, so it takes it as its decorator:

        @st.fragment
        @page_errors()
        def picture() -> None: ...
    """
    try:
        yield
    # Streamlit's own stop and rerun are no Exceptions and pass through.
    except AppError as problem:
        show_problem(problem)
        st.stop()
    except Exception:
        _log.exception("On the page %s", st.context.url)
        st.error(
            f"Something went wrong on our side; the details are in {plain(str(log_path()))}. "
            "Your runs and files are as they were.",
            icon=":material/error:",
        )
        st.stop()


def show_shell(command: str, note: str = "") -> None:
    """The command, an optional note, and how to activate the environment."""
    st.code(command, language="shell", wrap_lines=True)
    st.caption(
        f"{note} Run it in the program's folder, with its environment active: `source .venv/bin/activate`.".strip()
    )
