"""What the button of an idle sweep says it does."""

import pytest

from clustergan_core.runs.status import State
from clustergan_core.runs.sweeps.work import SweepProgress
from ui.sweep.watch import describe_idle


@pytest.mark.parametrize(
    ("counts", "begun", "said"),
    [
        ({"paused": 3, "finished": 1}, {"n_paused": 3}, "Continue the 3 paused runs"),
        ({"paused": 1, "finished": 3}, {"n_paused": 1}, "Continue the paused run"),
        ({"paused": 2}, {"n_paused": 2}, "Continue the 2 paused runs, train the 2 missing"),
        (
            {"paused": 1, "stopped": 3},
            {"n_paused": 1, "n_broken_off": 2},
            "Continue the 3 unfinished runs, train the missing run",
        ),
        ({"stopped": 4}, {}, "Train the 4 missing"),
        ({"finished": 3}, {}, "Train the missing run"),
    ],
)
def test_paused_runs_are_continued_and_only_runs_without_a_step_are_missing(
    counts: dict[State, int], begun: dict[str, int], said: str
) -> None:
    assert describe_idle(SweepProgress(4, counts, None, **begun)) == said
