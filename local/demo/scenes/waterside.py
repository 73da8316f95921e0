"""Scenes at the water's edge."""

from random import Random

from local.demo.scenes.buildings import gable, skyline, tower
from local.demo.scenes.canvas import Canvas, Light, arc, mix
from local.demo.scenes.country import hills
from local.demo.scenes.lights import AMBER, CORAL, CREAM, TEAL
from local.demo.scenes.people import person
from local.demo.scenes.props import birds, sky, stars_ring, tree, water


def harbour(c: Canvas, p: Light) -> None:
    sky(c, p, (640, 330), 4, 12)
    c.rect(0, 400, 1200, 30, mix(p.far, p.sky[3], 0.3))
    skyline(c, p, 410, mix(p.far, p.sky[2], 0.25), 3, 60)
    water(c, p, 408, (mix(p.sky[2], "#d98a78", 0.3), "#2e3f6b"), 6)
    for at in range(9):
        c.rect(590 - at * 14 + at % 2 * 20, 420 + at * 22, 100 + at * 26, 6, p.sun, 3, 0.55 - at * 0.045)
    for x, h, flip in ((140, 330, 1), (330, 280, 1), (1010, 350, -1)):
        _port_crane(c, p, x, 432, h, flip)
    _ship(c, p, 480, 500)
    c.polygon([(-10, 540), (420, 540), (470, 640), (-10, 640)], ("#4a3f63", "#2c2a4a"))
    c.rect(-10, 534, 440, 12, "#8f7a8a", 2)
    for at, x in enumerate((40, 150, 260)):
        for row in range(2 - at % 2):
            c.rect(
                x,
                488 - row * 48,
                102,
                46,
                ((CORAL, TEAL, AMBER)[(at + row) % 3], mix((CORAL, TEAL, AMBER)[(at + row) % 3], "#1f2746", 0.35)),
                2,
            )
            for line in range(1, 6):
                c.rect(x + line * 17, 492 - row * 48, 3, 38, "#1f2746", 0, 0.3)
    for at, x in enumerate((330, 376)):
        person(c, x, 610, 140, (1, 7)[at], 0.3)
        c.pie(x + 1, 610 - 132, 17, 180, 360, AMBER)
        c.rect(x - 20, 610 - 134, 42, 5, AMBER, 2)
    birds(c, 720, 150, p.ink, 5, 1.1)


def _port_crane(c: Canvas, p: Light, x: float, y: float, h: float, f: int) -> None:
    ink = mix(p.near, p.ink, 0.3)
    for dx in (-34, 34):
        c.line([(x + dx, y), (x + dx * 0.6, y - h * 0.7)], 9, ink)
    c.line([(x - 34, y - h * 0.25), (x + 34, y - h * 0.25)], 7, ink)
    c.line([(x - 60 * f, y - h * 0.7), (x + 190 * f, y - h * 0.7)], 10, ink)
    c.line([(x, y - h * 0.7), (x, y - h)], 8, ink)
    c.line([(x - 56 * f, y - h * 0.7), (x, y - h), (x + 180 * f, y - h * 0.7)], 3, ink)
    c.line([(x + 140 * f, y - h * 0.7), (x + 140 * f, y - h * 0.34)], 2.5, ink)
    c.rect(x + 140 * f - 32, y - h * 0.34, 64, 30, CORAL, 2)
    c.circle(x, y - h, 5, CORAL)


def _ship(c: Canvas, p: Light, x: float, y: float) -> None:
    c.polygon([(x, y - 70), (x + 560, y - 70), (x + 520, y + 24), (x + 50, y + 24)], ("#c94f44", "#7d3345"))
    c.polygon([(x - 4, y - 80), (x + 590, y - 80), (x + 560, y - 58), (x + 6, y - 58)], CREAM)
    c.rect(x + 40, y - 190, 130, 112, ("#fdf6ea", "#d9c3bd"), 4)
    c.rect(x + 28, y - 206, 154, 20, "#fdf6ea", 4)
    for row in range(2):
        for at in range(4):
            c.rect(x + 52 + at * 29, y - 176 + row * 44, 19, 22, p.pane, 3)
    c.rect(x + 84, y - 262, 40, 58, TEAL, 3)
    c.rect(x + 84, y - 252, 40, 10, AMBER)
    for row in range(3):
        for at in range(6):
            if row < 2 or at in (1, 2, 4):
                colour = (CORAL, AMBER, TEAL, "#5d7fb0", "#d98a6c", "#8cc9b4")[(at * 2 + row) % 6]
                c.rect(x + 200 + at * 56, y - 116 - row * 37, 53, 35, (mix(colour, p.sun, 0.1), mix(colour, p.ink, 0.25)), 2)
    c.rect(x - 30, y + 20, 640, 6, p.sun, 3, 0.35)


def bridge(c: Canvas, p: Light) -> None:
    sky(c, p, None, 0, 17)
    c.glow(600, 330, 520, p.sun, 0.75)
    hills(c, p, 380, 4)
    water(c, p, 470, (mix(p.sky[2], p.mid, 0.35), mix(p.near, p.ink, 0.25)), 8)
    stars_ring(c, 600, 190, 142, 22, AMBER)
    for x in (300, 900):
        c.polygon([(x - 20, 560), (x - 12, 170), (x + 12, 170), (x + 20, 560)], (CREAM, "#d9c9ae"))
        c.rect(x - 26, 552, 52, 26, "#c9b593", 4)
        for at in range(1, 8):
            for side in (-1, 1):
                c.line([(x, 182 + at * 9), (x + side * at * 42, 452)], 2.2, "#ffffff", 0.85)
    c.polygon([(-10, 462), (600, 436), (1210, 462), (1210, 486), (600, 460), (-10, 486)], ("#f6ead2", "#b99f80"))
    c.line([(-10, 454), (600, 428), (1210, 454)], 4, mix(p.ink, "#ffffff", 0.2))
    for at in range(25):
        x = at * 50
        y = 454 - 26 * (1 - abs(x - 600) / 610)
        c.line([(x, y), (x, y + 14)], 3, mix(p.ink, "#ffffff", 0.2))
    _ambulance(c, 640, 440)
    c.land([(-10, 520), (120, 530), (240, 600), (260, 650)], (p.near, p.ground))
    c.land([(920, 650), (960, 600), (1080, 532), (1210, 520)], (p.near, p.ground))
    for x, y, size in ((60, 560, 1.1), (1130, 562, 1.2)):
        tree(c, p, x, y, size)
    birds(c, 160, 130, p.ink, 3)
    birds(c, 940, 120, p.ink, 3)


def _ambulance(c: Canvas, x: float, y: float) -> None:
    c.rect(x - 76, y - 66, 104, 58, ("#ffffff", "#e6ebe6"), 6)
    c.polygon([(x + 26, y - 10), (x + 26, y - 58), (x + 52, y - 58), (x + 74, y - 34), (x + 78, y - 10)], "#f6f6f0")
    c.polygon([(x + 34, y - 52), (x + 50, y - 52), (x + 66, y - 34), (x + 34, y - 34)], "#8fc3cf")
    c.rect(x - 76, y - 28, 154, 8, AMBER)
    c.rect(x - 40, y - 58, 9, 26, TEAL, 2)
    c.rect(x - 48, y - 49, 25, 9, TEAL, 2)
    c.rect(x + 4, y - 74, 20, 9, "#4f86c6", 3)
    for dx in (-44, 48):
        c.circle(x + dx, y - 6, 14, "#2b353c")
        c.circle(x + dx, y - 6, 5, "#c9d2d2")


def river_city(c: Canvas, p: Light) -> None:
    sky(c, p, (860, 240), 4, 20)
    chance = Random(6)
    for layer, (base, tint) in enumerate(((330, 0.45), (390, 0.2), (450, 0.0))):
        x = -20.0
        while x < 1210:
            w = chance.uniform(54, 88)
            rise = 90 * (1 - abs(x - 380) / 900) + chance.uniform(0, 34)
            wall = mix(p.wall[chance.randrange(5)], p.sky[2], tint)
            top = base - rise - 50
            c.polygon(
                [(x, 520), *gable(x, top, w, "point" if layer else "flat"), (x + w, 520)],
                (mix(wall, p.sun, 0.1), mix(wall, p.ink, 0.1)),
            )
            c.polygon(
                [(x - 4, top + 4), (x + w / 2, top - w * 0.34), (x + w + 4, top + 4)], mix("#c2564a", p.ink, 0.1 + layer * 0.08)
            )
            for row in range(2):
                for at in range(2):
                    c.rect(
                        x + w * (0.2 + at * 0.38),
                        top + 20 + row * 34,
                        w * 0.2,
                        20,
                        p.pane if chance.random() < 0.5 else p.ink,
                        2,
                        0.9,
                    )
            x += w + 1
        if layer == 0:
            tower(c, 300, 400, 300, mix(p.wall[2], p.sky[2], 0.3), p.roof[1])
    water(c, p, 500, ("#c97a78", "#34406f"), 9)
    deck = 330
    c.line(arc(760, 520, 330, 250, 180, 360), 16, "#3a3f66")
    c.line(arc(760, 520, 330, 214, 180, 360), 6, "#3a3f66")
    for at in range(1, 12):
        x = 430 + at * 55
        share = 1 - ((x - 760) / 330) ** 2
        top, low = 520 - 250 * share**0.5, 520 - 214 * share**0.5
        c.line([(x, top), (x + (20 if at < 6 else -20), low)], 4, "#3a3f66")
        c.line([(x, top), (x, 470)], 3, "#3a3f66")
    c.rect(380, 466, 840, 14, "#4a4f78", 2)
    c.rect(0, deck + 136, 386, 14, "#4a4f78", 2)
    for x, y, colour in ((250, 570, CORAL), (540, 600, TEAL)):
        c.blob([(x - 90, y - 20), (x + 90, y - 20), (x + 60, y + 12), (x - 64, y + 12)], (colour, mix(colour, p.ink, 0.4)))
        c.line([(x, y - 18), (x, y - 130)], 5, p.ink)
        c.polygon([(x + 6, y - 126), (x + 82, y - 34), (x + 6, y - 30)], CREAM)
        c.polygon([(x - 6, y - 108), (x - 54, y - 34), (x - 6, y - 30)], AMBER)
    birds(c, 480, 120, p.ink, 4)
