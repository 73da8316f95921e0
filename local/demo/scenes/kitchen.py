"""Scenes at a table."""

import math
from random import Random

from local.demo.scenes.canvas import Canvas, Light, arc, mix, smooth
from local.demo.scenes.lights import AMBER, CORAL, CREAM, MINT, TEAL
from local.demo.scenes.props import pot, steam, tree


def table(c: Canvas, y: float, top: str = "#c98a5a") -> None:
    c.rect(0, y, 1200, 640 - y, (mix(top, "#ffffff", 0.12), mix(top, "#4a2b26", 0.3)))
    c.rect(0, y, 1200, 8, mix(top, "#ffffff", 0.4))
    for at, row in enumerate((44, 92, 138)):
        c.rect(-20 + at * 130, y + row, 1300, 2.5, mix(top, "#4a2b26", 0.4), 0, 0.3)


def mug(c: Canvas, x: float, y: float, s: float, colour: str, band: str, flip: int = 1) -> None:
    c.shadow(x, y, 110 * s, 16 * s, 0.3)
    c.ring(x + 62 * s * flip, y - 64 * s, 30 * s, 15 * s, mix(colour, "#10222e", 0.15))
    c.polygon(
        [
            (x - 62 * s, y - 128 * s),
            (x + 62 * s, y - 128 * s),
            (x + 54 * s, y - 8 * s),
            (x + 44 * s, y),
            (x - 44 * s, y),
            (x - 54 * s, y - 8 * s),
        ],
        (mix(colour, "#ffffff", 0.12), colour),
    )
    c.polygon([(x - 59 * s, y - 88 * s), (x + 59 * s, y - 88 * s), (x + 57 * s, y - 58 * s), (x - 57 * s, y - 58 * s)], band)
    c.ellipse(x, y - 128 * s, 62 * s, 15 * s, mix(colour, "#ffffff", 0.35))
    c.ellipse(x, y - 126 * s, 53 * s, 11 * s, "#5c3626")


def soup(c: Canvas, p: Light) -> None:
    c.backdrop(("#fbe9cf", "#f6d3a4"), 400)
    c.glow(600, 240, 520, "#fff8e4", 0.8)
    table(c, 400)
    c.ellipse(600, 548, 330, 46, "#fdf6e8")
    c.ellipse(600, 545, 300, 38, "#efe0c6")
    c.shadow(600, 560, 250, 30, 0.25)
    c.polygon([*arc(600, 370, 250, 180, 0, 180)], ("#1a7f78", "#0a4a48"))
    c.rect(510, 530, 180, 26, "#0a4a48", 10)
    c.ellipse(600, 372, 250, 58, "#2a948b")
    c.ellipse(600, 374, 228, 48, ("#f2a23c", "#e4812f"))
    chance = Random(4)
    for at in range(26):
        a, r = chance.uniform(0, 6.28), math.sqrt(chance.random())
        x, y = 600 + math.cos(a) * r * 195, 376 + math.sin(a) * r * 36
        c.ellipse(x, y, 13, 7, (CORAL, "#8cb04a", "#fff1cc", "#c9553c", "#5f9a55")[at % 5])
    for side in (-1, 1):
        c.polygon(
            [*arc(600, 372, 250, 58, 90, 90 + 60 * side), *reversed(arc(600, 384, 250, 68, 90, 90 + 60 * side))], "#ffffff", 0.12
        )
    steam(c, 600, 330, 240, 0.75)
    _carrots(c, 180, 520)
    _bread(c, 985, 500)
    c.line([(905, 590), (1130, 560)], 11, "#d9d3c8")
    c.ellipse(882, 593, 44, 22, ("#f2efe8", "#c9c2b5"))
    for x, y, r in ((330, 590, 32), (392, 604, 26)):
        c.circle(x, y, r, ("#ee7a58", "#c9452f"))
        for a in (-140, -90, -40):
            c.line([(x, y - r + 5), (x + 15 * math.cos(math.radians(a)), y - r + 2 + 12 * math.sin(math.radians(a)))], 5, "#4f8a4a")


def _carrots(c: Canvas, x: float, y: float) -> None:
    for _at, (dx, dy) in enumerate(((0, 0), (-20, 46), (36, -40))):
        ax, ay = x + dx, y + dy
        for lean in (-34, -12, 10, 30):
            c.curve(
                [(ax - 84, ay + 4), (ax - 120, ay - 8 + lean * 0.5), (ax - 160, ay - 6 + lean)], 8, ("#4f8a4a", "#6aa85a")[lean > 0]
            )
        c.blob(
            [(ax - 88, ay - 20), (ax - 40, ay - 22), (ax + 90, ay + 6), (ax - 40, ay + 20), (ax - 88, ay + 22)],
            ("#f2904a", "#dd6a2c"),
        )
        for bit in range(3):
            c.line([(ax - 50 + bit * 30, ay - 10 + bit * 3), (ax - 40 + bit * 30, ay - 6 + bit * 3)], 3, "#c25a24", 0.7)


def _bread(c: Canvas, x: float, y: float) -> None:
    c.rect(x - 150, y + 16, 300, 22, "#a8693e", 8)
    c.blob(
        [
            (x - 130, y + 14),
            (x - 128, y - 50),
            (x - 60, y - 86),
            (x + 50, y - 86),
            (x + 126, y - 50),
            (x + 130, y + 14),
            (x, y + 20),
        ],
        ("#d99a55", "#b06a34"),
    )
    for at in range(4):
        cx = x - 78 + at * 50
        c.curve([(cx - 8, y - 70), (cx + 10, y - 52), (cx + 14, y - 26)], 9, "#f6d9a4")
    for at in range(2):
        cx = x - 180 - at * 38
        c.blob([(cx - 30, y + 34), (cx - 34, y - 20), (cx, y - 44), (cx + 34, y - 20), (cx + 30, y + 34)], "#b9743c")
        c.blob([(cx - 24, y + 28), (cx - 27, y - 16), (cx, y - 36), (cx + 27, y - 16), (cx + 24, y + 28)], "#f8e4bf")


def kitchen_lamp(c: Canvas, p: Light) -> None:
    c.backdrop(("#244a55", "#2f6064", "#3a6f6c"), 640)
    c.rect(70, 90, 240, 280, "#1b3a46", 6)
    c.rect(84, 104, 212, 252, ("#1c3357", "#3f5c86"), 2)
    for at in range(14):
        c.circle(100 + at * 53 % 190, 120 + at * 37 % 150, 1.8, "#fdf6df", 0.8)
    c.circle(240, 160, 24, "#f8edcb")
    for bar in ((84, 228, 212, 6), (187, 104, 6, 252)):
        c.rect(*bar, "#dcc9a4")
    c.rect(60, 366, 260, 14, "#dcc9a4", 3)
    pot(c, 120, 366, 0.8, "#5fae8b")
    c.rect(870, 150, 270, 14, "#c98a5a", 3)
    for at, (x, w, h, colour) in enumerate(
        ((890, 30, 74, CORAL), (924, 24, 88, AMBER), (952, 34, 66, MINT), (1040, 46, 56, CREAM), (1094, 30, 44, "#e9a08c"))
    ):
        c.rect(x, 150 - h, w, h, colour, 4 + at)
    c.line([(600, -10), (600, 120)], 5, "#14313a")
    c.polygon([(520, 200), (680, 200), (1010, 640), (190, 640)], "#ffdf94", 0.2)
    c.glow(600, 215, 330, "#ffe9b0", 0.75)
    c.polygon([*arc(600, 202, 116, 90, 180, 360)], ("#f08a62", CORAL))
    c.ellipse(600, 202, 116, 16, "#fff1c4")
    c.ellipse(600, 468, 470, 76, "#7d4a35")
    c.ellipse(600, 458, 470, 74, ("#e0a56c", "#c07f4c"))
    c.glow(600, 454, 330, "#fff0c0", 0.5, 52)
    c.line([(600, 540), (600, 640)], 36, "#6b4434")
    mug(c, 400, 474, 0.72, "#fbf1df", TEAL, -1)
    mug(c, 800, 470, 0.72, AMBER, "#fff1cc")
    steam(c, 400, 372, 92, 0.6)
    steam(c, 800, 368, 92, 0.6)
    c.polygon([(528, 430), (656, 420), (690, 488), (548, 500)], "#fffdf6")
    for at in range(4):
        c.line([(548 + at * 5, 444 + at * 12), (630 + at * 6, 438 + at * 12)], 4, "#9fb3b3")
    c.polygon([(628, 474), (672, 470), (680, 484), (634, 489)], CORAL, 0.85)
    c.line([(700, 500), (760, 452)], 7, AMBER)
    c.polygon([(692, 507), (697, 496), (704, 503)], "#3a2a2a")


def two_mugs(c: Canvas, p: Light) -> None:
    c.rect(0, 0, 1200, 640, ("#fbeed6", "#f3d9ae"))
    c.rect(150, -20, 900, 456, "#ffffff", 4)
    with c.within([(176, 0), (1024, 0), (1024, 420), (176, 420)]):
        c.backdrop(p.sky, 430)
        c.glow(820, 140, 300, p.sun, 0.8)
        c.circle(820, 140, 58, p.sun)
        c.land([(100, 330), (400, 290), (760, 320), (1100, 280)], p.mid)
        c.land([(100, 380), (500, 350), (1100, 372)], p.near)
        tree(c, p, 330, 390, 1.25)
        tree(c, p, 930, 396, 0.9)
    for w in ((592, 0, 16, 420), (176, 196, 848, 12)):
        c.rect(*w, "#ffffff")
    for side, x in ((1, 0), (-1, 1200)):
        points = [(x, -10), (x + side * 210, -10), (x + side * 176, 180), (x + side * 96, 330), (x + side * 120, 470), (x, 470)]
        c.polygon([points[0], *smooth(points[1:5]), points[5]], ("#f08f72", "#dd6a50"))
        for dx in (46, 100, 150):
            c.curve(
                [(x + side * dx, -10), (x + side * dx * 0.88, 180), (x + side * dx * 0.5, 330), (x + side * dx * 0.6, 470)],
                4,
                "#c9553f",
                0.5,
            )
    c.rect(60, 430, 1080, 44, ("#ffffff", "#ecdcc0"), 4)
    c.rect(60, 470, 1080, 12, "#d9c3a0", 3)
    c.polygon([(640, 436), (980, 436), (700, 640), (240, 640)], "#fff6d6", 0.4)
    mug(c, 500, 446, 1.15, TEAL, AMBER, -1)
    mug(c, 712, 450, 1.15, CORAL, CREAM)
    steam(c, 500, 286, 120, 0.8)
    steam(c, 712, 290, 120, 0.8)
    pot(c, 930, 440, 1.5, "#3f9274")
    pot(c, 268, 440, 1.1, "#5fae8b", AMBER)
