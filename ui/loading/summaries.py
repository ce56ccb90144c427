"""A line on each run in a list: its state, its scores, or the sentence that says why it cannot be read."""

from __future__ import annotations

from dataclasses import dataclass

from clustergan_core.errors import RunError
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.status import Status
from clustergan_core.runs.store import list_runs, list_shipped
from clustergan_core.scoring.records import RunScores

NEEDS_LABELS = "needs labels"
ONE_CLASS = "needs labels of two classes"

# What pages call a state; "interrupted" is a process that ended unexpectedly, so it can be continued.
STATE_WORDS = {
    "waiting": "waiting",
    "starting": "starting",
    "running": "training",
    "paused": "paused",
    "stopped": "stopped",
    "interrupted": "interrupted",
    "finished": "finished",
    "failed": "failed",
}


@dataclass(frozen=True)
class RunSummary:
    """One run as of now. Where `problem` is set the run is damaged and config and status may be absent."""

    run: Run
    config: RunConfig | None
    status: Status | None
    scores: RunScores | None
    problem: str = ""

    @property
    def title(self) -> str:
        """The title a person gave it, else its name, as for a bundled or damaged run."""
        return self.run.name if self.config is None or self.run.is_shipped else self.run.title

    @property
    def state(self) -> str:
        """One word: bundled, damaged, or a word of STATE_WORDS."""
        if self.problem or self.status is None:
            return "damaged"
        return "bundled" if self.run.is_shipped else STATE_WORDS[self.status.state]

    @property
    def is_training(self) -> bool:
        """Whether it trains now or waits for its turn."""
        return self.status is not None and not self.status.is_over

    @property
    def lacks_modes(self) -> bool:
        """Whether its method was found to have clusters alone."""
        return self.scores is not None and "modes" in self.scores.get("missing", {})

    @property
    def method_title(self) -> str:
        """The method's name for people."""
        return self.config.method_title if self.config else ""


def summarise_all() -> list[RunSummary]:
    """A person's own runs, newest first, then the bundled models."""
    return [summarise(run) for run in [*list_runs(), *list_shipped()]]


def summarise(run: Run) -> RunSummary:
    """One run, read without its weights; a damaged one keeps the sentence that says so."""
    config = status = None
    try:
        config = run.config
        status = run.status()
        return RunSummary(run, config, status, read_scores(run))
    except RunError as problem:
        return RunSummary(run, config, status, None, str(problem))
    except ValueError:  # scores.json holds no JSON
        remedy = f"run `evaluate {run.name}` on the command line, or delete the run"
        return RunSummary(run, config, status, None, f"The scores of {run.name} cannot be read: {remedy}.")


def describe_no_agreement(scores: RunScores) -> str:
    """Why there is no agreement with labels, in two words."""
    if "encoder" in scores.get("missing", {}):
        return "no encoder"
    return ONE_CLASS if scores.get("n_labelled") else NEEDS_LABELS


def describe_scores(scores: RunScores | None) -> str:
    """Purity and NMI in one line with the number of samples, or why there are none."""
    if scores is None:
        return "Not scored yet"
    if scores["purity"] is None:
        return f"Purity and NMI: {describe_no_agreement(scores)}"
    n_labelled = scores.get("n_labelled", scores["n"])
    number = f"{scores['n']:,}"
    if n_labelled < scores["n"]:
        of = "" if scores["is_training_data"] else f"{scores['split']} "
        where = f"the {n_labelled:,} of {number} {of}samples that have a label"
        return f"Purity {scores['purity']:.2f} · NMI {scores['nmi']:.2f} on {where}"
    where = f"all {number} samples" if scores["is_training_data"] else f"{number} {scores['split']} samples"
    return f"Purity {scores['purity']:.2f} · NMI {scores['nmi']:.2f} on {where}"
