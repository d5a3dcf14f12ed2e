"""The rival's side of training: keras_training.py DATA.npz NETWORK EPOCHS -> wall and processor seconds, accuracy.

Seconds of each epoch after a first one, which compiles; with validation after each where the data has a validation part.
"""

import json
import sys
import time

import numpy as np
from keras_networks import build, prepared


def main() -> None:
    """Train an epoch at a time."""
    path, name, epochs = sys.argv[1:]
    data = np.load(path)
    images, labels = prepared(name, data["images"], data["labels"])
    held_out = prepared(name, data["val_images"], data["val_labels"]) if "val_images" in data else None
    model, batch = build(name)
    wall, processor, accuracy = [], [], 0.0
    for _ in range(int(epochs) + 1):
        started, used = time.perf_counter(), time.process_time()
        history = model.fit(images, labels, batch_size=batch, epochs=1, validation_data=held_out, verbose=0)
        wall.append(time.perf_counter() - started)
        processor.append(time.process_time() - used)
        accuracy = history.history["accuracy"][-1]
    print(json.dumps({"wall": wall[1:], "processor": processor[1:], "accuracy": accuracy}))


if __name__ == "__main__":
    main()
