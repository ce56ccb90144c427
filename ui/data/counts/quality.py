"""Quality control step by step: figures of the cells, thresholds on them, and what each rule removes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.data.counts.doublets import Doublets, find_doublets
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.quality import check_quality, why_missing
from clustergan_core.data.counts.settings import quality_preset
from clustergan_core.data.dataset import Batches
from clustergan_core.data.opening import choose_cells, tables_beside
from clustergan_core.drawing.figures.quality import figure_histogram
from clustergan_core.errors import DataError
from ui.data.choice import stamp_of
from ui.data.count_choices import can_undo, undo_choice
from ui.data.counts.preparation import PreparationForm
from ui.data.counts.sample_quality import show_doublets, show_samples_kept
from ui.frame.messages import page_errors, show_problem
from ui.frame.theme import show_figure
from ui.loading.matrices import load_figures, load_matrix

if TYPE_CHECKING:
    from clustergan_core.data.counts.quality import QualityReport
    from clustergan_core.data.options import OwnDataOptions

_PRESET = "quality_preset"  # the picker's key
_PRESETS = {
    "permissive": "removes barcodes with fewer than 100 genes (fewer where the file has few genes), and genes found in "
    "fewer than 3 cells",
    "classic": "keeps cells with 200 to 2,500 genes and less than 5% mitochondrial counts, as in many tutorials",
    "MAD": "removes cells far from this file's median, measured in median absolute deviations",
    "paper": "removes nothing, as ClusterGAN's authors did",
}
# Figures in the order of their columns, each with the rules that limit it.
_RULES = {
    "total counts": ("min_counts", "n_mads"),
    "genes detected": ("min_genes", "max_genes"),
    "mitochondrial share": ("max_mito_share", "n_mito_mads"),
}
_LOGARITHMIC = ("total counts", "genes detected")


def show_quality(path: Path, options: OwnDataOptions, form: PreparationForm) -> bool:
    """The section; returns whether any cell and gene passes."""
    st.subheader("Quality control", anchor=False)
    _show_presets(form)
    report, problem = None, None
    try:
        report = judge_cells(path, options, form)
    except DataError as error:
        problem = error
    _show_figures(path, options, form, report)
    if report is None:
        show_problem(str(problem))
    _show_rules(report, form)
    if report is not None:
        show_samples_kept(report)
    show_doublets(form, report)
    return report is not None


def judge_cells(path: Path, options: OwnDataOptions, form: PreparationForm) -> QualityReport:
    """Quality control of the cells that `options` leave, computed again only after a change."""
    cells = options.model_dump_json(exclude={"preparation"})
    stamp = stamp_of(str(path), options)
    return _judge_cells(str(path), stamp, cells, form.settings.quality.model_dump_json(), options, form)


@st.cache_resource(max_entries=12, show_spinner="Running quality control…")
def _judge_cells(
    path_text: str, stamp: object, cells: str, rules: str, _options: OwnDataOptions, _form: PreparationForm
) -> QualityReport:

    path = Path(path_text)
    whole = load_matrix(path, _options.orientation, _options.further)
    chosen = choose_cells(whole, _options, tables_beside(path_text, _options))
    figures = load_figures(path, _options.orientation, _options.further).loc[chosen.matrix.cell_ids]

    def find(matrix: CountMatrix, mask: NDArray[np.bool_], batches: Batches | None, rate: float) -> Doublets:
        return _find_doublets(path_text, stamp, cells, mask.tobytes(), rate, matrix, mask, batches)

    return check_quality(chosen.matrix, _form.settings.quality, figures, chosen.batches, find)


@st.cache_resource(max_entries=4, show_spinner="Looking for doublets…")
def _find_doublets(
    path_text: str,
    stamp: object,
    cells: str,
    kept: bytes,
    rate: float,
    _matrix: CountMatrix,
    _mask: NDArray[np.bool_],
    _batches: Batches | None,
) -> Doublets:
    return find_doublets(_matrix, _mask, _batches, rate)


def _show_presets(form: PreparationForm) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.session_state[_PRESET] = form.quality
        st.segmented_control(
            "Start from",
            list(_PRESETS),
            key=_PRESET,
            required=True,
            help="  \n".join(f"**{name}** {meaning}." for name, meaning in _PRESETS.items()),
            on_change=page_errors()(lambda: form.start_from(st.session_state[_PRESET])),
        )
        st.button(
            "Undo",
            icon=":material/undo:",
            key="undo",
            disabled=not can_undo(form.data),
            help="Undo the last change on this page.",
            on_click=page_errors()(undo_choice),
            args=(form.data,),
        )
        st.button(
            "Reset to preset",
            icon=":material/restart_alt:",
            key="reset_quality",
            disabled=_is_preset(form),
            on_click=page_errors()(form.start_from),
            args=(form.quality,),
        )
    st.caption(f"**{form.quality}** {_PRESETS[form.quality]}.")


def _is_preset(form: PreparationForm) -> bool:

    return form.settings.quality == quality_preset(form.quality, form.n_genes)


def _show_figures(path: Path, options: OwnDataOptions, form: PreparationForm, report: QualityReport | None) -> None:

    matrix = load_matrix(path, options.orientation, options.further)
    figures = load_figures(path, options.orientation, options.further) if report is None else report.figures
    is_kept = np.zeros(len(figures), dtype=np.bool_) if report is None else report.cell_mask
    for column, (figure, rules) in zip(st.columns(len(_RULES), gap="medium"), _RULES.items(), strict=True):
        with column:
            if missing := why_missing(figure, figures, matrix.state):
                st.markdown(f"**{figure.capitalize()}**")
                st.caption(f"Not available: {missing}.")
                continue
            lower, upper = _bounds(report, figure) if report is not None else _fixed_bounds(form, figure)
            if report is not None and report.batches is not None:
                lower, upper = _bounds_by_cell(report, report.batches, figure, lower, upper)
            drawn = figure_histogram(
                figures[figure].to_numpy(), is_kept, lower, upper, figure, is_log=figure in _LOGARITHMIC
            )
            show_figure(drawn, f"quality-{figure.replace(' ', '-')}", f"Cells by {figure}, with thresholds")
            for rule in rules:
                form.threshold(rule)
    st.caption(
        ":blue[■] kept · :orange[■] removed by this figure · :gray[■] removed by another rule · dashed: the threshold. "
        "Leave a field empty to switch its rule off."
    )


def _bounds(report: QualityReport, figure: str) -> tuple[float | None, float | None]:
    """The strictest bounds that the rules set on a figure."""
    rules = [rule for rule in report.rules if rule.figure == figure and not rule.skipped]
    lower = [rule.lower for rule in rules if rule.lower is not None]
    upper = [rule.upper for rule in rules if rule.upper is not None]
    return max(lower, default=None), min(upper, default=None)


def _bounds_by_cell(
    report: QualityReport, batches: Batches, figure: str, lower: float | None, upper: float | None
) -> tuple[float | NDArray[np.float64] | None, float | NDArray[np.float64] | None]:
    """The same where samples have bounds of their own: (N,) those of each cell's sample."""
    rules = [rule.by_sample for rule in report.rules if rule.figure == figure and rule.by_sample]
    if not rules:
        return lower, upper
    lowest = [-np.inf if lower is None else lower] * len(batches.table)
    highest = [np.inf if upper is None else upper] * len(batches.table)
    for bounds in rules:
        for code, (low, high) in enumerate(bounds):
            lowest[code] = max(lowest[code], -np.inf if low is None else low)
            highest[code] = min(highest[code], np.inf if high is None else high)
    return np.array(lowest)[batches.codes], np.array(highest)[batches.codes]


def _fixed_bounds(form: PreparationForm, figure: str) -> tuple[float | None, float | None]:
    """The bounds in the settings themselves, for a report in which no cell is left."""
    rules = form.settings.quality
    bounds = {
        "total counts": (rules.min_counts or None, None),
        "genes detected": (rules.min_genes or None, rules.max_genes),
        "mitochondrial share": (None, rules.max_mito_share),
    }
    return bounds[figure]


def _show_rules(report: QualityReport | None, form: PreparationForm) -> None:
    left, genes = st.columns([0.66, 0.34], gap="medium", vertical_alignment="bottom")
    with genes:
        form.threshold("min_cells")
    if report is None:
        return
    with left:
        st.markdown(
            f"**{report.n_cells:,} of {len(report.cell_mask):,} cells** and **{report.n_genes:,} of "
            f"{len(report.gene_mask):,} genes** are left."
        )
    if not report.rules:
        return
    rows = pd.DataFrame(
        {
            "Rule, in order": [rule.rule for rule in report.rules],
            "Removed": [f"{rule.n_removed:,} {rule.removes}" for rule in report.rules],
            "Left": [f"{rule.n_left:,}" for rule in report.rules],
            "Skipped, because": [rule.skipped for rule in report.rules],
        }
    )
    if not any(rule.skipped for rule in report.rules):
        del rows["Skipped, because"]
    st.dataframe(
        rows,
        hide_index=True,
        column_config={
            "Rule, in order": st.column_config.TextColumn(width=440),
            "Removed": st.column_config.TextColumn(width=100),
            "Left": st.column_config.TextColumn(width=80),
        },
    )
