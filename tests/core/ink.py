"""What stands where on a page of a PDF: runs of words and filled or drawn rules, in millimetres.

Read from the operators of the page itself, so that nothing of how the page was made is believed.
Lengths are from the top left.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pypdf.generic import ContentStream

MM = 72 / 25.4
# Of a face: how far its box reaches above and below the base line, in parts of its size.
ABOVE, BELOW = 0.88, 0.12
RED = (0.9019608, 0.0, 0.07058824)
BLACK = (0.0,)
STOPS = tuple("，。、；：）》〕”")


@dataclass(frozen=True)
class Run:
    """Words set in one go. ``stroke`` tells heavier letters: their outline is drawn as well."""

    left: float
    right: float
    base: float
    size: float
    face: str
    colour: tuple[float, ...]
    heavy: bool
    letters: int
    text: str

    @property
    def edge(self) -> float:
        """Where the last sign ends: a stop fills the left half of its square only."""
        return self.right - (self.size / 2 / MM if self.text[-1:] in STOPS else 0)

    @property
    def top(self) -> float:
        return self.base - ABOVE * self.size / MM

    @property
    def bottom(self) -> float:
        return self.base + BELOW * self.size / MM


@dataclass(frozen=True)
class Rule:
    """A line across: drawn, or filled as a flat box."""

    left: float
    right: float
    middle: float
    thickness: float
    colour: tuple[float, ...]


@dataclass
class Pen:
    """What is set when something is drawn."""

    matrix: tuple[float, ...] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    fill: tuple[float, ...] = BLACK
    draw: tuple[float, ...] = BLACK
    thick: float = 1.0
    heavy: bool = False
    font: str = ""
    size: float = 0.0
    points: list[tuple[float, float]] = field(default_factory=list)

    def move(self, values) -> None:
        self.matrix = _times(tuple(values), self.matrix)

    def face(self, values) -> None:
        self.font, self.size = str(values[0]), float(values[1])

    def begin(self, values) -> None:
        self.points = [_at(self.matrix, *map(float, values))]

    def line(self, values) -> None:
        self.points = [*self.points, _at(self.matrix, *map(float, values))]


def _numbers(values) -> tuple[float, ...]:
    return tuple(float(one) for one in values if isinstance(one, (int, float)))


SETTING = {
    b"cm": lambda pen, values: pen.move(_numbers(values)),
    b"scn": lambda pen, values: setattr(pen, "fill", _numbers(values)),
    b"SCN": lambda pen, values: setattr(pen, "draw", _numbers(values)),
    b"w": lambda pen, values: setattr(pen, "thick", float(values[0])),
    # Letters whose outline is drawn as well are heavier.
    b"Tr": lambda pen, values: setattr(pen, "heavy", int(values[0]) == 2),
    b"Tf": Pen.face,
    b"m": Pen.begin,
    b"l": Pen.line,
}


class Ink:
    """Everything that one page shows."""

    def __init__(self, page) -> None:
        self.width, self.height = (
            float(side) / MM for side in (page.mediabox.width, page.mediabox.height)
        )
        self.runs: list[Run] = []
        self.rules: list[Rule] = []
        self._faces = {}
        self._widths = {}
        for name, font in page["/Resources"].get("/Font", {}).items():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            self._faces[name] = str(inner["/BaseFont"]).split("+")[-1].split("-")[0]
            self._widths[name] = (_widths(inner), float(inner.get("/DW", 1000)))
        self._words = _words(page)
        self._read(ContentStream(page.get_contents(), page.pdf))

    def _read(self, stream) -> None:
        pen, stack = Pen(), []
        for operands, operator in stream.operations:
            if operator == b"q":
                stack.append(replace(pen))
            elif operator == b"Q":
                pen = stack.pop()
            elif operator in (b"TJ", b"Tj"):
                self._run(operands[0] if operator == b"TJ" else operands, pen)
            elif operator in (b"f", b"S"):
                self._rule(pen, drawn=operator == b"S")
                pen.points = []
            elif operator in SETTING:
                SETTING[operator](pen, operands)

    def _run(self, parts, pen) -> None:
        size = pen.size
        widths, standard = self._widths[pen.font]
        length, letters = 0.0, 0
        for one in parts:
            if isinstance(one, (int, float)):
                length -= float(one) * size / 1000
                continue
            raw = one if isinstance(one, bytes) else one.original_bytes
            for place in range(0, len(raw), 2):
                length += widths.get(int.from_bytes(raw[place : place + 2]), standard) * size / 1000
                letters += 1
        x, y = _at(pen.matrix, 0, 0)
        left, base = x / MM, self.height - y / MM
        text = self._words.get((round(left, 1), round(base, 1)), "")
        face, right = self._faces[pen.font], left + length / MM
        self.runs.append(Run(left, right, base, size, face, pen.fill, pen.heavy, letters, text))

    def _rule(self, pen, *, drawn) -> None:
        across, down = [x for x, _y in pen.points], [y for _x, y in pen.points]
        if len(across) < 2:
            return
        height, colour = (pen.thick, pen.draw) if drawn else (max(down) - min(down), pen.fill)
        if max(across) - min(across) > 10 * MM and max(down) - min(down) < 2:
            middle = self.height - (max(down) + min(down)) / 2 / MM
            left, right = min(across) / MM, max(across) / MM
            self.rules.append(Rule(left, right, middle, height / MM, colour))

    def of(self, words: str) -> Run:
        """The run that holds the words."""
        return next(one for one in self.runs if words in one.text)


def _widths(font) -> dict[int, float]:
    """Widths by glyph, where they differ from the standard of the face."""
    found, listed = {}, list(font.get("/W", []))
    while listed:
        first, second = int(listed.pop(0)), listed.pop(0).get_object()
        if isinstance(second, list):
            found |= {first + n: float(width) for n, width in enumerate(second)}
        else:
            width = float(listed.pop(0))
            found |= dict.fromkeys(range(first, int(second) + 1), width)
    return found


def _words(page) -> dict[tuple[float, float], str]:
    """The text by where it begins, as a reader of PDFs copies it."""
    found: dict[tuple[float, float], str] = {}
    height = float(page.mediabox.height)

    def visit(text, cm, tm, _font, _size):
        if text.strip():
            x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
            found[round(x / MM, 1), round((height - y) / MM, 1)] = text.strip()

    page.extract_text(visitor_text=visit)
    return found


def _times(one, other):
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j) + (
        e * g + f * i + k,
        e * h + f * j + m,
    )


def _at(matrix, x, y):
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
