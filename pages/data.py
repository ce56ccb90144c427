"""Data page: choose or upload a data set, and see what it holds."""

import streamlit as st

from ui.frame.guard import require_frame

require_frame(__file__)

from pathlib import Path

from clustergan_core.data.dataset import Dataset
from clustergan_core.data.registry import DATASETS
from clustergan_core.errors import AppError
from ui.data.choice import choose_source, chosen_for, load_source
from ui.data.counts.preflight import show_reading
from ui.data.counts.view import show_counts
from ui.data.options import OwnDataOptions, choose_options, describe_look, options_in_address
from ui.data.sources import source_text
from ui.data.summary import show_all_sources, show_overview, show_size, show_source
from ui.data.uploads import list_own_files, upload_form
from ui.frame.fresh import fresh_container
from ui.frame.messages import show_problem
from ui.frame.title import show_title
from ui.loading.files import FileLook, look_at


def main() -> None:
    """Draws the page."""
    show_title("Data", "label")
    left, right = st.columns(2, gap="large")
    with right:  # first, as an upload changes what the picker shows
        upload_form()
        list_own_files()
    with left:
        source = choose_source()
        beside = fresh_container("beside_data", source)
    below = fresh_container("data", source)
    with beside:
        look = None if source is None or source in DATASETS else _look(source)
    if source is not None and (look is not None or source in DATASETS):
        if look is not None and look.kind == "counts":
            with below:
                show_counts(source, look, beside)
        else:
            with beside:
                data = _choose(source, look)
            if data is not None:
                with below:
                    st.space("small")
                    show_size(data)
                    show_overview(data)
    show_all_sources()


def _look(source: str) -> FileLook | None:
    """Looks at a person's own data; where it cannot be read, says why and returns None."""
    choices = chosen_for(source)
    try:
        return look_at(Path(source), choices.read_as, choices.orientation)
    except AppError as problem:
        show_problem(problem)
        return None


def _choose(source: str, look: FileLook | None) -> Dataset | None:
    """Describes a published set, a table, arrays or images beside the picker; returns the data if it can be read."""
    options: OwnDataOptions | None = OwnDataOptions()
    if look is not None:
        options = choose_options(Path(source), chosen_for(source))
        show_reading(source_text(source), look, chosen_for(source))
        if options is None:
            return None
    try:
        data = load_source(source, options)
    except AppError as problem:
        show_problem(problem)
        return None
    text = source_text(source)
    show_source(source)
    if look is not None:
        st.caption(describe_look(look))
    # A link and not a button: parameters that stand for widgets cannot be set while those are on the page.
    st.page_link(
        "pages/train.py",
        label=":primary[**Train on this**]",
        icon=":material/model_training:",
        query_params={"dataset": text, "task": "New run", **options_in_address(options)},
    )
    return data


main()
