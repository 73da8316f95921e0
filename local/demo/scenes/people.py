"""People, on foot, on a bicycle and at a table."""

import math

from local.demo.scenes.canvas import Canvas, arc, mix
from local.demo.scenes.lights import CAST


def person(c: Canvas, x: float, y: float, height: float, number: int, step: float = 0, faces: float = 1) -> None:
    """Somebody whose feet are at (x, y). `number` chooses from the cast; `step` is how far the legs are apart."""
    skin, hair, coat, legs = CAST[number % len(CAST)]
    u, f = height / 100, faces
    c.shadow(x, y, 24 * u, 5 * u, 0.25)
    c.line([(x - 4 * u, y - 40 * u), (x - (4 + 12 * step) * u, y - 3 * u)], 9 * u, mix(legs, "#10222e", 0.2))
    c.line([(x + 4 * u, y - 40 * u), (x + (4 + 12 * step) * u, y - 3 * u)], 9 * u, legs)
    for dx in (-1, 1):
        c.line([(x + dx * (4 + 12 * step) * u, y - 2 * u), (x + (dx * (4 + 12 * step) + 4 * f) * u, y - 2 * u)], 5 * u, "#2a2327")
    back, arm = mix(coat, "#10222e", 0.22), mix(coat, "#10222e", 0.12)
    c.line(
        [(x - 9 * u * f, y - 70 * u), (x - (13 + 4 * step) * u * f, y - 52 * u), (x - (11 + 9 * step) * u * f, y - 41 * u)],
        7.5 * u,
        back,
    )
    if number % 2:
        c.blob(
            [
                (x - 11 * u, y - 96 * u),
                (x, y - 102 * u),
                (x + 11 * u, y - 96 * u),
                (x + 11 * u, y - 73 * u),
                (x - 11 * u, y - 73 * u),
            ],
            mix(hair, "#10222e", 0.2),
        )
    c.rect(x - 4 * u, y - 84 * u, 8 * u, 12 * u, mix(skin, "#6b3a2a", 0.25), 3 * u)
    hem = 15 if number % 2 else 12.5
    c.blob(
        [
            (x - 9 * u, y - 75 * u),
            (x, y - 77 * u),
            (x + 9 * u, y - 75 * u),
            (x + 12 * u, y - 56 * u),
            (x + hem * u, y - 34 * u),
            (x, y - 32 * u),
            (x - hem * u, y - 34 * u),
            (x - 12 * u, y - 56 * u),
        ],
        coat,
    )
    c.line(
        [(x + 8 * u * f, y - 69 * u), (x + (11 + 5 * step) * u * f, y - 53 * u), (x + (9 + 11 * step) * u * f, y - 42 * u)],
        7.5 * u,
        arm,
    )
    c.circle(x + (9 + 11 * step) * u * f, y - 40 * u, 3.6 * u, skin)
    c.circle(x + 1.5 * u * f, y - 89 * u, 9.5 * u, skin)
    c.pie(x + 0.5 * u * f, y - 91 * u, 11 * u, 170 if f > 0 else 200, 340 if f > 0 else 370, hair)


def wheel(c: Canvas, x: float, y: float, r: float, colour: str) -> None:
    c.ring(x, y, r, 5, colour)
    for at in range(8):
        angle = math.pi * at / 8
        dx, dy = math.cos(angle) * r, math.sin(angle) * r
        c.line([(x - dx, y - dy), (x + dx, y + dy)], 1, colour, 0.5)
    c.circle(x, y, 4, colour)


def bicycle(c: Canvas, x: float, y: float, size: float, frame: str, ink: str, rider: int | None = None) -> None:
    """A bicycle that rides to the right; the wheels stand on y, their hubs 104 units apart at size 1."""
    r, s = 38 * size, size
    back, front = (x - 52 * s, y - r), (x + 52 * s, y - r)
    crank, seat, head = (x - 6 * s, y - r + 4 * s), (x - 22 * s, y - 92 * s), (x + 36 * s, y - 96 * s)
    c.shadow(x, y, 110 * s, 12 * s, 0.25)
    wheel(c, *back, r, ink)
    wheel(c, *front, r, ink)
    for line in ([back, crank, head], [back, seat, crank], [seat, (head[0] - 2 * s, head[1] + 12 * s)], [front, head]):
        c.line(line, 5 * s, frame)
    c.line([head, (head[0] - 3 * s, head[1] - 16 * s), (head[0] - 24 * s, head[1] - 20 * s)], 5 * s, ink)
    c.line([(seat[0] - 12 * s, seat[1] - 4 * s), (seat[0] + 12 * s, seat[1] - 4 * s)], 7 * s, ink)
    if rider is not None:
        _rider(c, x, y, s, rider)


def _rider(c: Canvas, x: float, y: float, s: float, number: int) -> None:
    skin, hair, coat, legs = CAST[number % len(CAST)]
    hip, shoulder, hand = (x - 22 * s, y - 100 * s), (x + 2 * s, y - 160 * s), (x + 16 * s, y - 116 * s)
    c.line([hip, (x + 18 * s, y - 76 * s), (x + 2 * s, y - 28 * s)], 15 * s, legs)
    c.line([(x - 2 * s, y - 26 * s), (x + 12 * s, y - 26 * s)], 8 * s, "#2a2327")
    c.blob(
        [
            (hip[0] - 12 * s, hip[1] + 4 * s),
            (hip[0] + 12 * s, hip[1] + 6 * s),
            (shoulder[0] + 14 * s, shoulder[1] + 2 * s),
            (shoulder[0] - 8 * s, shoulder[1] - 8 * s),
        ],
        coat,
    )
    c.line([(shoulder[0] + 2 * s, shoulder[1] + 8 * s), (x + 18 * s, y - 130 * s), hand], 10 * s, mix(coat, "#10222e", 0.15))
    c.circle(*hand, 6 * s, skin)
    if number % 2:
        c.blob(
            [
                (shoulder[0] - 12 * s, shoulder[1] - 30 * s),
                (shoulder[0] + 6 * s, shoulder[1] - 44 * s),
                (shoulder[0] + 14 * s, shoulder[1] - 10 * s),
                (shoulder[0] - 14 * s, shoulder[1] + 2 * s),
            ],
            mix(hair, "#10222e", 0.2),
        )
    c.circle(shoulder[0] + 12 * s, shoulder[1] - 24 * s, 16 * s, skin)
    c.pie(shoulder[0] + 10 * s, shoulder[1] - 27 * s, 18 * s, 165, 340, hair)


def sitter(c: Canvas, x: float, y: float, s: float, number: int) -> None:
    """Somebody from the waist up behind a table whose edge is at y."""
    skin, hair, coat, _ = CAST[number % len(CAST)]
    if number % 2:
        c.blob(
            [
                (x - 46 * s, y - 190 * s),
                (x, y - 222 * s),
                (x + 46 * s, y - 190 * s),
                (x + 48 * s, y - 100 * s),
                (x - 48 * s, y - 100 * s),
            ],
            mix(hair, "#10222e", 0.15),
        )
    c.rect(x - 17 * s, y - 140 * s, 34 * s, 50 * s, mix(skin, "#6b3a2a", 0.22), 10 * s)
    c.blob(
        [
            (x - 88 * s, y + 30 * s),
            (x - 78 * s, y - 74 * s),
            (x - 34 * s, y - 106 * s),
            (x + 34 * s, y - 106 * s),
            (x + 78 * s, y - 74 * s),
            (x + 88 * s, y + 30 * s),
        ],
        (mix(coat, "#ffffff", 0.08), coat),
    )
    c.blob([(x - 26 * s, y - 110 * s), (x + 26 * s, y - 110 * s), (x, y - 84 * s)], mix(skin, "#6b3a2a", 0.22))
    c.blob(
        [
            (x - 38 * s, y - 172 * s),
            (x - 28 * s, y - 204 * s),
            (x + 28 * s, y - 204 * s),
            (x + 38 * s, y - 172 * s),
            (x + 22 * s, y - 130 * s),
            (x - 22 * s, y - 130 * s),
        ],
        skin,
    )
    c.blob(
        [
            (x - 42 * s, y - 168 * s),
            (x - 38 * s, y - 206 * s),
            (x, y - 224 * s),
            (x + 38 * s, y - 206 * s),
            (x + 42 * s, y - 168 * s),
            (x + 28 * s, y - 192 * s),
            (x - 10 * s, y - 196 * s),
            (x - 30 * s, y - 184 * s),
        ],
        hair,
    )
    for dx in (-14, 14):
        c.circle(x + dx * s, y - 164 * s, 3.6 * s, "#2a2327")
    c.line(arc(x, y - 152 * s, 11 * s, 8 * s, 25, 155), 3.2 * s, "#a8503f" if skin[1] > "7" else "#2a1814")
