"""The command `decode`."""

import itertools
import json
import math
import shutil
from collections import Counter, defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from clustergan_core.command_line import decoding, main
from clustergan_core.data.registry import load_dataset
from clustergan_core.decoding import read_clusters
from clustergan_core.methods import build_method
from clustergan_core.nn.back_projection import back_project, draw_starts
from clustergan_core.nn.prior import Latent
from clustergan_core.runs.run import Run
from clustergan_core.runs.weights import write_shipped_weights
from tests.small_runs import new_run, small_config


@pytest.fixture(scope="module")
def runs(trained: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ClusterGAN of digits, a method without a generator, and a generator without modes."""
    folder = tmp_path_factory.mktemp("decode") / "runs"
    shutil.copytree(trained.folder, folder / "digits")
    for name, config in (
        ("dcn", small_config(method="dcn")),
        ("normal", small_config(method="wgan-gp", prior="normal", reading="back-projection")),
    ):
        record = config.dataset
        method = build_method(
            config.method, config.method_settings(), record.kind, record.shape, 0, torch.device("cpu")
        )
        write_shipped_weights(method, new_run(folder / name, config).folder)  # untrained
    return folder


@pytest.fixture(autouse=True)
def _folders(own_folders: Path, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_RUNS", str(runs))


def say(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["decode", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_decoded_noise_is_that_of_back_projection(capsys: pytest.CaptureFixture[str], runs: Path) -> None:
    said = say(capsys, "digits", "--samples", "5,0,17,5", "--iterations", "20")
    method, samples = Run(runs / "digits").load(), load_dataset("digits").samples[[5, 0, 17]]
    n_noise = method.prior.n_normal
    descent = type(method.descent)(**vars(method.descent) | {"n_iterations": 20})
    direct = back_project(
        lambda z: method.generate(Latent(z[:, :n_noise], z[:, n_noise:])),
        torch.from_numpy(samples),
        draw_starts(method.prior, 10),
        descent,
    )
    rows = said["samples"]
    assert [row["sample"] for row in rows] == [5, 0, 17]
    assert [row["winner"] for row in rows] == direct.winner.tolist()
    for row, losses, latent in zip(rows, direct.losses.tolist(), direct.best_latents.tolist(), strict=True):
        assert row["losses"] == pytest.approx(losses, rel=1e-5)
        assert row["normal"] == pytest.approx(latent[:n_noise], abs=1e-5)
        best, second, *_ = sorted(losses)
        assert (row["loss"], row["margin"]) == pytest.approx((best, second / best - 1), rel=1e-4)


def test_the_encoders_answer_stands_beside(capsys: pytest.CaptureFixture[str], runs: Path) -> None:
    said = say(capsys, "digits", "--n", "3", "--iterations", "2")
    dataset = load_dataset("digits")
    rows = said["samples"]
    chosen = [row["sample"] for row in rows]
    test = dataset.splits.test
    assert chosen == [test[0], test[89], test[-1]], "evenly spaced over the test split"
    answers = read_clusters(Run(runs / "digits").load(), dataset.samples[chosen])
    assert answers is not None and dataset.labels is not None
    assert [row["cluster"] for row in rows] == answers[0].tolist()
    assert [row["label"] for row in rows] == [dataset.label_names[label] for label in dataset.labels[chosen]]
    agrees = [row["winner"] == row["cluster"] for row in rows]
    assert [row["agrees"] for row in rows] == agrees
    assert said["agreement"] == pytest.approx(sum(agrees) / 3)


def test_the_purity_of_the_winners_stands_beside_that_of_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    said = say(capsys, "digits", "--n", "40", "--iterations", "5")
    for name, answer in (("purity", "winner"), ("run_purity", "cluster")):
        of_answer: dict[int, Counter[str]] = defaultdict(Counter)
        for row in said["samples"]:
            of_answer[row[answer]][row["label"]] += 1
        assert said[name] == pytest.approx(sum(max(counts.values()) for counts in of_answer.values()) / 40)
    assert say(capsys, "normal", "--n", "2", "--iterations", "1")["purity"] is None


def test_a_prior_without_modes_has_a_winner_but_no_agreement(capsys: pytest.CaptureFixture[str]) -> None:
    said = say(capsys, "normal", "--samples", "3", "--iterations", "2")
    (row,) = said["samples"]
    assert (said["starts"], said["agreement"], row["agrees"]) == ("draws", None, None)
    assert len(row["losses"]) == said["n_starts"] == 10
    assert row["losses"][row["winner"]] == min(row["losses"]) < math.inf


def test_words_tell_every_sample_and_the_estimate_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", "digits", "--samples", "0,1", "--iterations", "6"]) == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert lines[1].split() == ["sample", "label", "winner", "loss", "margin", "cluster", "confidence", "agrees"]
    assert [line.split()[0] for line in lines[2:4]] == ["0", "1"]
    assert printed.err.startswith("2 samples × 10 restarts × 6 iterations: about ")


def test_a_slow_first_iteration_is_not_counted_for_all(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The command's begin, the starts and the first iteration take a minute each, all others a quarter of a second.
    instants = itertools.chain([0.0, 60.0, 120.0], itertools.count(120.25, 0.25))
    monkeypatch.setattr(decoding, "time", SimpleNamespace(perf_counter=lambda: next(instants)))
    assert main(["decode", "digits", "--n", "30", "--iterations", "20"]) == 0
    assert "30 samples × 10 restarts × 20 iterations: about 6 s" in capsys.readouterr().err  # 20 / 4 s × 30 / 25


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("nothing", "no run named nothing"),
        ("dcn", "has no generator"),
        ("digits --samples 1797", "Run digits has no sample 1797: choose --samples from 0 to 1796."),
        ("digits --samples -1", "--samples -1 is not possible: give numbers from 0 on"),
        ("digits --samples 1,x", "--samples 1,x is not possible"),
        ("digits --samples 1 --n 3", "leave one of the two out"),
        ("digits --samples 1 --split test", "not allowed with argument --samples"),
        ("digits --split some", "--split some is not possible: choose test or "),
        ("digits --n 0", "--n 0 is not possible: choose 1 to 179, the samples of split test."),
        ("digits --iterations 0", "--iterations 0 is not possible"),
    ],
)
def test_a_mistake_is_one_line_and_exit_status_2(capsys: pytest.CaptureFixture[str], words: str, said: str) -> None:
    assert main(["decode", *words.split()]) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert (printed.out, printed.err.count("\n")) == ("", 1)


def test_absent_data_is_told_in_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    table = tmp_path / "two.csv"
    table.write_text("a,b\n" + "\n".join(f"{i % 9},{(i * 3) % 11}" for i in range(60)))
    words = ["--steps", "4", "--set", "width=0.1", "--set", "batch_size=16", "--out", str(tmp_path / "run")]
    assert main(["train", "--dataset", str(table), *words]) == 0
    table.unlink()
    capsys.readouterr()
    assert main(["decode", str(tmp_path / "run")]) == 2
    printed = capsys.readouterr().err
    assert "two.csv" in printed and printed.count("\n") == 1
