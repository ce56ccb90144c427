"""Runs docs/notebook.ipynb and stores the outputs of its cells: text, tables, pictures, and figures as pictures too.

    python -m benchmarks.notebook

The cells run in this process: their outputs are small, and a Jupyter kernel would need a dozen more packages.
Figures are stored twice: for Jupyter, which draws them interactively, and as PNG for pages that do not.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import plotly
from PIL import Image
from playwright.sync_api import sync_playwright

from clustergan_core.drawing.pictures.bitmaps import png
from clustergan_core.paths import PROJECT_FOLDER
from tests.browser.chromium import find_chromium

NOTEBOOK = PROJECT_FOLDER / "docs" / "notebook.ipynb"
SIZE = (860, 560)  # pixels of a figure
COLOURS = 96  # in a picture of a figure
PLOTLY = "application/vnd.plotly.v1+json"


def main() -> None:
    """Runs every code cell and writes the notebook with the outputs."""
    notebook = json.loads(NOTEBOOK.read_text())
    figures = []
    for cell, (said, shown) in zip(code_cells(notebook), run_cells(notebook), strict=True):
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": _lines(said)}] if said else []
        if shown is not None:
            cell["outputs"].append({"output_type": "execute_result", "metadata": {}, "data": _bundle(shown)})
            figures += [cell["outputs"][-1]] if PLOTLY in cell["outputs"][-1]["data"] else []
    _add_pictures(figures)
    for number, cell in enumerate(code_cells(notebook), 1):
        cell["execution_count"] = number
        for output in cell["outputs"]:
            output |= {"execution_count": number} if output["output_type"] == "execute_result" else {}
    NOTEBOOK.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
    print(f"{NOTEBOOK}: {NOTEBOOK.stat().st_size / 1000:.0f} kB")


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """The notebook's code cells, in order."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def run_cells(notebook: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """(printed text, value of the last line or None) for each code cell; all cells share one namespace."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, cell in enumerate(code_cells(notebook), 1):
        tree = ast.parse("".join(cell["source"]), f"cell {number}")
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        said, shown = io.StringIO(), None
        with contextlib.redirect_stdout(said):
            exec(compile(tree, f"cell {number}", "exec"), names)
            if isinstance(last, ast.Expr):
                shown = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names)
        yield said.getvalue(), shown


def _bundle(shown: Any) -> dict[str, Any]:
    """What Jupyter stores of a value, by content type."""
    if hasattr(shown, "to_plotly_json"):
        return {PLOTLY: json.loads(shown.to_json())}
    if isinstance(shown, Image.Image):
        return {"image/png": _encode(shown), "text/plain": [f"{shown.width} × {shown.height} pixels"]}
    plain = {"text/plain": _lines(repr(shown))}
    return plain | ({"text/html": _lines(shown._repr_html_())} if hasattr(shown, "_repr_html_") else {})


def _add_pictures(outputs: list[dict[str, Any]]) -> None:
    """Draws the figures in a browser, as a reader's browser would."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit("No Chromium starts here: install Chromium or Chrome, or name one in the variable CHROMIUM.")
    script = Path(plotly.__path__[0]) / "package_data" / "plotly.min.js"
    arguments = ["--disable-dev-shm-usage"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
        blank = Path(folder) / "blank.html"
        blank.write_text("<!doctype html><meta charset='utf-8'><body style='margin:0'><div id='figure'></div>")
        for output in outputs:
            page.goto(blank.as_uri())
            page.add_script_tag(path=script)
            page.evaluate(
                "([figure, width, height]) => Plotly.newPlot('figure', figure.data, {...figure.layout, width, height})",
                [output["data"][PLOTLY], *SIZE],
            )
            taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            output["data"]["image/png"] = _encode(taken.quantize(COLOURS))
        browser.close()


def _encode(picture: Image.Image) -> str:
    return base64.b64encode(png(picture)).decode() + "\n"


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


if __name__ == "__main__":
    main()
