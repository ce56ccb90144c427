"""`import clustergan_core as cg`: light, whole, and five lines from data to a figure."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path
from types import FunctionType, ModuleType

import numpy as np
import pytest
from sklearn.datasets import load_digits

import clustergan_core as cg
from clustergan_core.paths import PROJECT_FOLDER
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run

pytestmark = pytest.mark.usefixtures("one_thread")

HEAVY = ("torch", "sklearn", "pandas", "scanpy", "anndata", "plotly", "pydantic", "numpy")
MOST_SECONDS = 0.3
QUICK = {"width": 0.2, "n_normal": 5, "n_starts": 1}


def test_the_import_brings_nothing_heavy_and_takes_no_time() -> None:
    program = (
        "import sys, time\n"
        "start = time.process_time()\n"
        "import clustergan_core as cg\n"
        "names = dir(cg)\n"
        "print(time.process_time() - start, *(name for name in sys.argv[1:] if name in sys.modules))\n"
        "cg.DATASETS, cg.METHODS\n"
        "print('torch' in sys.modules)\n"
        "from clustergan_core.methods import find_class\n"
        "find_class('clustergan')\n"
        "print('torch' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, *HEAVY], capture_output=True, text=True, check=True)
    first, after_lists, after_a_method = done.stdout.splitlines()
    seconds, *brought = first.split()
    assert float(seconds) < MOST_SECONDS
    assert brought == []
    assert (after_lists, after_a_method) == ("False", "True")


@pytest.mark.parametrize("package", [cg, cg.data, cg.evaluation, cg.embedding, cg.cells])
def test_every_listed_name_is_there_and_says_what_it_is(package: ModuleType) -> None:
    listed = dir(package)
    assert listed == sorted(set(listed)) and len(listed) >= 5
    for name in listed:
        found = getattr(package, name)
        if isinstance(found, type | FunctionType):
            assert found.__doc__, f"{package.__name__}.{name} has no docstring"
    with pytest.raises(AttributeError):
        _ = package.no_such_name
    stub = Path(str(package.__file__)).with_suffix(".pyi").read_text()
    exported = stub.split("__all__ = [")[1].split("]")[0]
    assert sorted(part.strip().strip('"') for part in exported.split(",") if part.strip()) == listed


def test_packages_for_type_checkers_say_that_they_are_typed() -> None:
    assert (Path(str(cg.__file__)).parent / "py.typed").exists()


@pytest.mark.parametrize("what", ["a name", "a file", "an array"])
def test_five_lines_open_fit_assign_score_and_plot(what: str, tmp_path: Path) -> None:
    digits = load_digits()
    path = tmp_path / "own.npz"
    np.savez(path, x=digits.data[:200], y=digits.target[:200])
    source = {"a name": "digits", "a file": path, "an array": digits.data[:200]}[what]

    dataset = cg.open_dataset(source)
    model = cg.fit(dataset, n_clusters=10, n_steps=30, settings=QUICK)
    clusters = model.predict(dataset)
    scores = cg.score(model, dataset)
    figure = cg.plot(model, dataset, coordinates=cg.embed(model, dataset, "pca"))

    assert clusters.tolist() == model.labels_.tolist() and len(set(clusters.tolist())) > 1
    assert scores["n"] == len(dataset.indices("test"))
    assert (scores["nmi"] is None) == (what == "an array")
    assert sum(len(trace["x"]) for trace in figure.data) == len(dataset.samples)
    named = {trace["name"] for trace in figure.data}
    assert named == {f"cluster {cluster}" for cluster in set(clusters.tolist())}
    if what == "an array":
        with pytest.raises(cg.DataError, match="no labels to colour by"):
            cg.plot(model, dataset, "labels", coordinates=np.zeros((200, 2)))
    else:
        by_label = cg.plot(model, dataset, "labels", coordinates=np.zeros((len(dataset.samples), 3)))
        assert len(by_label.data) == 10 and by_label.data[0]["type"] == "scatter3d"


def test_labels_of_an_array_are_scored_and_never_trained_on() -> None:
    digits = load_digits()
    with_labels = cg.open_array(digits.data[:200], labels=digits.target[:200])
    without = cg.open_array(digits.data[:200])
    words = {"n_clusters": 10, "n_steps": 20, "settings": QUICK}
    one, other = cg.fit(with_labels, **words), cg.fit(without, **words)
    assert one.labels_.tolist() == other.labels_.tolist()
    assert 0 < (cg.score(one, with_labels)["purity"] or 0) <= 1


def test_a_run_is_loaded_as_an_estimator_with_its_clusters(run: Run) -> None:
    model = cg.load(run.folder)
    assert isinstance(model, cg.ClusterGAN)
    dataset = run.dataset()
    expected = run_latents(run, "all").clusters
    assert model.predict(dataset).tolist() == expected.tolist()
    assert model.get_params()["n_clusters"] == 10 and not hasattr(model, "labels_")
    assert model.fit_dataset(dataset).labels_.tolist() == expected.tolist()


def test_a_shipped_model_is_loaded_by_its_name() -> None:
    model = cg.load("digits-paired-clustergan")
    assert isinstance(model, cg.PairedClusterGAN)
    assert (cg.score(model, "digits")["nmi"] or 0) > 0.9


def test_readme_and_docstring_show_the_same_five_lines() -> None:
    shown = (PROJECT_FOLDER / "README.md").read_text().split("```python\n")[1].split("```")[0]
    assert textwrap.dedent(str(cg.__doc__).split("\n\n", 1)[1].split("\n\n`__init__")[0]).strip() == shown.strip()
    assert shown.count("\n") == 7  # the import, an empty line, and five
