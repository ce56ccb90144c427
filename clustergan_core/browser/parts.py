"""The parts player and slider: their HTML, CSS and JavaScript, and the data that they are given beside bytes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypedDict

from clustergan_core.browser.strip import Strip
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.theme import THEMES, Theme

N_THUMBNAILS = 11  # below a walk

PartName = Literal["player", "slider"]


@dataclass(frozen=True)
class Part:
    """HTML, its style, and the classes that make it live."""

    html: str
    css: str
    js: str


@cache
def read_part(name: PartName) -> Part:
    """The part; its scripts are joined in the order of their files' names."""
    folder = Path(__file__).parent / name
    scripts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.js"))]
    html, css = ((folder / f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("html", "css"))
    return Part(html, css, "\n".join(scripts))


class Look(TypedDict):
    """The colours "#rrggbb" of the player's canvas."""

    page: str
    text: str
    quiet: str
    line: str
    contour: str
    real: str
    accent: str
    warm: str
    cool: str
    colours: list[str]  # of the modes


def make_look(theme: Theme, n_modes: int, *, is_presenting: bool = False) -> Look:
    """The colours of a theme for the player; on a projector secondary text reaches 7 : 1."""
    colours = THEMES[theme]
    is_light = theme == "light"
    return Look(
        page=colours.page,
        text=colours.text,
        quiet="#44474f" if is_presenting else colours.muted,
        line=colours.grid,
        contour="#8a8d98" if is_light else "#6f7480",
        real="#7a7d89" if is_light else "#8b909d",
        accent=colours.accent,
        warm="#bd5a00" if is_light else "#ffa94d",
        cool="#832db6" if is_light else "#c58af0",
        colours=mode_colours(n_modes) if n_modes else [],
    )


def describe_strip(
    strip: Strip, theme: Theme, *, label: str, ends: tuple[int, int], default: float, words: str, noun: str
) -> dict[str, Any]:
    """What the slider is told of a strip from the mode `ends[0]` (value 0) to `ends[1]` (value 1).

    words: below the steps. noun: what the page calls a mode. A double click goes to `default`.
    """
    n_modes = 0 if strip.codes is None else strip.codes.shape[1]
    colours = THEMES[theme]
    height, width = strip.size
    return {
        "form": strip.form,
        "n_steps": len(strip.samples),
        "height": height,
        "width": width,
        "n_channels": strip.samples.shape[-1] if strip.form == "pixels" else 0,
        "n_values": strip.samples.shape[-1],
        "n_modes": n_modes,
        "n_thumbnails": N_THUMBNAILS,
        "colours": mode_colours(n_modes) if n_modes else [],
        "theme": {"page": colours.page, "text": colours.text, "grid": colours.grid},
        "label": label,
        "first": default,
        "ends": list(ends),
        "words": words,
        "noun": noun,
    }
