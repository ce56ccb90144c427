"""What unit tests share."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from clustergan_core.runs.run import Run


@pytest.fixture
def run(trained: Run, tmp_path: Path) -> Run:
    """A finished run of this test's own, without maps."""
    from clustergan_core.runs.run import Run

    shutil.copytree(trained.folder, tmp_path / "run")
    return Run(tmp_path / "run")
