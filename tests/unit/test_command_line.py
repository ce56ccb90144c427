"""The command line as people and scripts call it: exit codes, one line for what can be mended, JSON shapes."""

import argparse
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from clustergan_core.command_line import main
from clustergan_core.command_line.data_arguments import expand_samples
from clustergan_core.data.registry import DATASETS
from clustergan_core.methods import METHODS
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import list_runs
from clustergan_core.runs.worker import execute
from tests.small_runs import new_run
from tests.small_samples import write_samples

NARROW = [word for setting in ("width=0.1", "batch_size=16") for word in ("--set", setting)]
AGREEMENT = {"purity", "accuracy", "nmi", "ari"}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A runs folder with one finished run, `done`."""
    folder = tmp_path_factory.mktemp("line") / "runs"
    execute(new_run(folder / "done"))
    return folder


@pytest.fixture(autouse=True)
def _folders(own_folders: Path, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_RUNS", str(runs))


@pytest.fixture
def leaves(tmp_path: Path) -> Path:
    """A person's own table: two measurements, a species and a plot."""
    path = tmp_path / "leaves.csv"
    rows = [f"{i % 9},{(i * 3) % 11},{'oak' if i % 3 else 'elm'},{'AB'[i % 2]}" for i in range(60)]
    path.write_text("\n".join(["length,width,species,plot", *rows]))
    return path


def say(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """What a command answers with `--json`."""
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_an_archive_of_samples_stands_for_its_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = write_samples(tmp_path / "files")
    with zipfile.ZipFile(tmp_path / "lungs.zip", "w") as archive:
        for path in files:
            archive.write(path, path.name)
    arguments = argparse.Namespace(dataset=str(tmp_path / "lungs.zip"), further=["digits"])
    expand_samples(arguments)
    assert [Path(source).name for source in (arguments.dataset, *arguments.further)] == [
        *("control.h5ad", "treated.h5ad", "digits"),
    ]
    assert Path(arguments.dataset).read_bytes() == files[0].read_bytes()
    assert "lungs.zip holds 2 samples (control, treated), unpacked into" in capsys.readouterr().err
    arguments = argparse.Namespace(dataset=str(tmp_path / "files"))
    expand_samples(arguments)
    assert [arguments.dataset, *arguments.further] == [str(path) for path in files]


# --- mistakes: exit status 2, one line, no traceback ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "arguments are required"),
        ("dance", "invalid choice: 'dance'"),
        ("train", "--dataset is missing"),
        ("train --dataset digits --sample batch", "digits is not a count matrix, which --sample is for: leave it out"),
        ("train --dataset digits --dataset usps", "digits is not a count matrix, which a second --dataset is for"),
        ("protocol", "--dataset is missing"),
        ("protocol --dataset digits --seeds 4-0", "Seeds 4-0 are not possible"),
        ("protocol --dataset digits --seeds 0-99999999", "Seeds 0-99999999 are not possible"),
        ("protocol --dataset digits --preset fast", "no preset named fast"),
        ("train --dataset letters", "'letters' is neither a data set (digits, "),
        ("train --dataset digits --method magic", "no method named magic: choose one of clustergan"),
        ("train --dataset digits --preset fast", "no preset named fast: choose one of default, paper, quick"),
        ("train --dataset digits --set colour=3", "no setting named colour"),
        ("train --dataset digits --set n_clusters=1", "n_clusters=1 is not possible"),
        ("train --dataset digits --set n_clusters=many", "n_clusters=many is not possible"),
        ("train --dataset digits --set n_clusters", "is not name=value"),
        ("train --dataset digits --steps 0", "--steps 0 is not possible"),
        ("train --dataset digits --steps some", "invalid int value: 'some'"),
        ("train --dataset digits --seed -1", "--seed -1 is not possible"),
        ("train --dataset digits --seed 99999999999999999999", "--seed 99999999999999999999 is not possible"),
        ("train --dataset digits --threads 0", "--threads 0 is not possible"),
        ("train --dataset digits --device tpu", "no device named tpu"),
        ("train --dataset digits --image-side 7", "image_side=7 is not possible"),
        ("train --dataset digits --only label", "is not name=value"),
        ("train --dataset synthetic --set architecture=dcgan-small", "Architecture dcgan-small needs images"),
        ("train --resume", "--resume needs --out"),
        ("train --resume --out nowhere", "no run named nowhere"),
        ("train --resume --out done", "is finished (40 steps)"),
        ("train --dataset digits --out {runs}/done", "exists already"),
        ("train --dataset digits --out {leaves}/run", "cannot be created"),
        ("train --dataset {leaves} --labels colour", "'colour' is neither a column of"),
        ("train --dataset {leaves} --labels {leaves}:colour", "colour"),
        ("train --dataset {leaves} --only colour=red", "colour"),
        ("train --dataset {leaves} --only species=rose", "rose"),
        ("train --dataset {leaves}x", "is neither a data set"),
        ("evaluate", "arguments are required"),
        ("evaluate nothing", "no run named nothing"),
        ("evaluate ../../etc", "is not a run's name"),
        ("evaluate done --split train", "--split train is not possible: choose test or all"),
        ("evaluate done --weights worst", "--weights worst is not possible: choose best or last"),
        ("assign done {leaves}", "arguments are required: --out"),
        ("assign done nowhere.csv --out x.csv", "There is no file nowhere.csv"),
        ("assign done {leaves} --out {here}/x.csv", "leaves.csv"),
        ("export done --out {here}/missing/x.csv", "could not be written"),
        ("export done --format loom --out x", "--format loom is not possible: choose csv"),
    ],
)
def test_a_mistake_is_one_line_and_exit_status_2(
    capsys: pytest.CaptureFixture[str], leaves: Path, runs: Path, tmp_path: Path, words: str, said: str
) -> None:
    before = sorted(runs.iterdir())
    filled = [word.format(leaves=leaves, runs=runs, here=tmp_path) for word in words.split()]

    assert main(filled) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.count("\n") == 1
    assert printed.err.strip().endswith((".", "`"))
    assert "Traceback" not in printed.err
    assert sorted(runs.iterdir()) == before  # nothing is left behind


def test_a_process_ends_with_that_status_and_no_traceback(own_folders: Path) -> None:
    command = [sys.executable, "-m", "clustergan_core", "evaluate", "nothing"]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("There is no run named nothing: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told_in_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tmp_path.chmod(0o500)

    assert main(["train", "--dataset", "digits", "--out", str(tmp_path / "run")]) == 2
    assert "choose a writable folder" in capsys.readouterr().err


# --- answers ----------------------------------------------------------------------------------------------------------


def test_every_data_set_and_method_is_listed_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    datasets = say(capsys, "datasets")
    methods = say(capsys, "methods")

    assert [row["name"] for row in datasets] == list(DATASETS)
    assert datasets[0]["shape"] == [1, 8, 8]
    assert datasets[0]["is_here"] is True
    assert [row["name"] for row in methods] == list(METHODS)
    assert methods[0]["settings"]["n_clusters"]["default"] == 10
    assert methods[0]["presets"] == ["default", "paper", "quick"]
    assert [row["assumptions"] for row in methods] == [method.assumptions for method in METHODS.values()]


def test_runs_are_listed_with_state_scores_and_command(capsys: pytest.CaptureFixture[str], runs: Path) -> None:
    damaged = runs / "damaged"
    damaged.mkdir()
    (damaged / "config.json").write_text("{")
    try:
        rows = {row["name"]: row for row in say(capsys, "runs")}
    finally:
        (damaged / "config.json").unlink()
        damaged.rmdir()

    assert rows["done"]["state"] == "finished"
    assert rows["done"]["step"] == rows["done"]["n_steps"] == 40
    assert rows["done"]["command"] == Run(runs / "done").config.command()
    assert 0 < rows["done"]["purity"] <= 1
    assert rows["damaged"]["state"] == "unreadable"


@pytest.mark.parametrize(("split", "n"), [("test", 179), ("all", 1797)])
def test_evaluate_gives_both_readings_of_the_assignment(capsys: pytest.CaptureFixture[str], split: str, n: int) -> None:
    scores = say(capsys, "evaluate", "done", "--split", split)

    assert scores.keys() >= {*AGREEMENT, "kmeans", "n", "split", "weights", "assignment", "frechet"}
    assert 0 <= scores["mode_variance"]["value"] < 1, "hardly trained, it varies less than the digits do"
    assert len(scores["mode_variance"]["ratios"]) == scores["n_clusters"]
    assert 0 <= scores["coverage"]["value"] < 0.5 < scores["coverage"]["real_halves"] <= 1
    assert (scores["n"], scores["split"], scores["weights"]) == (n, split, "best")
    assert scores["assignment"] == "argmax"
    assert scores["kmeans"].keys() == AGREEMENT
    assert all(-1 <= scores[name] <= 1 for name in AGREEMENT)


@pytest.mark.parametrize(("split", "half"), [("test", 89), ("all", 898)])
def test_evaluate_compares_as_many_generated_samples_as_real_ones(
    capsys: pytest.CaptureFixture[str], split: str, half: int
) -> None:
    scores = say(capsys, "evaluate", "done", "--split", split)

    assert scores["frechet"].keys() == {"value", "features", "n", "real_halves"}
    assert scores["frechet"]["n"] == half
    # A generator after 40 narrow steps is no match for more of the data itself.
    assert 0 < scores["frechet"]["real_halves"] < scores["frechet"]["value"]
    assert scores["frechet"]["features"] == scores["classifier"]["name"]


def test_evaluate_reads_generated_digits_with_the_classifier_of_the_data(capsys: pytest.CaptureFixture[str]) -> None:
    scores = say(capsys, "evaluate", "done")

    assert scores["classifier"]["n_labels"] == 10
    assert 0.95 < scores["classifier"]["test_accuracy"] < 1
    assert 0 <= scores["cluster_accuracy"] <= scores["purity"]
    assert all(0 <= scores[name] <= 1 for name in ("mode_accuracy", "reconstruction_accuracy"))


def test_evaluate_in_words_names_the_features(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "done"]) == 0
    assert "features: digits classifier" in capsys.readouterr().out


def test_what_is_kept_with_a_run_is_what_evaluate_says(capsys: pytest.CaptureFixture[str], runs: Path) -> None:
    kept = json.loads((runs / "done" / "scores.json").read_text())

    assert say(capsys, "evaluate", "done") == kept


def test_a_table_of_ones_own_is_trained_assigned_and_exported(
    capsys: pytest.CaptureFixture[str], leaves: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    words = ["train", "--dataset", str(leaves), "--labels", "species", "--steps", "10", "--out", str(run), *NARROW]
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert printed.splitlines()[0] == str(run)
    assert "K = 2, the number of labels in the data." in printed
    assert "finished after 10 steps" in printed
    assert "purity" in printed

    assert main(["assign", str(run), str(leaves), "--out", str(tmp_path / "clusters.csv")]) == 0
    assert main(["export", str(run), "--format", "csv", "--out", str(tmp_path / "export.csv")]) == 0
    assigned = (tmp_path / "clusters.csv").read_text().splitlines()
    exported = (tmp_path / "export.csv").read_text().splitlines()
    assert assigned[0] == "sample,cluster,confidence"
    assert len(assigned) == len(exported) == 61
    # The same samples through either door are in the same cluster.
    column = exported[0].split(",").index("cluster")
    assert [row.split(",")[1] for row in assigned[1:]] == [row.split(",")[column] for row in exported[1:]]


def test_labels_that_nobody_chose_are_told_and_give_no_number_of_clusters(
    capsys: pytest.CaptureFixture[str], leaves: Path, tmp_path: Path
) -> None:
    leaves.write_text(leaves.read_text().replace("species", "leaf_type").replace("plot", "cell_type"))
    words = ["train", "--dataset", str(leaves), "--steps", "4", "--out", str(tmp_path / "run"), *NARROW]
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert (
        "Labels: column 'cell_type' (2 levels: A 30, B 30); choose others with --labels, or --labels none"
        in printed.splitlines()
    )
    assert "K = 10, because the proposed labels are not confirmed." in printed
    assert main([*words[:-2], *words[-2:], "--out", str(tmp_path / "other"), "--labels", "none"]) == 0
    assert "Labels:" not in capsys.readouterr().out


def test_labels_of_a_third_and_of_a_single_class_are_told(
    capsys: pytest.CaptureFixture[str], leaves: Path, tmp_path: Path
) -> None:
    third = tmp_path / "third.csv"
    third.write_text("id,kind\n" + "".join(f"{row},{'uv'[row % 2]}\n" for row in range(20)))
    one = tmp_path / "one.csv"
    one.write_text("id,kind\n" + "".join(f"{row},u\n" for row in range(20)))
    numbered = [f"{'id' if row == 0 else row - 1},{line}" for row, line in enumerate(leaves.read_text().splitlines())]
    leaves.write_text("\n".join(numbered))
    for file, sentence in (
        (third, "20 of 60 samples have a label, and purity, accuracy, NMI and ARI count these alone."),
        (one, "need labels of at least two classes, and the 20 labelled samples all have the same label."),
    ):
        run = tmp_path / f"run-{file.stem}"
        assert (
            main(["train", "--dataset", str(leaves), "--labels", str(file), "--steps", "4", "--out", str(run), *NARROW])
            == 0
        )
        assert sentence in capsys.readouterr().out
        assert sentence in (run / "card.md").read_text()
    scores = say(capsys, "evaluate", str(tmp_path / "run-one"))
    assert {scores[name] for name in AGREEMENT} == {None}


def test_without_labels_scores_that_need_them_are_null(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    bare = tmp_path / "bare.csv"
    bare.write_text("a,b\n" + "\n".join(f"{i % 9},{(i * 3) % 11}" for i in range(60)))
    assert main(["train", "--dataset", str(bare), "--steps", "4", "--out", str(tmp_path / "run"), *NARROW]) == 0
    capsys.readouterr()
    scores = say(capsys, "evaluate", str(tmp_path / "run"))

    assert {scores[name] for name in AGREEMENT} == {None}
    assert set(scores["kmeans"].values()) == {None}
    assert scores["is_training_data"] is True
    assert main(["evaluate", str(tmp_path / "run")]) == 0
    assert "need labels, and the data has none" in capsys.readouterr().out


def test_a_run_is_named_in_the_runs_folder_and_elsewhere_only_by_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["train", "--dataset", "digits", "--steps", "2", *NARROW, "--out"]
    assert main([*words, "my-run"]) == 0
    assert "my-run" in [run.name for run in list_runs()]
    assert "elsewhere" not in capsys.readouterr().err

    assert main([*words, "./beside"]) == 0
    assert (tmp_path / "beside" / "config.json").exists()
    assert "this one is elsewhere" in capsys.readouterr().err

    assert main([*words, "my run"]) == 2
    assert "--out my run is not a run's name" in capsys.readouterr().err


def test_help_is_no_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["train", "--help"])
    assert ended.value.code == 0
    assert "--dataset NAME|FILE" in capsys.readouterr().out
