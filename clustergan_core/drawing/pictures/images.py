"""Many samples composed into one picture, so that a page requests one image instead of a hundred.

Pages can import everything about pictures from here: single ones are in `bitmaps`, hover thumbnails in `sprites`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from clustergan_core.drawing.pictures.bitmaps import crisp_side, gif, png, to_picture
from clustergan_core.drawing.pictures.lettering import letter, shorten, text_width
from clustergan_core.drawing.pictures.sprites import sprite_sheet
from clustergan_core.drawing.pictures.tabular import Kind, thumbnail
from clustergan_core.drawing.theme import THEMES, Theme

__all__ = [
    "GridLayout",
    "filmstrip",
    "gif",
    "layout_grid",
    "mosaic",
    "png",
    "sample_grid",
    "sprite_sheet",
    "to_picture",
]

TEXT_SIZE = 14
NOTE_SIZE = 12
MAX_LABEL_WIDTH = 220  # pixels at scale 1; longer row labels are shortened
_GAP = 3
_PAD = 8
_MARK = 6  # width of a row's coloured bar
_FRAME = 3  # thickness of a highlighted frame's border


@dataclass(frozen=True)
class GridLayout:
    """The positions of a grid's cells, in pixels of the picture."""

    cell: int
    gap_x: int
    gap_y: int
    left: int
    top: int
    n_rows: int
    n_columns: int

    def box(self, row: int, column: int) -> tuple[int, int, int, int]:
        """The left, top, right and bottom of a cell (right and bottom exclusive)."""
        left = self.left + column * (self.cell + self.gap_x)
        top = self.top + row * (self.cell + self.gap_y)
        return left, top, left + self.cell, top + self.cell

    @property
    def right(self) -> int:
        """The right edge of the last column."""
        return self.box(0, self.n_columns - 1)[2]

    @property
    def bottom(self) -> int:
        """The lower edge of the last row."""
        return self.box(self.n_rows - 1, 0)[3]


def layout_grid(
    shape: Sequence[int],
    row_labels: Sequence[str] = (),
    column_labels: Sequence[str] = (),
    cell: int = 56,
    scale: int = 1,
) -> GridLayout:
    """The layout that `sample_grid` uses for samples of `shape` (R, C, *one sample's shape)."""
    lines = [line for label in row_labels for line in label.split("\n")]
    widest = max((text_width(line, TEXT_SIZE * scale) for line in lines), default=-_PAD * scale)
    label_width = min(widest, MAX_LABEL_WIDTH * scale) + _PAD * scale
    gap = _GAP * scale
    return GridLayout(
        cell=crisp_side(shape[2:], cell * scale),
        gap_x=gap,
        gap_y=gap,
        left=_PAD * scale + label_width + (_MARK + _GAP) * scale,
        top=_PAD * scale + ((TEXT_SIZE + _PAD) * scale if column_labels else 0),
        n_rows=shape[0],
        n_columns=shape[1],
    )


def sample_grid(
    samples: NDArray[np.floating],
    *,
    row_labels: Sequence[str] = (),
    row_colours: Sequence[str] = (),
    column_labels: Sequence[str] = (),
    feature_names: Sequence[str] = (),
    cell: int = 56,
    scale: int = 1,
    theme: Theme = "light",
) -> Image.Image:
    """Samples (R, C, *shape) in rows and columns; table rows are drawn as `thumbnail` draws them, in the row's colour.

    A row label may have further lines, drawn smaller. `cell` is the largest size of a cell: images keep whole pixels.
    `scale` 2 draws everything at double size for dense screens; `layout_grid` returns where the cells are.
    """
    layout = layout_grid(samples.shape, row_labels, column_labels, cell, scale)
    colours = THEMES[theme]
    picture = Image.new("RGB", (layout.right + _PAD * scale, layout.bottom + _PAD * scale), colours.page)
    draw = ImageDraw.Draw(picture)
    for column, label in enumerate(column_labels):
        left, top, right, _ = layout.box(0, column)
        shown = shorten(label, NOTE_SIZE * scale, layout.cell + layout.gap_x)
        _write(draw, ((left + right) // 2, top - _PAD * scale), shown, NOTE_SIZE * scale, colours.muted, "ms")
    for row, row_samples in enumerate(samples):
        left, top, _, bottom = layout.box(row, 0)
        colour = row_colours[row] if row_colours else None
        if colour:
            bar = (left - (_MARK + _GAP) * scale, top, left - _GAP * scale - 1, bottom - 1)
            draw.rectangle(bar, fill=colour)
        if row_labels:
            _write_row_label(draw, row_labels[row], (top + bottom) // 2, scale, theme)
        for column, sample in enumerate(row_samples):
            small = thumbnail(sample, _kind(samples.shape[2:]), feature_names, layout.cell, colour, theme)
            picture.paste(small, layout.box(row, column)[:2])
    return picture


def mosaic(
    samples: NDArray[np.floating],
    *,
    n_columns: int = 12,
    colours: Sequence[str] = (),
    feature_names: Sequence[str] = (),
    cell: int = 56,
    scale: int = 1,
    theme: Theme = "light",
) -> Image.Image:
    """Samples (N, *shape) line by line without labels; with `colours` (N) each has a bar below it."""
    n_columns = min(n_columns, len(samples))
    mark = _MARK // 2 * scale if colours else 0
    side, gap = crisp_side(samples.shape[1:], cell * scale), _GAP * scale
    layout = GridLayout(side, gap, gap + mark, 0, 0, -(-len(samples) // n_columns), n_columns)
    picture = Image.new("RGB", (layout.right, layout.bottom + mark), THEMES[theme].page)
    draw = ImageDraw.Draw(picture)
    for index, sample in enumerate(samples):
        box = layout.box(*divmod(index, n_columns))
        colour = colours[index] if colours else None
        picture.paste(thumbnail(sample, _kind(samples.shape[1:]), feature_names, side, colour, theme), box[:2])
        if colour:
            draw.rectangle((box[0], box[3], box[2] - 1, box[3] + mark - 1), fill=colour)
    return picture


def filmstrip(
    samples: NDArray[np.floating],
    marks: Sequence[str] = (),
    *,
    highlight: int | None = None,
    colour: str | None = None,
    feature_names: Sequence[str] = (),
    cell: int = 72,
    scale: int = 1,
    theme: Theme = "light",
) -> Image.Image:
    """Samples (M, *shape) in one row, each with its mark (such as a value of μ) below; `highlight` frames one."""
    colours = THEMES[theme]
    border = _FRAME * scale
    side, gap = crisp_side(samples.shape[1:], cell * scale), 2 * border
    layout = GridLayout(side, gap, gap, border, border, 1, len(samples))
    text_height = (TEXT_SIZE + _PAD) * scale if marks else 0
    picture = Image.new("RGB", (layout.right + border, layout.bottom + border + text_height), colours.page)
    draw = ImageDraw.Draw(picture)
    for index, sample in enumerate(samples):
        left, top, right, bottom = layout.box(0, index)
        if index == highlight:
            draw.rectangle((left - border, top - border, right + border - 1, bottom + border - 1), fill=colours.accent)
        small = thumbnail(sample, _kind(samples.shape[1:]), feature_names, side, colour, theme)
        picture.paste(small, (left, top))
        if marks:
            ink = colours.text if index == highlight else colours.muted
            shown = shorten(marks[index], TEXT_SIZE * scale, side + gap)
            _write(
                draw, ((left + right) // 2, bottom + border + _PAD // 2 * scale), shown, TEXT_SIZE * scale, ink, "mt"
            )
    return picture


def _write_row_label(draw: ImageDraw.ImageDraw, label: str, centre: int, scale: int, theme: Theme) -> None:
    """Writes the lines of a label, the first in full size, centred on the row's height."""
    sizes = [TEXT_SIZE * scale] + [NOTE_SIZE * scale] * label.count("\n")
    leading = round(1.3 * NOTE_SIZE * scale)
    y = centre - leading * (len(sizes) - 1) / 2
    for line, size in zip(label.split("\n"), sizes, strict=True):
        ink = THEMES[theme].text if size == sizes[0] else THEMES[theme].muted
        _write(draw, (_PAD * scale, round(y)), shorten(line, size, MAX_LABEL_WIDTH * scale), size, ink, "lm")
        y += leading


def _write(
    draw: ImageDraw.ImageDraw, position: tuple[int, int], text: str, size: int, colour: str, anchor: str
) -> None:
    drawn, font = letter(text, size)
    draw.text(position, drawn, fill=colour, font=font, anchor=anchor)


def _kind(shape: Sequence[int]) -> Kind:
    return "image" if len(shape) == 3 else "table"
