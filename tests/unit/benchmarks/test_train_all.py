"""The benchmark runner: only missing rows, each with what it was measured on."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import train_all
from benchmarks.train_all import COLUMNS, YOUNGER, Job, append_row, make_row, read_rows
from clustergan_core.errors import SettingsError
from clustergan_core.methods import METHODS
from clustergan_core.paths import PROJECT_FOLDER
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.worker import execute
from tests.small_runs import new_run, small_config

pytestmark = pytest.mark.slow  # trains


def words(monkeypatch: pytest.MonkeyPatch, *given: str) -> None:
    monkeypatch.setattr(sys, "argv", ["train_all", *given])


def test_a_finished_run_becomes_a_row_of_its_own_figures(tmp_path: Path) -> None:
    job = Job(small_config(n_steps=10))
    run = new_run(tmp_path / "run", job.config)
    execute(run)
    append_row(make_row(job, run, "abc", 0.25, {"wall_seconds": 12.34, "cpu_seconds": 10}), tmp_path / "results.csv")
    append_row(make_row(job, run, "abc", 0.25, {}), tmp_path / "results.csv")
    first, second = read_rows(tmp_path / "results.csv")

    scores = read_scores(run)
    assert scores is not None
    assert tuple(first) == COLUMNS
    assert float(first["purity"]) == scores["purity"]
    assert float(first["kmeans_nmi"]) == scores["kmeans"]["nmi"]
    assert (first["wall_seconds"], first["cpu_seconds"]) == ("12.3", "10.0")
    assert (second["wall_seconds"], second["cpu_seconds"]) == ("", "")
    assert (first["commit"], first["load_at_start"], first["seed"], first["n"]) == ("abc", "0.25", "0", "179")
    best = max((row for row in run.metrics().rows if "scores" in row), key=lambda row: row["scores"]["criterion"])
    assert int(first["weights_step"]) == best["step"]


def test_another_setting_or_length_is_another_row_and_another_seed_shares_its_digest() -> None:
    job = Job(small_config())
    assert Job(small_config(seed=1)).digest == job.digest
    assert Job(small_config(seed=1)).key != job.key
    assert Job(small_config(sigma=0.2)).digest != job.digest
    assert Job(small_config(n_steps=41)).digest != job.digest


def test_a_younger_setting_leaves_older_rows_known_unless_it_is_used() -> None:
    methods = ("nemgan-labelled", "paired-clustergan", "wgan-gp")
    _, paired, wasserstein = configs = tuple(small_config(method=method) for method in methods)
    assert all(any(config.settings.get(name) == value for config in configs) for name, value in YOUNGER.items())
    for config in configs:
        older = {name: value for name, value in config.settings.items() if name not in YOUNGER}
        assert Job(config.model_copy(update={"settings": older})).digest == Job(config).digest
    assert Job(small_config(method="paired-clustergan", n_candidates=30)).digest != Job(paired).digest
    assert Job(small_config(method="wgan-gp", adversarial_loss="saturating")).digest != Job(wasserstein).digest


def test_a_dry_run_lists_what_is_missing_and_trains_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(train_all, "read_rows", lambda path: [])
    monkeypatch.setattr(train_all, "train", lambda job: pytest.fail("nothing is trained"))
    words(monkeypatch, "--dry-run", "--only", "digits,synthetic", "--method", "clustergan", "--seeds", "0-1")
    train_all.main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "4 runs are missing:"
    assert [line.split()[3:6:2] for line in lines[1:]] == [["clustergan", "default"]] * 4


def test_rows_that_are_there_are_not_run_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = [Job(small_config(seed=seed)) for seed in range(3)]
    monkeypatch.setattr(train_all, "list_jobs", lambda arguments: jobs)
    monkeypatch.setattr(train_all, "read_rows", lambda path: [dict(zip(train_all.KEY, jobs[1].key, strict=True))])
    words(monkeypatch, "--dry-run")
    train_all.main()
    said = capsys.readouterr().out
    assert "2 runs are missing" in said
    assert [" ".join(job.key) in said for job in jobs] == [True, False, True]


def test_a_data_set_that_is_none_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    words(monkeypatch, "--dry-run", "--only", "nonsense")
    with pytest.raises(SettingsError, match="no data set named nonsense"):
        train_all.main()


def test_the_default_preset_of_every_method_is_asked_for() -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "benchmarks.train_all", "--dry-run", "--only", "digits", "--seeds", "987654"],
        cwd=PROJECT_FOLDER,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert [method for method in METHODS if f": {method} digits default" not in listed] == []


def test_a_changed_setting_is_a_row_of_its_own_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    masses = {"masses": "0.55 " + " ".join(["0.05"] * 9), "mass_rate": 1e-6}
    job = Job(small_config(n_steps=10, method="nemgan-labelled", **masses), masses)
    execute(new_run(tmp_path / "run", job.config))
    row = make_row(job, Run(tmp_path / "run"), "abc", 0.25, {})
    assert row["overrides"] == json.dumps({name: masses[name] for name in sorted(masses)})
    assert row["mode_masses"] == " ".join(["0.5500", *["0.0500"] * 9])
    words(monkeypatch, "--dry-run", "--only", "digits", "--seeds", "0", "--set", "sigma=0.5")
    with pytest.raises(SettingsError, match="--method"):
        train_all.main()
    words(monkeypatch, "--dry-run", "--only", "digits", "--seeds", "0", "--set", "sigma=0.5", "--method", "clustergan")
    train_all.main()
    assert capsys.readouterr().out.startswith("1 runs are missing:")


DEFAULTS = ("clustergan", "paired-clustergan")  # measured with five seeds by the preset of that name


@pytest.mark.parametrize("name", ["digits", "synthetic"])
def test_the_committed_rows_are_those_of_the_presets_as_they_are(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row for row in train_all.read_rows() if row["dataset"] == name]
    rows = [row for row in rows if not row["overrides"]]
    newest = {(row["method"], row["preset"]): row["settings_digest"] for row in rows}
    seeds: dict[tuple[str, str], set[str]] = {(method, "default"): set("01234") for method in DEFAULTS}
    for row in rows:
        key = row["method"], row["preset"]
        if row["settings_digest"] == newest[key]:
            seeds.setdefault(key, set()).add(row["seed"])
    for (method, preset), measured in seeds.items():
        chosen = ["--preset", preset, "--seeds", ",".join(sorted(measured))]
        words(monkeypatch, "--dry-run", "--only", name, "--method", method, *chosen)
        train_all.main()
        assert capsys.readouterr().out == "0 runs are missing.\n"


def test_cells_that_are_known_by_name_are_trained_like_other_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words(monkeypatch, "--dry-run", "--only", "pbmc68k_reduced", "--seeds", "987654")
    train_all.main()
    listed = capsys.readouterr().out
    assert [method for method in METHODS if f": {method} pbmc68k_reduced default" not in listed] == []
