"""Charts as inline SVG: no script, no third party, colours from the page's style sheet (so dark mode is the page's matter).

Every chart is a picture with a label; the page puts the same figures in a table beside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH = 880
_LABEL = 260  # room for the labels on the left


@dataclass(frozen=True)
class Bar:
    """One row: a label, its parts as (class of the style sheet, value), and what stands behind the bar."""

    label: str
    parts: Sequence[tuple[str, float]]
    note: str = ""

    @property
    def total(self) -> float:
        return sum(value for _, value in self.parts)


def bars(rows: Sequence[Bar], says: str) -> Markup:
    """Horizontal bars, stacked where a row has several parts. `says` is the picture's label."""
    step, top = 30, 6
    longest = max((row.total for row in rows), default=0) or 1
    room = WIDTH - _LABEL - 130
    drawn = []
    for i, row in enumerate(rows):
        y, x = top + i * step, float(_LABEL)
        drawn.append(_text(_LABEL - 12, y + 15, row.label, "end"))
        for style, value in row.parts:
            width = room * value / longest
            drawn.append(_rect(x, y + 1, width, 20, style, radius=3))
            x += width
        drawn.append(_text(x + 8, y + 15, row.note, "start", "quiet"))
    return _svg(top + len(rows) * step, says, drawn)


def funnel(steps: Sequence[tuple[str, int, str]], says: str) -> Markup:
    """Steps as (label, number, note), each as wide as its number, centred and joined to the next."""
    step, height, top = 58, 34, 6
    most = max((number for _, number, _ in steps), default=0) or 1
    room, middle = 330.0, _LABEL + 170.0
    wide = [max(2.0, room * number / most) for _, number, _ in steps]
    drawn = []
    for i, (label, number, note) in enumerate(steps):
        y, width = top + i * step, wide[i]
        if i + 1 < len(steps):
            after = wide[i + 1]
            corners = f"{middle - width / 2:.1f},{y + height} {middle + width / 2:.1f},{y + height} "
            corners += f"{middle + after / 2:.1f},{y + step} {middle - after / 2:.1f},{y + step}"
            drawn.append(Markup('<polygon class="join" points="{}"/>').format(corners))
        drawn.append(_rect(middle - width / 2, y, width, height, "a", radius=4))
        drawn.append(_text(_LABEL - 12, y + 22, label, "end"))
        inside = width > 60
        drawn.append(
            _text(
                middle if inside else middle + width / 2 + 8,
                y + 22,
                f"{number:,}",
                "middle" if inside else "start",
                "on" if inside else "strong",
            )
        )
        drawn.append(_text(_LABEL + 350, y + 22, note, "start", "quiet"))
    return _svg(top + len(steps) * step - (step - height) + 6, says, drawn)


def heat(rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[float | None]], says: str) -> Markup:
    """A table of shares (0 to 1, None = nobody to look at) as coloured cells, each with its percentage; the highest is darkest."""
    highest = max([value for row in values for value in row if value] + [0.3])
    cell, row_height, top = (WIDTH - _LABEL - 80) / max(len(columns), 1), 30, 156
    drawn = []
    for j, column in enumerate(columns):
        x = _LABEL + (j + 0.5) * cell
        drawn.append(
            Markup('<g transform="translate({},{}) rotate(-42)">{}</g>').format(f"{x:.1f}", top - 10, _text(0, 0, column, "start"))
        )
    for i, row in enumerate(rows):
        y = top + i * row_height
        drawn.append(_text(_LABEL - 12, y + 19, row, "end"))
        for j, value in enumerate(values[i]):
            x = _LABEL + j * cell
            if value is None:
                drawn.append(_text(x + cell / 2, y + 19, "–", "middle", "quiet"))
                continue
            drawn.append(_rect(x + 1, y + 1, cell - 2, row_height - 2, "empty", radius=3))
            drawn.append(_rect(x + 1, y + 1, cell - 2, row_height - 2, "a", radius=3, opacity=value / highest))
            drawn.append(
                _text(
                    x + cell / 2,
                    y + 19,
                    f"{value:.0%}" if value else "",
                    "middle",
                    "on small" if value > 0.55 * highest else "small",
                )
            )
    return _svg(top + len(rows) * row_height + 4, says, drawn)


@dataclass(frozen=True)
class Span:
    """A value with its interval. `high` None: no upper end."""

    label: str
    value: float
    low: float
    high: float | None
    style: str = "a"
    note: str = ""


def spans(rows: Sequence[Span], says: str, mark: float | None = None) -> Markup:
    """Values with their intervals on one axis from 0; `mark` draws a line at that value."""
    step, top = 46, 10
    reach = max([row.high if row.high is not None else row.value * 2 for row in rows] + [mark or 0], default=0) * 1.05 or 1
    room = WIDTH - _LABEL - 170

    def at(value: float) -> float:
        return _LABEL + room * min(value, reach) / reach

    bottom = top + len(rows) * step
    drawn = [Markup('<line class="axis" x1="{0}" y1="{1}" x2="{2}" y2="{1}"/>').format(_LABEL, bottom, _LABEL + room)]
    for tick in _ticks(reach):
        drawn.append(_text(at(tick), bottom + 18, f"{tick:g}", "middle", "quiet small"))
        drawn.append(_line(at(tick), bottom, at(tick), bottom + 4, "axis"))
    if mark is not None:
        drawn.append(_line(at(mark), top - 4, at(mark), bottom, "mark"))
    for i, row in enumerate(rows):
        y = top + i * step + step / 2 - 4
        high = at(row.high) if row.high is not None else _LABEL + room
        drawn.append(_text(_LABEL - 12, y + 5, row.label, "end"))
        drawn.append(_line(at(row.low), y, high, y, f"whisker {row.style}"))
        drawn.append(Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="7"/>').format(row.style, at(row.value), y))
        drawn.append(_text(_LABEL + room + 14, y + 5, row.note, "start", "strong"))
    return _svg(bottom + 28, says, drawn)


def _ticks(reach: float) -> list[float]:
    width = next(w for w in (0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 1e9) if reach / w <= 8)
    return [round(i * width, 2) for i in range(int(reach / width) + 1)]


def _svg(height: float, says: str, drawn: Iterable[Markup]) -> Markup:
    head = Markup('<svg viewBox="0 0 {} {:.0f}" role="img" aria-label="{}" ').format(WIDTH, height, says)
    return head + Markup('xmlns="http://www.w3.org/2000/svg">{}</svg>').format(Markup("").join(drawn))


def _text(x: float, y: float, text: str, anchor: str, style: str = "") -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" class="{}">{}</text>').format(x, y, anchor, style, escape(text))


def _rect(x: float, y: float, width: float, height: float, style: str, radius: int = 0, opacity: float = 1) -> Markup:
    place = Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" ').format(x, y, max(width, 0), height)
    return place + Markup('rx="{}" class="{}" fill-opacity="{:.2f}"/>').format(radius, style, opacity)


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> Markup:
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>').format(x1, y1, x2, y2, style)
