"""What a sweep has shown, against figures worked out by hand."""

import csv
import io
import itertools
import statistics
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from clustergan_core.errors import RunError
from clustergan_core.runs.scores import read_label_free
from clustergan_core.runs.sweeps.report import list_shipped_reports, make_report, pairwise_agreement, read_report
from tests.sweeps import CLUSTERS, finish, finished_sweep, small_sweep

pytestmark = pytest.mark.usefixtures("own_folders")

PURITIES = {(9, 0): 0.5, (9, 1): 0.6, (9, 2): 0.9, (10, 0): 0.7, (10, 1): 0.8, (10, 2): 0.9}


def test_mean_and_deviation_over_seeds_follow_their_definitions() -> None:
    report = make_report(finished_sweep(PURITIES, seeds=(0, 1, 2)))

    assert report.combinations() == [(9,), (10,)]
    assert report.spread_at((9,), "purity") == {
        "mean": pytest.approx(2 / 3),
        "sd": pytest.approx(((1 / 6) ** 2 + (1 / 15) ** 2 + (7 / 30) ** 2) ** 0.5 / 2**0.5),
        "median": 0.6,
        "min": 0.5,
        "max": 0.9,
        "n": 3,
    }
    assert report.figures_at((10,), "frechet") == [10.0, 10.0, 10.0]


def test_a_single_run_has_no_deviation_and_a_missing_one_no_figure() -> None:
    sweep = small_sweep()
    sweep.make_missing()
    run = sweep.run(sweep.points[0])
    assert run is not None
    finish(run, 0.5)
    report = make_report(sweep)

    assert report.spread_at((9,), "purity") == {"mean": 0.5, "sd": None, "median": 0.5, "min": 0.5, "max": 0.5, "n": 1}
    assert report.spread_at((10,), "purity") is None
    assert [row.state for row in report.rows] == ["finished", "stopped", "stopped", "stopped"]
    assert report.suggest_n_clusters() is None


def test_seeds_agree_as_scikit_learn_has_it_for_every_pair() -> None:
    report = make_report(finished_sweep(PURITIES, seeds=(0, 1, 2)))
    pairs = [(0, 1), (0, 2), (1, 2)]
    expected = [adjusted_rand_score(CLUSTERS[one], CLUSTERS[other]) for one, other in pairs]

    assert report.figures_at((9,), "seed_agreement") == pytest.approx(expected, abs=1e-5)
    assert report.figures_at((9,), "seed_agreement")[1] == 1.0  # the same groups by other numbers


def test_clusterings_of_different_samples_are_not_compared() -> None:
    sweep = finished_sweep(PURITIES, seeds=(0, 1, 2))
    run, other = sweep.run(sweep.points[0]), sweep.run(sweep.points[2])
    assert run is not None and other is not None
    finish(run, 0.5, dataset="another digest")
    found = [free for each in (run, other) if (free := read_label_free(each)) is not None]

    assert pairwise_agreement(found) == []


def test_a_run_that_was_trained_on_gives_no_figure() -> None:
    sweep = finished_sweep(PURITIES, seeds=(0, 1, 2))
    run = sweep.run(sweep.points[0])
    assert run is not None
    run.extend(10)
    finish(run, 0.95)
    report = make_report(sweep)

    assert report.figures_at((9,), "purity") == [0.6, 0.9]
    assert len(report.figures_at((9,), "seed_agreement")) == 1
    assert report.rows_at((9,))[0].state == "trained on"


def test_everything_in_one_cluster_is_no_agreement_and_no_candidate() -> None:
    sweep = finished_sweep(dict.fromkeys(itertools.product((2, 3, 4), (0, 1)), 0.5), axes={"n_clusters": (2, 3, 4)})
    for point in sweep.points:
        run = sweep.run(point)
        assert run is not None
        k = point.values[0][1]
        if k == 2:
            finish(run, 0.5, clusters=(0, 0, 0, 0), n_used=1, data_silhouette=None)
        else:
            finish(run, 0.5, n_used=3, data_silhouette=0.1 * k)
    report = make_report(sweep)

    assert report.figures_at((2,), "seed_agreement") == []
    suggestion = report.suggest_n_clusters()
    assert suggestion is not None
    assert {vote.criterion.name: vote.n_clusters for vote in suggestion.votes}["data_silhouette"] == 4
    assert report.describe_empty_modes() == "Not all modes hold samples: at K = 2 only 1, at K = 4 only 3 of them."


def test_a_method_that_trains_on_neighbours_is_not_judged_by_them() -> None:
    plain, paired = small_sweep().plan, small_sweep(method="paired-clustergan").plan
    reports = [make_report(small_sweep()).model_copy(update={"plan": plan}) for plan in (plain, paired)]

    assert ["neighbour_information" in [c.name for c in report.criteria()] for report in reports] == [True, False]


def test_the_suggestion_reads_no_labels() -> None:
    with_labels = make_report(finished_sweep(PURITIES, seeds=(0, 1, 2)))
    without = make_report(finished_sweep(dict.fromkeys(PURITIES), seeds=(0, 1, 2)))
    suggestion = with_labels.suggest_n_clusters()

    assert suggestion is not None and without.suggest_n_clusters() == suggestion
    assert {vote.criterion.name: vote.n_clusters for vote in suggestion.votes} == {
        "data_silhouette": 9,
        "neighbour_information": 9,
        "frechet": 10,
    }
    assert make_report(small_sweep({"sigma": (0.1, 0.2)})).suggest_n_clusters() is None


def test_the_csv_has_a_line_a_run() -> None:
    sweep = finished_sweep(PURITIES, seeds=(0, 1, 2))
    lines = list(csv.DictReader(io.StringIO(make_report(sweep).csv())))

    assert [(int(line["n_clusters"]), int(line["seed"])) for line in lines] == [
        (point.values[0][1], point.seed) for point in sweep.points
    ]
    first = lines[0]
    assert (first["argmax_purity"], first["kmeans_ari"], first["frechet"], first["state"]) == (
        "0.5", "0.5", "11.0", "finished",
    )  # fmt: skip
    assert statistics.fmean(float(line["argmax_nmi"]) for line in lines) == pytest.approx(
        np.mean(list(PURITIES.values()))
    )


def test_a_report_survives_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = make_report(finished_sweep(PURITIES, seeds=(0, 1, 2)))
    (tmp_path / "mnist.json").write_text(report.model_dump_json())
    monkeypatch.setattr("clustergan_core.runs.sweeps.report.SHIPPED_SWEEPS", tmp_path)

    assert list_shipped_reports() == [report]
    (tmp_path / "mnist.json").write_text("[]")
    with pytest.raises(RunError, match="cannot be read as a sweep's report"):
        read_report(tmp_path / "mnist.json")
