"""The rivals' side of reading numbers: rival_numbers.py KIND FOLDER LAYOUT -> {file: text}, seconds.

KIND rapidocr: its recogniser alone; KIND rapidocr-detector: with its detector before it, in both all characters but digits
masked inside; KIND tesseract: digits only, one line or a page. Each picture is made grey, light on dark turned over, small
ones doubled and given a margin, which is more than most users would do.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


def prepared(path: Path) -> Image:
    """A picture as a friendly user would hand it in: (H, W, 3) uint8, dark on light, at least 64 px high, with a margin."""
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    border = np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))
    if np.median(border) < 100:
        grey = 255 - grey
    if grey.shape[0] < 64:
        grey = cv2.resize(grey, None, fx=64 / grey.shape[0], fy=64 / grey.shape[0], interpolation=cv2.INTER_CUBIC)
    edge = int(np.median(border if np.median(border) >= 100 else 255 - border))
    framed = cv2.copyMakeBorder(grey, 12, 12, 12, 12, cv2.BORDER_CONSTANT, value=edge)
    return np.asarray(cv2.cvtColor(framed, cv2.COLOR_GRAY2BGR), np.uint8)


def rapidocr(layout: str, detect: bool) -> Callable[[Path], str]:
    """RapidOCR with everything but digits masked in its recogniser's output."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.use_det": detect, "Global.use_cls": False, "Global.log_level": "critical"})
    written = np.full((120, 400, 3), 255, np.uint8)
    cv2.putText(written, "12345", (40, 80), cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 3)
    engine.run_ocr_steps(written, {})  # it loads its recogniser when it first finds writing
    decode = engine.text_rec.postprocess_op
    allowed = np.array([char in "0123456789" or place == 0 for place, char in enumerate(decode.character)])
    original = type(decode).__call__
    type(decode).__call__ = lambda self, preds, *a, **k: original(self, np.where(allowed, preds, 0), *a, **k)

    def read(path: Path) -> str:
        found = engine(prepared(path))
        texts, boxes = list(found.txts or ()), getattr(found, "boxes", None)
        if boxes is None:
            return "".join(texts)
        between = "\n" if layout == "page" else ""
        return between.join("".join(line) for line in rows(texts, np.asarray(boxes)) if any(line))

    return read


def rows(texts: list[str], boxes: NDArray[np.float64]) -> list[list[str]]:
    """Texts with their quadrilaterals (N, 4, 2), as lines from the top, each from left to right."""
    lines: list[tuple[float, list[tuple[float, str]]]] = []
    for text, box in sorted(zip(texts, boxes, strict=True), key=lambda item: float(item[1][:, 1].mean())):
        middle, height = float(box[:, 1].mean()), float(np.ptp(box[:, 1]))
        if lines and middle - lines[-1][0] < height / 2:
            lines[-1][1].append((float(box[0, 0]), text))
        else:
            lines.append((middle, [(float(box[0, 0]), text)]))
    return [[text for _, text in sorted(line)] for _, line in lines]


def tesseract(layout: str) -> Callable[[Path], str]:
    """Tesseract's command, digits only, a process a picture."""

    def read(path: Path) -> str:
        content = cv2.imencode(".png", prepared(path))[1].tobytes()
        psm = "6" if layout == "page" else "7"
        command = ["tesseract", "-", "-", "--psm", psm, "-c", "tessedit_char_whitelist=0123456789"]
        done = subprocess.run(command, input=content, capture_output=True, check=False)
        lines = ("".join(filter(str.isdigit, line)) for line in done.stdout.decode(errors="replace").splitlines())
        return "\n".join(line for line in lines if line)

    return read


def main() -> None:
    """Read every picture of the folder and print one line of JSON."""
    kind, folder, layout = sys.argv[1:]
    read = tesseract(layout) if kind == "tesseract" else rapidocr(layout, detect=kind == "rapidocr-detector")
    paths = sorted(path for path in Path(folder).iterdir() if path.suffix in (".png", ".jpg"))
    read(paths[0])
    started = time.perf_counter()
    texts = {path.name: read(path) for path in paths}
    print(json.dumps({"texts": texts, "seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main()
