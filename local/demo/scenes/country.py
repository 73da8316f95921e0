"""Scenes in the open: parks, dikes, a house by the water."""

import math
from random import Random

from local.demo.scenes.buildings import cottage
from local.demo.scenes.canvas import Canvas, Light, Point, mix
from local.demo.scenes.lights import BRICK, CORAL
from local.demo.scenes.people import person
from local.demo.scenes.props import bench, birds, bush, lamp, poplar, sky, tree, water


def hills(c: Canvas, p: Light, y: float, seed: int = 1) -> None:
    """Three layers of land, the farthest palest; the nearest begins about 110 units below y."""
    for at, colour in enumerate((p.far, p.mid, p.near)):
        base = y + at * 52
        points: list[Point] = [(x, base - 34 * ((x // 240 * 7 + seed * 3 + at * 5) % 3 - 1)) for x in range(-40, 1520, 240)]
        c.land(points, (mix(colour, p.sun, 0.18), colour))


def path(c: Canvas, near: tuple[float, float], far: tuple[float, float], y: float, colour: str) -> None:
    """A path that winds from the lower edge (x from, to) to a point at height y."""
    (a, b), (d, e) = near, far
    mid = (y + 640) / 2 + 20
    left = [(a, 640.0), (a + (d - a) * 0.35 + 70, mid), (d, y)]
    right = [(e, y), (b + (e - b) * 0.35 + 70, mid), (b, 640.0)]
    c.polygon([*bend(left), *bend(right)], (mix(colour, "#ffffff", 0.2), colour))


def bend(points: list[Point]) -> list[Point]:
    (x0, y0), (x1, y1), (x2, y2) = points
    steps = [t / 20 for t in range(21)]
    return [
        ((1 - t) ** 2 * x0 + 2 * t * (1 - t) * x1 + t * t * x2, (1 - t) ** 2 * y0 + 2 * t * (1 - t) * y1 + t * t * y2)
        for t in steps
    ]


def park(c: Canvas, p: Light) -> None:
    sky(c, p, (900, 170), 3, 3)
    hills(c, p, 350, 2)
    for x, size in ((90, 0.75), (210, 0.6), (430, 0.55), (760, 0.6), (1010, 0.7), (1120, 0.62)):
        tree(c, p, x, 470, size, mix(p.leaf, p.far, 0.35))
    c.land([(-10, 480), (400, 462), (800, 478), (1210, 460)], (p.near, p.ground))
    path(c, (330, 860), (640, 690), 474, mix("#e8d3a8", p.ground, 0.45 if p.dark else 0.1))
    for x, y, size in ((120, 560, 1.5), (1080, 570, 1.6), (960, 520, 1.0)):
        tree(c, p, x, y, size)
    bench(c, 330, 545, 0.9, mix("#c98a52", p.ink, 0.4 if p.dark else 0), p.ink)
    for x, y, height in ((470, 560, 190), (800, 520, 150)):
        lamp(c, p, x, y, height)
    for at, (x, y) in enumerate(((560, 590), (622, 596), (690, 560), (735, 566))):
        person(c, x, y, 128 if y > 580 else 104, at + 2, 0.75)
    birds(c, 330, 180, p.ink, 3) if not p.dark else None


def windmills(c: Canvas, p: Light) -> None:
    sky(c, p, (300, 250), 3, 7)
    hills(c, p, 420, 1)
    water(c, p, 548, (mix(p.sky[1], p.near, 0.35), mix(p.near, p.ink, 0.2)))
    c.land([(-10, 520), (300, 486), (700, 500), (1210, 470)], (mix(p.near, p.sun, 0.25), p.ground))
    for x, y, size, turn in ((880, 496, 1.15, 12), (560, 500, 0.9, 48), (1090, 486, 0.7, 80)):
        _turbine(c, p, x, y, size, turn)
    cottage(c, p, 90, 515, 150, 2, CORAL)
    cottage(c, p, 280, 512, 120, 5, BRICK)
    poplar(c, p, 60, 520, 0.7)
    poplar(c, p, 430, 508, 0.6)
    for at in range(12):
        _sheep(c, 520 + at * 47 + at * at % 5 * 9, 545 + at * 31 % 44, 0.8)


def _turbine(c: Canvas, p: Light, x: float, y: float, size: float, turn: float) -> None:
    white, shade = "#fbfaf5", "#cfd9d6"
    h = 330 * size
    c.polygon([(x - 9 * size, y), (x - 4 * size, y - h), (x + 4 * size, y - h), (x + 9 * size, y)], white)
    c.polygon([(x + 2 * size, y), (x + 1 * size, y - h), (x + 4 * size, y - h), (x + 9 * size, y)], shade)
    for at in range(3):
        a = math.radians(turn + 120 * at)
        n = (math.cos(a + math.pi / 2), math.sin(a + math.pi / 2))
        tip = (x + math.cos(a) * 165 * size, y - h + math.sin(a) * 165 * size)
        mid = (x + math.cos(a) * 40 * size, y - h + math.sin(a) * 40 * size)
        c.polygon([(x, y - h), (mid[0] + n[0] * 11 * size, mid[1] + n[1] * 11 * size), tip, (x, y - h)], white)
        c.polygon([(x, y - h), (mid[0] - n[0] * 3 * size, mid[1] - n[1] * 3 * size), tip, (x, y - h)], shade)
    c.circle(x, y - h, 11 * size, white)
    c.circle(x, y - h, 5 * size, shade)


def _sheep(c: Canvas, x: float, y: float, size: float) -> None:
    for dx in (-9, 9):
        c.line([(x + dx * size, y), (x + dx * size, y - 12 * size)], 3 * size, "#4a4a4a")
    for dx, dy, r in ((-10, -18, 9), (0, -21, 11), (10, -18, 9)):
        c.circle(x + dx * size, y + dy * size, r * size, "#fdf8ec")
    c.ellipse(x + 19 * size, y - 20 * size, 6 * size, 5 * size, "#4a4a4a")


def willow(c: Canvas, p: Light) -> None:
    sky(c, p, (880, 180), 3, 12)
    hills(c, p, 300, 3)
    water(c, p, 470, ("#b9dcd8", "#5fa3a3"))
    c.land([(640, 478), (900, 470), (1210, 462), (1210, 474), (900, 484), (640, 486)], p.near)
    for px in (960, 1010, 1080, 1130):
        poplar(c, p, px, 474, 0.5)
    c.land([(-10, 500), (260, 476), (560, 482), (790, 520), (860, 650)], (mix(p.near, p.sun, 0.25), p.ground))
    cottage(c, p, 400, 496, 250, 0, CORAL)
    bush(c, 680, 510, 0.8, p.leaf)
    trunk = [
        (176, 560),
        (196, 430),
        (188, 300),
        (170, 220),
        (196, 214),
        (216, 280),
        (240, 210),
        (262, 220),
        (236, 320),
        (238, 430),
        (262, 560),
    ]
    c.polygon(trunk, (p.trunk, mix(p.trunk, p.ink, 0.4)))
    chance = Random(8)
    for layer in range(3):
        for at in range(30):
            out = (at / 29 - 0.5) * 2
            x, top = 214 + out * 96, 112 + out * out * 56 + layer * 10
            reach = out * (100 + layer * 18)
            low = 270 + abs(out) ** 1.5 * (190 - layer * 40) + chance.uniform(-26, 50)
            shade = mix(mix(p.leaf, p.ink, 0.25 - layer * 0.1), p.sun, layer * 0.16 * chance.uniform(0.6, 1.2))
            strand = [
                (214 + out * 50, top),
                (x + reach * 0.5, top + 40),
                (x + reach * 0.8, (top + low) / 2),
                (x + reach * 0.84, low),
            ]
            c.curve(strand, chance.uniform(7, 13), shade)
    bench(c, 700, 566, 1.0, "#c98a52", p.ink)
    person(c, 682, 568, 104, 5)
    person(c, 726, 568, 104, 2)
    for lily in (820, 870, 900, 1040, 1080, 1150):
        c.ellipse(lily, 560 + lily % 37, 26, 7, mix(p.leaf, p.sun, 0.2))
        c.circle(lily + 6, 553 + lily % 37, 6, "#fbd3d0")
    birds(c, 560, 130, p.ink, 3, 0.8)
