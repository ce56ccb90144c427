"""A person opens a model, reads its map, looks at its modes and walks between them."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from clustergan_core.command_line import main as command_line
from clustergan_core.data.registry import load_dataset
from clustergan_core.embedding.settings import MapSettings
from clustergan_core.generation import draw_normals
from clustergan_core.nn.prior import Latent
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.maps import MapRequest, find_map
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import list_shipped
from tests.browser.map_driver import drag, is_inside, middle, places_on_screen, star
from tests.browser.page_driver import WAIT, Drag, download, expect_calm, fill_number, follow, settle, visit
from tests.browser.server import Server, running_server
from tests.conftest import folder_variables
from ui.frame.seed import FIRST_SEED
from ui.interpolate.codes import ALL_AT_ZERO

pytestmark = pytest.mark.timeout(600)  # a map may have to be computed first, on a busy machine

N_STEPS = 150
FAST = ["--set", "width=0.25"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("explore")
    with pytest.MonkeyPatch.context() as patched:
        for variable, path in folder_variables(folder).items():
            patched.setenv(variable, path)  # so that the test finds what the server writes
        with running_server(folder) as started:
            yield started


@pytest.fixture(scope="module")
def model(server: Server) -> Run:
    """The shipped model of digits; without it, one trained just now."""
    shipped = [run for run in list_shipped() if run.config.dataset.source == "digits"]
    if shipped:
        return shipped[0]
    folder = server.folder / "runs" / "digits-tried"
    assert command_line(["train", "--dataset", "digits", "--steps", str(N_STEPS), *FAST, "--out", str(folder)]) == 0
    return Run(folder)


@pytest.fixture
def map_page(server: Server, model: Run, page: Page) -> Page:
    """The Map page of the model, with its finished map."""
    visit(page, f"{server.url}/map?run={model.name}")
    expect(page.get_by_text("Click a point")).to_be_visible(timeout=3 * WAIT)
    settle(page)
    return page


def places(page: Page, model: Run) -> np.ndarray:
    """(N, 2) window positions of the test split's samples, from the finished map on disk."""
    request = MapRequest(model, MapSettings.model_validate({}))
    fitted = find_map(request, request.features(model.load(), run_latents(model)))
    assert fitted is not None
    expect(page.locator(".stage[data-transform]")).to_be_visible()
    return places_on_screen(page, fitted.coordinates)


def most_central(page: Page, model: Run) -> int:
    """The row of the point nearest to the middle of the map, where no tool lies above it."""
    distances = places(page, model) - middle(page.locator("canvas.points"))
    return int(np.argmin(np.hypot(*distances.T)))


def picture(page: Page, alt: str) -> Locator:
    return page.get_by_role("img", name=re.compile(alt)).first


def test_a_card_on_the_start_page_leads_to_the_map_of_its_model(server: Server, model: Run, page: Page) -> None:
    visit(page, server.url)
    card = page.get_by_test_id("stImage").filter(has=page.get_by_alt_text(re.compile("generated sample of each mode")))
    expect(card.first).to_be_visible()
    expect_calm(page)
    page.get_by_test_id("stMain").locator(f'a[href$="map?run={model.name}"]').click()
    expect(page).to_have_title("Map · ClusterGAN Explorer")
    expect(page.get_by_role("combobox", name="Run")).to_have_value(model.name)
    expect(page.get_by_text("Click a point")).to_be_visible(timeout=3 * WAIT)
    expect(page.locator(".stage[data-transform]")).to_be_visible()
    expect_calm(page)


def test_hovering_shows_a_sample_and_clicking_opens_it_and_a_reload_keeps_it_open(map_page: Page, model: Run) -> None:
    row = most_central(map_page, model)
    x, y = places(map_page, model)[row].tolist()
    latents = run_latents(model)
    index, mode = int(latents.indices[row]), int(latents.clusters[row])
    map_page.mouse.move(x + 60, y + 60)
    map_page.mouse.move(x, y)
    tooltip = map_page.locator(".tooltip")
    expect(tooltip).to_contain_text(f"Sample {index}")
    expect(tooltip).to_contain_text(f"Mode {mode}")
    expect(tooltip.locator("canvas")).to_be_visible()

    map_page.mouse.click(x, y)
    expect(map_page).to_have_url(re.compile(rf"[?&]sample={index}\b"))
    for _ in range(2):
        expect(map_page.get_by_text(re.compile(f"^Sample {index} · mode {mode}"))).to_be_visible()
        expect(map_page.get_by_text("Sample x", exact=True)).to_be_visible()
        expect(map_page.get_by_text("Reconstruction G(E(x))", exact=True)).to_be_visible()
        code = map_page.get_by_role("img", name=re.compile("^Probabilities: "))
        expect(code).to_have_accessible_name(re.compile(rf"mode {mode} {latents.code[row, mode]:.2f}"))
        settle(map_page)
        expect_calm(map_page)
        map_page.reload()


def test_a_lasso_counts_shows_and_hands_over_exactly_the_samples_inside(
    map_page: Page, model: Run, tmp_path: Path
) -> None:
    outline = star(*middle(map_page.locator("canvas.points")), radius=250)
    inside = np.flatnonzero(is_inside(places(map_page, model), outline))
    assert 10 < len(inside) < 170, "the star holds many samples, and not all"
    map_page.get_by_role("button", name="Lasso (L)").click()
    drag(map_page, outline)
    expect(map_page.get_by_text(f"{len(inside)} samples selected")).to_be_visible()
    expect(map_page.locator(".status")).to_have_text(f"{len(inside)} of 179 selected")
    settle(map_page)
    expect(map_page.get_by_test_id("stImage").locator("img")).to_be_visible()
    expect(map_page.get_by_test_id("stDataFrame").first).to_be_visible()

    table = pd.read_csv(download(map_page, map_page.get_by_role("button", name="Selection as CSV"), tmp_path))
    latents, dataset = run_latents(model), load_dataset("digits")
    assert dataset.labels is not None
    indices = latents.indices[inside]
    assert table["sample"].tolist() == indices.tolist()
    assert table["cluster"].tolist() == latents.clusters[inside].tolist()
    assert table["label"].astype(str).tolist() == [dataset.label_names[label] for label in dataset.labels[indices]]
    expect_calm(map_page)


def test_the_modes_are_rows_and_a_new_draw_is_another_picture(server: Server, model: Run, page: Page) -> None:
    visit(page, f"{server.url}/map?run={model.name}")
    follow(page, "Modes")
    expect(page.get_by_role("combobox", name="Run")).to_have_value(model.name)
    rows = picture(page, "10 rows of 10 generated samples")
    expect(rows).to_be_visible()
    before = rows.get_attribute("src") or ""
    page.get_by_role("button", name="New z_n").click()
    expect(rows).not_to_have_attribute("src", before)
    settle(page)
    expect(rows).to_be_visible()
    expect(page).to_have_url(re.compile(r"[?&]seed=\d+"))
    expect_calm(page)


def test_pictures_grow_with_the_window_and_end_with_it(server: Server, model: Run, page: Page) -> None:
    """As a projector needs it: on a wide screen larger, all rows still within its height."""
    for address, described in (
        ("modes", "10 rows of 10"),
        ("interpolate", "^Generated sample"),
    ):
        widths = []
        for width, height in ((1000, 800), (1920, 1080)):
            page.set_viewport_size({"width": width, "height": height})
            visit(page, f"{server.url}/{address}?run={model.name}")
            box = picture(page, described).bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= width
            assert box["height"] <= height
            widths.append(box["width"])
        assert widths[1] > 1.25 * widths[0], described


def test_the_picture_follows_the_pointer_without_the_server_and_the_address_follows_its_release(
    server: Server, model: Run, page: Page
) -> None:
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(len(frame))))
    visit(page, f"{server.url}/modes?run={model.name}")
    follow(page, "Interpolate")
    expect(page.get_by_text("never sampled in training")).to_be_visible()
    track, sample = page.get_by_role("slider", name="μ"), picture(page, "^Generated sample at")
    expect(track).to_have_attribute("aria-valuetext", re.compile("read as mode"))
    settle(page)
    box = track.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] * 0.7
    page.mouse.move(box["x"] + box["width"] * 0.5, y)
    page.mouse.down()
    n_sent, shown = len(sent), []
    for share in (0.6, 0.7, 0.8):
        page.mouse.move(box["x"] + box["width"] * share, y)
        expect(track).to_have_attribute("aria-valuenow", f"{share:.2f}")
        shown.append(_pixels(sample))
    assert len(sent) == n_sent, "a drag asks the server nothing"
    assert len({tuple(pixels) for pixels in shown}) == 3
    assert "mu=" not in page.url
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"[?&]mu=0\.8(&|$)"))
    expect(picture(page, r"^Generated sample at 0\.80 · mode 1 \+ 0\.20 · mode 0$")).to_be_visible()
    settle(page)
    expect_calm(page)

    # What is shown is what the method generates there.
    method = model.load()
    normal = torch.from_numpy(draw_normals(method.prior, FIRST_SEED)[:1])
    code = torch.tensor([[0.2, 0.8, *[0.0] * (method.prior.n_clusters - 2)]])
    generated = method.generate(Latent(normal, code)).numpy()[0, 0]
    assert np.abs(np.array(_pixels(sample)) - 255 * generated.ravel()).max() <= 1

    page.reload()
    settle(page)
    expect(track).to_have_attribute("aria-valuenow", "0.80")
    track.press("Home")
    expect(page).to_have_url(re.compile(r"[?&]mu=0(\.0*)?(&|$)"))
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(track).to_have_attribute("aria-valuenow", "0.50")
    expect_calm(page)


def test_weights_and_entries_of_z_n_follow_the_pointer_once_their_pictures_have_come_with_it(
    server: Server, model: Run, page: Page
) -> None:
    visit(page, f"{server.url}/interpolate?run={model.name}&view=All+modes&zn=By+dimension")
    sample, method = picture(page, "^Generated sample at"), model.load()
    expect(page.get_by_text("the weights are scaled to a sum of 1")).to_be_visible()
    n_modes, n_normal = method.prior.n_clusters, method.prior.n_normal
    for name, share, weights, entry in (
        ("Mode 3", 0.75, {0: 0.5, 1: 0.5, 3: 0.75}, 0.0),
        ("z_n 2", 0.9, {0: 0.5, 1: 0.5, 3: 0.75}, 2.4),
        ("Mode 0", 0.0, {1: 0.5, 3: 0.75}, 2.4),
    ):
        with Drag(page, page.get_by_role("slider", name=name, exact=True)) as drag:
            drag.to(0.4)
            drag.to(share)
            code = torch.tensor([[weights.get(mode, 0.0) for mode in range(n_modes)]])
            normal = torch.zeros(1, n_normal)
            normal[0, 2] = entry * method.prior.sigma
            generated = method.generate(Latent(normal, code / code.sum())).numpy()[0, 0]
            assert np.abs(np.array(_pixels(sample)) - 255 * generated.ravel()).max() <= 1, name
    expect(page).to_have_url(re.compile(r"w3=0\.75.*z2=2\.4|z2=2\.4.*w3=0\.75"))
    for mode in (1, 3):
        page.get_by_role("slider", name=f"Mode {mode}", exact=True).press("Home")
        settle(page)
    expect(page.get_by_text(ALL_AT_ZERO)).to_be_visible()
    expect_calm(page)


def _pixels(sample: Locator) -> list[int]:
    """The red values of a picture on a canvas, row by row."""
    return sample.evaluate(
        "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"
        ".filter((_, index) => index % 4 === 0)"
    )


def test_a_chosen_run_and_the_views_own_choices_survive_a_way_through_the_pages(
    server: Server, model: Run, page: Page
) -> None:
    """The runs beside the first one are those that a default would hide."""
    other = server.folder / "runs" / "20260101-000000-other"
    shutil.copytree(model.folder, other)
    visit(page, f"{server.url}/modes?run={model.name}")
    fill_number(page, "Columns", 6)
    for name in ("Runs", "Map", "Runs", "Train", "Runs", "Interpolate", "Modes"):
        follow(page, name)
        if name == "Train":
            continue  # its form has no run
        expect(page).to_have_url(re.compile(rf"[?&]run={model.name}(&|$)"))
        expect(page.get_by_role("combobox", name="Run", exact=True)).to_have_value(model.name)
    expect(page.get_by_role("spinbutton", name="Columns", exact=True)).to_have_value("6")


def test_a_run_that_is_not_there_is_told_of_and_the_address_names_the_one_shown(
    server: Server, model: Run, page: Page
) -> None:
    for where in ("modes", "runs"):
        visit(page, f"{server.url}/{where}?run=nonsense")
        expect(page.get_by_text("The address asks for run=nonsense")).to_be_visible()
        shown = page.get_by_role("combobox", name="Run", exact=True).input_value()
        expect(page).to_have_url(re.compile(rf"[?&]run={shown}(&|$)"))
        expect_calm(page)


def test_the_seed_of_a_training_is_not_that_of_the_latents_that_pages_share(
    server: Server, model: Run, page: Page
) -> None:
    visit(page, f"{server.url}/modes?run={model.name}&seed=21")
    follow(page, "Train")
    expect(page.get_by_role("spinbutton", name="Seed", exact=True)).to_have_value("0")
    fill_number(page, "Seed", 5)
    follow(page, "Modes")
    expect(page.get_by_role("spinbutton", name="Seed of z_n", exact=True)).to_have_value("21")
    follow(page, "Train")
    expect(page.get_by_role("spinbutton", name="Seed", exact=True)).to_have_value("5")
