"""A lesson as an offline file: its four beats, and what they play, drag or show."""

from __future__ import annotations

import html

from clustergan_core.browser.handout import Handout
from clustergan_core.browser.strip import N_STEPS
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.pictures.images import filmstrip, png, sample_grid
from clustergan_core.drawing.pictures.lesson_stills import draw_label_shares, draw_plane_still
from clustergan_core.errors import DataError
from clustergan_core.lessons.glossary import read_glossary
from clustergan_core.lessons.lesson import Choice as Question
from clustergan_core.lessons.lesson import (
    CycleStage,
    DecodeStage,
    Lesson,
    ModesStage,
    PlaneStage,
    Run,
    SweepStage,
    WalkStage,
)
from clustergan_core.lessons.recording import POSITION_LEVELS, Recording, unpack_recording
from clustergan_core.offline.compared import write_comparison
from clustergan_core.offline.page import Item, place, write_page
from clustergan_core.offline.prose import write_formula, write_line, write_paragraphs, write_picture, write_table
from clustergan_core.offline.recording import choose, describe_making
from clustergan_core.offline.shown import SEED, Shown, exported_runs, made_with, run_title
from clustergan_core.offline.steps import show_cycle, show_decoding
from clustergan_core.offline.walk import make_walk_strip, walk_item
from clustergan_core.runs.store import find_run_by_name
from clustergan_core.runs.sweeps.report import SHIPPED_SWEEPS, SweepReport, read_report

BEATS = ("Ask", "Predict", "Try", "Reveal")
N_COLUMNS = 8  # samples of a mode
_STILL_SIDE, _PRINTED_SIDE = 300, 160
_FIXED = '<p class="small">This file holds what is seen here; other modes and another z_n need the app.</p>'
_STAGES = PlaneStage, CycleStage, DecodeStage, WalkStage, ModesStage, SweepStage


def can_be_taken_home(lesson: Lesson) -> bool:
    """Whether what the lesson shows works without the app."""
    return isinstance(lesson.stage, _STAGES)


def make_lesson_page(lesson: Lesson, run: str = "", handout: Handout | None = None) -> bytes:
    """The file of a lesson; `run` is the recording that is shown first, by default the lesson's first.

    Of each value of the first control it holds one recording, and the first alone where the `handout` leaves the
    choices out. Notes and guesses are not in it. On paper the four beats follow each other, with stills. Raises
    DataError for a lesson whose stage works in the app alone, and RunError without the bundled models.
    """
    handout = handout or Handout()
    shown = _show_stage(lesson, run, handout)
    has_reveal = "reveal" not in handout.hidden
    body = _header(lesson, has_reveal) + "<main>" + _ask(lesson, shown.in_ask) + _predict(lesson) + _try(lesson, shown)
    body += (_reveal(lesson, shown.in_reveal) if has_reveal else "") + "</main>"
    return write_page(lesson.question, body, shown.items, footer=shown.making + _made_by(lesson, run, handout))


def _show_stage(lesson: Lesson, run: str, handout: Handout) -> Shown:
    stage = lesson.stage
    if isinstance(stage, PlaneStage):
        return _show_plane(lesson, stage, run, handout)
    if isinstance(stage, CycleStage):
        return show_cycle(lesson, stage, handout)
    if isinstance(stage, DecodeStage):
        return show_decoding(stage, handout)
    if isinstance(stage, WalkStage):
        return _show_walk(stage)
    if isinstance(stage, ModesStage):
        return _show_modes(stage)
    if isinstance(stage, SweepStage):
        return _show_sweep(stage)
    raise DataError(f"The lesson {lesson.name} cannot be taken home: what it shows works in the app alone.")


def _show_plane(lesson: Lesson, stage: PlaneStage, first: str, handout: Handout) -> Shown:
    runs = exported_runs(stage, first)
    if "controls" in handout.hidden:
        runs = runs[:1]
    recordings = [_read(lesson, run) for run in runs]
    choices = [
        choose(run_title(run), *recording, handout=handout) for run, recording in zip(runs, recordings, strict=True)
    ]
    ends = [_still(_read(lesson, run)[0], -1, run_title(run)) for run in stage.runs if run.name in stage.ends]
    return Shown(
        place(0),
        (Item("player", tuple(choices), " and ".join(runs[0].choices)),),
        _still(recordings[0][0], 0, "Data on its islands, and dots before training"),
        write_comparison(lesson, stage) + "".join(ends),
        _print_stills(recordings[0][0], run_title(runs[0])),
        describe_making(recordings[0][0]),
    )


def _print_stills(recording: Recording, caption: str) -> str:
    """The first frame and the last, and two between them."""
    frames = [round(share * (recording.n_frames - 1)) for share in (0, 1 / 3, 2 / 3, 1)]
    return "".join(_still(recording, frame, caption, _PRINTED_SIDE) for frame in frames)


def _show_walk(stage: WalkStage) -> Shown:
    run = find_run_by_name(stage.model)
    strip = make_walk_strip(run, run.load("best"), stage.start, stage.end, SEED)
    printed = filmstrip(strip.samples[:: (N_STEPS - 1) // 10, 0, 0].transpose(0, 3, 1, 2) / 255, cell=72)
    walk = f"A walk from mode {stage.start} to mode {stage.end}"
    return Shown(
        place(0) + _FIXED,
        (walk_item(strip, stage.start, stage.end),),
        in_print=write_picture(png(printed), walk, printed.width, walk),
        making=made_with([run.name]),
    )


def _show_modes(stage: ModesStage) -> Shown:
    pictures = [_draw_modes(name, model) for name, model in stage.models.items()]
    return Shown("".join(pictures) + _FIXED, in_reveal=pictures[0], making=made_with(list(stage.models.values())))


def _show_sweep(stage: SweepStage) -> Shown:
    report = read_report(SHIPPED_SWEEPS / f"{stage.sweep}.json")
    picture = png(draw_label_shares(report.plan.label_shares, 7, "light"))
    still = write_picture(picture, "The share of each label; seven of them have a mode", 560)
    return Shown(_sweep_table(report), in_ask=still, in_reveal=_sweep_table(report))


def _made_by(lesson: Lesson, run: str, handout: Handout) -> str:
    options = {"run": run or None, **handout.address()}
    command = f"python -m clustergan_core offline lesson {lesson.name}"
    command += "".join(f" --{name} {value}" for name, value in options.items() if value is not None)
    return write_paragraphs(f"ClusterGAN Explorer, lesson {lesson.number}. This file is made by `{command}`.")


def _read(lesson: Lesson, run: Run) -> tuple[Recording, bytes]:
    path = lesson.recording_path(run.name)
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise DataError(f"{path.name} is not there: run `record {lesson.name} --only {run.name}`.") from problem
    return unpack_recording(content, path.name), content


def _still(recording: Recording, frame: int, caption: str, side: int = _STILL_SIDE) -> str:
    real, modes = recording.arrays["real"] / POSITION_LEVELS, recording.arrays.get("generated_modes")
    picture = draw_plane_still(real, recording.positions(frame), modes, side, "light").quantize(64)
    step = recording.arrays["steps"][frame]
    return write_picture(png(picture), f"{caption}: real samples and generated dots", side, f"{caption}, step {step}")


def _draw_modes(name: str, model: str) -> str:
    from clustergan_core.generation import generate_modes

    samples = generate_modes(find_run_by_name(model).load("best"), N_COLUMNS, SEED)
    labels = [f"Mode {mode}" for mode in range(len(samples))]
    picture = sample_grid(samples, row_labels=labels, row_colours=mode_colours(len(samples)), cell=56)
    alt = f"{len(samples)} rows of {N_COLUMNS} generated samples: a row is a mode, a column shares its z_n"
    return write_picture(png(picture), alt, picture.width, name)


def _sweep_table(report: SweepReport) -> str:
    rows = [["Modes K", "Best accuracy that K allows", "Seed", "Accuracy", "Purity"]]
    for row in report.rows:
        k = int(row.values[0])
        best = sum(report.plan.label_shares[:k])
        scores = [f"{row.argmax[score] or 0:.3f}" for score in ("accuracy", "purity")]
        rows.append([f"{k}", f"{best:.3f}", f"{row.seed}", *scores])
    return write_table(rows)


def _header(lesson: Lesson, has_reveal: bool) -> str:
    beats = BEATS if has_reveal else BEATS[:-1]
    buttons = "".join(
        f'<button type="button" data-go="{number}">{number + 1} {beat}</button>' for number, beat in enumerate(beats)
    )
    return f'<header><h1>{write_line(lesson.question)}</h1><nav aria-label="Beats">{buttons}</nav></header>'


def _beat(name: str, content: str) -> str:
    return f'<section data-beat="{name}" aria-label="{name}">{content}</section>'


def _ask(lesson: Lesson, still: str) -> str:
    formula = write_formula(lesson.ask.formula, lesson.ask.symbols) if lesson.ask.formula else ""
    meanings = {term.name: term.meaning for term in read_glossary()}
    terms = "".join(f"<p><strong>{name}</strong>: {write_line(meanings[name])}</p>" for name in lesson.terms)
    words = f"<details><summary>The words of this lesson</summary>{terms}</details>" if terms else ""
    return _beat("ask", write_paragraphs(lesson.ask.text) + formula + still + words)


def _predict(lesson: Lesson) -> str:
    question = _question("guess", lesson.predict)
    buttons = '<button type="button" id="take">This is my guess</button> <button type="button" id="skip">Skip</button>'
    return _beat("predict", question + buttons)


def _try(lesson: Lesson, shown: Shown) -> str:
    printed = f'<div class="print">{shown.in_print}</div>' if shown.in_print else ""
    return _beat("try", write_paragraphs(lesson.try_text) + shown.in_try + printed)


def _reveal(lesson: Lesson, evidence: str) -> str:
    answer = write_line(lesson.predict.options[lesson.predict.answer])
    guess = (
        '<div class="guess"><div><p class="small">Your guess</p><p><strong id="guess">–</strong></p></div>'
        f'<div><p class="small">What happened</p><p><strong>{answer}</strong></p></div></div>'
    )
    sources = "".join(f'<p class="small">{write_line(source)}</p>' for source in lesson.sources)
    why = f'<p id="why" role="status" data-why="{html.escape(lesson.check.why)}"></p>'
    limits = f"<p><strong>What this does not show.</strong> {write_line(lesson.not_concluded)}</p>"
    check = _question("check", lesson.check)
    return _beat("reveal", guess + write_paragraphs(lesson.reveal()) + limits + evidence + sources + check + why)


def _question(name: str, question: Question) -> str:
    """Answers of which one is chosen; of a guess the right one is not told."""
    answer = f' data-answer="{html.escape(question.options[question.answer])}"' if name == "check" else ""
    options = "".join(
        f'<label class="option"><input type="radio" name="{name}" value="{html.escape(option)}">'
        f"{write_line(option)}</label>"
        for option in question.options
    )
    return f"<fieldset{answer}><legend>{write_line(question.question)}</legend>{options}</fieldset>"
