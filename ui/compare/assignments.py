"""Clusters of several runs over the same samples, loaded once for all sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.runs.run import Run
from ui.loading.runs import load_data, weights_stamp

if TYPE_CHECKING:
    from clustergan_core.data.dataset import SplitName
    from clustergan_core.evaluation.stability import Stability
    from clustergan_core.runs.comparison.samples import Assignment, ClusteringAgreement, CommonSamples

Key = tuple[tuple[str, object], ...]  # folders and weights: what results are valid for


def load_common(runs: Sequence[Run], split: SplitName) -> CommonSamples:
    """The samples of a split that all the runs assign; AppError where there are none or data is missing."""
    from clustergan_core.runs.comparison.samples import find_common

    return find_common([_assignment(run, str(run.folder), split, weights_stamp(run)) for run in runs])


def load_agreement(common: CommonSamples, split: SplitName) -> ClusteringAgreement:
    """How far the clusterings of two runs agree over their common samples."""
    return _agreement(common, _key(common.runs), split)


def load_stability(common: CommonSamples, split: SplitName) -> Stability:
    """How stable the common samples' clusters are over the runs."""
    return _stability(common, _key(common.runs), split)


def _key(runs: Sequence[Run]) -> Key:
    return tuple((str(run.folder), weights_stamp(run)) for run in runs)


# Only clusters are cached, without their latents: a dozen runs of 70,000 samples take a few megabytes.
@st.cache_resource(max_entries=60, show_spinner="Encoding the samples…")
def _assignment(_run: Run, folder: str, split: SplitName, stamp: object) -> Assignment:
    from clustergan_core.runs.comparison.samples import Assignment
    from clustergan_core.runs.latents import run_latents

    latents = run_latents(_run, split, dataset=load_data(_run))
    return Assignment(_run, latents.indices, latents.clusters)


@st.cache_resource(max_entries=60, show_spinner=False)
def _agreement(_common: CommonSamples, key: Key, split: SplitName) -> ClusteringAgreement:
    from clustergan_core.runs.comparison.samples import compare_two

    return compare_two(_common)


@st.cache_resource(max_entries=20, show_spinner="Comparing the clusters…")
def _stability(_common: CommonSamples, key: Key, split: SplitName) -> Stability:
    from clustergan_core.evaluation.stability import measure_stability

    return measure_stability(_common.clusters)
