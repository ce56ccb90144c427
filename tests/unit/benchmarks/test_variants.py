"""The runner of variants: which runs there are, only missing ones, and each trained by words that repeat it."""

import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import variants
from benchmarks.train_all import append_row, read_rows, train_words
from benchmarks.variants import (
    COLUMNS,
    KEY,
    METHOD,
    ROWS,
    VARIANTS,
    VariantJob,
    differs,
    find_twin,
    list_jobs,
    measure,
    open_data,
)
from clustergan_core.command_line import build_parser
from clustergan_core.command_line.training import read_config
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.registry import load_dataset
from clustergan_core.errors import SettingsError
from clustergan_core.papers.measured import newest_runs
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.worker import execute
from tests.small_runs import new_run, small_config


@pytest.fixture
def list_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., list[str]]:
    """What a dry run with these words says, beside the rows in rows.csv."""
    monkeypatch.setattr(variants, "ROWS", tmp_path / "rows.csv")
    monkeypatch.setattr(variants, "train", lambda job: pytest.fail("nothing is trained"))

    def listed(*words: str) -> list[str]:
        monkeypatch.setattr(sys, "argv", ["variants", "--dry-run", *words])
        variants.main()
        return capsys.readouterr().out.splitlines()

    return listed


def test_only_rows_of_another_variant_group_or_seed_are_missing(
    list_missing: Callable[..., list[str]], tmp_path: Path
) -> None:
    words = ("--only", "digits", "--variants", "as shipped,no pairs,uniform", "--seeds", "0-1")
    before = list_missing(*words)
    data = load_dataset("digits")
    job = VariantJob(make_config(data, "digits", method=METHOD), group="ablation", data="digits", variant="as shipped")
    append_row(job.known_by, tmp_path / "rows.csv", COLUMNS)
    after = list_missing(*words)

    assert before[0] == "6 runs are missing:"
    assert after[0] == "5 runs are missing:"
    assert " ".join(job.key) in before[1]
    assert not any(" ".join(job.key) in line for line in after)
    assert any(f"masses digits uniform {job.digest} 0" in line for line in after)


@pytest.mark.parametrize(("option", "what"), [("--only", "data set"), ("--variants", "variant")])
def test_a_name_that_is_none_is_one_sentence(list_missing: Callable[..., list[str]], option: str, what: str) -> None:
    with pytest.raises(SettingsError, match=f"no {what} named nonsense"):
        list_missing(option, "nonsense")


def test_data_that_is_not_here_is_named_and_passed_over(
    list_missing: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch, own_folders: Path
) -> None:
    monkeypatch.setenv("CLUSTERGAN_DATA", str(own_folders / "nothing"))
    absent = ["mnist", "mnist-10to1", "cbmc_cite", "mouse_bladder"]
    lines = list_missing("--group", "masses", "--only", ",".join(absent))
    assert [line.split()[0] for line in lines[:-1]] == absent
    assert lines[-1] == "0 runs are missing."


@pytest.mark.parametrize(
    ("group", "variant"), [(group, variant) for group, known in VARIANTS.items() for variant in known]
)
def test_the_words_of_a_variant_describe_the_run_that_its_row_is_known_by(group: str, variant: str) -> None:
    overrides = VARIANTS[group][variant]
    config = make_config(load_dataset("digits"), "digits", method=METHOD, settings=dict(overrides), seed=3, threads=1)
    job = VariantJob(config, overrides, group=group, data="digits", variant=variant)
    words = train_words(job)
    said = read_config(build_parser().parse_args(["train", *words]))

    assert [word for word in words if "=" in word] == [f"{name}={value}" for name, value in overrides.items()]
    assert replace(job, config=said).key == job.key
    assert {name: said.settings[name] for name in overrides} == overrides
    assert " " not in job.folder.name


def test_what_changes_nothing_is_no_variant() -> None:
    image = make_config(load_dataset("digits"), "digits", method=METHOD)
    table = make_config(load_dataset("synthetic"), "synthetic", method=METHOD)
    known = VARIANTS["ablation"]
    assert [name for name in known if differs(known[name], image)] == list(known)
    assert [name for name in known if differs(known[name], table)] == [
        "as shipped",
        "no pairs",
        "no adversary",
        "four starts",
    ]


def test_a_finished_run_becomes_a_row_of_its_own_figures(tmp_path: Path, own_folders: Path) -> None:
    config = small_config(method=METHOD, n_steps=10, partners="none")
    job = VariantJob(config, {"partners": "none"}, group="ablation", data="digits", variant="no pairs")
    execute(new_run(job.folder, job.config))
    append_row(measure(job), tmp_path / "rows.csv", COLUMNS)
    (row,) = read_rows(tmp_path / "rows.csv")

    scores = read_scores(Run(job.folder))
    assert scores is not None
    assert tuple(row[name] for name in KEY) == job.key
    assert (row["split"], row["n"], row["n_clusters"], row["steps"]) == ("test", "179", "10", "10")
    for name in ("purity", "nmi", "usage_entropy", "mode_accuracy"):
        assert float(row[name]) == scores.get(name)
    frechet, classifier = scores.get("frechet"), scores.get("classifier")
    assert frechet and float(row["frechet"]) == frechet["value"]
    assert classifier and int(row["n_labels_with_a_mode"]) == classifier["n_labels_with_a_mode"]


def test_a_file_of_ones_own_is_scored_as_a_whole_under_its_name_here(tmp_path: Path, own_folders: Path) -> None:
    random = np.random.default_rng(0)
    np.savez(tmp_path / "own_cells.npz", x=random.random((60, 8)), labels=np.arange(60) % 3)
    path = str(tmp_path / "own_cells.npz")
    config = make_config(open_dataset(path), path, method=METHOD, settings={"width": 0.1}, n_steps=4)
    job = VariantJob(config, group="masses", data="own_cells", variant="uniform")
    execute(new_run(job.folder, config))
    row = measure(job)
    assert (row["dataset"], row["split"], row["n"], row["n_clusters"]) == ("own_cells", "all", 60, 3)
    assert row["n_labels_with_a_mode"] is None


def test_a_run_that_two_groups_share_is_trained_once() -> None:
    data = load_dataset("digits")
    config = make_config(data, "digits", method=METHOD)
    shipped = VariantJob(config, group="ablation", data="digits", variant="as shipped")
    uniform = VariantJob(config, group="masses", data="digits", variant="uniform")
    row = {**dict.fromkeys(COLUMNS, ""), **shipped.known_by, "purity": "0.9"}
    assert find_twin(uniform, [row]) == {**row, "group": "masses", "variant": "uniform"}
    assert find_twin(uniform, [row | {"seed": "1"}]) is None
    assert find_twin(uniform, [row | {"settings_digest": "other"}]) is None


@pytest.mark.parametrize("name", ["digits", "pendigits", "mouse_bladder", "cbmc_cite"])
def test_lines_of_one_table_were_measured_under_one_preset_that_of_today(name: str, own_folders: Path) -> None:
    if open_data(name) is None:
        pytest.skip(f"{name} is not on this machine: set CLUSTERGAN_DATA")
    asked = Namespace(group=None, only=name, variants=None, seeds="0", device="cpu", threads=1)
    rows = read_rows(ROWS)
    for job in list_jobs(asked):
        shown = newest_runs(rows, KEY, group=job.group, dataset=name, variant=job.variant)
        assert {row["settings_digest"] for row in shown} == {job.digest}, (job.group, job.variant)


def test_every_committed_row_is_whole_known_and_there_once() -> None:
    rows = read_rows(ROWS)
    assert [tuple(row) for row in rows] == [COLUMNS] * len(rows)
    keys = [tuple(row[name] for name in KEY) for row in rows]
    assert len(set(keys)) == len(keys)
    for row in rows:
        assert row["variant"] in VARIANTS[row["group"]]
        assert float(row["purity"]) >= float(row["accuracy"])
        assert row["commit"]
