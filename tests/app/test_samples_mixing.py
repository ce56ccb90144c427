"""Whether samples mix, on the page and by the command: figures against counting and scikit-learn; alarms; training."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from streamlit.testing.v1 import AppTest

from clustergan_core.cells.overcorrection import OneSampleCluster
from clustergan_core.command_line import main
from clustergan_core.evaluation.clusterings import leiden_clusters, neighbour_graph
from clustergan_core.evaluation.integration import harmony_components
from clustergan_core.runs.clusters.mixing import FILE, judge_mixing, read_mixing
from clustergan_core.runs.clusters.mixing_report import MixingReport
from clustergan_core.runs.clusters.names import read_annotations, write_annotations
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run
from tests.app.app_pages import open_page, texts

pytestmark = pytest.mark.usefixtures("apart")


def scores_of(app: AppTest) -> pd.DataFrame:
    (table,) = (frame.value for frame in app.dataframe if "What it says" in frame.value)
    return table.set_index("Score")


@pytest.fixture
def judged(samples: Run) -> AppTest:
    """The page after a person asked for the scores."""
    app = open_page("samples", run="samples")
    assert "What it says" not in texts(app)
    return app.button(key="judge_mixing").click().run()


def test_scores_asked_for_are_those_of_the_cells_and_stay_with_the_run(
    judged: AppTest, samples: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not judged.exception and not judged.error
    shown = scores_of(judged)
    assert shown.columns.tolist()[:3] == ["Unintegrated", "Harmony", "This run"]
    assert shown.index[-1] == "BRAS", "the score that misleads comes last"
    dataset, latents = samples.dataset(), run_latents(samples, "all")
    assert dataset.batches is not None and dataset.labels is not None
    batches, clusters = dataset.batches.codes, latents.clusters
    own = shown["This run"]
    assert own["NMI with sample"] == pytest.approx(normalized_mutual_info_score(batches, clusters), abs=6e-4)
    assert own["NMI with type"] == pytest.approx(normalized_mutual_info_score(dataset.labels, clusters), abs=6e-4)
    assert own["ARI with type"] == pytest.approx(adjusted_rand_score(dataset.labels, clusters), abs=6e-4)
    # Before any training, at length 1: counted from all distances between principal components.
    flat = dataset.samples - dataset.samples.mean(axis=0)
    left, singular, _ = np.linalg.svd(flat, full_matrices=False)
    components = (left * singular)[:, :50]
    components /= np.linalg.norm(components, axis=1, keepdims=True)
    distances = np.linalg.norm(components[:, None] - components[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    nearest = np.argsort(distances, axis=1)[:, :15]
    crossing = (batches[nearest] != batches[:, None]).mean()
    assert shown["Unintegrated"]["Neighbours across"] == pytest.approx(crossing, abs=0.02)
    others = [
        (batches[(clusters == clusters[cell]) & (np.arange(len(batches)) != cell)] != batches[cell]).mean()
        for cell in range(len(batches))
    ]
    assert own["Cluster mates across"] == pytest.approx(np.mean(others), abs=6e-4)
    boxes = [str(box.value) for box in (*judged.success, *judged.info, *judged.warning)]
    assert any(box.startswith("The samples") for box in boxes)

    again = open_page("samples", run="samples")
    assert not [button for button in again.button if button.key == "judge_mixing"], "read, not computed again"
    assert scores_of(again).equals(shown)
    csv = tmp_path / "mixing.csv"
    assert main(["mixing", str(samples.folder), "--json", "--csv", str(csv)]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["types"] == "labels" and result["samples"] == 2
    assert result["spaces"][2]["nmi"] == pytest.approx(own["NMI with type"], abs=6e-4)
    assert pd.read_csv(csv)["overall"].tolist() == pytest.approx(shown.loc["Overall"].tolist()[:3], abs=6e-4)


def test_other_weights_make_the_scores_unknown(judged: AppTest, samples: Run) -> None:
    assert read_mixing(samples, samples.dataset()) is not None
    (weights,) = samples.folder.glob("weights-best*.safetensors")
    weights.write_bytes(weights.read_bytes() + b"other")
    assert read_mixing(samples, samples.dataset()) is None
    (samples.embeddings_folder() / FILE).write_text("{")
    assert read_mixing(samples, samples.dataset()) is None


@pytest.mark.slow  # loads scanpy
def test_without_labels_groups_that_leiden_finds_after_harmony_stand_for_types(samples: Run) -> None:
    dataset = replace(samples.dataset(), labels=None)
    assert dataset.batches is not None
    steps = list(judge_mixing(samples, dataset))
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions) and fractions[-1] == 1
    report = steps[-1].report
    assert report is not None and not report.has_labels and not report.lone_types
    graph = neighbour_graph(harmony_components(dataset.samples, dataset.batches.codes))
    groups, clusters = leiden_clusters(graph).clusters, run_latents(samples, "all").clusters
    assert report.run.scores.nmi == pytest.approx(normalized_mutual_info_score(groups, clusters), abs=1e-6)
    assert read_mixing(samples, dataset) == report
    assert read_mixing(samples, samples.dataset()) is None, "with labels it would be another report"


def test_alarms_are_told_by_the_names_of_clusters(judged: AppTest, samples: Run) -> None:
    path = samples.embeddings_folder() / FILE
    stored = MixingReport.model_validate_json(path.read_bytes())
    alarms = (*stored.alarms, OneSampleCluster(1, "control", 0.97, 40))
    lone = (OneSampleCluster(0, "treated", 1.0, 20, "kind 0"),)
    path.write_text(stored.model_copy(update={"alarms": alarms, "lone_types": lone}).model_dump_json())
    write_annotations(samples, read_annotations(samples).with_name(1, "B cells"))
    app = open_page("samples", run="samples")
    warned = "\n".join(str(box.value) for box in app.warning)
    assert "B cells (control, 97% of 40 cells)" in warned
    assert "cannot be told apart" in warned, "each condition has one sample"
    assert "kind 0 (treated, 100% of 20 cells)" in "\n".join(str(box.value) for box in app.info)


def test_training_the_other_way_is_one_click_away(samples: Run) -> None:
    app = open_page("samples", run="samples")
    assert "after Harmony has moved the samples together" in texts(app)
    config = samples.config.model_copy(update={"settings": samples.config.settings | {"partners_across": "none"}})
    assert config.command() in "\n".join(block.value for block in app.code), "the form cannot choose this file"
