"""Selections in an address: what a link holds, and what is believed of one."""

import base64
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.map.linked_selection import MAX_LINKED, read_selected, write_selected


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1), min_size=1))))
def test_a_link_selects_the_same_points_again(case: tuple[int, set[int]]) -> None:
    n_points, chosen = case
    read = read_selected(write_selected(np.array(sorted(chosen)), n_points), n_points)
    assert read is not None and read.tolist() == sorted(chosen)


def test_half_of_the_most_points_at_random_fit_an_address() -> None:
    drawn = np.flatnonzero(np.random.default_rng(0).random(MAX_LINKED) < 0.5)
    assert len(write_selected(drawn, MAX_LINKED)) < 1_750


bomb = base64.urlsafe_b64encode(zlib.compress(bytes(10_000_000))).decode()


@pytest.mark.parametrize("text", ["", "9-", "9-!!", "10-AAAA", f"9-{bomb}", "99999999-AAAA", "9-eJwDAAAAAAE"])
def test_what_no_map_wrote_selects_nothing(text: str) -> None:
    assert read_selected(text, 9) is None
