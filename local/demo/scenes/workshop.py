"""Scenes with things made by hand."""

import math
from random import Random

from local.demo.scenes.canvas import Canvas, Light, arc, mix
from local.demo.scenes.kitchen import table
from local.demo.scenes.lights import AMBER, CORAL, CREAM, DEEP, MINT, NAVY, TEAL


def workbench(c: Canvas, p: Light) -> None:
    c.rect(0, 0, 1200, 430, ("#f3e6cd", "#e6cfa6"))
    c.rect(90, 50, 1020, 310, ("#d9b07c", "#c4935c"), 10)
    for y in range(80, 350, 34):
        for x in range(120, 1100, 34):
            c.circle(x, y, 2.6, "#a8763f", 0.5)
    _saw(c, 170, 140)
    _hammer(c, 480, 100)
    for at, (colour, length) in enumerate(((CORAL, 130), (TEAL, 110), (AMBER, 150))):
        x = 600 + at * 56
        c.rect(x - 13, 100, 26, 72, (mix(colour, "#ffffff", 0.2), colour), 10)
        c.rect(x - 4, 168, 8, length - 40, "#8f979c", 2)
    c.polygon([(790, 110), (980, 110), (980, 138), (820, 138), (820, 300), (790, 300)], ("#8a5430", "#6d4026"))
    for at in range(9):
        c.line([(830 + at * 17, 138), (830 + at * 17, 130)], 2, CREAM)
    c.ring(1040, 210, 48, 16, NAVY)
    c.circle(1040, 210, 18, "#d9b07c")
    table(c, 430, "#b87c4a")
    c.rect(0, 430, 1200, 30, ("#e3b07a", "#cf935a"))
    c.polygon([(180, 444), (770, 416), (786, 448), (196, 480)], ("#f3d3a0", "#e3b472"))
    for at in range(3):
        c.curve([(210, 452 + at * 8), (420, 440 + at * 8), (560, 446 + at * 6), (770, 424 + at * 8)], 2, "#c99452", 0.7)
    _plane(c, 560, 420)
    chance = Random(7)
    for at in range(7):
        left, low, s = 170 + at * 140 + chance.uniform(-30, 30), chance.uniform(510, 590), chance.uniform(0.8, 1.25)
        c.shadow(left + 20 * s, low + 18 * s, 50 * s, 8 * s, 0.25)
        for coil in range(4):
            c.line(arc(left + coil * 12 * s, low, 14 * s, 18 * s, 100, 400), 7 * s, ("#f8e2b8", "#e6bf85")[coil % 2])
    c.rect(900, 380, 150, 60, ("#c9553c", "#a23f31"), 6)
    c.rect(940, 352, 70, 34, "#a23f31", 8)
    c.rect(952, 362, 46, 24, "#e6cfa6", 4)
    c.rect(962, 400, 26, 14, AMBER, 3)


def _saw(c: Canvas, x: float, y: float) -> None:
    c.polygon([(x, y), (x + 230, y + 54), (x + 230, y + 74), (x, y + 84)], ("#dfe4e4", "#aab4b6"))
    for at in range(17):
        c.polygon(
            [
                (x + at * 13.5, y + 83 - at * 0.5),
                (x + 6.5 + at * 13.5, y + 93 - at * 0.6),
                (x + 13.5 + at * 13.5, y + 82 - at * 0.5),
            ],
            "#aab4b6",
        )
    c.blob([(x - 66, y - 14), (x + 10, y - 10), (x + 12, y + 88), (x - 56, y + 96), (x - 74, y + 40)], ("#a8603a", "#7d4428"))
    c.blob([(x - 42, y + 16), (x - 12, y + 18), (x - 12, y + 62), (x - 40, y + 66)], "#cba06a")


def _hammer(c: Canvas, x: float, y: float) -> None:
    c.rect(x - 11, y + 20, 22, 190, ("#c98a52", "#9b6238"), 9)
    c.rect(x - 58, y, 92, 40, ("#7d868c", "#545d64"), 6)
    c.polygon([(x + 34, y + 2), (x + 66, y + 10), (x + 66, y + 18), (x + 34, y + 38)], "#69727a")


def _plane(c: Canvas, x: float, y: float) -> None:
    c.polygon([(x - 110, y + 4), (x + 100, y - 6), (x + 100, y - 42), (x - 104, y - 34)], ("#a8603a", "#7d4428"))
    c.blob([(x - 90, y - 32), (x - 96, y - 84), (x - 70, y - 92), (x - 56, y - 60), (x - 44, y - 34)], "#6d3a22")
    c.circle(x + 66, y - 52, 17, "#6d3a22")
    c.polygon([(x - 6, y - 36), (x - 28, y - 92), (x - 4, y - 94), (x + 22, y - 38)], "#aab4b6")
    c.curve([(x + 4, y - 40), (x + 24, y - 66), (x + 50, y - 78), (x + 40, y - 100), (x + 20, y - 92)], 7, "#f6dcae")


def repair(c: Canvas, p: Light) -> None:
    c.rect(0, 0, 1200, 430, ("#2d6a68", "#3f807a"))
    c.rect(80, 130, 1040, 14, "#e0a56c", 3)
    for x, w, h, colour in (
        (110, 66, 74, CORAL),
        (190, 40, 92, AMBER),
        (244, 84, 56, CREAM),
        (860, 54, 84, MINT),
        (930, 90, 64, "#e9a08c"),
        (1040, 50, 96, NAVY),
    ):
        c.rect(x, 130 - h, w, h, (mix(colour, "#ffffff", 0.15), colour), 6)
        c.rect(x + 6, 130 - h * 0.5, w - 12, 4, mix(colour, "#10222e", 0.25), 2, 0.6)
    c.circle(560, 210, 74, CREAM)
    c.circle(560, 210, 64, "#ffffff")
    c.line([(560, 210), (560, 166)], 6, DEEP)
    c.line([(560, 210), (594, 228)], 6, DEEP)
    for at in range(12):
        angle = at * math.pi / 6
        c.circle(560 + 54 * math.cos(angle), 210 + 54 * math.sin(angle), 3, CORAL if at % 3 == 0 else "#b9c2c2")
    c.glow(250, 330, 300, "#ffe9b0", 0.55)
    table(c, 430)
    _desk_lamp(c, 130, 440)
    _toaster(c, 430, 500)
    _radio(c, 790, 500)
    for x, y, colour in ((600, 560, CORAL), (230, 570, AMBER)):
        c.line([(x + 60, y - 12), (x + 140, y - 30)], 7, "#aab4b6")
        c.line([(x, y), (x + 60, y - 12)], 22, colour)
    for at in range(7):
        c.circle(330 + at * 24, 586 + at * 7 % 12, 6, "#aab4b6")
        c.circle(330 + at * 24, 586 + at * 7 % 12, 2.4, "#6d767c")


def _desk_lamp(c: Canvas, x: float, y: float) -> None:
    c.ellipse(x, y + 6, 62, 14, NAVY)
    c.line([(x, y), (x - 40, y - 120), (x + 56, y - 216)], 10, NAVY)
    c.circle(x - 40, y - 120, 11, AMBER)
    c.polygon([(x + 30, y - 246), (x + 92, y - 216), (x + 120, y - 140), (x + 14, y - 190)], (AMBER, "#e0902e"))
    c.polygon([(x + 20, y - 186), (x + 116, y - 140), (x + 260, y + 60), (x - 30, y + 60)], "#ffe9b0", 0.22)


def _toaster(c: Canvas, x: float, y: float) -> None:
    c.shadow(x, y + 4, 170, 18, 0.35)
    for dx in (-52, 22):
        c.rect(x + dx, y - 210, 66, 90, ("#e3ad68", "#c4863f"), 18)
        c.rect(x + dx + 8, y - 202, 50, 80, "#f6dcae", 14)
    c.rect(x - 124, y - 156, 248, 150, ("#f6f1e6", "#b9c6c4"), 34)
    c.rect(x - 72, y - 158, 160, 12, "#54636a", 6)
    c.rect(x - 124, y - 40, 248, 16, CORAL)
    c.rect(x + 106, y - 118, 34, 16, "#54636a", 6)
    c.circle(x + 78, y - 70, 16, "#54636a")
    c.line([(x + 78, y - 70), (x + 86, y - 80)], 4, CREAM)
    c.polygon([(x - 96, y - 130), (x - 66, y - 130), (x - 80, y - 50), (x - 100, y - 50)], "#ffffff", 0.6)
    for dx in (-92, 66):
        c.rect(x + dx, y - 8, 28, 12, "#3a454c", 3)


def _radio(c: Canvas, x: float, y: float) -> None:
    c.shadow(x, y + 4, 200, 18, 0.35)
    c.line([(x + 110, y - 170), (x + 176, y - 280)], 5, "#d9d3c8")
    c.rect(x - 160, y - 176, 320, 176, ("#e4694a", "#b9483a"), 26)
    c.rect(x - 144, y - 160, 288, 144, ("#f6dcae", "#e3b87a"), 16)
    c.circle(x - 66, y - 88, 56, "#7d4a35")
    for at in range(-4, 5):
        half = math.sqrt(max(0, 50**2 - (at * 11) ** 2))
        c.line([(x - 66 - half, y - 88 + at * 11), (x - 66 + half, y - 88 + at * 11)], 4, "#c98a5a")
    c.rect(x + 16, y - 140, 112, 44, "#fff6e2", 6)
    for at in range(8):
        c.line([(x + 26 + at * 13, y - 122), (x + 26 + at * 13, y - 110)], 2, "#7d4a35")
    c.line([(x + 66, y - 136), (x + 66, y - 100)], 3, CORAL)
    for dx in (44, 100):
        c.circle(x + dx, y - 56, 21, "#7d4a35")
        c.line([(x + dx, y - 56), (x + dx + 10, y - 68)], 4, CREAM)
