"""Conditions, donors and technologies of a run's samples, which may be given or corrected after its training."""

from __future__ import annotations

import hashlib
import json

import pandas as pd
import streamlit as st

from clustergan_core.data.counts.batches import write_sample_table
from clustergan_core.data.dataset import Batches, SampleFacts
from clustergan_core.errors import DataError
from ui.frame.messages import page_errors, plain, show_problem
from ui.samples.view import SamplesView

_EDITED = ("condition", "donor", "technology")
_N_TOLD = 6  # samples
_OPENED = "opened_sample_tables"  # session state: runs whose table lacked conditions
_ROUND = "run_sample_table_round"  # session state: counts tables; a new key empties the picker


def show_facts(view: SamplesView) -> None:
    """The table, to be typed into or uploaded; open where a sample has no condition."""
    batches = view.batches
    if batches is None:
        return
    opened: set[str] = st.session_state.setdefault(_OPENED, set())
    if not all(facts.condition for facts in batches.table):
        opened.add(view.run.name)  # it stays open after the last one is filled in
    with st.expander("Conditions and donors", expanded=view.run.name in opened, icon=":material/edit_note:"):
        _edit(view, batches)


def _edit(view: SamplesView, batches: Batches) -> None:
    from clustergan_core.runs.clusters.samples import facts_path, write_facts

    table = pd.DataFrame([facts.model_dump() for facts in batches.table])
    content = json.dumps([facts.model_dump() for facts in batches.table]).encode()
    fields = SampleFacts.model_fields
    edited = st.data_editor(
        table,
        hide_index=True,
        disabled=["sample", "name"],
        key=f"run_samples_{view.run.name}_{hashlib.blake2b(content, digest_size=6).hexdigest()}",
        column_config={
            name: st.column_config.TextColumn(field.title, help=field.description) for name, field in fields.items()
        },
    )
    rows = [
        SampleFacts(**{str(name): str(value).strip() for name, value in row.items()})
        for row in edited.fillna("").to_dict("records")
    ]
    if tuple(rows) != batches.table:
        write_facts(view.run, batches, rows)
        st.rerun()
    _propose(view, batches)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.download_button(
            "Download as CSV", write_sample_table(batches.table), "samples.csv", "text/csv", icon=":material/download:"
        )
        _upload(view, batches)
        if facts_path(view.run).exists():
            st.button(
                "As trained",
                key="samples_as_trained",
                icon=":material/undo:",
                help="Drops what was changed after training.",
                on_click=page_errors()(lambda: facts_path(view.run).unlink(missing_ok=True)),
            )
    st.caption(
        "Training uses none of these, so nothing has to be trained again: what you change is kept beside the run, and "
        "its record stays as it is. Tests between conditions begin at three samples of each."
    )


def _propose(view: SamplesView, batches: Batches) -> None:
    """Offers what the file's own columns say of samples, which a person confirms."""
    from clustergan_core.runs.clusters.samples import propose_facts, write_facts

    matrix = view.cells.matrix
    proposed = None if matrix is None else propose_facts(matrix.cells, batches)
    if proposed is None:
        return
    new = [name for name in _EDITED if getattr(proposed[0], name) != getattr(batches.table[0], name)]
    shown = ", ".join(
        f"{facts.name}: {', '.join(getattr(facts, name) for name in new)}" for facts in proposed[:_N_TOLD]
    )
    with st.container(border=True):
        more = ", …" if len(proposed) > _N_TOLD else ""
        st.markdown(f"**Does the file tell each sample's {' and '.join(new)}?** {plain(shown)}{more}")
        st.button(
            "Take them from the file",
            key="take_sample_facts",
            on_click=page_errors()(lambda: write_facts(view.run, batches, proposed)),
        )


def _upload(view: SamplesView, batches: Batches) -> None:
    from clustergan_core.runs.clusters.samples import write_facts

    number = st.session_state.setdefault(_ROUND, 0)
    with st.popover("Upload a table", icon=":material/upload:"):
        file = st.file_uploader(
            f"A CSV with the columns sample, {', '.join(_EDITED)}", key=f"run_samples_file_{number}"
        )
    if file is None:
        return
    try:
        write_facts(view.run, batches, file.getvalue())
    except DataError as problem:
        show_problem(problem)  # a file that is refused stays, to be replaced
        return
    st.session_state[_ROUND] = number + 1
    st.rerun()
