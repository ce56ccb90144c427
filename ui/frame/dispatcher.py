"""The server's part in the queue: the server's first visitor resumes a queue that a reboot left."""

from __future__ import annotations

import logging
import threading
import time

import streamlit as st

from clustergan_core.runs.queue.dispatcher import ensure_dispatcher

LOOK_SECONDS = 2.0

_log = logging.getLogger("clustergan")


@st.cache_resource(show_spinner=False)
def keep_queue() -> threading.Thread:
    """One thread for the whole server, which keeps a dispatcher running while runs wait."""
    thread = threading.Thread(target=_look_for_ever, name="queue", daemon=True)
    thread.start()
    return thread


def _look_for_ever() -> None:
    last_problem = ""
    while True:
        try:
            ensure_dispatcher()
            last_problem = ""
        except Exception as problem:  # a full disk may have room later, and nobody else would try again
            if str(problem) != last_problem:
                _log.exception("The queue is stuck")
            last_problem = str(problem)
        time.sleep(LOOK_SECONDS)
