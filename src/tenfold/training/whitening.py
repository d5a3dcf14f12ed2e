"""A first layer that need not be learned: the principal components of the images' own patches.

As in Page's and Jordan's fast training of CIFAR-10 networks (2019; 2024, arXiv 2404.00498).
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tenfold.models import Preparation

__all__ = ["whiten"]

SEEN = 1_000  # images whose patches are looked at
LEAST = 0.01  # added to each component's variance, so that what hardly varies is not blown up to noise


def whiten(layer: nn.Conv2d, images: NDArray[np.uint8], preparation: Preparation) -> None:
    """Set a first convolution's weights so that its outputs for `images` (N, H, W) vary by about 1 and not together.

    Half of the filters are the leading components of the patches, the other half their negatives, for the ReLU that
    follows. The weights are held fast, so the layer's gradient is never needed.
    """
    (height, width), (down, right) = layer.kernel_size, layer.stride
    pixels = (torch.from_numpy(images[:SEEN]).float() - preparation.mean) / preparation.std
    patches = pixels.unfold(1, height, down).unfold(2, width, right).reshape(-1, height * width)
    variances, components = torch.linalg.eigh(patches.T.cov())
    scaled = (components / (variances + LEAST).sqrt()).T.flip(0)[: layer.out_channels // 2]
    filters = torch.cat((scaled, -scaled)).reshape(-1, 1, height, width)
    with torch.no_grad():
        layer.weight[: len(filters)] = filters
    layer.weight.requires_grad_(False)
