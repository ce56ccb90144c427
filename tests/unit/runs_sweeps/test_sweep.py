"""Sweeps on disk: the same words find the same folder, and only what is missing is made."""

import argparse
import errno
import os
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from clustergan_core import command_line
from clustergan_core.command_line.sweeping import _read_axes, add_commands, read_methods
from clustergan_core.command_line.training import read_configs_and_data
from clustergan_core.data.registry import load_dataset
from clustergan_core.errors import RunError, SettingsError, StorageError
from clustergan_core.paths import RUN_NAME, runs_folder
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.queue import queue
from clustergan_core.runs.queue.backends import extend_run
from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.store import list_runs
from clustergan_core.runs.sweeps import reuse as twins
from clustergan_core.runs.sweeps.plan import SweepPlan, plan_sweep, read_seeds
from clustergan_core.runs.sweeps.sweep import Sweep, list_sweeps, open_sweep, place_sweep
from clustergan_core.runs.sweeps.work import request_all, submit_missing
from clustergan_core.runs.worker import execute
from tests.small_runs import new_run, small_config
from tests.sweeps import finish, finished_sweep, set_state, small_sweep

pytestmark = pytest.mark.usefixtures("own_folders")

# How often each digit occurs in MNIST's official test split.
MNIST_TEST = (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)


# --- the plan -------------------------------------------------------------------------------------------------------


def test_a_grid_goes_seed_by_seed_over_every_combination() -> None:
    plan = small_sweep({"n_clusters": (9, 10), "sigma": (0.1, 0.2)}, (3, 1)).plan

    assert [(point.seed, *(value for _, value in point.values)) for point in plan.points()] == [
        (3, 9, 0.1), (3, 9, 0.2), (3, 10, 0.1), (3, 10, 0.2), (1, 9, 0.1), (1, 9, 0.2), (1, 10, 0.1), (1, 10, 0.2),
    ]  # fmt: skip


def test_a_run_of_the_grid_has_its_values_and_its_seed_and_says_so() -> None:
    plan = small_sweep().plan
    config = plan.config_of(plan.points()[-1])

    assert (config.n_clusters, config.seed) == (10, 1)
    assert config.title == "ClusterGAN on digits, K = 10, seed 1"
    assert config.notes == ("K = 10, as chosen.",)


def test_values_are_checked_and_repeated_ones_count_once() -> None:
    assert plan_sweep(small_config(), {"n_clusters": ("9", "10", "9")}, (0, 0)).axes == {"n_clusters": (9, 10)}
    with pytest.raises(SettingsError, match="n_clusters=1 is not possible"):
        plan_sweep(small_config(), {"n_clusters": (1,)}, (0,))
    with pytest.raises(SettingsError, match="dcgan-wide needs sides divisible by 16, but the images are 8×8"):
        plan_sweep(small_config(), {"architecture": ("mlp", "dcgan-wide")}, (0,))
    with pytest.raises(SettingsError, match="1,002 runs"):
        plan_sweep(small_config(), {"n_clusters": (9, 10, 11)}, range(334))


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((4, 3, 2, 1), {1: 0.4, 2: 0.7, 3: 0.9, 4: 1.0, 9: 1.0}),
        # Table 3's bounds: seven digits at most can have a cluster of their own, or nine.
        (MNIST_TEST, {7: 0.7176, 9: 0.9108, 10: 1.0, 13: 1.0}),
    ],
)
def test_k_clusters_can_get_the_largest_labels_right_and_no_more(
    counts: tuple[int, ...], expected: dict[int, float]
) -> None:
    shares = tuple(sorted((count / sum(counts) for count in counts), reverse=True))
    plan = small_sweep().plan.model_copy(update={"label_shares": shares})

    assert {k: plan.best_attainable(k) for k in expected} == pytest.approx(expected, abs=5e-5)


def test_the_shares_are_those_of_the_test_samples() -> None:
    dataset = load_dataset("digits")
    assert dataset.labels is not None
    labels = dataset.labels[dataset.splits.test].tolist()
    largest = max(labels.count(label) for label in set(labels)) / len(labels)

    assert small_sweep().plan.label_shares[0] == pytest.approx(largest, abs=1e-5)
    assert plan_sweep(small_config(), {"n_clusters": (9, 10)}, (0,)).best_attainable(9) is None


def parse(words: str) -> SweepPlan:
    """The plan that a command line describes, as the command makes it."""
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    arguments = parser.parse_args(shlex.split(words)[3:])  # after python -m clustergan_core
    axes, arguments.set = _read_axes(arguments.set)
    (config, *others), dataset = read_configs_and_data(arguments, read_methods(arguments.method))
    return plan_sweep(config, axes, read_seeds(arguments.seeds), dataset, others=others)


@pytest.mark.parametrize(
    "axes",
    [
        {"n_clusters": (7, 9, 13)},
        {"sigma": (0.1, 0.75), "n_normal": (5, 10)},
        {"architecture": ("mlp", "mlp-batchnorm")},
    ],
)
def test_the_command_of_a_plan_means_the_same_plan(axes: dict[str, tuple]) -> None:
    settings = {"batch_size": 16, "width": 0.1}
    config = make_config(
        load_dataset("digits"), "digits", method="clustergan", settings=settings, n_steps=70, evaluate_every=30
    )
    plan = plan_sweep(config, axes, (0, 1, 5), load_dataset("digits"))
    again = parse(plan.command())

    def essence(plan: SweepPlan) -> dict:
        return plan.model_dump(exclude={"created": True, "config": {"created", "notes"}})

    assert essence(again) == essence(plan)
    assert place_sweep(again).folder == place_sweep(plan).folder


@pytest.mark.parametrize("axes", [{}, {"n_clusters": (9, 10)}])
def test_the_command_of_a_plan_over_methods_means_the_same_plan(axes: dict[str, tuple]) -> None:
    digits = load_dataset("digits")
    configs = [
        make_config(digits, "digits", method=method, settings={"n_normal": 4})
        for method in ("clustergan", "vae-gmm", "infogan")
    ]
    plan = plan_sweep(configs[0], axes, (0, 2), digits, others=configs[1:])
    again = parse(plan.command())

    assert "--method clustergan,vae-gmm,infogan" in plan.command()
    assert [point.slug for point in again.points()] == [point.slug for point in plan.points()]
    for point in plan.points():
        one, other = plan.config_of(point), again.config_of(point)
        assert (one.method, one.settings, one.schedule) == (other.method, other.settings, other.schedule)
    assert place_sweep(again).folder == place_sweep(plan).folder


def test_each_method_of_a_grid_keeps_the_values_of_its_own_preset() -> None:
    digits = load_dataset("digits")
    first, other = (make_config(digits, "digits", method=method) for method in ("clustergan", "vae-gmm"))
    plan = plan_sweep(first, {"n_clusters": (9,)}, (3,), digits, others=[other])
    configs = [plan.config_of(point) for point in plan.points()]

    assert [config.settings for config in configs] == [each.settings | {"n_clusters": 9} for each in (first, other)]
    assert [config.schedule for config in configs] == [first.schedule, other.schedule]
    assert [config.title for config in configs] == [
        "ClusterGAN on digits, K = 9, seed 3",
        "VAE + GMM on digits, K = 9, seed 3",
    ]


def test_a_setting_that_some_methods_lack_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["sweep", "--dataset", "digits", "--method", "clustergan,nemgan,pca-gmm,vade", "--estimate"]
    sentence = "sigma is a setting of clustergan and not of nemgan, pca-gmm, vade: leave out the setting"
    for values in ("0.1,0.2", "0.3"):
        assert command_line.main([*words, "--set", f"sigma={values}"]) != 0
        assert sentence in capsys.readouterr().err


def test_a_run_that_its_method_has_trained_alone_becomes_part_of_a_sweep_over_methods() -> None:
    earlier = trained_sweep()
    config = earlier.plan.config
    plan = plan_sweep(config, {"n_clusters": (9, 10)}, (0, 1), others=[small_config(method="pca-gmm")])
    sweep = place_sweep(plan)

    assert submit_missing(sweep) == [point for point in sweep.points if plan.base_of(point).method == "pca-gmm"]
    assert len(sweep.finished()) == 4


# --- the folder -----------------------------------------------------------------------------------------------------


def test_running_a_sweep_again_trains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "start_worker", lambda *_: pytest.fail("something was started"))
    sweep = finished_sweep({(9, 0): 0.5, (9, 1): 0.6, (10, 0): 0.7, (10, 1): 0.8})
    again = small_sweep()

    assert again.folder == sweep.folder
    assert submit_missing(again) == []
    queue.advance_queue()
    assert {status.state for status in again.statuses().values()} == {"finished"}


def test_only_what_is_missing_is_put_in_line() -> None:
    sweep = small_sweep()
    sweep.make_missing()
    first, second, third, fourth = sweep.points
    for point, state in ((first, "finished"), (second, "failed"), (third, "paused")):
        run = sweep.run(point)
        assert run is not None
        set_state(run, state)  # type: ignore[arg-type] # each is a state
    assert submit_missing(sweep) == [second, third, fourth]
    assert [run.folder for run in queue.waiting_runs()] == [sweep.folder_of(p) for p in (second, third, fourth)]


def trained_sweep() -> Sweep:
    """K 9 and 10 with two seeds; its runs have the weights that a finished run keeps."""
    sweep = finished_sweep({(9, 0): 0.5, (9, 1): 0.6, (10, 0): 0.7, (10, 1): 0.8})
    for point in sweep.points:
        (sweep.folder_of(point) / "weights-best.safetensors").write_bytes(b"weights of " + point.slug.encode())
    return sweep


def test_another_value_trains_only_what_no_sweep_has_trained() -> None:
    earlier = trained_sweep()
    sweep = place_sweep(small_sweep({"n_clusters": (9, 10, 11)}).plan)
    assert sweep.folder != earlier.folder
    assert submit_missing(sweep) == [point for point in sweep.points if point.values == (("n_clusters", 11),)]

    earlier.delete()  # what was taken over is a copy
    taken = dict(sweep.finished())
    assert {point.slug: read_scores(run)["purity"] for point, run in taken.items()} == {  # type: ignore[index]
        "n_clusters-9-seed-0": 0.5,
        "n_clusters-9-seed-1": 0.6,
        "n_clusters-10-seed-0": 0.7,
        "n_clusters-10-seed-1": 0.8,
    }
    for point, run in taken.items():
        assert (run.folder / "weights-best.safetensors").read_bytes() == b"weights of " + point.slug.encode()
        assert run.config.title == sweep.plan.config_of(point).title
        assert any("Copied from run" in note for note in run.config.notes)
    assert [path.name for path in sweep.folder.iterdir() if path.name.startswith(".")] == []


def test_an_unfinished_run_and_one_of_other_settings_are_no_twins() -> None:
    earlier = trained_sweep()
    run = earlier.run(earlier.points[0])
    assert run is not None
    set_state(run, "stopped", step=5)
    assert len(place_sweep(small_sweep({"n_clusters": (9, 10, 11)}).plan).identical_runs()) == 3
    others: list[dict[str, Any]] = [{"batch_size": 32}, {"n_steps": 41}, {"dataset": "synthetic"}]
    for other in others:
        assert place_sweep(small_sweep({"n_clusters": (9, 10, 11)}, **other).plan).identical_runs() == {}


def test_damaged_results_are_nothing_to_take_over() -> None:
    earlier = trained_sweep()
    (earlier.folder_of(earlier.points[0]) / "scores.json").write_text('{"purity": 0.')
    (earlier.folder_of(earlier.points[1]) / "label_free.json").write_text("{}")
    (earlier.folder_of(earlier.points[2]) / "config.json").write_text("no config")
    sweep = place_sweep(small_sweep({"n_clusters": (9, 10, 11)}).plan)
    assert [point.slug for point in sweep.identical_runs()] == [earlier.points[3].slug]


def test_a_run_of_its_own_becomes_part_of_a_sweep(tmp_path: Path) -> None:
    sweep = small_sweep()
    point = sweep.points[0]
    run = new_run(runs_folder() / "alone", sweep.plan.config_of(point).model_copy(update={"title": "my run"}))
    finish(run, 0.5)
    (run.folder / "weights-best.safetensors").write_bytes(b"")
    assert list(sweep.identical_runs()) == [point]


def test_scores_and_card_of_a_copy_speak_of_the_copy() -> None:
    sweep = small_sweep(n_steps=10)
    alone = new_run(runs_folder() / "alone", sweep.plan.config_of(sweep.points[0]))
    execute(alone)
    sweep.make_missing()

    copy = sweep.run(sweep.points[0])
    assert copy is not None
    scores = read_scores(copy)
    assert scores is not None
    assert scores == read_scores(alone) | {"run": copy.name}  # type: ignore[operator] # it is there
    card = (copy.folder / "card.md").read_text()
    assert card.startswith(f"# {copy.title}\n")
    assert "Copied from run alone" in card

    (alone.folder / "metrics.jsonl").write_text("")
    shutil.rmtree(copy.folder)
    assert sweep.identical_runs() == {}, "a run whose metrics are gone is trained anew"


def test_a_run_of_a_sweep_keeps_its_length() -> None:
    sweep = trained_sweep()
    with pytest.raises(RunError, match="belongs to a sweep, whose runs all have the same length"):
        extend_run(sweep.finished()[0][1], 10)


def test_a_run_that_cannot_be_copied_leaves_nothing_half_made(monkeypatch: pytest.MonkeyPatch) -> None:
    trained_sweep()
    sweep = place_sweep(small_sweep({"n_clusters": (9, 10, 11)}).plan)

    def fail(source: Path, place: Path, **words: object) -> None:
        place.mkdir()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(twins.shutil, "copytree", fail)
    with pytest.raises(StorageError, match=r"could not be written \(No space left on device\): free some space"):
        sweep.make_missing()
    assert [path.name for path in sweep.folder.iterdir()] == ["sweep.json"]


def test_what_a_killed_copy_left_goes_with_the_next_one() -> None:
    trained_sweep()
    sweep = place_sweep(small_sweep({"n_clusters": (9, 10, 11)}).plan)
    (sweep.folder / ".copy-old" / "run").mkdir(parents=True)
    (sweep.folder / ".copy-new" / "run").mkdir(parents=True)  # perhaps another process is at it
    os.utime(sweep.folder / ".copy-old", (0, 0))
    sweep.make_missing()
    assert [path.name for path in sweep.folder.glob(".*")] == [".copy-new"]


def test_seeds_of_an_earlier_sweep_stay_part_of_it() -> None:
    submit_missing(place_sweep(small_sweep(seeds=(0, 1)).plan))
    sweep = place_sweep(small_sweep(seeds=(5,)).plan)

    assert sweep.plan.seeds == (0, 1, 5)
    assert [point.seed for point in sweep.points if sweep.run(point) is None] == [5, 5]


def test_a_folder_with_another_run_is_refused(tmp_path: Path) -> None:
    small_sweep(folder=tmp_path / "sweep").make_missing()
    with pytest.raises(RunError, match=r"holds another run \(settings.batch_size is 16 there and 32 here\)"):
        small_sweep(folder=tmp_path / "sweep", batch_size=32).make_missing()


def test_its_runs_are_found_among_all_runs() -> None:
    sweep = small_sweep()
    sweep.make_missing()

    assert {run.folder for run in list_runs()} == {sweep.folder_of(point) for point in sweep.points}


def test_a_damaged_sweep_says_so_and_is_passed_over() -> None:
    sweep = small_sweep()
    sweep.make_missing()
    (sweep.folder / "sweep.json").write_text("{")

    assert list_sweeps() == []
    with pytest.raises(RunError, match="cannot be read as a sweep"):
        open_sweep(sweep.folder)
    (sweep.folder / "sweep.json").write_text('{"format": 99}')
    with pytest.raises(RunError, match="has format 99"):
        open_sweep(sweep.folder)


# --- stopping and deleting ------------------------------------------------------------------------------------------


def test_all_that_wait_are_paused_at_once() -> None:
    sweep = small_sweep()
    sweep.make_missing()
    run = sweep.run(sweep.points[0])
    assert run is not None
    finish(run, 0.5)
    submit_missing(sweep)
    request_all(sweep, "pause")

    assert [status.state for status in sweep.statuses().values()] == ["finished", "paused", "paused", "paused"]
    assert queue.waiting_runs() == []


def test_a_sweep_at_work_is_not_deleted() -> None:
    sweep = small_sweep()
    submit_missing(sweep)
    with pytest.raises(RunError, match=r"4 runs of .* train or wait: stop them"):
        sweep.delete()
    request_all(sweep, "stop")
    sweep.delete()

    assert list(runs_folder().glob("sweep*")) == []


def test_the_command_trains_nothing_that_is_there_and_prints_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    sweep = finished_sweep({(9, 0): 0.5, (9, 1): 0.6, (10, 0): 0.7, (10, 1): 0.8}, folder=runs_folder() / "own")
    words = shlex.split(sweep.plan.command())[3:]
    # A rhythm of losses of the tests' own is what no command can say.
    plan = sweep.plan.model_copy(update={"config": parse(sweep.plan.command()).config})
    for point in sweep.points:
        (sweep.folder_of(point) / "config.json").write_text(plan.config_of(point).model_dump_json())
    command_line.main([*words, "--out", str(sweep.folder)])

    report = capsys.readouterr().out
    assert "0.550 ± 0.071" in report
    assert "Suggested without labels: K = " in report


def test_every_run_of_a_sweep_has_a_name_that_an_address_may_hold(own_folders: Path) -> None:
    long = {"warm_up_learning_rate": (0.001, 0.002), "encoder_learning_rate": (0.0005, 0.001)}
    words = {"partners": ("neighbours+augmentation", "none")}
    config = small_config(method="paired-clustergan")
    folders = []
    for axes in (long, words):
        sweep = place_sweep(plan_sweep(config, axes, (0, 2**62)))
        names = [sweep.folder_of(point).name for point in sweep.points]
        assert len(set(names)) == len(sweep.points)
        assert all(RUN_NAME.fullmatch(name) for name in names)
        folders.append(sweep.folder)
    other = config.model_copy(update={"settings": config.settings | {"sigma": 0.2}})
    assert place_sweep(plan_sweep(other, long, (0,))).folder not in folders
