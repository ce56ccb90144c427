"""Random affine maps of images, read off from where a bright pixel goes."""

import math

import torch

from clustergan_core.methods.paired_clustergan.partners import random_affine


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def centres_of_mass(images: torch.Tensor) -> torch.Tensor:
    """(B, 2) row and column, in pixels from the middle."""
    side = images.shape[-1]
    place = torch.arange(side) - (side - 1) / 2
    total = images.sum(dim=(1, 2, 3))
    rows = (images.sum(dim=(1, 3)) * place).sum(dim=1) / total
    columns = (images.sum(dim=(1, 2)) * place).sum(dim=1) / total
    return torch.stack([rows, columns], dim=1)


def test_the_middle_moves_by_no_more_than_two_pixels_of_28():
    images = torch.zeros(400, 1, 28, 28)
    images[:, :, 12:16, 12:16] = 1
    moved = centres_of_mass(random_affine(images, generator())).abs()
    # The map of the sampling grid is scaled with the picture: 2 pixels there are 2 · 1.2 here, sheared a little more.
    assert 1.5 < moved.max() < 2 * 1.2 * (1 + 0.3) + 0.1
    assert moved.mean() > 0.5


def test_sizes_change_by_a_fifth_at_most():
    images = torch.zeros(400, 1, 28, 28)
    images[:, :, 8:20, 8:20] = 1
    areas = random_affine(images, generator()).sum(dim=(1, 2, 3)) / 144
    assert 0.8**2 - 0.05 < areas.min() < 0.75 and 1.3 < areas.max() < 1.2**2 + 0.05


def test_a_point_turns_by_no_more_than_the_rotation_and_the_shear():
    images = torch.zeros(500, 1, 29, 29)
    images[:, :, 13:16, 23:26] = 1  # ten pixels to the right of the middle
    rows, columns = centres_of_mass(random_affine(images, generator())).unbind(dim=1)
    angles = torch.rad2deg(torch.atan2(rows, columns)).abs()
    shift = math.degrees(math.atan(2.6 / 7))
    assert angles.median() > 3 and angles.max() < 15 + shift


def test_each_image_of_a_batch_gets_a_map_of_its_own():
    images = torch.rand(1, 2, 16, 16, generator=generator()).expand(3, 2, 16, 16)
    first, second, third = random_affine(images, generator(1))
    assert not torch.allclose(first, second) and not torch.allclose(second, third)


def test_the_generator_alone_decides_the_maps():
    images = torch.rand(4, 1, 16, 16, generator=generator())
    assert torch.equal(random_affine(images, generator(3)), random_affine(images, generator(3)))
    assert not torch.equal(random_affine(images, generator(3)), random_affine(images, generator(4)))
