"""What scores say where labels are of a single class, or cover a part of the samples."""

from typing import cast

import numpy as np
import pytest

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.evaluation.agreement import can_score
from clustergan_core.scoring.final import _agreement, describe_labelled, explain_no_agreement
from clustergan_core.scoring.records import MethodScores, RunScores
from ui.loading.summaries import describe_scores


def scores(**figures: object) -> RunScores:
    given = {"n": 90, "n_labelled": 30, "is_training_data": True, "split": "test", "purity": 0.8, "nmi": 0.5}
    return cast(RunScores, given | figures)


def test_a_single_class_cannot_be_scored() -> None:
    clusters = np.array([0, 1, 1, 0], dtype=np.int64)
    one_class = np.array([2, 2, UNLABELLED, 2], dtype=np.int64)
    assert not can_score(one_class)
    assert _agreement(one_class, clusters) == {"purity": None, "accuracy": None, "nmi": None, "ari": None}
    assert _agreement(np.array([0, 1, 1, UNLABELLED], dtype=np.int64), clusters)["purity"] == 1.0


def test_why_a_single_class_is_not_scored_is_one_sentence() -> None:
    sentence = explain_no_agreement(cast(MethodScores, scores(purity=None)))
    assert sentence == (
        "Purity, accuracy, NMI and ARI need labels of at least two classes, and the 30 labelled samples all have the "
        "same label."
    )
    assert explain_no_agreement(scores(purity=None, n_labelled=0)).endswith("need labels, and the data has none.")


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({}, "on the 30 of 90 samples that have a label"),
        ({"n_labelled": 90}, "on all 90 samples"),
        ({"is_training_data": False}, "on the 30 of 90 test samples that have a label"),
        ({"purity": None}, "Purity and NMI: needs labels of two classes"),
        ({"purity": None, "n_labelled": 0}, "Purity and NMI: needs labels"),
    ],
)
def test_the_line_on_scores_says_how_many_rows_were_scored(figures: dict[str, object], words: str) -> None:
    assert words in describe_scores(scores(**figures))


def test_a_part_of_the_samples_is_told_and_all_of_them_is_not() -> None:
    assert describe_labelled(scores()).startswith("30 of 90 samples have a label")
    assert describe_labelled(scores(n_labelled=90)) == describe_labelled(scores(n_labelled=0)) == ""
