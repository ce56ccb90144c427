"""Every shipped model gives the figures of its card, to the last digit."""

from typing import cast

import pytest
import torch

from clustergan_core.evaluation.classifier import CLASSIFIERS_FOLDER
from clustergan_core.evaluation.features import INCEPTION_VARIABLE
from clustergan_core.runs.card import render_card
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import read_scores, score_run
from clustergan_core.runs.store import list_shipped
from clustergan_core.scoring.records import RunScores


@pytest.mark.parametrize("shipped", list_shipped(), ids=lambda run: run.name)
def test_evaluating_it_gives_its_scores_and_its_card_exactly(shipped: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(INCEPTION_VARIABLE, raising=False)
    if not shipped.is_data_here():
        pytest.skip(f"needs the data of {shipped.name}")

    scores = score_run(shipped)

    assert scores == read_scores(shipped)
    assert render_card(shipped, scores) == (shipped.folder / "card.md").read_text()


def test_the_number_of_threads_changes_no_figure() -> None:
    shipped = next(run for run in list_shipped() if run.config.dataset.source == "digits")
    before = torch.get_num_threads()
    try:
        documents = []
        for n_threads in (1, 2):
            torch.set_num_threads(n_threads)
            documents.append(score_run(shipped))
            assert torch.get_num_threads() == n_threads
    finally:
        torch.set_num_threads(before)
    assert documents[0] == documents[1]


def test_classifiers_lie_beside_shipped_models_and_are_none() -> None:
    assert CLASSIFIERS_FOLDER.parent == list_shipped()[0].folder.parent
    assert CLASSIFIERS_FOLDER.name not in {run.name for run in list_shipped()}


def test_a_run_scored_before_generated_samples_were_still_has_a_card() -> None:
    shipped = list_shipped()[0]
    scores = read_scores(shipped)
    assert scores is not None
    earlier = {name: value for name, value in scores.items() if name not in ("fid", "classifier", "mode_accuracy")}

    card = render_card(shipped, cast("RunScores", earlier | {"frechet": None}))

    assert "Fréchet" not in card and "silhouette" in card
