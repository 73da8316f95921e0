"""Scenes with trams and trains."""

from random import Random

from local.demo.scenes.buildings import terrace, window
from local.demo.scenes.canvas import Canvas, Light, mix
from local.demo.scenes.country import hills
from local.demo.scenes.lights import AMBER, CORAL, CREAM, NAVY, TEAL
from local.demo.scenes.people import person
from local.demo.scenes.props import bench, pot, sky
from local.demo.scenes.town import pavement


def tram(c: Canvas, p: Light) -> None:
    sky(c, p, (980, 260), 4, 3)
    terrace(c, p, 500, 7, tall=240)
    pavement(c, p, 500, "#7a6a86")
    c.line([(-10, 118), (1210, 104)], 2.5, p.ink)
    for x in (70, 1130):
        c.line([(x, 560), (x, 90)], 8, p.ink)
        c.line([(x, 112), (x + (70 if x < 600 else -70), 112)], 5, p.ink)
    for y in (566, 590):
        c.rect(0, y, 1200, 5, "#c9b7bd", 0, 0.8)
    x, y = 210, 562
    c.glow(x + 380, y + 6, 460, p.pane, 0.3, 50)
    c.line([(x + 330, y - 232), (x + 390, y - 292), (x + 350, y - 340), (x + 420, y - 452)], 5, p.ink)
    c.rect(x + 60, y - 240, 620, 20, "#2c3560", 8)
    c.rect(x, y - 226, 760, 214, ("#f6efe2", "#d9c9c4"), 38)
    c.rect(x, y - 84, 760, 46, (CORAL, "#c24f3f"))
    c.rect(x, y - 40, 760, 30, "#2c3560", 12)
    c.rect(x + 26, y - 194, 708, 96, ("#ffe3a3", p.pane), 18)
    for at in range(1, 7):
        c.rect(x + 26 + at * 101 - 5, y - 196, 10, 100, "#3a3f66")
    for dx in (248, 450):
        c.rect(x + dx, y - 204, 78, 176, "#3a3f66", 6)
        for half in (6, 42):
            c.rect(x + dx + half, y - 194, 30, 158, p.pane, 4)
    for at, dx in enumerate((70, 170, 372, 560, 650)):
        _passenger(c, x + dx, y - 98, at)
    for dx in (130, 200, 560, 630):
        c.circle(x + dx, y - 8, 18, "#232a4a")
        c.circle(x + dx, y - 8, 7, "#8f8aa0")
    c.glow(x + 752, y - 56, 90, p.pane, 0.7)
    c.circle(x + 742, y - 58, 9, "#fff6d6")
    for at, (px, height) in enumerate(((90, 138), (1040, 142), (1095, 96))):
        person(c, px, 612, height, (7, 1, 4)[at], 0.4 if at else 0, 1 if at == 0 else -1)


def _passenger(c: Canvas, x: float, y: float, number: int) -> None:
    colour = "#4a3f63"
    c.pie(x, y, 26, 180, 360, colour)
    c.circle(x, y - 38, 15, colour)
    if number % 2:
        c.circle(x - 6, y - 50, 8, colour)


def station(c: Canvas, p: Light) -> None:
    sky(c, p, (250, 190), 3, 9)
    hills(c, p, 340, 2)
    c.rect(480, 250, 520, 260, ("#e8a07c", "#c97a5c"))
    c.polygon([(450, 256), (540, 176), (940, 176), (1030, 256)], ("#6d4f58", "#4f3a48"))
    c.rect(640, 160, 200, 110, ("#e8a07c", "#d98f6c"))
    c.polygon([(620, 166), (740, 88), (860, 166)], ("#6d4f58", "#4f3a48"))
    c.circle(740, 196, 44, CREAM)
    c.circle(740, 196, 37, "#ffffff")
    for tip, width in (((740, 168), 5), ((760, 206), 5)):
        c.line([(740, 196), tip], width, p.ink)
    c.circle(740, 196, 4, CORAL)
    for x in (510, 590, 850, 930):
        window(c, p, x, 300, 48, 80, True, CREAM)
    c.rect(666, 296, 148, 214, CREAM, 4)
    for x in (676, 744):
        c.rect(x, 306, 62, 204, (TEAL, "#084b48"), 2)
        c.rect(x + 10, 318, 42, 96, p.pane, 2)
    c.rect(440, 276, 600, 16, "#3f5a5c", 3)
    for x in (470, 620, 860, 1010):
        c.line([(x, 510), (x, 292)], 7, "#3f5a5c")
        c.curve([(x + 2, 330), (x + 14, 300), (x + 36, 292)], 4, "#3f5a5c")
    pavement(c, p, 506, "#d8c4a6")
    c.rect(0, 548, 1200, 6, CREAM)
    c.rect(0, 556, 1200, 90, ("#8c8478", "#6d665e"))
    for x in range(-10, 1210, 46):
        c.rect(x, 594, 26, 14, "#5c4a40", 2)
    c.rect(0, 588, 1200, 6, "#c9cdd0")
    _train(c, p, -250, 586)
    bench(c, 900, 540, 0.85, "#c98a52", p.ink)
    pot(c, 640, 528, 0.8, p.leaf)
    pot(c, 842, 528, 0.8, p.leaf)
    for at, x in enumerate((700, 780, 1090)):
        person(c, x, 546, 122, (3, 5, 0)[at], 0, -1 if at == 1 else 1)


def _train(c: Canvas, p: Light, x: float, y: float) -> None:
    c.shadow(x + 330, y, 380, 16, 0.35)
    c.polygon(
        [(x, y - 20), (x, y - 210), (x + 560, y - 210), (x + 640, y - 150), (x + 680, y - 60), (x + 670, y - 20)],
        ("#ffd35e", "#f0a92e"),
    )
    c.rect(x, y - 62, 668, 18, NAVY)
    c.rect(x, y - 180, 520, 76, "#2a4a62", 10)
    c.polygon([(x + 540, y - 186), (x + 574, y - 186), (x + 634, y - 120), (x + 540, y - 120)], "#2a4a62")
    for at in range(6):
        c.rect(x + 20 + at * 84, y - 170, 66, 56, ("#bfe0e6", "#8fc3cf"), 6)
    c.rect(x + 400, y - 184, 54, 150, "#e59a2a", 4)
    c.rect(x + 410, y - 170, 34, 66, "#bfe0e6", 4)
    c.circle(x + 646, y - 46, 9, "#fff6d6")
    for dx in (260, 330, 520, 590):
        c.circle(x + dx, y - 14, 20, "#2b353c")
        c.circle(x + dx, y - 14, 8, "#b9c2c2")


def night_train(c: Canvas, p: Light) -> None:
    sky(c, p, (250, 130), 1, 14)
    for points, colour in (
        ([(-20, 430), (140, 250), (260, 360), (430, 170), (600, 380), (760, 220), (930, 400), (1080, 240), (1230, 420)], "#3d6680"),
        ([(-20, 470), (90, 380), (250, 450), (400, 330), (560, 460), (700, 360), (860, 470), (1010, 340), (1230, 480)], "#2c5169"),
    ):
        c.polygon([(-20, 640), *points, (1230, 640)], (mix(colour, "#ffffff", 0.12), colour))
        for x, y in points[1::2]:
            c.polygon(
                [(x, y), (x + 34, y + 44), (x + 12, y + 36), (x - 4, y + 52), (x - 18, y + 34), (x - 36, y + 46)], "#e6f0f2", 0.85
            )
    c.land([(-10, 470), (300, 450), (700, 470), (1210, 440)], ("#1f4560", "#132f47"))
    chance = Random(3)
    for at in range(26):
        left, h = at * 48 + chance.uniform(-10, 10), chance.uniform(40, 84)
        c.polygon([(left - h * 0.26, 496), (left, 496 - h), (left + h * 0.26, 496)], "#143349")
    c.rect(0, 548, 1200, 14, "#3a5468")
    for at in range(8):
        c.pie(75 + at * 150, 640, 62, 180, 360, "#0d2134")
    c.rect(0, 560, 1200, 90, "#26435a")
    for at in range(9):
        c.pie(at * 150, 650, 56, 180, 360, "#10283d")
    _night_carriages(c, p)


def _night_carriages(c: Canvas, p: Light) -> None:
    y = 546
    c.glow(560, y, 640, p.pane, 0.25, 60)
    for at in range(3):
        x = -90 + at * 352
        c.rect(x, y - 138, 342, 122, ("#21557a", "#17365a"), 10)
        c.rect(x, y - 50, 342, 9, AMBER)
        c.rect(x + 16, y - 14, 310, 10, "#0b1c2d")
        for window_at in range(5):
            wx = x + 24 + window_at * 62
            lit = (window_at + at) % 4 != 1
            c.rect(wx, y - 116, 46, 48, p.pane if lit else "#24466a", 8)
            if lit and (window_at + at) % 3 == 0:
                c.rect(wx, y - 84, 46, 16, "#ffffff", 6, 0.8)
                c.circle(wx + 12, y - 90, 8, "#8a5a3c")
            if lit and (window_at + at) % 3 == 1:
                c.circle(wx + 24, y - 96, 9, "#5f3b29")
                c.pie(wx + 24, y - 68, 16, 180, 360, CORAL)
        for dx in (50, 96, 246, 292):
            c.circle(x + dx, y - 8, 14, "#0b1c2d")
    x = 966
    c.polygon([(x, y - 16), (x, y - 138), (x + 120, y - 138), (x + 186, y - 90), (x + 206, y - 16)], (CORAL, "#a8423f"))
    c.rect(x, y - 50, 200, 9, AMBER)
    c.polygon([(x + 96, y - 122), (x + 124, y - 122), (x + 168, y - 84), (x + 96, y - 84)], p.pane)
    c.rect(x + 24, y - 120, 50, 44, "#7d3040", 6)
    for dx in (40, 86, 150):
        c.circle(x + dx, y - 8, 14, "#0b1c2d")
    c.polygon([(x + 198, y - 44), (1290, y - 120), (1290, y + 60), (x + 198, y - 26)], p.pane, 0.28)
    c.circle(x + 194, y - 36, 8, "#fff6d6")
