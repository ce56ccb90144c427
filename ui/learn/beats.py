"""A lesson: its frame, and its beats Ask, Predict, Try and Reveal."""

from __future__ import annotations

import streamlit as st

from clustergan_core.lessons.glossary import read_glossary
from clustergan_core.lessons.lesson import (
    Choice,
    CycleStage,
    DecodeStage,
    Lesson,
    ModesStage,
    PlaneStage,
    PriorsStage,
    SweepStage,
    WalkStage,
)
from clustergan_core.runs.store import find_run_by_name
from ui.frame.seed import FIRST_SEED
from ui.learn.address import Beat, asked_beat, go_to, is_presenting, name_wrong_handout, shown_beats
from ui.learn.cards import show_still
from ui.learn.compared import show_counts, show_strips
from ui.learn.cycle import show_cycle, show_cycle_ends
from ui.learn.decode import show_decoding, show_decoding_of
from ui.learn.models import show_mode_rows, show_modes, show_sweep, show_sweep_result, show_walk
from ui.learn.plane import show_plane
from ui.learn.presenting import present
from ui.learn.priors import show_prior_scores, show_priors
from ui.learn.style import style_presentation
from ui.learn.take_home import hand_out

_GUESSES = "learn_guesses"  # session state: the option guessed in each lesson, by its name; −1 for a skipped guess
_SKIPPED = -1
_TITLES: dict[Beat, str] = {"ask": "1 Ask", "predict": "2 Predict", "try": "3 Try", "reveal": "4 Reveal"}


def show_lesson(lesson: Lesson) -> None:
    """The lesson at the beat of the address; what follows Predict is locked until there is a guess."""
    name_wrong_handout()
    beat = asked_beat()
    if is_presenting():  # an audience guesses by hands
        style_presentation()
        _show_presented_heading(lesson, beat)
        present(lesson, beat)
    else:
        _show_heading(lesson, beat)
        if beat in ("try", "reveal") and _guess(lesson) is None:
            st.info("Make a guess first: it makes what follows easier to remember.", icon=":material/lock:")
            beat = "predict"
    match beat:
        case "ask":
            _show_ask(lesson)
        case "predict":
            _show_predict(lesson)
        case "try" if is_presenting():  # the stage fills the screen, and the teacher says what to do
            _show_stage(lesson)
            st.markdown(lesson.try_text)
        case "try":
            st.markdown(lesson.try_text)
            _show_stage(lesson)
        case "reveal":
            _show_reveal(lesson)


def _show_heading(lesson: Lesson, beat: Beat) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(lesson.question, anchor=False)
        with st.container(horizontal=True, width="content", gap="small"):
            hand_out(lesson)
            st.button("Present", icon=":material/present_to_all:", on_click=go_to, kwargs={"present": "1"})
            st.button("All lessons", icon=":material/apps:", on_click=_leave)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _show_beats(beat)


def _show_presented_heading(lesson: Lesson, beat: Beat) -> None:
    """In one row, so that the stage has the height."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="learn-heading"):
        st.title(lesson.question, anchor=False, width="stretch")
        _show_beats(beat)
        st.button(
            "", icon=":material/close_fullscreen:", help="End presentation", key="learn-end",
            on_click=go_to, kwargs={"present": None},
        )  # fmt: skip


def _show_beats(beat: Beat) -> None:
    beats = shown_beats()
    index = beats.index(beat)
    for each in beats:
        is_here = each == beat
        kind = "primary" if is_here else "secondary"
        st.button(_TITLES[each], type=kind, key=f"learn-{each}", on_click=go_to, kwargs={"beat": each})
    st.button(
        "Back", shortcut="PageUp", key="learn-back", disabled=index == 0, on_click=go_to,
        kwargs={"beat": beats[max(0, index - 1)]},
    )  # fmt: skip
    st.button(
        "Next", shortcut="PageDown", key="learn-next", disabled=index == len(beats) - 1, on_click=go_to,
        kwargs={"beat": beats[min(len(beats) - 1, index + 1)]},
    )  # fmt: skip


def _leave() -> None:
    go_to(lesson=None, beat=None, run=None, frame=None, speed=None, hide=None, present=None)


def _show_ask(lesson: Lesson) -> None:
    text, still = st.columns([3, 2], gap="large")
    with text:
        st.markdown(lesson.ask.text)
        if lesson.ask.formula:
            st.latex(lesson.ask.formula, help=lesson.ask.symbols, width="content")
            st.caption(lesson.ask.symbols)
        terms = {term.name: term for term in read_glossary()}
        if lesson.terms and not is_presenting():
            with st.expander("The words of this lesson"):
                for name in lesson.terms:
                    st.markdown(f"**{name}**: {terms[name].meaning}")
    with still:
        show_still(lesson)


def _show_predict(lesson: Lesson) -> None:
    guess = _guess(lesson)
    options = list(lesson.predict.options)
    index = None if guess is None or guess == _SKIPPED else guess
    lettered = [f"{letter} · {option}" for letter, option in zip("ABCD", options, strict=False)]
    chosen = st.radio(
        lesson.predict.question,
        options,
        index=index,
        key=f"learn-{lesson.name}-guess",
        format_func=dict(zip(options, lettered, strict=True)).__getitem__ if is_presenting() else str,
    )
    with st.container(horizontal=True, gap="small"):
        st.button(
            "This is my guess",
            type="primary",
            disabled=chosen is None,
            on_click=_set_guess,
            args=(lesson, _SKIPPED if chosen is None else options.index(chosen)),
        )
        st.button("Skip", on_click=_set_guess, args=(lesson, _SKIPPED))


def _show_reveal(lesson: Lesson) -> None:
    guess, answer = _guess(lesson), lesson.predict.answer
    guessed, happened = st.columns(2, gap="large")
    with guessed:
        st.caption("Your guess")
        none = "The hands above." if is_presenting() else "You skipped it."
        st.markdown(none if guess in (None, _SKIPPED) else f"**{lesson.predict.options[guess]}**")
    with happened:
        st.caption("What happened")
        mark = ":material/check: " if guess == answer else ""
        st.markdown(f"{mark}**{lesson.predict.options[answer]}**")
    text, evidence = st.columns([1, 1], gap="large")
    with text:
        st.markdown(lesson.reveal())
        st.markdown(f"**What this does not show.** {lesson.not_concluded}")
        for source in lesson.sources:
            st.caption(source)
        _show_check(lesson.check, lesson.name)
    with evidence:
        _show_evidence(lesson)


def _show_check(check: Choice, name: str) -> None:
    options = list(check.options)
    chosen = st.radio(f"**Check yourself.** {check.question}", options, index=None, key=f"learn-{name}-check")
    if chosen is None:
        return
    if options.index(chosen) == check.answer:
        st.success(f"Yes. {check.why}", icon=":material/check:")
    else:
        st.info(f"Not quite: {options[check.answer][0].lower()}{options[check.answer][1:]}. {check.why}")


def _show_stage(lesson: Lesson) -> None:
    match lesson.stage:
        case PlaneStage() as stage:
            show_plane(lesson, stage)
        case CycleStage() as stage:
            show_cycle(lesson, stage)
        case PriorsStage() as stage:
            show_priors(lesson, stage)
        case DecodeStage() as stage:
            show_decoding(stage)
        case WalkStage() as stage:
            show_walk(stage)
        case ModesStage() as stage:
            show_modes(stage)
        case SweepStage() as stage:
            show_sweep(stage)


def _show_evidence(lesson: Lesson) -> None:
    """What the text of Reveal speaks of."""
    match lesson.stage:
        case PlaneStage() as stage:
            if stage.compared:
                _show_compared(lesson, stage)
            else:
                for run in stage.ends:
                    show_still(lesson, run)
        case CycleStage() as stage:
            show_cycle_ends(lesson, stage)
        case PriorsStage() as stage:
            show_prior_scores(lesson, stage)
        case DecodeStage() as stage:
            show_decoding_of(stage, list(stage.pictures)[-1])
        case WalkStage():
            show_still(lesson)
        case ModesStage() as stage:
            show_mode_rows(find_run_by_name(next(iter(stage.models.values()))), FIRST_SEED, has_names=True)
        case SweepStage() as stage:
            show_sweep_result(stage)


def _show_compared(lesson: Lesson, stage: PlaneStage) -> None:
    show_counts(lesson, stage)
    for column, run in zip(st.columns(len(stage.ends)), stage.ends, strict=True):
        with column:
            show_still(lesson, run, "stretch")
    show_strips(lesson, stage.strips, "learn-reveal-strip")


def _guess(lesson: Lesson) -> int | None:
    return st.session_state.get(_GUESSES, {}).get(lesson.name)


def _set_guess(lesson: Lesson, option: int) -> None:
    st.session_state.setdefault(_GUESSES, {})[lesson.name] = option
    go_to(beat="try")
