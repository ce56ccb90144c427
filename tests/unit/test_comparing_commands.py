"""The commands `composition`, `conditions` and `markers` on six samples of three donors and two conditions."""

import json
import shutil
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clustergan_core.command_line import EXIT_DONE, EXIT_FIXABLE, main
from clustergan_core.errors import DataError
from clustergan_core.runs.clusters.names import Annotations, write_annotations
from clustergan_core.runs.clusters.samples import facts_path, gather_samples, read_facts, write_facts
from clustergan_core.runs.run import Run
from tests.small_cell_runs import train_wells
from tests.small_samples import N_CELLS, RAISED, SIX, SIX_TABLE

BARE = "sample\n" + "".join(f"{name}\n" for name in SIX)  # nothing is known of them


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return train_wells(tmp_path_factory.mktemp("samples"))


@pytest.fixture
def run(trained: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A copy whose samples were described after its training."""
    monkeypatch.setenv("CLUSTERGAN_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(tmp_path / "none"))
    run = Run(shutil.copytree(trained.folder, tmp_path / "runs" / "six").resolve())
    batches = run.dataset().batches
    assert batches is not None
    write_facts(run, batches, SIX_TABLE.encode())
    return run


def say(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    assert main([*words, "--json"]) == EXIT_DONE
    return json.loads(capsys.readouterr().out)


def test_composition_counts_cells_and_tests_shares(
    run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write_annotations(run, Annotations().with_name(2, "NK cells"))
    said = say(capsys, "composition", "six", "--csv", str(tmp_path / "counts.csv"))
    assert [row["sample"] for row in said["samples"]] == list(SIX)
    assert {(row["Cluster 0"], row["Cluster 1"], row["NK cells"]) for row in said["samples"]} == {(20, 20, 20)}
    assert (said["reference"], said["other"]) == ("control", "treated")
    assert "3 samples of treated against 3 of control, paired by donor" in said["note"]
    assert [row["logit_difference"] for row in said["clusters"]] == pytest.approx([0, 0, 0], abs=1e-9)
    # scCODA and sccomp read samples as rows, covariates, and a column of counts for each cluster.
    table = pd.read_csv(tmp_path / "counts.csv")
    assert list(table) == ["sample", "condition", "donor", "Cluster 0", "Cluster 1", "NK cells"]
    assert table[["Cluster 0", "Cluster 1", "NK cells"]].to_numpy().sum() == 6 * N_CELLS


def test_conditions_finds_the_planted_genes_on_sums_by_sample(
    run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    said = say(capsys, "conditions", "six", "--cluster", "1", "--csv", str(tmp_path / "genes.csv"))
    assert said["is_tested"] and said["cluster"] == "Cluster 1"
    assert {row["gene"] for row in said["genes"][:10]} == set(RAISED)
    assert all(row["p_adjusted"] < 1e-4 and row["log2_fold_change"] > 1.5 for row in said["genes"][:10])
    assert "paired by donor" in said["notes"][0]
    assert list(pd.read_csv(tmp_path / "genes.csv")["gene"]) == [row["gene"] for row in said["genes"]]
    turned = say(capsys, "conditions", "six", "--cluster", "1", "--condition", "treated,control")
    assert turned["genes"][0]["log2_fold_change"] == pytest.approx(-said["genes"][0]["log2_fold_change"])


def test_markers_are_of_types_in_every_sample_and_not_of_the_treatment(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    said = say(capsys, "markers", "six")
    assert said["left_out"] == {}
    genes = pd.read_json(StringIO(json.dumps(said["genes"])))
    for kind in range(3):
        best = genes[genes["cluster"] == f"Cluster {kind}"].head(20)
        assert set(best["gene"]) == {f"GENE{gene:03d}A" for gene in range(20 * kind, 20 * kind + 20)}
        assert (best["n_found"] == 6).all() and (best["n_samples"] == 6).all()
    assert not genes.loc[genes["gene"].isin(RAISED), "n_found"].gt(2).any()


def test_a_table_given_to_the_command_holds_for_it_alone(
    run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    table = tmp_path / "two.csv"
    table.write_text(SIX_TABLE.replace("treated 3,treated", "treated 3,").replace("D1", ""))
    said = say(capsys, "composition", "six", "--samples", str(table))
    assert said["note"].startswith("treated has 2 samples, and a test needs 3 of each condition")
    assert "p" not in said["clusters"][0]
    assert "3 samples of treated" in say(capsys, "composition", "six")["note"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("conditions six", "arguments are required: --cluster"),
        ("conditions six --cluster 9", "There is no cluster 9: choose one of 0 (Cluster 0)"),
        ("conditions six --cluster 0 --condition control", "give two of control, treated, the reference first"),
        ("composition six --condition control,sick", "--condition control,sick is not possible"),
        ("composition six --samples nowhere.csv", "There is no file nowhere.csv"),
        ("conditions six --cluster 0 --samples {bare}", "The samples have no condition: describe them"),
    ],
)
def test_a_mistake_is_one_sentence(
    run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path, words: str, said: str
) -> None:
    (tmp_path / "bare.csv").write_text(BARE)
    assert main([word.format(bare=tmp_path / "bare.csv") for word in words.split()]) == EXIT_FIXABLE
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_without_conditions_the_counts_are_shown_with_what_to_do(
    run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    facts_path(run).unlink()
    assert main(["composition", "six"]) == EXIT_DONE
    assert "To compare conditions, describe the samples in a table" in capsys.readouterr().out


def test_what_is_said_of_samples_after_training_lies_beside_the_record(run: Run, trained: Run) -> None:
    batches = run.dataset().batches
    assert batches is not None and {facts.condition for facts in batches.table} == {""}
    facts = read_facts(run, batches)
    assert [each.condition for each in facts] == ["control"] * 3 + ["treated"] * 3
    assert (run.folder / "config.json").read_bytes() == (trained.folder / "config.json").read_bytes()
    assert run.dataset().digest == trained.dataset().digest
    with pytest.raises(DataError, match="has no row for sample control 1"):
        write_facts(run, batches, b"sample,condition\nother,sick\n")
    assert read_facts(run, batches) == facts, "a table that does not fit changes nothing"
    # Names are those of the record, by which its quality control and its maps call the samples.
    write_facts(run, batches, [each.model_copy(update={"name": "X" + each.name}) for each in facts])
    assert tuple(each.name for each in read_facts(run, batches)) == batches.names
    write_facts(run, batches, batches.table)
    assert not facts_path(run).exists()


def test_cells_split_off_and_merged_clusters_count_as_edited(run: Run) -> None:
    annotations = Annotations().with_name(0, "T cells").with_name(1, "T cells")
    write_annotations(
        run, annotations.with_split(np.arange(2, 32, 3), "few", 3)
    )  # ten of the first sample's third type
    composition = gather_samples(run).composition()
    assert composition.counts[0].tolist() == [40, 10, 10]
    assert composition.counts[1].tolist() == [40, 20, 0]
