"""Scenes of people who talk."""

from local.demo.scenes.canvas import Canvas, Light, mix
from local.demo.scenes.kitchen import mug, table
from local.demo.scenes.lights import AMBER, CAST, CORAL, CREAM, MINT, NAVY, TEAL
from local.demo.scenes.people import sitter
from local.demo.scenes.props import bunting
from local.demo.scenes.signs import bubble


def conversation(c: Canvas, p: Light) -> None:
    c.rect(0, 0, 1200, 640, ("#e3f0ea", "#f6ead0"))
    c.circle(180, 140, 220, "#cfe6dc", 0.7)
    c.circle(1040, 120, 250, "#fbdca8", 0.6)
    bunting(c, -20, 20, 620, 10, 60, 12)
    bunting(c, 600, 10, 1220, 24, 60, 12)
    for x, y, w, h, colour, flip in (
        (130, 120, 190, 84, CORAL, 1),
        (410, 84, 150, 76, TEAL, -1),
        (650, 96, 170, 80, AMBER, 1),
        (910, 126, 180, 84, NAVY, -1),
    ):
        bubble(c, x, y, w, h, colour, flip)
        if colour in (CORAL, NAVY):
            for line in range(2):
                c.rect(x + 34, y + 28 + line * 20, (w - 68) * (1 if line == 0 else 0.65), 9, "#ffffff", 4, 0.9)
        else:
            for at in range(3):
                c.circle(x + w / 2 - 28 + at * 28, y + h / 2, 8, "#ffffff", 0.95)
    for at, x in enumerate((190, 450, 720, 990)):
        sitter(c, x, 468, 0.98, (2, 1, 5, 4)[at])
    table(c, 468, "#c98a5a")
    for x, colour, band, flip in ((320, CREAM, TEAL, 1), (600, AMBER, CREAM, -1), (860, MINT, CREAM, 1)):
        mug(c, x, 548, 0.62, colour, band, flip)
    c.ellipse(470, 580, 96, 18, "#fdf6e8")
    for at in range(5):
        c.circle(420 + at * 25, 570 - at % 2 * 8, 15, ("#c98745", "#a86a34")[at % 2])
    c.polygon([(1000, 548), (1064, 536), (1128, 548), (1128, 604), (1064, 592), (1000, 604)], "#ffffff")
    c.line([(1064, 536), (1064, 592)], 3, "#d9d3c8")


def assembly(c: Canvas, p: Light) -> None:
    c.rect(0, 0, 1200, 640, ("#e9f3ec", "#f8ead0"))
    for at in range(5):
        x = 70 + at * 225
        c.rect(x, 40, 160, 230, "#ffffff", 80)
        c.rect(x + 12, 52, 136, 206, (p.sky[0], p.sky[2]), 68)
        c.rect(x + 77, 56, 6, 200, "#ffffff")
        c.rect(x + 12, 160, 136, 6, "#ffffff")
    c.rect(0, 330, 1200, 320, ("#e9c79c", "#cf9a68"))
    c.rect(0, 324, 1200, 10, "#fff6e2")
    c.ellipse(600, 500, 520, 118, ("#f6dcb4", "#e6bd8a"))
    c.ellipse(600, 500, 300, 62, "#2a948b", 0.35)
    back = [(270, 402), (380, 376), (490, 362), (600, 358), (710, 362), (820, 376), (930, 402)]
    for at, (x, y) in enumerate(back):
        _seated(c, x, y + 40, 0.86, at)
    for at, (x, y) in enumerate(((170, 520), (1030, 520))):
        _seated(c, x, y, 1.05, at * 3 + 1)
    for at, (x, y) in enumerate(((360, 622), (600, 640), (840, 622))):
        _from_behind(c, x, y, 1.15, at * 2 + 3)


def _seated(c: Canvas, x: float, y: float, s: float, number: int) -> None:
    skin, hair, coat, legs = CAST[number % len(CAST)]
    chair = (CORAL, TEAL, AMBER, NAVY)[number % 4]
    c.shadow(x, y + 28 * s, 60 * s, 10 * s, 0.25)
    c.rect(x - 36 * s, y - 96 * s, 72 * s, 86 * s, chair, 14 * s)
    for dx in (-28, 28):
        c.line([(x + dx * s, y - 16 * s), (x + dx * s, y + 28 * s)], 6 * s, mix(chair, "#10222e", 0.35))
    c.blob(
        [(x - 30 * s, y - 84 * s), (x + 30 * s, y - 84 * s), (x + 34 * s, y - 14 * s), (x - 34 * s, y - 14 * s)],
        coat if coat != chair else mix(coat, "#ffffff", 0.4),
    )
    for dx in (-13, 13):
        c.line([(x + dx * s, y - 18 * s), (x + dx * 1.15 * s, y + 24 * s)], 15 * s, legs)
        c.rect(x + (dx * 1.15 - 10) * s, y + 20 * s, 20 * s, 10 * s, "#2a2327", 4 * s)
    if number % 2:
        c.blob(
            [
                (x - 26 * s, y - 122 * s),
                (x, y - 140 * s),
                (x + 26 * s, y - 122 * s),
                (x + 26 * s, y - 74 * s),
                (x - 26 * s, y - 74 * s),
            ],
            mix(hair, "#10222e", 0.15),
        )
    c.circle(x, y - 106 * s, 22 * s, skin)
    c.pie(x, y - 111 * s, 25 * s, 175, 365, hair)


def _from_behind(c: Canvas, x: float, y: float, s: float, number: int) -> None:
    _, hair, coat, _ = CAST[number % len(CAST)]
    chair = (AMBER, CORAL, TEAL)[number // 2 % 3]
    c.blob(
        [
            (x - 60 * s, y + 20),
            (x - 52 * s, y - 100 * s),
            (x - 18 * s, y - 122 * s),
            (x + 18 * s, y - 122 * s),
            (x + 52 * s, y - 100 * s),
            (x + 60 * s, y + 20),
        ],
        coat,
    )
    c.rect(x - 58 * s, y - 66 * s, 116 * s, 90 * s, (mix(chair, "#ffffff", 0.1), chair), 18 * s)
    c.circle(x, y - 148 * s, 33 * s, hair)
    c.rect(x - 12 * s, y - 128 * s, 24 * s, 24 * s, mix(CAST[number % len(CAST)][0], "#6b3a2a", 0.2), 6 * s)
    c.circle(x, y - 150 * s, 33 * s, hair)
