"""What the lessons on the two loops and on decoding show at each of their steps, as strips for a browser."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clustergan_core.browser.charts import Bars, Curves
from clustergan_core.browser.strip import Strip, make_grids
from clustergan_core.decoding import N_ITERATIONS, decode_samples, descend_for, generate_decoded, read_clusters
from clustergan_core.drawing.figures.curves import LINE_COLOURS
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.lessons.arrays import ArraysRecording

if TYPE_CHECKING:  # pages import this module at their top, and PyTorch takes a second
    from clustergan_core.method import Method

X_COLOUR, Z_COLOUR = LINE_COLOURS[:2]
LOWEST, HIGHEST = 1e-5, 2.0  # shown of a distance: the mode's part falls to 1e-7 in some trainings
_ENTRIES = (-0.6, 1.1)  # shown of z: what an encoder without a loss returns may be far larger
_GREY = "#8a8d98"


def cycle_strip(recording: ArraysRecording, n_normal: int) -> Strip:
    """Test digits above what their loop gives back, one z beside its own, and both distances, at each recorded step."""
    arrays = recording.arrays
    steps, distances = arrays["steps"], [arrays[f"{part}_distance"] for part in ("x", "normal", "cluster")]
    samples = np.stack([np.broadcast_to(arrays["x"], arrays["x_back"].shape), arrays["x_back"]], axis=1)
    n_entries = len(arrays["z"][0])
    entries = Bars(
        "one z (grey) and its E(G(z))",
        [f"n{entry + 1}" for entry in range(n_normal)] + [f"c{mode}" for mode in range(n_entries - n_normal)],
        [Z_COLOUR] * n_entries,
        arrays["z_back"][:, 0],
        _ENTRIES,
        beside=arrays["z"][0],
    )
    curves = Curves(
        "mean square (log scale)",
        "training step",
        ("x", "z, its noise", "z, its mode"),
        (X_COLOUR, Z_COLOUR, Z_COLOUR),
        steps,
        np.stack(distances, axis=1),
        (LOWEST, HIGHEST),
        (0, 0, 2),
        is_log=True,
    )
    said = tuple(
        f"After step {step:,}: x {round_distance(x)}, noise of z {round_distance(normal)}, "
        f"mode of z {round_distance(cluster)}. Means of squares over samples and their entries."
        for step, x, normal, cluster in zip(steps.tolist(), *(part.tolist() for part in distances), strict=True)
    )
    rows = (("x", _GREY), ("G(E(x))", X_COLOUR))
    strip = make_grids((samples / 255).astype(np.float32), rows=rows, alt="Test digits x, and below each G(E(x)),")
    return replace(strip, charts=(entries, curves), said=said)


def round_distance(value: float) -> str:
    """Two digits of a distance."""
    return "<0.0001" if value < 1e-4 else np.format_float_positional(value, 2, fractional=False, trim="-")


@dataclass(frozen=True)
class Decoded:
    """A picture's descents: R restarts, T = N_ITERATIONS + 1 states."""

    picture: NDArray[np.float32]  # (*shape)
    losses: NDArray[np.float32]  # (T, R), the lowest so far
    noises: NDArray[np.float32]  # (T, R, n_normal)
    copies: NDArray[np.float32]  # (T, R, *shape)
    encoder_mode: int
    bound: float  # of the noise's entries

    def describe(self, step: int) -> str:
        """Who wins after a number of iterations, by how much, and what the encoder says."""
        winner, second = self.losses[step].argsort(kind="stable")[:2].tolist()
        margin = (self.losses[step, second] - self.losses[step, winner]) / self.losses[step, winner]
        read = "the same mode" if self.encoder_mode == winner else f"mode {self.encoder_mode}"
        return (
            f"After {step} iterations, mode {winner} has the lowest loss; that of mode {second} is {margin:.0%} "
            f"higher. The encoder reads {read}."
        )


def decode_picture(method: Method, picture: NDArray[np.float32], penalty: float) -> Decoded:
    """The descents of a picture (*shape) from all modes, with weight λ = `penalty` of the noise."""
    steps = descend_for(decode_samples(method, picture[None], N_ITERATIONS, penalty), np.inf)
    latents = [step.latents[0] for step in steps]  # (R, n_normal + K) each
    answers = read_clusters(method, picture[None])
    assert answers is not None
    return Decoded(
        picture,
        np.stack([step.losses[0].numpy() for step in steps]),
        np.stack([latent[:, : method.prior.n_normal].numpy() for latent in latents]),
        np.stack([generate_decoded(method, latent) for latent in latents]),
        int(answers[0][0]),
        method.descent.highest,
    )


def decode_strip(decoded: Decoded, name: str) -> Strip:
    """The picture beside the best copy of each mode, the losses, and the winner's noise, after each iteration."""
    n_steps, n_modes = decoded.losses.shape
    colours, names = mode_colours(n_modes), [f"mode {mode}" for mode in range(n_modes)]
    winners = decoded.losses.argmin(axis=1)
    picture = np.broadcast_to(decoded.picture, (n_steps, 1, *decoded.picture.shape))
    losses = Curves(
        "lowest loss so far",
        "iteration",
        names,
        colours,
        np.arange(n_steps),
        decoded.losses,
        (0.0, float(decoded.losses.max())),
    )
    noise = decoded.noises[np.arange(n_steps), winners]
    bars = Bars(
        "noise of the winner, and its bounds",
        [f"n{entry + 1}" for entry in range(noise.shape[1])],
        [Z_COLOUR] * noise.shape[1],
        noise,
        (-1.15 * decoded.bound, 1.15 * decoded.bound),
        bounds=(-decoded.bound, decoded.bound),
    )
    strip = make_grids(
        np.concatenate([picture, decoded.copies], axis=1)[:, None], alt=f"{name}, and the copy of each mode,"
    )
    return replace(
        strip,
        charts=(losses, bars),
        said=tuple(decoded.describe(step) for step in range(n_steps)),
        columns=("x", *names),
        marked=tuple((1 + winners).tolist()),
    )
