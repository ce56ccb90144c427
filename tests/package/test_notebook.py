"""docs/notebook.ipynb does what it shows, and what it shows is small."""

from __future__ import annotations

import json
import os

import pandas as pd
import pytest
from PIL import Image
from plotly.graph_objects import Figure

from benchmarks.notebook import NOTEBOOK, PLOTLY, code_cells, run_cells
from clustergan_core.paths import PROJECT_FOLDER

MOST_BYTES = 500_000


def test_what_is_kept_of_the_notebook_is_small_and_has_pictures() -> None:
    assert NOTEBOOK.stat().st_size < MOST_BYTES
    cells = code_cells(json.loads(NOTEBOOK.read_text()))
    kept = [output["data"] for cell in cells for output in cell["outputs"] if "data" in output]
    assert sum("image/png" in data for data in kept) >= 3
    assert all("image/png" in data for data in kept if PLOTLY in data)
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert str(PROJECT_FOLDER) not in NOTEBOOK.read_text()


@pytest.mark.timeout(600)  # half a minute of training, on a machine that may be busy
@pytest.mark.usefixtures("one_thread")
@pytest.mark.filterwarnings("default::DeprecationWarning", "default::FutureWarning")
def test_every_cell_runs_and_shows_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "CLUSTERGAN_RUNS", "no-such-folder")  # only models that came along are loaded
    notebook = json.loads(NOTEBOOK.read_text())
    kinds = {PLOTLY: Figure, "text/html": pd.DataFrame, "image/png": Image.Image}
    for cell, (_, shown) in zip(code_cells(notebook), run_cells(notebook), strict=True):
        kept = next((output["data"] for output in cell["outputs"] if "data" in output), None)
        assert (shown is None) == (kept is None), cell["id"]
        if kept is None:
            continue
        kind = next((kind for name, kind in kinds.items() if name in kept), dict)
        assert isinstance(shown, kind), cell["id"]
        if isinstance(shown, dict) and "nmi" in shown:
            assert shown["nmi"] > 0.8, cell["id"]
