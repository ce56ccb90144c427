"""What tests of pages share."""

import shutil
from pathlib import Path

import pytest
from streamlit.runtime.pages_manager import PagesManager

from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.estimate import Estimate
from clustergan_core.runs.queue import queue
from clustergan_core.runs.queue.slots import Slots
from clustergan_core.runs.run import Run
from clustergan_core.runs.status import Status, write_status
from clustergan_core.runs.worker import execute
from tests.small_cell_runs import train_cells, train_samples, write_planted
from tests.small_runs import new_run, small_config


@pytest.fixture(autouse=True)
def _a_server_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest forgets before every run that `st.navigation` has been called, as only a fresh server does.

    The page's guard would then run everything a second time, and the second run knows nothing of a pressed button.
    The guard itself is tested in a browser.
    """
    begin = PagesManager.__init__

    def begin_in_use(*arguments: object, **named: object) -> None:
        begin(*arguments, **named)  # type: ignore[arg-type] # passed on as they came
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", begin_in_use)


@pytest.fixture(autouse=True)
def _no_queue_keeper(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread or process outlives a test and looks after another's runs, or a person's own."""
    monkeypatch.setattr("ui.frame.dispatcher.keep_queue", lambda: None)
    monkeypatch.setattr("clustergan_core.runs.queue.backends.ensure_dispatcher", lambda: None)
    monkeypatch.setattr("clustergan_core.runs.maps.MapWorker.submit", lambda *_: None)
    monkeypatch.setattr("ui.forms.start.keep_spare", lambda: None)


@pytest.fixture
def apart(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs lie in the test's own folder, no process is started, and time is not measured but given."""
    monkeypatch.setattr(queue, "start_worker", _start_nothing)
    monkeypatch.setattr("clustergan_core.runs.estimate.estimate_run", _estimate)
    monkeypatch.setattr("clustergan_core.runs.estimate._slowdown", lambda _: 1.0)  # however busy this machine is
    monkeypatch.setattr("clustergan_core.runs.sweeps.estimate.estimate_run", _estimate)


@pytest.fixture(scope="session")
def trained_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Short runs: of pictures, of a table, and of pictures with more modes than there is room for sliders."""
    folder = tmp_path_factory.mktemp("pages")
    configs = {
        "digits": small_config("digits", n_steps=10, evaluate_every=5),
        "synthetic": small_config("synthetic", n_steps=10, evaluate_every=5),
        "many": small_config("digits", n_steps=10, evaluate_every=5, n_clusters=40),
    }
    for name, config in configs.items():
        execute(new_run(folder / name, config))
    return folder


@pytest.fixture(scope="session")
def trained_cells(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A short run on a count matrix of 120 cells; what it reads is kept beside it, and not beside the program."""
    folder = tmp_path_factory.mktemp("cells")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLUSTERGAN_DERIVED", str(folder / "derived"))
        return train_cells(folder / "run", write_planted(folder / "cells.h5ad"))


@pytest.fixture
def cells(trained_cells: Run, own_folders: Path) -> Run:
    """A copy of that run, named "cells", in the test's own folder."""
    return Run(shutil.copytree(trained_cells.folder, own_folders / "runs" / "cells"))


@pytest.fixture(scope="session")
def trained_samples(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A short run on two samples of 60 cells each, of two conditions."""
    folder = tmp_path_factory.mktemp("samples")
    table = "sample,condition,donor\ncontrol,none,D1\ntreated,interferon,D1\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLUSTERGAN_DERIVED", str(folder / "derived"))
        return train_samples(folder / "run", folder / "files", table, ("control", "treated"))


@pytest.fixture
def samples(trained_samples: Run, own_folders: Path) -> Run:
    """A copy of that run, named "samples", in the test's own folder."""
    return Run(shutil.copytree(trained_samples.folder, own_folders / "runs" / "samples"))


@pytest.fixture
def own_copy(trained_runs: Path, own_folders: Path) -> Path:
    """A copy of those runs, in the test's own folder, that a test may spoil."""
    return shutil.copytree(trained_runs, own_folders / "runs")


def _estimate(config: RunConfig, _: object) -> Estimate:
    return Estimate(config.schedule.n_steps, 0.02, 5, seconds_around=8)


def _start_nothing(run: Run, status: Status, slots: Slots) -> None:
    slots.release()
    write_status(run.folder / "status.json", status)
