"""Runs side by side: what differs, which are seeds of one configuration, and what their scores are together."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clustergan_core.errors import RunError
from clustergan_core.evaluation.agreement import ari, nmi
from clustergan_core.runs.comparison.groups import ABSENT, Comparison, differing_settings, group_by_seed, label_runs
from clustergan_core.runs.comparison.samples import Assignment, compare_two, find_common
from clustergan_core.runs.comparison.spread import read_score, spread_score
from clustergan_core.runs.run import Run
from tests.small_runs import new_run, small_config


def a_run(folder: Path, name: str, **choices: Any) -> Run:
    return new_run(folder / name, small_config(**choices))


def differences(runs: list[Run]) -> dict[str, tuple[str, ...]]:
    return {row.title: row.values for row in differing_settings(runs)}


# --- settings -------------------------------------------------------------------------------------------------------


def test_only_what_differs_is_listed(tmp_path: Path) -> None:
    runs = [a_run(tmp_path, "a"), a_run(tmp_path, "b", seed=3, sigma=0.25), a_run(tmp_path, "c", n_steps=60)]
    assert differences(runs) == {
        "σ": ("0.1", "0.25", "0.1"),
        "Steps": ("40", "40", "60"),
        "Seed": ("0", "3", "0"),
    }


def test_a_run_that_was_trained_on_is_not_one_of_that_length(tmp_path: Path) -> None:
    runs = [a_run(tmp_path, "a"), a_run(tmp_path, "b", n_steps=40 + 10)]
    runs[0].extend(10)
    assert differences(runs) == {"Steps": ("40 + 10", "50")}
    assert [len(group.runs) for group in group_by_seed(runs)] == [1, 1]


def test_nothing_differs_in_one_run_or_in_the_same_twice(tmp_path: Path) -> None:
    run = a_run(tmp_path, "a")
    assert differences([run]) == differences([run, run]) == {}


def test_a_setting_that_a_method_lacks_is_a_dash(tmp_path: Path) -> None:
    runs = [a_run(tmp_path, "a"), a_run(tmp_path, "b", method="paired-clustergan")]
    rows = differences(runs)
    assert rows["Method"] == ("ClusterGAN", "Paired ClusterGAN")
    assert rows["Critic steps"] == ("1", ABSENT)
    assert rows["Starts"][0] == ABSENT
    # One name, another meaning: the gradient penalty of one method is not the R1 weight of the other.
    assert rows["Gradient penalty"][1] == rows["R1 weight γ"][0] == ABSENT
    assert "Clusters K" not in rows


def test_a_setting_of_one_method_alone_is_told_from_one_that_all_have(tmp_path: Path) -> None:
    runs = [a_run(tmp_path, "a"), a_run(tmp_path, "b", method="paired-clustergan", seed=1)]
    only_of = {row.title: row.only_of for row in differing_settings(runs)}
    assert only_of["Method"] == only_of["Seed"] == ()
    assert only_of["Critic steps"] == ("ClusterGAN",)
    assert only_of["Starts"] == ("Paired ClusterGAN",)


def test_a_setting_that_an_older_run_does_not_name_has_its_default(tmp_path: Path) -> None:
    old, new = a_run(tmp_path, "old"), a_run(tmp_path, "new")
    content = json.loads((old.folder / "config.json").read_text())
    del content["settings"]["precision"]
    (old.folder / "config.json").write_text(json.dumps(content))
    assert "precision" not in Run(old.folder).config.settings
    assert differences([Run(old.folder), new]) == {}


def test_other_data_is_named_and_other_content_under_one_name_too(tmp_path: Path) -> None:
    digits, synthetic = a_run(tmp_path, "a"), a_run(tmp_path, "b", dataset="synthetic")
    rows = differences([digits, synthetic])
    assert rows["Data"] == ("digits", "synthetic")
    assert "Content of the data" not in rows
    record = digits.config.dataset.model_copy(update={"digest": "f" * 64})
    changed = new_run(tmp_path / "c", digits.config.model_copy(update={"dataset": record}))
    assert differences([digits, changed])["Content of the data"] == (digits.config.dataset.digest[:8], "ffffffff")


# --- groups ---------------------------------------------------------------------------------------------------------


def test_runs_that_differ_in_their_seed_alone_are_one_group(tmp_path: Path) -> None:
    runs = [a_run(tmp_path, f"s{seed}", seed=seed) for seed in (0, 1)]
    runs += [a_run(tmp_path, f"k{seed}", seed=seed, n_clusters=7) for seed in (0, 1, 2)]
    groups = group_by_seed([runs[0], runs[2], runs[1], runs[3], runs[4]])
    assert [(group.title, group.seeds) for group in groups] == [
        ("K = 10", (0, 1)),
        ("K = 7", (0, 1, 2)),
    ]
    assert label_runs(groups)["k2"] == "K = 7, seed 2"


def test_a_name_and_a_title_of_a_run_do_not_set_it_apart(tmp_path: Path) -> None:
    one, other = a_run(tmp_path, "a"), a_run(tmp_path, "b", seed=1)
    other.rename("The good one")
    groups = group_by_seed([one, Run(other.folder)])
    assert [group.title for group in groups] == ["ClusterGAN"]
    assert label_runs(groups) == {"a": "seed 0", "b": "seed 1"}


def test_groups_are_called_by_as_little_as_tells_them_apart(tmp_path: Path) -> None:
    runs = [
        a_run(tmp_path, "a"),
        a_run(tmp_path, "b", method="paired-clustergan", seed=4),
        a_run(tmp_path, "c", method="paired-clustergan", n_clusters=12),
    ]
    assert [group.title for group in group_by_seed(runs[:2])] == ["ClusterGAN", "Paired ClusterGAN"]
    assert [group.title for group in group_by_seed(runs)] == [
        "ClusterGAN, K = 10",
        "Paired ClusterGAN, K = 10",
        "Paired ClusterGAN, K = 12",
    ]


def test_two_trainings_of_one_configuration_and_seed_go_by_their_names(tmp_path: Path) -> None:
    groups = group_by_seed([a_run(tmp_path, "a"), a_run(tmp_path, "again"), a_run(tmp_path, "b", seed=1)])
    assert label_runs(groups) == {"a": "a", "again": "again", "b": "seed 1"}


def test_a_seed_that_was_trained_twice_counts_once(tmp_path: Path) -> None:
    first, again = a_run(tmp_path, "a"), a_run(tmp_path, "again")
    other, fewer = a_run(tmp_path, "b", seed=1), a_run(tmp_path, "c", n_clusters=7)
    comparison = Comparison.of([first, again, other, fewer])
    assert comparison.once_a_seed(comparison.runs) == [first, other, fewer]
    assert comparison.once_a_seed([again, other]) == [again, other]
    assert [group.repeated_seeds for group in comparison.groups] == [{0: 2}, {}]


# --- scores ---------------------------------------------------------------------------------------------------------


def test_a_spread_is_that_of_the_known_values() -> None:
    scores = [{"nmi": value, "kmeans": {"nmi": 0.5}} for value in (0.8, 0.9, 1.0)]
    spread = spread_score([*scores, None], "nmi")
    assert spread.values == (0.8, 0.9, 1.0, None)
    assert spread.mean == pytest.approx(0.9)
    assert spread.sd == pytest.approx(0.1)
    assert spread_score(scores, "nmi", "kmeans").mean == 0.5


def test_one_value_has_no_spread_and_no_value_no_mean() -> None:
    assert spread_score([{"purity": 0.7}], "purity").sd is None
    unknown = spread_score([{"purity": None}, {}], "purity")
    assert (unknown.values, unknown.mean, unknown.sd) == ((None, None), None, None)


def test_a_distance_is_read_by_its_value() -> None:
    assert read_score({"frechet": {"value": 12.5, "n": 89}, "kmeans": {}}, "frechet") == 12.5
    assert read_score({"frechet": None, "kmeans": {}}, "frechet", "kmeans") is None


# --- common samples -------------------------------------------------------------------------------------------------


def assigned(run: Run, indices: list[int], clusters: list[int]) -> Assignment:
    return Assignment(run, np.array(indices), np.array(clusters))


def test_clusters_of_the_samples_that_both_runs_hold_are_aligned(tmp_path: Path) -> None:
    one, other = a_run(tmp_path, "a"), a_run(tmp_path, "b", seed=1)
    common = find_common([assigned(one, [2, 5, 7, 9], [0, 1, 2, 3]), assigned(other, [9, 7, 4, 2], [6, 7, 8, 9])])
    assert common.indices.tolist() == [2, 7, 9]
    assert common.clusters.tolist() == [[0, 2, 3], [9, 7, 6]]


def test_two_clusterings_are_compared_over_all_their_modes(tmp_path: Path) -> None:
    one, other = a_run(tmp_path, "a"), a_run(tmp_path, "b", n_clusters=3)
    left, right = [0, 0, 1, 1, 9], [2, 2, 0, 0, 0]
    agreement = compare_two(find_common([assigned(one, [*range(5)], left), assigned(other, [*range(5)], right)]))
    assert agreement.counts.shape == (10, 3)
    assert agreement.counts[[0, 1, 9], [2, 0, 0]].tolist() == [2, 2, 1]
    assert agreement.counts.sum() == 5
    assert agreement.ari == pytest.approx(ari(np.array(left), np.array(right)))
    assert agreement.nmi == pytest.approx(nmi(np.array(left), np.array(right)))


def test_runs_of_different_data_have_no_samples_in_common(tmp_path: Path) -> None:
    one, other = a_run(tmp_path, "a"), a_run(tmp_path, "b", dataset="synthetic")
    with pytest.raises(RunError, match=r"a and b .*\(digits and synthetic\).*choose runs of the same data\.$"):
        find_common([assigned(one, [0], [0]), assigned(other, [0], [0])])


def test_no_common_sample_is_a_sentence_with_the_way_out(tmp_path: Path) -> None:
    one, other = a_run(tmp_path, "a"), a_run(tmp_path, "b", seed=1)
    with pytest.raises(RunError, match=r"choose all samples\.$"):
        find_common([assigned(one, [0], [0]), assigned(other, [1], [0])])
