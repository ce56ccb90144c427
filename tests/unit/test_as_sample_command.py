"""The command `as-sample`: a cell, or a cluster's mean, as one of another sample, where training saw enough cells."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from clustergan_core.cells.expression import value_scale
from clustergan_core.command_line import EXIT_DONE, EXIT_FIXABLE, main
from clustergan_core.methods import build_method
from clustergan_core.nn.prior import Latent
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run
from clustergan_core.runs.weights import write_tensors
from tests.small_cell_runs import N_GENES, see_pairs, train_cells, train_donors, write_planted

SEEN = [[60, 30], [25, 19], [0, 41]]  # training cells of three clusters in two samples


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("samples")
    return train_donors(folder / "run", write_planted(folder / "cells.h5ad"))


@pytest.fixture
def run(trained: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("CLUSTERGAN_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(tmp_path / "none"))
    run = Run(shutil.copytree(trained.folder, tmp_path / "runs" / "cells").resolve())
    see_pairs(run, SEEN)
    return run


def test_the_run_records_names_of_samples_and_counts_its_training_cells(trained: Run) -> None:
    assert trained.config.dataset.batch_names == ("donor 0", "donor 1")
    counts, latents = trained.load().seen_pairs, run_latents(trained, "all")
    assert counts is not None
    for cluster, donor in np.ndindex(3, 2):
        of_donor = latents.indices % 2 == donor
        assert int(counts[cluster, donor]) == int(((latents.clusters == cluster) & of_donor).sum())


def test_a_run_from_before_generators_knew_samples_still_loads(run: Run) -> None:
    stored = json.loads((run.folder / "config.json").read_text())
    del stored["dataset"]["batch_names"], stored["settings"]["condition_on_samples"]
    (run.folder / "config.json").write_text(json.dumps(stored))
    config = run.config
    shape, cpu = config.dataset.shape, torch.device("cpu")
    older = build_method(config.method, config.method_settings(), "expression", shape, 3, cpu).state_dict()
    write_tensors(run.folder / "weights-best.safetensors", older)
    method = Run(run.folder).load()
    assert method.n_batches == 0
    assert all(torch.equal(value, older[name]) for name, value in method.state_dict().items())
    assert method.generate(method.prior.sample(2, torch.Generator(), cpu)).shape == (2, *shape)


def test_a_clusters_mean_in_one_sample_is_compared_with_the_other(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "genes.csv"
    words = ["as-sample", "cells", "--cluster", "0", "--to", "donor 1"]
    assert main([*words, "--csv", str(path)]) == EXIT_DONE
    assert "no such cell was measured" in capsys.readouterr().out
    table = pd.read_csv(path)
    assert len(table) == N_GENES
    assert table.columns.tolist()[:1] == ["gene"] and table.columns.tolist()[2:] == ["as donor 0", "as donor 1"]
    assert main([*words, "--json"]) == EXIT_DONE
    result = json.loads(capsys.readouterr().out)
    assert (result["from"], result["to"]) == ("donor 0", "donor 1")
    assert [gene["gene"] for gene in result["genes"]] == table["gene"].tolist()


def test_a_cell_keeps_its_z_n_and_its_cluster(run: Run, tmp_path: Path) -> None:
    latents, dataset = run_latents(run, "all"), run.dataset()
    row = next(row for row in range(len(latents.indices)) if latents.indices[row] % 2 == 0)
    see_pairs(run, [[50, 50]] * 3)
    path, name = tmp_path / "genes.csv", dataset.sample_ids[latents.indices[row]]
    assert main(["as-sample", "cells", "--cell", name, "--to", "donor 1", "--csv", str(path)]) == EXIT_DONE
    table, method = pd.read_csv(path).set_index("gene"), run.load()
    code = torch.eye(3)[int(latents.clusters[row])][None]
    for number in (0, 1):
        latent = Latent(torch.from_numpy(latents.normal[row][None]), code, torch.tensor([number]))
        expected = value_scale(dataset.preprocessing).expression(method.generate(latent).numpy())[0]
        assert np.allclose(table.loc[list(dataset.feature_names), f"as donor {number}"], expected, atol=1e-3)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--cluster", "1", "--to", "donor 1"], "Cluster 1 has 19 training cells of donor 1, and at least 20 are need"),
        (["--cluster", "2", "--to", "donor 1"], "Cluster 2 has no training cells of donor 0, and at least 20 are need"),
        (["--cluster", "0", "--to", "donor 7"], "There is no sample donor 7: choose one of donor 0, donor 1."),
        (["--cluster", "9", "--to", "donor 1"], "--cluster 9 is not possible: choose a cluster from 0 to 2."),
        (["--cluster", "0", "--from", "donor 1", "--to", "donor 1"], "Both samples are donor 1: choose two."),
        (["--cell", "AAA", "--to", "donor 1"], "The run has no cell AAA"),
        (["--cell", "AAA", "--from", "donor 0", "--to", "donor 1"], "--from is the cell's own sample"),
    ],
)
def test_what_was_seen_too_rarely_or_does_not_exist_is_told_in_one_sentence(
    run: Run, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["as-sample", "cells", *words]) == EXIT_FIXABLE
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(said)


def test_a_generator_that_was_not_told_samples_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = train_cells(tmp_path / "run", write_planted(tmp_path / "cells.h5ad"))
    assert main(["as-sample", str(run.folder), "--cluster", "0", "--to", "donor 1"]) == EXIT_FIXABLE
    assert "condition_on_samples=true" in capsys.readouterr().err


def test_cells_of_a_new_sample_are_assigned_and_one_without_the_genes_is_refused(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new, out = write_planted(tmp_path / "new.h5ad"), tmp_path / "clusters.csv"
    assert main(["assign", "cells", str(new), "--out", str(out)]) == EXIT_DONE
    latents = run_latents(run, "all")
    assert pd.read_csv(out)["cluster"].tolist() == latents.clusters.tolist()  # the same genes, whatever the sample
    import anndata

    other = anndata.read_h5ad(new)
    other.var = pd.DataFrame(
        {"symbol": [f"Other{gene}" for gene in range(N_GENES)]}, index=[f"O{g}" for g in range(N_GENES)]
    )
    other.write_h5ad(tmp_path / "other.h5ad")
    capsys.readouterr()
    assert main(["assign", "cells", str(tmp_path / "other.h5ad"), "--out", str(out)]) == EXIT_FIXABLE
    assert len(capsys.readouterr().err.splitlines()) == 1
