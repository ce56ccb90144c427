"""The glossary: lessons/glossary.toml, a term's name, symbol and meaning."""

from __future__ import annotations

import tomllib
from functools import cache

from pydantic import BaseModel, ConfigDict

from clustergan_core.lessons.lesson import LESSONS_FOLDER


class Term(BaseModel):
    """A word that lessons use."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    symbol: str = ""
    meaning: str


@cache
def read_glossary() -> tuple[Term, ...]:
    """All terms, in alphabetical order."""
    content = tomllib.loads((LESSONS_FOLDER / "glossary.toml").read_text(encoding="utf-8"))
    return tuple(sorted((Term(**term) for term in content["terms"]), key=lambda term: term.name.lower()))
