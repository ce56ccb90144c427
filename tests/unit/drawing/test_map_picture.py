"""A map's still picture: every point where it belongs, in its group's colour, and none cut."""

import numpy as np

from clustergan_core.drawing.pictures.map_picture import draw_map_picture


def test_points_lie_as_on_the_map_in_their_colours() -> None:
    corners = np.array([[0, 0], [10, 0], [10, 5], [0, 5]], dtype=np.float32)
    colours = ["#ff0000", "#00ff00", "#0000ff", "#ffff00"]
    picture = draw_map_picture(corners, np.arange(4), colours, (400, 300))
    pixels = np.array(picture)
    centres = {}
    for group, rgb in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]):
        rows, columns = np.nonzero((pixels == rgb).all(axis=2))
        assert len(rows) > 10
        centres[group] = (columns.mean(), rows.mean())
    # The second coordinate points up; one scale for both, the longer side fills the width but for its margins.
    np.testing.assert_allclose(centres[0], (20, 240), atol=1)
    np.testing.assert_allclose(centres[2], (380, 60), atol=1)
    assert centres[1][1] == centres[0][1]
    assert centres[3][0] == centres[0][0]


def test_no_points_and_one_point_make_a_picture() -> None:
    nothing = np.zeros((0, 2), dtype=np.float32)
    assert draw_map_picture(nothing, np.zeros(0, np.int64), ["#ff0000"], (40, 30)).size == (40, 30)
    one = np.array(draw_map_picture(np.ones((1, 2), np.float32), np.zeros(1, np.int64), ["#ff0000"], (40, 30)))
    assert (one[15, 20] == (255, 0, 0)).all()
