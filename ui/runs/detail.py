"""One run in full: its actions, its scores, and everything that repeats it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from clustergan_core.methods import METHODS
from clustergan_core.runs.assignments import describe_splits
from clustergan_core.runs.cells import is_of_cells
from clustergan_core.score_names import UNCALIBRATED
from ui.data.choice import list_choices
from ui.data.options import options_in_address
from ui.data.sources import source_text
from ui.forms.scheduler import usual_scheduler
from ui.frame.dialogs import ask_text, confirm_change
from ui.frame.links import link_page, views_of
from ui.frame.messages import plain, show_shell
from ui.frame.requests import show_badge, show_requests
from ui.frame.words import describe_duration
from ui.loading.runs import load_data
from ui.loading.summaries import RunSummary
from ui.runs.assign import assign_form
from ui.runs.scores import show_scores

LOG_END = 20_000  # characters of the log that are shown
LOG_LINES, LOG_HEIGHT = 12, 300  # a longer log scrolls


def show_run(summary: RunSummary) -> None:
    """Everything about one run; a damaged run says so and can be deleted."""
    run = summary.run
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(plain(summary.title), anchor=False, width="content")
        show_badge(summary.state)
    if summary.problem or summary.config is None or summary.status is None:
        st.error(plain(summary.problem), icon=":material/info:")
        if not run.is_shipped:
            _delete_button(summary)
        return
    st.caption(plain(_describe(summary)))
    if summary.status.message:
        st.error(plain(summary.status.message), icon=":material/info:")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _show_links(summary)
        _show_actions(summary)
    if run.has_weights() and (data := load_data(run)) is not None:
        st.caption(f"Clusters as CSV: {describe_splits(data)}")
    show_scores(summary)
    if run.has_weights() and METHODS[summary.config.method].encodes:
        with st.expander(f"Assign a new file to this run's {_word(summary)}s"):
            assign_form(run)
    with st.expander("Settings"):
        _show_settings(summary)
    with st.expander("The command that repeats this run"):
        show_shell(summary.config.command())
    card = run.folder / "card.md"
    if card.is_file():
        with st.expander("Card"):
            st.markdown(card.read_text(errors="replace").partition("\n")[2])
    log = run.log()
    if log:
        with st.expander("Log"):
            st.code(log[-LOG_END:], language=None, height=LOG_HEIGHT if log.count("\n") > LOG_LINES else "content")


def _word(summary: RunSummary) -> str:
    """What a run's groups are called: clusters of cells or of a method without modes, else modes."""
    return "cluster" if is_of_cells(summary.run) or summary.lacks_modes else "mode"


def _describe(summary: RunSummary) -> str:
    """One line on the run and its progress."""
    config, status = summary.config, summary.status
    assert config is not None and status is not None, "only whole runs are described"
    n_steps = config.schedule.n_steps
    steps = f"{status.step:,} steps" if status.step >= n_steps else f"{status.step:,} of {n_steps:,} steps"
    parts = [
        *([summary.run.name] if summary.title != summary.run.name else []),
        f"{summary.method_title} on {config.dataset.name}",
        f"{config.n_clusters} {_word(summary)}s",
        f"seed {config.seed}",
        f"{steps} in {describe_duration(status.seconds)}" if status.step else steps,
        f"started {config.created:%-d %b %Y %H:%M}",
    ]
    return " · ".join(parts)


def _show_links(summary: RunSummary) -> None:
    run, config = summary.run, summary.config
    assert config is not None
    for view in views_of(run, has_modes=not summary.lacks_modes) if run.has_weights() else ():
        link_page(view, {"run": run.name})
    link_page("Compare", {"runs": run.name}, "Compare with …")
    if not run.is_shipped:
        link_page("Train", {"run": run.name, "task": "Watch a run"})
    source = config.dataset.source
    text = source_text(source)
    if text in list_choices():
        link_page("Data", {"dataset": text, **options_in_address(config.dataset.options)})


def _show_actions(summary: RunSummary) -> None:
    run = summary.run
    assert summary.status is not None
    show_requests(run, summary.status, usual_scheduler(), "{}", is_main=True)
    if run.has_weights():
        _download_button(summary)
    if run.is_shipped:
        return
    if st.button("Rename", key="rename", icon=":material/edit:"):
        ask_text(
            "Rename the run",
            "Title",
            value=run.config.title,
            placeholder=run.name,
            note=plain(f"Links and the command line keep the name {run.name}."),
            change=run.rename,
        )
    _delete_button(summary)


def _delete_button(summary: RunSummary) -> None:
    is_training = summary.is_training and not summary.problem
    if st.button(
        "Delete",
        key="delete",
        icon=":material/delete:",
        disabled=is_training,
        help="Stop it on the Train page before deleting it." if is_training else None,
    ):
        confirm_change(
            "Delete this run?",
            f"**{plain(summary.title)}** will be deleted with its weights, scores, maps and log. "
            "This cannot be undone.",
            yes="Delete it",
            change=summary.run.delete,
        )


def _download_button(summary: RunSummary) -> None:
    """Clusters, confidence and latents of all samples; computed when the button is pressed."""
    run = summary.run
    is_here = load_data(run) is not None

    def csv() -> bytes:
        from clustergan_core.runs.clusters.tables import edited_run_table

        return edited_run_table(run).to_csv(index=False).encode()

    st.download_button(
        "Clusters as CSV",
        data=csv,
        file_name=f"{run.name}-clusters.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        disabled=not is_here,
        help=f"Each sample with its split, cluster, confidence, label, columns of the data and latents. {UNCALIBRATED}"
        if is_here
        else "Needs the data this run was trained on, which is not on this machine: see the Data page.",
    )


def _show_settings(summary: RunSummary) -> None:
    config = summary.config
    assert config is not None
    differing = config.changed_settings()
    fields = METHODS[config.method].Settings.model_fields
    names = sorted(config.settings, key=lambda name: name not in differing)
    st.dataframe(
        pd.DataFrame(
            {
                "Setting": [fields[name].title or name if name in fields else name for name in names],
                "Value": [str(config.settings[name]) for name in names],
                "Preset": ["differs" if name in differing else "" for name in names],
                "Meaning": [fields[name].description or "" if name in fields else "" for name in names],
            }
        ),
        hide_index=True,
    )
    versions = ", ".join(f"{name} {version}" for name, version in config.versions.items())
    st.caption(
        plain(
            f"Preset {config.preset}, {config.schedule.n_steps:,} steps, seed {config.seed}, {config.device} with "
            f"{config.threads} thread{'' if config.threads == 1 else 's'}; {versions}. {' '.join(config.notes)}"
        )
    )
