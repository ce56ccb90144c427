"""How stable each sample's cluster is over seeds, or over other compared runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.drawing.figures.counts import agreeing_runs_figure
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.pictures.images import mosaic
from clustergan_core.drawing.theme import apply_theme
from clustergan_core.runs.comparison.groups import Comparison
from clustergan_core.runs.run import Run
from ui.compare.assignments import load_common, load_stability
from ui.compare.sections import section
from ui.compare.settings import describe_repetitions
from ui.frame.choices import select
from ui.frame.links import link_page
from ui.frame.messages import plain
from ui.frame.pictures import Drawn, draw_once, show_picture
from ui.frame.theme import show_themed, theme_name
from ui.loading.runs import load_data

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from plotly.graph_objects import Figure

    from clustergan_core.data.dataset import Dataset, SplitName
    from clustergan_core.evaluation.stability import Stability
    from clustergan_core.runs.comparison.samples import CommonSamples

N_LEAST_STABLE = 24
N_COLUMNS = 8
N_LISTED = 1000  # rows that are sent to the browser
AGREEMENT_HELP = (
    "Mean adjusted Rand index over all pairs of these runs: 1 when all clusterings are the same, 0 for chance. "
    "No labels are involved."
)


@dataclass(frozen=True)
class StabilityView:
    """The stability that the page shows, and the runs it was measured over."""

    common: CommonSamples
    stability: Stability
    is_over_seeds: bool  # or over runs that differ in more

    def shares(self, indices: NDArray[np.int64]) -> NDArray[np.float32]:
        """The stability of samples by their position in the data; NaN for those it was not measured for."""
        nearest = np.minimum(np.searchsorted(self.common.indices, indices), len(self.common.indices) - 1)
        is_known = self.common.indices[nearest] == indices
        return np.where(is_known, self.stability.shares[nearest], np.nan).astype(np.float32)


def show_stability(comparison: Comparison, split: SplitName) -> StabilityView | None:
    """Seed agreement, on how many samples how many runs agree, and the least stable samples; None for too few runs."""
    section("Stability")
    choices = _choices(comparison)
    if not choices:
        st.caption(f"Needs two runs on the same data that have weights. {describe_repetitions(comparison)}".rstrip())
        return None
    name = select(
        "stable_over",
        list(choices),
        "Over",
        width=420,
        help_text="Groups of runs that differ only in their seed, then all compared runs on the same data.",
    )
    runs = choices[name]
    if repetitions := describe_repetitions(comparison):
        st.caption(repetitions)
    common = load_common(runs, split)
    view = StabilityView(common, load_stability(common, split), _are_seeds(comparison, runs))
    _show_figures(view)
    _show_least_stable(comparison, view)
    return view


def _choices(comparison: Comparison) -> dict[str, list[Run]]:
    """Sets of two or more runs to measure stability over, seeds of one configuration first; each seed once."""
    choices: dict[str, list[Run]] = {}
    for group in comparison.groups:
        runs = comparison.once_a_seed(run for run in group.runs if run.has_weights())
        if len(runs) > 1:
            choices[f"{len(runs)} seeds of {group.title}"] = runs
    by_data: dict[str, list[Run]] = {}
    for run in comparison.runs:
        if run.has_weights():
            by_data.setdefault(run.config.dataset.digest, []).append(run)
    for repeated in by_data.values():
        runs = comparison.once_a_seed(repeated)
        if len(runs) > 1 and runs not in choices.values():
            n_all = "both" if len(runs) == 2 else f"all {len(runs)}"
            n_runs = n_all if len(runs) == len(repeated) else f"{len(runs)} different"
            choices[f"{n_runs} runs on {runs[0].config.dataset.name}"] = runs
    return choices


def _are_seeds(comparison: Comparison, runs: list[Run]) -> bool:
    return len({comparison.group_of(run) for run in runs}) == 1


def _show_figures(view: StabilityView) -> None:
    stability = view.stability
    n_runs, n_samples = stability.matched.shape
    counts = np.bincount(stability.n_agreeing, minlength=n_runs + 1)[1:]
    figures, bars = st.columns([1, 2], gap="large")
    with figures:
        pairs = stability.pairwise_ari[np.triu_indices(n_runs, 1)]
        st.metric(
            "Seed agreement" if view.is_over_seeds else "Agreement",
            f"{stability.seed_agreement:.3f}",
            help=AGREEMENT_HELP,
        )
        spread = f" from {pairs.min():.3f} to {pairs.max():.3f} over {len(pairs)} pairs of runs" if n_runs > 2 else ""
        st.caption(f"ARI{spread}; {n_samples:,} samples, no labels.")
        st.metric(
            "Samples all runs agree on",
            f"{counts[-1] / n_samples:.1%}",
            help="Clusters are matched one to one with those of the run that agrees best with the others. A sample's "
            "stability is the share of runs that put it into its most frequent cluster.",
        )
    with bars:
        description = "Number of samples by how many runs agree on them"
        show_themed(_bars(tuple(counts.tolist()), theme_name()), "agreeing-runs", description)


def _show_least_stable(comparison: Comparison, view: StabilityView) -> None:
    stability, common = view.stability, view.common
    reference = common.runs[stability.reference]
    data = load_data(reference)
    order = np.argsort(stability.shares, kind="stable")
    least = order[:N_LEAST_STABLE]
    least = least[stability.shares[least] < 1]
    if not len(least):
        st.caption("All runs agree on every sample.")
        return
    st.markdown(f"**Least stable samples**, {len(least)} of {int((stability.shares < 1).sum()):,} on which runs differ")
    if data is None:
        st.caption("Images need the data, which is not on this machine; the table lists the samples by number.")
        link_page("Data", text="Get the data")
    else:
        show_picture(_gallery(data, common.indices[least], stability.clusters[least], reference), width=520)
        bars = f"bars show the mode most runs agree on, numbered as in {plain(comparison.label(reference))}"
        st.caption(f"Least stable first; {bars}.")
    with st.expander("Samples as a table"):
        st.dataframe(
            _table(comparison, view, data, order[:N_LISTED]),
            hide_index=True,
            alt="Stability of samples and their mode in each run, the least stable first",
        )
        if len(order) > N_LISTED:
            st.caption(f"The {N_LISTED:,} least stable of {len(order):,} samples; the file holds all.")
        st.download_button(
            "CSV",
            lambda: _table(comparison, view, data, order).to_csv(index=False).encode(),
            "stability.csv",
            "text/csv",
            key="stability-csv",
            icon=":material/download:",
            on_click="ignore",
        )


def _gallery(data: Dataset, indices: NDArray[np.int64], modes: NDArray[np.int64], reference: Run) -> Drawn:
    colours = mode_colours(reference.config.n_clusters)
    return draw_once(
        mosaic,
        data.samples[indices],
        n_columns=N_COLUMNS,
        colours=[colours[mode] for mode in modes],
        feature_names=data.feature_names,
        scale=2,
        theme=theme_name(),
    )


def _table(comparison: Comparison, view: StabilityView, data: Dataset | None, rows: NDArray[np.int64]) -> pd.DataFrame:
    """Samples with their stability, the mode agreed on, and the modes of all runs."""
    stability, common = view.stability, view.common
    indices = common.indices[rows]
    table = pd.DataFrame(
        {
            "sample": [str(index) if data is None else data.sample_id(int(index)) for index in indices],
            "stability": stability.shares[rows].round(4),
            "agreeing runs": stability.n_agreeing[rows],
            "mode": stability.clusters[rows],
        }
    )
    if data is not None and data.labels is not None:
        labels = data.labels[indices]
        table["label"] = [data.label_names[label] if label != UNLABELLED else "" for label in labels]
    for run, clusters in zip(common.runs, common.clusters, strict=True):
        table[f"mode of {comparison.label(run)}"] = clusters[rows]
    return table


@st.cache_resource(max_entries=40, show_spinner=False)
def _bars(counts: tuple[int, ...], theme: str) -> Figure:

    return apply_theme(agreeing_runs_figure(np.array(counts)), theme == "dark")
