"""A run on the Train page: everything it shows is read from disk."""

import io
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from clustergan_core.browser.strip import Strip
from clustergan_core.runs.metrics import append_row
from clustergan_core.runs.run import Run
from clustergan_core.runs.samples import read_grid
from clustergan_core.runs.scores import read_scores, write_scores
from clustergan_core.runs.status import State, Status, hold_lock, write_status
from clustergan_core.runs.worker import execute
from clustergan_core.score_names import GENERATION_SCORES
from clustergan_core.scoring.records import RunScores
from tests.app.app_pages import open_page
from tests.app.train_widgets import all_texts, opened, press, widget
from tests.small_runs import new_run, small_config
from ui.frame.links import NEXT, choices_to_watch
from ui.train import samples
from ui.train.figures import metrics_csv

# What runs of format 1 once had not.
NEW_SCORES = ("frechet", "fid", "coverage", "mode_variance", "classifier", *GENERATION_SCORES)

pytestmark = pytest.mark.usefixtures("apart")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = new_run(tmp_path_factory.mktemp("trained") / "run", small_config())
    execute(run)
    return run


@pytest.fixture
def finished(trained: Run, own_folders: Path) -> Run:
    """A finished run in this test's own folder."""
    shutil.copytree(trained.folder, own_folders / "runs" / "finished")
    return Run(own_folders / "runs" / "finished")


def set_state(run: Run, state: State, message: str = "") -> None:
    now = datetime.now().astimezone()
    write_status(run.folder / "status.json", Status(state=state, step=20, n_steps=40, heartbeat=now, message=message))


def test_a_finished_run_shows_its_scores_on_both_splits(finished: Run) -> None:
    app = opened(run="finished")

    assert "Validation split, n = 179, step 40" in all_texts(app)
    assert "On the test split, n = 179" in all_texts(app)
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown.keys() >= {"Purity", "Accuracy", "NMI", "ARI"}
    newest = finished.metrics().rows[-1].get("scores", {})
    assert shown["Purity"] == f"{newest['purity']:.3f}"
    assert not [button for button in app.button if button.label in ("Stop", "Continue")]
    assert not app.exception


def test_how_near_generated_samples_come_is_shown_with_the_features_that_say_so(finished: Run) -> None:
    app = opened(run="finished")

    live, scores = finished.metrics().rows[-1].get("scores", {})["frechet"], read_scores(finished)
    final = scores and scores.get("frechet")
    assert final
    titles = [f"Fréchet distance, n = {distance['n']:,}" for distance in (final, live)]
    distances = [metric.value for metric in app.metric if metric.label in titles]
    assert distances == [f"{final['value']:g}", f"{live['value']:g}"]
    assert f"Features: {live['features']}" in all_texts(app)
    assert f"{final['n']} generated samples and as many real ones" in all_texts(app)


def test_how_generated_samples_vary_is_shown_at_the_end_and_while_training(finished: Run) -> None:
    shown = [(metric.label, metric.value) for metric in opened(run="finished").metric]

    live, scores = finished.metrics().rows[-1].get("scores", {}), read_scores(finished)
    assert scores is not None
    for values in (scores, live):
        variance, coverage = values.get("mode_variance"), values.get("coverage")
        assert variance and ("Variance within a mode", f"{variance['value']:g}") in shown
        assert coverage and ("Coverage", f"{coverage['value']:.3f}") in shown


def test_the_csv_of_a_run_has_the_parts_of_the_distance_in_columns_of_their_own(finished: Run) -> None:
    table = pd.read_csv(io.StringIO(metrics_csv(finished)))

    newest = finished.metrics().rows[-1].get("scores", {})["frechet"]
    last = table.iloc[-1]
    assert last["frechet"] == newest["value"]
    assert (last["frechet_n"], last["frechet_features"]) == (newest["n"], newest["features"])
    assert last["frechet_real_halves"] == newest["real_halves"]
    assert last["mode_variance"] == finished.metrics().rows[-1].get("scores", {})["mode_variance"]["value"]
    assert len(table) == len(finished.metrics().rows)


def test_masses_that_are_learned_are_drawn_and_stand_in_the_csv(finished: Run, own_folders: Path) -> None:
    assert "Mode masses" not in all_texts(opened(run="finished")), "its modes are equally likely"
    settings = {"n_labelled": 20, "mass_rate": 0.1, "n_normal": 8}
    run = new_run(own_folders / "runs" / "masses", small_config("synthetic", method="nemgan-labelled", **settings))
    execute(run)
    app = opened(run="masses")
    assert not app.exception
    assert "Mode masses" in all_texts(app)
    assert "Dotted: the labels' shares in the training split" in all_texts(app)
    table = pd.read_csv(io.StringIO(metrics_csv(run)))
    masses = table[[f"masses_{mode}" for mode in range(run.config.n_clusters)]].dropna()
    assert len(masses) == 4, "one for each evaluation"
    assert masses.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-3)
    last = run.load("last").mode_weights
    assert last is not None
    assert masses.iloc[-1].to_numpy() == pytest.approx(last.shares.numpy(), abs=1e-4)


def test_a_run_of_before_generated_samples_were_compared_is_shown_without(finished: Run) -> None:
    rows, scores = finished.metrics().rows, read_scores(finished)
    assert scores is not None
    earlier_scores = {key: value for key, value in scores.items() if key not in NEW_SCORES}
    write_scores(finished, cast("RunScores", earlier_scores))
    (finished.folder / "metrics.jsonl").unlink()
    for row in rows:
        earlier = {key: value for key, value in row.get("scores", {}).items() if key not in NEW_SCORES}
        append_row(finished.folder / "metrics.jsonl", {**row, **({"scores": earlier} if earlier else {})})
    app = opened(run="finished")

    assert not any("Fréchet" in metric.label for metric in app.metric)
    assert not app.exception


def test_a_run_that_trains_can_be_stopped_and_evaluated(finished: Run) -> None:
    set_state(finished, "running")
    with hold_lock(finished.folder / "lock"):
        app = opened()  # the newest training run is shown by itself
        assert "Step **20** of 40" in all_texts(app)
        press(app, "Evaluate now")
        press(app, "Stop")

    assert finished.is_requested("stop")
    assert finished.is_requested("evaluate")
    assert [button.label for button in app.button if button.disabled] == ["Stopping…", "Evaluating…"]


def test_a_paused_run_can_be_resumed_or_stopped(finished: Run) -> None:
    set_state(finished, "paused")
    app = opened(run="finished")
    assert {"Resume", "Stop"} <= {button.label for button in app.button}
    press(app, "Stop")

    assert finished.status().state == "stopped"
    assert "Stopped while it was paused" in finished.log()
    assert "Stop" not in {button.label for button in app.button}


def test_a_name_is_shown_as_it_is(finished: Run) -> None:
    finished.rename("my first <b>run</b> $x$")
    assert r"my first \<b>run\</b> \$x\$: ClusterGAN on digits" in all_texts(opened(run="finished"))


def test_a_shipped_model_says_that_its_log_is_not_bundled(finished: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (finished.folder / "log.txt").unlink()
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(finished.folder.parent))
    assert "its log is not bundled" in all_texts(opened(run="finished"))


def test_a_run_whose_process_was_killed_offers_to_continue(finished: Run) -> None:
    set_state(finished, "running")
    app = opened(run="finished")
    assert "stopped unexpectedly" in app.warning[0].value
    press(app, "Continue")

    assert finished.status().state == "starting"
    assert finished.status().step == 20


def test_a_failed_run_says_what_to_change_and_leads_back_to_its_settings(finished: Run) -> None:
    set_state(finished, "failed", "Training diverged at step 5: lower the learning rate.")
    app = opened(run="finished")
    assert app.error[0].value == "Training diverged at step 5: lower the learning rate."
    press(app, "Change settings and train again")

    assert [widget(app, key).value for key in ("dataset", "n_normal", "width", "steps")] == ["digits", 5, 0.1, 40]
    assert not app.error


def test_without_labels_the_page_says_so_and_shows_no_figures_for_them(finished: Run) -> None:
    rows = finished.metrics().rows
    (finished.folder / "metrics.jsonl").unlink()
    for row in rows:
        scores = {k: v for k, v in row.get("scores", {}).items() if k not in ("purity", "accuracy", "nmi", "ari")}
        append_row(finished.folder / "metrics.jsonl", row | ({"scores": scores} if scores else {}))
    app = opened(run="finished")

    assert "Purity, accuracy, NMI and ARI: needs labels" in all_texts(app)
    assert not {"Purity", "Accuracy", "NMI", "ARI"} & {metric.label for metric in app.metric}


def test_the_slider_follows_the_newest_samples_until_it_is_moved(
    finished: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[list[str], str]] = []

    def slide(_: str, strip: Strip, value: float, *, texts: list[str], **_named: Any) -> None:
        shown.append((texts, texts[int(value)]))
        grid = read_grid(finished.folder, int(texts[int(value)]))[:, :, 0]
        assert np.abs(strip.samples[int(value), ..., 0] / 255 - grid).max() <= 1 / 255

    monkeypatch.setattr(samples, "latent_slider", slide)
    newest = finished.folder / "samples" / "00000040.npy"
    kept = newest.read_bytes()
    newest.unlink()
    app = opened(run="finished")
    assert shown[-1] == (["0", "10", "20", "30"], "30")
    newest.write_bytes(kept)
    app.run()
    assert shown[-1][1] == "40"

    app.session_state[samples.LEFT] = (finished.name, 10)  # as a release at the second step leaves it
    (finished.folder / "samples" / "00000050.npy").write_bytes(kept)
    app.run()
    assert shown[-1] == (["0", "10", "20", "30", "40", "50"], "10")


def test_a_run_without_a_history_is_drawn_from_its_weights(finished: Run) -> None:
    for path in (finished.folder / "samples").iterdir():
        path.unlink()
    app = opened(run="finished")

    assert len(app.image) == 1
    assert "drawn with the best weights" in all_texts(app)


def test_a_run_that_was_just_started_is_watched_whatever_run_of_another_page_is_in_the_address(finished: Run) -> None:
    shutil.copytree(finished.folder, finished.folder.parent / "started")
    app = open_page("train", run=finished.name, task="New run")
    app.session_state[NEXT] = choices_to_watch("started")
    app.run()
    assert app.selectbox(key="run").value == "started"
    assert app.query_params["run"] == "started"


def test_a_run_that_is_not_there_is_told_in_one_sentence(finished: Run) -> None:
    app = opened(run="../../etc")

    assert "run=../../etc" in app.error[0].value
    assert not app.exception


def test_with_no_run_at_all_the_page_leads_to_a_new_one() -> None:
    app = opened(task="Watch a run")

    assert not app.exception
