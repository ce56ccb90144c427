"""Text inside pictures: the font that ships with Pillow, and substitutes for characters it lacks."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

# Pillow's own font has little beyond ASCII; other text uses the first installed font that has all its characters.
_WIDER_FONTS = ("DejaVuSans.ttf", "Arial.ttf", "Arial Unicode.ttf", "NotoSansCJK-Regular.ttc", "msgothic.ttc")
_SPELLED = str.maketrans(
    {"μ": "mu", "σ": "sigma", "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "×": "x", "·": "|"}
    | {"–": "-", "—": "-", "−": "-", "→": "->", "≥": ">=", "≤": "<=", "’": "'", "“": '"', "”": '"', "…": "..."}
)
_MISSING = "\uffff"  # no font has it, so it is drawn as the glyph for a missing character

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def letter(text: str, size: int) -> tuple[str, Font]:
    """The text to draw for `text` at `size` pixels, and the font to draw it with."""
    if text.isascii():
        return text, _own_font(size)
    for font in _fonts(size):
        if all(_has(font, character) for character in text):
            return text, font
    return spell_out(text), _own_font(size)


def text_width(text: str, size: int) -> int:
    """Width of `text` in pixels, rounded up."""
    drawn, font = letter(text, size)
    return int(font.getlength(drawn)) + 1


def shorten(text: str, size: int, width: int) -> str:
    """`text`, cut with an ellipsis where it is wider than `width` pixels."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def spell_out(text: str) -> str:
    """`text` in ASCII: Greek letters and signs spelled out, accents dropped, anything else a question mark."""
    plain = unicodedata.normalize("NFKD", text.translate(_SPELLED))
    base = "".join(character for character in plain if not unicodedata.combining(character))
    return base.encode("ascii", "replace").decode()


def _fonts(size: int) -> Iterator[Font]:
    yield _own_font(size)
    for name in _WIDER_FONTS:
        font = _system_font(name, size)
        if font is not None:
            yield font


@lru_cache(maxsize=16)
def _own_font(size: int) -> Font:
    return ImageFont.load_default(size)


@lru_cache(maxsize=64)
def _system_font(name: str, size: int) -> Font | None:
    try:
        return ImageFont.truetype(name, size)
    except OSError:  # not installed
        return None


@lru_cache(maxsize=4096)
def _has(font: Font, character: str) -> bool:
    return _drawn(font, character) != _drawn(font, _MISSING)


def _drawn(font: Font, text: str) -> bytes:
    picture = Image.new("1", (48, 48))
    ImageDraw.Draw(picture).text((0, 0), text, fill=1, font=font)
    return picture.tobytes()
