"""The Train page as a person handles it: its widgets by key, its buttons by what stands on them."""

from typing import Any

from streamlit.testing.v1 import AppTest

from tests.app.app_pages import open_page, texts


def opened(**parameters: str) -> AppTest:
    return open_page("train", **parameters)


def all_texts(app: AppTest) -> str:
    return "\n".join([texts(app), *(code.value for code in app.code)])


def widget(app: AppTest, key: str) -> Any:
    found = [w for kind in ("number_input", "selectbox", "toggle", "text_input") for w in app.get(kind) if w.key == key]
    assert len(found) == 1, f"{len(found)} widgets {key}"
    return found[0]


def press(app: AppTest, label: str) -> AppTest:
    buttons = [button for button in app.button if button.label == label]
    assert len(buttons) == 1, f"{len(buttons)} buttons {label}"
    return buttons[0].click().run()
