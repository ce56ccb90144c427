"""FittedMap: a finished map that places new samples and is stored in a folder between visits."""

import json
import os
import tempfile
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clustergan_core.embedding.compute import find_algorithm, is_constant
from clustergan_core.embedding.settings import MapSettings, Place, map_key, relevant_settings


@dataclass(frozen=True)
class FittedMap:
    """The finished coordinates of some latents.

    On disk a map is one `.npz`, named by its key, with the coordinates and its settings as JSON. The latents are not
    stored there: callers have them, because they are part of the key. The library's own object for placing new samples
    is rebuilt from latents and coordinates at the first call, so that no library object is ever pickled.
    """

    latents: NDArray[np.float32]  # (N, D)
    coordinates: NDArray[np.float32]  # (N, n_components)
    settings: MapSettings

    def place(self, new_latents: NDArray[np.float32]) -> NDArray[np.float32]:
        """Coordinates (M, n_components) of new latents (M, D) by the library's own `transform`.

        The map itself does not move. The first call searches neighbours, which takes seconds for 10,000 latents.
        """
        new_latents = np.ascontiguousarray(new_latents, dtype=np.float32)
        if len(new_latents) == 0 or is_constant(self.latents):
            return np.zeros((len(new_latents), self.settings.n_components), dtype=np.float32)
        return self._place(new_latents)

    def save(self, folder: Path) -> Path:
        """Writes the map atomically into `folder`, which is created if necessary; returns the file."""
        folder.mkdir(parents=True, exist_ok=True)
        path = _path(folder, self.latents, self.settings)
        handle, part = tempfile.mkstemp(dir=folder, prefix=".map-", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                settings = json.dumps(relevant_settings(self.settings), sort_keys=True)
                np.savez_compressed(file, coordinates=self.coordinates, settings=np.array(settings))
            Path(part).replace(path)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        return path

    @staticmethod
    def load(folder: Path, latents: NDArray[np.float32], settings: MapSettings) -> "FittedMap | None":
        """The stored map of these latents and settings in `folder`, or None where there is no readable one."""
        try:
            # Opened here, because numpy leaves a corrupt file open.
            with _path(folder, latents, settings).open("rb") as raw, np.load(raw, allow_pickle=False) as file:
                coordinates = file["coordinates"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            # Derived and safe to delete: a corrupt file is computed again, like a missing one.
            return None
        if coordinates.shape != (len(latents), settings.n_components):
            return None
        return FittedMap(np.ascontiguousarray(latents, dtype=np.float32), coordinates.astype(np.float32), settings)

    @cached_property
    def _place(self) -> Place:
        _, placer = find_algorithm(self.settings.algorithm)
        return placer(self.latents, self.coordinates, self.settings)


def _path(folder: Path, latents: NDArray[np.float32], settings: MapSettings) -> Path:
    return folder / f"{map_key(latents, settings)}.npz"
