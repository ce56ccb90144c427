"""Opening a page of the app as a person does, in a folder of their own."""

import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

PROJECT = Path(__file__).resolve().parents[2]


def open_page(page: str, **query: str | list[str]) -> AppTest:
    """The page `pages/<page>.py` inside app.py, reached by an address with these parameters."""
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    app.switch_page(f"pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def wait_for(app: AppTest, text: str, seconds: float = 30) -> None:
    """Redraws the page, as it does by itself in a browser, until it says this; fails after `seconds`."""
    end = time.monotonic() + seconds
    while text not in texts(app):
        assert time.monotonic() < end, f"the page does not say {text!r} but: {texts(app)}"
        time.sleep(0.1)
        app.run()


def texts(app: AppTest) -> str:
    """Everything the page says, in one string."""
    parts = [*app.title, *app.header, *app.subheader, *app.markdown, *app.caption, *app.info, *app.error, *app.warning]
    return "\n".join(str(part.value) for part in parts)
