"""A walk between cell types in sentences: what the encoder reads, and whether it crosses empty space."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clustergan_core.cells.walks import CellWalk
    from ui.mode_titles import ModeTitles


def describe_reading(walk: CellWalk, titles: ModeTitles) -> str:
    """Which mode the encoder reads from where to where; "" for methods that read none."""
    from clustergan_core.evaluation.modes import code_flips

    if walk.codes is None:
        return ""
    flips = code_flips(walk.codes)
    if not flips:
        return f"The encoder reads {titles.names[int(walk.codes[0].argmax())]} all the way."
    said = [f"{titles.names[flips[0].before]} up to μ = {walk.mus[flips[0].step - 1]:.2f}"]
    said += [f"{titles.names[flip.after]} from μ = {walk.mus[flip.step]:.2f}" for flip in flips]
    return f"The encoder reads {', then '.join(said)}."


def describe_nearness(walk: CellWalk, titles: ModeTitles) -> str:
    """Where the walk leaves the data, and whether a pure mode lies outside it."""
    assert walk.nearness is not None, "the data is absent"
    stretches = walk.nearness.far_stretches(walk.mus)
    if not stretches:
        return "All along, the walk lies no further from real cells than 95% of them do from each other."
    if stretches == [(0.0, 1.0)]:
        return (
            "The whole walk, both ends with it, lies further from any real cell than 95% of real cells do from each "
            "other: this run has no such cells."
        )
    places = [
        f"at μ = {first:.2f}" if first == last else f"between μ = {first:.2f} and {last:.2f}"
        for first, last in stretches
    ]
    sentence = (
        f"{_capitalised(' and '.join(places))} the walk lies further from any real cell than 95% of real cells do from "
        "each other: empty space, where the generator invents."
    )
    outside = [
        titles.short[mode]
        for mode, is_outside in ((walk.mode_b, stretches[0][0] == 0), (walk.mode_a, stretches[-1][1] == 1))
        if is_outside
    ]
    if not outside:
        return sentence
    return f"{sentence} That reaches {' and '.join(outside)}: the Modes page tells whether it can be trusted."


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
