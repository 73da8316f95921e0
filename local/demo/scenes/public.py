"""Scenes at buildings that are everybody's."""

from local.demo.scenes.buildings import cottage, skyline, window
from local.demo.scenes.canvas import Canvas, Light, mix
from local.demo.scenes.country import hills
from local.demo.scenes.lights import AMBER, CORAL, CREAM, MINT, NAVY, PLUM, TEAL
from local.demo.scenes.people import person
from local.demo.scenes.props import bunting, bush, sky, stars_ring, tree
from local.demo.scenes.town import pavement


def town_hall(c: Canvas, p: Light) -> None:
    sky(c, p, (210, 190), 4, 24)
    skyline(c, p, 480, mix(p.far, p.sky[2], 0.2), 6, 120)
    stone, shade = "#f6e6c8", "#dcbf94"
    c.rect(550, 60, 100, 200, (stone, shade))
    c.polygon([(536, 64), (600, -30), (664, 64)], "#3f7a74")
    c.circle(600, 128, 32, CREAM)
    c.circle(600, 128, 26, "#ffffff")
    c.line([(600, 128), (600, 108)], 4, p.ink)
    c.line([(600, 128), (612, 136)], 4, p.ink)
    c.rect(230, 250, 740, 250, (stone, shade))
    c.polygon([(206, 254), (300, 190), (900, 190), (994, 254)], ("#4f9188", "#2f6f6b"))
    c.polygon([(430, 260), (600, 170), (770, 260)], stone)
    c.polygon([(470, 252), (600, 184), (730, 252)], shade)
    c.circle(600, 230, 17, AMBER)
    c.rect(420, 256, 360, 18, "#fdf3e0")
    for at in range(6):
        x = 446 + at * 56
        c.rect(x, 274, 26, 216, ("#fffaf0", "#e6cfa6"), 3)
        c.rect(x - 6, 270, 38, 12, "#fffaf0", 2)
        c.rect(x - 6, 482, 38, 12, "#fffaf0", 2)
    c.rect(566, 340, 68, 156, TEAL, 30)
    c.rect(598, 350, 4, 146, "#063836")
    for x in (262, 342, 812, 892):
        for y in (290, 392):
            window(c, p, x, y, 46, 66, True, "#fffaf0")
    for at in range(5):
        c.rect(400 - at * 26, 494 + at * 14, 400 + at * 52, 15, mix("#fdf3e0", "#cfae80", at / 6), 1)
    pavement(c, p, 562, "#dcc6a2")
    for x, colours in ((330, (CORAL, "#ffffff", NAVY)), (870, (TEAL, AMBER, TEAL))):
        c.line([(x, 250), (x, 90)], 6, "#8a6a4a")
        for band, colour in enumerate(colours):
            c.polygon(
                [
                    (x, 96 + band * 20),
                    (x + 54, 88 + band * 20),
                    (x + 104, 98 + band * 20),
                    (x + 104, 118 + band * 20),
                    (x + 54, 108 + band * 20),
                    (x, 116 + band * 20),
                ],
                colour,
            )
        c.circle(x, 88, 6, AMBER)
    for x, size in ((110, 1.3), (1090, 1.35)):
        tree(c, p, x, 580, size)
    for at, x in enumerate((470, 530, 700, 745)):
        person(c, x, 612, 118, (1, 3, 4, 5)[at], 0.4, 1 if at < 2 else -1)


def fire_station(c: Canvas, p: Light) -> None:
    sky(c, p, (180, 160), 3, 27)
    hills(c, p, 350, 3)
    c.rect(500, 170, 610, 350, ("#e39a76", "#c4694f"))
    for row in range(11):
        c.rect(500, 196 + row * 30, 610, 2, "#a8553f", 0, 0.35)
    c.rect(486, 154, 638, 24, "#5c4450", 4)
    c.rect(1000, 40, 90, 130, ("#e39a76", "#d0785a"))
    c.polygon([(990, 44), (1045, -4), (1100, 44)], "#5c4450")
    window(c, p, 1028, 76, 34, 46, True)
    for x, w in ((540, 250), (830, 240)):
        c.rect(x - 12, 234, w + 24, 286, CREAM, 4)
        c.rect(x, 246, w, 274, "#3a4450")
    c.rect(830, 246, 240, 274, ("#c9d3d0", "#a9b8b6"))
    for row in range(6):
        c.rect(830, 290 + row * 46, 240, 3, "#8fa19f")
    for at in range(4):
        c.rect(842 + at * 58, 306, 42, 30, "#5f747a", 4)
    for at in range(4):
        c.circle(572 + at * 62, 204, 13, (AMBER, CORAL, AMBER, CORAL)[at])
    c.rect(0, 520, 1200, 120, ("#b9b0a2", "#8c867c"))
    c.rect(0, 520, 1200, 8, "#e3d9c6")
    _engine(c, 150, 586)
    person(c, 760, 600, 146, 7, 0.3, -1)
    _helmet(c, 760, 600, 146, -1)
    person(c, 846, 606, 150, 2, 0, -1)
    _helmet(c, 846, 606, 150, -1)
    tree(c, p, 60, 540, 1.0)


def _helmet(c: Canvas, x: float, y: float, height: float, faces: int) -> None:
    u = height / 100
    c.pie(x + 0.5 * u * faces, y - 90 * u, 13 * u, 180, 360, AMBER)
    c.rect(x - 15 * u, y - 92 * u, 30 * u, 5 * u, AMBER, 2 * u)
    c.rect(x - 14 * u, y - 52 * u, 28 * u, 5 * u, "#f6e08a", 2 * u)


def _engine(c: Canvas, x: float, y: float) -> None:
    c.shadow(x + 250, y + 6, 300, 20, 0.4)
    c.rect(x, y - 190, 330, 170, ("#e4513f", "#b93a33"), 12)
    c.polygon(
        [(x + 320, y - 20), (x + 320, y - 200), (x + 450, y - 200), (x + 500, y - 110), (x + 506, y - 20)], ("#ea5f4a", "#c0413a")
    )
    c.polygon([(x + 352, y - 180), (x + 440, y - 180), (x + 474, y - 110), (x + 352, y - 110)], "#bfe0e6")
    c.rect(x + 404, y - 182, 7, 74, "#c0413a")
    c.rect(x, y - 76, 506, 16, CREAM)
    c.rect(x, y - 56, 506, 8, AMBER)
    for at in range(4):
        c.rect(x + 20 + at * 76, y - 172, 64, 84, ("#f1f3ee", "#c9d2cf"), 5)
        for row in range(4):
            c.rect(x + 24 + at * 76, y - 158 + row * 18, 56, 3, "#9fb0ae")
    c.rect(x - 30, y - 222, 440, 12, "#e6e9e4", 3)
    c.rect(x - 30, y - 204, 440, 8, "#b9c2bf", 3)
    for at in range(17):
        c.rect(x - 20 + at * 26, y - 220, 5, 22, "#b9c2bf")
    c.rect(x + 360, y - 220, 60, 20, "#4f86c6", 8)
    c.glow(x + 390, y - 214, 60, "#8fc3ff", 0.6)
    for dx in (90, 400):
        c.circle(x + dx, y - 16, 42, "#2b353c")
        c.circle(x + dx, y - 16, 20, "#c9d2d2")
        c.circle(x + dx, y - 16, 7, "#2b353c")
    c.rect(x + 484, y - 50, 20, 16, "#fff6d6", 5)


def village_hall(c: Canvas, p: Light) -> None:
    sky(c, p, (980, 130), 3, 31)
    hills(c, p, 350, 5)
    for x, y, w, seed in ((30, 470, 150, 3), (1000, 470, 150, 6)):
        cottage(c, p, x, y, w, seed)
    c.land([(-10, 500), (500, 486), (1210, 498)], (mix(p.near, p.sun, 0.2), p.ground))
    c.rect(300, 300, 600, 240, ("#fbf1df", "#ecd3a8"))
    c.polygon([(266, 308), (400, 170), (800, 170), (934, 308)], ("#cf6549", "#a9483a"))
    for row in range(4):
        c.rect(376 - row * 32, 200 + row * 28, 448 + row * 64, 3, "#8f3d34", 0, 0.35)
    c.rect(540, 100, 120, 90, ("#fbf1df", "#ecd3a8"))
    c.polygon([(524, 106), (600, 40), (676, 106)], "#a9483a")
    c.circle(600, 142, 26, TEAL)
    c.circle(600, 142, 19, AMBER)
    for x in (340, 440, 700, 800):
        window(c, p, x, 360, 58, 84, True, "#ffffff")
    c.rect(540, 346, 120, 194, "#ffffff", 4)
    for x in (550, 604):
        c.rect(x, 356, 46, 184, (mix(TEAL, "#ffffff", 0.1), TEAL), 2)
        c.rect(x + 8, 370, 30, 70, p.pane, 2)
    c.rect(516, 536, 168, 12, "#d9c9ae", 2)
    bunting(c, 300, 306, 600, 330, 30, 9)
    bunting(c, 600, 330, 900, 306, 30, 9)
    c.line([(236, 590), (236, 130)], 8, "#8a6a4a")
    c.polygon([(240, 140), (330, 128), (420, 146), (420, 262), (330, 246), (240, 258)], ("#2a5aa8", "#1f4a90"))
    stars_ring(c, 330, 195, 38, 8, "#ffd24d")
    c.circle(236, 126, 9, AMBER)
    for x, size in ((110, 1.2), (1110, 1.3), (960, 0.9)):
        tree(c, p, x, 580, size)
    for at, (x, h) in enumerate(((500, 128), (700, 130), (750, 84), (860, 126))):
        person(c, x, 606, h, (3, 6, 4, 5)[at], 0.3, 1 if at < 1 else -1)


def schoolyard(c: Canvas, p: Light) -> None:
    sky(c, p, (1060, 120), 3, 37)
    c.rect(-20, 190, 640, 320, ("#e9a583", "#cf7b5e"))
    c.polygon([(-40, 196), (60, 110), (540, 110), (640, 196)], ("#6d4f58", "#553c48"))
    for x in (20, 130, 240, 450, 545):
        for y in (230, 350):
            window(c, p, x, y, 54, 74, True, CREAM)
    c.rect(336, 330, 96, 180, CREAM, 4)
    c.rect(346, 340, 76, 170, TEAL, 3)
    c.rect(356, 352, 56, 50, p.pane, 3)
    c.circle(384, 268, 30, CREAM)
    c.circle(384, 268, 24, "#ffffff")
    c.line([(384, 268), (384, 250)], 4, p.ink)
    c.line([(384, 268), (396, 272)], 4, p.ink)
    c.rect(612, 200, 10, 310, "#8a97a0", 4)
    c.rect(594, 300, 46, 58, ("#ffffff", "#dfe8e6"), 6)
    c.circle(617, 320, 9, "#5fae6a")
    for row in range(3):
        c.rect(602, 336 + row * 6, 30, 3, "#b9c9c6", 1)
    for at in range(10):
        bush(c, 660 + at * 64, 512, 1.2, mix(p.leaf, p.far, 0.2 + at % 2 * 0.15))
    pavement(c, p, 508, "#e3cfae")
    tree(c, p, 860, 560, 2.0)
    c.ellipse(860, 562, 130, 18, "#8a6a4a")
    c.rect(742, 548, 236, 14, "#c98a52", 6)
    for at in range(5):
        c.rect(210 + at * 62, 574, 58, 42, "#ffffff", 3, 0.55)
        c.rect(213 + at * 62, 577, 52, 36, (CORAL, AMBER, MINT, "#7fb0d0", PLUM)[at], 3, 0.55)
    for at, (x, y, h, step) in enumerate(
        (
            (240, 604, 92, 0.7),
            (420, 590, 98, 0.2),
            (560, 606, 90, 0.8),
            (700, 590, 94, 0.5),
            (1010, 600, 98, 0.3),
            (1080, 606, 90, 0.7),
        )
    ):
        person(c, x, y, h, (1, 2, 3, 4, 6, 7)[at], step, 1 if at % 2 else -1)
    c.circle(640, 592, 15, (AMBER, "#d98a2a"))
