"""What pages need of a run, loaded once for all sessions and never changed by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.data.counts.cell_tables import find_cell_tables
from clustergan_core.errors import DataError
from clustergan_core.methods import find_method
from clustergan_core.runs.cells import run_matrix
from clustergan_core.runs.run import Run, Weights
from ui.frame.messages import plain

if TYPE_CHECKING:
    from clustergan_core.data.counts.matrix import CountMatrix
    from clustergan_core.data.dataset import Dataset, SplitName
    from clustergan_core.method import Method
    from clustergan_core.method_facts import Ability
    from clustergan_core.scoring.latents import RunLatents


def load_method(run: Run, which: Weights = "best") -> Method:
    """The run's method on the CPU."""
    return _method(run, str(run.folder), which, weights_stamp(run, which))


def require_abilities(run: Run, *abilities: Ability) -> None:
    """Stops the page with a sentence where the run's method lacks what it is about."""
    for ability in abilities:
        # What the facts tell needs no weights and no PyTorch.
        facts = find_method(run.config.method)
        sentence = facts.lacks_encoder() if ability == "encoder" else load_method(run).lacks(ability)
        if sentence:
            st.info(plain(sentence), icon=":material/info:")
            st.stop()


def load_data(run: Run) -> Dataset | None:
    """The data a run was trained on, or None while it is not on this machine (nothing is downloaded)."""
    if not run.is_data_here():
        return None
    try:
        return _data(run, run.config.dataset.source, run.config.dataset.digest, tables_stamp(run))
    except DataError:
        return None


def load_run_matrix(run: Run) -> CountMatrix | None:
    """All genes of a run's cells in the order of its data, or None while the data is not on this machine."""
    dataset = load_data(run)
    if dataset is None:
        return None
    try:
        return _matrix(run, dataset, run.config.dataset.source, run.config.dataset.digest, tables_stamp(run))
    except DataError:
        return None


def load_latents(run: Run, split: SplitName = "test", which: Weights = "best") -> RunLatents:
    """The run's encoded samples; DataError when they are not saved and the data is absent."""
    return _latents(run, str(run.folder), split, which, weights_stamp(run, which))


def weights_stamp(run: Run, which: Weights = "best") -> tuple[tuple[str, int, int], ...]:
    """A cache key that changes when the weights do and costs less than a digest."""
    files = sorted(run.folder.glob(f"weights-{which}*.safetensors"))
    return tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)


def tables_stamp(run: Run) -> tuple[tuple[str, int], ...]:
    """Changes when a table is brought beside the data, or taken away."""
    record = run.config.dataset
    tables = find_cell_tables(record.source, record.options.labels)
    return tuple((str(path), path.stat().st_mtime_ns) for path in tables)


@st.cache_resource(max_entries=6, show_spinner="Loading the model…")
def _method(_run: Run, folder: str, which: Weights, stamp: object) -> Method:
    return _run.load(which)


@st.cache_resource(max_entries=3, show_spinner="Loading the data…")
def _data(_run: Run, source: str, digest: str, tables: object) -> Dataset:
    return _run.dataset()


@st.cache_resource(max_entries=2, show_spinner="Reading the counts…")
def _matrix(_run: Run, _dataset: Dataset, source: str, digest: str, tables: object) -> CountMatrix:
    return run_matrix(_run, _dataset)


@st.cache_resource(max_entries=6, show_spinner="Encoding the samples…")
def _latents(_run: Run, folder: str, split: SplitName, which: Weights, stamp: object) -> RunLatents:
    from clustergan_core.runs.latents import run_latents

    return run_latents(_run, split, which)
