"""Cycle losses: how well encoding and generating undo each other.

ClusterGAN (arXiv 1809.03627) Figure 7 gives, on held-out MNIST, .038 for ‖x − G(E(x))‖ and .0004 for ‖z − E(G(z))‖ as
"mean square L2-distance", without saying whether dimensions are summed or averaged. Both functions here average over
samples *and* dimensions, which is the only plausible reading of the figures: .038 as a sum over MNIST's 784 pixels
would leave an error of .007 of the grey range a pixel. So the values compare with the paper's; the squared length ‖·‖²
of a sample is the value times its number of dimensions.
"""

import numpy as np
from numpy.typing import NDArray


def sample_cycle_loss(samples: NDArray[np.float32], reconstructions: NDArray[np.float32]) -> float:
    """Mean squared difference of samples x and G(E(x)), both (N, *shape), over samples and dimensions."""
    return _mean_square(samples, reconstructions)


def latent_cycle_loss(latents: NDArray[np.float32], recovered: NDArray[np.float32]) -> float:
    """Mean squared difference of latents z and E(G(z)), both (N, D), over samples and dimensions.

    The cluster part of z is one-hot, that of E(G(z)) holds probabilities.
    """
    return _mean_square(latents, recovered)


def _mean_square(original: NDArray[np.float32], returned: NDArray[np.float32]) -> float:
    assert original.shape == returned.shape, (original.shape, returned.shape)
    return float(np.mean(np.square(original - returned), dtype=np.float64))
