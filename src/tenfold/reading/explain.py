"""Why a picture was read as it was: hints in words, and a sheet that shows what the network saw."""

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from tenfold.images import Normalised

if TYPE_CHECKING:
    from tenfold.reading.reading import Digit, Reading

LOW_CONTRAST = 0.2
"""Ink that stands out from its paper by less than this share of black against white is hard to find."""

PANEL = 320  # pixels, each of the sheet's three parts
MARGIN, LINE = 20, 24
PAPER, INK, QUIET, ACCENT = (255, 255, 255), (31, 41, 55), (203, 213, 225), (194, 65, 12)

MESSAGES = {"empty": "no ink found", "rejected": "looks like no digit", "error": "the picture could not be opened"}


def hints_for(found: Normalised) -> tuple[str, ...]:
    """What makes a picture hard, in words a person can act on; empty for an easy one."""
    if found.box is None:
        return ()
    said = (
        (found.contrast < LOW_CONTRAST, "low contrast: write darker, or take the picture in better light"),
        (found.touches_border, "the ink touches the picture's border: a part may be cut off"),
        (found.blobs > 1, f"{found.blobs} separate pieces of ink: is it one digit?"),
    )
    return tuple(text for holds, text in said if holds)


def draw_explanation(reading: "Reading") -> Image.Image:
    """The picture with its box, the image that the network saw, the probabilities, and what there is to say.

    An RGB image, 3 panels wide.
    """
    lines = [headline(reading), *reading.hints]
    sheet = Image.new("RGB", (3 * PANEL + 4 * MARGIN, PANEL + 3 * MARGIN + LINE * len(lines)), PAPER)
    sheet.paste(picture_panel(reading), (MARGIN, MARGIN))
    if reading.digits:
        digit = reading.digits[0]
        seen = Image.fromarray(digit.image).resize((PANEL, PANEL), Image.Resampling.NEAREST)
        sheet.paste(seen, (PANEL + 2 * MARGIN, MARGIN))
        sheet.paste(bars_panel(digit), (2 * PANEL + 3 * MARGIN, MARGIN))
    draw = ImageDraw.Draw(sheet)
    for row, line in enumerate(lines):
        draw.text((MARGIN, PANEL + 2 * MARGIN + row * LINE), line, INK if row else ACCENT, font(17))
    return sheet


def headline(reading: "Reading") -> str:
    """The answer in one line."""
    if not reading.digits:
        return MESSAGES[reading.status] if not reading.error else reading.error
    digit = reading.digits[0]
    other, probability = digit.runner_up
    if reading.status == "rejected":
        return f"{MESSAGES['rejected']} (a {digit.digit} with {digit.confidence:.1%} at best)"
    guess = f"a {other} ({probability:.1%})" if probability > digit.none else f"no digit ({digit.none:.1%})"
    doubt = f"; it may also be {guess}" if digit.doubtful else ""
    return f"read as {digit.digit} with {digit.confidence:.1%}{doubt}"


def picture_panel(reading: "Reading") -> Image.Image:
    """The picture, as large as the panel allows, with a box around what was read."""
    panel = Image.new("RGB", (PANEL, PANEL), PAPER)
    if reading.preview is None:
        return panel
    picture = Image.fromarray(reading.preview.pixels).convert("RGB")
    height, width = reading.preview.pixels.shape
    zoom = PANEL / max(height, width)
    size = (max(1, round(width * zoom)), max(1, round(height * zoom)))
    left, top = (PANEL - size[0]) // 2, (PANEL - size[1]) // 2
    panel.paste(picture.resize(size, Image.Resampling.NEAREST if zoom > 2 else Image.Resampling.BILINEAR), (left, top))
    draw = ImageDraw.Draw(panel)
    draw.rectangle((left, top, left + size[0] - 1, top + size[1] - 1), outline=QUIET)
    for digit in reading.digits:
        x, y, w, h = (side * zoom / reading.preview.factor for side in digit.box)
        draw.rectangle((left + x - 2, top + y - 2, left + x + w + 1, top + y + h + 1), outline=ACCENT, width=2)
    return panel


def bars_panel(digit: "Digit") -> Image.Image:
    """A bar for each digit's probability, the best one marked."""
    panel = Image.new("RGB", (PANEL, PANEL), PAPER)
    draw = ImageDraw.Draw(panel)
    pitch = PANEL / max(len(digit.probabilities), 1)
    for row, (name, probability) in enumerate(digit.probabilities.items()):
        top = row * pitch
        best = name == str(digit.digit)
        draw.text((0, top + pitch / 2), name, INK, font(18), anchor="lm")
        draw.rectangle((28, top + 5, 28 + (PANEL - 110), top + pitch - 5), fill=(241, 245, 249))
        if probability > 0:
            end = 28 + (PANEL - 110) * probability
            draw.rectangle((28, top + 5, end, top + pitch - 5), fill=ACCENT if best else (100, 116, 139))
        draw.text((PANEL - 1, top + pitch / 2), f"{probability:.1%}", INK, font(16), anchor="rm")
    return panel


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font, so that no system font is needed."""
    return ImageFont.load_default(size)
