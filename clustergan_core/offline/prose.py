"""Text and formulas as HTML."""

from __future__ import annotations

import base64
import html
import io
import re


def write_paragraphs(text: str) -> str:
    """Markdown's paragraphs, lists, bold, italics and code as HTML; everything else is taken literally."""
    return "\n".join(_block(block.strip().splitlines()) for block in re.split(r"\n\s*\n", text.strip()))


def write_line(text: str) -> str:
    """Bold, italics and code of one paragraph as HTML."""
    line = html.escape(" ".join(text.split()), quote=False)
    for pattern, tag in ((r"`([^`]+)`", "code"), (r"\*\*(.+?)\*\*", "strong"), (r"\*(.+?)\*", "em")):
        line = re.sub(pattern, rf"<{tag}>\1</{tag}>", line)
    return line


def write_formula(formula: str, symbols: str) -> str:
    """A formula of LaTeX as a picture with its source as text, and what its symbols mean."""
    from matplotlib import mathtext

    drawn = io.BytesIO()
    source = html.escape(formula)
    try:
        mathtext.math_to_image(f"${formula}$", drawn, format="svg")
    except ValueError:  # a command that Matplotlib does not know: its source is still a formula
        return f"<p><code>{source}</code></p><p class=small>{write_line(symbols)}</p>"
    picture = f'<img alt="{source}" style="height: 2.25rem" src="{as_address(drawn.getvalue(), "image/svg+xml")}">'
    return f"<p>{picture}</p><p class=small>{write_line(symbols)}</p>"


def write_picture(content: bytes, alt: str, width: int, caption: str = "") -> str:
    """A PNG inside the page."""
    described = f"<figcaption>{write_line(caption)}</figcaption>" if caption else ""
    address = as_address(content, "image/png")
    return f'<figure><img alt="{html.escape(alt)}" width="{width}" src="{address}">{described}</figure>'


def write_table(rows: list[list[str]]) -> str:
    """A table, of which the first row is the head."""
    lines = []
    for number, row in enumerate(rows):
        tag = "td" if number else "th"
        lines.append("<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in row) + "</tr>")
    return f"<table>{''.join(lines)}</table>"


def as_address(content: bytes, kind: str) -> str:
    """Bytes as an address of their own."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _block(lines: list[str]) -> str:
    for tag, mark in (("ul", r"[-*] "), ("ol", r"\d+\. ")):
        if re.match(mark, lines[0]):
            items = re.split(rf"(?:^|\n){mark}", "\n".join(lines))[1:]
            return f"<{tag}>{''.join(f'<li>{write_line(item)}</li>' for item in items)}</{tag}>"
    return f"<p>{write_line(' '.join(lines))}</p>"
