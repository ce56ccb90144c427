"""Scores of a critic with batch normalisation, and their gradients at the samples, without autograd's second pass.

With batch statistics a score depends on its whole batch, and the slopes of a layer change with the weights below it. So
the derivative of a gradient has one more part than in `input_gradients`: what each normalisation's reverse pass owes to
its own input, which then flows down like any other gradient. For one feature of one batch, with r = 1 / √(variance + ε)
and n = r · (x − mean), and with ⟨·⟩ the mean over the batch:
    forward   y = γ n + β
    reverse   R(g) = r · (g − ⟨g⟩ − n ⟨g n⟩)         for g = γ · slope
    tangent   R(u), as R is its own transpose
    owed      r · (q − ⟨q⟩ − n (⟨q n⟩ + ⟨u R(g)⟩))   for q = −r · (u ⟨g n⟩ + g ⟨u n⟩)
Several batches go through at once, side by side, each with statistics of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from clustergan_core.input_gradients import Piece, Weighted, build_piece

_ALL = slice(None)


def batch_scores_and_gradients(
    layers: Sequence[nn.Module], batches: Tensor, direction: Tensor
) -> tuple[Tensor, Tensor]:
    """⟨direction, layers(x)⟩ of each batch, and the gradient of the last batch's sum of scores by its samples.

    `batches` (G, B, *shape) and `direction` (F,) give scores (G, B) and gradients (B, *shape), differentiable once by
    weights, biases and direction; never by the samples. Running statistics move as by G calls in turn.
    """
    parameters = [parameter for layer in layers for parameter in layer.parameters()]
    scores, gradients = _BatchScores.apply(layers, batches, direction, *parameters)
    return scores, gradients


class _BatchScores(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, layers: Sequence[nn.Module], batches: Tensor, direction: Tensor, *parameters: Tensor
    ) -> tuple[Tensor, Tensor]:
        n_batches, batch_size = batches.shape[:2]
        pieces = [_build_piece(layer, n_batches) for layer in layers]
        inputs, hidden = [], batches.flatten(0, 1)
        for piece in pieces:
            inputs.append(hidden)
            hidden = piece.forward(hidden)
        last, above, slope = slice(-batch_size, None), [], direction.expand(batch_size, -1).contiguous()
        for piece in reversed(pieces):
            above.append(slope)
            slope = piece.reverse(slope, last)
        ctx.pieces, ctx.inputs, ctx.above, ctx.hidden, ctx.last = pieces, inputs, above[::-1], hidden, last
        ctx.direction = direction.detach()
        return (hidden @ direction).view(n_batches, batch_size), slope

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride] - what the decorator gives has unnamed parameters
        ctx: Any, *grad_outputs: Tensor
    ) -> tuple[Tensor | None, ...]:
        grad_scores, tangent = grad_outputs[0].flatten(), grad_outputs[1]
        tangents = []
        for piece in ctx.pieces:
            tangents.append(tangent)
            tangent = piece.tangent(tangent, ctx.last)
        grad_direction = grad_scores @ ctx.hidden + tangent.sum(dim=0)

        slope = grad_scores[:, None] * ctx.direction
        grads: list[Tensor | None] = []
        lowest = min(number for number, piece in enumerate(ctx.pieces) if isinstance(piece, Weighted))
        for number in range(len(ctx.pieces) - 1, lowest - 1, -1):
            piece = ctx.pieces[number]
            if isinstance(piece, Weighted):
                values = torch.cat([ctx.inputs[number], tangents[number]])
                weight_gradient = piece.weight_gradient(torch.cat([slope, ctx.above[number]]), values)
                grads += [piece.bias_gradient(slope, torch.ones_like(grad_scores)), weight_gradient]
            if isinstance(piece, _Norm):
                slope, scale_gradient, shift_gradient = piece.descend(slope)
                grads += [shift_gradient, scale_gradient]
            elif number > lowest:
                slope = piece.reverse(slope, _ALL)
        return None, None, grad_direction, *grads[::-1]


class _Norm(Piece):
    """Batch normalisation of G batches, each apart; in reverse only for the last of them."""

    def __init__(self, norm: nn.BatchNorm1d | nn.BatchNorm2d, n_batches: int) -> None:
        self.norm, self.n_batches = norm, n_batches
        self.scale = norm.weight.detach()

    def forward(self, values: Tensor) -> Tensor:
        norm = self.norm
        self.batches = values.chunk(self.n_batches)
        results = [
            torch.native_batch_norm(
                batch, self.scale, norm.bias, norm.running_mean, norm.running_var, True, norm.momentum or 0.0, norm.eps
            )
            for batch in self.batches
        ]
        if norm.num_batches_tracked is not None:
            norm.num_batches_tracked.add_(self.n_batches)
        self.statistics = [(mean, inverse) for _, mean, inverse in results]
        return torch.cat([output for output, _, _ in results])

    def reverse(self, slope: Tensor, rows: slice) -> Tensor:
        self.slope = slope
        self.reversed, self.slope_normal, _ = self._project(slope, -1, self.scale)
        return self.reversed

    def tangent(self, tangent: Tensor, rows: slice) -> Tensor:
        batch, (mean, inverse), scale = self.batches[-1], self.statistics[-1], self._over_channels(self.scale)
        n_averaged = batch.numel() // len(mean)
        passed, tangent_normal, _ = self._project(tangent, -1, torch.ones_like(self.scale))
        # q without its factor −r, with means written as sums over `n_averaged` values.
        q = torch.addcmul(
            tangent * self._over_channels(self.slope_normal * self.scale / n_averaged),
            self.slope,
            self._over_channels(tangent_normal * self.scale / n_averaged),
        )
        owed, _, _ = self._project(q, -1, -inverse)
        along = inverse.square() * self._sum(tangent * self.reversed) / n_averaged
        normal = batch - self._over_channels(mean)  # over r
        self.owed = torch.addcmul(owed, normal, self._over_channels(along), value=-1)
        self.scale_tangent = self._sum(passed * self.slope)
        return passed * scale

    def descend(self, slope: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Gradients by the layer's input (G·B, …), scale and shift, with what the last batch's reverse pass owes."""
        parts = [self._project(part, number, self.scale) for number, part in enumerate(slope.chunk(self.n_batches))]
        parts[-1][0].add_(self.owed)
        scale = torch.stack([scale for _, scale, _ in parts]).sum(dim=0) + self.scale_tangent
        return (
            torch.cat([part for part, _, _ in parts]),
            scale,
            torch.stack([shift for _, _, shift in parts]).sum(dim=0),
        )

    def _project(self, slope: Tensor, number: int, scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """R(scale · slope) for one of the batches, with the sums over the batch of slope · n and of slope."""
        norm, (mean, inverse) = self.norm, self.statistics[number]
        return torch.ops.aten.native_batch_norm_backward(
            slope.contiguous(),
            self.batches[number],
            scale,
            norm.running_mean,
            norm.running_var,
            mean,
            inverse,
            True,
            norm.eps,
            [True, True, True],
        )

    def _over_channels(self, values: Tensor) -> Tensor:
        return values.view(-1, *[1] * (self.batches[-1].dim() - 2))

    def _sum(self, values: Tensor) -> Tensor:
        """Over the batch (B, C, …), and over places in an image."""
        return values.sum(dim=[0, *range(2, values.dim())])


def _build_piece(layer: nn.Module, n_batches: int) -> Piece:
    if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
        return _Norm(layer, n_batches)
    return build_piece(layer, torch.float32)
