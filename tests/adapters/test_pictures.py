"""Uploaded pictures: what is made of them, and what is refused."""

import zlib
from io import BytesIO
from struct import pack

import pytest
from PIL import Image

from functions.adapters.pictures import NotAPicture, picture_id, resize, size


def a_picture(width: int = 1600, height: int = 900, kind: str = "JPEG", mode: str = "RGB", **save: object) -> bytes:
    out = BytesIO()
    Image.new(mode, (width, height), (200, 80, 40, 128)[: len(mode)]).save(out, kind, **save)
    return out.getvalue()


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(BytesIO(jpeg))


def test_a_picture_becomes_jpegs_for_sharp_screens_lists_and_portraits() -> None:
    files = resize(a_picture())
    assert {width: size(file) for width, file in files.items()} == {1200: (1200, 675), 600: (600, 338), 160: (160, 160)}
    assert all(opened(file).format == "JPEG" for file in files.values())


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_other_formats_are_taken_too(kind: str) -> None:
    assert size(resize(a_picture(kind=kind))[600]) == (600, 338)


def test_a_small_picture_is_never_enlarged() -> None:
    assert size(resize(a_picture(400, 300))[1200]) == (400, 300)


def test_where_and_with_what_a_picture_was_taken_is_left_out() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of Jan"  # Make
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    taken = a_picture(exif=exif, comment=b"secret")
    assert b"Camera of Jan" in taken
    for file in resize(taken).values():
        assert b"Camera" not in file
        assert b"secret" not in file
        assert not opened(file).getexif()


def test_a_picture_held_on_its_side_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    assert size(resize(a_picture(1600, 900, exif=exif))[600]) == (600, 1067)


def test_what_is_transparent_becomes_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(resize(out.getvalue())[600]).getpixel((5, 5)) == (255, 255, 255)


def test_the_same_upload_has_the_same_id() -> None:
    assert picture_id(a_picture()) == picture_id(a_picture())
    assert len(picture_id(a_picture())) == 16
    assert picture_id(a_picture()) != picture_id(a_picture(500))


def a_bomb() -> bytes:
    """A PNG of 65,000 by 65,000 that says so in its header and is a few bytes long."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))

    header = pack(">IIBBBBB", 65_000, 65_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("upload", "reason"),
    [
        (b"", "no JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no JPEG"),
        (b"%PDF-1.7", "no JPEG"),
        (a_picture()[:2000], "damaged"),
        (a_picture(100, 900), "blurred"),
        (a_picture(8000, 6000), "at most 40,000,000 pixels"),
        (a_picture(160, 70_000, "PNG"), "at most 10 times"),
        (a_bomb(), "too many pixels"),
        (a_picture() + b"\0" * 10_000_000, "at most 10,000,000"),
    ],
    ids=["nothing", "svg", "pdf", "cut short", "tiny", "huge", "strip", "bomb", "heavy"],
)
def test_what_cannot_be_a_picture_is_refused_with_the_reason(upload: bytes, reason: str) -> None:
    with pytest.raises(NotAPicture, match=reason):
        resize(upload)
