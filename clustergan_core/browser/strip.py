"""Every step of a walk as bytes: what the browser shows while the handle moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clustergan_core.drawing.pictures.bitmaps import to_bytes
from clustergan_core.drawing.pictures.tabular import is_pen_stroke

N_STEPS = 101  # μ in hundredths

Form = Literal["pixels", "profile", "stroke"]


@dataclass(frozen=True)
class Strip:
    """The samples and codes of N steps from μ = 0 to μ = 1."""

    form: Form
    samples: NDArray[np.uint8]  # pixels (N, H, W, C); rows of a table (N, F)
    codes: NDArray[np.uint8] | None  # (N, K) probabilities × 255; None where no code is read
    reads: NDArray[np.uint16] | None  # (N,) the most probable mode, by the probabilities themselves

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of a picture; a table's is square."""
        return (self.samples.shape[1], self.samples.shape[2]) if self.form == "pixels" else (1, 1)

    def sections(self) -> dict[str, bytes]:
        """The arrays by name, as the browser reads them."""
        sections = {"samples": self.samples.tobytes()}
        if self.codes is not None and self.reads is not None:
            sections |= {"codes": self.codes.tobytes(), "reads": self.reads.astype("<u2").tobytes()}
        return sections


def make_strip(
    samples: NDArray[np.float32], codes: NDArray[np.float32] | None, feature_names: tuple[str, ...] = ()
) -> Strip:
    """The strip of samples (N, *shape) in [0, 1] and their codes (N, K), each rounded to 1/255."""
    form: Form = "pixels" if samples.ndim == 4 else "stroke" if is_pen_stroke(feature_names) else "profile"
    rounded = to_bytes(samples).transpose(0, 2, 3, 1) if form == "pixels" else to_levels(samples)
    return Strip(
        form,
        np.ascontiguousarray(rounded),
        None if codes is None else to_levels(codes),
        None if codes is None else codes.argmax(axis=1).astype(np.uint16),
    )


def to_levels(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Values in [0, 1] in steps of 1/255."""
    return np.rint(np.clip(np.nan_to_num(values), 0, 1) * 255).astype(np.uint8)
