"""The Compare page: which runs, what it says of them, and what it says when something is not there."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from clustergan_core.embedding.fitted import FittedMap
from clustergan_core.embedding.settings import MapSettings
from clustergan_core.evaluation.agreement import ari
from clustergan_core.evaluation.stability import measure_stability
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.maps import MapRequest, MapWorker, write_progress
from clustergan_core.runs.run import Run
from clustergan_core.runs.status import hold_lock
from clustergan_core.runs.store import list_shipped
from clustergan_core.runs.worker import execute
from tests.app.app_pages import open_page, texts
from tests.small_runs import new_run, small_config
from tests.sweeps import set_state

SHIPPED = ["digits-clustergan", "digits-paired-clustergan"]


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seeds of digits, one run with fewer modes, and one of other data; each trained for a moment."""
    folder = tmp_path_factory.mktemp("seeds")
    configs = {f"s{seed}": small_config(n_steps=10, evaluate_every=5, seed=seed) for seed in range(3)}
    configs["few"] = small_config(n_steps=10, evaluate_every=5, n_clusters=4)
    configs["table"] = small_config("synthetic", n_steps=10, evaluate_every=5)
    for name, config in configs.items():
        execute(new_run(folder / name, config))
    return folder


@pytest.fixture
def own(seeds: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Run]:
    """A copy of those runs that a test may spoil; no shipped models, and maps are computed by nobody."""
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(own_folders / "pretrained"))
    monkeypatch.setattr(
        MapWorker, "submit", lambda _, request: write_progress(request.job_folder(), "waiting", 0.0, "Waiting.")
    )
    folder = shutil.copytree(seeds, own_folders / "runs")
    return {path.name: Run(path) for path in folder.iterdir()}


def opened(*runs: str, **query: str | list[str]) -> AppTest:
    app = open_page("compare", **({"runs": list(runs)} if runs else {}), **query)
    assert not app.exception
    return app


def table(app: AppTest, column: str) -> Any:
    return next(frame.value for frame in app.dataframe if column in frame.value)


def metric(app: AppTest, label: str) -> str:
    return next(figure.value for figure in app.metric if figure.label == label)


def test_each_run_is_listed_with_the_name_a_person_gave_and_its_data(own: dict[str, Run]) -> None:
    own["s0"].rename("Third attempt")
    said = texts(opened("s0", "table"))
    assert "s0: Third attempt: ClusterGAN on digits, 10 modes" in said
    assert "table: ClusterGAN on synthetic" in said


def test_links_at_the_top_lead_to_every_section(own: dict[str, Run]) -> None:
    app = opened("s0", "s1")
    (line,) = (caption.value for caption in app.caption if caption.value.startswith("On this page"))
    links = dict(re.findall(r"\[([^]]+)\]\(#([^)]+)\)", line))
    headings = {heading.value: heading.anchor for heading in [*app.header, *app.subheader]}
    assert links.keys() >= {"What differs", "Scores", "Clusters", "Two maps"}
    assert links == {name: headings[name] for name in links}


# --- too few runs, and wrong ones -----------------------------------------------------------------------------------


def test_without_runs_it_says_how_to_get_them(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(own_folders / "pretrained"))
    app = opened()
    assert "A comparison needs two runs" in app.info[0].value
    assert any(link.page == "train" for link in app.page_link)


def test_with_none_chosen_runs_of_the_same_data_are_offered_and_one_press_compares_them(own: dict[str, Run]) -> None:
    app = opened()
    assert "Choose two or more runs" in app.info[0].value
    (offer,) = (button for button in app.button if button.label.startswith("digits: "))
    offer.click().run()
    assert not app.exception
    assert set(app.multiselect(key="runs").value) == {"s0", "s1", "s2", "few"}
    assert "What differs" in texts(app)


def test_one_run_alone_is_no_comparison(own: dict[str, Run]) -> None:
    app = opened("s1")
    assert "s1 is the only run chosen" in app.info[0].value
    (offer,) = (button for button in app.button if button.label.startswith("digits: "))
    offer.click().run()
    assert app.multiselect(key="runs").value[0] == "s1"


def test_a_wrong_run_in_the_address_is_named_and_the_others_are_compared(own: dict[str, Run]) -> None:
    app = opened("s0", "../../etc", "s1")
    assert [error.value for error in app.error] == [
        "The address asks for runs=../../etc, but it can be table, s2, s1 and 2 more; the others are shown."
    ]
    assert app.multiselect(key="runs").value == ["s0", "s1"]


def test_runs_in_the_address_may_be_parted_by_commas(own: dict[str, Run]) -> None:
    app = opened("s0,s1", "few")
    assert not app.error
    assert app.multiselect(key="runs").value == ["s0", "s1", "few"]


def test_more_runs_than_can_be_compared_are_cut_with_a_sentence(own: dict[str, Run]) -> None:
    names = [f"copy{number}" for number in range(13)]
    for name in names:
        shutil.copytree(own["s0"].folder, own["s0"].folder.parent / name)
    app = opened(*names)
    assert "The address asks for 13 runs, but only 12 can be compared" in app.error[0].value
    assert app.multiselect(key="runs").value == names[:12]


def test_a_damaged_run_is_not_offered(own: dict[str, Run]) -> None:
    (own["few"].folder / "config.json").write_text("{")
    assert "few" not in opened("s0", "s1").multiselect(key="runs").options


# --- what differs, scores, curves -----------------------------------------------------------------------------------


def test_seeds_of_one_configuration_differ_in_nothing_but_the_seed(own: dict[str, Run]) -> None:
    app = opened("s0", "s1", "s2")
    assert not app.error
    assert "Only the seed: 0, 1, 2." in texts(app)
    purities = [json.loads((own[name].folder / "scores.json").read_text())["purity"] for name in ("s0", "s1", "s2")]
    (row,) = table(app, "Seeds").to_dict("records")
    assert row["Purity"] == f"{np.mean(purities):.3f} ± {np.std(purities, ddof=1):.3f}"
    assert (row["n"], row["Seeds"], row["Scored on"]) == (3, "0, 1, 2", "179 test")


def test_only_settings_that_differ_are_listed_a_column_a_group(own: dict[str, Run]) -> None:
    settings = table(opened("s0", "few", "s1"), "Setting")
    assert settings["Setting"].tolist() == ["Clusters K", "Seed"]
    assert settings["K = 10"].tolist() == ["10", "0, 1"]
    assert settings["K = 4"].tolist() == ["4", "0"]


def test_the_other_reading_shows_its_own_figures(own: dict[str, Run]) -> None:
    app = opened("s0", "few", reading="k-means")
    scores = json.loads((own["few"].folder / "scores.json").read_text())
    assert table(app, "Seeds")["NMI"].tolist()[1] == f"{scores['kmeans']['nmi']:.3f}"


def test_scores_that_need_labels_say_so(own: dict[str, Run]) -> None:
    for name in ("s0", "s1"):
        path = own[name].folder / "scores.json"
        scores = json.loads(path.read_text())
        unknown = dict.fromkeys(("purity", "accuracy", "nmi", "ari"))
        path.write_text(json.dumps(scores | unknown | {"kmeans": unknown, "n_labelled": 0}))
    (row,) = table(opened("s0", "s1"), "Seeds").to_dict("records")
    assert row["Purity"] == row["ARI"] == "needs labels"
    assert row["Scored on"] == "179 test, 0 labelled"
    assert row["Silhouette"] != "needs labels"


def test_a_run_that_is_not_finished_has_no_scores_yet(own: dict[str, Run]) -> None:
    (own["s1"].folder / "scores.json").unlink()
    (row,) = table(opened("s0", "s1"), "Seeds").to_dict("records")
    assert (row["n"], row["Seeds"], row["Scored on"]) == (1, "0", "179 test; seed 1 not finished")


def test_a_seed_counts_once_however_often_it_was_trained(own: dict[str, Run]) -> None:
    for name in ("again", "continued"):
        shutil.copytree(own["s0"].folder, own["s0"].folder.parent / name)
    (once,) = table(opened("s0", "s1"), "Seeds").to_dict("records")
    app = opened("s0", "again", "continued", "s1")
    (row,) = table(app, "Seeds").to_dict("records")
    assert row == once
    assert row["n"] == 2
    assert "Seed 0 three times, counted once" in texts(app)
    assert app.selectbox(key="stable_over").options == ["2 seeds of ClusterGAN"]
    clusters = np.stack([run_latents(own[name]).clusters for name in ("s0", "s1")])
    assert metric(app, "Seed agreement") == f"{measure_stability(clusters).seed_agreement:.3f}"


def test_an_unfinished_repetition_takes_nothing_from_its_seed(own: dict[str, Run]) -> None:
    shutil.copytree(own["s0"].folder, own["s0"].folder.parent / "again")
    (own["s0"].folder / "scores.json").unlink()
    (row,) = table(opened("s0", "again", "s1"), "Seeds").to_dict("records")
    assert (row["n"], row["Seeds"], row["Scored on"]) == (2, "0, 1", "179 test")


def test_one_seed_trained_twice_says_nothing_of_stability_over_seeds(own: dict[str, Run]) -> None:
    shutil.copytree(own["s0"].folder, own["s0"].folder.parent / "again")
    app = opened("s0", "again")
    assert "Needs two runs on the same data that have weights. Seed 0 twice, counted once" in texts(app)
    assert "±" not in table(app, "Seeds")["Purity"].tolist()[0]


def test_runs_without_metrics_have_no_curve_and_are_named(own: dict[str, Run]) -> None:
    (own["s1"].folder / "metrics.jsonl").unlink()
    assert "No curve for seed 1" in texts(opened("s0", "s1"))


def test_where_no_run_has_metrics_there_are_no_curves(own: dict[str, Run]) -> None:
    for name in ("s0", "s1"):
        (own[name].folder / "metrics.jsonl").unlink()
    app = opened("s0", "s1")
    assert "so there are no curves" in texts(app)
    assert not app.error


def test_any_score_can_be_drawn_over_steps_or_seconds(own: dict[str, Run]) -> None:
    app = opened("s0", "s1", curve="Silhouette", over="seconds")
    assert not app.error
    assert app.selectbox(key="curve").value == "Silhouette"
    for title in app.selectbox(key="curve").options:
        app.selectbox(key="curve").set_value(title).run()
        assert not app.exception


def test_curves_of_distances_that_do_not_compare_say_so(own: dict[str, Run]) -> None:
    warning = "These differ in data, features or number of samples"
    assert warning in texts(opened("s0", "table", curve="Fréchet distance"))
    assert warning not in texts(opened("s0", "few", curve="Fréchet distance"))


def test_curves_follow_a_run_that_trains_until_it_ends(own: dict[str, Run]) -> None:
    note = "Runs still active: 1. Updated every 5 seconds."
    set_state(own["s1"], "running", step=10)
    with hold_lock(own["s1"].folder / "lock"):
        app = opened("s0", "s1")
    assert note in texts(app)
    set_state(own["s1"], "finished", step=10)
    assert note not in texts(app.run())
    assert not app.exception


def test_of_runs_that_have_just_begun_it_says_that_curves_will_come(own: dict[str, Run]) -> None:
    for name in ("s0", "s1"):
        (own[name].folder / "metrics.jsonl").unlink()
    set_state(own["s0"], "running")
    with hold_lock(own["s0"].folder / "lock"):
        assert "None of these runs has been evaluated yet; their curves will appear here." in texts(opened("s0", "s1"))


def test_steps_of_two_methods_are_told_to_be_unlike(own_folders: Path) -> None:
    warning = "Steps cost different amounts of work in each method"
    assert warning in texts(opened(*SHIPPED))
    assert warning not in texts(opened(*SHIPPED, over="seconds"))


# --- clusters -------------------------------------------------------------------------------------------------------


def test_stability_over_the_seeds_is_told_and_can_be_told_over_all_runs(own: dict[str, Run]) -> None:
    app = opened("s0", "s1", "few", "s2")
    clusters = np.stack([run_latents(own[name]).clusters for name in ("s0", "s1", "s2")])
    stability = measure_stability(clusters)
    assert metric(app, "Seed agreement") == f"{stability.seed_agreement:.3f}"
    assert metric(app, "Samples all runs agree on") == f"{(stability.shares == 1).mean():.1%}"
    samples = table(app, "agreeing runs")
    assert samples["agreeing runs"].is_monotonic_increasing
    assert sorted(samples["agreeing runs"]) == sorted(stability.n_agreeing)
    app.selectbox(key="stable_over").set_value("all 4 runs on digits").run()
    assert not app.exception
    assert metric(app, "Agreement") != metric(app, "ARI")


def test_two_clusterings_are_compared_over_all_samples_of_the_split(own: dict[str, Run]) -> None:
    app = opened("s0", "few")
    left, right = (run_latents(own[name]).clusters for name in ("s0", "few"))
    assert metric(app, "ARI") == f"{ari(left, right):.3f}"
    counts = table(app, "left mode").filter(like="mode ").to_numpy()
    assert counts.shape == (10, 4)
    assert counts.sum() == 179


def test_left_and_right_are_never_the_same(own: dict[str, Run]) -> None:
    app = opened("s0", "s1", "s2", left="s1", right="s0")
    assert (app.selectbox(key="left").value, app.selectbox(key="right").value) == ("s1", "s0")
    app.selectbox(key="left").set_value("s0").run()
    assert "s0" not in app.selectbox(key="right").options
    assert not app.error


def test_runs_of_different_data_compare_in_scores_but_not_in_clusters(own: dict[str, Run]) -> None:
    app = opened("s0", "table")
    assert [error.value for error in app.error] == [
        "s0 and table were trained on different data (digits and synthetic), so they have no samples in common: "
        "choose runs of the same data."
    ]
    assert "Needs two runs on the same data" in texts(app)
    assert table(app, "Seeds")["Runs"].tolist() == ["digits", "synthetic"]
    assert "they cannot be compared: digits, " in texts(app)
    assert "Fréchet distances have no panel" in texts(app)
    assert "have no panel" not in texts(opened("s0", "few"))


def test_a_run_without_weights_is_left_out_of_the_clusters(own: dict[str, Run]) -> None:
    for path in own["s1"].folder.glob("weights-*"):
        path.unlink()
    app = opened("s0", "s1")
    assert "Needs two runs that have weights" in texts(app)
    assert not app.error


# --- maps -----------------------------------------------------------------------------------------------------------


def keep_map(run: Run) -> None:
    settings = MapSettings.model_validate({})
    features = MapRequest(run, settings).features(run.load(), run_latents(run))
    FittedMap(features, features[:, :2], settings).save(run.embeddings_folder())


def test_kept_maps_are_drawn_in_every_colouring(own: dict[str, Run]) -> None:
    for name in ("s0", "s1"):
        keep_map(own[name])
    app = opened("s0", "s1")
    assert "Draw a lasso or a box on either map" in texts(app)
    assert app.selectbox(key="colours").options == ["own mode", "other run's mode", "label", "stability"]
    for name in app.selectbox(key="colours").options:
        app.selectbox(key="colours").set_value(name).run()
        assert not app.exception
        assert not app.error


def test_a_missing_map_is_computed_only_when_asked_for(own: dict[str, Run]) -> None:
    keep_map(own["s0"])
    app = opened("s0", "s1")
    request = MapRequest(own["s1"], MapSettings.model_validate({}))
    assert "This map has not been computed yet" in texts(app)
    assert not request.job_folder().exists()
    app.button(key="compare-right-start").click().run()
    assert not app.exception
    assert (request.job_folder() / "progress.json").is_file()
    assert app.button(key="compare-right-job-stop")


# --- shipped models, and links --------------------------------------------------------------------------------------


@pytest.mark.skipif(not set(SHIPPED) <= {run.name for run in list_shipped()}, reason="needs the shipped models")
def test_shipped_models_are_compared_with_their_shipped_maps(own_folders: Path) -> None:
    app = opened(*SHIPPED)
    assert not app.error
    assert table(app, "Seeds")["Runs"].tolist() == ["ClusterGAN", "Paired ClusterGAN"]
    both, only_one, only_other = (frame.value for frame in app.dataframe if "Setting" in frame.value)
    assert both["Setting"].tolist()[0] == "Method"
    assert "–" not in both.to_numpy()
    assert only_one.columns.tolist() == ["Setting", "ClusterGAN"]
    assert only_other.columns.tolist() == ["Setting", "Paired ClusterGAN"]
    assert "Starts" in only_other["Setting"].tolist()
    assert "Draw a lasso or a box on either map" in texts(app)


def test_without_its_data_the_least_stable_samples_are_numbers(
    own: dict[str, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    for run in own.values():
        run_latents(run)
    monkeypatch.setattr(Run, "is_data_here", lambda _: False)
    app = opened("s0", "s1")
    assert not app.error
    assert "need the data, which is not on this machine" in texts(app)
    assert table(app, "agreeing runs").columns.tolist()[:4] == ["sample", "stability", "agreeing runs", "mode"]


def test_the_runs_page_leads_here_with_its_run(own: dict[str, Run]) -> None:
    app = open_page("runs", run="s2")
    link = next(link for link in app.page_link if link.page == "compare")
    assert "Compare with" in link.label
    assert "runs=s2" in link.proto.query_string
