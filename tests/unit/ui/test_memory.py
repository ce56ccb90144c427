"""Garbage of sessions that have left is collected, and collected once for many."""

import gc
import threading
import tomllib
import weakref

import pytest

from clustergan_core.paths import PROJECT_FOLDER
from ui.frame import memory


class _Node:
    """Holds itself, as what a session leaves does."""

    def __init__(self) -> None:
        self.itself = self


def test_released_memory_is_that_of_objects_which_hold_each_other() -> None:
    gc.disable()
    try:
        held = weakref.ref(_Node())
        assert held() is not None
        memory.release_memory()
        assert held() is None
    finally:
        gc.enable()


def test_those_who_leave_together_are_collected_together(monkeypatch: pytest.MonkeyPatch) -> None:
    left, steps = threading.Event(), list[str]()

    def release() -> None:
        steps.append("release")
        if steps.count("release") == 2:
            raise InterruptedError  # ends the endless loop
        left.set()  # one more leaves later

    monkeypatch.setattr(memory, "_someone_left", left)
    monkeypatch.setattr(memory, "release_memory", release)
    monkeypatch.setattr(memory.time, "sleep", lambda _: steps.append("wait"))
    for _ in range(30):
        left.set()
    with pytest.raises(InterruptedError):
        memory._collect_for_ever()
    assert steps == ["wait", "release", "wait", "release"]


def test_it_waits_until_the_server_has_let_the_session_go() -> None:
    settings = tomllib.loads((PROJECT_FOLDER / ".streamlit" / "config.toml").read_text())
    assert settings["server"]["disconnectedSessionTTL"] < memory.WAIT_SECONDS
    assert settings["runner"]["postScriptGC"] is False
