"""Houses and what is on them: Dutch gables, windows, doors, flats, a church."""

from random import Random

from local.demo.scenes.canvas import Canvas, Light, Point, arc, mix
from local.demo.scenes.lights import AMBER, CREAM


def window(
    c: Canvas, p: Light, x: float, y: float, w: float, h: float, lit: bool = True, frame: str = CREAM, bars: bool = True
) -> None:
    """A window with its frame; lit when the light is dark and `lit`."""
    dark = mix(p.ink, p.wall[0], 0.25)
    pane = p.pane if lit or not p.dark else dark
    if lit and p.dark:
        c.glow(x + w / 2, y + h / 2, max(w, h) * 1.3, p.pane, 0.3)
    frame = mix(frame, p.ink, 0.35) if p.dark else frame
    c.rect(x - 4, y - 4, w + 8, h + 8, frame, 2)
    c.rect(x, y, w, h, pane)
    if not p.dark:
        c.polygon([(x, y + h * 0.62), (x + w * 0.62, y), (x + w * 0.9, y), (x, y + h * 0.95)], "#ffffff", 0.35)
    if bars:
        c.rect(x + w / 2 - 1.5, y, 3, h, frame)
        c.rect(x, y + h * 0.38, w, 3, frame)
    c.rect(x - 8, y + h + 4, w + 16, 5, frame, 1)


def door(c: Canvas, p: Light, x: float, y: float, w: float, h: float, colour: str) -> None:
    """A front door whose foot is at y, with a fanlight and a step."""
    frame = mix(CREAM, p.ink, 0.35) if p.dark else CREAM
    c.rect(x - 6, y - h - 6, w + 12, h + 6, frame, 2)
    c.rect(x, y - h, w, h * 0.2, p.pane)
    c.rect(x, y - h * 0.78, w, h * 0.78, (mix(colour, "#ffffff", 0.08), colour))
    for dy in (0.68, 0.36):
        c.rect(x + w * 0.16, y - h * dy, w * 0.68, h * 0.24, mix(colour, "#10222e", 0.22), 2)
    c.circle(x + w * 0.86, y - h * 0.4, 3, AMBER)
    c.rect(x - 14, y - 3, w + 28, 8, mix(p.wall[3], p.ink, 0.3), 2)


def gable(x: float, top: float, w: float, kind: str) -> list[Point]:
    """The outline of a gable from its left foot to its right foot; it rises about half its width above `top`."""
    if kind == "point":
        return [(x, top), (x + w / 2, top - w * 0.52), (x + w, top)]
    if kind == "step":
        steps = 4
        rise, run = w * 0.5 / steps, w * 0.4 / steps
        left = [(x + run * at, top - rise * (at + d)) for at in range(steps + 1) for d in (0, 1)][: 2 * steps + 1]
        return [*left, *((2 * x + w - px, py) for px, py in reversed(left))]
    if kind == "bell":
        left = arc(x, top - w * 0.34, w * 0.24, w * 0.34, 90, 0, 12)
        cap = arc(x + w / 2, top - w * 0.34, w * 0.26, w * 0.2, 180, 360, 16)
        return [*left, *cap, *((2 * x + w - px, py) for px, py in reversed(left))]
    return [(x, top), (x, top - 16), (x + w, top - 16), (x + w, top)]


def house(c: Canvas, p: Light, x: float, y: float, w: float, h: float, kind: str, seed: int, front: bool = True) -> None:
    """A canal house with its feet on y, h high up to the gable."""
    chance = Random(seed)
    wall = p.wall[seed % len(p.wall)]
    top = y - h
    outline = gable(x, top, w, kind)
    c.polygon([(x, y), *outline, (x + w, y)], (mix(wall, p.sun, 0.12), mix(wall, p.ink, 0.1)))
    trim = mix(CREAM, p.ink, 0.3) if p.dark else CREAM
    c.line(outline, 6, trim)
    if kind == "flat":
        c.rect(x - 5, top - 22, w + 10, 12, trim, 2)
    if w > 70 and kind != "flat":
        c.circle(x + w / 2, top - w * 0.17, w * 0.075, trim)
        c.circle(x + w / 2, top - w * 0.17, w * 0.055, p.pane if chance.random() < 0.6 or not p.dark else p.ink)
    across = 3 if w > 145 else 2
    rows = max(1, int((h - (95 if front else 10)) // 82))
    gap = w / across
    for row in range(rows):
        for at in range(across):
            window(c, p, x + gap * (at + 0.5) - 15, top + 26 + row * 82, 30, 46, chance.random() < 0.6)
    if front:
        colour = ("#0b5f5a", "#9c3f36", "#1f3a5f", "#d9902f", "#3d6b4f")[seed % 5]
        side = seed % 2
        door(c, p, x + (w * 0.14 if side else w * 0.86 - 36), y, 36, 78, mix(colour, p.ink, 0.3) if p.dark else colour)
        window(c, p, x + (w * 0.86 - 44 if side else w * 0.14), y - 74, 44, 48, chance.random() < 0.75)


def terrace(
    c: Canvas, p: Light, y: float, seed: int, x: float = -40, end: float = 1240, tall: float = 250, front: bool = True
) -> None:
    """A row of gabled houses from x to `end`, shoulder to shoulder."""
    chance = Random(seed)
    at = 0
    kinds = ("step", "point", "bell", "flat", "bell", "point")
    while x < end:
        w = chance.choice((118, 132, 150, 164))
        house(c, p, x, y, w, tall + chance.choice((-30, 0, 22, 46)), kinds[(at + seed) % 6], seed * 3 + at * 2 + at // 3, front)
        x += w + 2
        at += 1


def skyline(c: Canvas, p: Light, y: float, colour: str, seed: int, height: float = 120) -> None:
    """A far row of roofs and a church tower, in one colour."""
    chance = Random(seed)
    x = -20.0
    while x < 1220:
        w, h = chance.uniform(50, 110), height * chance.uniform(0.4, 0.85)
        kind = chance.choice(("point", "flat", "point", "step"))
        c.polygon([(x, y), *gable(x, y - h, w, kind), (x + w, y)], colour)
        x += w - 2
    tower(c, chance.uniform(250, 480), y, height * 1.9, colour, colour)


def tower(c: Canvas, x: float, y: float, h: float, wall: str, roof: str) -> None:
    """A church tower with its spire, feet at (x, y)."""
    w = h * 0.2
    c.rect(x - w / 2, y - h * 0.62, w, h * 0.62, wall)
    c.rect(x - w * 0.58, y - h * 0.64, w * 1.16, h * 0.04, wall)
    c.polygon([(x - w * 0.5, y - h * 0.64), (x, y - h), (x + w * 0.5, y - h * 0.64)], roof)


def cottage(c: Canvas, p: Light, x: float, y: float, w: float, seed: int, roof: str | None = None) -> None:
    """A low house seen along its roof, feet on y, from x on."""
    wall, tiles = p.wall[seed % len(p.wall)], roof or p.roof[seed % len(p.roof)]
    h, rise = w * 0.34, w * 0.36
    c.rect(x + w * 0.68, y - h - rise * 1.22, w * 0.08, rise * 0.7, mix(tiles, p.ink, 0.25))
    c.rect(x, y - h, w, h, (mix(wall, p.sun, 0.1), mix(wall, p.ink, 0.12)))
    c.polygon(
        [(x - w * 0.06, y - h + 2), (x + w * 0.1, y - h - rise), (x + w * 0.9, y - h - rise), (x + w * 1.06, y - h + 2)],
        (mix(tiles, p.sun, 0.15), tiles),
    )
    size = w * 0.13
    for dx in (0.12, 0.72):
        window(c, p, x + w * dx, y - h * 0.72, size, size * 1.1, (seed + int(dx * 10)) % 3 != 0)
    door(c, p, x + w * 0.42, y, w * 0.14, h * 0.78, mix(("#0b5f5a", "#9c3f36", "#1f3a5f")[seed % 3], p.ink, 0.3 if p.dark else 0))
