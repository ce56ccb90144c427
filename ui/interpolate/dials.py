"""Entries of a latent vector with a handle each, and the samples along one of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from clustergan_core.browser.parts import Dial
from ui.frame.choices import slider
from ui.interpolate.codes import ALL_AT_ZERO, describe_code
from ui.loading.runs import weights_stamp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clustergan_core.browser.strip import Strip
    from clustergan_core.cells.switch_genes import Ranking
    from clustergan_core.nn.prior import Prior
    from ui.cells.view import CellsView
    from ui.interpolate.view import GeneratorView

_N_CURVES = 6
_STEP = 0.005  # of what the address may hold; the handles move in larger steps


def place_dials(dials: Sequence[Dial]) -> tuple[Dial, ...]:
    """The dials with their values, each from its last move or from the address, where its name is the parameter.

    Streamlit's own sliders, out of sight, hold the values: so they follow links, the pages and the buttons as all do.
    """
    if not dials:
        return ()
    key = f"{dials[0].name}-dials"
    st.html(f"<style>.st-key-{key} {{ display: none; }}</style>")
    with st.container(key=key):
        return tuple(
            replace(dial, value=slider(dial.name, dial.label, dial.low, dial.high, dial.first, _STEP)) for dial in dials
        )


@dataclass(frozen=True)
class LatentPlace:
    """A latent vector as it was chosen, with the dials that move its entries."""

    prior: Prior
    code: NDArray[np.float32]  # (K,)
    normals: NDArray[np.float32]  # (n_draws, n_normal), one draw unless genes are averaged
    dials: tuple[Dial, ...]

    @property
    def key(self) -> str:
        """All that it depends on."""
        parts = self.code.tobytes() + self.normals.tobytes() + repr(self.dials).encode()
        return hashlib.sha256(parts).hexdigest()

    def along(self, dial: Dial) -> tuple[NDArray[np.float32], NDArray[np.float32], tuple[str, ...]]:
        """Codes (M, K), normals (M, n_draws, n_normal) and a sentence on each of the dial's M values."""
        from clustergan_core.generation import mixture_code

        values, number = dial.values(), int(dial.name[1:])
        codes = np.repeat(self.code[None], len(values), axis=0)
        normals = np.repeat(self.normals[None], len(values), axis=0)
        if dial.name[0] == "z":
            normals[:, :, number] = np.array(values, np.float32)[:, None] * self.prior.sigma
            place = describe_code(self.code)
            return codes, normals, tuple(f"z_c = {place}; {dial.label} = {value:.2f} σ" for value in values)
        weights = [0.0] * self.prior.n_clusters
        for other in self.dials:
            if other.name[0] == "w":
                weights[int(other.name[1:])] = other.value
        said = []
        for step, value in enumerate(values):
            weights[number] = value
            codes[step] = mixture_code(self.prior, weights)
            said.append(f"z_c = {describe_code(codes[step])}" if any(weights) else ALL_AT_ZERO)
        return codes, normals, tuple(said)


def picture_fan(view: GeneratorView, place: LatentPlace, dial: Dial) -> Strip:
    """The pictures and codes at the dial's values."""
    return _pictures(view, place, dial, (str(view.run.folder), weights_stamp(view.run), place.key, dial.name))


@st.cache_data(max_entries=200, show_spinner=False)
def _pictures(_view: GeneratorView, _place: LatentPlace, _dial: Dial, key: object) -> Strip:
    from clustergan_core.browser.strip import make_strip
    from clustergan_core.generation import generate_latents, read_codes

    codes, normals, said = _place.along(_dial)
    samples = generate_latents(_view.method, codes, normals[:, 0])
    return replace(make_strip(samples, read_codes(_view.method, samples), _view.feature_names), said=said)


def gene_fan(
    view: CellsView, place: LatentPlace, dial: Dial, by: Ranking = "range", added: Sequence[int] = ()
) -> Strip:
    """Curves over the dial's values of the genes that change most on its way and of those `added`, and the codes."""
    return _genes(view, place, dial, by, tuple(added), (*view.weights_key, place.key, dial.name))


@st.cache_data(max_entries=200, show_spinner=False)
def _genes(
    _view: CellsView, _place: LatentPlace, _dial: Dial, by: Ranking, added: tuple[int, ...], key: object
) -> Strip:
    from clustergan_core.browser.charts import Curves
    from clustergan_core.browser.strip import chart_strip
    from clustergan_core.cells.switch_genes import rank_genes
    from clustergan_core.drawing.figures.axes import cut
    from clustergan_core.drawing.figures.gene_walks import line_dash, line_look
    from clustergan_core.generation import generate_latents, read_codes

    codes, normals, said = _place.along(_dial)
    means, read = [], []
    # Step by step, because all draws of all steps of thousands of genes would take much memory.
    for code, normal in zip(codes, normals, strict=True):
        samples = generate_latents(_view.method, np.broadcast_to(code, (len(normal), len(code))), normal)
        means.append(_view.scale.expression(samples).mean(axis=0))
        step_codes = read_codes(_view.method, samples)
        read.append(None if step_codes is None else step_codes.mean(axis=0))
    mean = np.stack(means)
    genes = list(dict.fromkeys([*rank_genes(mean, by, _N_CURVES).tolist(), *added])) or [0]
    shown = mean[:, genes]
    curves = Curves(
        _view.scale.title,
        _dial.label,
        [cut(_view.gene_names[gene]) for gene in genes],
        [line_look(rank)[0] for rank in range(len(genes))],
        np.array(_dial.values()),
        shown,
        (float(shown.min(initial=0)), float(shown.max(initial=0)) or 1.0),
        [line_dash(rank) for rank in range(len(genes))],
    )
    has_codes = all(code is not None for code in read)
    return chart_strip((curves,), np.stack(read) if has_codes else None, said, alt="Generated cells")
