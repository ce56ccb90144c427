"""A hand on the map of a page, and what can be read there."""

import json
import math
import re

import numpy as np
from playwright.sync_api import Locator, Page, expect

from tests.browser.server import Server


def open_map(page: Page, host: Server, query: str = "") -> Locator:
    """The canvas of the map once it is drawn."""
    page.goto(f"{host.url}/?{query}")
    expect(page.locator(".stage[data-transform]")).to_be_visible()
    return page.locator("canvas.points")


def places_on_screen(page: Page, coordinates: np.ndarray) -> np.ndarray:
    """(N, 2) window positions of points, from the coordinates' geometry and the map's published scale and offset."""
    transform = json.loads(page.locator(".stage").get_attribute("data-transform") or "")
    box = page.locator("canvas.points").bounding_box()
    assert box is not None
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    share = (coordinates - (low + high) / 2) / (high - low).max() + 0.5
    x = share[:, 0] * 65535 * transform["scale"] + transform["x"] + box["x"]
    y = (1 - share[:, 1]) * 65535 * transform["scale"] + transform["y"] + box["y"]
    return np.stack([x, y], axis=1)


def is_inside(places: np.ndarray, outline: list[tuple[float, float]]) -> np.ndarray:
    """Whether a simple outline winds around each place: another way than counting crossings, as the map does."""
    angles = np.zeros(len(places))
    for k, corner in enumerate(outline):
        a, b = np.array(corner) - places, np.array(outline[(k + 1) % len(outline)]) - places
        angles += np.arctan2(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], (a * b).sum(axis=1))
    return np.rint(angles / (2 * np.pi)) != 0


def drag(page: Page, outline: list[tuple[float, float]]) -> None:
    page.mouse.move(*outline[0])
    page.mouse.down()
    for place in outline[1:]:
        page.mouse.move(*place)
    page.mouse.up()


def star(x: float, y: float, radius: float = 160) -> list[tuple[float, float]]:
    """A star of five points, with integer corners far enough apart to count one by one."""
    return [
        (round(x + r * math.sin(k * math.pi / 5)), round(y - r * math.cos(k * math.pi / 5)))
        for k, r in ((k, radius if k % 2 == 0 else radius / 2) for k in range(10))
    ]


def middle(canvas: Locator) -> tuple[float, float]:
    box = canvas.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def read_indices(page: Page) -> list[int]:
    text = page.get_by_text(re.compile("^indices:"))
    expect(text).to_be_visible()
    return [int(index) for index in text.inner_text().split()[1:]]


def select_star(page: Page, canvas: Locator) -> list[int]:
    page.get_by_role("button", name="Lasso (L)").click()
    drag(page, star(*middle(canvas)))
    return read_indices(page)


def coloured_share(page: Page) -> float:
    """Share of the map's pixels that are no shade of grey."""
    return page.locator("canvas.points").evaluate(
        """canvas => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            let coloured = 0;
            for (let k = 0; k < data.length; k += 4) {
                const channels = [data[k], data[k + 1], data[k + 2]];
                if (Math.max(...channels) - Math.min(...channels) > 20) coloured++;
            }
            return coloured / (data.length / 4);
        }"""
    )


def pixels_at(canvas: Locator, places: np.ndarray) -> np.ndarray:
    """(N, 3) the map's colours at window positions."""
    box = canvas.bounding_box()
    assert box is not None
    inside = [[x - box["x"], y - box["y"]] for x, y in places.tolist()]
    return np.array(
        canvas.evaluate(
            """(canvas, places) => {
                const { width, height } = canvas, ratio = width / canvas.clientWidth;
                const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
                return places.map(([x, y]) => {
                    const k = 4 * (Math.floor(y * ratio) * width + Math.floor(x * ratio));
                    return [data[k], data[k + 1], data[k + 2]];
                });
            }""",
            inside,
        )
    )
