"""The diagram of a ClusterGAN: a well-formed document that lies within its frame and names every loss."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from clustergan_core.drawing.pictures.gan_diagram import DESCRIPTION, HEIGHT, WIDTH, draw_gan_diagram
from clustergan_core.drawing.theme import THEMES, Theme

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("theme", THEMES)
def test_the_diagram_lies_within_its_frame_and_its_boxes_do_not_overlap(theme: Theme) -> None:
    root = ElementTree.fromstring(draw_gan_diagram(theme))
    boxes = [[float(box.get(side, "nan")) for side in ("x", "y", "width", "height")] for box in root.iter(f"{SVG}rect")]
    assert len(boxes) == 10
    for x, y, width, height in boxes:
        assert x >= 0
        assert y >= 0
        assert x + width <= WIDTH
        assert y + height <= HEIGHT
    for index, (x, y, width, height) in enumerate(boxes):
        for left, top, other_width, other_height in boxes[index + 1 :]:
            is_beside = x + width <= left or left + other_width <= x
            assert is_beside or y + height <= top or top + other_height <= y
    lines = [[float(line.get(side, "nan")) for side in ("x1", "x2")] for line in root.iter(f"{SVG}line")]
    assert len(lines) == 9
    assert all(begin < end for begin, end in lines)  # everything goes from left to right


def test_the_diagram_and_its_description_name_the_losses_of_the_paper() -> None:
    root = ElementTree.fromstring(draw_gan_diagram("light"))
    texts = ["".join(text.itertext()).replace("\u200b", "") for text in root.iter(f"{SVG}text")]
    for loss in (
        "− mean D(G(z))",
        "mean D(G(z)) − mean D(x) + λ · penalty",
        "βn · mean (zn",
        "βc · cross-entropy of zc",
    ):
        assert any(loss in text for text in texts), loss
    for part in ("generator", "critic", "encoder", "gradient penalty", "cross-entropy", "squared error"):
        assert part in DESCRIPTION
    # Each sentence of the description is short enough to be listened to.
    ends = [0, *[index for index, character in enumerate(DESCRIPTION) if character == "."]]
    assert max(end - begin for begin, end in pairwise(ends)) < 260
