"""The strips of the lessons on the two loops and on decoding hold what was recorded and what is searched."""

import numpy as np
import torch

from clustergan_core.data.opening import open_dataset
from clustergan_core.decoding import decode_samples
from clustergan_core.lessons.arrays import read_arrays
from clustergan_core.lessons.lesson import CycleStage, DecodeStage, read_lesson
from clustergan_core.lessons.strips import cycle_strip, decode_picture, decode_strip
from clustergan_core.nn.prior import Latent
from clustergan_core.runs.store import find_run_by_name


def test_a_step_of_the_two_loops_shows_what_was_recorded_there() -> None:
    lesson = read_lesson("cycle")
    assert isinstance(lesson.stage, CycleStage)
    recording = read_arrays(lesson.recording_path("both-1"))
    arrays, strip = recording.arrays, cycle_strip(recording, 10)
    frame = len(arrays["steps"]) // 3
    assert np.array_equal(strip.samples[frame, 0, ..., 0], arrays["x"][:, 0])
    assert np.array_equal(strip.samples[frame, 1, ..., 0], arrays["x_back"][frame, :, 0])
    entries, curves = strip.charts
    assert np.array_equal(entries.values[frame], arrays["z_back"][frame, 0])
    assert np.allclose(curves.values[:, 0], arrays["x_distance"])
    assert strip.said[frame].startswith(f"After step {arrays['steps'][frame]:,}: x ")


def test_an_iteration_of_a_decoding_shows_its_copies_its_winner_and_the_winners_noise() -> None:
    lesson = read_lesson("decode")
    assert isinstance(lesson.stage, DecodeStage)
    method = find_run_by_name(lesson.stage.model).load()
    picture = open_dataset("digits").samples[lesson.stage.pictures["A four"]]
    strip = decode_strip(decode_picture(method, picture, 10.0), "A four")
    for iteration, step in enumerate(decode_samples(method, picture[None], 20, 10.0)):
        if iteration not in (0, 20):
            continue
        latents, winner = step.latents[0], int(step.losses[0].argmin())
        parts = latents[:, : method.prior.n_normal], latents[:, method.prior.n_normal :]
        copies = method.generate(Latent(*parts)).numpy()[:, 0]
        shown = strip.samples[iteration, 0, ..., 0] / 255
        assert np.abs(shown - np.concatenate([picture, copies])).max() <= 1 / 255
        assert strip.marked[iteration] == 1 + winner
        assert f"mode {winner} has the lowest loss" in strip.said[iteration]
        losses, noise = strip.charts
        assert np.allclose(losses.values[iteration], step.losses[0])
        assert torch.allclose(torch.from_numpy(np.array(noise.values[iteration])), parts[0][winner])
