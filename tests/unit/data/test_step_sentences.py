"""What reading left out, filled in or assumed is said in the same sentences wherever a person looks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clustergan_core.command_line import main
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.step_sentences import describe_steps
from clustergan_core.runs.store import find_run
from tests.count_files import SYMBOLS, ensembl_ids, write_folder

TABLE = "sample,height,weight,always,kind\n" + "".join(
    f"s{row},{row % 7},{'' if row == 3 else row * 2.5},1,{'ab'[row % 2]}\n" for row in range(30)
)
SENTENCES = [
    "Samples are named by column sample.",
    "Left out column sample: ids.",
    "Left out column always: constant.",
    "Left out column kind: text, kept to colour by.",
    "Missing values in column weight filled with the column's median.",
    "Each column scaled so that its smallest value is 0 and its largest 1.",
]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "plants.csv"
    path.write_text(TABLE)
    return path


def test_every_column_of_a_table_that_is_no_feature_is_named(table: Path) -> None:
    assert describe_steps(open_dataset(str(table)).preprocessing) == SENTENCES


def test_inspect_says_what_a_table_holds_and_what_becomes_of_it(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(table), "--labels", "kind"]) == 0
    said = capsys.readouterr().out
    assert "30 samples, each 2, read as a table" in said
    assert "a (15), b (15)" in said
    assert "- Labels are column 'kind'." in said
    assert "- Left out column always: constant." in said

    assert main(["inspect", str(table), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["n_samples"], document["features"]) == (30, ["height", "weight"])
    assert document["notes"] == SENTENCES


def test_train_prints_them_and_the_card_keeps_them(
    table: Path, own_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = ["--method", "clustergan", "--set", "n_clusters=2", "--set", "n_normal=2", "--set", "batch_size=8"]
    assert main(["train", "--dataset", str(table), "--steps", "2", *settings]) == 0
    printed = capsys.readouterr().out
    card = (find_run(printed.splitlines()[0]).folder / "card.md").read_text()
    assert [
        sentence for sentence in SENTENCES if f"- {sentence}\n" in printed and f"- {sentence}\n" in card
    ] == SENTENCES


def test_what_reading_a_count_matrix_left_out_comes_before_quality_control(tmp_path: Path) -> None:
    rows = [(gene, symbol, "Gene Expression") for gene, symbol in zip(ensembl_ids(), SYMBOLS)]
    folder = write_folder(tmp_path / "lung", feature_rows=[*rows[:-1], ("ADT1", "CD3", "Antibody Capture")])
    sentences = describe_steps(open_dataset(str(folder)).preprocessing)
    assert sentences[0] == "1 rows that are not gene expression are left out (Antibody Capture)."
    assert sentences[1].startswith("Quality control keeps ")
