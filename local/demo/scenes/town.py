"""Scenes of a town's roofs and fronts."""

from random import Random

from local.demo.scenes.buildings import house, skyline, window
from local.demo.scenes.canvas import Canvas, Light, mix
from local.demo.scenes.lights import AMBER, CORAL, CREAM, DEEP, TEAL
from local.demo.scenes.people import person
from local.demo.scenes.props import bench, birds, bush, flower, sky, tree

FRONTS = ("bell", "step", "point", "bell", "flat", "step", "point", "bell", "step")


def pavement(c: Canvas, p: Light, y: float, colour: str | None = None) -> None:
    base = colour or mix(p.ground, p.sky[-1], 0.45)
    c.rect(0, y, 1200, 640 - y, (mix(base, p.sun, 0.15), mix(base, p.ink, 0.25)))
    c.rect(0, y, 1200, 6, mix(base, p.sun, 0.4))


def green_street(c: Canvas, p: Light) -> None:
    sky(c, p, (1010, 120), 3, 5)
    overgrown = Light(**{**vars(p), "wall": tuple(mix(p.leaf, p.sun, share) for share in (0.05, 0.2, 0.1, 0.28, 0.15))})
    left = -50
    for at, (w, kind) in enumerate(zip((156, 140, 164, 150, 138, 166, 150, 160, 150), FRONTS, strict=True)):
        x, left = left, left + w + 2
        tall = 250 + at * 37 % 60
        house(c, overgrown if at % 2 else p, x, 520, w, tall, kind, at + 4)
        if at % 2:
            _leaves(c, p, x, 520, w, tall, at)
    pavement(c, p, 520, "#d9c6a5")
    c.rect(0, 552, 1200, 100, ("#86bb92", "#4f9274"))
    c.rect(0, 548, 1200, 8, CREAM)
    for x, size in ((290, 1.25), (610, 1.1), (960, 1.35)):
        c.ellipse(x, 572, 80 * size, 15, "#6a4f3d")
        tree(c, p, x, 572, size)
    bench(c, 770, 600, 1.15, "#c98a52", p.ink)
    for at, x in enumerate((60, 140, 420, 470, 880, 1090, 1160)):
        bush(c, x, 626 - at % 2 * 10, 1.15, mix(p.leaf, p.sun, 0.1 + at % 2 * 0.14))
    for at in range(16):
        flower(c, 24 + at * 78, 620 - at * 29 % 26, 0.7, (CREAM, AMBER, CORAL)[at % 3], mix(p.leaf, p.ink, 0.2))
    person(c, 470, 606, 132, 5, 0.4)
    person(c, 526, 610, 128, 6, 0.4, -1)


def _leaves(c: Canvas, p: Light, x: float, y: float, w: float, h: float, seed: int) -> None:
    """Leaves along the edges of an overgrown front."""
    chance = Random(seed)
    for at in range(26):
        height = y - 8 - at * (h - 10) / 26
        for side in (x, x + w):
            c.circle(side + chance.uniform(-6, 6), height, chance.uniform(7, 13), mix(p.leaf, p.sun, chance.uniform(0, 0.35)))
    for _ in range(26):
        px, py = x + chance.uniform(8, w - 8), y - chance.uniform(84, h - 4)
        c.circle(px, py, chance.uniform(3, 6), mix(p.leaf, p.sun, chance.uniform(0.1, 0.45)), 0.7)


def rooftops(c: Canvas, p: Light) -> None:
    sky(c, p, (880, 170), 4, 8)
    skyline(c, p, 430, mix(p.far, p.sky[2], 0.2), 5, 170)
    for at, (x, y, w) in enumerate(
        ((-40, 400, 230), (170, 380, 210), (370, 410, 250), (600, 384, 220), (800, 404, 240), (1020, 380, 240))
    ):
        _roof(c, p, x, y, w, p.roof[at % 4], at)
    for at, (x, y, w) in enumerate(((-130, 520, 300), (150, 498, 280), (410, 524, 310), (700, 500, 290), (970, 522, 320))):
        _roof(c, p, x, y, w, p.roof[(at * 3 + 1) % 4], at + 7)
    kinds = ("step", "bell", "point", "bell", "step")
    for at, (x, w, h) in enumerate(((-60, 210, 120), (196, 190, 150), (450, 220, 110), (736, 196, 150), (1000, 220, 125))):
        house(c, p, x, 700, w, h + 80, kinds[at], at * 2 + 5, front=False)
    birds(c, 470, 120, p.ink, 4, 0.9)


def _roof(c: Canvas, p: Light, x: float, y: float, w: float, tiles: str, seed: int) -> None:
    """A tiled roof with its ridge at y, a dormer or a chimney, and walls below."""
    rise = w * 0.36
    wall = p.wall[seed % len(p.wall)]
    c.rect(x + w * 0.04, y + rise, w * 0.92, 300, (wall, mix(wall, p.ink, 0.15)))
    c.polygon(
        [(x - w * 0.03, y + rise), (x + w * 0.16, y), (x + w * 0.84, y), (x + w * 1.03, y + rise)], (mix(tiles, p.sun, 0.28), tiles)
    )
    for row in range(1, 5):
        inset = 0.19 * (1 - row / 5) - 0.03
        c.rect(x + w * inset, y + rise * row / 5, w * (1 - 2 * inset), 2.5, mix(tiles, p.ink, 0.25), 0, 0.45)
    c.rect(x + w * 0.14, y - 5, w * 0.72, 9, mix(tiles, p.ink, 0.3), 3)
    if seed % 2:
        side = 0.3 + seed % 3 * 0.16
        c.rect(x + w * side, y + rise * 0.38, w * 0.17, rise * 0.5, (CREAM, mix(CREAM, p.ink, 0.12)))
        c.polygon(
            [
                (x + w * (side - 0.03), y + rise * 0.4),
                (x + w * (side + 0.085), y + rise * 0.1),
                (x + w * (side + 0.2), y + rise * 0.4),
            ],
            mix(tiles, p.ink, 0.2),
        )
        window(c, p, x + w * (side + 0.05), y + rise * 0.48, w * 0.07, rise * 0.26, True, "#ffffff", bars=False)
    chimney = x + w * (0.72 if seed % 2 else 0.3)
    c.rect(chimney, y - 34, w * 0.09, 46, mix(tiles, p.ink, 0.15))
    c.rect(chimney - 4, y - 40, w * 0.09 + 8, 9, mix(tiles, p.ink, 0.35), 2)
    for share in (0.24, 0.5, 0.76):
        window(c, p, x + w * share - 11, y + rise + 20, 22, 32, True, "#ffffff")


def flats(c: Canvas, p: Light) -> None:
    sky(c, p, (240, 140), 3, 21)
    skyline(c, p, 520, mix(p.far, p.sky[1], 0.3), 9, 110)
    _crane(c, 1010, 560, 520, AMBER, p.ink)
    c.rect(190, 240, 640, 300, ("#f3e4ca", "#d9bf9a"))
    for row in range(3):
        c.rect(190, 322 + row * 94, 640, 8, "#c8a986")
        for at in range(8):
            window(c, p, 214 + at * 78, 262 + row * 94, 44, 44, True, "#ffffff")
    c.rect(180, 230, 660, 14, "#a9876a", 2)
    for at, colour in enumerate(("#c9844c", "#d99a5c", "#b97440", "#d99a5c")):
        x = 206 + at * 156
        _timber(c, p, x, 230, 138, colour)
    c.line([(905, 78), (905, 128)], 3, p.ink)
    c.line([(850, 148), (905, 126), (960, 148)], 2.5, p.ink)
    _timber(c, p, 838, 246, 134, "#d99a5c")
    pavement(c, p, 540, "#9dbb9a")
    for x, size in ((90, 1.2), (150, 0.9), (880, 0.8), (1140, 1.1)):
        tree(c, p, x, 566, size)
    for at, x in enumerate((420, 470, 640)):
        person(c, x, 592 + at * 6, 92, at + 2, 0.5)


def _timber(c: Canvas, p: Light, x: float, y: float, w: float, colour: str) -> None:
    """A small wooden house on y."""
    c.polygon([(x, y), (x, y - 66), (x + w * 0.5, y - 104), (x + w, y - 66), (x + w, y)], (mix(colour, "#ffffff", 0.15), colour))
    for at in range(1, 8):
        c.line([(x + w * at / 8, y), (x + w * at / 8, y - 64)], 1.5, mix(colour, "#3a2010", 0.3), 0.5)
    c.line([(x - 8, y - 60), (x + w * 0.5, y - 106), (x + w + 8, y - 60)], 9, DEEP)
    window(c, p, x + w * 0.16, y - 54, 30, 34, True, "#ffffff")
    c.rect(x + w * 0.6, y - 52, 30, 52, TEAL, 2)


def _crane(c: Canvas, x: float, y: float, h: float, colour: str, ink: str) -> None:
    for dx in (-13, 13):
        c.line([(x + dx, y), (x + dx, y - h + 30)], 6, colour)
    for at in range(14):
        low = y - at * h / 15
        c.line([(x - 13, low), (x + 13, low - h / 15)], 3, colour)
    c.line([(x - 430, y - h + 40), (x + 150, y - h + 40)], 9, colour)
    c.line([(x - 420, y - h + 40), (x, y - h - 14), (x + 140, y - h + 40)], 3, colour)
    c.line([(x, y - h - 14), (x, y - h + 40)], 7, colour)
    c.rect(x - 22, y - h + 46, 44, 36, ink, 4)
    c.rect(x + 106, y - h + 44, 42, 34, ink, 3)


def office_tower(c: Canvas, p: Light) -> None:
    sky(c, p, (250, 290), 3, 4)
    skyline(c, p, 540, p.mid, 12, 130)
    chance = Random(2)
    for x, top, w, cols, colour in ((170, 250, 200, 4, p.far), (860, 210, 230, 5, p.far)):
        c.rect(x, top, w, 320, (mix(colour, p.ink, 0.25), p.near))
        for row in range(6):
            for at in range(cols):
                c.rect(
                    x + 20 + at * 44, top + 24 + row * 46, 26, 26, p.pane if chance.random() < 0.25 else mix(p.near, p.ink, 0.4), 2
                )
    c.rect(420, 70, 380, 500, ("#4b4f80", "#2d3a63"), 6)
    c.rect(404, 60, 412, 18, "#232d50", 4)
    for row in range(8):
        for at in range(6):
            _flat_window(c, p, 444 + at * 57, 96 + row * 55, chance)
    c.rect(560, 530, 100, 44, p.pane)
    c.glow(610, 556, 190, p.pane, 0.5, 70)
    pavement(c, p, 570)
    for x, size in ((350, 0.9), (870, 1.0), (1080, 0.8), (100, 0.9)):
        tree(c, p, x, 584, size)
    for at, x in enumerate((520, 700, 745)):
        person(c, x, 608, 90, at + 1, 0.5)


def _flat_window(c: Canvas, p: Light, x: float, y: float, chance: Random) -> None:
    lit = chance.random() < 0.72
    if lit:
        c.glow(x + 20, y + 19, 46, p.pane, 0.3)
    c.rect(x, y, 40, 38, chance.choice((p.pane, "#ffe2a6", "#f7b267", "#ffd9b0")) if lit else "#26315a", 3)
    if not lit:
        return
    kind = chance.randrange(4)
    if kind == 0:
        c.polygon([(x, y), (x + 14, y), (x + 6, y + 38), (x, y + 38)], CORAL, 0.75)
    if kind == 1:
        c.circle(x + 22, y + 18, 6, "#5a3f4f")
        c.pie(x + 22, y + 38, 13, 180, 360, "#5a3f4f")
    if kind == 2:
        c.blob([(x + 12, y + 38), (x + 8, y + 22), (x + 15, y + 16), (x + 22, y + 24), (x + 20, y + 38)], TEAL)
