"""What tests of every kind share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from clustergan_core.runs.run import Run

# No time limit a single example: the machine may be busy. The same examples every time: a red test stays red.
settings.register_profile("project", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("project")


@pytest.fixture
def data_folder() -> Path:
    """The folder of real data sets; the test is skipped where there is none."""
    named = os.environ.get("CLUSTERGAN_DATA")
    if not named or not Path(named).is_dir():
        pytest.skip("needs real data: CLUSTERGAN_DATA names no folder")
    return Path(named)


@pytest.fixture
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs, uploads and the log of one test, in a folder of its own."""
    for variable, path in folder_variables(tmp_path).items():
        monkeypatch.setenv(variable, path)
    return tmp_path


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Small networks wait for a second thread longer than they work."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A finished run of digits for all tests, which copy it and never change it."""
    from clustergan_core.runs.worker import execute
    from tests.small_runs import new_run, small_config

    run = new_run(tmp_path_factory.mktemp("trained") / "run", small_config(n_steps=10))
    execute(run)
    return run


def folder_variables(parent: Path) -> dict[str, str]:
    """The variables that move everything the app writes below `parent`."""
    return {
        "CLUSTERGAN_RUNS": str(parent / "runs"),
        "CLUSTERGAN_UPLOADS": str(parent / "uploads"),
        "CLUSTERGAN_DERIVED": str(parent / "derived"),
        "CLUSTERGAN_LOG": str(parent / "app.log"),
    }
