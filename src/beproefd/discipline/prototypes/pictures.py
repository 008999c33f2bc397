# SPDX-License-Identifier: EUPL-1.2
"""Pictures: opened, drawn anew from their pixels, and kept in the media folder. Nothing else of a file survives.

A file can hold where a photo was taken, a script behind the picture, or two kinds of file at once. So what is kept is
never what was sent (compare OWASP, File Upload Cheat Sheet: image rewriting).
"""

import base64
import binascii
import io
import os
import re
import struct
import uuid
import zlib
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000  # a phone takes photos of 12 million; a bomb of a few kilobytes can hold billions
LONGEST_SIDE = 1600
FORMATS = ("PNG", "JPEG", "WEBP")
TYPES = {"png": "image/png", "jpg": "image/jpeg"}
NAME = re.compile(r"[0-9a-f]{32}\.(png|jpg)")
DRAWN = "data:image/png;base64,"
UNREADABLE = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError, MemoryError,
    ZeroDivisionError, AttributeError, struct.error, zlib.error, Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)  # fmt: skip
"""What Pillow is known to raise on a broken file."""


@dataclass(frozen=True)
class Picture:
    """A clean picture: our own encoding of its pixels. `kind` is png or jpg."""

    data: bytes
    kind: str
    width: int
    height: int


def read_picture(sent: bytes) -> Picture:
    """Draw a picture anew. Errors: ValidationError for what is too large or no PNG, JPEG or WebP."""
    if len(sent) > MOST_BYTES:
        raise ValidationError(_("This picture is larger than 5 MB. Make it smaller and try again."))
    wrong = ValidationError(_("This is not a picture that we can open. Choose a PNG, JPEG or WebP."))
    try:
        with Image.open(io.BytesIO(sent), formats=FORMATS) as opened:
            kind = "jpg" if opened.format == "JPEG" else "png"
            if opened.width * opened.height > MOST_PIXELS:
                raise ValidationError(_("This picture has too many pixels. Make it smaller and try again."))
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            ImageOps.exif_transpose(opened, in_place=True)
            mode = "RGBA" if opened.has_transparency_data and kind == "png" else "RGB"
            pixels = opened.convert(mode)
            pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            clean = Image.new(mode, pixels.size)
            clean.paste(pixels)
            out = io.BytesIO()
            if kind == "jpg":
                clean.save(out, "JPEG", quality=85, optimize=True)
            else:
                clean.save(out, "PNG", optimize=True)
    except UNREADABLE as problem:
        raise wrong from problem
    return Picture(out.getvalue(), kind, *clean.size)


def read_drawing(sent: str) -> Picture:
    """A drawing as the drawing board sends it: PNG data in text. Errors: ValidationError."""
    if len(sent) > MOST_BYTES * 4 // 3 + len(DRAWN):
        raise ValidationError(_("This picture is larger than 5 MB. Make it smaller and try again."))
    if not sent.startswith(DRAWN):
        raise ValidationError(_("The drawing did not arrive. Try again, or choose a picture."))
    try:
        data = base64.b64decode(sent.removeprefix(DRAWN), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise ValidationError(_("The drawing did not arrive. Try again, or choose a picture.")) from problem
    return read_picture(data)


def folder() -> Path:
    """Where pictures are kept; no address leads here."""
    return Path(settings.DATA_DIR) / "media" / "prototypes"


def name_for(picture: Picture) -> str:
    """A new name, to find a picture by once it is kept."""
    return f"{uuid.uuid4().hex}.{picture.kind}"


def keep(picture: Picture, name: str) -> None:
    """Write a picture to the media folder, whole or not at all."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    half = place / f"{name}.part"
    with half.open("wb") as file:
        file.write(picture.data)
        file.flush()
        os.fsync(file.fileno())
    half.replace(place / name)


def open_kept(name: str) -> tuple[bytes, str] | None:
    """The picture of this name and its type, or None."""
    if not NAME.fullmatch(name):
        return None
    try:
        return (folder() / name).read_bytes(), TYPES[name[-3:]]
    except OSError:
        return None


def throw_away(name: str) -> None:
    """Remove a picture that no screen shows any more."""
    if NAME.fullmatch(name):
        (folder() / name).unlink(missing_ok=True)
