"""The five notebooks' networks as their own Keras code builds them: name -> (network, batch size, how labels are given)."""

import keras
from keras import layers


def dense(*widths: int, dropout: float = 0.0) -> list[keras.Layer]:
    """Dense layers with ReLU, each followed by dropout if any."""
    found: list[keras.Layer] = []
    for width in widths:
        found += [layers.Dense(width, activation="relu"), *([layers.Dropout(dropout)] if dropout else [])]
    return found


def convolutional() -> list[keras.Layer]:
    """Two convolutions, each with pooling by 2, dense 128, dropout."""
    return [
        *(layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2)),
        *(layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2)),
        *(layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dropout(0.5)),
    ]


def build(name: str) -> tuple[keras.Model, int]:
    """The compiled network and its batch size."""
    hidden, batch, optimiser, loss = {
        "deep_mlp": (dense(256, 256, 256, 256, 256), 75, "adam", "sparse_categorical_crossentropy"),
        "wide_mlp": (dense(512), 128, "rmsprop", "categorical_crossentropy"),
        "mlp_vs_cnn": (convolutional(), 32, "adam", "sparse_categorical_crossentropy"),
        "tiny_mlp": (dense(4, 4), 32, "adam", "sparse_categorical_crossentropy"),
        "quickstart_logits": (
            dense(128, dropout=0.2), 32, "adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        ),
    }[name]  # fmt: skip
    shape = (28, 28, 1) if name == "mlp_vs_cnn" else (784,)
    last = layers.Dense(10, activation=None if name == "quickstart_logits" else "softmax")
    model = keras.Sequential([layers.Input(shape), *hidden, last])
    model.compile(optimizer=optimiser, loss=loss, metrics=["accuracy"])
    return model, batch


def prepared(name: str, images, labels):  # type: ignore[no-untyped-def]  # arrays in, arrays out
    """Pixels from 0 to 1 in the network's shape, and labels as its loss takes them."""
    pixels = images.reshape(len(images), *((28, 28, 1) if name == "mlp_vs_cnn" else (784,))).astype("float32") / 255
    return pixels, keras.utils.to_categorical(labels) if name == "wide_mlp" else labels
