"""How a count matrix was prepared, in one line, for pages on which that is not chosen."""

from __future__ import annotations

import streamlit as st

from clustergan_core.data.dataset import Dataset
from clustergan_core.data.options import OwnDataOptions
from ui.messages import plain
from ui.own_file_options import options_in_address
from ui.page_links import link_page


def show_preparation_line(data: str, options: OwnDataOptions, dataset: Dataset) -> None:
    """What is left of the cells and genes, by which choices, and the way back to them; `data` as in the address."""
    steps = {step["step"]: step for step in dataset.preprocessing}
    quality, genes = steps["quality"], steps["select_genes"]
    words = ", ".join(f"{name} {value}" for name, value in options.preparation.items()) or "default"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"**{quality['n_cells_left']:,} of {quality['n_cells']:,} cells × {len(genes['ids']):,} genes** "
            f":gray[(preparation: {plain(words)})]",
            width="content",
        )
        link_page("Data", {"dataset": data, **options_in_address(options)}, "Change on the Data page")
