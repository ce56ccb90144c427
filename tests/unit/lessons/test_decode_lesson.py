"""The lesson on Algorithm 1: its figures are those of the bundled model on the test digits."""

from collections import Counter

import numpy as np
import pytest
import torch

from clustergan_core.data.opening import open_dataset
from clustergan_core.decoding import decode_samples
from clustergan_core.lessons.lesson import DecodeStage, read_lesson
from clustergan_core.runs.store import find_run_by_name


@pytest.mark.slow
def test_the_search_agrees_with_the_encoder_as_often_as_the_lesson_says() -> None:
    lesson = read_lesson("decode")
    assert isinstance(lesson.stage, DecodeStage)
    run = find_run_by_name(lesson.stage.model)
    assert run.config.seed == 0
    method, dataset = run.load(), open_dataset("digits")
    assert dataset.labels is not None
    samples, labels = dataset.samples[dataset.splits.test], dataset.labels[dataset.splits.test]
    *_, last = decode_samples(method, samples)
    losses = np.sort(last.losses.numpy(), axis=1)
    found, margins = last.losses.numpy().argmin(axis=1), losses[:, 1] / losses[:, 0] - 1
    read = method.assign_all(torch.from_numpy(samples))[0].numpy()
    named = {mode: Counter(labels[read == mode].tolist()).most_common(1)[0][0] for mode in range(10)}

    def right(modes: np.ndarray) -> float:
        return float(np.mean([named[mode] == label for mode, label in zip(modes.tolist(), labels, strict=True)]))

    text, is_same = " ".join(lesson.reveal_text.split()), found == read
    assert f"**{is_same.sum()} of {len(samples)}** test digits, {is_same.mean():.0%}" in text
    assert f"the search is right on {right(found):.0%} and the encoder on {right(read):.0%}" in text
    assert f"loss is {np.median(margins[is_same]):.0%} higher (median)" in text
    assert f"where they do not, {np.median(margins[~is_same]):.0%}." in text
    four = dataset.splits.test.tolist().index(lesson.stage.pictures["A four"])
    assert (labels[four], named[int(found[four])]) == (4, 7)
    assert f"a mode of sevens wins by {margins[four]:.0%}" in text


def test_the_pictures_are_test_digits_with_the_labels_that_their_names_say() -> None:
    lesson, dataset = read_lesson("decode"), open_dataset("digits")
    assert isinstance(lesson.stage, DecodeStage)
    assert dataset.labels is not None
    spoken = {"A six": 6, "A seven": 7, "A five": 5, "A nine": 9, "An eight": 8, "A four": 4}
    assert {name: dataset.labels[position] for name, position in lesson.stage.pictures.items()} == spoken
    assert set(lesson.stage.pictures.values()) <= set(dataset.splits.test.tolist())
