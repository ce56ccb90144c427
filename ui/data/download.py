"""Downloading a published data set from a page."""

from __future__ import annotations

import streamlit as st

from clustergan_core.data.registry import DATASETS, load_dataset
from clustergan_core.errors import AppError
from ui.frame.messages import plain, show_problem


def offer_download(name: str) -> None:
    """Offers to download a published set, shows the progress, and runs the page again."""
    source = DATASETS[name]
    size = sum(file.size for file in source.files)
    amount = f" ({size / 2**20:.0f} MB)" if size else ""
    what = f"{source.n_samples:,} samples, {source.n_labels} labels, licence: {source.licence}"
    st.info(
        plain(f"{source.title} is not on this machine yet{amount}. {source.description} {what}."),
        icon=":material/cloud_download:",
    )
    if not all(any(candidate.urls for candidate in file.candidates) for file in source.files):
        # The description says where the file comes from.
        st.caption("Expected location:")
        st.code("\n".join(str(file.path) for file in source.files), language=None, wrap_lines=True)
        return
    if not st.button("Download", type="primary", icon=":material/download:", key="download"):
        return
    bar = st.progress(0.0, text="Connecting…")

    def show(message: str, fraction: float) -> None:
        bar.progress(min(max(fraction, 0.0), 1.0), text=plain(message))

    try:
        load_dataset(name, show)
    except AppError as problem:
        bar.empty()
        show_problem(problem)
        return
    st.rerun()
