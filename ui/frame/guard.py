"""Makes app.py run every page, also when a link leads straight to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import streamlit as st

_is_framed: ContextVar[bool] = ContextVar("is_framed", default=False)


@contextmanager
def frame() -> Iterator[None]:
    """Marks what runs inside as run by app.py."""
    token = _is_framed.set(True)
    try:
        yield
    finally:
        _is_framed.reset(token)


def require_frame(page_file: str) -> None:
    """First line of every page: `require_frame(__file__)`.

    A freshly started server takes the folder pages/ for Streamlit's old way of finding pages, and runs a deep link's
    script without app.py, until some session has called `st.navigation`. So a page that finds itself alone calls it,
    and runs again: from then on the server goes through app.py. The page must be in that list beside the default one,
    else the browser would say "page not found" for a moment.
    """
    if _is_framed.get():
        return
    path = Path(page_file)
    st.navigation([st.Page(_nothing, default=True), st.Page(path, url_path=path.stem)], position="hidden")
    st.rerun()


def _nothing() -> None:
    """The default page for the moment before app.py runs."""
