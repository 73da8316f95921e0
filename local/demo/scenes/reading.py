"""Scenes where people learn and read."""

from local.demo.scenes.canvas import Canvas, Light, arc, mix
from local.demo.scenes.lights import AMBER, CORAL, CREAM, MINT, NAVY, PLUM, TEAL
from local.demo.scenes.props import pot, tree


def classroom(c: Canvas, p: Light) -> None:
    c.rect(0, 0, 1200, 470, ("#fdf0d8", "#f8dfb4"))
    c.rect(0, 470, 1200, 170, ("#d9a873", "#b97f4f"))
    c.rect(0, 460, 1200, 12, "#fff6e2")
    c.rect(850, 60, 290, 300, "#ffffff", 4)
    c.rect(866, 76, 258, 268, ("#a9d6d8", "#eef3df"))
    with c.within([(866, 76), (1124, 76), (1124, 344), (866, 344)]):
        c.circle(1070, 140, 36, "#fff3cf")
        c.land([(860, 300), (960, 270), (1130, 296)], "#86bba4")
        c.rect(860, 344, 280, 300, ("#fdf0d8", "#f8dfb4"))
        tree(c, p, 920, 350, 0.8)
    for w in ((991, 76, 8, 268), (866, 196, 258, 8)):
        c.rect(*w, "#ffffff")
    c.rect(836, 358, 318, 16, "#ffffff", 3)
    c.polygon([(866, 380), (1124, 380), (840, 640), (420, 640)], "#fff6d6", 0.32)
    c.rect(110, 80, 650, 300, "#a8693e", 8)
    c.rect(126, 96, 618, 268, ("#2f7a68", "#1f5f55"), 3)
    _chalk_bridge(c)
    c.rect(110, 378, 650, 14, "#8a5430", 3)
    for at, colour in enumerate(("#ffffff", AMBER, CORAL)):
        c.rect(560 + at * 46, 370, 34, 8, colour, 4)
    for at, (x, skin, hair, coat) in enumerate(
        (
            (150, "#e3ac80", "#2a2022", CORAL),
            (400, "#8d5b3e", "#1d1a1a", AMBER),
            (650, "#f4d0ae", "#b5512e", TEAL),
            (930, "#f0c6a0", "#8a4f2a", NAVY),
        )
    ):
        _pupil(c, x, 640, skin, hair, coat, at)
    c.circle(1080, 318, 30, ("#6fb7c9", "#3f86a5"))
    for dx, dy, r in ((-10, -8, 12), (10, 8, 10)):
        c.circle(1080 + dx, 318 + dy, r, "#86bb74")
    c.line(arc(1080, 318, 36, 36, -60, 100), 5, "#8a5430")
    c.rect(1060, 351, 40, 8, "#8a5430", 3)


def _chalk_bridge(c: Canvas) -> None:
    chalk = "#eef6ef"
    c.line([(180, 290), (690, 290)], 5, chalk)
    for x in (300, 570):
        c.line([(x, 330), (x, 160)], 5, chalk)
        for at in range(1, 5):
            for side in (-1, 1):
                c.line([(x, 160 + at * 8), (x + side * at * 28, 288)], 2.5, chalk, 0.8)
    c.curve([(180, 330), (240, 322), (300, 330), (380, 320), (460, 330), (540, 320), (620, 330), (690, 322)], 3.5, "#9fd3c6")
    c.line([(435, 282), (435, 226)], 4, AMBER)
    c.polygon([(425, 232), (435, 212), (445, 232)], AMBER)
    c.ring(660, 150, 26, 4, chalk)


def _pupil(c: Canvas, x: float, y: float, skin: str, hair: str, coat: str, at: int) -> None:
    c.rect(x - 110, y - 76, 240, 20, ("#f1cf98", "#d9ac6c"), 5)
    c.blob([(x - 58, y + 20), (x - 52, y - 72), (x - 20, y - 98), (x + 40, y - 98), (x + 72, y - 72), (x + 78, y + 20)], coat)
    c.rect(x - 6, y - 124, 32, 36, mix(skin, "#6b3a2a", 0.2), 8)
    if at % 2 == 0:
        c.blob([(x - 36, y - 160), (x + 10, y - 196), (x + 56, y - 160), (x + 50, y - 92), (x - 30, y - 92)], hair)
    else:
        c.circle(x + 10, y - 150, 40, skin)
        c.pie(x + 10, y - 154, 44, 160, 380, hair)
        c.circle(x + 10, y - 152, 38, hair)
    if at == 2:
        c.line([(x + 66, y - 60), (x + 104, y - 150), (x + 108, y - 200)], 24, mix(coat, "#10222e", 0.12))
        c.circle(x + 108, y - 214, 17, skin)


def books(c: Canvas, p: Light) -> None:
    c.rect(0, 0, 1200, 480, ("#2f6f6b", "#3f857d"))
    c.rect(0, 480, 1200, 160, ("#b97f56", "#8f5a40"))
    c.rect(0, 470, 1200, 12, "#f3e3c4")
    c.glow(850, 190, 420, "#ffe4a0", 0.6)
    c.ellipse(560, 566, 430, 48, "#e9a08c")
    c.ellipse(560, 566, 370, 38, "#f3c9a8")
    c.line([(850, 560), (850, 200)], 8, "#4a2b26")
    c.ellipse(850, 562, 60, 12, "#4a2b26")
    c.polygon([(790, 210), (820, 110), (880, 110), (910, 210)], ("#fff3cf", "#ffdf94"))
    c.polygon([(790, 212), (910, 212), (1060, 560), (640, 560)], "#ffe9b0", 0.18)
    c.blob([(330, 500), (322, 250), (380, 190), (560, 190), (618, 250), (610, 500)], ("#d9573f", "#b53f32"))
    c.blob([(366, 440), (362, 270), (400, 228), (540, 228), (578, 270), (574, 440)], ("#e8735a", "#cc4f3c"))
    for x in (300, 564):
        c.rect(x, 340, 78, 200, ("#cf4f3b", "#9c352c"), 34)
    c.rect(352, 410, 236, 76, ("#ee8468", "#d55a45"), 28)
    for x in (340, 574):
        c.rect(x, 534, 20, 36, "#4a2b26", 4)
    c.polygon([(420, 424), (470, 398), (520, 424), (520, 384), (470, 360), (420, 384)], CREAM)
    c.line([(470, 360), (470, 398)], 3, "#d9c3a0")
    c.polygon([(414, 430), (470, 402), (526, 430), (526, 422), (470, 396), (414, 422)], NAVY)
    y = 566.0
    for at, (w, h, colour, dx) in enumerate(
        (
            (190, 34, NAVY, 0),
            (170, 28, AMBER, 8),
            (184, 36, CORAL, -6),
            (150, 26, MINT, 6),
            (166, 32, PLUM, -10),
            (132, 26, CREAM, 4),
            (146, 30, TEAL, 0),
        )
    ):
        y -= h
        left = 1000 - w / 2 + dx
        c.rect(left, y, w, h - 2, (mix(colour, "#ffffff", 0.12), colour), 5)
        c.rect(left + w - 16, y + 4, 16, h - 10, "#fff6e2", 2)
        c.rect(left + 22, y + 5, 8, h - 12, mix(colour, "#ffffff", 0.45) if at != 5 else CORAL, 2)
    _cat(c, 1000, y)
    pot(c, 170, 566, 1.5, "#7cc29a")
    for at in range(2):
        c.rect(90 + at * 0, 130 + at * 118, 190, 12, "#e0a56c", 3)
    for at, (w, h, colour) in enumerate(
        ((22, 74, AMBER), (18, 84, CORAL), (26, 66, CREAM), (20, 80, MINT), (24, 70, "#e9a08c"), (18, 86, NAVY))
    ):
        c.rect(100 + at * 28, 130 - h, w, h, colour, 3)
        c.rect(104 + at * 28, 248 - h + 6, w, h - 6, (MINT, NAVY, "#e9a08c", AMBER, CREAM, CORAL)[at], 3)


def _cat(c: Canvas, x: float, y: float) -> None:
    fur = "#f2a65a"
    c.curve([(x + 52, y - 10), (x + 92, y + 10), (x + 80, y + 60), (x + 98, y + 78)], 13, fur)
    c.blob([(x - 66, y), (x - 50, y - 48), (x + 10, y - 62), (x + 62, y - 36), (x + 66, y)], fur)
    c.circle(x - 46, y - 56, 29, fur)
    for dx in (-66, -32):
        c.polygon([(x + dx - 9, y - 74), (x + dx + 2, y - 100), (x + dx + 14, y - 74)], fur)
    for dx in (-56, -37):
        c.line([(x + dx - 5, y - 56), (x + dx + 4, y - 56)], 3, "#7a4420")
    for at in range(3):
        c.line([(x - 4 + at * 22, y - 58 + at * 5), (x + at * 22, y - 40 + at * 4)], 5, "#d9853a")
