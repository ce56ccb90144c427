"""The lessons on the two loops and on decoding as parts of their files: strips under a handle over the steps."""

from __future__ import annotations

import numpy as np

from clustergan_core.browser.handout import Handout
from clustergan_core.browser.parts import describe_slider
from clustergan_core.browser.strip import Strip
from clustergan_core.data.opening import open_dataset
from clustergan_core.decoding import N_ITERATIONS
from clustergan_core.drawing.pictures.images import mosaic, png
from clustergan_core.drawing.pictures.lesson_stills import draw_sample_beside_modes
from clustergan_core.lessons.arrays import read_arrays
from clustergan_core.lessons.lesson import CycleStage, DecodeStage, Lesson
from clustergan_core.lessons.measures import z_distances
from clustergan_core.lessons.strips import cycle_strip, decode_picture, decode_strip, round_distance
from clustergan_core.offline.page import Choice, Item, place
from clustergan_core.offline.prose import write_paragraphs, write_picture, write_table
from clustergan_core.offline.shown import Shown, made_with, run_title
from clustergan_core.runs.store import find_run_by_name

_PAPER = ["paper", "0.038", "0.0004"]


def show_cycle(lesson: Lesson, stage: CycleStage, handout: Handout) -> Shown:
    """Both loops over the steps of every training, and where each of them ends."""
    recordings = [read_arrays(lesson.recording_path(run.name)) for run in stage.runs]
    choices, rows = [], [["β_n, β_c, seed", "x", "z"]]
    for run, recording in zip(stage.runs, recordings, strict=True):
        strip = cycle_strip(recording, int(run.setup.settings["n_normal"]))
        choices.append(_choose(run_title(run), strip, "Step", [f"{step:,}" for step in recording.arrays["steps"]]))
        ends = recording.arrays["x_distance"][-1], z_distances(recording)[-1]
        rows.append([", ".join(run.choices.values()), *(round_distance(float(end)) for end in ends)])
    arrays, header = recordings[0].arrays, recordings[0].header
    back = arrays["x_back"][len(arrays["steps"]) // 2]
    still = png(mosaic(np.concatenate([arrays["x"][:4], back[:4]]).astype(np.float32) / 255, n_columns=4, cell=80))
    versions = ", ".join(f"{package} {number}" for package, number in sorted(header.versions.items()))
    picture = write_picture(still, "Test digits, and below them what their loop gives back", 344)
    return Shown(
        place(0),
        (Item("slider", _offer(choices, handout), " and ".join(stage.runs[0].choices)),),
        picture,
        write_table([*rows, _PAPER]),
        picture,
        write_paragraphs(f"Recorded on a CPU with one thread and {versions}, by `{header.command}`."),
    )


def show_decoding(stage: DecodeStage, handout: Handout) -> Shown:
    """Every picture over the iterations of its search at the first λ, and the first picture at the others.

    DataError while the data is absent.
    """
    run = find_run_by_name(stage.model)
    method, samples = run.load("best"), open_dataset(run.config.dataset.source).samples
    first, texts = stage.penalties[0], [str(step) for step in range(N_ITERATIONS + 1)]
    name, *others = stage.pictures
    asked = [(name, penalty) for penalty in stage.penalties] + [(other, first) for other in others]
    decoded = [decode_picture(method, samples[stage.pictures[name]], penalty) for name, penalty in asked]
    choices = [
        _choose(f"{name}, λ = {penalty:g}", decode_strip(descents, name), "Iteration", texts)
        for (name, penalty), descents in zip(asked, decoded, strict=True)
    ]
    picture = png(draw_sample_beside_modes(decoded[0].picture, decoded[0].copies[0], "light"))
    still = write_picture(picture, "A digit, and what each mode draws before the search", 560)
    items = (Item("slider", _offer(choices, handout), "Picture and λ"),)
    return Shown(place(0), items, still, in_print=still, making=made_with([stage.model]))


def _offer(choices: list[Choice], handout: Handout) -> tuple[Choice, ...]:
    """The choices that the file keeps: the first alone where the handout leaves them out."""
    return tuple(choices[:1] if "controls" in handout.hidden else choices)


def _choose(title: str, strip: Strip, label: str, texts: list[str]) -> Choice:
    data = describe_slider(strip, "light", label=label, default=len(texts) - 1, texts=texts, layout="stacked")
    return Choice(title, data, strip.sections())
