"""RunConfig: what was left open is filled in, and the command it prints repeats it."""

import shlex
from pathlib import Path
from typing import Any

import pytest

from clustergan_core.command_line import build_parser
from clustergan_core.command_line.training import read_config
from clustergan_core.data.dataset import Dataset, share_samples
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.options import OwnDataOptions, split_values
from clustergan_core.data.registry import load_dataset
from clustergan_core.errors import SettingsError
from clustergan_core.methods import find_method, parse_settings
from clustergan_core.preset import PRESETS
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.configure import make_config
from clustergan_core.schedule import make_schedule


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load_dataset("digits")


@pytest.mark.parametrize(
    ("settings", "expected", "note"),
    [
        ({}, 10, "K = 10, the number of labels in the data."),
        ({"n_clusters": "12"}, 12, "K = 12, as chosen."),
        ({"n_clusters": 7}, 7, "K = 7, as chosen."),
    ],
)
def test_k_is_what_was_chosen_else_the_number_of_labels(
    digits: Dataset, settings: dict[str, Any], expected: int, note: str
) -> None:
    config = make_config(digits, "digits", settings=settings)

    assert (config.n_clusters, config.notes) == (expected, (note,))


def test_a_k_that_was_not_chosen_or_is_the_number_of_labels_is_no_change(digits: Dataset) -> None:
    changed = [make_config(digits, "digits", settings={"n_clusters": k}).changed_settings() for k in (None, 10, 7)]
    assert changed == [{}, {}, {"n_clusters": 7}]


def test_without_labels_k_is_ten_and_the_run_says_why(digits: Dataset) -> None:
    bare = Dataset("own", "image", digits.samples[:40], share_samples(40))
    config = make_config(bare, "own.npz")

    assert (config.n_clusters, config.notes) == (10, ("K = 10, because the data has no labels to count.",))


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_decides_settings_and_length_unless_told_otherwise(digits: Dataset, preset: Any) -> None:
    method = "clustergan" if preset == "paper" else "paired-clustergan"  # what is meant where none is named
    expected = find_method(method).find_preset(preset, "digits", "image", (1, 8, 8))
    config = make_config(digits, "digits", preset=preset, settings={"sigma": 0.3})

    assert config.method == method
    assert config.schedule.n_steps == expected.n_steps
    assert expected.settings.items() <= config.settings.items()
    assert config.settings["sigma"] == 0.3
    assert make_config(digits, "digits", preset=preset, n_steps=3).schedule.n_steps == 3


@pytest.mark.parametrize("n_steps", [1, 7, 50, 800, 8000, 500_000])
def test_every_evaluation_falls_on_a_log_row_so_that_all_means_cover_as_many_steps(n_steps: int) -> None:
    for shape in ((1, 8, 8), (3, 32, 32), (16,)):
        schedule = make_schedule(n_steps, shape)
        assert schedule.evaluate_every % schedule.log_every == 0
        assert n_steps // schedule.evaluate_every <= 80


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"settings": {"n_clusters": 1}}, "n_clusters=1 .* must be at least 2"),
        ({"settings": {"sigma": "wide"}}, "sigma=wide .* must be a number"),
        ({"settings": {"learning_rate": float("nan")}}, "learning_rate=nan"),
        ({"settings": {"architecture": "huge"}}, "architecture=huge .* 'mlp', .* or 'auto'"),
        ({"settings": {"architecture": "dcgan-wide"}}, "Architecture dcgan-wide needs"),
        ({"settings": {"colour": 3}}, "no setting named colour: choose one of n_clusters, "),
        ({"method": "magic"}, "no method named magic: choose one of clustergan"),
        ({"preset": "fast"}, "no preset named fast: choose one of default, paper, quick"),
        ({"n_steps": 0}, "n_steps=0 .* must be at least 1"),
        ({"seed": -1}, "seed=-1 .* must be at least 0"),
        ({"seed": 2**63}, "seed=9223372036854775808 .* must be at most 9,223,372,036,854,775,807"),
        ({"threads": 0}, "threads=0"),
    ],
)
def test_what_is_not_possible_is_told_with_its_value(digits: Dataset, options: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        make_config(digits, "digits", **options)
    assert str(caught.value).count("\n") == 0


def _repeat(command: str) -> RunConfig:
    """The config that the command's own words lead to, by the command line's own parser."""
    words = shlex.split(command)
    assert words[:3] == ["python", "-m", "clustergan_core"]
    return read_config(build_parser().parse_args(words[3:]))


def _same(one: RunConfig, other: RunConfig) -> bool:
    ignored = {"created", "notes", "title"}
    return one.model_dump(exclude=ignored) == other.model_dump(exclude=ignored)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"preset": "paper", "seed": 2**63 - 1, "n_steps": 12345, "threads": 3, "title": "mine"},
        {"preset": "quick", "settings": {"learning_rate": 1e-5, "sigma": 0.1 + 0.2, "architecture": "mlp"}},
        {"method": "clustergan", "settings": {"n_clusters": 31, "critic_norm": "paper", "beta1": 0}},
        {"settings": {"n_clusters": 31, "masses": "learned", "strictness": 0.25, "n_starts": 2}},
    ],
)
def test_the_printed_command_leads_to_the_same_run(digits: Dataset, options: dict[str, Any]) -> None:
    config = make_config(digits, "digits", **options)

    assert _same(_repeat(config.command()), config)


def test_the_command_of_an_older_run_names_what_has_a_preset_of_its_own_by_now(digits: Dataset) -> None:
    config = make_config(digits, "digits", method="paired-clustergan")
    older = config.model_copy(update={"settings": {k: v for k, v in config.settings.items() if k != "temperature"}})

    assert _repeat(older.command()).method_settings() == older.method_settings() != config.method_settings()


def test_the_printed_command_of_ones_own_file_leads_to_the_same_run(tmp_path: Path) -> None:
    path = tmp_path / "my cells; rm -rf.csv"
    rows = [f"{i},{59 - i % 7},{(i * 5) % 11},{'ab'[i % 2]},{'xyz'[i % 3]}" for i in range(60)]
    path.write_text("\n".join(["id,length,width,kind,batch no", *rows]))
    options = OwnDataOptions(labels="kind", only={"batch no": ("x", "y")}, drop={"length": ("59",)})
    config = make_config(open_dataset(str(path), options), str(path), options=options)
    again = _repeat(config.command())

    assert _same(again, config)
    assert again.dataset.options == options
    assert again.dataset.n_samples == sum(i % 3 != 2 and i % 7 != 0 for i in range(60))


def test_a_filter_value_with_commas_and_quotes_is_repeated(tmp_path: Path) -> None:
    path = tmp_path / "cells.csv"
    places = ['"Lyon, France"', "Rome", '"the ""old"" town"']
    path.write_text("\n".join(["width,place", *(f"{i % 7},{places[i % 3]}" for i in range(60))]))
    options = OwnDataOptions(only={"place": ("Lyon, France", 'the "old" town')})
    config = make_config(open_dataset(str(path), options), str(path), options=options)

    assert config.dataset.n_samples == 40
    assert _same(_repeat(config.command()), config)
    assert split_values("x,y") == ("x", "y")


def test_files_are_found_again_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.csv").write_text("a,b\n" + "\n".join(f"{i},{i % 7}" for i in range(40)))
    (tmp_path / "y.csv").write_text("kind,other\n" + "\n".join(f"{'ab'[i % 2]},{i % 3}" for i in range(40)))
    (tmp_path / "digits").mkdir()  # a folder that is called like a data set
    monkeypatch.chdir(tmp_path)
    config = _repeat("python -m clustergan_core train --dataset x.csv --labels y.csv:kind")

    assert config.dataset.source == str(tmp_path / "x.csv")
    assert config.dataset.options.labels == f"{tmp_path / 'y.csv'}:kind"
    assert _repeat("python -m clustergan_core train --dataset digits").dataset.source == "digits"
    monkeypatch.chdir("/")
    assert _same(_repeat(config.command()), config)


def test_settings_of_another_version_are_checked_when_they_are_read() -> None:
    with pytest.raises(SettingsError, match="no setting named retired"):
        parse_settings("clustergan", {"retired": 1})


@pytest.mark.parametrize("shape", [(16,), (1, 28, 28), (3, 32, 32)])
@pytest.mark.parametrize("n_steps", [1, 7, 150, 400, 3_000, 4_000, 500_000])
def test_a_run_is_evaluated_at_log_rows_at_most_twenty_odd_times(shape: tuple[int, ...], n_steps: int) -> None:
    schedule = make_schedule(n_steps, shape)
    assert 1 <= schedule.log_every <= schedule.evaluate_every <= n_steps
    assert schedule.evaluate_every % schedule.log_every == 0
    assert n_steps / schedule.evaluate_every <= 25
    if n_steps >= 1_000:
        assert schedule.evaluate_every >= (200 if len(shape) == 3 else 100)


def test_threads_follow_the_size_of_the_networks_unless_they_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1}, raising=False)
    digits = load_dataset("digits")

    assert make_config(digits, "digits").threads == 1
    wide = {"architecture": "dcgan-small", "width": 4.0}  # 2,048 inputs times 4,096 units in each network alone
    assert make_config(digits, "digits", settings=wide).threads == 2
    assert make_config(digits, "digits", settings=wide, threads=1).threads == 1
