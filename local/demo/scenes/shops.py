"""Scenes where things are sold."""

from random import Random

from local.demo.scenes.buildings import door, gable, house, skyline, terrace, window
from local.demo.scenes.canvas import Canvas, Light, mix
from local.demo.scenes.lights import AMBER, BRICK, CORAL, CREAM, MINT, NAVY, PLUM, TEAL
from local.demo.scenes.people import bicycle, person
from local.demo.scenes.props import pot, sky, tree
from local.demo.scenes.town import pavement


def shop_street(c: Canvas, p: Light) -> None:
    sky(c, p, (1020, 110), 3, 14)
    kinds = ("step", "bell", "point", "flat", "bell", "step")
    colours = (CORAL, TEAL, AMBER, NAVY, PLUM, BRICK)
    for at in range(6):
        x = -20 + at * 208
        house(c, p, x, 530, 204, 300 + at % 3 * 26, kinds[at], at + 1, front=False)
        _shopfront(c, p, x + 10, 530, 184, colours[at])
    pavement(c, p, 530, "#d8c3a4")
    for x in (190, 610, 1030):
        tree(c, p, x, 560, 0.95)
    for at, x in enumerate((300, 350, 480, 760, 900)):
        person(c, x, 592 + at % 3 * 10, 120, at + 3, 0.6 if at % 2 else 0, 1 if at % 3 else -1)
    for x in (90, 700, 1130):
        pot(c, x, 566, 0.9, p.leaf)


def _shopfront(c: Canvas, p: Light, x: float, y: float, w: float, colour: str) -> None:
    c.rect(x, y - 142, w, 142, mix(colour, p.ink, 0.35), 3)
    c.rect(x + 12, y - 104, w - 74, 84, p.pane if not p.dark else "#ffdf9c", 2)
    c.polygon([(x + 12, y - 52), (x + 64, y - 104), (x + 86, y - 104), (x + 12, y - 30)], "#ffffff", 0.35)
    for at in range(3):
        c.rect(x + 22 + at * 32, y - 44 - at % 2 * 8, 22, 24 + at % 2 * 8, (AMBER, CORAL, MINT)[at], 4)
    c.rect(x + w - 50, y - 104, 38, 104, mix(colour, "#ffffff", 0.1), 2)
    c.rect(x + w - 43, y - 96, 24, 50, "#eaf3ee", 2)
    awning(c, x - 6, y - 150, w + 12, 46, colour)


def awning(c: Canvas, x: float, y: float, w: float, h: float, colour: str, stripes: int = 8) -> None:
    each = w / stripes
    for at in range(stripes):
        ink = colour if at % 2 == 0 else CREAM
        c.rect(x + at * each, y, each + 0.5, h - each * 0.3, (mix(ink, "#ffffff", 0.12), ink))
        c.pie(x + (at + 0.5) * each, y + h - each * 0.3, each / 2, 0, 180, mix(ink, "#10222e", 0.08))


def bakery(c: Canvas, p: Light) -> None:
    sky(c, p, (1030, 130), 2, 6)
    for x, w, kind, seed in ((-60, 220, "step", 7), (1030, 240, "bell", 9)):
        house(c, p, x, 540, w, 330, kind, seed)
    wall = "#f6dfbd"
    c.polygon([(190, 540), *gable(190, 180, 800, "flat"), (990, 540)], (mix(wall, "#ffffff", 0.3), "#e9c497"))
    c.rect(180, 150, 820, 20, CREAM, 3)
    for x in (260, 480, 700, 880):
        window(c, p, x, 184, 44, 50, True, "#ffffff")
    c.rect(240, 300, 500, 210, BRICK, 6)
    c.rect(256, 316, 468, 168, ("#fff3cf", "#ffdf9c"))
    for row, y in enumerate((398, 470)):
        c.rect(256, y, 468, 9, "#a86b3e")
        for at in range(6):
            _loaf(c, 296 + at * 77, y, 1.0, row * 6 + at)
    c.polygon([(256, 430), (370, 316), (420, 316), (256, 480)], "#ffffff", 0.22)
    door(c, p, 800, 540, 104, 226, TEAL)
    awning(c, 214, 262, 560, 78, CORAL, 12)
    pavement(c, p, 540, "#d9c3a2")
    pot(c, 960, 556, 1.3, p.leaf)
    person(c, 660, 596, 150, 3, 0, -1)
    person(c, 575, 602, 146, 1)
    bicycle(c, 320, 606, 1.0, TEAL, p.ink)


def _loaf(c: Canvas, x: float, y: float, size: float, kind: int) -> None:
    crust = ("#c9803e", "#b56a30", "#d9984f")[kind % 3]
    if kind % 3 == 1:
        c.ellipse(x, y - 17 * size, 25 * size, 17 * size, (mix(crust, "#ffe0a0", 0.35), crust))
    else:
        c.blob(
            [
                (x - 32 * size, y - 4),
                (x - 26 * size, y - 30 * size),
                (x, y - 38 * size),
                (x + 26 * size, y - 30 * size),
                (x + 32 * size, y - 4),
            ],
            (mix(crust, "#ffe0a0", 0.35), crust),
        )
    for dx in (-11, 0, 11):
        c.line([((x + dx * size) - 3, y - 26 * size), ((x + dx * size) + 4, y - 16 * size)], 3 * size, "#fbe3b8")


def market(c: Canvas, p: Light) -> None:
    sky(c, p, (170, 120), 3, 2)
    skyline(c, p, 440, mix(p.far, p.sky[1], 0.25), 4, 190)
    terrace(c, mute(p), 470, 6, tall=190, front=False)
    pavement(c, p, 464, "#d9c6a8")
    for x, colour, seed in ((30, TEAL, 1), (425, AMBER, 2), (820, CORAL, 4)):
        _stall(c, x, 566, 1.05, colour, seed)
    for at, (x, y, h) in enumerate(((398, 604, 152), (452, 612, 148), (770, 600, 150), (812, 606, 96), (1184, 602, 150))):
        person(c, x, y, h, (7, 0, 1, 4, 2)[at], 0.4 if at < 2 else 0, 1 if at < 2 else -1)
    c.shadow(120, 606, 60, 10, 0.25)
    for x in (90, 640, 1000):
        c.rect(x, 576, 74, 42, ("#d9a668", "#b98046"), 3)
        for at in range(4):
            c.circle(x + 14 + at * 16, 574 - at % 2 * 6, 11, ("#8cb04a", "#e98f3a", CORAL)[x % 3])


def mute(p: Light) -> Light:
    """The same light, farther away."""
    return Light(**{**vars(p), "wall": tuple(mix(w, p.sky[1], 0.45) for w in p.wall)})


def _stall(c: Canvas, x: float, y: float, size: float, colour: str, seed: int) -> None:
    w = 330 * size
    c.shadow(x + w / 2, y, w * 0.6, 16, 0.25)
    for dx in (12, w - 12):
        c.line([(x + dx, y), (x + dx, y - 210 * size)], 7 * size, "#7a5136")
    chance = Random(seed)
    c.rect(x, y - 84 * size, w, 84 * size, ("#b97c4b", "#8f5a36"), 4)
    for at in range(4):
        left = x + (10 + at * 79) * size
        c.rect(left, y - 104 * size, 73 * size, 40 * size, "#d9a668", 3)
        fruit = (CORAL, "#8cb04a", AMBER, "#c5474f", "#e98f3a", "#6f9b4d")[chance.randrange(6)]
        for dx, dy in ((12, -106), (30, -110), (48, -106), (62, -104), (22, -120), (42, -120)):
            c.circle(left + dx * size, y + dy * size, 11.5 * size, mix(fruit, "#ffffff", chance.uniform(0, 0.22)))
        c.rect(left, y - 98 * size, 73 * size, 40 * size, ("#e0b277", "#c48d52"), 3)
        c.rect(left, y - 82 * size, 73 * size, 3, "#9b6a3c")
    awning(c, x - 14 * size, y - 240 * size, w + 28 * size, 66 * size, colour, 9)
