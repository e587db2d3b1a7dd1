"""A bulletin as .docx, PDF and .xlsx: one content, the same bytes for the same bulletin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zipfile import ZIP_STORED

from openpyxl import Workbook
from openpyxl.styles import Font

from core import charts, officialdoc
from core.officialdoc import Block, Chart, Document, Heading, Paragraph, Table, clean
from core.officialdoc.ooxml import fixed_archive
from core.workbooks import saved
from reporting import annex
from reporting.bulletins import text
from reporting.bulletins.model import Bulletin, Figure, Sheet
from reporting.bulletins.styles import Style

UNIT = "件"


@dataclass(frozen=True)
class Heads:
    """What stands around the text. A draft has no number and is not sealed."""

    issuer: str
    day: date
    number: str = ""
    correction: str = ""
    title: str = ""


def document_of(
    bulletin: Bulletin, style: Style, heads: Heads, *, office: str = "", remarks: str = ""
) -> Document:
    """The bulletin as an official document (通报); ``remarks`` are paragraphs written by hand."""
    blocks: list[Block] = []
    if heads.correction:
        blocks.append(Paragraph(f"更正说明：{heads.correction}"))
    blocks += [
        _block(kind, what, bulletin) for kind, what in text.lines(bulletin, style, office=office)
    ]
    if lines := [line.strip() for line in remarks.splitlines() if line.strip()]:
        blocks += [Heading(1, "主要问题"), *map(Paragraph, lines)]
    return Document(
        issuer=heads.issuer,
        title=heads.title or bulletin.title,
        date=heads.day,
        number=heads.number,
        blocks=blocks,
        signer=heads.issuer,
        sealed=bool(heads.number),
        printed_by=f"{heads.issuer}办公室",
    )


def _block(kind: str, what: Any, bulletin: Bulletin) -> Block:
    match kind:
        case "heading":
            level, title = what
            return Heading(level, title)
        case "table":
            return table_of(what)
        case "chart":
            return chart_of(what, bulletin)
    return Paragraph(what)


def table_of(sheet: Sheet) -> Table:
    """A table with its unit above it (单位：件) and the row of sums standing out."""
    return Table(
        columns=[sheet.row_header, *sheet.columns],
        rows=[[label, *values] for label, values in sheet.rows],
        title=sheet.title,
        unit=sheet.unit,
        emphasis=[len(sheet.rows) - 1] if sheet.has_total else (),
    )


def chart_of(parts: Sequence[tuple[str, Figure]], bulletin: Bulletin) -> Chart:
    """Counts of the parts as bars, from the figures of the text."""
    names = [name for name, _figure in parts]
    counts = [figure.count for _name, figure in parts]
    told = "，".join(f"{name}{figure.count}件" for name, figure in parts)
    option = charts.bar(names, {"件数": counts}, unit=UNIT, horizontal=True)
    return Chart(option, f"{bulletin.period.text}诉求性质构成", told, height=80 + 48 * len(parts))


def render(
    bulletin: Bulletin, style: Style, heads: Heads, *, office: str = "", remarks: str = ""
) -> dict[str, bytes]:
    """The three files: ``docx``, ``pdf``, ``xlsx``."""
    document = document_of(bulletin, style, heads, office=office, remarks=remarks)
    return {
        "docx": officialdoc.to_docx(document),
        "pdf": officialdoc.to_pdf(document),
        "xlsx": workbook(bulletin, heads),
    }


# -- workbook --------------------------------------------------------------------------------------


def workbook(bulletin: Bulletin, heads: Heads) -> bytes:
    """All figures with their paths, every table, the rankings and the conflicts."""
    book = Workbook()
    _figures(book.active, bulletin, heads)
    for table in bulletin.tables:
        rows = [[label, *values] for label, values in table.rows]
        sheet = book.create_sheet(annex.sheet_name(book, f"{table.no} {table.title}"))
        _titled(sheet, f"{table.no}　{table.title}", f"单位：{table.unit}" if table.unit else "")
        columns = [table.row_header, *table.columns]
        annex.fill(sheet, columns, rows, top=4, has_total=table.has_total)
    if any(ranking.places for ranking in bulletin.rankings):
        _rankings(book, bulletin)
    if bulletin.conflicts:
        sheet = book.create_sheet("口径说明")
        _titled(sheet, "口径说明", "")
        lines = [[c.path, c.published, c.recomputed, c.message] for c in bulletin.conflicts]
        annex.fill(sheet, ["项目", "印出数", "计算数", "说明"], lines, top=4)
    instant = datetime.combine(heads.day, time())  # noqa: DTZ001 (OOXML keeps UTC without zone)
    book.properties.title, book.properties.creator = clean(bulletin.title), clean(heads.issuer)
    book.properties.created = instant
    return fixed_archive(saved(book, compression=ZIP_STORED), heads.day, modified=instant)


def _titled(sheet: Any, title: str, below: str) -> None:
    sheet.cell(row=1, column=1, value=clean(title)).font = annex.TITLE
    if below:
        sheet.cell(row=2, column=1, value=clean(below)).font = Font(name="宋体", size=11)


def _figures(sheet: Any, bulletin: Bulletin, heads: Heads) -> None:
    sheet.title = "数据"
    _titled(sheet, heads.title or bulletin.title, heads.number or "未编号")
    rows: list[list[Any]] = []
    for path, figure in bulletin.figures.items():
        moved = [f"{one.word}{one.pct}%" if one else "" for one in (figure.mom, figure.yoy)]
        share = f"{figure.share}%" if figure.share is not None else ""
        rows.append([path, figure.label, figure.count, share, *moved])
    annex.fill(sheet, ["代码", "项目", "件数", "占比", "环比", "同比"], rows, top=4)


def _rankings(book: Workbook, bulletin: Bulletin) -> None:
    sheet = book.create_sheet("排名")
    _titled(sheet, "排名", "")
    rows = [
        [ranking.by, place, str(one)]
        for ranking in bulletin.rankings
        for place, one in enumerate(ranking.places, start=1)
    ]
    annex.fill(sheet, ["排名依据", "位次", "地区或单位"], rows, top=4)
