"""What distances on a map mean: the sentence below it, another one for each layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it brings scikit-learn, which a page does without until there is a map
    from clustergan_core.embedding.fitted import FittedMap


def caption_of(fitted: FittedMap) -> str:
    """The sentence about one finished map."""
    if fitted.settings.algorithm != "pca":
        return "Distances between clusters carry no meaning; who is next to whom within a cluster does."
    n_axes = "two" if fitted.settings.n_components == 2 else "three"
    return (
        f"A linear projection: what is far apart here is far apart in latent space. These {n_axes} axes show "
        f"{shown_share(fitted):.0%} of the variance; what differs along others lies together."
    )


def shown_share(fitted: FittedMap) -> float:
    """Share of the latents' variance that the map's axes show, from 0 to 1; of a projection only."""
    total = float(fitted.latents.var(axis=0).sum())
    return float(fitted.coordinates.var(axis=0).sum()) / total if total else 1.0
