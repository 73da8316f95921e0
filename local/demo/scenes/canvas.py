"""A drawing surface of 1200 by 630 units, painted three times as large and scaled down, so that every edge is smooth."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

SCALE = 3
Point = tuple[float, float]
Fill = str | tuple[str, str]  # a colour, or the colours at the top and at the bottom of the shape
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Light:
    """The colours of a time of day. `sky` from the top down; `far` to `near` are layers of land; `pane` is what windows show."""

    sky: tuple[str, ...]
    sun: str
    cloud: str
    far: str
    mid: str
    near: str
    ground: str
    leaf: str
    trunk: str
    wall: tuple[str, ...]
    roof: tuple[str, ...]
    pane: str
    ink: str
    dark: bool = False  # lamps and windows are lit
    stars: bool = False


class Canvas:
    """Shapes in units of the finished picture; x to the right, y down."""

    def __init__(self, width: int = 1200, height: int = 630) -> None:
        self.width, self.height = width, height
        self._image = Image.new("RGB", (width * SCALE, height * SCALE), "white")

    def finished(self) -> Image.Image:
        """The picture at its real size."""
        return self._image.reduce(SCALE)

    def backdrop(self, colours: Sequence[str], bottom: float | None = None) -> None:
        """A vertical gradient through these colours over the whole width, from the top to `bottom`."""
        height = round((bottom or self.height) * SCALE)
        stops = Image.new("RGB", (1, len(colours)))
        for at, colour in enumerate(colours):
            stops.putpixel((0, at), _rgb(colour))
        # Half a stop is cut on both sides, so that the first and last colour stand at the very edges.
        edge = 0.5 if len(colours) > 1 else 0
        size = (self._image.width, height)
        self._image.paste(stops.resize(size, Image.Resampling.BILINEAR, (0, edge, 1, len(colours) - edge)), (0, 0))

    def polygon(self, points: Sequence[Point], fill: Fill, alpha: float = 1) -> None:
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self._fill(lambda draw, ink: draw.polygon(scaled, fill=ink), fill, alpha)

    def blob(self, points: Sequence[Point], fill: Fill, alpha: float = 1) -> None:
        """A closed shape with soft corners through these points."""
        self.polygon(smooth(points, closed=True), fill, alpha)

    def land(self, points: Sequence[Point], fill: Fill, alpha: float = 1) -> None:
        """Everything below a soft line from left to right."""
        self.polygon([*smooth(points), (points[-1][0], self.height + 2), (points[0][0], self.height + 2)], fill, alpha)

    def rect(self, x: float, y: float, width: float, height: float, fill: Fill, radius: float = 0, alpha: float = 1) -> None:
        box = (x * SCALE, y * SCALE, (x + width) * SCALE - 1, (y + height) * SCALE - 1)
        self._fill(lambda draw, ink: draw.rounded_rectangle(box, radius * SCALE, fill=ink), fill, alpha)

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: Fill, alpha: float = 1) -> None:
        box = ((x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE)
        self._fill(lambda draw, ink: draw.ellipse(box, fill=ink), fill, alpha)

    def circle(self, x: float, y: float, r: float, fill: Fill, alpha: float = 1) -> None:
        self.ellipse(x, y, r, r, fill, alpha)

    def pie(self, x: float, y: float, r: float, start: float, end: float, fill: Fill, alpha: float = 1) -> None:
        """A slice of a circle; degrees clockwise from three o'clock."""
        box = ((x - r) * SCALE, (y - r) * SCALE, (x + r) * SCALE, (y + r) * SCALE)
        self._fill(lambda draw, ink: draw.pieslice(box, start, end, fill=ink), fill, alpha)

    def line(self, points: Sequence[Point], width: float, fill: str, alpha: float = 1) -> None:
        """A line with round ends and joints."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        half = width * SCALE / 2

        def drawn(draw: ImageDraw.ImageDraw, ink: str | int) -> None:
            draw.line(scaled, fill=ink, width=round(2 * half), joint="curve")
            for x, y in (scaled[0], scaled[-1]):
                draw.ellipse((x - half, y - half, x + half, y + half), fill=ink)

        self._fill(drawn, fill, alpha)

    def curve(self, points: Sequence[Point], width: float, fill: str, alpha: float = 1) -> None:
        self.line(smooth(points), width, fill, alpha)

    def ring(self, x: float, y: float, r: float, width: float, fill: str, alpha: float = 1) -> None:
        box = tuple(v * SCALE for v in (x - r - width / 2, y - r - width / 2, x + r + width / 2, y + r + width / 2))
        self._fill(lambda draw, ink: draw.ellipse(box, outline=ink, width=round(width * SCALE)), fill, alpha)

    def star(self, x: float, y: float, r: float, fill: str, alpha: float = 1) -> None:
        """Five points, one of them up."""
        radii = (r if at % 2 == 0 else r * 0.4 for at in range(10))
        angles = (math.radians(-90 + 36 * at) for at in range(10))
        self.polygon([(x + r * math.cos(a), y + r * math.sin(a)) for r, a in zip(radii, angles, strict=True)], fill, alpha)

    def glow(self, x: float, y: float, rx: float, colour: str, alpha: float = 0.6, ry: float | None = None) -> None:
        """Light that fades from a point outwards."""
        size = (round(2 * rx * SCALE), round(2 * (ry or rx) * SCALE))
        # 0 in the middle, 255 from the radius on: turned round, and squared so that the edge is soft.
        fade = ImageChops.invert(Image.radial_gradient("L").resize(size)).point(
            lambda v: max(0.0, (v - 75) / 180) ** 1.6 * 255 * alpha
        )
        self._image.paste(_rgb(colour), (round(x * SCALE) - size[0] // 2, round(y * SCALE) - size[1] // 2), fade)

    def shadow(self, x: float, y: float, rx: float, ry: float, alpha: float = 0.25, colour: str = "#10222e") -> None:
        """The soft shadow of something that stands on the ground."""
        self.glow(x, y, rx, colour, alpha, ry)

    @contextmanager
    def within(self, points: Sequence[Point]) -> Iterator[None]:
        """What is painted meanwhile shows only inside this shape."""
        before = self._image.copy()
        yield
        mask = Image.new("L", self._image.size)
        ImageDraw.Draw(mask).polygon([(x * SCALE, y * SCALE) for x, y in points], fill=255)
        self._image = Image.composite(self._image, before, mask)

    def soften(self, radius: float) -> None:
        """What was painted so far becomes soft, as things far away are."""
        self._image = self._image.filter(ImageFilter.GaussianBlur(radius * SCALE))

    def _fill(self, drawn: Callable[[ImageDraw.ImageDraw, str | int], None], fill: Fill, alpha: float) -> None:
        if isinstance(fill, str) and alpha >= 1:
            drawn(ImageDraw.Draw(self._image), fill)
            return
        mask = Image.new("L", self._image.size)
        drawn(ImageDraw.Draw(mask), round(255 * alpha))
        box = mask.getbbox()
        if box:
            ink = Image.new("RGB", (1, 1), fill) if isinstance(fill, str) else _gradient(*fill)
            size = (box[2] - box[0], box[3] - box[1])
            self._image.paste(ink.resize(size, Image.Resampling.BILINEAR, (0, 0.5, 1, ink.height - 0.5)), box[:2], mask.crop(box))


def smooth(points: Sequence[Point], closed: bool = False, steps: int = 14) -> list[Point]:
    """A soft line through these points (Catmull-Rom)."""
    line = [points[-1], *points, points[0], points[1]] if closed else [points[0], *points, points[-1]]
    found: list[Point] = []
    for a, b, c, d in zip(line, line[1:], line[2:], line[3:], strict=False):
        found += [(_between(a[0], b[0], c[0], d[0], t / steps), _between(a[1], b[1], c[1], d[1], t / steps)) for t in range(steps)]
    return found if closed else [*found, points[-1]]


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float, steps: int = 40) -> list[Point]:
    """Points on an ellipse; degrees clockwise from three o'clock."""
    angles = [math.radians(start + (end - start) * at / steps) for at in range(steps + 1)]
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


def mix(one: str, other: str, share: float) -> str:
    """The colour that lies this share of the way from one to the other."""
    channels = (round(a + (b - a) * share) for a, b in zip(_rgb(one), _rgb(other), strict=True))
    return "#{:02x}{:02x}{:02x}".format(*channels)


def _between(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _gradient(top: str, bottom: str) -> Image.Image:
    image = Image.new("RGB", (1, 2), top)
    image.putpixel((0, 1), _rgb(bottom))
    return image
