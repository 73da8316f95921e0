"""Things that many scenes share: skies, trees, lamps, water."""

import itertools
import math
from random import Random

from local.demo.scenes.canvas import Canvas, Light, arc, mix
from local.demo.scenes.lights import AMBER, CORAL, CREAM, TEAL


def sky(c: Canvas, p: Light, sun: tuple[float, float] | None = (930, 170), clouds: int = 3, seed: int = 1) -> None:
    """The sky with its sun (or moon and stars) and some clouds."""
    c.backdrop(p.sky, 470)
    c.rect(0, 468, c.width, c.height - 468, p.sky[-1])
    chance = Random(seed)
    if p.stars:
        for _ in range(70):
            c.circle(
                chance.uniform(0, 1200),
                chance.uniform(0, 330),
                chance.choice((1.2, 1.6, 2.4)),
                "#fdf6df",
                chance.uniform(0.35, 0.9),
            )
    if sun:
        c.glow(*sun, 330, p.sun, 0.5)
        if p.stars:
            moon(c, *sun, 58, p.sun)
        else:
            c.circle(*sun, 62, p.sun)
    for at in range(clouds):
        x, y = (at + chance.uniform(0.2, 0.8)) * 1200 / clouds, chance.uniform(56, 190)
        size = chance.uniform(0.7, 1.1)
        if not sun or abs(x - sun[0]) > 190 or abs(y - sun[1]) > 110:
            cloud(c, x, y, size * (1 if at % 2 else -1), p.cloud, 0.5 if p.dark else 0.8)


def moon(c: Canvas, x: float, y: float, r: float, colour: str) -> None:
    """A crescent that opens to the right: one circle without another."""
    ox, oy, other = x + r * 0.5, y - r * 0.1, r * 0.84
    rim = [point for point in arc(x, y, r, r, 0, 360, 240)[:-1] if math.dist(point, (ox, oy)) > other]
    bite = [point for point in arc(ox, oy, other, other, 0, 360, 240)[:-1] if math.dist(point, (x, y)) < r]
    c.polygon([*rim, *reversed(bite)], colour)


def cloud(c: Canvas, x: float, y: float, size: float, colour: str, alpha: float) -> None:
    """Three flat bars; a negative size mirrors them."""
    s = abs(size)
    for dx, dy, width in ((-70, 0, 150), (-20, -18, 110), (-120, 16, 210)):
        left = x + dx * s if size > 0 else x - (dx + width) * s
        c.rect(left, y + dy * s, width * s, 22 * s, colour, 11 * s, alpha * 0.75)


def birds(c: Canvas, x: float, y: float, colour: str, count: int = 4, size: float = 1) -> None:
    for at in range(count):
        bx, by, r = x + at * 46 * size, y + (at * 37 % 3 - 1) * 20 * size, (13 - at % 3 * 2) * size
        c.curve(
            [
                (bx - r, by - r * 0.5),
                (bx - r * 0.4, by - r * 0.55),
                (bx, by),
                (bx + r * 0.4, by - r * 0.55),
                (bx + r, by - r * 0.5),
            ],
            3 * size,
            colour,
        )


def tree(c: Canvas, p: Light, x: float, y: float, size: float = 1, leaf: str | None = None) -> None:
    """A round tree that stands at (x, y), 210 units high at size 1."""
    leaf = leaf or p.leaf
    c.shadow(x, y, 70 * size, 12 * size, 0.22)
    c.polygon([(x - 7 * size, y), (x - 4 * size, y - 110 * size), (x + 4 * size, y - 110 * size), (x + 7 * size, y)], p.trunk)
    c.line([(x, y - 62 * size), (x + 24 * size, y - 98 * size)], 4.5 * size, p.trunk)
    for dx, dy, r in ((-34, -116, 40), (34, -112, 38), (0, -152, 50), (-8, -112, 40)):
        c.circle(x + dx * size, y + dy * size, r * size, leaf)
    light = mix(leaf, p.sun, 0.22)
    for dx, dy, r in ((16, -162, 28), (42, -124, 18), (-24, -130, 18)):
        c.circle(x + dx * size, y + dy * size, r * size, light, 0.75)


def poplar(c: Canvas, p: Light, x: float, y: float, size: float = 1, leaf: str | None = None) -> None:
    """A slender tree, 200 units high at size 1."""
    leaf = leaf or p.leaf
    c.rect(x - 3 * size, y - 50 * size, 6 * size, 50 * size, p.trunk)
    c.blob(
        [
            (x, y - 205 * size),
            (x + 24 * size, y - 110 * size),
            (x + 16 * size, y - 34 * size),
            (x - 16 * size, y - 34 * size),
            (x - 24 * size, y - 110 * size),
        ],
        leaf,
    )
    c.blob(
        [
            (x + 4 * size, y - 180 * size),
            (x + 19 * size, y - 108 * size),
            (x + 8 * size, y - 56 * size),
            (x + 3 * size, y - 110 * size),
        ],
        mix(leaf, p.sun, 0.2),
    )


def bush(c: Canvas, x: float, y: float, size: float, leaf: str) -> None:
    for dx, r in ((-34, 24), (0, 34), (36, 26)):
        c.pie(x + dx * size, y, r * size, 180, 360, leaf)


def grass(c: Canvas, x: float, y: float, colour: str, size: float = 1) -> None:
    for dx, lean in ((-8, -9), (-3, -3), (3, 4), (8, 10)):
        c.line([(x + dx * size, y), (x + (dx + lean) * size, y - (26 - abs(lean)) * size)], 3 * size, colour)


def flower(c: Canvas, x: float, y: float, size: float, petal: str, stem: str) -> None:
    c.line([(x, y), (x, y - 26 * size)], 3 * size, stem)
    for at in range(5):
        angle = at * 2 * math.pi / 5
        c.circle(x + 7 * size * math.cos(angle), y - 30 * size + 7 * size * math.sin(angle), 6 * size, petal)
    c.circle(x, y - 30 * size, 4.5 * size, AMBER if petal != AMBER else CREAM)


def lamp(c: Canvas, p: Light, x: float, y: float, height: float = 200, lit: bool | None = None) -> None:
    """A street lantern whose foot stands at (x, y)."""
    top = y - height
    if p.dark if lit is None else lit:
        c.glow(x, top + 10, 120, p.pane, 0.6)
        c.glow(x, y, 110, p.pane, 0.4, 22)
    c.line([(x, y), (x, top + 30)], 6, p.ink)
    c.rect(x - 10, y - 12, 20, 12, p.ink, 3)
    c.polygon([(x - 16, top), (x + 16, top), (x + 10, top + 34), (x - 10, top + 34)], p.pane if p.dark or lit else "#f4efe0")
    c.polygon([(x - 20, top), (x + 20, top), (x + 8, top - 14), (x - 8, top - 14)], p.ink)
    c.circle(x, top - 17, 4, p.ink)


def bench(c: Canvas, x: float, y: float, size: float, wood: str, ink: str) -> None:
    for dx in (-48, 48):
        c.line([(x + dx * size, y), (x + dx * size, y - 62 * size)], 6 * size, ink)
    for dy, thick in ((-34, 10), (-52, 8), (-66, 8)):
        c.rect(x - 62 * size, y + dy * size, 124 * size, thick * size, wood, 4 * size)


def pot(c: Canvas, x: float, y: float, size: float, plant: str, clay: str = "#c8694a") -> None:
    """A plant in a pot that stands at (x, y)."""
    for lean, length in ((-34, 52), (-16, 70), (0, 80), (17, 68), (35, 50)):
        tip = (x + lean * size, y - (30 + length) * size)
        c.blob(
            [
                (x, y - 30 * size),
                (x + lean * 0.2 * size - 9 * size, y - (30 + length * 0.55) * size),
                tip,
                (x + lean * 0.8 * size + 8 * size, y - (30 + length * 0.5) * size),
            ],
            plant,
        )
    c.polygon(
        [(x - 24 * size, y - 38 * size), (x + 24 * size, y - 38 * size), (x + 17 * size, y), (x - 17 * size, y)],
        (clay, mix(clay, "#3a1f1a", 0.25)),
    )
    c.rect(x - 27 * size, y - 42 * size, 54 * size, 11 * size, mix(clay, "#ffffff", 0.15), 3 * size)


def bunting(c: Canvas, x1: float, y1: float, x2: float, y2: float, sag: float, flags: int = 11) -> None:
    points = [
        (x1 + (x2 - x1) * t / flags, y1 + (y2 - y1) * t / flags + sag * math.sin(math.pi * t / flags)) for t in range(flags + 1)
    ]
    c.curve(points, 2.5, CREAM)
    for at, ((ax, ay), (bx, by)) in enumerate(itertools.pairwise(points)):
        colour = (CORAL, AMBER, TEAL, CREAM)[at % 4]
        c.polygon([(ax + 4, ay), (bx - 4, by), ((ax + bx) / 2, (ay + by) / 2 + 34)], colour)


def water(c: Canvas, p: Light, top: float, colours: tuple[str, str], seed: int = 3, bottom: float = 640) -> None:
    """Water from `top` down, with glints of the sky."""
    c.rect(0, top, c.width, bottom - top, colours)
    chance = Random(seed)
    for _ in range(34):
        y = chance.uniform(top + 8, bottom - 6)
        width = chance.uniform(30, 130) * (0.5 + (y - top) / (bottom - top))
        c.rect(chance.uniform(-40, 1200), y, width, 3, p.sky[-1], 1.5, chance.uniform(0.15, 0.45))


def stars_ring(c: Canvas, x: float, y: float, r: float, size: float, colour: str = "#ffd24d", alpha: float = 1) -> None:
    for sx, sy in arc(x, y, r, r, -90, 270, 12)[:-1]:
        c.star(sx, sy, size, colour, alpha)


def steam(c: Canvas, x: float, y: float, height: float, alpha: float = 0.55) -> None:
    for dx in (-26, 0, 26):
        h = height * (1 if dx == 0 else 0.78)
        c.curve([(x + dx, y), (x + dx + 10, y - h * 0.3), (x + dx - 8, y - h * 0.6), (x + dx + 4, y - h)], 8, "#ffffff", alpha)
