"""Gives memory back when sessions have left.

.streamlit/config.toml switches off the garbage collection that Streamlit does after each run of a page: it looks at
every object of the program, which takes 0.2 s of processor time and more with every session. Python's own collection
goes on, and what those who have left still held is collected here, once for all of them.
"""

from __future__ import annotations

import ctypes
import gc
import threading
import time

import streamlit as st

# Streamlit keeps a session for another 30 s (disconnectedSessionTTL), in case its tab comes back.
WAIT_SECONDS = 35.0

_someone_left = threading.Event()


def watch_memory() -> None:
    """Notices when this session ends; app.py calls it in every run."""
    _collector()
    _notice_end()


def release_memory() -> None:
    """Collects garbage and hands freed memory to the system, where the C library can."""
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):  # not glibc: freed memory stays with the process
        return


@st.cache_resource(show_spinner=False, scope="session", on_release=lambda _: _someone_left.set())
def _notice_end() -> object:
    """Something of the session, which Streamlit releases with it."""
    return object()


@st.cache_resource(show_spinner=False)
def _collector() -> threading.Thread:
    """One thread for the whole server."""
    thread = threading.Thread(target=_collect_for_ever, name="memory", daemon=True)
    thread.start()
    return thread


def _collect_for_ever() -> None:
    while True:
        _someone_left.wait()
        _someone_left.clear()
        time.sleep(WAIT_SECONDS)
        release_memory()
