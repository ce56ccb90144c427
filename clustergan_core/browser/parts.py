"""The parts player and slider: their HTML, CSS and JavaScript, and the data that they are given beside bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypedDict

import numpy as np

from clustergan_core.browser.strip import Strip
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.theme import THEMES, Theme

N_THUMBNAILS = 11  # below a walk
N_DIAL_STEPS = 41  # of a number from its lowest to its highest value

PartName = Literal["player", "slider"]
Layout = Literal["beside", "stacked"]


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


@dataclass(frozen=True)
class Dial:
    """A number with a handle of its own, whose strip is sent when a person comes near it."""

    name: str
    label: str
    low: float
    high: float
    value: float
    first: float  # where a double click leads

    def values(self) -> list[float]:
        """Even steps from low to high, and among them the value itself: what its strip shows."""
        values = np.linspace(self.low, self.high, N_DIAL_STEPS)
        is_there = np.abs(values - self.value).min() < 1e-6 * (self.high - self.low)
        return values.tolist() if is_there else sorted([*values.tolist(), self.value])

    def describe(self) -> dict[str, Any]:
        """The dial as the browser reads it."""
        return asdict(self) | {"n_steps": N_DIAL_STEPS}


def describe_strip(strip: Strip, n_thumbnails: int = 0) -> dict[str, Any]:
    """What the slider is told of a strip, beside where its bytes are."""
    n_modes = 0 if strip.codes is None else strip.codes.shape[1]
    height, width = strip.size
    n_rows, n_columns = strip.grid
    return {
        "form": strip.form,
        "n_steps": strip.n_steps,
        "n_rows": n_rows,
        "n_columns": n_columns,
        "height": height,
        "width": width,
        "n_channels": strip.samples.shape[-1] if strip.form == "pixels" else 0,
        "n_values": strip.samples.shape[-1],
        "n_modes": n_modes,
        "n_thumbnails": n_thumbnails,
        "colours": mode_colours(n_modes) if n_modes else [],
        "charts": [chart.describe() for chart in strip.charts],
        "said": list(strip.said) or None,
        "rows": [list(row) for row in strip.rows],
        "columns": list(strip.columns),
        "marked": list(strip.marked),
        "alt": strip.alt,
    }


def describe_slider(
    strip: Strip | None,
    theme: Theme,
    *,
    label: str = "",
    ends: tuple[int, int] | None = None,
    default: float = 0.0,
    words: str = "",
    noun: str = "mode",
    texts: Sequence[str] = (),
    layout: Layout = "beside",
    dials: Sequence[Dial] = (),
) -> dict[str, Any]:
    """What the slider is told, beside the bytes and the place of its handle.

    ends: the modes at 0 and 1 of the strip's track. Between other ends `texts` names each step, and the place of the
    handle is a step's number. A double click leads to the place `default`. words: below the steps. noun: what the page
    calls a mode. layout: the picture beside or below the track.
    """
    colours = THEMES[theme]
    return {
        "walk": None if strip is None else describe_strip(strip, 0 if texts else N_THUMBNAILS),
        "theme": {"page": colours.page, "text": colours.text, "grid": colours.grid, "muted": colours.muted},
        "label": label,
        "first": default,
        "ends": None if ends is None else list(ends),
        "words": words,
        "noun": noun,
        "texts": list(texts) or None,
        "layout": layout,
        "dials": [dial.describe() for dial in dials],
    }
