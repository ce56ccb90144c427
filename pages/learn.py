"""Learn page: lessons as cards and, with one in the address, that lesson."""

import streamlit as st

from ui.frame.guard import require_frame

require_frame(__file__)

from clustergan_core.errors import DataError
from clustergan_core.lessons.lesson import lesson_names, read_lesson
from ui.frame.fresh import fresh_container
from ui.frame.messages import show_problem
from ui.learn.beats import show_lesson
from ui.learn.cards import show_cards, show_diagram, show_glossary


def main() -> None:
    """Draws the page."""
    name = st.query_params.get("lesson")
    if name in lesson_names():
        with fresh_container("learn", name):
            show_lesson(read_lesson(str(name)))
        return
    if name is not None:
        show_problem(DataError(f"There is no lesson {name}: choose {', '.join(lesson_names())}."))
    with fresh_container("learn", None):
        st.title("Learn")
        st.markdown(
            "Short lessons on clustering in the latent space of a GAN. Each asks a question, takes your guess, lets "
            "you try, and then shows what happened. Guesses stay in your browser's session."
        )
        show_cards()
        show_diagram()
        show_glossary()


main()
