"""A suggested number of clusters: votes counted by hand."""

import pytest

from clustergan_core.evaluation.suggest_k import suggest_n_clusters


def test_most_criteria_decide() -> None:
    suggestion = suggest_n_clusters(
        {
            "seed_agreement": {9: [0.5, 0.6], 10: [0.85, 0.75], 11: [0.6]},  # means .55, .8, .6; 11 has one value
            "data_silhouette": {9: [0.2, 0.21], 10: [0.3, 0.31], 11: [0.1, 0.11]},
            "neighbour_information": {9: [0.2, 0.21], 10: [0.3, 0.31], 11: [0.1, 0.11]},
            "frechet": {9: [5.0, 5.1], 10: [6.0, 6.1], 11: [4.0, 4.1]},  # lower is better
        }
    )
    assert suggestion is not None
    assert [(vote.criterion.name, vote.n_clusters) for vote in suggestion.votes] == [
        ("data_silhouette", 10),
        ("neighbour_information", 10),
        ("frechet", 11),
    ]
    assert (suggestion.n_clusters, suggestion.n_for, suggestion.is_at_end) == (10, 2, False)
    assert suggestion.votes[0].mean == pytest.approx(0.305)
    assert suggestion.votes[0].reason == (
        "K = 10: clusters are best separated in the data's own components (Silhouette in the data 0.305)."
    )
    (undecided,) = suggestion.undecided
    assert undecided.reason == (
        "No vote: Seed agreement 0.8 at K = 10 and 0.6 at K = 11, with a single value at one of them: more seeds would "
        "show how far they vary."
    )


def test_what_lies_nearer_than_seeds_differ_is_no_vote() -> None:
    suggestion = suggest_n_clusters(
        {
            # Means .341 and .340; deviations .009 and .006, together √((.009² + .006²) / 2) = .00765.
            "data_silhouette": {9: [0.332, 0.341, 0.350], 10: [0.334, 0.340, 0.346], 11: [0.2, 0.2, 0.2]},
            "frechet": {9: [2.0, 2.1, 2.2], 10: [1.0, 1.1, 1.2], 11: [3.0, 3.0, 3.0]},
        }
    )
    assert suggestion is not None
    assert suggestion.n_clusters == 10
    assert [vote.criterion.name for vote in suggestion.votes] == ["frechet"]
    (undecided,) = suggestion.undecided
    assert undecided.sd == pytest.approx(0.00765, abs=1e-5)
    assert undecided.reason == (
        "No vote: Silhouette in the data 0.341 at K = 9 and 0.34 at K = 10 are closer than seeds differ (± 0.0076)."
    )


def test_where_nothing_is_decided_no_k_is_suggested() -> None:
    suggestion = suggest_n_clusters({"data_silhouette": {9: [0.3, 0.5], 10: [0.4, 0.5]}})
    assert suggestion is not None
    assert (suggestion.n_clusters, suggestion.n_for, suggestion.is_at_end) == (None, 0, False)


def test_a_single_run_at_each_k_has_no_vote_as_nothing_is_known_of_its_spread() -> None:
    suggestion = suggest_n_clusters({"data_silhouette": {9: [0.340], 10: [0.941]}})
    assert suggestion is not None
    assert (suggestion.n_clusters, suggestion.votes) == (None, ())
    assert "with a single value" in suggestion.undecided[0].reason


def test_a_tie_goes_to_the_criterion_named_first() -> None:
    suggestion = suggest_n_clusters(
        {"data_silhouette": {2: [0.1, 0.1], 3: [0.2, 0.2]}, "seed_agreement": {2: [0.9, 0.9], 3: [0.8, 0.8]}}
    )
    assert suggestion is not None
    assert (suggestion.n_clusters, suggestion.n_for, suggestion.is_at_end) == (2, 1, True)


def test_equal_means_go_to_the_smaller_k() -> None:
    suggestion = suggest_n_clusters({"frechet": {4: [2.0, 2.0], 3: [1.0, 1.0], 5: [1.0, 1.0]}})
    assert suggestion is not None and suggestion.n_clusters == 3


def test_a_criterion_without_a_figure_for_every_k_does_not_vote() -> None:
    suggestion = suggest_n_clusters(
        {
            "seed_agreement": {9: [], 10: [0.9]},
            "data_silhouette": {9: [0.2, 0.2], 10: [0.1, 0.1]},
            "frechet": {9: [float("nan")]},
        }
    )
    assert suggestion is not None
    assert [vote.criterion.name for vote in suggestion.votes] == ["data_silhouette"]


@pytest.mark.parametrize("figures", [{}, {"data_silhouette": {10: [0.5]}}, {"data_silhouette": {9: [], 10: []}}])
def test_without_a_choice_there_is_no_suggestion(figures: dict[str, dict[int, list[float]]]) -> None:
    assert suggest_n_clusters(figures) is None
