"""Scenes along roads."""

from local.demo.scenes.buildings import cottage
from local.demo.scenes.canvas import Canvas, Light, mix
from local.demo.scenes.country import hills
from local.demo.scenes.lights import AMBER, CORAL, CREAM, TEAL
from local.demo.scenes.people import bicycle, person
from local.demo.scenes.props import flower, grass, poplar, sky, tree, water


def bike_path(c: Canvas, p: Light) -> None:
    sky(c, p, (960, 200), 3, 40)
    hills(c, p, 330, 8)
    for at in range(10):
        poplar(c, p, 640 + at * 66, 436 - at % 2 * 3, 0.46, mix(p.leaf, p.far, 0.25))
    water(c, p, 440, (mix(p.sky[2], p.mid, 0.2), mix(p.sky[0], p.near, 0.4)), 5, 530)
    c.land([(-10, 500), (300, 490), (760, 500), (1210, 488)], (mix(p.near, p.sun, 0.25), p.near))
    c.polygon([(-10, 556), (1210, 540), (1210, 622), (-10, 634)], ("#d4664d", "#b9503c"))
    for at in range(9):
        c.line([(40 + at * 140, 594 - at * 1.8), (100 + at * 140, 593 - at * 1.8)], 4, CREAM, 0.8)
    for at, (x, y, size) in enumerate(((240, 586, 1.15), (470, 612, 1.25), (730, 584, 1.1), (960, 606, 1.2))):
        bicycle(c, x, y, size, (TEAL, AMBER, "#1f3a5f", CORAL)[at], p.ink, (3, 1, 7, 6)[at])
    for at in range(14):
        flower(c, 40 + at * 88, 536 - at * 13 % 14, 0.6, ("#fff6d6", AMBER, CORAL)[at % 3], mix(p.leaf, p.ink, 0.2))
    tree(c, p, 90, 520, 1.2)


def bus(c: Canvas, p: Light) -> None:
    sky(c, p, (200, 150), 3, 44)
    hills(c, p, 320, 9)
    for at in range(6):
        cottage(c, p, 60 + at * 188, 424, 96, at + 2) if at in (0, 4, 5) else tree(
            c, p, 120 + at * 190, 428, 0.55, mix(p.leaf, p.far, 0.3)
        )
    c.land([(-10, 430), (400, 420), (800, 430), (1210, 418)], (mix(p.near, p.sun, 0.35), p.near))
    for at in range(9):
        c.polygon(
            [(90 + at * 150, 470), (190 + at * 150, 470), (150 + at * 176, 540), (20 + at * 176, 540)], ("#e8cf7a", "#d9b45c"), 0.55
        )
    c.rect(0, 530, 1200, 76, ("#6f7f86", "#56666e"))
    for at in range(9):
        c.rect(30 + at * 150, 566, 76, 5, CREAM, 2, 0.85)
    c.rect(0, 604, 1200, 40, (p.near, p.ground))
    _bus(c, p, 330, 578)
    _stop(c, p, 1000, 612)
    person(c, 1060, 614, 128, 5)
    tree(c, p, 130, 625, 1.35)
    for at in range(5):
        grass(c, 300 + at * 180, 628, mix(p.leaf, p.ink, 0.1), 1)


def _bus(c: Canvas, p: Light, x: float, y: float) -> None:
    c.shadow(x + 240, y + 6, 280, 18, 0.4)
    c.rect(x, y - 196, 480, 182, ("#ffcf5c", "#f0a92e"), 26)
    c.rect(x, y - 66, 480, 20, TEAL)
    c.rect(x + 22, y - 172, 360, 86, "#bfe0e6", 10)
    c.rect(x + 396, y - 172, 74, 104, "#d5ecef", 10)
    for at in range(1, 5):
        c.rect(x + 22 + at * 72 - 4, y - 172, 8, 86, "#f0b23c")
    for at, number in enumerate((0, 4, 2)):
        cx = x + 60 + at * 105
        c.circle(cx, y - 122, 16, ("#f0c6a0", "#5f3b29", "#e3ac80")[at])
        c.pie(cx, y - 124, 18, 180, 360, ("#8a4f2a", "#17140f", "#c9c4bc")[at])
        c.pie(cx, y - 86, 26, 180, 360, (CORAL, "#d96a7a", "#1f3a5f")[number // 2])
    c.circle(x + 432, y - 122, 15, "#f4d0ae")
    c.pie(x + 432, y - 125, 17, 180, 360, "#c9c4bc")
    c.rect(x + 416, y - 106, 32, 38, "#6c4a6d", 10)
    c.polygon([(x + 30, y - 90), (x + 104, y - 170), (x + 136, y - 170), (x + 62, y - 90)], "#ffffff", 0.3)
    for dx in (96, 384):
        c.pie(x + dx, y - 14, 46, 180, 360, "#3a4a52")
        c.circle(x + dx, y - 14, 36, "#2b353c")
        c.circle(x + dx, y - 14, 17, "#c9d2d2")
    c.rect(x + 462, y - 52, 18, 16, "#fff6d6", 5)
    c.rect(x + 150, y - 206, 150, 12, "#e0982a", 5)


def _stop(c: Canvas, p: Light, x: float, y: float) -> None:
    c.line([(x, y), (x, y - 170)], 6, p.ink)
    c.circle(x, y - 182, 28, TEAL)
    c.circle(x, y - 182, 22, CREAM)
    c.rect(x - 13, y - 194, 26, 19, AMBER, 4)
    c.circle(x - 7, y - 173, 3.5, p.ink)
    c.circle(x + 7, y - 173, 3.5, p.ink)
