"""Scenes in streets where people live."""

from random import Random

from local.demo.scenes.buildings import house, skyline, terrace, window
from local.demo.scenes.canvas import Canvas, Light, arc, mix
from local.demo.scenes.lights import AMBER, CORAL, CREAM, NAVY, TEAL
from local.demo.scenes.people import bicycle, person
from local.demo.scenes.props import lamp, pot, sky, tree
from local.demo.scenes.town import pavement


def open_door(c: Canvas, p: Light) -> None:
    sky(c, p, None, 2, 5)
    for x, w, h, kind, seed in (
        (-40, 210, 370, "step", 3),
        (172, 216, 420, "bell", 6),
        (812, 206, 400, "point", 4),
        (1020, 220, 360, "step", 8),
    ):
        house(c, p, x, 540, w, h, kind, seed, front=False)
    c.rect(390, 60, 420, 480, ("#a5627a", "#7a4868"))
    c.rect(378, 44, 444, 22, "#4a3458", 4)
    for x in (440, 700):
        window(c, p, x, 100, 60, 76, True)
    pavement(c, p, 540, "#54486a")
    c.polygon([(510, 540), (690, 540), (900, 640), (300, 640)], p.pane, 0.6)
    c.glow(600, 420, 330, p.pane, 0.6)
    c.rect(494, 228, 212, 312, CREAM, 4)
    c.rect(510, 244, 180, 296, ("#fff0c4", "#ffc76a"))
    c.rect(600, 300, 76, 56, "#e9a05a", 3)
    c.rect(606, 306, 64, 44, TEAL, 2)
    c.circle(650, 320, 8, AMBER)
    c.rect(540, 470, 60, 12, "#a8603a", 3)
    for dx in (546, 588):
        c.rect(dx, 480, 6, 60, "#a8603a")
    pot(c, 570, 470, 0.6, "#4b8d74")
    c.polygon([(510, 244), (510, 540), (420, 584), (420, 214)], ("#12807a", "#0a5652"))
    c.polygon([(494, 290), (494, 390), (438, 398), (438, 280)], "#0a4a48")
    c.polygon([(494, 420), (494, 516), (438, 540), (438, 424)], "#0a4a48")
    c.circle(432, 420, 7, AMBER)
    person(c, 752, 600, 156, 7, 0.35, -1)
    person(c, 642, 548, 150, 4, 0, 1)
    lamp(c, p, 980, 600, 230)
    pot(c, 350, 560, 1.1, p.leaf)


def night_street(c: Canvas, p: Light) -> None:
    sky(c, p, (250, 120), 2, 11)
    terrace(c, dim(p), 500, 5, tall=210)
    pavement(c, p, 500, "#2b4a62")
    c.rect(0, 540, 1200, 100, ("#1f3d56", "#142c42"))
    for x in (140, 900):
        lamp(c, p, x, 536, 240)
    c.polygon([(676, 508), (1210, 440), (1210, 600), (676, 524)], p.pane, 0.3)
    bicycle(c, 560, 606, 1.75, "#49ab9f", "#071522", 3)
    c.circle(640, 466, 11, "#fff6d6")
    c.glow(646, 466, 90, p.pane, 0.8)
    c.rect(455, 446, 62, 44, ("#f4efe6", "#cfd8d8"), 6)
    c.rect(482, 456, 8, 24, TEAL, 2)
    c.rect(474, 464, 24, 8, TEAL, 2)
    tree(c, p, 1100, 540, 1.1)
    _night_cat(c, 1010, 560)


def dim(p: Light) -> Light:
    """The same light, in which most people sleep."""
    return Light(**{**vars(p), "pane": mix(p.pane, p.wall[0], 0.55), "dark": True})


def _night_cat(c: Canvas, x: float, y: float) -> None:
    fur = "#0b1c2d"
    c.blob([(x - 18, y), (x - 16, y - 34), (x, y - 44), (x + 16, y - 30), (x + 20, y)], fur)
    c.circle(x - 8, y - 52, 14, fur)
    for dx in (-18, 1):
        c.polygon([(x + dx - 3, y - 60), (x + dx + 2, y - 74), (x + dx + 8, y - 60)], fur)
    c.curve([(x + 18, y - 6), (x + 40, y - 14), (x + 38, y - 40)], 6, fur)
    for dx in (-13, -4):
        c.circle(x + dx, y - 53, 2, AMBER)


def street_lamps(c: Canvas, p: Light) -> None:
    sky(c, p, (600, 330), 4, 13)
    skyline(c, p, 430, mix(p.far, p.sky[2], 0.3), 8, 90)
    for side in (-1, 1):
        for at, (near, far, top_near, top_far) in enumerate(((610, 420, 60, 170), (412, 290, 176, 246), (284, 200, 252, 300))):
            xs = [600 + side * v for v in (near, far)]
            base = [640 - (610 - near) * 0.42, 640 - (610 - far) * 0.42]
            wall = p.wall[(at * 2 + (side > 0)) % 5]
            c.polygon(
                [
                    (xs[0], base[0]),
                    (xs[0], top_near),
                    ((xs[0] + xs[1]) / 2, (top_near + top_far) / 2 - 70 + at * 16),
                    (xs[1], top_far),
                    (xs[1], base[1]),
                ],
                (mix(wall, p.sun, 0.1), mix(wall, p.ink, 0.2)),
            )
            for row in range(2):
                for col in range(2):
                    s0, s1 = 0.2 + col * 0.4, 0.42 + col * 0.4
                    x0, x1 = xs[0] + (xs[1] - xs[0]) * s0, xs[0] + (xs[1] - xs[0]) * s1
                    t0, t1 = top_near + (top_far - top_near) * s0, top_near + (top_far - top_near) * s1
                    b0, b1 = base[0] + (base[1] - base[0]) * s0, base[0] + (base[1] - base[0]) * s1
                    up, down = 0.12 + row * 0.4, 0.34 + row * 0.4
                    lit = (row + col + at + (side > 0)) % 3 != 0
                    c.polygon(
                        [
                            (x0, t0 + (b0 - t0) * up),
                            (x1, t1 + (b1 - t1) * up),
                            (x1, t1 + (b1 - t1) * down),
                            (x0, t0 + (b0 - t0) * down),
                        ],
                        p.pane if lit else mix(p.ink, wall, 0.3),
                    )
    c.polygon([(400, 466), (800, 466), (1300, 660), (-100, 660)], ("#7a6486", "#3f3a62"))
    c.polygon([(520, 466), (680, 466), (1010, 660), (190, 660)], ("#8f7590", "#4a4570"))
    for at in range(5):
        y = 486 + at * at * 8
        c.polygon([(594 - at, y), (606 + at, y), (609 + at * 2, y + 12 + at * 5), (591 - at * 2, y + 12 + at * 5)], CREAM, 0.7)
    for x, y, h in ((430, 490, 130), (770, 490, 130), (330, 530, 200), (870, 530, 200), (170, 600, 300), (1030, 600, 300)):
        lamp(c, p, x, y, h)
    person(c, 560, 612, 168, 2, 0.5)
    c.pie(561, 612 - 155, 21, 180, 360, NAVY)
    c.rect(545, 612 - 158, 40, 6, NAVY, 3)
    person(c, 690, 590, 140, 5, 0, -1)
    person(c, 738, 586, 92, 4, 0, -1)


def doors(c: Canvas, p: Light) -> None:
    c.rect(0, 0, 1200, 540, ("#f0c9a0", "#e9b48a"))
    chance = Random(6)
    for row in range(20):
        for at in range(18):
            if chance.random() < 0.28:
                c.rect(at * 70 + row % 2 * 35 - 20, row * 27 + 4, 60, 19, mix("#d98f68", "#f6dcb4", chance.random()), 2, 0.35)
    pavement(c, p, 540, "#d9c3a2")
    for at, colour in enumerate((CORAL, TEAL, AMBER, NAVY, "#3f8f80")):
        x = 66 + at * 232
        c.rect(x - 20, 96, 182, 444, "#fdf3e0", 6)
        c.pie(x + 71, 150, 66, 180, 360, "#bfe0e6" if at % 2 else p.pane)
        for bar in (210, 240, 270, 300, 330):
            c.line([(x + 71, 150), arc(x + 71, 150, 66, 66, bar, bar, 1)[0]], 4, "#fdf3e0")
        c.rect(x, 162, 142, 378, (mix(colour, "#ffffff", 0.12), colour), 3)
        for row in (184, 360):
            for col in (14, 78):
                c.rect(x + col, row, 50, 150, mix(colour, "#10222e", 0.2), 4)
                c.rect(x + col + 5, row + 5, 40, 140, mix(colour, "#ffffff", 0.05), 3)
        c.circle(x + 124, 346, 8, "#f6d06a")
        c.rect(x + 46, 338, 50, 11, "#f6d06a", 5)
        c.rect(x - 30, 530, 202, 16, "#e9dcc4", 3)
        c.rect(x - 44, 546, 230, 18, "#d3c2a4", 3)
    for at, x in enumerate((22, 254, 486, 718, 950, 1182)):
        pot(c, x - 2, 572, (1.2, 0.95)[at % 2], (p.leaf, "#5fae8b")[at % 2], ("#c8694a", "#4f6f8f", "#d9a441")[at % 3])
    c.ring(66 + 232 + 71, 258, 34, 15, "#6fa86a")
    for at in range(6):
        c.circle(*arc(66 + 232 + 71, 258, 34, 34, at * 60, at * 60, 1)[0], 6, CORAL)
    c.polygon([(0, 540), (260, 540), (60, 640), (0, 640)], "#fff6d6", 0.25)
    person(c, 655, 612, 196, 7, 0, -1)
    person(c, 560, 618, 190, 1, 0, 1)
