"""The Sweep page: a form that says what it will take, a grid of runs, and what they have shown."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from clustergan_core.data.registry import load_dataset
from clustergan_core.paths import runs_folder
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.queue.queue import waiting_runs
from clustergan_core.runs.sweeps import report as sweep_report
from clustergan_core.runs.sweeps.plan import plan_sweep
from clustergan_core.runs.sweeps.report import SweepReport, SweepRow
from clustergan_core.runs.sweeps.sweep import Sweep, list_sweeps, open_sweep, place_sweep
from clustergan_core.runs.sweeps.work import submit_missing
from clustergan_core.runs.worker import execute
from tests.app.app_pages import open_page, texts
from tests.app.train_widgets import press, widget
from tests.small_runs import small_config
from tests.sweeps import finish, finished_sweep, set_state, small_sweep

pytestmark = pytest.mark.usefixtures("apart", "shipped")

LOOK = "Look at a sweep"
FORM = {"sweep_view": "New sweep", "dataset": "digits", "method": "ClusterGAN", "preset": "quick"}
PURITIES = {(9, 0): 0.5, (9, 1): 0.6, (10, 0): 0.7, (10, 1): 0.8}


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of sweeps that ship, empty until a test puts one there."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    monkeypatch.setattr(sweep_report, "SHIPPED_SWEEPS", folder)
    return folder


@pytest.fixture(scope="module")
def trained_sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four runs that were really trained."""
    sweep = small_sweep(folder=tmp_path_factory.mktemp("sweeps") / "trained", n_steps=10, evaluate_every=5)
    sweep.make_missing()
    for point in sweep.points:
        run = sweep.run(point)
        assert run is not None
        execute(run)
    return sweep.folder


def everything(app: AppTest) -> str:
    return "\n".join([texts(app), *(code.value for code in app.code)])


def type_into(app: AppTest, key: str, text: str) -> AppTest:
    return app.text_input(key=key).set_value(text).run()


def widget_value(app: AppTest) -> object:
    return app.segmented_control(key="sweep_score").value


def button_labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


# --- the form -------------------------------------------------------------------------------------------------------


def test_without_any_sweep_the_form_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_CPU_SLOTS", "2")
    app = open_page("sweep", **{key: value for key, value in FORM.items() if key != "sweep_view"})

    assert app.text_input(key="values").value == "7, 9, 10, 11, 13"
    assert app.text_input(key="seeds").value == "0-4"
    assert "**25 runs**: 5 values × 5 seeds" in everything(app)
    assert "Start 25 runs" in button_labels(app)
    # 400 steps of .02 s and 8 s around them, thirteen rounds of two.
    assert "About **3 minutes** on this machine (cpu, 2 at a time; 16 seconds a run)." in everything(app)
    assert "on disk" in everything(app)
    assert (
        "sweep --dataset digits --method clustergan --preset quick --seeds 0,1,2,3,4 --steps 400 --device cpu "
        "--threads 1 --set n_clusters=7,9,10,11,13" in everything(app)
    )
    assert not app.error and not app.exception


def test_other_data_moves_table_3_s_values_to_its_number_of_labels() -> None:
    app = open_page("sweep", **FORM)
    widget(app, "dataset").set_value("synthetic").run()

    assert app.text_input(key="values").value == "3, 4, 5, 7"


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("values", "7", "K has one value (7): enter at least two, such as 7, 9, 10."),
        ("values", "", "K has no values: enter at least two"),
        ("values", "7, many", "Setting n_clusters=many is not possible"),
        ("values", "1, 7", "Setting n_clusters=1 is not possible"),
        ("seeds", "0-", "Seeds 0- are not possible: enter up to 1000, for example 0-4 or 0,3,7."),
        ("seeds", "0-500", "This grid has 2,505 runs: choose values and seeds that make 1 to 1,000."),
    ],
)
def test_what_cannot_be_gets_one_sentence_and_no_start(key: str, text: str, sentence: str) -> None:
    app = type_into(open_page("sweep", **FORM), key, text)

    assert [sentence in error.value.replace("\\", "") for error in app.error] == [True]
    assert not any(label.startswith("Start ") for label in button_labels(app))


def test_methods_can_be_compared_each_timed_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_CPU_SLOTS", "2")
    app = open_page("sweep", beside=["pca-gmm", "VAE + GMM"], seeds="0,1", **FORM)

    assert "Start 6 runs" in button_labels(app)
    assert "**6 runs**: 3 methods × 2 seeds" in everything(app)
    assert "--method clustergan,pca-gmm,vae-gmm --preset quick" in everything(app)
    assert "; a run: ClusterGAN 16 seconds, PCA + GMM " in everything(app)
    # Only what all of them have can vary beside them.
    offered = ["Only the method", "K (Table 3)", "Batch size", "Another setting"]
    assert app.segmented_control(key="over").options == offered
    assert not app.error and not app.exception


def test_a_sweep_over_methods_shows_a_value_for_each() -> None:
    plan = plan_sweep(small_config(), {}, (0, 1), load_dataset("digits"), others=[small_config(method="pca-gmm")])
    sweep = place_sweep(plan)
    sweep.make_missing()
    for point in sweep.points:
        run = sweep.run(point)
        assert run is not None
        finish(run, {"clustergan": 0.5, "pca-gmm": 0.7}[run.config.method])
    app = open_page("sweep", sweep=sweep.name)
    means = app.dataframe[0].value

    assert dict(zip(means["Method"], means["Purity"])) == {
        "ClusterGAN": "0.500 ± 0.000",
        "PCA + GMM": "0.700 ± 0.000",
    }
    assert "ClusterGAN, PCA + GMM on digits" in everything(app)
    assert not app.error and not app.exception


def test_any_setting_can_be_varied_and_a_second_one_with_it() -> None:
    app = open_page("sweep", over="Another setting", vary="Learning rate", also="Networks", **FORM)

    assert app.text_input(key="values").value == "0.00025, 0.0005, 0.001"
    # The images of 8 × 8 are too small for dcgan-wide.
    assert app.text_input(key="also_values").value == "mlp, mlp-batchnorm, dcgan-small, linear, auto"
    type_into(app, "also_values", "mlp, mlp-batchnorm")
    assert "**30 runs**: 6 combinations of values × 5 seeds" in everything(app)
    assert "--set learning_rate=0.00025,0.0005,0.001 --set architecture=mlp,mlp-batchnorm" in everything(app)
    names = [w.key for w in app.number_input]
    assert "learning_rate" not in names and "batch_size" in names  # what is varied is not fixed as well


def test_a_sweep_larger_than_the_disk_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clustergan_core.runs.sweeps.estimate.free_bytes", lambda folder: 1_000_000)
    app = open_page("sweep", **FORM)

    assert "has 1 MB free: choose fewer values or seeds, or free some space." in app.warning[0].value.replace("\\", "")


def test_start_makes_the_runs_puts_them_in_line_and_shows_the_sweep() -> None:
    app = open_page("sweep", values="9, 10", seeds="0,1,2", **FORM)
    press(app, "Start 6 runs")
    (sweep,) = list_sweeps()

    assert sweep.plan.axes == {"n_clusters": (9, 10)}
    assert [run is not None for run in map(sweep.run, sweep.points)] == [True] * 6
    states = [status.state for status in sweep.statuses().values()]
    assert states.count("starting") + len(waiting_runs()) == 6
    assert widget(app, "sweep").value == sweep.name
    assert {"Pause all", "Stop all"} <= set(button_labels(app))
    assert "Shown once a run is finished." in everything(app)
    assert sweep.plan.command() in everything(app)
    assert not app.exception


def test_a_sweep_that_is_there_trains_only_what_is_missing() -> None:
    app = open_page("sweep", values="9, 10", seeds="0,1", **FORM)
    press(app, "Start 4 runs")
    (sweep,) = list_sweeps()
    for point in sweep.points[:3]:
        run = sweep.run(point)
        assert run is not None
        set_state(run, "finished", 400, 10.0)
    app = open_page("sweep", values="9, 10", seeds="1,2", **FORM)

    assert "**3 of 6** are already finished; 3 to train" in everything(app)
    assert "Includes seeds 0 of an earlier start" in everything(app)
    press(app, "Start 3 runs")
    assert list_sweeps()[0].plan.seeds == (0, 1, 2)


def test_runs_of_another_sweep_are_taken_over() -> None:
    press(open_page("sweep", values="9, 10", seeds="0", **FORM), "Start 2 runs")
    (earlier,) = list_sweeps()
    for point in earlier.points:
        run = earlier.run(point)
        assert run is not None
        finish(run, 0.5)
        (run.folder / "weights-best.safetensors").write_bytes(b"")
    app = open_page("sweep", values="9, 10, 11", seeds="0", **FORM)

    assert "**2 of 3** were trained elsewhere and are reused; 1 to train" in everything(app)
    press(app, "Start 1 run")
    sweep = next(sweep for sweep in list_sweeps() if sweep.folder != earlier.folder)
    assert [dict(point.values)["n_clusters"] for point, _ in sweep.finished()] == [9, 10]


# --- looking at a sweep ---------------------------------------------------------------------------------------------


def test_a_finished_sweep_shows_every_run_its_spread_and_a_suggestion(trained_sweep: Path, own_folders: Path) -> None:
    shutil.copytree(trained_sweep, own_folders / "runs" / "trained")
    app = open_page("sweep", sweep="trained")
    report = sweep_report.make_report(open_sweep(own_folders / "runs" / "trained"))

    assert "ClusterGAN on digits · K = 9, 10 · seeds 0, 1 · 10 steps" in everything(app)
    points, runs = (frame.value for frame in app.dataframe)
    assert points["K"].tolist() == [9, 10] and points["Runs"].tolist() == [2, 2]
    spread = report.spread_at((9,), "purity")
    assert spread is not None
    assert points["Purity"][0] == f"{spread['mean']:.3f} ± {spread['sd']:.3f}"
    assert runs["NMI"].tolist() == [row.argmax["nmi"] for row in report.rows]
    suggestion = report.suggest_n_clusters()
    assert suggestion is not None
    said = "No K stands out" if suggestion.n_clusters is None else f"Suggested K = {suggestion.n_clusters}"
    assert f"**{said}**" in everything(app)
    assert all(reason.reason in everything(app) for reason in (*suggestion.votes, *suggestion.undecided))
    assert ("is at the end of the values tried" in everything(app)) == suggestion.is_at_end
    assert "From 2 seeds: the spread over seeds is poorly known" in everything(app)
    assert len(app.get("plotly_chart")) == 2
    assert not app.exception and not app.error


def test_the_score_can_be_chosen_and_purity_warns_of_itself() -> None:
    finished_sweep(PURITIES)
    app = open_page("sweep", sweep_view=LOOK)
    assert "**Purity rises with the number of modes**" in everything(app)
    app.segmented_control(key="sweep_score").set_value("NMI").run()

    assert "Purity rises" not in everything(app)
    assert widget_value(open_page("sweep", sweep_view=LOOK, sweep_score="ARI")) == "ARI"


def test_a_sweep_at_work_is_shown_by_itself_and_can_be_paused_and_continued() -> None:
    finished_sweep(PURITIES, n_steps=30)
    sweep = small_sweep()
    submit_missing(sweep)
    app = open_page("sweep")
    assert widget(app, "sweep").value == sweep.name
    assert [button.disabled for button in app.button if button.label == "Delete"] == [True]
    press(app, "Pause all")

    assert {status.state for status in sweep.statuses().values()} == {"paused"}
    press(app.run(), "Continue the 4 paused runs")
    assert {status.state for status in sweep.statuses().values()} <= {"waiting", "starting"}


def test_one_run_can_be_stopped_and_continued_alone() -> None:
    sweep = small_sweep()
    submit_missing(sweep)
    app = open_page("sweep")
    app.selectbox(key="sweep_run").set_value("K = 10, seed 1").run()
    press(app, "Stop")
    states = [status.state for status in sweep.statuses().values()]
    assert states == ["waiting", "waiting", "waiting", "stopped"]
    press(app.run(), "Continue")

    assert "stopped" not in [status.state for status in sweep.statuses().values()]


def test_a_wrong_sweep_in_the_address_gets_one_sentence() -> None:
    app = open_page("sweep", sweep="nowhere")
    assert "The address asks for sweep=nowhere, but there is nothing to choose from yet." in app.error[0].value
    assert "There is no sweep yet" in everything(app)

    sweep = finished_sweep(PURITIES)
    app = open_page("sweep", sweep="../nowhere")
    assert [f"it can be {sweep.name}" in error.value.replace("\\", "") for error in app.error] == [True]
    assert widget(app, "sweep").value == sweep.name


def test_deleting_asks_first_and_takes_everything() -> None:
    sweep = finished_sweep(PURITIES)
    app = open_page("sweep", sweep=sweep.name)
    press(app, "Delete")
    assert "4 runs" in everything(app)
    press(app, "Delete it")

    assert not sweep.folder.exists() and runs_folder().is_dir()
    assert not app.exception


def test_data_without_labels_shows_criteria_alone() -> None:
    sweep = finished_sweep(dict.fromkeys(PURITIES))
    plan = sweep.plan
    record = plan.config.dataset.model_copy(update={"label_names": ()})
    config = plan.config.model_copy(update={"dataset": record})
    without = Sweep(sweep.folder, plan.model_copy(update={"config": config, "label_shares": ()}))
    (sweep.folder / "sweep.json").write_text(without.plan.model_dump_json())
    app = open_page("sweep", sweep=sweep.name)

    assert "need labels, and this data has none" in everything(app)
    assert "Purity" not in app.dataframe[0].value.columns
    assert "**Suggested K = " in everything(app)
    assert not app.exception


# --- what ships -----------------------------------------------------------------------------------------------------


def make_shipped(folder: Path) -> SweepReport:
    """Table 3 as a report with figures by hand, K = 10 best by each criterion."""
    config = make_config(load_dataset("digits"), "digits", settings={"n_normal": 30})  # as in the table
    plan = plan_sweep(config, {"n_clusters": (7, 9, 10, 11, 13)}, (0, 1))
    record = plan.config.dataset.model_copy(update={"source": "mnist", "name": "mnist"})
    plan = plan.model_copy(update={"config": plan.config.model_copy(update={"dataset": record})})
    rows = []
    for point in plan.points():
        k = point.values[0][1]
        scores = {name: 0.9 - 0.02 * abs(k - 10) for name in ("purity", "accuracy", "nmi", "ari")}
        free = {"data_silhouette": 0.5 - 0.02 * abs(k - 10), "frechet": 3.0 + abs(k - 10), "usage_entropy": 2.0}
        rows.append(
            SweepRow(
                run=point.slug, values=(k,), seed=point.seed, state="finished", step=10, seconds=1.0, n=10,
                argmax=scores, kmeans=scores, label_free=free,
            )
        )  # fmt: skip
    agreement = tuple(((k,), (0.9 - 0.02 * abs(k - 10),) * 2) for k in (7, 9, 10, 11, 13))
    report = SweepReport(name="table-3", plan=plan, rows=tuple(rows), agreement=agreement, machine="a machine")
    (folder / "table-3.json").write_text(report.model_dump_json())
    return report


def test_what_shipped_opens_first_with_the_paper_s_row_and_a_suggestion(shipped: Path) -> None:
    make_shipped(shipped)
    finished_sweep(PURITIES)
    app = open_page("sweep")

    assert widget(app, "sweep").value == "table-3"
    assert "· bundled" in everything(app)
    assert "**Suggested K = 10**, by 3 of 3 criteria that use no labels" in everything(app)
    assert "at the end of the values tried" not in everything(app)
    table = app.dataframe[0].value
    assert table["ClusterGAN, Table 3 (purity, best of five)"].tolist() == [0.72, 0.80, 0.95, 0.90, 0.84]
    assert "ClusterGAN's row is the best of five runs, selected with labels; ours show all runs" in everything(app)
    assert "Delete" not in button_labels(app)
    assert "Trained on a machine." in everything(app)


def test_a_link_to_the_form_shows_the_form_whatever_there_is_to_look_at(shipped: Path) -> None:
    make_shipped(shipped)
    app = open_page("sweep", dataset="digits", values="9, 10")

    assert app.text_input(key="values").value == "9, 10"
    assert app.segmented_control(key="sweep_view").value == "New sweep"


def test_a_shipped_sweep_that_was_repeated_stands_beside_one_s_own(shipped: Path) -> None:
    sweep = finished_sweep(PURITIES)
    report = make_shipped(shipped).model_copy(update={"name": sweep.name})
    (shipped / "table-3.json").write_text(report.model_dump_json())
    app = open_page("sweep", sweep=f"{sweep.name} (shipped)")

    assert "· bundled" in everything(app)
    widget(app, "sweep").set_value(sweep.name).run()
    assert "· bundled" not in everything(app)
