"""The modes that a generator reaches stand on the pages of runs whose data defines modes, and in their cards."""

from __future__ import annotations

from pathlib import Path

import pytest

from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.worker import execute
from tests.app.app_pages import open_page
from tests.small_runs import new_run, small_config

pytestmark = pytest.mark.usefixtures("one_thread")


def test_a_run_on_a_ring_says_how_many_modes_it_reaches(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(own_folders / "none"))
    config = small_config("ring-8", n_steps=10, evaluate_every=5)
    run = new_run(own_folders / "runs" / "ring", config)
    execute(run)
    scores = read_scores(run)
    count = scores and scores.get("mode_count")
    assert count is not None
    assert f"{count['n_reached']} of 8" in (run.folder / "card.md").read_text()

    app = open_page("runs", run="ring")
    assert not app.exception
    assert {metric.label: metric.value for metric in app.metric}["Modes reached"] == f"{count['n_reached']} of 8"

    for seed in (0, 1):
        config = small_config(n_steps=10, evaluate_every=5, seed=seed)
        execute(new_run(own_folders / "runs" / f"digits-{seed}", config))
    compared = open_page("compare", runs=["ring", "digits-0"])
    assert not compared.exception
    (means,) = (frame.value for frame in compared.dataframe if {"Modes reached", "n"} <= set(frame.value))
    n_decimals = 3 if count["n_reached"] < 3 else 2
    assert sorted(means["Modes reached"]) == sorted([f"{count['n_reached']:.{n_decimals}f}", "–"])
    without = open_page("compare", runs=["digits-0", "digits-1"])
    assert without.dataframe
    assert all("Modes reached" not in frame.value for frame in without.dataframe)
