"""A code as bars that are there at once: a Plotly figure takes longer than the sample it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.theme import theme_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_N_NUMBERED = 30  # more modes than this have no room for numbers


def show_code(code: NDArray[np.floating], height: int = 230) -> None:
    """The probability of each mode (K,) as a bar in the mode's colour, and the most probable in words.

    `height` is that of a probability of 1, in CSS pixels.
    """
    from clustergan_core.drawing.palette import mode_colours
    from clustergan_core.drawing.theme import THEMES

    best = int(code.argmax())
    st.markdown(f"The encoder reads **mode {best}** in this sample, confidence **{float(code[best]):.2f}**")
    colours, theme = mode_colours(len(code)), THEMES[theme_name()]
    is_numbered = len(code) <= _N_NUMBERED
    bars = "".join(
        _bar(float(share), colours[mode], str(mode) if is_numbered or mode == best else "", is_numbered, height)
        for mode, share in enumerate(code)
    )
    described = ", ".join(f"mode {mode} {float(share):.2f}" for mode, share in enumerate(code) if share >= 0.005)
    st.html(
        f'<div role="img" aria-label="Probabilities: {described}" style="display:flex;align-items:flex-end;'
        f"gap:{4 if is_numbered else 1}px;height:{height + 40}px;max-width:40rem;color:{theme.muted};"
        f'font-size:.8rem;text-align:center;font-variant-numeric:tabular-nums">{bars}</div>'
        f'<div style="color:{theme.muted};font-size:.8rem;text-align:center;max-width:40rem">'
        "mode: probability that the encoder gives it</div>"
    )


def _bar(share: float, colour: str, name: str, has_figure: bool, full: int) -> str:
    """One mode's column: its probability, a bar of at most `full` pixels, its number."""
    figure = f"{share:.2f}" if has_figure and share >= 0.005 else ""
    height = max(1, round(share * full))
    return (
        f'<div style="flex:1;min-width:0">{figure}<div style="height:{height}px;background:{colour}"></div>{name}'
        f"{'' if name else '&nbsp;'}</div>"
    )
