"""Scenes in villages."""

from random import Random

from local.demo.scenes.buildings import cottage, tower, window
from local.demo.scenes.canvas import Canvas, Light, mix
from local.demo.scenes.country import bend, hills, path
from local.demo.scenes.lights import AMBER, CORAL, CREAM, TEAL
from local.demo.scenes.people import bicycle, person
from local.demo.scenes.props import lamp, sky, tree


def winter_house(c: Canvas, p: Light) -> None:
    sky(c, p, (960, 130), 0, 9)
    for at, colour in enumerate(("#55788f", "#7f9fb0", "#b8cdd6")):
        c.land(
            [(x, 390 + at * 62 - 30 * ((x // 200 + at) % 2)) for x in range(-40, 1520, 200)], (mix(colour, "#ffffff", 0.15), colour)
        )
    for x, y, size in ((120, 470, 1.2), (220, 490, 0.9), (950, 480, 1.1), (1060, 500, 1.5), (1150, 480, 0.9), (60, 520, 1.4)):
        _fir(c, x, y, size)
    c.land([(-10, 520), (300, 505), (700, 530), (1210, 510)], ("#e9f0f2", "#a9c0cb"))
    c.glow(590, 470, 420, p.pane, 0.35, 200)
    c.rect(390, 350, 400, 190, ("#a85a4a", "#7d3f3b"))
    for row in range(6):
        c.rect(390, 372 + row * 28, 400, 2, "#8f4a40", 0, 0.6)
    c.rect(690, 190, 44, 110, "#7d3f3b")
    c.rect(684, 182, 56, 16, "#eef4f5", 6)
    c.polygon([(350, 358), (590, 196), (830, 358)], ("#4a3a48", "#3a2f40"))
    c.polygon(
        bend([(336, 366), (470, 262), (590, 184)])
        + bend([(590, 184), (712, 264), (844, 366)])
        + [(800, 350), (590, 222), (380, 350)],
        ("#ffffff", "#d7e4ea"),
    )
    for x in (425, 690):
        window(c, p, x, 396, 66, 76, True, "#f3e3c8")
    window(c, p, 566, 262, 48, 52, True, "#f3e3c8")
    c.rect(552, 412, 76, 128, ("#0f6b64", "#0a4a4a"), 3)
    c.rect(566, 428, 48, 40, p.pane, 3)
    c.ring(590, 488, 14, 6, "#6fa07a")
    c.polygon([(556, 540), (624, 540), (690, 632), (500, 632)], p.pane, 0.25)
    for dx, dy, r in ((0, 0, 26), (4, -40, 19), (7, -69, 14)):
        c.circle(270 + dx, 556 + dy, r, ("#ffffff", "#a9c0cd"))
    c.line([(276, 486), (296, 490)], 5, "#e98a3a")
    c.line([(258, 502), (292, 504)], 8, CORAL)
    chance = Random(5)
    for _ in range(60):
        c.circle(chance.uniform(0, 1200), chance.uniform(0, 600), chance.uniform(1.8, 3.6), "#ffffff", chance.uniform(0.4, 0.9))
    for at, (dx, r) in enumerate(((0, 13), (14, 18), (34, 24))):
        c.circle(712 + dx, 160 - at * 34, r, "#d9e6ea", 0.4 - at * 0.08)


def _fir(c: Canvas, x: float, y: float, size: float) -> None:
    c.rect(x - 5 * size, y - 16 * size, 10 * size, 18 * size, "#2a2a35")
    for at in range(3):
        w, top = (52 - at * 12) * size, y - (62 + at * 40) * size
        c.polygon(
            [(x - w, y - (14 + at * 40) * size), (x, top - 18 * size), (x + w, y - (14 + at * 40) * size)], ("#2f5f66", "#1f4654")
        )
        c.polygon(
            [
                (x - w * 0.42, top + 12 * size),
                (x, top - 20 * size),
                (x + w * 0.42, top + 12 * size),
                (x + w * 0.12, top + 4 * size),
                (x - w * 0.1, top + 14 * size),
            ],
            "#eaf2f4",
        )


def village(c: Canvas, p: Light) -> None:
    sky(c, p, (1010, 140), 3, 15)
    hills(c, p, 350, 4)
    tower(c, 700, 470, 330, mix(p.wall[2], p.ink, 0.05), mix(p.roof[2], p.ink, 0.1))
    c.circle(700, 300, 15, CREAM)
    c.line([(700, 300), (700, 290)], 3, p.ink)
    c.line([(700, 300), (707, 303)], 3, p.ink)
    for x, y, w, seed in (
        (820, 470, 150, 4),
        (540, 470, 140, 5),
        (420, 478, 150, 6),
        (960, 478, 160, 7),
        (1090, 490, 160, 8),
        (-20, 490, 160, 9),
        (120, 482, 140, 10),
    ):
        cottage(c, p, x, y, w, seed)
    c.land([(-10, 500), (400, 486), (800, 492), (1210, 478)], (mix(p.near, p.sun, 0.15), p.ground))
    path(c, (440, 800), (600, 650), 490, "#ead6ad")
    _practice(c, p, 190, 575)
    for x, y, size in ((90, 590, 1.2), (1090, 580, 1.45), (930, 540, 0.9), (480, 540, 0.7)):
        tree(c, p, x, y, size)
    for at, x in enumerate((560, 610)):
        person(c, x, 580, 116, (5, 1)[at], 0.4)
    bicycle(c, 830, 590, 0.85, TEAL, p.ink)


def _practice(c: Canvas, p: Light, x: float, y: float) -> None:
    c.rect(x, y - 130, 270, 130, ("#ffffff", "#e4ebe4"))
    c.polygon([(x - 16, y - 126), (x + 40, y - 196), (x + 230, y - 196), (x + 286, y - 126)], (mix(TEAL, "#ffffff", 0.12), TEAL))
    for dx in (26, 190):
        window(c, p, x + dx, y - 98, 52, 50, True, "#d9e4dc")
    c.rect(x + 108, y - 96, 54, 96, AMBER, 3)
    c.rect(x + 116, y - 88, 38, 36, "#fff6d6", 2)
    c.circle(x + 135, y - 158, 24, CREAM)
    c.rect(x + 130, y - 173, 10, 30, TEAL, 2)
    c.rect(x + 120, y - 163, 30, 10, TEAL, 2)


def hamlet(c: Canvas, p: Light) -> None:
    sky(c, p, (320, 300), 4, 19)
    for at, colour in enumerate((p.far, mix(p.far, p.mid, 0.5), p.mid)):
        c.land(
            [(x, 370 + at * 44 - 44 * ((x // 210 * 5 + at) % 3 - 1)) for x in range(-40, 1520, 210)],
            (mix(colour, p.sky[2], 0.3), colour),
        )
    tower(c, 660, 470, 250, p.wall[1], p.roof[0])
    for x, y, w, seed in (
        (480, 486, 150, 1),
        (720, 484, 160, 5),
        (880, 500, 170, 2),
        (300, 500, 160, 3),
        (600, 520, 180, 6),
        (1030, 528, 150, 4),
        (150, 522, 150, 8),
    ):
        cottage(c, p, x, y, w, seed)
    c.land([(-10, 548), (400, 524), (800, 536), (1210, 522)], (p.near, p.ground))
    path(c, (470, 760), (660, 700), 528, mix("#f2c48f", p.ground, 0.45))
    for x, y, size in ((90, 590, 1.5), (1120, 590, 1.6), (980, 560, 0.9), (240, 560, 0.8)):
        tree(c, p, x, y, size)
    for x, y in ((430, 580), (830, 572)):
        lamp(c, p, x, y, 120)
    for at, x in enumerate((560, 596, 640)):
        person(c, x, 606, (112, 78, 118)[at], (1, 4, 3)[at], 0.4)
