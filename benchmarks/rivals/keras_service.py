"""The service that a tutorial writes: FastAPI, a Keras network, `predict` for every request. For
benchmarks/serving_beside_keras.py.

    .venv-rivals/bin/python -c "import uvicorn"     # fastapi, uvicorn, httptools, uvloop, pillow beside requirements.txt

The network is the tutorials' convolutional one, its weights as they are drawn: what is timed does not depend on them.
"""

import io
import sys

import keras
import numpy as np
import uvicorn
from fastapi import FastAPI, Request
from keras import layers
from PIL import Image

app = FastAPI()
network = keras.Sequential(
    [
        layers.Input((28, 28, 1)),
        *(layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2)),
        *(layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2)),
        *(layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dense(10, activation="softmax")),
    ]
)


@app.post("/v1/read")
async def read(request: Request) -> dict[str, float | int]:
    """The digit in a picture that is 28x28 already."""
    picture = Image.open(io.BytesIO(await request.body())).convert("L").resize((28, 28))
    found = network.predict(1 - np.asarray(picture, np.float32)[None, ..., None] / 255, verbose=0)[0]
    return {"digit": int(found.argmax()), "confidence": float(found.max())}


class Server(uvicorn.Server):
    """Says where it listens, as Tenfold does."""

    async def startup(self, sockets=None) -> None:  # type: ignore[no-untyped-def]
        """Listen, and say so."""
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"serving on http://127.0.0.1:{port}/", file=sys.stderr, flush=True)


network.predict(np.zeros((1, 28, 28, 1), np.float32), verbose=0)
Server(uvicorn.Config(app, port=0, log_level="critical", access_log=False)).run()
