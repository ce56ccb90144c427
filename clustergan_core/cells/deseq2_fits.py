"""DESeq2's fits for all genes at once, in place of PyDESeq2's, which takes 12 ms a gene: a minute for a cluster.

The models are PyDESeq2's own (Love et al. 2014); only the way to their optimum differs, and genes whose coefficients
run away are left to PyDESeq2. Imported where conditions are compared, because PyDESeq2 takes seconds to load.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydeseq2.default_inference import DefaultInference
from scipy.special import gammaln, xlogy

GRID_STEP = 0.5  # of log dispersions
N_SECTIONS = 34  # of the golden section, which leaves 1e-7 of a step
FLAT = 100  # times the least dispersion, below which a descent finds no slope, and DESeq2 fits no trend
GOLDEN = (5**0.5 - 1) / 2
RIDGE = 1e-6  # on coefficients, as in DESeq2

Floats = NDArray[np.float64]


class AllGenesAtOnce(DefaultInference):
    """PyDESeq2's inference on arrays of samples × genes (n, G), without a loop over genes."""

    def __init__(self) -> None:
        super().__init__(n_cpus=1)

    def lin_reg_mu(self, counts: NDArray[Any], size_factors: Floats, design_matrix: Floats, min_mu: float) -> Floats:
        """(n, G) means of a linear model of normalised counts, for designs of as many columns as kinds of samples."""
        normalised = counts / size_factors[:, None]
        coefficients = np.linalg.lstsq(design_matrix, normalised, rcond=None)[0]
        return np.maximum(size_factors[:, None] * (design_matrix @ coefficients), min_mu)

    def alpha_mle(
        self,
        counts: NDArray[Any],
        design_matrix: Floats,
        mu: Floats,
        alpha_hat: Floats,
        min_disp: float,
        max_disp: float,
        prior_disp_var: float | None = None,
        cr_reg: bool = True,
        prior_reg: bool = False,
        optimizer: Literal["BFGS", "L-BFGS-B"] = "L-BFGS-B",
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """(dispersions (G,), True (G,)): the optimum on a grid of their logarithms, made exact by golden sections.

        A gene whose `alpha_hat`, where DESeq2 begins its descent, is next to none keeps it, as it does there.
        """
        centre = np.log(alpha_hat)

        def loss(log_alpha: Floats) -> Floats:
            alpha = np.exp(log_alpha)
            values = _negative_log_likelihood(counts, mu, alpha)
            if cr_reg:
                values = values + 0.5 * np.linalg.slogdet(_information(design_matrix, mu, alpha))[1]
            return values + ((log_alpha - centre) ** 2 / (2 * prior_disp_var) if prior_reg and prior_disp_var else 0.0)

        low, high = float(np.log(min_disp)), float(np.log(max_disp))
        grid = np.linspace(low, high, 1 + int(np.ceil((high - low) / GRID_STEP)))
        losses = np.stack([loss(np.full(counts.shape[1], point)) for point in grid])  # (points, G)
        best = losses.argmin(axis=0)
        left, right = grid[np.maximum(best - 1, 0)], grid[np.minimum(best + 1, len(grid) - 1)]
        for _ in range(N_SECTIONS):
            width = GOLDEN * (right - left)
            is_left = loss(right - width) < loss(left + width)
            left, right = np.where(is_left, left, right - width), np.where(is_left, left + width, right)
        found = np.where(alpha_hat < FLAT * min_disp, np.maximum(centre, low), (left + right) / 2)
        return np.exp(found), np.ones(len(centre), dtype=np.bool_)

    def irls(
        self,
        counts: NDArray[Any],
        size_factors: Floats,
        design_matrix: Floats,
        disp: Floats,
        min_mu: float,
        beta_tol: float,
        min_beta: float = -30,
        max_beta: float = 30,
        optimizer: Literal["BFGS", "L-BFGS-B"] = "L-BFGS-B",
        maxiter: int = 250,
    ) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
        """(coefficients (G, p), means (n, G), hat diagonals (n, G), converged (G,)) by reweighted least squares."""
        factors, n_genes = size_factors[:, None], counts.shape[1]
        beta = np.linalg.lstsq(design_matrix, np.log(counts / factors + 0.1), rcond=None)[0]  # (p, G)
        deviance = np.full(n_genes, 1000.0)
        active, left = np.arange(n_genes), np.zeros(n_genes, dtype=np.bool_)
        for _ in range(maxiter):
            y, alpha = counts[:, active], disp[active]
            means = np.maximum(factors * np.exp(design_matrix @ beta[:, active]), min_mu)
            weights = means / (1 + means * alpha)
            target = np.log(means / factors) + (y - means) / means
            information = _information(design_matrix, means, alpha) + RIDGE * np.eye(design_matrix.shape[1])
            step = np.linalg.solve(information, (design_matrix.T @ (weights * target)).T[:, :, None])[:, :, 0].T
            strays = (np.abs(step) > max_beta).any(axis=0)
            left[active[strays]] = True
            beta[:, active] = np.where(strays, beta[:, active], step)
            means = np.maximum(factors * np.exp(design_matrix @ beta[:, active]), min_mu)
            new = -2 * _negative_log_likelihood(y, means, alpha)
            ratio = np.abs(new - deviance[active]) / (np.abs(new) + 0.1)
            deviance[active] = new
            active = active[~strays & (ratio > beta_tol)]
            if not len(active):
                break
        left[active] = True
        means = factors * np.exp(design_matrix @ beta)
        bounded = np.maximum(means, min_mu)
        weights = bounded / (1 + bounded * disp)
        inverse = np.linalg.inv(_information(design_matrix, bounded, disp) + RIDGE * np.eye(design_matrix.shape[1]))
        hat = weights * np.einsum("ni,gij,nj->ng", design_matrix, inverse, design_matrix)
        coefficients, converged = beta.T.astype(np.float64), np.ones(n_genes, dtype=np.bool_)
        if left.any():
            coefficients[left], means[:, left], hat[:, left], converged[left] = super().irls(
                counts[:, left], size_factors, design_matrix, disp[left], min_mu, beta_tol, min_beta, max_beta,
                optimizer, maxiter,
            )  # fmt: skip
        return coefficients, means, hat, converged


def _information(design: Floats, mu: Floats, alpha: Floats) -> Floats:
    """(G, p, p) XᵀWX with the weights of a negative binomial of means (n, G) and dispersions (G,)."""
    return np.einsum("ni,ng,nj->gij", design, mu / (1 + mu * alpha), design, optimize=True)


def _negative_log_likelihood(counts: NDArray[Any], mu: Floats, alpha: Floats) -> Floats:
    """(G,) of counts (n, G), negative binomial with these means and dispersions (G,)."""
    size = 1 / alpha
    terms = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1)
    terms += xlogy(counts, mu) - xlogy(counts, size + mu) - size * np.log1p(mu * alpha)
    return -terms.sum(axis=0)
