"""What a run will train on, how long it takes and its command, the same wherever training starts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Lock
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.data.registry import DATASETS
from clustergan_core.data.step_sentences import describe_steps
from clustergan_core.errors import AppError
from clustergan_core.runs.queue.spare import keep_spare
from clustergan_core.runs.warnings import describe_crossing, list_warnings
from ui.frame.messages import plain, show_problem, show_shell
from ui.frame.words import describe_duration

_SHORT_SECONDS = 0.2  # a known estimate appears at once
_POLL_SECONDS = 1.0
_MAX_KNOWN = 64

if TYPE_CHECKING:
    from clustergan_core.data.dataset import Dataset
    from clustergan_core.evaluation.crossing import Crossing
    from clustergan_core.runs.config import RunConfig
    from clustergan_core.runs.estimate import Estimate


def describe_run(config: RunConfig, dataset: Dataset) -> list[str]:
    """Lines of Markdown on what is trained on, how it is split, and for how long."""
    splits = dataset.splits
    shape = "×".join(map(str, dataset.shape[1:] if dataset.kind == "image" else dataset.shape))
    samples, features = _units(dataset)
    n_used = config.n_labels_used
    lines = [f"{len(dataset.samples):,} {samples} of {plain(dataset.name)}, {shape} {features} each"]
    if splits.is_shared:
        lines.append("Trained and scored on all of them")
    else:
        shares = {"train": splits.train, "validation": splits.validation, "test": splits.test}
        lines.append(" · ".join(f"{len(indices):,} {name}" for name, indices in shares.items()))
    if dataset.labels is None:
        lines.append("No labels: purity, accuracy, NMI and ARI will not be shown")
    else:
        n_labelled = int((dataset.labels != UNLABELLED).sum())
        part = "" if n_labelled == len(dataset.samples) else f"; {n_labelled:,} {samples} have one and are scored"
        purpose = "used for scores" if n_used else "used only for scores"
        lines.append(f"{dataset.n_labels} labels, {purpose}{part}")
    if n_used:
        origin = "that you gave" if config.settings.get("given") else "drawn from the data's own"
        lines.append(f"Learns from {n_used:,} labels {origin}; scores leave out their {samples}")
    return [*lines, f"K = {config.n_clusters}, {config.schedule.n_steps:,} steps, seed {config.seed}"]


def show_warnings(config: RunConfig, dataset: Dataset) -> None:
    """What would make a run's result misleading, and what reading a person's own file left out or assumed."""
    for warning in list_warnings(config, dataset):
        st.warning(plain(warning), icon=":material/warning:")
    if dataset.batches is not None and (crossing := _cross(dataset, dataset.digest)) is not None:
        show = st.info if crossing.is_mixed else st.caption
        show(plain(describe_crossing(config, crossing)))
    sentences = describe_steps(dataset.preprocessing)
    if config.dataset.source not in DATASETS and sentences:
        with st.expander(f"How your file was read ({len(sentences)} steps)", icon=":material/checklist:"):
            st.markdown("\n".join(f"- {plain(sentence)}" for sentence in sentences))


@st.cache_data(max_entries=32, show_spinner="Comparing the samples…")
def _cross(_dataset: Dataset, digest: str) -> Crossing | None:
    """Whether the data's samples mix by themselves; the digest of several samples is also of which cell is in which."""
    from clustergan_core.evaluation.crossing import cross_uncorrected

    assert _dataset.batches is not None, "asked for with samples alone"
    return cross_uncorrected(_dataset.samples, _dataset.batches.codes)


def show_estimate(config: RunConfig, dataset: Dataset, reading_seconds: float = 0) -> None:
    """How long training will take, including the time to read the data; steps are timed while the page is in use."""
    settings = repr(sorted(config.settings.items()))
    # Preparation takes the longer the more samples there are, so another data set of the same shape is timed anew.
    key = (config.method, settings, config.dataset.digest, str(config.dataset.options), config.device, _threads(config))
    pending = _timer().submit(key, lambda: _time_steps(config, dataset))
    if pending.cancelled() or not wait([pending], _SHORT_SECONDS).done:
        _wait_for_estimate(pending)
        return
    try:
        estimate = pending.result().at(config.schedule.n_steps)
    except AppError as problem:
        show_problem(problem)
        return
    keep_spare()  # whoever reads an estimate may start the run
    st.caption(
        f":material/timer: About **{describe_duration(reading_seconds + estimate.seconds)}** on this machine "
        f"({config.device}, {_threads(config)})."
    )


@st.fragment(run_every=_POLL_SECONDS)
def _wait_for_estimate(pending: Future[Estimate]) -> None:
    if pending.done():
        st.rerun()
    st.caption(":material/timer: Timing a few steps to estimate the duration…")


class _Timer:
    """Times steps, one configuration at a time so that they do not slow each other; the newest request goes first."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="estimate")
        self._known: dict[tuple[str, ...], Future[Estimate]] = {}
        self._lock = Lock()

    def submit(self, key: tuple[str, ...], work: Callable[[], Estimate]) -> Future[Estimate]:
        """The estimate for a key, known or on its way; requests that have not begun give way and are made again."""
        with self._lock:
            found = self._known.get(key)
            if found is not None and not found.cancelled():
                return found
            for other, pending in list(self._known.items()):
                if pending.cancel() or len(self._known) > _MAX_KNOWN:
                    del self._known[other]
            pending = self._known[key] = self._executor.submit(work)
            return pending


@st.cache_resource(show_spinner=False)
def _timer() -> _Timer:
    return _Timer()


def _time_steps(config: RunConfig, dataset: Dataset) -> Estimate:
    from clustergan_core.runs.estimate import estimate_run

    return estimate_run(config, dataset)


def show_command(config: RunConfig) -> None:
    """The command that repeats a run, behind a button."""
    with st.popover("The command for this run", width="stretch"):
        show_shell(config.command())


def _units(dataset: Dataset) -> tuple[str, str]:
    """What samples and their values are called."""
    return {"image": ("samples", "pixels"), "table": ("samples", "features"), "expression": ("cells", "genes")}[
        dataset.kind
    ]


def _threads(config: RunConfig) -> str:
    return f"{config.threads} thread" + ("s" if config.threads > 1 else "")
