"""The example pictures of this folder, made from MNIST test digits, and their sheet in docs/images/.

    python examples/make_examples.py

paper.jpg          2  blue ink on shaded, grainy paper
light_on_dark.png  0  chalk on a blackboard
off_centre.png     4  small, in a corner of a large sheet
large.png          9  1,200 pixels high
small.png          5  16 x 16 pixels
turned.jpg         3  lies on its side; EXIF says so
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tenfold.data import load_mnist

FOLDER = Path(__file__).parent
SHEET = FOLDER.parent / "docs" / "images" / "examples.png"
EXIF_ORIENTATION, TURNED_LEFT = 0x0112, 6  # 6: the picture must be turned a quarter to the right to stand upright


def enlarge(digit: NDArray[np.uint8], side: int) -> NDArray[np.float32]:
    """(28, 28) uint8 -> (side, side) ink from 0 to 1 with the smooth edges of a pen."""
    large = cv2.resize(digit, (side, side), interpolation=cv2.INTER_CUBIC).astype(np.float32) / 255
    return np.clip((cv2.GaussianBlur(large, (0, 0), side / 55) - 0.35) / 0.3, 0, 1)


def on_paper(ink: NDArray[np.float32], rng: np.random.Generator) -> Image.Image:
    """Blue ink on yellowish paper with grain, light from one side."""
    height, width = ink.shape
    across, down = np.linspace(1.0, 0.72, width, dtype=np.float32), np.linspace(1.0, 0.9, height, dtype=np.float32)
    shade = down[:, None] * across
    grain = cv2.GaussianBlur(rng.normal(0, 1, ink.shape).astype(np.float32), (0, 0), 1.5) * 0.02
    paper, pen = np.array([236, 228, 206], np.float32), np.array([38, 52, 140], np.float32)
    mixed = paper * (1 - ink[..., None] * 0.9) + pen * ink[..., None] * 0.9
    return Image.fromarray(np.clip(mixed * (shade + grain)[..., None], 0, 255).astype(np.uint8))


def placed(ink: NDArray[np.float32], height: int, width: int, top: int, left: int) -> NDArray[np.float32]:
    """The ink somewhere in a larger empty field."""
    field = np.zeros((height, width), np.float32)
    field[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return field


def grey(ink: NDArray[np.float32], paper: float, pen: float) -> Image.Image:
    """Ink of one grey level on paper of another."""
    return Image.fromarray(np.rint(paper + (pen - paper) * ink).astype(np.uint8))


def main() -> None:
    """Write the six pictures and their sheet."""
    rng = np.random.default_rng(0)
    test = load_mnist().test
    first = {label: test.images[np.flatnonzero(test.labels == label)[0]] for label in range(10)}
    on_paper(placed(enlarge(first[2], 420), 600, 800, 90, 190), rng).save(FOLDER / "paper.jpg", quality=85)
    grey(placed(enlarge(first[0], 200), 240, 320, 20, 60), 30, 225).save(FOLDER / "light_on_dark.png")
    grey(placed(enlarge(first[4], 60), 480, 640, 400, 560), 250, 20).save(FOLDER / "off_centre.png")
    grey(enlarge(first[9], 1200), 255, 0).save(FOLDER / "large.png")
    small = cv2.resize(first[5], (16, 16), interpolation=cv2.INTER_AREA)
    Image.fromarray(255 - small).save(FOLDER / "small.png")
    upright = on_paper(placed(enlarge(first[3], 300), 480, 360, 90, 30), rng)
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = TURNED_LEFT
    upright.transpose(Image.Transpose.ROTATE_90).save(FOLDER / "turned.jpg", exif=exif, quality=85)
    contact_sheet(sorted(FOLDER.glob("*.[jp][pn]g"))).save(SHEET, optimize=True)


def contact_sheet(paths: list[Path], side: int = 200) -> Image.Image:
    """The pictures as they are stored, side by side, for the README."""
    sheet = Image.new("RGB", (side * len(paths) + 10, side + 10), (229, 231, 235))
    for place, path in enumerate(paths):
        picture = Image.open(path).convert("RGB")
        picture.thumbnail((side - 10, side - 10))
        if picture.height < side // 4:
            picture = picture.resize((picture.width * 6, picture.height * 6), Image.Resampling.NEAREST)
        sheet.paste(picture, (place * side + 5 + (side - picture.width) // 2, 5 + (side - picture.height) // 2))
    return sheet


if __name__ == "__main__":
    main()
