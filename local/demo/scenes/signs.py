"""Scenes that stand for an idea: a vote, a map, a warning."""

from random import Random

from local.demo.scenes.canvas import Canvas, Light, arc, mix
from local.demo.scenes.lights import AMBER, CORAL, CREAM, PLUM, TEAL


def phone_shield(c: Canvas, p: Light) -> None:
    c.backdrop(("#cfe9e4", "#e9f3e6", "#fdf0d3"), 640)
    c.circle(250, 560, 300, "#bfe0d4", 0.6)
    c.circle(1010, 90, 260, "#fbdca0", 0.5)
    c.circle(960, 560, 190, "#f3c3a8", 0.5)
    c.shadow(560, 604, 240, 22, 0.3)
    c.rect(410, 40, 300, 560, "#1f3a4f", 44)
    c.rect(426, 58, 268, 524, ("#fbfdf8", "#e6efe9"), 30)
    c.rect(520, 66, 80, 14, "#1f3a4f", 7)
    for y, w, mine in ((116, 170, 0), (186, 130, 0), (256, 150, 1), (326, 190, 0)):
        x = 446 if not mine else 674 - w
        c.rect(x, y, w, 52, (TEAL if mine else "#d3e1de"), 22)
        for line in range(2):
            c.rect(x + 20, y + 16 + line * 14, (w - 40) * (1 if line == 0 else 0.6), 6, "#ffffff" if mine else "#8fa8a8", 3, 0.85)
    c.rect(446, 520, 228, 38, "#ffffff", 19)
    c.circle(652, 539, 13, AMBER)
    for x, y, w, colour, flip in ((130, 150, 210, CORAL, 1), (90, 320, 170, AMBER, 1), (800, 90, 190, PLUM, -1)):
        bubble(c, x, y, w, 84, colour, flip)
        for at in range(3):
            c.circle(x + w / 2 - 32 + at * 32, y + 42, 9, "#ffffff", 0.95)
    _shield(c, 770, 400)


def bubble(c: Canvas, x: float, y: float, w: float, h: float, colour: str, flip: int) -> None:
    tail = x + w - 56 if flip > 0 else x + 56
    c.polygon([(tail - 18, y + h - 6), (tail + 18, y + h - 6), (tail + 30 * flip, y + h + 34)], colour)
    c.rect(x, y, w, h, (mix(colour, "#ffffff", 0.12), colour), 34)


def _shield(c: Canvas, x: float, y: float) -> None:
    def outline(s: float) -> list[tuple[float, float]]:
        points = [
            (0, -150),
            (60, -120),
            (130, -108),
            (126, 10),
            (90, 92),
            (0, 150),
            (-90, 92),
            (-126, 10),
            (-130, -108),
            (-60, -120),
        ]
        return [(x + dx * s, y + dy * s) for dx, dy in points]

    c.shadow(x + 6, y + 166, 140, 18, 0.3)
    c.blob(outline(1.06), "#ffffff")
    c.blob(outline(0.96), ("#178078", "#0a4f4d"))
    half = [(px, py) for px, py in outline(0.96) if px >= x]
    c.polygon([*half, (x, y + 146)], "#ffffff", 0.08)
    c.line([(x - 54, y + 4), (x - 14, y + 48), (x + 64, y - 50)], 26, AMBER)


def map_pins(c: Canvas, p: Light) -> None:
    c.rect(0, 0, 1200, 640, ("#eef2e2", "#dfe8d5"))
    chance = Random(10)
    for x in range(-1, 9):
        for y in range(-1, 6):
            left, top = x * 150 + y * 34, y * 122 + 8 - x * 8
            w, h = 132, 102
            if chance.random() < 0.2:
                c.polygon([(left, top), (left + w, top - 8), (left + w + 28, top + h - 8), (left + 28, top + h)], "#a9d2a8")
                for at in range(4):
                    c.circle(left + 40 + at * 26, top + 36 + at * 29 % 40, 12, "#6db58f")
                continue
            c.polygon([(left, top), (left + w, top - 8), (left + w + 28, top + h - 8), (left + 28, top + h)], "#f6ead3")
            for at in range(3):
                for row in range(2):
                    ax, ay = left + 12 + at * 40 + row * 14, top + 8 + row * 46 - at * 2
                    roof = chance.choice(("#e3b08c", "#d9c39c", "#e9c9a0", "#c9b59c", "#eab49a"))
                    c.polygon([(ax, ay), (ax + 32, ay - 2), (ax + 43, ay + 36), (ax + 11, ay + 38)], roof)
    c.curve([(-40, 420), (200, 380), (420, 450), (640, 380), (860, 300), (1240, 330)], 64, "#9fd0da")
    c.curve([(-40, 420), (200, 380), (420, 450), (640, 380), (860, 300), (1240, 330)], 50, "#b7dde3")
    for x, y in ((268, 402), (700, 356), (1010, 308)):
        c.line([(x - 10, y - 44), (x + 14, y + 44)], 24, "#fbf6ea")
    c.curve([(330, -20), (420, 180), (520, 320), (560, 660)], 20, "#ffffff")
    c.curve([(-20, 200), (300, 180), (760, 150), (1220, 90)], 20, "#ffffff")
    for x, y, s, colour in (
        (250, 220, 1.0, TEAL),
        (930, 210, 1.0, AMBER),
        (400, 540, 1.1, AMBER),
        (1040, 520, 1.1, TEAL),
        (620, 420, 1.7, CORAL),
        (820, 560, 0.9, PLUM),
        (90, 470, 0.9, CORAL),
    ):
        _pin(c, x, y, s, colour)


def _pin(c: Canvas, x: float, y: float, s: float, colour: str) -> None:
    c.shadow(x + 10 * s, y, 56 * s, 14 * s, 0.45)
    c.polygon([(x, y), *arc(x, y - 100 * s, 50 * s, 50 * s, 152, 388)], (mix(colour, "#ffffff", 0.14), colour))
    c.circle(x, y - 100 * s, 21 * s, "#ffffff")
    c.polygon(
        [
            (x - 11 * s, y - 92 * s),
            (x - 11 * s, y - 103 * s),
            (x, y - 113 * s),
            (x + 11 * s, y - 103 * s),
            (x + 11 * s, y - 92 * s),
        ],
        colour,
    )


def ballot_box(c: Canvas, p: Light) -> None:
    c.backdrop(("#d5ebe6", "#eef4e6", "#fbeed0"), 640)
    for at in range(14):
        a = at * 25.7
        (x1, y1), (x2, y2) = arc(600, 330, 900, 900, a, a + 12, 1)
        c.polygon([(600, 330), (x1, y1), (x2, y2)], "#ffffff", 0.35)
    c.rect(0, 520, 1200, 120, ("#e3b98a", "#c98f5c"))
    c.rect(0, 520, 1200, 8, "#f6d9b0")
    c.shadow(590, 566, 360, 34, 0.35)
    c.polygon([(340, 290), (840, 290), (820, 566), (360, 566)], ("#178078", "#0a4f4d"))
    c.polygon([(300, 250), (880, 250), (860, 300), (320, 300)], ("#2a948b", "#14706a"))
    c.polygon([(320, 222), (860, 222), (880, 252), (300, 252)], "#49ab9f")
    c.rect(470, 230, 240, 14, "#063836", 6)
    c.polygon([(492, 60), (700, 44), (690, 238), (500, 238)], ("#ffffff", "#eef0e6"))
    for at in range(4):
        y = 92 + at * 36
        c.ring(530, y, 10, 4, "#8fa8a8")
        c.rect(556, y - 5 - at, 110 - at * 13 % 40, 9, "#b9c9c6", 4)
    c.circle(530, 128, 11, CORAL)
    c.circle(590, 420, 66, CREAM)
    c.line([(558, 420), (582, 446), (626, 394)], 18, CORAL)
    _pencil(c, 930, 190, 1030, 520)
    for at, (x, y, w) in enumerate(((120, 540, 150), (150, 520, 140), (140, 502, 150))):
        c.polygon([(x, y), (x + w, y - 14), (x + w + 40, y + 26), (x + 36, y + 40)], ("#ffffff", "#e3e6dc")[at % 2])


def _pencil(c: Canvas, x1: float, y1: float, x2: float, y2: float) -> None:
    c.shadow(x2 + 10, y2 + 26, 90, 16, 0.3)
    dx, dy = (x2 - x1), (y2 - y1)
    length = (dx * dx + dy * dy) ** 0.5
    ux, uy = dx / length, dy / length
    nx, ny = -uy, ux

    def at(along: float, across: float) -> tuple[float, float]:
        return x1 + ux * along + nx * across, y1 + uy * along + ny * across

    for across, colour in ((-20, "#f08566"), (0, CORAL), (20, "#b9483a")):
        c.polygon([at(0, across - 10), at(length - 50, across - 10), at(length - 50, across + 10), at(0, across + 10)], colour)
    c.polygon([at(-26, -30), at(0, -30), at(0, 30), at(-26, 30)], AMBER)
    c.polygon([at(length - 50, -30), at(length - 50, 30), at(length + 28, 0)], "#f6dcae")
    c.polygon([at(length + 2, -10), at(length + 2, 10), at(length + 28, 0)], CORAL)
