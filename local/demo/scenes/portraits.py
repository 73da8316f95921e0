"""Portraits of the people who sign: flat, friendly and invented."""

from dataclasses import dataclass

from local.demo.scenes.canvas import Canvas, Point, arc, mix
from local.demo.scenes.lights import AMBER, CORAL, CREAM, NAVY, TEAL


@dataclass(frozen=True)
class Face:
    """The colours of one portrait."""

    skin: str
    hair: str
    coat: str
    shirt: str
    ground: tuple[str, str]


NOOR = Face("#eab68c", "#4a2c22", TEAL, CREAM, ("#fbe0ae", "#f2b65c"))
IDRIS = Face("#8a5a3e", "#1e1a1c", NAVY, "#f4efe2", ("#cfe6dc", "#8cc9b4"))
JAN = Face("#f0c6a2", "#dcd8d0", "#7a4f6b", "#f3d9b8", ("#f6d3c0", "#e79f85"))


def noor(c: Canvas) -> None:
    """Shoulder-length brown hair, a green jacket, earrings."""
    f = NOOR
    _ground(c, f)
    c.blob(
        [(196, 330), (214, 190), (300, 130), (390, 196), (404, 330), (398, 428), (300, 452), (202, 428)],
        (mix(f.hair, "#000000", 0.25), mix(f.hair, "#000000", 0.35)),
    )
    _body(c, f)
    _head(c, f)
    c.blob(
        [
            (206, 300),
            (212, 204),
            (262, 146),
            (330, 144),
            (388, 204),
            (394, 296),
            (372, 276),
            (360, 226),
            (318, 208),
            (268, 232),
            (238, 268),
        ],
        f.hair,
    )
    c.blob([(196, 410), (206, 290), (226, 262), (240, 300), (234, 380), (226, 436)], f.hair)
    c.blob([(404, 410), (394, 290), (374, 262), (362, 300), (368, 380), (376, 436)], f.hair)
    c.curve([(246, 182), (290, 160), (340, 168)], 7, mix(f.hair, "#ffffff", 0.2), 0.7)
    _features(c, f, brow=mix(f.hair, "#000000", 0.1), lips="#c9574d", smile=16)
    for x in (229, 371):
        c.circle(x, 352, 7, AMBER)


def idris(c: Canvas) -> None:
    """Short dark curls, a beard and round glasses."""
    f = IDRIS
    _ground(c, f)
    _body(c, f)
    _head(c, f)
    beard = [
        (222, 300),
        (236, 330),
        (262, 336),
        (300, 330),
        (338, 336),
        (364, 330),
        (378, 300),
        (374, 366),
        (340, 414),
        (300, 426),
        (260, 414),
        (226, 366),
    ]
    c.blob(beard, f.hair)
    c.blob([(266, 350), (300, 342), (334, 350), (328, 376), (300, 384), (272, 376)], mix(f.skin, f.hair, 0.25))
    for x, y, r in (
        (232, 222, 26),
        (258, 186, 30),
        (300, 172, 34),
        (342, 186, 30),
        (368, 222, 26),
        (280, 200, 26),
        (322, 200, 26),
        (222, 256, 16),
        (378, 256, 16),
    ):
        c.circle(x, y, r, f.hair)
    _features(c, f, brow=f.hair, lips="#a8564a", smile=15, y=10)
    for x in (264, 336):
        c.ring(x, 286, 28, 6, "#d9a441")
    c.line([(292, 284), (308, 284)], 6, "#d9a441")


def jan(c: Canvas) -> None:
    """Grey hair that has gone thin, a cardigan, laughter lines."""
    f = JAN
    _ground(c, f)
    _body(c, f)
    _head(c, f)
    for side in (-1, 1):
        c.blob(
            [
                (300 + side * 78, 244),
                (300 + side * 92, 270),
                (300 + side * 88, 316),
                (300 + side * 76, 318),
                (300 + side * 70, 262),
            ],
            f.hair,
        )
    c.blob([(222, 246), (232, 196), (276, 162), (330, 164), (372, 198), (378, 246), (352, 214), (300, 200), (250, 212)], f.hair)
    _features(c, f, brow="#c9c3b8", lips="#b8604f", smile=18)
    c.blob(
        [(262, 340), (282, 326), (300, 332), (318, 326), (338, 340), (318, 346), (300, 342), (282, 346)],
        mix(f.hair, "#a89f92", 0.35),
    )
    for side in (-1, 1):
        for dy in (-8, 2):
            c.line([(300 + side * 66, 284 + dy), (300 + side * 76, 280 + dy * 1.6)], 2.5, mix(f.skin, "#7a3f2a", 0.35), 0.8)


PORTRAITS = {"noor": noor, "idris": idris, "jan": jan}


def _ground(c: Canvas, f: Face) -> None:
    c.rect(0, 0, 600, 600, f.ground)
    c.circle(470, 130, 190, "#ffffff", 0.22)
    c.circle(90, 520, 220, "#ffffff", 0.16)


def _body(c: Canvas, f: Face) -> None:
    shade = mix(f.skin, "#6b2f1f", 0.22)
    c.blob(
        [(60, 640), (84, 520), (176, 456), (300, 440), (424, 456), (516, 520), (540, 640)], (mix(f.coat, "#ffffff", 0.1), f.coat)
    )
    c.polygon([(236, 448), (364, 448), (334, 610), (266, 610)], f.shirt)
    c.blob([(252, 380), (348, 380), (352, 446), (300, 492), (248, 446)], shade)
    for side in (-1, 1):
        lapel: list[Point] = [
            (300 + side * 62, 440),
            (300 + side * 106, 470),
            (300 + side * 66, 560),
            (300 + side * 18, 610),
            (300 + side * 34, 540),
        ]
        c.polygon(lapel, mix(f.coat, "#000000", 0.22))


def _head(c: Canvas, f: Face) -> None:
    for side in (-1, 1):
        c.ellipse(300 + side * 84, 298, 15, 24, mix(f.skin, "#8a3f2a", 0.16))
    c.blob(
        [(216, 270), (232, 196), (300, 164), (368, 196), (384, 270), (374, 344), (340, 402), (300, 420), (260, 402), (226, 344)],
        f.skin,
    )
    for side in (-1, 1):
        c.ellipse(300 + side * 52, 334, 21, 14, CORAL, 0.22)


def _features(c: Canvas, f: Face, brow: str, lips: str, smile: float, y: float = 0) -> None:
    for side in (-1, 1):
        x = 300 + side * 36
        c.ellipse(x, 286, 8.5, 10, "#2a1d1c")
        c.circle(x + 3, 282, 3, "#ffffff")
        c.curve([(x - side * 17, 257), (x + side * 3, 250), (x + side * 20, 259)], 6, brow)
    c.curve([(302, 290), (310, 320), (296, 326)], 4.5, mix(f.skin, "#7a2f1f", 0.35))
    top = 352 + y
    c.polygon([*arc(300, top, 32, smile + 8, 0, 180)], lips)
    c.polygon([*arc(300, top, 27, 10, 0, 180)], "#ffffff")
