"""The parts of a ClusterGAN as an SVG diagram: what goes where, and the loss of each arrow."""

from __future__ import annotations

import re
from html import escape

from clustergan_core.drawing.theme import FONT, THEMES, Theme

WIDTH, HEIGHT = 920, 330
_BOX_HEIGHT = 44

DESCRIPTION = (
    "Noise z_n and mode z_c enter the generator G, which makes a sample. The critic D scores it beside real data. The "
    "encoder E reads it and gives back the noise and the mode. The generator's loss is minus the mean score; the "
    "encoder's losses are β_n times the squared error of the noise and β_c times the cross-entropy of the mode; the "
    "critic's loss is the score of generated minus that of real samples, with a gradient penalty."
)

# Each box: its name, centre and width; networks are filled.
_NETWORKS = {"G": ("generator G", 290, 150, 128), "D": ("critic D", 620, 70, 112), "E": ("encoder E", 620, 230, 112)}
_VALUES = {
    "noise": ("z_n  noise", 80, 100, 112),
    "mode": ("z_c  mode", 80, 200, 112),
    "sample": ("G(z)", 455, 150, 84),
    "data": ("data x", 455, 40, 84),
    "score": ("score", 850, 70, 84),
    "noise back": ("noise of E(G(z))", 838, 195, 150),
    "mode back": ("mode of E(G(z))", 838, 265, 150),
}
_ARROWS = (
    *(("noise", "G"), ("mode", "G"), ("G", "sample"), ("sample", "D"), ("sample", "E")),
    *(("data", "D"), ("D", "score"), ("E", "noise back"), ("E", "mode back")),
)
_LOSSES = (
    ("D learns:  mean D(G(z)) − mean D(x) + λ · penalty", 700, 22, "middle"),
    ("G learns:  − mean D(G(z))", 290, 205, "middle"),
    ("G and E learn:  β_n · mean (z_n − its reading)²", 912, 160, "end"),
    ("G and E learn:  β_c · cross-entropy of z_c and its reading", 912, 312, "end"),
)


def draw_gan_diagram(theme: Theme) -> str:
    """The diagram in a theme's colours as an SVG document of WIDTH × HEIGHT."""
    colours = THEMES[theme]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="{FONT}" font-size="16">',
        f'<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        f'<path d="M0 0 L8 4 L0 8 z" fill="{colours.muted}"/></marker></defs>',
    ]
    parts += [_arrow(begin, end, colours.muted) for begin, end in _ARROWS]
    for name, x, y, width in _VALUES.values():
        parts.append(_box(name, x, y, width, colours.page, colours.muted, colours.text))
    for name, x, y, width in _NETWORKS.values():
        parts.append(_box(name, x, y, width, colours.accent, colours.accent, colours.page))
    for text, x, y, anchor in _LOSSES:
        parts.append(f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colours.text}">{_lettering(text)}</text>')
    return "".join(parts) + "</svg>"


def _box(name: str, x: int, y: int, width: int, fill: str, line: str, ink: str) -> str:
    left, top = x - width / 2, y - _BOX_HEIGHT / 2
    return (
        f'<rect x="{left}" y="{top}" width="{width}" height="{_BOX_HEIGHT}" rx="8" fill="{fill}" stroke="{line}"/>'
        f'<text x="{x}" y="{y + 6}" text-anchor="middle" fill="{ink}">{_lettering(name)}</text>'
    )


def _lettering(text: str) -> str:
    """SVG text in which z_n has a lowered n."""
    lowered = r'<tspan dy="5" font-size="12">\1</tspan><tspan dy="-5">&#8203;</tspan>'
    return re.sub("_([a-z])", lowered, escape(text))


def _arrow(begin: str, end: str, colour: str) -> str:
    boxes = _NETWORKS | _VALUES
    _, x0, y0, width0 = boxes[begin]
    _, x1, y1, width1 = boxes[end]
    return (
        f'<line x1="{x0 + width0 / 2}" y1="{y0}" x2="{x1 - width1 / 2}" y2="{y1}" stroke="{colour}" '
        'stroke-width="1.5" marker-end="url(#head)"/>'
    )
