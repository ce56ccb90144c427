"""What tests of pages share."""

import pytest
from streamlit.runtime.pages_manager import PagesManager


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
