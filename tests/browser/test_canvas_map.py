"""The map in a real browser: what a hand does on it, and what Python learns."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hosts.canvas_map_host import blobs
from tests.browser.map_driver import (
    coloured_share,
    drag,
    is_inside,
    middle,
    open_map,
    pixels_at,
    places_on_screen,
    read_indices,
    select_star,
    star,
)
from tests.browser.server import Server, running_server

HOST = Path(__file__).with_name("hosts") / "canvas_map_host.py"
N_POINTS = 1797


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("map"), HOST) as started:
        yield started


def test_a_lasso_selects_exactly_the_points_inside(page: Page, host: Server) -> None:
    canvas = open_map(page, host)
    coordinates, _ = blobs(N_POINTS, 10, 0)
    outline = star(*middle(canvas), radius=230)
    expected = np.flatnonzero(is_inside(places_on_screen(page, coordinates), outline))
    page.get_by_role("button", name="Lasso (L)").click()
    drag(page, outline)
    assert len(expected) > 100
    assert read_indices(page) == expected.tolist()
    expect(page.locator(".status")).to_have_text(f"{len(expected)} of 1,797 selected")


def test_the_tools_cover_no_point_of_the_fitted_view(page: Page, host: Server) -> None:
    open_map(page, host)
    tools = page.locator(".toolbar").bounding_box()
    assert tools is not None
    assert places_on_screen(page, blobs(N_POINTS, 10, 0)[0])[:, 1].min() > tools["y"] + tools["height"]


def test_groups_bear_their_numbers_until_others_are_isolated(page: Page, host: Server) -> None:
    open_map(page, host)
    stage = page.locator(".stage")
    expect(stage).to_have_attribute("data-labels", re.compile(r"^\d( \d){9}$"))
    assert sorted((stage.get_attribute("data-labels") or "").split()) == [str(mode) for mode in range(10)]
    page.get_by_role("button", name="Mode 3:").click()
    expect(stage).to_have_attribute("data-labels", "3")


def test_a_box_after_zoom_and_pan_selects_exactly_the_points_inside(page: Page, host: Server) -> None:
    canvas = open_map(page, host)
    x, y = (round(place) for place in middle(canvas))  # as a mouse goes by whole pixels
    page.mouse.move(x + 60, y - 40)
    page.mouse.wheel(0, -500)
    drag(page, [(x, y), (x - 30, y + 25), (x - 70, y + 35)])
    before = page.locator(".stage").get_attribute("data-transform")
    page.wait_for_timeout(200)
    assert page.locator(".stage").get_attribute("data-transform") == before
    places = places_on_screen(page, blobs(N_POINTS, 10, 0)[0])
    left, top, right, bottom = x - 200, y - 150, x + 260, y + 170
    expected = (places > [left, top]).all(axis=1) & (places < [right, bottom]).all(axis=1)
    page.keyboard.press("b")
    drag(page, [(left, top), (x, y), (right, bottom)])
    assert 100 < expected.sum() < 1000
    assert read_indices(page) == np.flatnonzero(expected).tolist()


def test_zooming_keeps_the_place_under_the_cursor(page: Page, host: Server) -> None:
    canvas = open_map(page, host)
    x, y = middle(canvas)
    places = places_on_screen(page, blobs(N_POINTS, 10, 0)[0])
    cursor = np.array([round(x + 150), round(y + 60)])
    page.mouse.move(*cursor.tolist())
    page.mouse.wheel(0, -600)
    page.wait_for_timeout(200)
    after = places_on_screen(page, blobs(N_POINTS, 10, 0)[0])
    factor = np.ptp(after[:, 0]) / np.ptp(places[:, 0])
    assert factor > 2
    assert np.abs(after - (cursor + (places - cursor) * factor)).max() < 0.5
    page.mouse.dblclick(x, y + 250)
    page.wait_for_timeout(200)
    assert np.abs(places_on_screen(page, blobs(N_POINTS, 10, 0)[0]) - places).max() < 0.1


def test_hovering_and_clicking_name_the_nearest_point(page: Page, host: Server) -> None:
    canvas = open_map(page, host)
    coordinates, groups = blobs(N_POINTS, 10, 0)
    places = places_on_screen(page, coordinates)
    x, y = middle(canvas)
    cursor = (x + 130, y - 10)
    page.mouse.move(x, y)
    nearest = int(np.argmin(np.hypot(*(places - cursor).T)))
    cursor = (places[nearest] + [0.3, 0.2]).tolist()
    page.mouse.move(*cursor)
    tooltip = page.locator(".tooltip")
    expect(tooltip).to_contain_text(f"sample {nearest}")
    expect(tooltip).to_contain_text(f"Mode {groups[nearest]}")
    expect(tooltip.locator("canvas")).to_be_visible()
    page.mouse.click(*cursor)
    expect(page.get_by_text(f"clicked: {nearest}")).to_be_visible()
    page.mouse.move(x, y - 250)
    expect(tooltip).to_be_hidden()


def test_a_selection_survives_a_rerun_and_belongs_to_its_coordinates(page: Page, host: Server) -> None:
    canvas = open_map(page, host)
    chosen = select_star(page, canvas)
    page.get_by_role("button", name="Rerun").click()
    page.wait_for_timeout(500)
    assert read_indices(page) == chosen
    expect(page.locator(".status")).to_have_text(f"{len(chosen)} of 1,797 selected")

    page.get_by_text("Other coordinates").click()
    expect(page.get_by_text("selection: none")).to_be_visible()
    expect(page.locator(".status")).to_be_empty()

    page.get_by_text("Other coordinates").click()
    expect(page.locator(".status")).to_have_text(f"{len(chosen)} of 1,797 selected")
    assert read_indices(page) == chosen


def test_a_map_that_leaves_the_page_comes_back_as_it_was_left(page: Page, host: Server) -> None:
    canvas = open_map(page, host)
    page.mouse.move(*middle(canvas))
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(200)
    view = page.locator(".stage").get_attribute("data-transform") or ""
    chosen = select_star(page, canvas)
    page.get_by_text("Without map").click()
    expect(canvas).to_be_hidden()
    page.get_by_text("Without map").click()
    expect(page.locator(".status")).to_have_text(f"{len(chosen)} of 1,797 selected")
    assert read_indices(page) == chosen
    expect(page.locator(".stage")).to_have_attribute("data-transform", view)


def test_escape_clears_here_and_in_python(page: Page, host: Server) -> None:
    canvas = open_map(page, host)
    everything = coloured_share(page)
    select_star(page, canvas)
    assert coloured_share(page) < everything / 2
    page.keyboard.press("Escape")
    expect(page.get_by_text("selection: none")).to_be_visible()
    expect(page.locator(".status")).to_be_empty()
    assert coloured_share(page) == pytest.approx(everything)
    expect(page.get_by_role("button", name="Clear selection (Esc)")).to_be_disabled()


def test_the_legend_isolates_a_group_and_brings_the_others_back(page: Page, host: Server) -> None:
    canvas = open_map(page, host)
    everything = coloured_share(page)
    row = page.get_by_role("button", name=re.compile("^Mode 2:"))
    row.focus()
    page.keyboard.press("Enter")
    expect(row).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(100)
    assert 0 < coloured_share(page) < everything / 4

    _, groups = blobs(N_POINTS, 10, 0)
    assert set(groups[select_star(page, canvas)]) == {2}, "a lasso passes the greyed groups over"
    page.keyboard.press("Escape")
    expect(row).to_have_attribute("aria-pressed", "false")

    row.click()
    row.click()
    page.wait_for_timeout(100)
    assert coloured_share(page) == pytest.approx(everything)


def test_zeros_are_grey_and_lie_below_what_is_expressed(page: Page, host: Server) -> None:
    canvas = open_map(page, host, "expressed=60")
    page.wait_for_timeout(100)
    places = places_on_screen(page, blobs(N_POINTS, 10, 0)[0])
    colours = pixels_at(canvas, places)
    is_coloured = np.ptp(colours, axis=1) > 60
    assert is_coloured[:60].all(), "a zero lies above what is expressed"
    gaps = np.linalg.norm(places[60:, None] - places[None, :60], axis=2).min(axis=1)
    assert not is_coloured[60:][gaps > 12].any()

    page.mouse.move(*places[0].tolist())
    expect(page.locator(".tooltip")).to_contain_text("distance³: 1")
    faint = 60 + int(np.argmax(gaps))
    page.mouse.move(*places[faint].tolist())
    expect(page.locator(".tooltip")).to_contain_text("distance³: 0")


def test_what_the_page_selects_is_shown_until_a_person_selects(page: Page, host: Server) -> None:
    canvas = open_map(page, host, "selected=7")
    expect(page.locator(".status")).to_have_text("7 of 1,797 selected")
    assert read_indices(page) == list(range(7))
    page.get_by_role("button", name="Lasso (L)").click()
    drag(page, star(*middle(canvas)))
    expect(page.get_by_text("indices: 0 1 2 3 4 5 6", exact=True)).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_text("selection: none")).to_be_visible()


def test_frames_move_the_points_and_keep_the_view(page: Page, host: Server) -> None:
    canvas = open_map(page, host, "frames=1&n=500")
    page.mouse.move(*middle(canvas))
    page.mouse.wheel(0, -500)
    page.wait_for_timeout(200)
    canvas.evaluate("canvas => { canvas.dataset.kept = 'yes'; }")
    scales, pictures = [], set()
    for _ in range(8):
        page.wait_for_timeout(300)
        scales.append(json.loads(page.locator(".stage").get_attribute("data-transform") or "")["scale"])
        pictures.add(canvas.evaluate("canvas => canvas.toDataURL().slice(-4000)"))
        assert coloured_share(page) > 0.001, "the map went blank between two frames"
    assert len(pictures) > 1
    assert max(scales) < 1.2 * min(scales), "the view did not keep its zoom"
    assert canvas.get_attribute("data-kept") == "yes"


def test_tools_have_names_and_keys_and_the_map_says_what_it_holds(page: Page, host: Server) -> None:
    canvas = open_map(page, host, "groups=14")
    for name in ("Pan (H)", "Lasso (L)", "Box (B)", "Reset view (0)", "Clear selection (Esc)"):
        expect(page.get_by_role("button", name=name)).to_have_attribute("title", name)
    expect(
        page.get_by_role("group", name=re.compile("Map of 1,797 points in 14 groups: Mode 0, Mode 1"))
    ).to_be_visible()
    canvas.focus()
    page.keyboard.press("l")
    expect(page.get_by_role("button", name="Lasso (L)")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Pan (H)")).to_have_attribute("aria-pressed", "false")
    before = page.locator(".stage").get_attribute("data-transform") or ""
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".stage")).not_to_have_attribute("data-transform", before)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_map_draws_on_the_background_of_the_theme(
    browser: Browser, host: Server, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    canvas = open_map(page, host, "values=1")
    page_background = page.locator(".stApp").evaluate("app => getComputedStyle(app).backgroundColor")
    corner = canvas.evaluate("canvas => Array.from(canvas.getContext('2d').getImageData(3, 3, 1, 1).data).slice(0, 3)")
    assert page_background == f"rgb({corner[0]}, {corner[1]}, {corner[2]})"
    assert (max(corner) < 60) == (scheme == "dark")
    assert coloured_share(page) > 0.01
    context.close()


def test_a_rerun_with_the_same_data_sends_no_payload_again(page: Page, host: Server) -> None:
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    open_map(page, host, "n=70000")
    page.wait_for_timeout(500)
    assert sum(received) > 350_000
    received.clear()
    page.get_by_role("button", name="Rerun").click()
    page.wait_for_timeout(1000)
    assert received
    assert sum(received) < 20_000
