"""Where runs train: on this machine, or on the workers of a scheduler."""

from __future__ import annotations

import os

import streamlit as st

_KEY = "scheduler_address"
_KEPT = "kept_scheduler"  # session state: the address, also on pages without the field


def choose_scheduler() -> str | None:
    """A field for the address of a dask.distributed scheduler; None where runs train on this machine."""
    with st.popover("Where it trains", width="stretch", icon=":material/lan:"):
        address = st.text_input(
            "Scheduler",
            usual_scheduler() or "",
            key=_KEY,
            max_chars=200,
            placeholder="tcp://host:8786",
            help="The address of a dask.distributed scheduler whose workers share the runs folder and the data.",
        ).strip()
        st.caption(
            "Leave it empty to train on this machine, in its queue. docs/cluster.md explains how to set up workers."
        )
    st.session_state[_KEPT] = address
    return address or None


def usual_scheduler() -> str | None:
    """The address chosen last in this session, else what the operator set as CLUSTERGAN_SCHEDULER."""
    address = st.session_state.get(_KEPT)
    return (os.environ.get("CLUSTERGAN_SCHEDULER") if address is None else address) or None
