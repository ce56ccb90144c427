"""Which column holds known classes: one of the data's own, or of a table uploaded with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from clustergan_core.data.own.label_proposal import LABEL_NAMES, LabelProposal, describe_levels
from clustergan_core.data.own.labels import NO_LABELS
from clustergan_core.data.uploads.label_tables import label_tables
from clustergan_core.errors import DataError
from ui.frame.choices import select, write_address
from ui.frame.messages import page_errors, plain
from ui.loading.files import FileLook, look_at

LABELS_KEY = "labels"  # the widget's key and the address's parameter
AUTOMATIC = "automatic"
_HELP = (
    "The column of known classes, if there is one. Training never uses it; it is only compared with the clusters. "
    "automatic: use a column named label, labels, class or target; none: skip the comparison."
)


def choose_labels(path: Path, look: FileLook, columns: Sequence[str]) -> str | None:
    """A select box, and a proposal until a person has chosen; returns the choice as `--labels` takes it.

    None is automatic: a column whose own name says that it holds labels. A proposal is used only when it is confirmed.
    """
    tables = columns_of_tables(path)
    choices = [AUTOMATIC, NO_LABELS, *(name for name in columns if name != NO_LABELS), *tables]
    if st.session_state.get(LABELS_KEY, AUTOMATIC) not in choices:
        st.session_state[LABELS_KEY] = AUTOMATIC  # it belonged to other data, and the browser would go on showing it
    chosen = select(LABELS_KEY, choices, "Labels", help_text=_HELP)
    if chosen != AUTOMATIC:
        return tables.get(chosen, chosen)
    is_named = look.proposal is not None and look.proposal.column.lower() in LABEL_NAMES
    table, proposal = (None, look.proposal) if is_named else _propose(path, look)
    if proposal is not None and (table is not None or not is_named):
        _show_proposal(table, proposal)
    return NO_LABELS if look.proposal is not None and not is_named else None


def forget_labels() -> None:
    """Has the select box propose again, as for other data; called before it is drawn."""
    st.session_state[LABELS_KEY] = AUTOMATIC
    if LABELS_KEY in st.query_params:
        write_address(LABELS_KEY, [])


def _propose(path: Path, look: FileLook) -> tuple[Path | None, LabelProposal | None]:
    """(the table beside the data, None for the data itself; its column that most likely holds known classes)."""
    for table in label_tables(path):
        try:
            proposal = look_at(table, read_as="table").proposal_as_table
        except DataError:
            continue  # a text file that is no table
        if proposal is not None:
            return table, proposal
    return None, look.proposal


def _show_proposal(table: Path | None, proposal: LabelProposal) -> None:
    where = f"`{plain(proposal.column)}`" + (f" of {plain(table.name)}" if table is not None else "")
    levels = plain(describe_levels(proposal.levels, proposal.n_unlabelled))
    text = proposal.column if table is None else _text(table, proposal.column)
    with st.container(border=True):
        st.markdown(f"**Are these known classes?** {where}: {levels}.")
        st.caption(f"Proposed because {proposal.reason}. Nothing uses it until you confirm it.")
        with st.container(horizontal=True, gap="small"):
            for key, label, choice in (
                ("confirm_labels", "Use as labels", text),
                ("refuse_labels", "No labels", NO_LABELS),
            ):
                st.button(label, key=key, on_click=page_errors()(_choose), args=(choice,))


def _choose(text: str) -> None:
    st.session_state[LABELS_KEY] = text


def columns_of_tables(path: Path) -> dict[str, str]:
    """Columns of classes in the tables beside a file: what to call them, and FILE:COLUMN."""
    columns = {}
    for table in label_tables(path):
        try:
            look = look_at(table, read_as="table")
        except DataError:
            continue  # a text file that is no table
        columns |= {_text(table, column): f"{table}:{column}" for column in look.classes}
    return columns


def label_text(labels: str | None) -> str:
    """A choice as `--labels` takes it, in the words of the select box."""
    if labels is None:
        return AUTOMATIC
    file, separator, column = labels.rpartition(":")
    return _text(Path(file), column) if separator and Path(file).is_file() else labels


def _text(table: Path, column: str) -> str:
    return f"{table.name}: {column}"
