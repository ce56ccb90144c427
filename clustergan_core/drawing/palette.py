"""Colours of modes and labels, and the contrast of text on them."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

# M. Petroff, "Accessible Color Sequences for Data Visualization" (arXiv 2107.02270), ten colours.
PETROFF_10 = (
    "#3f90da",
    "#ffa90e",
    "#bd1f01",
    "#94a4a2",
    "#832db6",
    "#a96b59",
    "#e76300",
    "#b9ac70",
    "#717581",
    "#92dadd",
)
N_SAFE_COLOURS = 12  # no larger set of colours is safe for colour-blind readers
UNLABELLED_COLOUR = "#b4b7bd"  # also for greyed-out points; between the greys of Petroff-10 and both backgrounds

# Linear sRGB → cone response → OKLab (B. Ottosson, 2020).
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
# What a deuteranope sees of linear sRGB (Machado et al., 2009, severity 1).
_DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)
# Limits for added colours in OKLab: visible on white and near-black pages, and no more saturated than Petroff's own.
_LIGHTNESS = (0.48, 0.82)
_MAX_CHROMA = 0.2
# Deuteranopes see one dimension of hue less, so their smaller distances are stretched before the comparison.
_DEUTERANOPE_STRETCH = 1.6


def mode_colours(n_modes: int) -> list[str]:
    """`n_modes` colours "#rrggbb"; mode k always has the same colour.

    The first ten are Petroff-10. Each further one is the sRGB colour furthest in OKLab from all previous ones, in
    normal vision and with deuteranopia; `palette_note` warns where colours can no longer be distinguished.
    """
    return list(_colour_sequence(max(n_modes, 40))[:n_modes])


def label_colours(n_labels: int, given: Sequence[str] = ()) -> list[str]:
    """Colours of the reference labels: those `given` if there is one for each label, else the colours of modes."""
    return list(given) if len(given) == n_labels else mode_colours(n_labels)


def palette_note(n_colours: int) -> str | None:
    """A warning for readers about this many colours, or None where they can be distinguished."""
    if n_colours <= N_SAFE_COLOURS:
        return None
    return f"{n_colours} colours cannot all be distinguished: point at a group to see its name, or isolate one."


def text_on(colour: str) -> str:
    """Black or white, whichever has more contrast with `colour`; never below 4.58 : 1."""
    return max(("#000000", "#ffffff"), key=lambda text: contrast_ratio(text, colour))


def contrast_ratio(one: str, other: str) -> float:
    """The contrast of two "#rrggbb" colours by WCAG 2.2, from 1 (equal) to 21 (black on white)."""
    darker, lighter = sorted((relative_luminance(one), relative_luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def relative_luminance(colour: str) -> float:
    """The WCAG relative luminance of "#rrggbb", from 0 (black) to 1 (white)."""
    return float(_linear(_channels([colour]))[0] @ [0.2126, 0.7152, 0.0722])


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with `share` (0 to 1) of `other` blended in."""
    one, two = _channels([colour, other])
    return _hex((1 - share) * one + share * two)


def rgb(colour: str) -> tuple[int, int, int]:
    """ "#rrggbb" as three integers 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@lru_cache(maxsize=8)
def _colour_sequence(n_colours: int) -> tuple[str, ...]:
    steps = np.linspace(0, 1, 18)
    candidates = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    lightness, green_red, blue_yellow = _oklab(_linear(candidates)).T
    is_visible = (lightness >= _LIGHTNESS[0]) & (lightness <= _LIGHTNESS[1])
    candidates = candidates[is_visible & (np.hypot(green_red, blue_yellow) <= _MAX_CHROMA)]
    colours = _channels(PETROFF_10)
    gaps = np.min([_distances(candidates, colour) for colour in colours], axis=0)
    for _ in range(n_colours - len(PETROFF_10)):
        furthest = candidates[int(gaps.argmax())]
        colours = np.vstack([colours, furthest])
        gaps = np.minimum(gaps, _distances(candidates, furthest))
    return tuple(_hex(colour) for colour in colours)


def _distances(colours: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance in OKLab of `colours` (N, 3) to one `other` (3,), the smaller of normal sight and deuteranopia."""
    light, other_light = _linear(colours), _linear(other)
    seen = np.linalg.norm(_oklab(light) - _oklab(other_light), axis=1)
    blind = np.clip(light @ _DEUTERANOPIA.T, 0, 1), np.clip(_DEUTERANOPIA @ other_light, 0, 1)
    return np.minimum(seen, _DEUTERANOPE_STRETCH * np.linalg.norm(_oklab(blind[0]) - _oklab(blind[1]), axis=1))


def _channels(colours: Sequence[str]) -> NDArray[np.float64]:
    return np.array([rgb(colour) for colour in colours], dtype=np.float64) / 255  # (N, 3)


def _hex(channels: NDArray[np.float64]) -> str:
    red, green, blue = (round(255 * float(value)) for value in channels)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _linear(channels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear channels, with sRGB's gamma undone as WCAG and CSS define it."""
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def _oklab(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.cbrt(linear @ _CONES.T) @ _OKLAB.T
