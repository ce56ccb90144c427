"""A lesson on a projector: the keys of the person in front, counted hands, and notes in a second window."""

from __future__ import annotations

from pathlib import Path

from streamlit.components.v2 import component

from clustergan_core.lessons.lesson import Lesson
from ui.learn.address import Beat

_FRONTEND = Path(__file__).parent / "frontend"

_presenter = component(
    "clustergan_presenter",
    html=(_FRONTEND / "presenting.html").read_text(encoding="utf-8"),
    css=(_FRONTEND / "presenting.css").read_text(encoding="utf-8"),
    js=(_FRONTEND / "presenting.js").read_text(encoding="utf-8"),
)

NO_NOTES = "This lesson has no notes: write them to `notes` in its lesson.toml."


def present(lesson: Lesson, beat: Beat) -> None:
    """Listens to the keys, of which `?` shows the list, and shows the hands that were counted."""
    _presenter(
        key="learn-presenter",
        data={
            "lesson": lesson.name,
            "question": lesson.question,
            "beat": beat,
            "minutes": lesson.minutes,
            "options": list(lesson.predict.options),
            # Who looks at the page's messages before the reveal must not find it.
            "answer": lesson.predict.answer if beat == "reveal" else None,
            "notes": list(lesson.notes) or [NO_NOTES],
        },
    )
