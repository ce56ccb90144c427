"""A row for each cluster of a run, with the names and notes a person gives it, which are saved as they are typed."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from clustergan_core.errors import AppError
from clustergan_core.runs.clusters.names import MAX_NAME, MAX_NOTE, read_annotations, write_annotations
from clustergan_core.runs.run import Run
from clustergan_core.score_names import UNCALIBRATED
from ui.cells.markers import offer_csv
from ui.cells.view import CellsView, Groups
from ui.frame.messages import plain, show_problem

if TYPE_CHECKING:
    import pandas as pd
    from streamlit.delta_generator import DeltaGenerator

    from clustergan_core.runs.clusters.names import Annotations

Text = Literal["name", "note"]
# Session state: the text to restore; the field that was changed last, with what became of it; by field, a refused text
# with the reason, which stay until the field is saved; and the stored text that each field showed last.
_BEFORE, _OUTCOME, _REFUSED, _SHOWN = (f"annotations_{part}" for part in ("before", "outcome", "refused", "shown"))
_SAVED = "Saved."
_WIDTHS = (0.65, 1.6, 1.5, 1.1, 0.85, 0.6, 2.3)
_TITLES = ("Cluster", "Name", "Note", "Cells", "Confidence", "Unsure", "Top markers (exploratory)")
_N_ROWS = 20  # more text fields than these are slow to draw
_N_MARKERS = 5


def show_rows(view: CellsView, table: pd.DataFrame, markers: pd.DataFrame | None) -> None:
    """A row for each cluster of the `cluster_table` that holds cells, and the whole table as a file."""
    run, groups = view.run, view.groups
    held = table[table["cells"] > 0]
    start = _choose_part(len(held))
    shown = held.iloc[start : start + _N_ROWS]
    top = _top_markers(groups, markers)
    for column, title in zip(st.columns(_WIDTHS, gap="small"), _TITLES, strict=True):
        column.caption(title)
    colours = {cluster: group.colour for group in groups for cluster in group.clusters}
    for row in shown.to_dict("records"):
        _show_row(view, row, colours[row["cluster"]], top.get(row["cluster"], ""))
    st.caption(" ".join([*_describe_empty(table), f"Confidence is the median of a cluster's cells. {UNCALIBRATED}"]))
    for sentence in _describe_origins(view):
        st.caption(plain(sentence))
    _show_state(run)
    offer_csv("Clusters as CSV", table, f"{run.name}-clusters-named.csv", "clusters-csv")


def _choose_part(n_rows: int) -> int:
    """The first row to show, where there are more than one page holds."""
    if n_rows <= _N_ROWS:
        return 0
    return st.selectbox(
        "Rows",
        range(0, n_rows, _N_ROWS),
        format_func=lambda start: f"{start + 1} to {min(start + _N_ROWS, n_rows)}",
        key=f"rows_of_{n_rows}",  # another run has others
        width=150,
    )


def _describe_empty(table: pd.DataFrame) -> list[str]:
    """One sentence on the clusters without cells, if there are any."""
    empty = table.loc[table["cells"] == 0, "cluster"].tolist()
    if not empty:
        return []
    numbers = ", ".join(map(str, empty))
    return [f"Cluster {numbers} holds no cells." if len(empty) == 1 else f"Clusters {numbers} hold no cells."]


def _describe_origins(view: CellsView) -> list[str]:
    """A sentence for each reference that clusters have their names from."""
    by_origin: dict[str, list[int]] = {}
    for cluster, origin in view.annotations.origins.items():
        by_origin.setdefault(origin, []).append(cluster)
    return [
        f"{'Name of cluster' if len(own) == 1 else 'Names of clusters'} {', '.join(map(str, own))}: {origin}."
        for origin, own in by_origin.items()
    ]


def _show_row(view: CellsView, row: dict[Hashable, Any], colour: str, markers: str) -> None:
    run, annotations = view.run, view.annotations
    cluster = int(row["cluster"])
    number, name, note, cells, confidence, unsure, genes = st.columns(_WIDTHS, gap="small", vertical_alignment="center")
    number.html(f'<span style="color:{colour}" aria-hidden="true">■</span> {cluster}')
    fields: tuple[tuple[DeltaGenerator, Text, int], ...] = ((name, "name", MAX_NAME), (note, "note", MAX_NOTE))
    for column, what, limit in fields:
        texts = annotations.names if what == "name" else annotations.notes
        _fill_field(run, what, cluster, texts.get(cluster, ""))
        column.text_input(
            f"{what.capitalize()} of cluster {cluster}",
            max_chars=limit,
            key=_field_key(run, what, cluster),
            placeholder=f"Cluster {cluster}" if what == "name" else "–",
            label_visibility="collapsed",
            on_change=_save_text,
            args=(run, what, cluster),
        )
    cells.markdown(f"{row['cells']:,} :gray[({row['share']:.1%})]")
    confidence.markdown(f"{row['median_confidence']:.2f}")
    unsure.markdown(f"{row['unsure']:,}")
    genes.markdown(plain(markers) if markers else "–")
    _show_outcome(run, cluster)


def _fill_field(run: Run, what: Text, cluster: int, stored: str) -> None:
    """Gives a field the stored text where that has changed, or a refused text that the page has left meanwhile."""
    key, refused = _field_key(run, what, cluster), _refused_texts(run).get((what, cluster))
    shown = st.session_state.setdefault(_SHOWN, {})
    if key not in st.session_state:
        st.session_state[key] = stored if refused is None else refused[0]
    elif shown.get(key) != stored and refused is None:
        st.session_state[key] = stored
    shown[key] = stored


def _show_outcome(run: Run, cluster: int) -> None:
    """Below a row: why the text of one of its fields is not saved, or how it differs from what was typed."""
    for what in ("name", "note"):
        if (what, cluster) in _refused_texts(run):
            show_problem(_refused_texts(run)[what, cluster][1])
        changed, sentence = st.session_state.get(_OUTCOME, ("", _SAVED))
        if changed == _field_key(run, what, cluster) and sentence != _SAVED:
            st.caption(f":material/check: {plain(sentence)}")


def _refused_texts(run: Run) -> dict[tuple[Text, int], tuple[str, AppError]]:
    """By field, the text that was refused last, and why."""
    return st.session_state.setdefault(_REFUSED, {}).setdefault(str(run.folder), {})


def _show_state(run: Run) -> None:
    """What was saved last, what is not saved, and a button that undoes the last change."""
    refused = [f"the {what} of cluster {cluster}" for what, cluster in _refused_texts(run)]
    with st.container(horizontal=True, vertical_alignment="center"):
        if _OUTCOME in st.session_state:
            st.caption(f":material/check: {plain(st.session_state[_OUTCOME][1])}")
        elif not refused:
            st.caption("Names and notes are saved when you leave a field. Clusters with the same name count as one.")
        if refused:
            st.caption(f":material/warning: Not saved: {', '.join(refused)}. The reason is below the row.")
        before = st.session_state.get(_BEFORE)
        if before is not None and before[0] == str(run.folder):
            st.button("Undo the last change", key="undo", icon=":material/undo:", on_click=_undo_change, args=(run,))


def _save_text(run: Run, what: Text, cluster: int) -> None:
    """Saves the text of a field; a refusal is reported at the field, which stays as typed."""
    key = _field_key(run, what, cluster)
    typed = st.session_state[key]
    try:
        before, after = _write_text(run, what, cluster, typed)
    except AppError as problem:
        _refused_texts(run)[what, cluster] = typed, problem
        return
    _refused_texts(run).pop((what, cluster), None)
    texts = before.names if what == "name" else before.notes
    st.session_state[_BEFORE] = (str(run.folder), what, cluster, texts.get(cluster, ""))
    st.session_state[_OUTCOME] = key, _describe_change(after, what, cluster, typed)


def _describe_change(after: Annotations, what: Text, cluster: int, typed: str) -> str:
    """What became of a typed text: blanks around it are dropped, and clusters of one name count as one."""
    texts = after.names if what == "name" else after.notes
    sentences = [_SAVED]
    if typed.strip() and typed != texts[cluster]:
        sentences = [f"Saved as “{texts[cluster]}”, without the blanks around it."]
    merged = [other for other, name in after.names.items() if what == "name" and name == after.names.get(cluster)]
    if len(merged) > 1:
        sentences.append(f"Clusters {', '.join(map(str, merged))} now count as one, {after.names[cluster]}.")
    return " ".join(sentences)


def _undo_change(run: Run) -> None:
    """Restores the text that was changed last; what another tab has saved since stays."""
    _, what, cluster, text = st.session_state.pop(_BEFORE)
    try:
        _write_text(run, what, cluster, text)
    except AppError as problem:
        _refused_texts(run)[what, cluster] = text, problem
        return
    _refused_texts(run).pop((what, cluster), None)
    st.session_state[_field_key(run, what, cluster)] = text
    st.session_state[_OUTCOME] = "", "Undone and saved."


def _write_text(run: Run, what: Text, cluster: int, text: str) -> tuple[Annotations, Annotations]:
    """Changes one text in the file as it is now; returns the annotations before and after."""
    before = read_annotations(run)
    after = before.with_name(cluster, text) if what == "name" else before.with_note(cluster, text)
    write_annotations(run, after)
    return before, after


def _top_markers(groups: Groups, markers: pd.DataFrame | None) -> dict[int, str]:
    """The top markers of each cluster, which are those of its group."""
    if markers is None:
        return {}
    raised = markers[markers["score"] > 0].groupby("cluster", sort=False).head(_N_MARKERS)
    genes = {number: ", ".join(own["gene"]) for number, own in raised.groupby("cluster")}
    return {cluster: genes.get(number, "") for number, group in enumerate(groups) for cluster in group.clusters}


def _field_key(run: Run, what: str, cluster: int) -> str:
    return f"{what}_{run.name}_{cluster}"
