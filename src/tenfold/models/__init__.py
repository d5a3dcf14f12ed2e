"""Names -> networks: the zoo, the layer table, prediction over a split, checkpoints."""

from tenfold.models.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from tenfold.models.classifier import (
    MNIST_STANDARD,
    RAW,
    UNIT,
    Architecture,
    Classifier,
    Preparation,
    device_of,
    parameter_count,
)
from tenfold.models.layer_table import Layer, Summary, summary
from tenfold.models.prediction import predict
from tenfold.models.probability import probabilities
from tenfold.models.zoo import DEFAULT, ZOO, build, parse_network

__all__ = [
    "DEFAULT",
    "MNIST_STANDARD",
    "RAW",
    "UNIT",
    "ZOO",
    "Architecture",
    "Checkpoint",
    "Classifier",
    "Layer",
    "Preparation",
    "Summary",
    "build",
    "device_of",
    "load_checkpoint",
    "parameter_count",
    "parse_network",
    "predict",
    "probabilities",
    "save_checkpoint",
    "summary",
]
