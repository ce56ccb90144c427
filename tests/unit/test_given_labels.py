"""Labels given by hand: their text, what changes them, and the file that a run keeps."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from clustergan_core.data.registry import load_dataset
from clustergan_core.errors import RunError, SettingsError
from clustergan_core.given_labels import MAX_POSITION, GivenLabels, read_given
from clustergan_core.methods import parse_settings
from clustergan_core.runs.hand_labels import (
    give_label,
    hand_label_table,
    hand_labels_path,
    read_hand_labels,
    take_label_back,
)
from clustergan_core.runs.run import Run
from tests.small_runs import new_run, small_config

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="=;"), min_size=1, max_size=20).filter(
    lambda name: name.isprintable() and name.strip()
)
ACTIONS = st.lists(st.tuples(st.lists(st.integers(0, 30), min_size=1), NAMES), max_size=6)


@drawn(ACTIONS)
def test_a_sample_has_the_label_it_was_given_last_and_the_text_holds_them_all(actions: list) -> None:
    labels, last = GivenLabels(), {}
    for positions, name in actions:
        labels = labels.with_label(positions, name)
        last |= dict.fromkeys(positions, name.strip())
    assert {position: name for name, own in labels.samples.items() for position in own} == last
    assert labels.n == len(last)
    assert read_given(labels.text) == labels
    numbers = labels.labels(np.arange(31))
    assert {i: labels.names[number] for i, number in enumerate(numbers.tolist()) if number >= 0} == last


@pytest.mark.parametrize(
    "text", ["left", "left=", "left=a", "=1", "left=3-1", "a=1; b=1", "a=1; a=2", "a=-1", f"a=0-{MAX_POSITION + 1}"]
)
def test_a_text_of_another_form_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(SettingsError, match=r"Setting given=.*is not possible: it must be "):
        parse_settings("nemgan-labelled", {"n_clusters": 4, "given": text})


def test_labels_given_by_hand_count_as_the_labels_used() -> None:
    settings = parse_settings("nemgan-labelled", {"n_clusters": 4, "given": "left = 0-4,9;right=12"}).model_dump()
    assert (settings["given"], settings["n_labelled"]) == ("left=0-4,9; right=12", 7)
    assert parse_settings("nemgan-labelled", settings).model_dump() == settings


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return new_run(tmp_path / "run", small_config("digits"))


def test_a_run_keeps_them_and_gives_them_back(run: Run) -> None:
    assert read_hand_labels(run) == GivenLabels()
    give_label(run, [5, 3, 4], "left")
    give_label(run, [4, 9], " right ")
    assert read_hand_labels(run).samples == {"left": (3, 5), "right": (4, 9)}
    assert hand_label_table(read_hand_labels(run), load_dataset("digits")).values.tolist() == [
        ["3", "left"],
        ["4", "right"],
        ["5", "left"],
        ["9", "right"],
    ]
    take_label_back(run, "left")
    take_label_back(run, "left")
    assert read_hand_labels(run).names == ("right",)


def test_a_name_that_cannot_be_written_and_a_file_that_cannot_be_read_are_one_sentence_each(run: Run) -> None:
    for name in ("", "a=b", "a;b", "x" * 61, "tab\tbed"):
        with pytest.raises(SettingsError, match=r"^A label [^\n]*: (choose another|leave it out)\.$"):
            give_label(run, [1], name)
    assert not hand_labels_path(run).exists()
    for content in ("", "[]", "{}", json.dumps({"format": 2, "samples": {}}), '{"format": 1, "samples": {"a": "x"}}'):
        hand_labels_path(run).write_text(content)
        with pytest.raises(RunError, match="cannot be read from"):
            give_label(run, [1], "left")
        assert hand_labels_path(run).read_text() == content, "nothing is lost"
