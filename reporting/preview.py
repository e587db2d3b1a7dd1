"""A version as a page shows it: the same words and figures, each figure a link to its list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString, mark_safe

from core import charts, officialdoc
from reporting import chapters, documents
from reporting.reading import Cell, Grid, Reading

if TYPE_CHECKING:
    from reporting.models import FigureSnapshot, ReportVersion

# (figure key, query string) → address of the list that it counts.
Address = Callable[[str, str], str]


def nowhere(_key: str, _query: str) -> str:
    """For readers who may see the figures but not the lists behind them."""
    return ""


@dataclass(frozen=True)
class Segment:
    """A run of words, or a figure with the list behind it."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Shown:
    """One block on the page."""

    kind: str
    text: str = ""
    level: int = 1
    segments: list[Segment] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rows: list[list[tuple[dict[str, Any], str]]] = field(default_factory=list)
    unit: str = ""
    has_total: bool = False
    svg: SafeString = SafeString("")


@dataclass(frozen=True)
class Page:
    """The document's sheet with the blocks of its text and attachments as shown on the page."""

    sheet: dict[str, Any]
    blocks: list[Shown]
    attachments: list[tuple[dict[str, Any], list[Shown]]]


def of_version(version: ReportVersion, heads: documents.Heads, address: Address) -> Page:
    """What the page shows of a version; the figures are those that the files print."""
    snapshot = version.report.snapshot
    assert snapshot is not None
    return of_words(snapshot, version.chapters, heads, address)


def of_words(
    snapshot: FigureSnapshot,
    words: Sequence[Mapping[str, Any]],
    heads: documents.Heads,
    address: Address,
) -> Page:
    """What words come to with the figures of a snapshot."""
    reading = Reading(snapshot)
    sheet = officialdoc.compose(documents.document_of(snapshot, words, heads))
    pieces = [piece for chapter in words for piece in chapters.parse(chapter)]
    nodes = sheet["blocks"]
    if heads.correction:
        pieces.insert(0, chapters.Piece("paragraph", nodes[0]["text"]))
    shown = [_shown(p, node, reading, address) for p, node in zip(pieces, nodes, strict=True)]
    attachments = [
        (attached, [_attached(node, definition, reading, address) for node in attached["blocks"]])
        for attached, definition in zip(
            sheet["attachments"], reading.template["attachments"], strict=True
        )
    ]
    return Page(sheet, shown, attachments)


def _shown(
    piece: chapters.Piece, node: dict[str, Any], reading: Reading, address: Address
) -> Shown:
    if node["kind"] == "table":
        grid = reading.gap_grid() if piece.kind == "gaps" else reading.grid(piece.text)
        return _table(node, grid, address)
    if node["kind"] == "chart":
        return _chart(piece.text, node, reading, address)
    if node["kind"] == "heading":
        return Shown("heading", node["text"], level=node["level"] + 1)
    return Shown("paragraph", node["text"], segments=_segments(piece.text, reading, address))


def _attached(
    node: dict[str, Any], definition: dict[str, Any], reading: Reading, address: Address
) -> Shown:
    if node["kind"] == "table":
        return _table(node, reading.grid(definition["table"]), address)
    return Shown("paragraph", node["text"], segments=[Segment(node["text"])])


def _segments(text: str, reading: Reading, address: Address) -> list[Segment]:
    found, at = [], 0
    for match in chapters.PLACEHOLDER.finditer(text):
        if match.start() > at:
            found.append(Segment(officialdoc.clean(text[at : match.start()])))
        kind, _colon, key = match.group(1).partition(":")
        url = address(key, "") if kind == "figure" else ""
        found.append(Segment(chapters.bind(match.group(0), reading.values), url))
        at = match.end()
    if at < len(text):
        found.append(Segment(officialdoc.clean(text[at:])))
    return found


def _table(node: dict[str, Any], grid: Grid, address: Address) -> Shown:
    rows = [
        [(shown, _link(cell, address)) for shown, cell in zip(line, cells, strict=True)]
        for line, cells in zip(node["rows"], grid.rows, strict=True)
    ]
    return Shown(
        "table",
        node["title"],
        columns=node["columns"],
        rows=rows,
        unit=node["unit"],
        has_total=grid.has_total,
    )


def _link(cell: Cell, address: Address) -> str:
    return address(cell.figure, cell.query) if cell.figure else ""


def _chart(key: str, node: dict[str, Any], reading: Reading, address: Address) -> Shown:
    option, title, description = reading.chart(key)
    links = {
        place: (url, name)
        for place, (cell, name) in reading.chart_places(key).items()
        if (url := address(cell.figure, cell.query))
    }
    drawn = charts.svg(
        option, node["width"], node["height"], title=title, description=description, links=links
    )
    # Drawn by us, and every text in it is escaped by the drawing library.
    return Shown("chart", node["title"], svg=mark_safe(drawn))
