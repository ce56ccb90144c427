"""The results of a sweep: every run's scores, their spread at each point of the grid, and how well seeds agree.

A report is plain data, made from the runs on disk or read from a bundled file.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from clustergan_core.errors import RunError
from clustergan_core.evaluation.suggest_k import CRITERIA, Suggestion, VotingCriterion, suggest_n_clusters
from clustergan_core.methods import find_method
from clustergan_core.paths import PRETRAINED_FOLDER
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import read_label_free, read_scores
from clustergan_core.runs.sweeps.plan import Point, SweepPlan
from clustergan_core.runs.sweeps.sweep import Sweep
from clustergan_core.score_names import AGREEMENT_SCORES
from clustergan_core.scoring.label_free import LabelFree

LABEL_FREE_FIGURES = (
    "silhouette", "data_silhouette", "usage_entropy", "n_used", "neighbour_agreement", "neighbour_information",
    "frechet",
)  # fmt: skip
SHIPPED_SWEEPS = PRETRAINED_FOLDER / "sweeps"

Values = tuple[Any, ...]  # of the axes, in their order
LONGER = "trained on"  # the state of a run that was extended beyond the length of the others


class SweepRow(BaseModel):
    """One run of a sweep."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str
    values: Values
    seed: int
    state: str
    step: int
    seconds: float
    n: int | None = None  # test samples that were scored; None before the run is finished
    argmax: dict[str, float | None] = {}  # purity, accuracy, NMI, ARI in both readings; None without labels
    kmeans: dict[str, float | None] = {}
    cluster_accuracy: float | None = None  # of the argmax reading; None where the data has no classifier
    label_free: dict[str, float | None] = {}  # on training samples

    @property
    def is_longer(self) -> bool:
        """Whether the run was extended beyond its planned end, so that it has no scores here."""
        return self.state == LONGER

    @property
    def holds_clusters(self) -> bool:
        """Whether label-free criteria apply: the run is finished and has more than one cluster."""
        return bool(self.label_free) and self.label_free.get("n_used") != 1

    def figure(self, name: str) -> float | None:
        """A score of the argmax reading, or a label-free one, by name."""
        if name == "cluster_accuracy":
            return self.cluster_accuracy
        return self.argmax.get(name, self.label_free.get(name))


class SweepReport(BaseModel):
    """The results of a sweep."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    plan: SweepPlan
    rows: tuple[SweepRow, ...]
    agreement: tuple[tuple[Values, tuple[float, ...]], ...]  # ARI of every two seeds, by values of the axes
    machine: str = ""  # where a shipped sweep was trained

    def combinations(self) -> list[Values]:
        """The values of the axes, each once, in the order of the grid."""
        return list(itertools.product(*self.plan.axes.values()))

    def rows_at(self, values: Values) -> list[SweepRow]:
        """The runs at one point of the grid."""
        return [row for row in self.rows if row.values == values]

    def figures_at(self, values: Values, name: str) -> list[float]:
        """One score of the finished runs at a point; `seed_agreement` has one value for every two seeds."""
        if name == "seed_agreement":
            return list(dict(self.agreement).get(values, ()))
        return [figure for row in self.rows_at(values) if (figure := row.figure(name)) is not None]

    def spread_at(self, values: Values, name: str) -> dict[str, float | None] | None:
        """The mean, standard deviation (over n − 1), median and range of a score at a point; None without values."""
        figures = self.figures_at(values, name)
        if not figures:
            return None
        return {
            "mean": statistics.fmean(figures),
            "sd": statistics.stdev(figures) if len(figures) > 1 else None,
            "median": statistics.median(figures),
            "min": min(figures),
            "max": max(figures),
            "n": len(figures),
        }

    def criteria(self) -> list[VotingCriterion]:
        """The label-free criteria for these runs, without neighbours where a method trains on neighbours."""
        trains_on_neighbours = any(find_method(config.method).trains_on_neighbours for config in self.plan.configs)
        return [c for c in CRITERIA if not (trains_on_neighbours and c.name == "neighbour_information")]

    def suggest_n_clusters(self) -> Suggestion | None:
        """The number of clusters that label-free criteria suggest; None unless only K varies."""
        if list(self.plan.axes) != ["n_clusters"]:
            return None
        begun = [values for values in self.combinations() if any(row.holds_clusters for row in self.rows_at(values))]
        figures = {
            criterion.name: {int(values[0]): self.figures_at(values, criterion.name) for values in begun}
            for criterion in self.criteria()
        }
        return suggest_n_clusters(figures)

    def describe_empty_modes(self) -> str:
        """A sentence on the K at which the median run leaves modes empty; "" where all modes are used."""
        if list(self.plan.axes) != ["n_clusters"]:
            return ""
        used = {int(values[0]): self.figures_at(values, "n_used") for values in self.combinations()}
        medians = {k: statistics.median_low(figures) for k, figures in used.items() if figures}
        fewer = [f"at K = {k} only {median:.0f}" for k, median in medians.items() if median < k]
        return f"Not all modes hold samples: {', '.join(fewer)} of them." if fewer else ""

    def of_seed(self, seed: int) -> SweepReport:
        """The results of a single seed."""
        rows = tuple(row for row in self.rows if row.seed == seed)
        return self.model_copy(update={"rows": rows, "agreement": ()})

    def csv(self) -> str:
        """One line per run."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        readings = [f"{reading}_{name}" for reading in ("argmax", "kmeans") for name in AGREEMENT_SCORES]
        writer.writerow(
            [
                *self.plan.axes,
                "seed",
                "run",
                "state",
                "step",
                "seconds",
                "n",
                *readings,
                "cluster_accuracy",
                *LABEL_FREE_FIGURES,
            ]
        )
        for row in self.rows:
            scores = [reading.get(name) for reading in (row.argmax, row.kmeans) for name in AGREEMENT_SCORES]
            free = [row.label_free.get(name) for name in LABEL_FREE_FIGURES]
            begun = [row.seed, row.run, row.state, row.step, row.seconds, row.n]
            writer.writerow([*row.values, *begun, *scores, row.cluster_accuracy, *free])
        return text.getvalue()


def make_report(sweep: Sweep) -> SweepReport:
    """The current results of the runs on disk; extended runs have no scores."""
    rows: list[SweepRow] = []
    clusterings: dict[Values, list[LabelFree]] = {}
    for point in sweep.points:
        run = sweep.run(point)
        if run is not None and run.config.schedule.extensions:
            rows.append(_make_row(point, run, None, is_longer=True))
            continue
        free = None if run is None else read_label_free(run)
        rows.append(_make_row(point, run, free))
        if free is not None:
            clusterings.setdefault(rows[-1].values, []).append(free)
    agreement = tuple((values, tuple(pairwise_agreement(group))) for values, group in clusterings.items())
    return SweepReport(name=sweep.name, plan=sweep.plan, rows=tuple(rows), agreement=agreement)


def pairwise_agreement(clusterings: Sequence[LabelFree]) -> list[float]:
    """The adjusted Rand index of every two clusterings of the same samples, to five digits.

    Two clusterings of a single cluster each have no value: their perfect agreement means nothing.
    """
    from sklearn.metrics import adjusted_rand_score

    pairs = itertools.combinations(clusterings, 2)
    return [
        float(f"{adjusted_rand_score(one.clusters, other.clusters):.5g}")
        for one, other in pairs
        if (one.dataset, one.n) == (other.dataset, other.n) and max(one.n_used, other.n_used) > 1
    ]


def read_report(path: Path) -> SweepReport:
    """A report from its file; RunError where it cannot be read."""
    try:
        return SweepReport.model_validate(json.loads(path.read_text()))
    except (OSError, ValueError, ValidationError) as error:
        raise RunError(f"{path} cannot be read as a sweep's report: restore or delete it.") from error


def list_shipped_reports() -> list[SweepReport]:
    """The bundled sweeps by name, those that can be compared with a paper first."""
    if not SHIPPED_SWEEPS.is_dir():
        return []
    reports = [read_report(path) for path in sorted(SHIPPED_SWEEPS.glob("*.json"))]
    return sorted(reports, key=lambda report: not report.plan.paper_rows())


def _make_row(point: Point, run: Run | None, free: LabelFree | None, *, is_longer: bool = False) -> SweepRow:
    values = tuple(value for _, value in point.values)
    if run is None:
        return SweepRow(run="", values=values, seed=point.seed, state="not begun", step=0, seconds=0.0)
    status, scores = run.status(), None if is_longer else read_scores(run)
    finished = {} if scores is None else {
        "n": scores["n"],
        "argmax": {name: scores[name] for name in AGREEMENT_SCORES},
        "kmeans": {name: scores["kmeans"][name] for name in AGREEMENT_SCORES},
        "cluster_accuracy": scores.get("cluster_accuracy"),
    }  # fmt: skip
    return SweepRow(
        run=run.name,
        values=values,
        seed=point.seed,
        state=LONGER if is_longer else status.state,
        step=status.step,
        seconds=round(status.seconds, 1),
        label_free={} if free is None else {name: getattr(free, name) for name in LABEL_FREE_FIGURES},
        **finished,
    )
