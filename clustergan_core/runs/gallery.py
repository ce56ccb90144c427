"""What a model's card shows, kept beside the run, so that a page of cards loads neither models nor PyTorch."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clustergan_core.embedding.compute import compute_map
from clustergan_core.embedding.settings import MapSettings
from clustergan_core.errors import StorageError
from clustergan_core.files import write_atomically
from clustergan_core.generation import FIXED_SEED, generate_all, generate_grid
from clustergan_core.runs.latents import run_latents, weights_digest
from clustergan_core.runs.maps import MapRequest, find_map
from clustergan_core.runs.run import Run

if TYPE_CHECKING:
    from clustergan_core.method import Method

FILE = "gallery.npz"
N_MODES, N_COLUMNS = 10, 2  # more would be too small to see

Arrays = dict[str, NDArray[np.generic]]


def mode_samples(run: Run, load: Callable[[], Method]) -> NDArray[np.float32]:
    """Samples (modes, 2, *shape) of the first ten modes; `load` gives the run's method where they are not kept yet.

    Without modes they are twenty draws from the prior.
    """
    samples = _kept_or_made(run, lambda: (_draw_samples(load()), True))["samples"]
    floats: NDArray[np.float32] = samples.astype(np.float32)
    return floats / np.float32(255) if samples.dtype == np.uint8 else floats


def cells_on_map(run: Run, load: Callable[[], Method]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Coordinates (N, 2) and clusters (N,) of a run's cells: their map, else, not kept, their first two components."""
    arrays = _kept_or_made(run, lambda: _lay_out_cells(run, load()))
    return arrays["coordinates"].astype(np.float32), arrays["clusters"].astype(np.int64)


def ship_gallery(shipped: Run, method: Method) -> None:
    """Writes what the card of a shipped model shows into its folder."""
    is_of_cells = shipped.config.dataset.kind == "expression"
    arrays = _lay_out_cells(shipped, method)[0] if is_of_cells else _draw_samples(method)
    _write(shipped.folder / "embeddings" / FILE, arrays, weights_digest(shipped, "best"))


def _kept_or_made(run: Run, make: Callable[[], tuple[Arrays, bool]]) -> Arrays:
    digest = weights_digest(run, "best")
    kept = _read(run.find_embedding(FILE), digest)
    if kept is not None:
        return kept
    arrays, is_final = make()
    if is_final:
        with suppress(StorageError):  # a full disk shows the card all the same
            _write(run.embeddings_folder() / FILE, arrays, digest)
    return arrays


def _draw_samples(method: Method) -> Arrays:
    samples = generate_grid(method, N_COLUMNS)[:N_MODES] if method.has_modes else _draw_from_prior(method)
    return {"samples": (samples * 255).round().astype(np.uint8) if method.kind == "image" else samples}


def _draw_from_prior(method: Method) -> NDArray[np.float32]:
    import torch

    generator = torch.Generator().manual_seed(FIXED_SEED)
    latent = method.prior.sample(N_MODES * N_COLUMNS, generator, torch.device("cpu"))
    return generate_all(method, latent).cpu().numpy().reshape(N_MODES, N_COLUMNS, *method.shape)


def _lay_out_cells(run: Run, method: Method) -> tuple[Arrays, bool]:
    request = MapRequest(run, MapSettings.model_validate({}), "all")
    latents = run_latents(run, "all")
    features = request.features(method, latents)
    fitted = find_map(request, features)
    if fitted is None:
        *_, frame = compute_map(features, MapSettings.model_validate({"algorithm": "pca"}))
        coordinates = frame.coordinates
    else:
        coordinates = fitted.coordinates
    clusters = latents.clusters[request.rows(len(latents.clusters))]
    return {"coordinates": coordinates, "clusters": clusters.astype(np.uint16)}, fitted is not None


def _write(path: Path, arrays: Arrays, digest: str) -> None:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, weights=np.array(digest), **arrays)
    write_atomically(path, buffer.getvalue())


def _read(path: Path | None, digest: str) -> Arrays | None:
    """What was kept for the weights of that digest; None for others, and where there is nothing that can be read."""
    if path is None:
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return dict(stored) if stored["weights"].item() == digest else None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        # Derived and safe to delete: a damaged file is made anew like a missing one.
        return None
