"""The rival's side of time to an accuracy: keras_accuracy.py DATA.npz NETWORK EPOCHS -> seconds, accuracy by epoch.

Seconds of training so far, compiling included, as a user waits for them; accuracy on the test images after each epoch, the
measuring not counted.
"""

import json
import sys
import time

import numpy as np
from keras_networks import build, prepared


def main() -> None:
    """Train an epoch at a time, as the notebook does, and look at the test images after each."""
    path, name, epochs = sys.argv[1:]
    data = np.load(path)
    images, labels = prepared(name, data["images"], data["labels"])
    test_images, test_labels = prepared(name, data["test_images"], data["test_labels"])
    model, batch = build(name)
    seconds, accuracy, taken = [], [], 0.0
    for _ in range(int(epochs)):
        started = time.perf_counter()
        model.fit(images, labels, batch_size=batch, epochs=1, verbose=0)
        taken += time.perf_counter() - started
        seconds.append(taken)
        accuracy.append(model.evaluate(test_images, test_labels, batch_size=1000, verbose=0)[1])
    print(json.dumps({"seconds": seconds, "accuracy": accuracy}))


if __name__ == "__main__":
    main()
