# SPDX-License-Identifier: EUPL-1.2
"""Whatever is sent as a picture: what is kept is our own drawing of its pixels, or nothing."""

import base64
import io

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from beproefd.discipline.prototypes import pictures
from beproefd.discipline.prototypes.pictures import LONGEST_SIDE, MOST_BYTES, read_drawing, read_picture
from tests.factories.prototypes import picture_bytes

SCRIPT = b"<script>alert(document.cookie)</script>"
SEEDS = [picture_bytes(kind) for kind in ("PNG", "JPEG", "WEBP")]


def opened(data: bytes) -> Image.Image:
    found = Image.open(io.BytesIO(data))
    found.load()
    return found


@settings(max_examples=150, deadline=None)
@given(seed=st.sampled_from(SEEDS), tail=st.binary(max_size=400), at=st.floats(0, 1), bits=st.binary(max_size=12))
def test_a_hostile_file_never_comes_through_unchanged(seed: bytes, tail: bytes, at: float, bits: bytes) -> None:
    """A picture with something behind it, inside it, or over it: refused, or drawn anew without it."""
    place = int(at * len(seed))
    payload = SCRIPT + tail
    for hostile in (seed + payload, seed[:place] + bits + seed[place + len(bits) :] + payload, payload + seed, payload):
        try:
            clean = read_picture(hostile)
        except ValidationError:
            continue
        assert clean.data != hostile
        assert SCRIPT not in clean.data
        assert opened(clean.data).size == (clean.width, clean.height)


@settings(max_examples=100, deadline=None)
@given(sent=st.binary(max_size=2000))
def test_what_is_no_picture_is_refused_with_a_sentence(sent: bytes) -> None:
    with pytest.raises(ValidationError) as refusal:
        read_picture(sent)
    assert refusal.value.messages == ["This is not a picture that we can open. Choose a PNG, JPEG or WebP."]


def test_where_a_photo_was_taken_does_not_survive() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Thuis bij mevrouw Jansen"
    exif[0x8825] = {1: "N", 2: (52.0, 22.0, 0.0)}
    for kind in ("JPEG", "WEBP", "PNG"):
        sent = picture_bytes(kind, exif=exif)
        assert b"Jansen" in sent
        kept = read_picture(sent).data
        assert b"Jansen" not in kept
        assert dict(opened(kept).getexif()) == {}
        assert set(opened(kept).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_text_and_profiles_inside_a_png_do_not_survive() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SCRIPT.decode(), zip=False)
    kept = read_picture(picture_bytes("PNG", pnginfo=info, icc_profile=SCRIPT * 10)).data
    assert opened(kept).info == {}
    assert SCRIPT not in kept


def test_a_photo_that_lies_on_its_side_stands_up() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = read_picture(picture_bytes("JPEG", size=(60, 80), exif=exif))
    assert (kept.width, kept.height) == (80, 60)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO", "PDF"])
def test_another_kind_of_file_is_refused(kind: str) -> None:
    with pytest.raises(ValidationError):
        read_picture(picture_bytes(kind))


def test_svg_and_html_are_refused() -> None:
    for sent in (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"<html>" + SCRIPT):
        with pytest.raises(ValidationError):
            read_picture(sent)


def test_too_many_bytes_and_too_many_pixels_are_refused() -> None:
    with pytest.raises(ValidationError, match="larger than 5 MB"):
        read_picture(SEEDS[0] + b"\0" * MOST_BYTES)
    with pytest.raises(ValidationError, match="too many pixels"):
        read_picture(picture_bytes("PNG", size=(9000, 5000)))
    with pytest.raises(ValidationError):
        read_picture(picture_bytes("PNG", size=(20000, 10000)))


def test_a_large_picture_becomes_small_enough_for_a_phone_and_keeps_its_shape() -> None:
    kept = read_picture(picture_bytes("PNG", size=(4000, 1000)))
    assert (kept.width, kept.height) == (LONGEST_SIDE, LONGEST_SIDE // 4)


def test_a_drawing_is_read_as_png_and_nothing_else() -> None:
    sent = "data:image/png;base64," + base64.b64encode(SEEDS[0]).decode()
    assert read_drawing(sent).kind == "png"
    for wrong in (
        "",
        "data:text/html;base64,PHNjcmlwdD4=",
        "data:image/png;base64,@@@",
        sent[:60],
        "javascript:alert(1)",
    ):
        with pytest.raises(ValidationError):
            read_drawing(wrong)


def test_names_that_lead_elsewhere_find_nothing() -> None:
    clean = read_picture(SEEDS[0])
    name = pictures.name_for(clean)
    pictures.keep(clean, name)
    assert pictures.open_kept(name)[1] == "image/png"
    for wrong in ("", "../" + name, "../../beproefd.sqlite3", "/etc/passwd", "x.svg", name + ".part", "nul\0.png"):
        assert pictures.open_kept(wrong) is None
    pictures.throw_away(name)
    assert pictures.open_kept(name) is None
