"""What is said of a run's mixing."""

import pytest

from clustergan_core.cells.overcorrection import GenesDisagree, NeighboursLost, OneSampleCluster, name_clusters
from clustergan_core.evaluation.crossing import Crossing
from clustergan_core.evaluation.mixing import MixingScores
from clustergan_core.runs.clusters.mixing_report import MixingReport, SpaceReport


def space(name: str, share: float, mates: float = 0.48, biology: float = 0.8) -> SpaceReport:
    scores = MixingScores(0.5, 0.4, 0.3, 0.9, 0.1, 0.7, *[biology] * 4)
    return SpaceReport(
        space=name, n_clusters=3, crossing=Crossing(share, 0.5), mates=mates, nmi_sample=0.01, scores=scores
    )


def report(share: float, mates: float = 0.48, biology: float = 0.8, **fields: object) -> MixingReport:
    values = {
        "key": "",
        "n_cells": 100,
        "n_scored": 100,
        "n_samples": 2,
        "has_labels": True,
        "partners_across": "harmony",
        "before": space("Unintegrated", 0.03),
        "harmony": space("Harmony", 0.45),
        "run": space("This run", share, mates, biology),
        "alarms": (),
        "lone_types": (),
    }
    return MixingReport.model_validate(values | fields)


@pytest.mark.parametrize(("share", "verdict"), [(0.1, "mixed in part"), (0.3, "mixed in part"), (0.45, "mixed")])
def test_samples_that_share_clusters_mix_as_far_as_neighbours_cross(share: float, verdict: str) -> None:
    judged = report(share)
    assert judged.verdict == verdict
    assert f"{share:.0%} of a cell's nearest neighbours" in judged.sentence
    assert "before training it was 3%" in judged.sentence


def test_samples_do_not_mix_where_clusters_follow_them() -> None:
    judged = report(0.02, mates=0.05)
    assert judged.verdict == "not mixed"
    assert "5% of the cells in a cell's cluster are from another sample" in judged.sentence


def test_samples_are_mixed_too_much_where_types_or_own_neighbours_are_lost() -> None:
    assert report(0.45, biology=0.65).verdict == "mixed too much"
    assert report(0.45, biology=0.65, has_labels=False).verdict == "mixed", "no labels tell of real types"
    assert report(0.45, alarms=(NeighboursLost(0.4),)).verdict == "mixed too much"
    assert report(0.1, mates=0.1, biology=0.65).verdict == "not mixed", "what is not mixed is not mixed too much"


def test_the_table_ends_with_the_score_that_misleads_and_weighs_the_others_as_scib_does() -> None:
    table = report(0.45).table().set_index("space")
    assert table.columns[-1] == "bras"
    row = table.loc["This run"]
    assert row["mixing"] == pytest.approx((0.5 + 0.3 + 0.9 + 0.1 + 0.7) / 5), "CiLISI is no part of it"
    assert row["overall"] == pytest.approx(0.6 * 0.8 + 0.4 * row["mixing"])
    assert any("BRAS" in note and "mislead" in note for note in report(0.45).notes)


def test_a_report_is_read_as_it_was_written() -> None:
    alarms = (OneSampleCluster(2, "control", 0.97, 40), GenesDisagree(1, ("control", "treated"), 3))
    written = report(0.3, alarms=alarms, lone_types=(OneSampleCluster(0, "treated", 1.0, 12, "Mk"),))
    read = MixingReport.model_validate_json(written.model_dump_json())
    assert read == written
    assert [type(alarm) for alarm in read.alarms] == [OneSampleCluster, GenesDisagree]


def test_alarms_call_clusters_by_the_names_that_a_person_gave_them() -> None:
    alarms = (
        OneSampleCluster(2, "control", 0.97, 40),
        GenesDisagree(1, ("control", "treated"), 3),
        NeighboursLost(0.4),
    )
    lone, genes, lost = (
        alarm.sentence for alarm in name_clusters(alarms, lambda number: {2: "B cells", 1: "NK"}[number])
    )
    assert "cells of B cells are from control" in lone
    assert genes.startswith("NK shares only 3")
    assert lost == alarms[2].sentence


def test_what_stands_for_types_and_how_many_cells_are_scored_is_said() -> None:
    notes = " ".join(report(0.3, has_labels=False, n_cells=50_000, n_scored=10_000).notes)
    assert "10,000 of 50,000 cells" in notes
    assert "Leiden's clusters on Harmony's components stand for types" in notes
    assert "Types are the labels" in " ".join(report(0.3).notes)
