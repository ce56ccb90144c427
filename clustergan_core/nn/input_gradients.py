"""Scores of a piecewise linear critic together with their gradients at the samples, without a second backward pass.

A gradient penalty needs the gradient of a gradient. Autograd computes it by differentiating its own backward pass. For
layers that are linear between kinks (fully connected, convolution, leaky ReLU) there is a shorter way, and it is exact.
With s_l the slopes of layer l at the samples, and d the map from the last hidden layer to the score,
    score    = d · s_n W_n … s_1 (W_1 x + b_1)
    gradient = W_1ᵀ s_1 W_2ᵀ s_2 … W_nᵀ s_n d,
and the slopes do not change with small changes of the weights. The gradient is therefore one reverse pass. Its own
derivative is one forward pass of the penalty's incoming gradient, u ↦ s_l W_l u, and the derivative of both with
respect to W_l is one product: the gradient from above times (grad_score · input_l + u_l). Each sample is processed once
forward, once in reverse and once for the weights, whether the score, the gradient or both are needed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional
from torch.nn.grad import conv2d_input, conv2d_weight

from clustergan_core.nn.acceleration import DTYPES, Precision

_LAYERS = (nn.Flatten, nn.Linear, nn.Conv2d, nn.LeakyReLU)


def is_piecewise_linear(network: nn.Module) -> bool:
    """Whether `scores_and_gradients` supports every layer; it does not support batch normalisation."""
    return all(isinstance(layer, _LAYERS) for layer in network.modules() if not list(layer.children()))


def scores_and_gradients(
    layers: Sequence[nn.Module],
    samples: Tensor,
    direction: Tensor,
    rows: slice = slice(None),
    precision: Precision = "float32",
) -> tuple[Tensor, Tensor]:
    """Computes ⟨direction, layers(x)⟩ for all samples, and its gradient with respect to x for the samples in `rows`.

    `samples` (N, *shape) and `direction`, (N, F) or (F,), give scores (N,) and gradients (n_rows, *shape). Both are
    float32 and differentiable once, with respect to weights, biases and direction, but not the samples. Products run
    at `precision`.
    """
    parameters = [parameter for layer in layers for parameter in layer.parameters()]
    scores, gradients = _Scores.apply(layers, samples, direction.expand(len(samples), -1), rows, precision, *parameters)
    return scores, gradients


def gradients_by_autograd(critic: Callable[[Tensor], Tensor], samples: Tensor) -> Tensor:
    """The critic's gradient at each sample (N, *shape), for any layers, by a second backward pass.

    With batch normalisation in training, it is the gradient of the sum of the batch's scores.
    """
    points = samples.detach().requires_grad_(True)
    (gradients,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return gradients


class _Scores(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        layers: Sequence[nn.Module],
        samples: Tensor,
        direction: Tensor,
        rows: slice,
        precision: Precision,
        *parameters: Tensor,
    ) -> tuple[Tensor, Tensor]:
        dtype = DTYPES[precision]
        pieces = [_build_piece(layer, dtype) for layer in layers]
        inputs, hidden = [], samples.to(dtype)
        for piece in pieces:
            inputs.append(hidden)
            hidden = piece.forward(hidden)
        scores = (hidden.float() * direction).sum(dim=1)
        above, slope = [], direction.to(dtype).contiguous()  # an expanded tensor would be read element by element
        lowest = next((number for number, piece in enumerate(pieces) if isinstance(piece, _Weighted)), 0)
        reversed_rows = slice(None)
        for number, piece in reversed(list(enumerate(pieces))):
            above.append(slope)
            if number == lowest:
                # Below this layer only the rows of the gradients are needed.
                slope, reversed_rows = slope[rows], rows
            slope = piece.reverse(slope, reversed_rows)
        ctx.rows, ctx.pieces, ctx.inputs, ctx.above, ctx.last = rows, pieces, inputs, above[::-1], hidden
        return scores, slope.float()

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride] - what the decorator gives has unnamed parameters
        ctx: Any, *grad_outputs: Tensor
    ) -> tuple[Tensor | None, ...]:
        grad_scores, tangent = [grad.to(ctx.last.dtype) for grad in grad_outputs]

        def mixed(values: Tensor) -> Tensor:
            """grad_score · input_l + u_l."""
            result = values * grad_scores.view(-1, *[1] * (values.dim() - 1))
            result[ctx.rows] += tangent
            return result

        grads: list[Tensor | None] = []
        for piece, values, above in zip(ctx.pieces, ctx.inputs, ctx.above, strict=True):
            if isinstance(piece, _Weighted):
                grads += [piece.weight_gradient(above, mixed(values)), piece.bias_gradient(above, grad_scores)]
            tangent = piece.tangent(tangent, ctx.rows)
        return None, None, mixed(ctx.last).float(), None, None, *grads


class _Piece(ABC):
    """One layer: forward, in reverse, and forward again for tangents, with the slopes of the first pass.

    `rows` selects the samples of the first pass to which a slope or tangent belongs.
    """

    @abstractmethod
    def forward(self, values: Tensor) -> Tensor: ...

    @abstractmethod
    def reverse(self, slope: Tensor, rows: slice) -> Tensor: ...

    @abstractmethod
    def tangent(self, tangent: Tensor, rows: slice) -> Tensor: ...


class _Weighted(_Piece):
    def __init__(self, weight: Tensor, bias: Tensor, dtype: torch.dtype) -> None:
        self.weight, self.bias = weight.detach().to(dtype), bias.detach().to(dtype)

    @abstractmethod
    def weight_gradient(self, above: Tensor, values: Tensor) -> Tensor: ...

    def bias_gradient(self, above: Tensor, grad_scores: Tensor) -> Tensor:
        """The gradient of the bias, which affects only scores and never gradients."""
        return (grad_scores @ above.flatten(1)).view(len(self.bias), -1).sum(dim=1).float()


class _Dense(_Weighted):
    def forward(self, values: Tensor) -> Tensor:
        return functional.linear(values, self.weight, self.bias)

    def reverse(self, slope: Tensor, rows: slice) -> Tensor:
        return slope @ self.weight

    def tangent(self, tangent: Tensor, rows: slice) -> Tensor:
        return functional.linear(tangent, self.weight)

    def weight_gradient(self, above: Tensor, values: Tensor) -> Tensor:
        return (above.t() @ values).float()


class _Convolution(_Weighted):
    def __init__(self, layer: nn.Conv2d, bias: Tensor, dtype: torch.dtype) -> None:
        super().__init__(layer.weight, bias, dtype)
        self.steps: dict[str, Any] = {"stride": layer.stride, "padding": layer.padding}
        self.shape: tuple[int, ...] = ()  # of an input, without the batch

    def forward(self, values: Tensor) -> Tensor:
        self.shape = tuple(values.shape[1:])
        return functional.conv2d(values, self.weight, self.bias, **self.steps)

    def reverse(self, slope: Tensor, rows: slice) -> Tensor:
        return conv2d_input((len(slope), *self.shape), self.weight, slope, **self.steps)

    def tangent(self, tangent: Tensor, rows: slice) -> Tensor:
        return functional.conv2d(tangent, self.weight, **self.steps)

    def weight_gradient(self, above: Tensor, values: Tensor) -> Tensor:
        return conv2d_weight(values, self.weight.shape, above, **self.steps).float()


class _Leak(_Piece):
    def __init__(self, leak: float) -> None:
        self.leak = leak
        self.output = torch.empty(0)  # its signs determine the slope of each unit

    def forward(self, values: Tensor) -> Tensor:
        self.output = functional.leaky_relu(values, self.leak)
        return self.output

    def reverse(self, slope: Tensor, rows: slice) -> Tensor:
        return self._scale(slope, self.output[rows])

    def tangent(self, tangent: Tensor, rows: slice) -> Tensor:
        return self._scale(tangent, self.output[rows])

    def _scale(self, values: Tensor, output: Tensor) -> Tensor:
        # A mask made by torch.where costs ten times as much on a CPU.
        return torch.ops.aten.leaky_relu_backward(values, output, self.leak, self_is_result=True)


class _Flat(_Piece):
    def __init__(self) -> None:
        self.shape: tuple[int, ...] = ()

    def forward(self, values: Tensor) -> Tensor:
        self.shape = tuple(values.shape[1:])
        return values.flatten(1)

    def reverse(self, slope: Tensor, rows: slice) -> Tensor:
        return slope.reshape(-1, *self.shape)

    def tangent(self, tangent: Tensor, rows: slice) -> Tensor:
        return tangent.flatten(1)


def _build_piece(layer: nn.Module, dtype: torch.dtype) -> _Piece:
    match layer:
        case nn.Linear():
            return _Dense(layer.weight, layer.bias, dtype)
        case nn.Conv2d(bias=Tensor() as bias):
            return _Convolution(layer, bias, dtype)
        case nn.LeakyReLU():
            return _Leak(layer.negative_slope)
        case nn.Flatten():
            return _Flat()
    raise AssertionError(f"{type(layer).__name__} is not piecewise linear, or its reverse pass is not implemented.")
