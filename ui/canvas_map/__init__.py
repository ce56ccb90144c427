"""The scatter map that pages share: 100,000 points and more on a canvas, with pan, zoom, hover, lasso, box and legend.

component.py    canvas_map(): what a page calls
payload.py      arrays → the bytes the browser gets
selection.py    the browser's answer → point indices
frontend/       the browser's side: one ES module, cut into files by subject and joined in the order of their names
"""

from ui.canvas_map.component import MapEvent, canvas_map
from ui.canvas_map.payload import Sprites

__all__ = ["MapEvent", "Sprites", "canvas_map"]
