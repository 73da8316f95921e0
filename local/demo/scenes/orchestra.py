"""A scene with instruments."""

import math

from local.demo.scenes.canvas import Canvas, Light, arc
from local.demo.scenes.lights import AMBER, CORAL


def music(c: Canvas, p: Light) -> None:
    c.backdrop(("#2f2f5f", "#6a4a7a", "#c9697a", "#f3ab7c"), 640)
    c.glow(600, 420, 640, "#ffd9a0", 0.55, 360)
    c.ellipse(600, 610, 620, 90, "#3a2f55")
    c.ellipse(600, 600, 560, 70, ("#4f3f68", "#3a2f55"))
    for at, y in enumerate((150, 176, 202, 228, 254)):
        c.curve([(-20, y + 60), (260, y - 40), (620, y + 46), (940, y - 60), (1220, y + 10)], 2.5, "#ffe9c9", 0.4 - at * 0.02)
    for x, y, kind in ((130, 190, 0), (300, 166, 1), (470, 220, 0), (700, 262, 1), (860, 176, 0), (1040, 130, 1)):
        _note(c, x, y, kind)
    _violin(c, 300, 420)
    _drum(c, 620, 560)
    _trumpet(c, 930, 450)


def _note(c: Canvas, x: float, y: float, kind: int) -> None:
    ink = (AMBER, "#ffe9c9")[kind]
    c.ellipse(x, y, 17, 13, ink)
    c.line([(x + 15, y - 2), (x + 15, y - 74)], 5, ink)
    if kind:
        c.ellipse(x + 60, y - 10, 17, 13, ink)
        c.line([(x + 75, y - 12), (x + 75, y - 84)], 5, ink)
        c.polygon([(x + 13, y - 76), (x + 77, y - 86), (x + 77, y - 70), (x + 13, y - 60)], ink)
    else:
        c.curve([(x + 15, y - 74), (x + 34, y - 54), (x + 36, y - 32)], 6, ink)


def _violin(c: Canvas, x: float, y: float) -> None:
    def at(u: float, v: float) -> tuple[float, float]:
        a = math.radians(24)
        return x + u * math.cos(a) - v * math.sin(a), y + u * math.sin(a) + v * math.cos(a)

    body = [
        at(u, v)
        for u, v in (
            (0, -96),
            (48, -84),
            (60, -44),
            (38, -4),
            (56, 34),
            (78, 84),
            (60, 136),
            (0, 152),
            (-60, 136),
            (-78, 84),
            (-56, 34),
            (-38, -4),
            (-60, -44),
            (-48, -84),
        )
    ]
    c.shadow(*at(0, 170), 110, 16, 0.35)
    c.blob(body, ("#d9753f", "#9c4526"))
    c.polygon([at(-11, -250), at(11, -250), at(13, 30), at(-13, 30)], "#3a2020")
    c.circle(*at(0, -262), 15, "#3a2020")
    for v in (-244, -226):
        c.line([at(-28, v), at(28, v)], 7, "#3a2020")
    c.polygon([at(-15, 66), at(15, 66), at(22, 130), at(-22, 130)], "#3a2020")
    c.rect(at(0, 46)[0] - 26, at(0, 46)[1] - 5, 52, 8, "#f3d3a0", 3)
    for u in (-6, -2, 2, 6):
        c.line([at(u, -240), at(u * 1.6, 70)], 1.3, "#ffe9c9")
    for s in (-1, 1):
        c.curve([at(s * 34, 6), at(s * 27, 30), at(s * 36, 58)], 4.5, "#3a2020")
    c.line([at(110, -230), at(64, 150)], 5, "#7a4428")
    c.line([at(118, -226), at(74, 148)], 3, "#fff1dc")


def _drum(c: Canvas, x: float, y: float) -> None:
    c.shadow(x, y + 10, 190, 24, 0.4)
    c.polygon([(x - 130, y - 130), (x + 130, y - 130), (x + 130, y - 10), *arc(x, y - 10, 130, 36, 0, 180)], (CORAL, "#a33f3f"))
    for at in range(7):
        a, b = -130 + at * 43.3, -130 + (at + 0.5) * 43.3
        low = y + 14
        c.line([(x + a, y - 112), (x + b, low), (x + min(a + 43.3, 130), y - 112)], 4, "#fff1dc")
    c.line(arc(x, y - 2, 132, 36, 0, 180), 13, AMBER)
    c.ellipse(x, y - 130, 138, 40, AMBER)
    c.ellipse(x, y - 132, 122, 32, ("#fff6e4", "#f3dfc0"))
    c.line([(x - 60, y - 140), (x + 80, y - 236)], 8, "#7a4428")
    c.circle(x - 62, y - 139, 11, "#fff1dc")
    c.line([(x + 40, y - 136), (x - 90, y - 226)], 8, "#7a4428")
    c.circle(x + 42, y - 135, 11, "#fff1dc")


def _trumpet(c: Canvas, x: float, y: float) -> None:
    gold, shade = "#ffca52", "#d98f2a"
    c.line([(x - 150, y + 30), (x + 90, y - 40)], 15, gold)
    c.polygon([(x + 60, y - 44), (x + 150, y - 122), (x + 180, y - 24), (x + 74, y - 22)], (gold, shade))
    c.ellipse(x + 166, y - 73, 26, 52, shade)
    c.ellipse(x + 168, y - 73, 18, 42, "#a8661f")
    c.line([(x - 90, y + 12), (x - 60, y + 84), (x + 30, y + 58), (x + 10, y - 16)], 13, shade)
    for at in range(3):
        vx, vy = x - 54 + at * 36, y + 2 - at * 10
        c.rect(vx - 11, vy - 46, 22, 96, (gold, shade), 6)
        c.line([(vx, vy - 46), (vx, vy - 68)], 5, "#fff1dc")
        c.rect(vx - 11, vy - 76, 22, 9, "#fff1dc", 4)
    c.polygon([(x - 168, y + 22), (x - 142, y + 22), (x - 138, y + 40), (x - 164, y + 48)], gold)
