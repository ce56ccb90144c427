"""show_title(): a page's name, and the meaning of its words on hover."""

from __future__ import annotations

import streamlit as st

from clustergan_core.lessons.glossary import read_glossary

GLOSSARY = "learn#glossary"


def show_title(name: str, *terms: str) -> None:
    """The title of a page; its help explains `terms` of the glossary and links to all of them."""
    meanings = {term.name: term.meaning for term in read_glossary()}
    lines = [f"**{term}**: {meanings[term]}" for term in terms]
    st.title(name, help="\n\n".join([*lines, f"[All words]({GLOSSARY})"]))
