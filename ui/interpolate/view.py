"""A run's generator at one z_n: opened once a page, and all that the page draws of images and tables comes from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clustergan_core.drawing.pictures.bitmaps import crisp_side
from clustergan_core.drawing.pictures.tabular import thumbnail
from clustergan_core.runs.run import Run
from ui.frame.theme import theme_name
from ui.loading.runs import weights_stamp

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    from clustergan_core.method import Method
    from ui.interpolate.codes import Ends


@dataclass(frozen=True)
class GeneratorView:
    """What a run generates from any code at one z_n."""

    run: Run
    method: Method
    normal: NDArray[np.float32]  # (n_normal,) the z_n

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The table's columns, empty for images."""
        return self.run.config.dataset.feature_names

    def generate(self, codes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Samples (n, *shape) of codes (n, K)."""
        from clustergan_core.generation import generate_codes

        return generate_codes(self.method, codes, self.normal)

    def sample_walk(self, ends: Ends, n_steps: int) -> tuple[list[float], NDArray[np.float32]]:
        """Evenly spaced μ from 0 to 1 and their samples (n_steps, *shape)."""
        from clustergan_core.generation import walk_codes

        mus = [step / (n_steps - 1) for step in range(n_steps)]
        return mus, self.generate(walk_codes(self.method.prior, ends.mode_a, ends.mode_b, mus))

    def walk_key(self, ends: Ends) -> tuple[object, ...]:
        """All that pictures of a whole walk depend on: everything but μ."""
        stamp = weights_stamp(self.run)
        return str(self.run.folder), stamp, ends.mode_a, ends.mode_b, self.normal.tobytes(), theme_name()

    def draw_sample(self, sample: NDArray[np.float32], side: int) -> Image.Image:
        """One sample at most `side` pixels large, in whole pixels where it is an image."""
        kind = self.run.config.dataset.kind
        return thumbnail(sample, kind, self.feature_names, crisp_side(sample.shape, side), theme=theme_name())
