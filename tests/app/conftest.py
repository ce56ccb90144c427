"""What tests of pages share."""

from pathlib import Path

import pytest
from streamlit.runtime.pages_manager import PagesManager

from clustergan_core.runs import launch
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.estimate import Estimate
from clustergan_core.runs.status import write_status


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


@pytest.fixture
def apart(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs lie in the test's own folder, no process is started, and time is not measured but given."""
    monkeypatch.setattr(launch, "start_worker", lambda run, status: write_status(run.folder / "status.json", status))
    monkeypatch.setattr("clustergan_core.runs.estimate.estimate_run", _estimate)


def _estimate(config: RunConfig, _: object) -> Estimate:
    return Estimate(0.02 * config.schedule.n_steps, 0.02, 5)
