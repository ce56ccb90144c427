"""A code as bars in plain HTML: a Plotly figure takes longer to draw than the sample it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.theme import THEMES
from clustergan_core.score_names import UNCALIBRATED
from ui.frame.theme import theme_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TEXT = "clamp(.8rem, .9vw, 1.1rem)"  # of figures and numbers: legible on a projector, and room for ten of them
_N_NUMBERED = 30  # more modes than this have no room for numbers


def show_code(code: NDArray[np.floating], height: str, word: str = "mode", noun: str = "sample") -> None:
    """The probability of each mode (K,) as a bar in the mode's colour, and the most probable mode as text.

    `height` is that of a probability of 1, a CSS length. `word` is what the page calls a mode, `noun` a sample.
    """
    best = int(code.argmax())
    st.markdown(
        f"The encoder reads **{word} {best}** in this {noun}, confidence **{float(code[best]):.2f}**", help=UNCALIBRATED
    )
    colours, theme = mode_colours(len(code)), THEMES[theme_name()]
    is_numbered = len(code) <= _N_NUMBERED
    bars = "".join(
        _bar(float(share), colours[mode], str(mode) if is_numbered or mode == best else "", is_numbered, height)
        for mode, share in enumerate(code)
    )
    described = ", ".join(f"{word} {mode} {float(share):.2f}" for mode, share in enumerate(code) if share >= 0.005)
    st.html(
        f'<div role="img" aria-label="Probabilities: {described}" style="display:flex;align-items:flex-end;'
        f"gap:{4 if is_numbered else 1}px;height:calc({height} + 3.2em);max-width:64rem;color:{theme.muted};"
        f'font-size:{_TEXT};text-align:center;font-variant-numeric:tabular-nums">{bars}</div>'
        f'<div style="color:{theme.muted};font-size:{_TEXT};text-align:center;max-width:64rem">'
        f"{word}: probability that the encoder gives it</div>"
    )


def _bar(share: float, colour: str, name: str, has_figure: bool, full: str) -> str:
    """One mode's column: its probability, a bar of at most `full`, its number."""
    figure = f"{share:.2f}" if has_figure and share >= 0.005 else ""
    bar = f'<div style="height:max(1px, {share:.4f} * {full});background:{colour}"></div>'
    return f'<div style="flex:1;min-width:0">{figure}{bar}{name or "&nbsp;"}</div>'
