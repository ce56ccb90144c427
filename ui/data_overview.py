"""Samples of a data set as the networks will see them, beside its labels, splits and preparation."""

from __future__ import annotations

import streamlit as st

from clustergan_core.data.dataset import Dataset
from ui.data_samples import show_distributions, show_samples
from ui.data_summary import show_balance, show_preparation, show_splits


def show_overview(data: Dataset) -> None:
    """Two columns: samples and features, and what is known of them."""
    samples, balance = st.columns([0.6, 0.4], gap="large")
    with samples:
        show_samples(data)
        show_distributions(data)
    with balance:
        show_balance(data)
        show_splits(data)
        show_preparation(data)
