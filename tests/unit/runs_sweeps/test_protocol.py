"""The protocol of several seeds: only what is missing is trained, and no choice stands without its mark."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks.protocol_table import render_reports
from clustergan_core.command_line import main
from clustergan_core.command_line.protocol import render_report
from clustergan_core.errors import RunError, SettingsError
from clustergan_core.methods import METHODS
from clustergan_core.paths import PROJECT_FOLDER
from clustergan_core.runs.run import Run
from clustergan_core.runs.status import write_status
from clustergan_core.runs.sweeps import protocol
from clustergan_core.runs.sweeps.plan import plan_sweep, read_seeds
from clustergan_core.runs.sweeps.protocol import make_report, method_title, rank_correlation
from clustergan_core.runs.sweeps.sweep import Sweep
from clustergan_core.runs.sweeps.work import run_sweep, stop_sweep
from clustergan_core.runs.worker import execute, first_status
from tests.small_runs import new_run, small_config

pytestmark = pytest.mark.slow  # starts worker processes

# By hand, seed by seed: purity on validation and test samples, and what criteria without labels say.
VALIDATION = {0: 0.6, 1: 0.9, 2: 0.7}
TEST = {0: 0.5, 1: 0.6, 2: 0.7}
CRITERION = {0: 0.2, 1: 0.1, 2: 0.3}
AGREEMENT = {0: 0.9, 1: 0.8, 2: 0.7}  # of neighbours; `criterion` is their information
PAIR_INFORMATION = {0: 1.1, 1: 1.3, 2: 1.2}
SAMPLE_CYCLE = {0: 0.03, 1: 0.02, 2: 0.01}


def agreement(purity: float | None) -> dict[str, float | None]:
    return dict.fromkeys(("purity", "accuracy", "nmi", "ari"), purity)


def scores_of(purity: float | None, seed: int) -> dict[str, Any]:
    return {
        **agreement(purity),
        "kmeans": agreement(purity and purity / 2),
        "split": "test",
        "n": 100,
        "is_training_data": False,
        "silhouette": None,
        "usage_entropy": 2.0,
        "sample_cycle": SAMPLE_CYCLE[seed],
        "latent_cycle": 0.1 + seed,
        "frechet": {"value": 3.0 - seed, "features": "a classifier", "n": 50},
        "classifier": "a classifier",
    }


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """Three untrained runs whose scores are those above."""

    class Live:
        def __init__(self, dataset: object, method: object) -> None: ...

        def score(self, seed: int) -> dict[str, float]:
            figures = {"criterion": CRITERION[seed], "neighbour_agreement": AGREEMENT[seed]}
            return figures | {"pair_information": PAIR_INFORMATION[seed]}

    monkeypatch.setattr(protocol, "LiveScorer", Live)
    monkeypatch.setattr(Run, "load", lambda self, which: self.config.seed)
    by_split = {"validation": VALIDATION, "test": TEST}
    monkeypatch.setattr(
        protocol, "score_run", lambda run, split, _: scores_of(by_split[split][run.config.seed], run.config.seed)
    )
    return [new_run(tmp_path / str(seed), small_config(seed=seed)) for seed in range(3)]


def test_the_run_of_best_validation_purity_is_reported_on_test_and_marked(runs: list[Run]) -> None:
    chosen = make_report(runs)["chosen_with_labels"]
    assert (chosen["seed"], chosen["mark"], chosen["argmax"]["purity"]) == (1, "chosen with labels", 0.6)
    assert chosen["kmeans"]["nmi"] == 0.3


def test_beside_it_stand_mean_deviation_and_median_of_all_runs(runs: list[Run]) -> None:
    report = make_report(runs)
    purity = report["all_runs"]["argmax"]["purity"]
    assert report["n_runs"] == 3
    # .5, .6 and .7: squared deviations .01, 0 and .01 over n − 1 = 2.
    assert purity == {key: pytest.approx(value) for key, value in purity.items()}
    assert (purity["mean"], purity["sd"], purity["median"]) == (pytest.approx(0.6), pytest.approx(0.1), 0.6)
    assert (purity["min"], purity["max"]) == (0.5, 0.7)
    assert make_report(runs[:1])["all_runs"]["argmax"]["purity"]["sd"] is None


def test_each_criterion_without_labels_picks_its_run_and_is_measured(runs: list[Run]) -> None:
    picks = {row["name"]: row for row in make_report(runs)["chosen_without_labels"]}
    # Silhouette has no meaning here, and a classifier's features know the labels: neither may choose.
    free = ["criterion", "pair_information", "usage_entropy", "sample_cycle", "latent_cycle"]
    assert list(picks) == ["neighbour_information", *free]
    assert {row["mark"] for row in picks.values()} == {"chosen without labels"}
    assert {name: row["seed"] for name, row in picks.items()} == {
        "neighbour_information": 2,
        "criterion": 0,
        "pair_information": 1,
        "usage_entropy": 0,
        "sample_cycle": 2,  # the lowest loss
        "latent_cycle": 0,
    }
    # Ranks of the criterion 2 1 3 against 1 2 3 of purity: 1 − 6 · (1 + 1 + 0) / (3 · 8).
    assert picks["neighbour_information"]["rank_correlation"] == pytest.approx(0.5)
    assert picks["sample_cycle"]["rank_correlation"] == pytest.approx(1)
    assert picks["latent_cycle"]["rank_correlation"] == pytest.approx(-1)
    assert picks["usage_entropy"]["rank_correlation"] is None  # the same for all
    assert {row["n_ranked"] for row in picks.values()} == {3}


def test_the_table_tells_every_choice_with_its_mark(runs: list[Run]) -> None:
    lines = render_report(make_report(runs)).splitlines()
    assert "3 runs, test split, 100 samples" in lines[0]
    (with_labels,) = (line for line in lines if line.startswith("chosen with labels: validation purity"))
    assert with_labels.split()[-9:-7] == ["1", "0.600"]
    assert any(line.startswith("all 3 runs: median") for line in lines)
    assert any(line.startswith("chosen without labels: sample cycle loss") for line in lines)


def test_without_labels_only_criteria_that_need_none_speak(runs: list[Run], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "score_run", lambda run, *_: scores_of(None, run.config.seed))
    report = make_report(runs)
    assert (report["chosen_with_labels"], report["all_runs"]) == (None, None)
    assert [row["rank_correlation"] for row in report["chosen_without_labels"]] == [None] * 6
    assert "need labels, which the data does not have" in render_report(report)


def test_without_labels_of_validation_samples_no_run_is_chosen_with_them(
    runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    by_split = {"validation": dict.fromkeys(VALIDATION), "test": TEST}
    monkeypatch.setattr(
        protocol, "score_run", lambda run, split, _: scores_of(by_split[split][run.config.seed], run.config.seed)
    )
    report = make_report(runs)
    assert report["chosen_with_labels"] is None
    assert report["all_runs"]["argmax"]["purity"]["median"] == 0.6
    shown = render_report(report)
    assert "No run is chosen with labels, because no validation sample has one." in shown
    assert "chosen with labels: validation purity" not in shown and "all 3 runs: median" in shown
    assert "| 3 of ClusterGAN on `digits` | 0.600 ± 0.100 | 0.600 | – |" in render_reports([report])


def test_two_runs_are_not_ranked() -> None:
    assert rank_correlation([1, 2], [0.1, 0.2]) is None


@pytest.mark.parametrize(
    ("text", "seeds"), [("0-4", (0, 1, 2, 3, 4)), ("7", (7,)), ("0,3, 1-2", (0, 3, 1, 2)), ("1,0-2", (1, 0, 2))]
)
def test_seeds_are_read_in_their_order_and_once(text: str, seeds: tuple[int, ...]) -> None:
    assert read_seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "a", "-1", "3-1", "0-", "1;2", "0-999999"])
def test_seeds_that_are_none_are_told_with_an_example(text: str) -> None:
    with pytest.raises(SettingsError, match="for example 0-4 or 0,3,7"):
        read_seeds(text)


def test_seeds_that_are_not_finished_are_in_the_report(runs: list[Run]) -> None:
    report = make_report(runs, [(4, "stopped"), (3, "failed")])
    assert (report["n_runs"], report["planned_seeds"]) == (3, [0, 1, 2, 3, 4])
    assert report["unfinished"] == [{"seed": 4, "state": "stopped"}, {"seed": 3, "state": "failed"}]
    assert (
        "These scores cover 3 of 5 planned seeds and lack seed 4 (stopped), seed 3 (failed): repeat the command to "
        "train the missing ones." in render_report(report).splitlines()
    )
    assert "| 3 (5 planned) of ClusterGAN on `digits` |" in render_reports([report])


def test_a_report_of_all_seeds_and_one_of_an_earlier_version_name_no_missing_ones(runs: list[Run]) -> None:
    report = make_report(runs)
    assert (report["planned_seeds"], report["unfinished"]) == ([0, 1, 2], [])
    earlier = {name: value for name, value in report.items() if name not in ("planned_seeds", "unfinished")}
    assert "planned" not in render_report(report)
    assert render_report(earlier) == render_report(report)
    assert render_reports([earlier]) == render_reports([report])


def test_the_command_tells_which_seed_failed(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def finish_only_seed_0(sweep: Sweep, _: str | None) -> None:
        sweep.make_missing()
        for point in sweep.points:
            run = Run(sweep.folder_of(point))
            status = first_status(run.config)
            write_status(run.folder / "status.json", status.model_copy(update={"state": "failed"}))
        execute(Run(sweep.folder_of(sweep.points[0])))

    monkeypatch.setattr("clustergan_core.command_line.protocol.train_missing", finish_only_seed_0)
    words = ["protocol", "--dataset", "digits", "--seeds", "0,5", "--set", "width=0.1", "--steps", "10"]
    assert main([*words, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["planned_seeds"], report["unfinished"]) == ([0, 5], [{"seed": 5, "state": "failed"}])
    assert main(words) == 0
    assert "1 of 2 planned seeds and lack seed 5 (failed)" in capsys.readouterr().out


# --- training what is missing -----------------------------------------------------------------------------------------


def test_a_folder_of_other_runs_is_refused_with_what_differs(tmp_path: Path) -> None:
    new_run(tmp_path / "1", small_config(seed=1, sigma=0.5))
    with pytest.raises(RunError, match=r"1 holds another run \(settings.sigma is 0.5 there and 0.1 here\)"):
        Sweep(tmp_path, plan_sweep(small_config(), {}, (0, 1))).check()


def test_only_what_is_missing_is_trained_and_an_interrupted_run_goes_on(own_folders: Path, tmp_path: Path) -> None:
    sweep = Sweep(tmp_path / "seeds", plan_sweep(small_config(n_steps=20), {}, (0, 1, 2)))
    first, second, _ = sweep.points
    execute(new_run(sweep.folder_of(first), sweep.plan.config_of(first)))
    kept = (tmp_path / "seeds" / "0" / "status.json").read_bytes()
    begun = new_run(sweep.folder_of(second), sweep.plan.config_of(second))
    begun.request("stop")
    execute(begun)
    assert begun.status().state == "stopped"

    for statuses in run_sweep(sweep):
        assert sum(status.is_training for status in statuses.values()) <= 2

    assert [run.name for _, run in sweep.finished()] == ["0", "1", "2"]
    assert (tmp_path / "seeds" / "0" / "status.json").read_bytes() == kept
    assert "Continuing after step" in begun.log()


def test_giving_up_leaves_runs_that_can_be_continued(own_folders: Path, tmp_path: Path) -> None:
    sweep = Sweep(tmp_path / "seeds", plan_sweep(small_config(n_steps=100_000), {}, (0,)))
    for statuses in run_sweep(sweep):
        if statuses[sweep.points[0]].step > 0:
            break
    stop_sweep(sweep)
    ((_, status),) = sweep.statuses().items()
    assert status.state == "stopped"
    assert (tmp_path / "seeds" / "0" / "resume.safetensors").exists()


def test_the_command_trains_reports_and_does_nothing_twice(
    own_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    narrow = ["--set", "width=0.1", "--set", "batch_size=16", "--steps", "10"]
    words = ["protocol", "--dataset", "digits", "--seeds", "0,5", "--json", *narrow]
    assert main(words) == 0
    first = capsys.readouterr()
    assert "To train: seeds 0, 5." in first.err
    assert "Seed 5 finished" in first.err
    assert main(words) == 0
    second = capsys.readouterr()
    assert "Finished already: seeds 0, 5." in second.err
    assert json.loads(second.out) == json.loads(first.out)
    assert [row["seed"] for row in json.loads(first.out)["runs"]] == [0, 5]


def test_the_command_refuses_a_method_without_an_encoder(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(METHODS["deligan"], "encodes", False)
    assert main(["protocol", "--dataset", "digits", "--method", "deligan"]) != 0
    assert "DeLiGAN has no encoder" in capsys.readouterr().err


@pytest.mark.parametrize("method", ["pca-gmm", "deligan", "infogan", "dcn"])
def test_the_protocol_covers_a_method_however_it_reads_samples(method: str, own_folders: Path, tmp_path: Path) -> None:
    runs = []
    for seed in (0, 1):
        run = new_run(tmp_path / str(seed), small_config(method=method, seed=seed, n_steps=10))
        execute(run)
        runs.append(run)
    report = make_report(runs)

    assert report["chosen_with_labels"]["seed"] in (0, 1)
    assert method_title(report) in render_report(report)


def test_an_interrupted_command_stops_its_runs_which_can_be_continued(own_folders: Path, tmp_path: Path) -> None:
    words = [
        "--dataset",
        "digits",
        "--seeds",
        "0,1",
        "--set",
        "width=0.1",
        "--steps",
        "1000000",
        "--out",
        str(tmp_path),
    ]
    command = subprocess.Popen(
        [sys.executable, "-m", "clustergan_core", "protocol", *words],
        cwd=PROJECT_FOLDER,
        # Where the tests' own shell runs in the background, Ctrl-C would be ignored by inheritance.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    runs = [Run(tmp_path / seed) for seed in "01"]
    deadline = time.monotonic() + 120
    while not all((run.folder / "status.json").exists() and run.status().step for run in runs):
        assert time.monotonic() < deadline, "no step in two minutes"
        time.sleep(0.2)
    command.send_signal(signal.SIGINT)
    assert command.wait(timeout=30) == 130
    assert [run.status().state for run in runs] == ["stopped", "stopped"]
