"""Staff's pictures, made fit for mails: sizes, weight, nothing of the camera in them."""

import warnings
from base64 import urlsafe_b64encode
from hashlib import blake2b
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_UPLOAD = 10_000_000  # bytes
MOST_PIXELS = 40_000_000
SMALLEST = 160  # pixels, either side
LONGEST = 10  # times the other side: a mail shows nothing of a longer strip, and no JPEG has more than 65,535 pixels
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# A mail is 600 wide: 1200 for sharp screens, 600 for lists of pictures; a square of 160 for portraits.
WIDTHS = (1200, 600)
SQUARE = 160
QUALITY = 80


class NotAPicture(ValueError):  # noqa: N818 - a finding about an upload
    """Why an upload cannot be a picture in a mail, in plain words."""


def resize(upload: bytes) -> dict[int, bytes]:
    """JPEGs by width: 1200 and 600, never enlarged, and 160, a square cut from the middle. Without metadata.

    NotAPicture says why not.
    """
    image = _opened(upload)
    files = {width: _jpeg(_narrowed(image, width)) for width in WIDTHS}
    return {**files, SQUARE: _jpeg(ImageOps.fit(image, (SQUARE, SQUARE), Image.Resampling.LANCZOS))}


def size(picture: bytes) -> tuple[int, int]:
    """Width and height in pixels."""
    return Image.open(BytesIO(picture)).size


def picture_id(upload: bytes) -> str:
    """16 characters that name this content."""
    return urlsafe_b64encode(blake2b(upload, digest_size=12).digest()).decode()


def _opened(upload: bytes) -> Image.Image:
    """Upright, in RGB on white. The size is judged from the header, before anything is unpacked."""
    if len(upload) > LARGEST_UPLOAD:
        raise NotAPicture(f"the picture has {len(upload):,} bytes; at most {LARGEST_UPLOAD:,} are taken")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(upload), formats=FORMATS)
            _judge(*image.size)
            image.load()
            return _flat(ImageOps.exif_transpose(image))
    except UnidentifiedImageError:
        raise NotAPicture("this is no JPEG, PNG, WebP or GIF picture") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAPicture(f"the picture has too many pixels; at most {MOST_PIXELS:,} are taken") from None
    except (OSError, SyntaxError, ValueError, EOFError) as broken:
        if isinstance(broken, NotAPicture):
            raise
        raise NotAPicture("the picture is damaged: it ends too early or cannot be read") from None


def _judge(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise NotAPicture(f"the picture is {width} by {height}; at most {MOST_PIXELS:,} pixels are taken")
    if min(width, height) < SMALLEST:
        raise NotAPicture(f"the picture is {width} by {height}; it would look blurred, at least {SMALLEST} each way are needed")
    if max(width, height) > LONGEST * min(width, height):
        raise NotAPicture(f"the picture is {width} by {height}; one side is at most {LONGEST} times the other")


def _flat(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    see_through = image.convert("RGBA")
    ground = Image.new("RGB", image.size, "white")
    ground.paste(see_through, mask=see_through.getchannel("A"))
    return ground


def _narrowed(image: Image.Image, width: int) -> Image.Image:
    if image.width <= width:
        return image
    return image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS)


def _jpeg(image: Image.Image) -> bytes:
    # Colour profiles are left out as well: they would weigh more than they help on the screens mails are read on.
    bare = image.copy()
    bare.info.clear()
    out = BytesIO()
    bare.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()
