# SPDX-License-Identifier: EUPL-1.2
"""A drawing for the demo's screens: a note of ten and a coin of two, as a team would put on paper."""

import io

from PIL import Image, ImageDraw, ImageFont

PAPER, INK, NOTE, GOLD, SILVER = "#fdfcf7", "#1b2a33", "#e9a58c", "#d9b650", "#c9ced2"
WIDTH, HEIGHT = 720, 420


def twelve_euros() -> bytes:
    """The drawing, as the bytes of a PNG."""
    paper = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(paper)
    draw.rounded_rectangle((40, 90, 440, 310), radius=14, fill=NOTE, outline=INK, width=6)
    draw.arc((250, 150, 410, 340), 180, 360, fill=PAPER, width=14)
    _write(draw, (150, 200), "10", 130)
    draw.ellipse((490, 110, 670, 290), fill=SILVER, outline=INK, width=6)
    draw.ellipse((525, 145, 635, 255), fill=GOLD, outline=INK, width=4)
    _write(draw, (580, 200), "2", 90)
    held = io.BytesIO()
    paper.save(held, "PNG", optimize=True)
    return held.getvalue()


def _write(draw: ImageDraw.ImageDraw, middle: tuple[int, int], text: str, size: int) -> None:
    draw.text(middle, text, fill=INK, font=ImageFont.load_default(size), anchor="mm")
