"""The server's part in the queue: it starts what there is room for, whether or not somebody looks."""

from __future__ import annotations

import logging
import threading
import time

import streamlit as st

from clustergan_core.runs.tickets import read_tickets

TICK_SECONDS = 1.0

_log = logging.getLogger("clustergan")


@st.cache_resource(show_spinner=False)
def keep_queue() -> threading.Thread:
    """One thread for the whole server, begun with its first visitor; a line that an earlier server left goes on."""
    thread = threading.Thread(target=_tick_for_ever, name="queue", daemon=True)
    thread.start()
    return thread


def _tick_for_ever() -> None:
    last_problem = ""
    while True:
        try:
            if read_tickets():
                from clustergan_core.runs.queue import advance  # PyTorch, only when there is something to start

                advance()
            last_problem = ""
        except Exception as problem:  # a full disk today is free tomorrow, and nobody else would go on
            if str(problem) != last_problem:
                _log.exception("The queue stands still")
            last_problem = str(problem)
        time.sleep(TICK_SECONDS)
