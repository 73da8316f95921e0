"""Scenes with meadows and what lives there."""

import math
from random import Random

from local.demo.scenes.canvas import Canvas, Light, mix, smooth
from local.demo.scenes.country import hills
from local.demo.scenes.lights import AMBER, CREAM, TEAL
from local.demo.scenes.props import birds, flower, poplar, sky


def cows(c: Canvas, p: Light) -> None:
    sky(c, p, (300, 220), 3, 30)
    hills(c, p, 350, 6)
    old_mill(c, p, 800, 414, 0.95)
    for at in range(7):
        poplar(c, p, 90 + at * 58, 410, 0.42, mix(p.leaf, p.far, 0.35))
    c.land([(-10, 430), (400, 414), (800, 426), (1210, 410)], (mix(p.near, p.sun, 0.3), p.ground))
    c.polygon([(620, 424), (650, 424), (900, 650), (560, 650)], (mix(p.sky[1], p.far, 0.2), p.sky[0]))
    for x, y, size, flip in ((150, 474, 0.5, 1), (545, 486, 0.58, -1), (290, 570, 1.2, 1), (1000, 602, 1.3, -1)):
        _cow(c, x, y, size, flip)
    for at in range(11):
        flower(c, 60 + at * 109, 622 - at * 23 % 30, 0.8, ("#fff6d6", AMBER, "#ffffff")[at % 3], mix(p.leaf, p.ink, 0.2))


def _cow(c: Canvas, x: float, y: float, s: float, f: int) -> None:
    white, black = "#fbf8f0", "#2c2b33"
    c.shadow(x, y, 110 * s, 12 * s, 0.25)
    for dx, shade in ((-62, "#d9d3c8"), (52, "#d9d3c8"), (-76, white), (66, white)):
        c.rect(x + (dx if f > 0 else -dx - 16) * s, y - 58 * s, 16 * s, 58 * s, shade, 3)
    body = [
        (x + dx * f * s, y + dy * s)
        for dx, dy in ((-88, -118), (-30, -128), (60, -126), (90, -112), (92, -62), (50, -44), (-60, -46), (-92, -62))
    ]
    c.blob(body, white)
    with c.within(smooth(body, closed=True)):
        for dx, dy, rx, ry in ((-60, -110, 30, 26), (30, -120, 34, 22), (78, -70, 26, 24), (-14, -66, 22, 20)):
            c.ellipse(x + dx * f * s, y + dy * s, rx * s, ry * s, black)
    c.ellipse(x - 44 * f * s, y - 42 * s, 22 * s, 13 * s, "#eab6a6")
    c.curve([(x - 90 * f * s, y - 108 * s), (x - 112 * f * s, y - 84 * s), (x - 106 * f * s, y - 50 * s)], 5 * s, black)
    hx, hy = x + 122 * f * s, y - 124 * s
    c.blob([(x + 80 * f * s, y - 116 * s), (hx - 12 * f * s, hy - 22 * s), (hx, hy + 14 * s), (x + 84 * f * s, y - 70 * s)], black)
    c.blob(
        [
            (hx - 22 * f * s, hy - 24 * s),
            (hx + 16 * f * s, hy - 18 * s),
            (hx + 26 * f * s, hy + 26 * s),
            (hx + 6 * f * s, hy + 36 * s),
            (hx - 14 * f * s, hy + 14 * s),
        ],
        white,
    )
    c.ellipse(hx + 16 * f * s, hy + 27 * s, 16 * s, 11 * s, "#eab6a6")
    c.ellipse(hx - 26 * f * s, hy - 18 * s, 15 * s, 7 * s, black)
    c.circle(hx + 2 * f * s, hy - 2 * s, 3.4 * s, black)


def old_mill(c: Canvas, p: Light, x: float, y: float, s: float) -> None:
    c.polygon([(x - 60 * s, y), (x - 34 * s, y - 190 * s), (x + 34 * s, y - 190 * s), (x + 60 * s, y)], ("#a56a4d", "#7f4a3c"))
    c.polygon([(x - 42 * s, y - 186 * s), (x, y - 240 * s), (x + 42 * s, y - 186 * s)], "#5c3f3d")
    c.rect(x - 74 * s, y - 74 * s, 148 * s, 9 * s, CREAM, 2)
    c.rect(x - 12 * s, y - 46 * s, 24 * s, 46 * s, TEAL, 2)
    hub = (x, y - 196 * s)
    for at in range(4):
        a = math.radians(28 + 90 * at)
        n = (math.cos(a + math.pi / 2) * 24 * s, math.sin(a + math.pi / 2) * 24 * s)
        tip = (hub[0] + math.cos(a) * 150 * s, hub[1] + math.sin(a) * 150 * s)
        low = (hub[0] + math.cos(a) * 34 * s, hub[1] + math.sin(a) * 34 * s)
        c.polygon([low, tip, (tip[0] + n[0], tip[1] + n[1]), (low[0] + n[0], low[1] + n[1])], CREAM, 0.92)
        c.line([hub, tip], 6 * s, "#5c3f3d")
    c.circle(*hub, 9 * s, "#3f2c2c")


def polder(c: Canvas, p: Light) -> None:
    sky(c, p, (860, 230), 3, 36)
    c.land([(-10, 350), (1210, 346)], p.far)
    old_mill(c, p, 240, 362, 0.6)
    for at in range(9):
        poplar(c, p, 520 + at * 84, 360, 0.3, mix(p.leaf, p.far, 0.5))
    c.land([(-10, 366), (1210, 362)], (mix(p.mid, p.sun, 0.3), p.ground))
    for a, b, top in ((-420, -230, 470), (140, 250, 540), (560, 700, 610), (1010, 1160, 680), (1560, 1780, 760)):
        c.polygon([(a, 650), (top, 368), (top + 12, 368), (b, 650)], (p.sky[2], p.sky[0]))
        c.line([(a, 650), (top, 368)], 4, mix(p.leaf, p.sun, 0.15))
        c.line([(b, 650), (top + 12, 368)], 4, mix(p.leaf, p.ink, 0.15))
    for y, alpha in ((372, 0.75), (404, 0.5), (446, 0.3)):
        c.rect(-60, y, 1320, 22, "#fff8e6", 11, alpha)
    chance = Random(4)
    for x0 in (60, 470, 1040):
        for _ in range(15):
            _reed(c, x0 + chance.uniform(-64, 64), 655, chance.uniform(110, 190), p)
    _godwit(c, 800, 590, 1.25)
    _godwit(c, 330, 566, 0.85)
    birds(c, 460, 160, p.ink, 5, 1.1)


def _reed(c: Canvas, x: float, y: float, h: float, p: Light) -> None:
    lean = (x % 17 - 8) * 1.6
    c.curve([(x, y), (x + lean * 0.4, y - h * 0.6), (x + lean, y - h)], 3.5, mix(p.leaf, p.ink, 0.1))
    c.line([(x + lean * 0.92, y - h * 0.95), (x + lean, y - h - 26)], 10, "#7a4a32")


def _godwit(c: Canvas, x: float, y: float, s: float) -> None:
    for dx in (-6, 8):
        c.line([(x + dx * s, y - 34 * s), (x + dx * s, y)], 3 * s, "#4a3b35")
    c.blob(
        [
            (x - 44 * s, y - 46 * s),
            (x - 10 * s, y - 66 * s),
            (x + 24 * s, y - 62 * s),
            (x + 26 * s, y - 40 * s),
            (x - 6 * s, y - 30 * s),
        ],
        ("#c9825a", "#8f5a44"),
    )
    c.blob([(x + 10 * s, y - 54 * s), (x + 24 * s, y - 92 * s), (x + 36 * s, y - 90 * s), (x + 28 * s, y - 48 * s)], "#c9743f")
    c.circle(x + 33 * s, y - 94 * s, 11 * s, "#c9743f")
    c.line([(x + 42 * s, y - 92 * s), (x + 92 * s, y - 82 * s)], 3.5 * s, "#e9a04a")
    c.circle(x + 36 * s, y - 97 * s, 2.2 * s, "#2a2020")
