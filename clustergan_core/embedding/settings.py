"""The settings of a map, and the key under which a finished one is stored."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

Algorithm = Literal["pca", "tsne", "umap"]
Place = Callable[[NDArray[np.float32]], NDArray[np.float32]]  # new latents (M, D) → coordinates (M, n_components)

FORMAT = 1  # raise it when the same settings give another map


class MapSettings(BaseModel):
    """Settings of a map; each algorithm reads its own."""

    # Defaults are validated too: an int in place of a float would give another text, and so another key.
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    algorithm: Algorithm = Field("tsne", title="Map", description="How latents are laid out.")
    n_components: Literal[2, 3] = Field(2, title="Dimensions", description="A flat map or a space.")
    perplexity: float = Field(
        30, ge=1, le=500, title="Perplexity", description="t-SNE: about how many neighbours stay close to a sample."
    )
    n_iterations: int = Field(
        750,
        ge=50,
        le=10_000,
        title="Iterations",
        description="t-SNE: the first third, at most 250, separates groups.",
    )
    n_neighbours: int = Field(
        15, ge=2, le=500, title="Neighbours", description="UMAP: how many neighbours stay close to a sample."
    )
    min_dist: float = Field(
        0.1, ge=0, le=1, title="Least distance", description="UMAP: how close together points may be."
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, title="Seed", description="The same seed gives the same map.")


READ_BY: dict[Algorithm, set[str]] = {
    "pca": {"algorithm", "n_components"},
    "tsne": {"algorithm", "n_components", "seed", "perplexity", "n_iterations"},
    "umap": {"algorithm", "n_components", "seed", "n_neighbours", "min_dist"},
}


@dataclass(frozen=True)
class MapFrame:
    """One state of a map that is being computed; the array belongs to the receiver."""

    coordinates: NDArray[np.float32]  # (N, n_components)
    fraction: float  # of the work, 0 to 1
    message: str  # what is happening, for people
    is_final: bool = False


def relevant_settings(settings: MapSettings) -> dict[str, object]:
    """The settings that the chosen algorithm reads, and the format number; they are part of the key and the file."""
    return {"format": FORMAT, **settings.model_dump(include=READ_BY[settings.algorithm])}


def map_key(latents: NDArray[np.float32], settings: MapSettings) -> str:
    """SHA-256 over latents (N, D) and the settings that the algorithm reads; other settings do not change it."""
    latents = np.ascontiguousarray(latents, dtype=np.float32)
    head = json.dumps([latents.shape, relevant_settings(settings)], sort_keys=True)
    return hashlib.sha256(head.encode() + latents.tobytes()).hexdigest()
