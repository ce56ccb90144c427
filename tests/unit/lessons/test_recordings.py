"""Recordings: what is written is read again, the same training gives the same bytes, and damaged files are refused."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from clustergan_core.data.opening import open_dataset
from clustergan_core.errors import DataError, SettingsError
from clustergan_core.lessons.record import frame_steps, record
from clustergan_core.lessons.recording import POSITION_LEVELS, Recording, Setup, pack_recording, unpack_recording
from clustergan_core.methods import build_method, parse_settings
from clustergan_core.schedule import Schedule
from clustergan_core.training import train

SETTINGS = {"n_clusters": 4, "n_normal": 2, "batch_size": 8, "n_critic_steps": 1, "width": 0.1}
SETUP = Setup(dataset="corners-4", method="clustergan", n_steps=6, seed=3, settings=SETTINGS)


@cache
def small_recording() -> Recording:
    return record(SETUP, "test", ["python", "record"])


def test_a_recording_is_read_as_it_was_written() -> None:
    written = small_recording()
    read = unpack_recording(pack_recording(written))
    assert read.header.setup == written.header.setup
    assert list(read.arrays) == list(written.arrays)
    for name, array in written.arrays.items():
        np.testing.assert_array_equal(read.arrays[name], array)


def test_differences_that_wrap_around_are_read_as_they_were_written() -> None:
    random = np.random.default_rng(0)
    written = small_recording()
    arrays = dict(written.arrays)
    arrays["critic"] = random.integers(0, 256, arrays["critic"].shape).astype(np.uint8)
    arrays["generated"] = random.integers(0, POSITION_LEVELS + 1, arrays["generated"].shape).astype(np.uint16)
    read = unpack_recording(pack_recording(replace(written, arrays=arrays)))
    np.testing.assert_array_equal(read.arrays["critic"], arrays["critic"])
    np.testing.assert_array_equal(read.arrays["generated"], arrays["generated"])


def test_the_same_setup_gives_the_same_bytes_and_another_seed_others() -> None:
    again = pack_recording(record(SETUP, "test", ["python", "record"]))
    assert again == pack_recording(small_recording())
    other = record(SETUP.model_copy(update={"seed": 4}), "test", ["python", "record"])
    assert (other.arrays["generated"] != small_recording().arrays["generated"]).any()


@pytest.fixture
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("one_thread")
def test_recording_does_not_change_the_training() -> None:
    dataset, device = open_dataset("corners-4"), torch.device("cpu")
    settings = parse_settings("clustergan", SETTINGS)
    method = build_method("clustergan", settings, dataset.kind, dataset.shape, SETUP.seed, device)
    schedule = Schedule(n_steps=SETUP.n_steps, log_every=1, evaluate_every=SETUP.n_steps)
    losses = [list(progress.losses.values()) for progress in train(method, dataset, schedule, SETUP.seed, device)]
    np.testing.assert_allclose(small_recording().arrays["losses"][1:], losses, rtol=1e-6)


def test_frames_show_the_data_and_what_the_networks_say_of_it() -> None:
    recording = small_recording()
    arrays, n_frames = recording.arrays, SETUP.n_steps + 1
    assert arrays["steps"].tolist() == list(range(n_frames))
    assert arrays["generated"].shape == (n_frames, 600, 2)
    assert arrays["regions"].shape == arrays["critic"].shape == (n_frames, 32, 32)
    counts = np.stack([np.bincount(modes, minlength=4) for modes in arrays["real_modes"]])
    np.testing.assert_allclose(arrays["masses"], counts / 600, atol=1e-6)
    real = arrays["real"] / POSITION_LEVELS  # the corners (±1, ±1), scaled from ±1.5 to 0–1
    assert (np.abs(np.abs(real - 0.5) - 1 / 3) < 5 * 0.1 / 3).all()


def test_frames_become_rarer_and_end_with_the_last_step() -> None:
    steps = frame_steps(1000)
    assert (steps[:31], steps[-1]) == (list(range(31)), 1000)
    gaps = np.diff(steps)
    assert {int(gap) for gap in gaps[31:84]} == {5}
    assert {int(gap) for gap in gaps[85:-1]} == {8}
    assert len(frame_steps(1000, 2)) == len(steps) // 2 + 1


def test_data_of_more_features_cannot_be_recorded() -> None:
    with pytest.raises(SettingsError, match="is a table"):
        record(SETUP.model_copy(update={"dataset": "digits"}), "test", [])


def test_damaged_and_hostile_files_are_refused_in_a_sentence() -> None:
    good = pack_recording(small_recording())
    n_header = int.from_bytes(good[4:8], "little")
    header, body = json.loads(good[8 : 8 + n_header]), good[8 + n_header :]
    for content, reason in (
        (b"", "does not begin"),
        (b"PNG" + good, "does not begin"),
        (good[:-20], "bytes of its header"),
        (b"CGR1" + (2**31).to_bytes(4, "little"), "2,147,483,648"),
        (with_header(header, gzip.compress(bytes(1 << 20))), "bytes of its header"),
        (with_header(header | {"format": 2}, body), "does not fit the format"),
        (with_header(with_shape(header, "generated", [10**6, 600, 2]), body), "does not fit the others"),
        (with_header(with_shape(header, "real", [10**9, 2]), body), "does not fit the others|more than"),
        (with_header(header | {"sections": header["sections"][:1]}, body), "no section real"),
        (with_header(header | {"sections": header["sections"] + header["sections"][:1]}, body), "there twice"),
        (with_header(header | {"bookmarks": [{"frame": 99, "title": "beyond"}]}, body), "behind its last frame"),
    ):
        with pytest.raises(DataError, match=reason):
            unpack_recording(content)


def test_values_that_cannot_be_drawn_are_refused() -> None:
    recording = small_recording()
    for name, value in (("generated", POSITION_LEVELS + 1), ("regions", 4), ("steps", 0)):
        arrays = dict(recording.arrays)
        arrays[name] = np.full_like(arrays[name], value)
        with pytest.raises(DataError, match=r"outside the square|beyond the last|do not ascend"):
            unpack_recording(pack_recording(replace(recording, arrays=arrays)))


def with_header(header: dict[str, object], body: bytes) -> bytes:
    text = json.dumps(header).encode()
    return b"CGR1" + len(text).to_bytes(4, "little") + text + body


def with_shape(header: dict[str, list[dict[str, object]]], name: str, shape: list[int]) -> dict[str, object]:
    sections = [section | {"shape": shape} if section["name"] == name else section for section in header["sections"]]
    return {**header, "sections": sections}
