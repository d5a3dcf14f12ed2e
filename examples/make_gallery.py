"""The pictures of the page's gallery, made from MNIST test digits, in src/tenfold/serving/page/examples/.

    python examples/make_gallery.py

note.jpg      2      blue ink on shaded paper
chalk.jpg     0      light on dark
number.jpg    1974   a number in one line
page.jpg      three lines of three to five digits
sideways.jpg  3      lies on its side; EXIF says so
tiny.png      5      16 x 16 pixels
doubtful.png  3      a 3 that may be a 5
house.png            no digit at all
"""

from pathlib import Path

import cv2
import numpy as np
from make_examples import EXIF_ORIENTATION, TURNED_LEFT, enlarge, grey, on_paper, placed
from numpy.typing import NDArray
from PIL import Image

from tenfold.data import load_mnist

GALLERY = Path(__file__).parents[1] / "src" / "tenfold" / "serving" / "page" / "examples"
CLEAR = {0: 3, 1: 2, 2: 1, 3: 18, 4: 4, 5: 15, 6: 11, 7: 0, 8: 61, 9: 7}
"""Places of easily read test images."""

DOUBTFUL = 449

Ink = NDArray[np.float32]


def line(digits: str, images: NDArray[np.uint8], side: int, pitch: int, rng: np.random.Generator) -> Ink:
    """Digits in a row, not quite at the same height."""
    field = np.zeros((side + 24, pitch * len(digits) + side), np.float32)
    for place, digit in enumerate(digits):
        top, left = int(rng.integers(0, 24)), place * pitch + int(rng.integers(0, 10))
        spot = field[top : top + side, left : left + side]
        np.maximum(spot, enlarge(images[CLEAR[int(digit)]], side), out=spot)
    return field


def stacked(lines: list[Ink], gap: int) -> Ink:
    """Lines below each other, flush left."""
    width = max(part.shape[1] for part in lines)
    padded = [np.pad(part, ((0, gap), (0, width - part.shape[1]))) for part in lines]
    return np.concatenate(padded)


def house() -> Image.Image:
    """A house, drawn with a felt pen."""
    picture = np.full((360, 360), 250, np.uint8)
    walls = np.array([[95, 285], [95, 165], [180, 80], [265, 165], [265, 285], [95, 285]])
    door = np.array([[155, 285], [155, 215], [205, 215], [205, 285]])
    for stroke in (walls, door, np.array([[95, 165], [265, 165]])):
        cv2.polylines(picture, [stroke], False, 30, 11, cv2.LINE_AA)
    return Image.fromarray(picture)


def main() -> None:
    """Write the eight pictures."""
    rng = np.random.default_rng(7)
    images = load_mnist().test.images
    GALLERY.mkdir(parents=True, exist_ok=True)

    def clear(digit: int, side: int) -> Ink:
        return enlarge(images[CLEAR[digit]], side)

    number = line("1974", images, 130, 104, rng)
    page = stacked([line(text, images, 92, 78, rng) for text in ("306", "4157", "92804")], 12)
    on_paper(placed(clear(2, 280), 400, 520, 60, 120), rng).save(GALLERY / "note.jpg", quality=82)
    grey(placed(clear(0, 220), 300, 400, 30, 90), 34, 222).save(GALLERY / "chalk.jpg", quality=85)
    on_paper(placed(number, 420, 600, 120, 30), rng).save(GALLERY / "number.jpg", quality=82)
    on_paper(placed(page, 460, 600, 30, 40), rng).save(GALLERY / "page.jpg", quality=82)
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = TURNED_LEFT
    sideways = on_paper(placed(clear(3, 260), 440, 360, 80, 50), rng).transpose(Image.Transpose.ROTATE_90)
    sideways.save(GALLERY / "sideways.jpg", exif=exif, quality=82)
    Image.fromarray(255 - cv2.resize(images[CLEAR[5]], (16, 16), interpolation=cv2.INTER_AREA)).save(GALLERY / "tiny.png")
    grey(placed(enlarge(images[DOUBTFUL], 240), 320, 320, 40, 40), 248, 40).save(GALLERY / "doubtful.png", optimize=True)
    house().save(GALLERY / "house.png", optimize=True)


if __name__ == "__main__":
    main()
