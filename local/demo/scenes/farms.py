"""Scenes on farms."""

import itertools

from local.demo.scenes.buildings import cottage
from local.demo.scenes.canvas import Canvas, Light, mix
from local.demo.scenes.country import hills, path
from local.demo.scenes.lights import AMBER, BRICK, CORAL, CREAM
from local.demo.scenes.people import person
from local.demo.scenes.props import birds, poplar, sky, tree


def greenhouses(c: Canvas, p: Light) -> None:
    sky(c, p, (930, 200), 3, 23)
    for at in range(9):
        _glasshouse(c, p, at * 150 - 60, 360, 150, 60, 0.7)
    c.rect(0, 352, 1200, 300, ("#ffdca0", "#f0a866"))
    c.glow(600, 380, 760, "#fff1c4", 0.7, 200)
    c.polygon([(-20, 660), (1220, 660), (720, 372), (480, 372)], ("#e6b274", "#b97a4c"))
    for lane in (-3, -2, -1, 1, 2, 3):
        for at in range(7):
            far = 1 - (at / 6) ** 1.5
            x = 600 + lane * (44 + (1 - far) * 150)
            _tomato(c, x, 404 + (1 - far) * 236, 0.42 + (1 - far) * 1.25)
    for at in range(4):
        x = -200 + at * 400
        roof = [(x, 250), (x + 200, 186), (x + 400, 250)]
        c.line(roof, 9, "#fff6e4", 0.95)
        c.line([(x, 250), (x, 660)], 9, "#fff6e4", 0.9)
        for share in (0.25, 0.5, 0.75):
            top = 250 - 64 * (1 - abs(share - 0.5) * 2)
            c.line([(x + 400 * share, top), (600 + (x + 400 * share - 600) * 0.3, 352)], 3, "#fff6e4", 0.6)
    c.line([(-10, 250), (1210, 250)], 6, "#fff6e4", 0.9)
    c.polygon([(-10, 250), (1210, 250), (1210, 352), (-10, 352)], "#fff6e4", 0.18)
    person(c, 560, 628, 190, 1, 0, 1)
    c.rect(612, 584, 110, 52, ("#f6dfb0", "#d9b070"), 4)
    for at in range(6):
        c.circle(628 + at * 16, 580 - at % 2 * 8, 12, (CORAL, "#d84f3f")[at % 2])


def _glasshouse(c: Canvas, p: Light, x: float, y: float, w: float, h: float, alpha: float) -> None:
    roof = [(x, y - h), (x + w / 2, y - h - w * 0.16), (x + w, y - h)]
    c.polygon([(x, y), *roof, (x + w, y)], ("#ffdf9a", "#f5a96a"), 0.62 * alpha)
    c.line(roof, 5 if h > 100 else 3, "#fff3dc", 0.9)
    for at in range(5):
        c.line(
            [(x + w * at / 4, y), (x + w * at / 4, y - h - (w * 0.16 if at == 2 else w * 0.08 if at in (1, 3) else 0))],
            3 if h > 100 else 1.5,
            "#fff3dc",
            0.7,
        )
    c.line([(x, y - h), (x + w, y - h)], 3 if h > 100 else 1.5, "#fff3dc", 0.8)


def _tomato(c: Canvas, x: float, y: float, size: float) -> None:
    for dx, dy, rx, ry in ((0, -60, 26, 60), (-10, -34, 20, 34), (11, -44, 20, 40)):
        c.ellipse(x + dx * size, y + dy * size, rx * size, ry * size, ("#2c6b52", "#357d5c", "#2f7456")[dx % 3])
    for dx, dy in ((-14, -30), (10, -52), (-6, -76), (14, -24), (2, -98)):
        c.circle(x + dx * size, y + dy * size, 8 * size, (CORAL, "#d84f3f")[dx > 0])


def fields(c: Canvas, p: Light) -> None:
    sky(c, p, (840, 150), 4, 26)
    c.land([(-10, 330), (300, 310), (700, 326), (1210, 300)], p.far)
    for at in range(16):
        poplar(c, p, 30 + at * 78, 336 - at % 3 * 4, 0.34, mix(p.leaf, p.far, 0.45))
    colours = ("#e8c765", "#7fb069", "#d9a441", "#4f9a72", "#c9d37a", "#b57b8f", "#5fae8b", "#efd88a", "#3f8b6b", "#e0b455")
    ends = [-900 + at * 190 for at in range(17)]
    for at, (a, b) in enumerate(itertools.pairwise(ends)):
        top = (600 + (a - 600) * 0.16 + 60, 600 + (b - 600) * 0.16 + 60)
        colour = colours[at * 3 % len(colours)]
        c.polygon([(a, 650), (top[0], 330), (top[1], 330), (b, 650)], (mix(colour, p.sky[2], 0.45), colour))
        for row in range(1, 6):
            share = row / 6
            c.line([(top[0] + (top[1] - top[0]) * share, 334), (a + (b - a) * share, 648)], 2.2, mix(colour, p.ink, 0.22), 0.35)
    cottage(c, p, 860, 352, 110, 1, CORAL)
    cottage(c, p, 980, 350, 70, 5, BRICK)
    tree(c, p, 840, 356, 0.42)
    _tractor(c, 400, 520, 0.95)
    birds(c, 240, 190, p.ink, 4)


def _tractor(c: Canvas, x: float, y: float, s: float) -> None:
    c.shadow(x, y + 2, 120 * s, 14, 0.35)
    c.rect(x - 14 * s, y - 84 * s, 106 * s, 48 * s, (mix(CORAL, "#ffffff", 0.12), CORAL), 8 * s)
    c.rect(x - 72 * s, y - 140 * s, 66 * s, 92 * s, CORAL, 6 * s)
    c.rect(x - 62 * s, y - 128 * s, 46 * s, 44 * s, "#d9eef0", 4 * s)
    c.rect(x - 82 * s, y - 150 * s, 86 * s, 14 * s, "#7d3530", 5 * s)
    c.rect(x + 62 * s, y - 126 * s, 8 * s, 46 * s, "#3a3a44", 2)
    for dx, r in ((-46, 50), (66, 32)):
        c.circle(x + dx * s, y - r * s, r * s, "#2b2f3a")
        c.circle(x + dx * s, y - r * s, r * 0.55 * s, AMBER)
        c.circle(x + dx * s, y - r * s, r * 0.2 * s, "#2b2f3a")


def farm(c: Canvas, p: Light) -> None:
    sky(c, p, (250, 250), 4, 33)
    hills(c, p, 360, 7)
    c.land([(-10, 500), (400, 486), (800, 496), (1210, 480)], (p.near, p.ground))
    _barn(c, p, 520, 520)
    cottage(c, p, 900, 510, 230, 2)
    for x, y, size in ((860, 524, 0.85), (1160, 540, 1.2), (440, 530, 0.7)):
        tree(c, p, x, y, size)
    path(c, (480, 790), (640, 700), 520, mix("#f2c48f", p.ground, 0.5))
    _tractor(c, 300, 590, 1.0)
    for at in range(6):
        _hen(c, 820 + at * 56, 590 + at * 29 % 34, 1.0, 1 if at % 2 else -1)
    person(c, 745, 600, 124, 3)


def _barn(c: Canvas, p: Light, x: float, y: float) -> None:
    c.polygon(
        [(x, y), (x, y - 130), (x + 60, y - 210), (x + 140, y - 250), (x + 220, y - 210), (x + 280, y - 130), (x + 280, y)],
        ("#c25a48", "#8a3a3c"),
    )
    for at in range(1, 10):
        c.line([(x + 28 * at, y), (x + 28 * at, y - 150)], 2, "#7a3336", 0.5)
    c.line([(x - 12, y - 122), (x + 54, y - 214), (x + 140, y - 258), (x + 226, y - 214), (x + 292, y - 122)], 14, "#3d2c4a")
    c.rect(x + 86, y - 118, 108, 118, p.pane)
    c.glow(x + 140, y - 50, 150, p.pane, 0.45)
    for dx in (80, 194):
        c.rect(x + dx, y - 124, 7, 124, CREAM)
    c.rect(x + 80, y - 126, 121, 7, CREAM)
    c.circle(x + 140, y - 190, 20, CREAM)
    c.circle(x + 140, y - 190, 14, p.pane)


def _hen(c: Canvas, x: float, y: float, s: float, f: int) -> None:
    colour = (CREAM, "#d98a4a", "#b5603c")[int(x) % 3]
    c.line([(x, y), (x, y - 10)], 2.5, AMBER)
    c.blob(
        [
            (x - 20 * f * s, y - 30 * s),
            (x - 8 * f * s, y - 12 * s),
            (x + 10 * f * s, y - 10 * s),
            (x + 16 * f * s, y - 26 * s),
            (x + 12 * f * s, y - 38 * s),
            (x + 4 * f * s, y - 26 * s),
        ],
        colour,
    )
    c.circle(x + 12 * f * s, y - 36 * s, 6 * s, colour)
    c.polygon([(x + 17 * f * s, y - 37 * s), (x + 24 * f * s, y - 34 * s), (x + 17 * f * s, y - 32 * s)], AMBER)
    c.circle(x + 11 * f * s, y - 43 * s, 3.5 * s, CORAL)
