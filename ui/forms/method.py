"""Choosing a method and a preset, the same way wherever training starts."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.methods import METHODS, default_method
from clustergan_core.preset import PresetName
from ui.frame.choices import respell, segmented, select

if TYPE_CHECKING:
    from clustergan_core.method_facts import MethodFacts


def choose_method() -> str:
    """A picker of methods with what each is and assumes; returns its name."""
    names = {method.title: name for name, method in METHODS.items()}
    # A link that asks for the paper's preset means the method that has one, as on the command line.
    usual = METHODS[default_method(st.query_params.get("preset", "default"))].title
    # The command line's names work as well as the titles.
    respell("method", lambda text: [METHODS[text].title if text in METHODS else text])
    title = select("method", list(names), "Method", default=usual)
    method = METHODS[names[title]]
    st.caption(describe_method(method))
    if method.assumptions:
        st.caption(f"**What it assumes.** {method.assumptions}")
    return names[title]


def describe_method(method: type[MethodFacts]) -> str:
    """A sentence on the method from its docstring, and the paper it is from or builds on."""
    sentence = (inspect.getdoc(method) or "").splitlines()[0]
    arxiv = re.search(r"arXiv (\d{4}\.\d{4,5})", method.reference)
    source = method.reference.replace("ours", "Ours")
    if arxiv:
        source = source.replace(arxiv[0], f"[{arxiv[0]}](https://arxiv.org/abs/{arxiv[1]})")
    return f"{sentence} {source}"


def choose_preset(method: str) -> PresetName:
    """A picker of the presets that a method has."""
    preset = segmented("preset", METHODS[method].presets, "Preset")
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
