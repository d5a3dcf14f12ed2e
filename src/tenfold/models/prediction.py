"""A network over a whole split, batch by batch."""

import numpy as np
import torch
from numpy.typing import NDArray

from tenfold.errors import UsageError
from tenfold.models.classifier import Classifier, device_of


def predict(model: Classifier, images: NDArray[np.uint8], batch_size: int = 250) -> NDArray[np.float32]:
    """Logits (N, C) float32 for `images` (N, H, W) uint8: every image once, in order, for any batch size.

    The network is used in evaluation mode and left in the mode it was in. Raises UsageError for a batch size below 1 and
    images of another shape.
    """
    height, width = model.architecture.size
    if images.shape[1:] != (height, width):
        raise UsageError(f"this network takes images of shape (N, {height}, {width}), not {images.shape}")
    if batch_size < 1:
        raise UsageError(f"batch size must be at least 1, not {batch_size}")
    was_training = model.training
    model.eval()
    device = device_of(model)
    with torch.inference_mode():
        parts = [
            model(torch.from_numpy(images[start : start + batch_size].copy()).to(device)).cpu().numpy()
            for start in range(0, len(images), batch_size)
        ]
    model.train(was_training)
    return np.concatenate(parts) if parts else np.empty((0, len(model.classes)), np.float32)
