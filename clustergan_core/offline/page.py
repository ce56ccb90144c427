"""The frame of an offline file: one HTML document that loads nothing, with its scripts, styles and bytes inside."""

from __future__ import annotations

import base64
import gzip
import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clustergan_core import browser
from clustergan_core.browser.parts import PartName, read_part

# Nothing may be loaded, not even from the folder of the file.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
_ENTRANCE = {"player": "Sources", "slider": "LatentSlider"}  # the class that a part begins with


@dataclass(frozen=True)
class Choice:
    """One of the things that an item can show."""

    title: str
    data: dict[str, Any]
    sections: dict[str, bytes]


@dataclass(frozen=True)
class Item:
    """Something that is played or dragged."""

    part: PartName
    choices: tuple[Choice, ...]
    label: str = ""  # of the control that chooses among several


def place(number: int) -> str:
    """Where the item of that number stands in a page's body."""
    return f'<div data-item="{number}"></div>'


def write_page(title: str, body: str, items: Sequence[Item] = (), *, footer: str = "") -> bytes:
    """The file: `body` and `footer` are HTML, in which `place(n)` stands for the n-th item."""
    folder = Path(browser.__file__).parent / "page"
    names = dict.fromkeys(item.part for item in items)
    parts = {name: read_part(name) for name in names}
    scripts = [
        f"const {_ENTRANCE[name]} = (() => {{\n{part.js}\nreturn {_ENTRANCE[name]};\n}})();"
        for name, part in parts.items()
    ]
    templates = [
        f'<template id="part-{name}"><style>{part.css}</style>{part.html}</template>' for name, part in parts.items()
    ]
    script = "\n".join([*scripts, (folder / "page.js").read_text(encoding="utf-8")])
    document = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
<link rel="icon" href="data:,">
<style>{(folder / "page.css").read_text(encoding="utf-8")}</style>
</head>
<body>
{body}
<footer>{footer}</footer>
{"".join(templates)}
{"".join(_carry(number, item) for number, item in enumerate(items))}
<script>"use strict";
{script}
</script>
</body>
</html>
"""
    return document.encode()


def _carry(number: int, item: Item) -> str:
    """An item's data and bytes, as elements that a browser does not show."""
    blocks, choices = [], []
    for index, choice in enumerate(item.choices):
        ids = {name: f"bytes-{number}-{index}-{name}" for name in choice.sections}
        choices.append({"title": choice.title, "data": choice.data, "sections": ids})
        for name, content in choice.sections.items():
            text = base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()
            blocks.append(f'<script type="text/plain" id="{ids[name]}">{text}</script>\n')
    # "<" in a title or a sentence must not end the element.
    told = json.dumps({"part": item.part, "label": item.label, "choices": choices}).replace("<", "\\u003c")
    return f'<script type="application/json" id="item-{number}">{told}</script>\n{"".join(blocks)}'
