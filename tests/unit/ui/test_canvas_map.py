"""The map's Python side: what is sent, and what is believed of what comes back."""

import base64
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustergan_core.errors import DataError
from ui.canvas_map.payload import (
    NO_VALUE,
    Sprites,
    encode_details,
    encode_groups,
    encode_values,
    pack_cargo,
    quantise_coordinates,
)
from ui.canvas_map.selection import decode_selection, encode_selection, name_drawing, read_click, read_selection


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1), min_size=1))))
def test_a_selection_survives_the_round_trip(case: tuple[int, set[int]]) -> None:
    n_points, chosen = case
    decoded = decode_selection(encode_selection(np.array(sorted(chosen)), n_points), n_points)
    assert decoded is not None
    assert decoded.dtype == np.int64
    assert decoded.tolist() == sorted(chosen)


def test_point_0_is_the_lowest_bit_of_the_first_byte() -> None:
    assert base64.b64decode(encode_selection(np.array([0, 3, 8]), 9)) == bytes([0b1001, 0b1])


def test_a_selection_of_70000_points_travels_in_12_kilobytes() -> None:
    assert len(encode_selection(np.arange(70_000), 70_000)) < 12_000


TEN_BITS = encode_selection(np.array([1, 9]), 10)


@pytest.mark.parametrize(
    "bits",
    [
        None,
        7,
        ["AA=="],
        {"bits": TEN_BITS},
        "",
        "AA",
        TEN_BITS + TEN_BITS,
        TEN_BITS[:-1] + "é",
        "****",
        base64.b64encode(bytes([0])).decode(),  # too short
        base64.b64encode(bytes([1, 2, 3])).decode(),  # too long, though as base64 it has the right length
        base64.b64encode(bytes([0, 0b100])).decode(),  # names point 10 of points 0 to 9
        base64.b64encode(bytes([0, 0])).decode(),  # nothing selected
    ],
)
def test_a_garbled_selection_selects_nothing(bits: object) -> None:
    assert decode_selection(bits, 10) is None


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_no_report_breaks_the_page(report: object) -> None:
    assert read_selection(report, "drawing", 10, None) is None
    assert read_selection({"of": "drawing", "bits": report}, "drawing", 10, None) is None
    assert read_click({"of": "points", "point": report}, "points", 0) is None


def test_a_report_holds_only_for_the_drawing_it_names() -> None:
    report = {"of": name_drawing("here", None), "bits": TEN_BITS}
    selection = read_selection(report, name_drawing("here", None), 10, None)
    assert selection is not None
    assert selection.tolist() == [1, 9]
    assert read_selection(report, name_drawing("other coordinates", None), 10, None) is None


def test_what_the_page_selects_holds_until_a_person_selects_or_clears() -> None:
    shown = encode_selection(np.array([4]), 10)
    drawing = name_drawing("here", shown)
    before = read_selection({"of": name_drawing("here", None), "bits": TEN_BITS}, drawing, 10, shown)
    assert before is not None
    assert before.tolist() == [4]
    after = read_selection({"of": drawing, "bits": TEN_BITS}, drawing, 10, shown)
    assert after is not None
    assert after.tolist() == [1, 9]
    assert read_selection({"of": drawing, "bits": None}, drawing, 10, shown) is None


def test_another_turn_makes_what_the_page_selects_hold_anew_also_when_it_is_the_same() -> None:
    for shown in (None, encode_selection(np.array([4]), 10)):
        report = {"of": name_drawing("here", shown, 1), "bits": TEN_BITS}
        kept = read_selection(report, name_drawing("here", shown, 1), 10, shown)
        assert kept is not None
        assert kept.tolist() == [1, 9]
        anew = read_selection(report, name_drawing("here", shown, 2), 10, shown)
        assert (None if anew is None else anew.tolist()) == (None if shown is None else [4])


@pytest.mark.parametrize("point", [-1, 10, 2.0, True, "3", None])
def test_a_click_on_no_point_is_no_click(point: object) -> None:
    assert read_click({"of": "here", "point": point}, "here", 10) is None


def test_a_click_names_its_point() -> None:
    assert read_click({"of": "here", "point": 9}, "here", 10) == 9
    assert read_click({"of": "elsewhere", "point": 9}, "here", 10) is None


def test_coordinates_fill_the_longer_axis_and_keep_proportions() -> None:
    x, y = quantise_coordinates(np.array([[0.0, 1.0], [4.0, 3.0], [2.0, 2.0]], np.float32)).tolist()
    assert x == [0, 65535, 32768]
    assert y == [16384, 49151, 32768]  # a range half as long, in the middle: a quarter to three quarters


def test_coinciding_points_lie_in_the_middle() -> None:
    assert quantise_coordinates(np.ones((3, 2), np.float32)).tolist() == [[32768] * 3] * 2


def test_frames_to_be_watched_share_one_scale_whatever_they_hold() -> None:
    x, y = quantise_coordinates(np.array([[-2.0, 2.0], [0.0, 1.0], [9.0, -9.0]], np.float32), reach=2).tolist()
    assert (x, y) == ([0, 32768, 65535], [65535, 49151, 0])


def test_coordinates_that_are_not_finite_are_refused_in_one_sentence() -> None:
    coordinates = np.zeros((5, 2), np.float32)
    coordinates[3, 1] = np.nan
    coordinates[4, 0] = np.inf
    with pytest.raises(DataError, match=r"2 of 5 map coordinates are not finite numbers \(the first is point 3\)"):
        quantise_coordinates(coordinates)


def test_a_map_without_points_is_refused() -> None:
    with pytest.raises(DataError, match="no points"):
        quantise_coordinates(np.zeros((0, 2), np.float32))


def test_groups_take_one_byte_while_they_fit_and_negative_means_none() -> None:
    small, large = encode_groups(np.array([-1, 0, 253]), 254), encode_groups(np.array([-1, 0, 254]), 255)
    assert (small.dtype, small.tolist()) == (np.uint8, [255, 0, 253])
    assert (large.dtype, large.tolist()) == (np.uint16, [65535, 0, 254])


def test_a_group_without_a_name_is_our_own_bug() -> None:
    with pytest.raises(AssertionError, match="group 3 has no name"):
        encode_groups(np.array([3]), 3)


def test_values_are_levels_between_the_ends_of_their_scale() -> None:
    levels, scale = encode_values(np.array([-1.0, 0.0, 1.0, np.nan], np.float32), is_clipped=False)
    assert levels.tolist() == [0, 127, 254, NO_VALUE]
    assert (scale.low, scale.high, scale.is_clipped) == (-1.0, 1.0, False)


def test_clipping_ends_the_scale_at_the_99th_percentile() -> None:
    values = np.append(np.linspace(0, 1, 999), 1e6)
    levels, scale = encode_values(values, is_clipped=True)
    assert scale.is_clipped
    assert scale.high == pytest.approx(np.percentile(values, 99))
    assert levels[-1] == 254
    assert levels[500] > 120


def test_clipping_leaves_a_rare_value_visible() -> None:
    levels, scale = encode_values(np.append(np.zeros(999), 5.0), is_clipped=True)
    assert (levels[0], levels[-1], scale.high, scale.is_clipped) == (0, 254, 5.0, False)


def test_where_zero_is_grey_it_has_a_level_of_its_own_and_the_scale_is_of_what_lies_above() -> None:
    expressed = np.append(np.linspace(0.001, 2, 99), 50.0)
    values = np.concatenate([np.zeros(9_900), expressed, [np.nan]]).astype(np.float32)
    levels, scale = encode_values(values, is_clipped=True, is_zero_grey=True)
    assert set(levels[:9_900].tolist()) == {0}
    assert levels[9_900:10_000].min() == 1, "the faintest expression is no zero"
    assert levels[-1] == NO_VALUE
    assert (scale.low, scale.is_clipped, scale.is_zero_grey) == (0.0, True, True)
    assert scale.high == pytest.approx(np.percentile(expressed, 99), rel=1e-6)


def test_a_gene_that_no_cell_has_is_grey_everywhere() -> None:
    levels, scale = encode_values(np.zeros(4, np.float32), is_clipped=True, is_zero_grey=True)
    assert levels.tolist() == [0] * 4
    assert (scale.low, scale.high) == (0.0, 0.0)


def test_values_that_are_all_missing_have_no_level() -> None:
    assert encode_values(np.full(3, np.nan), is_clipped=True)[0].tolist() == [NO_VALUE] * 3


def test_a_cargo_names_its_sections_and_aligns_them() -> None:
    cargo, _ = pack_cargo("map-points", {"a": b"12345", "b": b"678"})
    n_header = int.from_bytes(cargo[:4], "little")
    header = json.loads(cargo[4 : 4 + n_header])
    body = cargo[4 + n_header :]
    assert n_header % 4 == 0
    assert header["slot"] == "map-points"
    assert {name: body[start : start + size] for name, (start, size) in header["sections"].items()} == {
        "a": b"12345",
        "b": b"678",
    }
    assert all(start % 4 == 0 for start, _ in header["sections"].values())


def test_the_digest_follows_the_content_and_not_the_slot() -> None:
    digests = [
        pack_cargo(slot, sections)[1]
        for slot, sections in (
            ("one", {"a": b"xy"}),
            ("two", {"a": b"xy"}),
            ("one", {"b": b"xy"}),
            ("one", {"a": b"x", "b": b"y"}),
        )
    ]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_70000_points_in_groups_take_351_kilobytes_at_most() -> None:
    generator = np.random.default_rng(0)
    xy = quantise_coordinates(generator.normal(size=(70_000, 2)).astype(np.float32))
    groups = encode_groups(generator.integers(0, 10, 70_000), 10)
    cargo, _ = pack_cargo("map-points", {"xy": xy.tobytes(), "groups": groups.tobytes()})
    assert len(cargo) < 351_000


def test_details_carry_one_text_and_one_cell_a_point() -> None:
    sprites = Sprites(b"png", 8, 8, 32, cells=np.array([2, -1]))
    sections = encode_details(2, sprites, ["a", "é"])
    assert sections["sheet"] == b"png"
    assert np.frombuffer(sections["cells"], "<i4").tolist() == [2, -1]
    assert json.loads(sections["text"]) == ["a", "é"]
    with pytest.raises(AssertionError, match="1 hover texts for 2 points"):
        encode_details(2, None, ["a"])
