"""A recorded training as an offline file."""

from __future__ import annotations

import html

from clustergan_core.browser.handout import Handout
from clustergan_core.browser.parts import make_look
from clustergan_core.lessons.recording import Recording
from clustergan_core.offline.page import Choice, Item, place, write_page
from clustergan_core.offline.prose import write_paragraphs

NO_LIVE = "A new training needs the app: this file plays what was recorded."
_HEIGHT = "clamp(16rem, 100vh - 22rem, 44rem)"  # below a lesson's text
_HEIGHT_ALONE = "clamp(16rem, 100vh - 17rem, 44rem)"


def make_recording_page(recording: Recording, content: bytes) -> bytes:
    """The file that plays a recording, which is also given as the bytes `content` of a .cgr file."""
    title = f"Training {recording.header.name}"
    body = f"<header><h1>{html.escape(title)}</h1></header><main>{place(0)}</main>"
    item = Item("player", (choose(title, recording, content, _HEIGHT_ALONE),))
    return write_page(title, body, [item], footer=describe_making(recording))


def choose(
    title: str, recording: Recording, content: bytes, height: str = _HEIGHT, handout: Handout | None = None
) -> Choice:
    """A recording for the player, whose stage has a CSS `height`."""
    data = {
        "frame": 0,
        "look": make_look("light", recording.header.n_modes),
        "is_presenting": False,
        "height": height,
        "handout": (handout or Handout()).told(),
        "live": None,
        "can_train": False,
        "problem": NO_LIVE,
    }
    return Choice(title, data, {"recording": content})


def describe_making(recording: Recording) -> str:
    """The command and versions of a recording, as HTML."""
    header = recording.header
    packages = ", ".join(f"{package} {number}" for package, number in sorted(header.versions.items()))
    text = f"Recorded with seed {header.setup.seed} on a CPU with one thread and {packages}, by `{header.command}`."
    return write_paragraphs(text)
