"""Choosing a method and a preset, the same way wherever something is to be trained."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.methods import METHODS, default_method
from clustergan_core.preset import PresetName
from ui.frame.choices import linked, one_of, respell

if TYPE_CHECKING:
    from clustergan_core.method_facts import MethodFacts


def choose_method() -> str:
    """A picker of methods with what each is and assumes; returns its name."""
    names = {method.title: name for name, method in METHODS.items()}
    # A link that asks for the paper's preset means the method that has one, as on the command line.
    usual = list(names.values()).index(default_method(st.query_params.get("preset", "default")))
    # The command line's names are as good as the titles.
    respell("method", lambda text: [METHODS[text].title if text in METHODS else text])
    with linked("method", one_of(list(names))):
        title = st.selectbox("Method", list(names), usual, key="method", bind="query-params")
    method = METHODS[names[title]]
    st.caption(describe_method(method))
    if method.assumptions:
        st.caption(f"**What it assumes.** {method.assumptions}")
    return names[title]


def describe_method(method: type[MethodFacts]) -> str:
    """What a method is, from its own words, and the paper it is from or, where it has none of its own, builds on."""
    sentence = (inspect.getdoc(method) or "").splitlines()[0]
    found = re.search(r"arXiv (\d{4}\.\d{4,5})", method.reference)
    source = method.reference.replace("ours", "Ours")
    if found:
        source = source.replace(found[0], f"[{found[0]}](https://arxiv.org/abs/{found[1]})")
    return f"{sentence} {source}"


def choose_preset(method: str) -> PresetName:
    """A picker of the presets that a method has."""
    presets = METHODS[method].presets
    with linked("preset", one_of(presets)):
        chosen = st.segmented_control(
            "Preset", presets, default=presets[0], required=True, key="preset", bind="query-params"
        )
    preset: PresetName = next(name for name in presets if name == chosen)
    st.caption(describe_preset(method, preset))
    return preset


def describe_preset(method: str, preset: PresetName) -> str:
    """What a preset means for a method; only a method with a paper's preset can be slower or faster than its paper."""
    if preset == "paper":
        return "The paper's settings at full length: from hours for small tables to months for images on a CPU."
    if preset == "quick":
        return "A tenth of the default's steps: a first look."
    if "paper" in METHODS[method].presets:
        return "The paper's method at a faster pace: minutes for small data."
    return "Settings that suit this kind of data, at full length."
