"""From the values of a document to the plain sheet that every output prints.

Here text is cleaned, headings, tables and charts get their numbers, and figures become text: once,
so that .docx, PDF and preview cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core import charts
from core.officialdoc import layout
from core.officialdoc.model import Block, Chart, Document, Heading, List, Paragraph, Table
from core.officialdoc.text import clean, heading_number, numeral, written_date


@dataclass
class Counters:
    """Numbers given so far. Tables and charts are counted through the whole document."""

    headings: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    tables: int = 0
    charts: int = 0

    def next_heading(self, level: int) -> str:
        self.headings[level - 1] += 1
        self.headings[level:] = [0] * (4 - level)
        return heading_number(level, self.headings[level - 1])


def compose(document: Document) -> dict[str, Any]:
    """The sheet: nothing but strings, numbers, lists and dicts, ready to be set in type."""
    counters = Counters()
    issuer = clean(document.issuer)
    mark = clean(document.mark) or f"{issuer}文件"
    blocks = compose_blocks(document.blocks, counters)
    attachments: list[dict[str, Any]] = []
    for number, attachment in enumerate(document.attachments, start=1):
        counters.headings = [0, 0, 0, 0]
        label = f"附件{number}" if len(document.attachments) > 1 else "附件"
        attachments.append(
            {
                "label": label,
                "title": clean(attachment.title),
                "blocks": compose_blocks(attachment.blocks, counters),
            }
        )
    printed_on = document.printed_on or document.date
    return {
        "issuer": issuer,
        "mark": mark,
        "mark_size": layout.mark_size(mark),
        "number": clean(document.number),
        "signatory": clean(document.signatory),
        "title": clean(document.title),
        "addressee": clean(document.addressee).rstrip(":：") + "：" if document.addressee else "",
        "blocks": blocks,
        "attachment_note": attachment_note([a["title"] for a in attachments]),
        "attachments": attachments,
        "signer": clean(document.signer) or issuer,
        "date": written_date(document.date),
        "sealed": document.sealed,
        "note": f"（{clean(document.note).strip('()（）')}）" if document.note else "",
        "cc": "抄送：" + "，".join(clean(c) for c in document.cc) + "。" if document.cc else "",
        "printed_by": clean(document.printed_by),
        "printed_on": written_date(printed_on) + "印发",
        "above": [
            line
            for line in map(clean, (document.copy_number, document.secrecy, document.urgency))
            if line
        ],
        "keywords": [f"{clean(k)}: {clean(v)}" for k, v in sorted(document.keywords.items())],
    }


def attachment_note(titles: Sequence[str]) -> list[str]:
    """The lines below the text that name the attachments: no full stop, one number each."""
    if len(titles) == 1:
        return [f"附件：{titles[0]}"]
    return [f"{'附件：' if i == 1 else ''}{i}. {title}" for i, title in enumerate(titles, start=1)]


def compose_blocks(blocks: Sequence[Block], counters: Counters) -> list[dict[str, Any]]:
    """The blocks of one text, numbered and cleaned."""
    return [node for block in blocks for node in _compose_block(block, counters)]


def _compose_block(block: Block, counters: Counters) -> Iterator[dict[str, Any]]:
    match block:
        case Heading(level, text):
            number = counters.next_heading(level)
            yield {"kind": "heading", "level": level, "text": number + clean(text)}
        case Paragraph(text):
            yield {"kind": "paragraph", "text": clean(text)}
        case List(items):
            for place, item in enumerate(items, start=1):
                yield {"kind": "paragraph", "text": f"（{place}）{clean(item)}"}
        case Table():
            yield _compose_table(block, counters)
        case Chart():
            yield _compose_chart(block, counters)
        case _:
            raise TypeError(f"not a block of an official document: {block!r}")


def _compose_table(table: Table, counters: Counters) -> dict[str, Any]:
    counters.tables += 1
    name = f"表{numeral(counters.tables)}"
    columns = [clean(c) for c in table.columns]
    for row in table.rows:
        if len(row) != len(columns):
            raise ValueError(f"{name}: a row has {len(row)} cells, the head {len(columns)}")
    return {
        "kind": "table",
        "title": f"{name}　{clean(table.title)}" if table.title else name,
        "unit": f"单位：{clean(table.unit)}" if table.unit else "",
        "columns": columns,
        "rows": [[_cell(value) for value in row] for row in table.rows],
        "widths": list(table.widths) or _widths(columns, table.rows),
        "emphasis": list(table.emphasis),
    }


def _cell(value: object) -> dict[str, Any]:
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return {"text": clean(value), "number": is_number}


# A column takes what its longest text needs, between these limits (in full-width characters).
NARROWEST, WIDEST = 3.0, 16.0


def _widths(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[float]:
    """Shares of the width after the longest text of each column, within reason."""
    longest = [_length(c) for c in columns]
    for row in rows:
        longest = [max(a, _length(clean(v))) for a, v in zip(longest, row, strict=True)]
    return [min(max(length, NARROWEST), WIDEST) + 1.2 for length in longest]


def _length(text: str) -> float:
    """Length in full-width characters; Latin letters and digits take about half."""
    return sum(1.0 if ord(character) > 0x2E80 else 0.55 for character in text)


def _compose_chart(chart: Chart, counters: Counters) -> dict[str, Any]:
    counters.charts += 1
    title = f"图{numeral(counters.charts)}　{clean(chart.title)}"
    description = clean(chart.description) or clean(chart.title)
    svg = charts.svg(
        chart.option, chart.width, chart.height, title=clean(chart.title), description=description
    )
    return {
        "kind": "chart",
        "title": title,
        "alt": description,
        "svg": svg,
        "width": chart.width,
        "height": chart.height,
    }


def texts(sheet: dict[str, Any]) -> list[str]:
    """Every text of the sheet in reading order: what two outputs must have in common."""
    lines = [sheet["number"], sheet["title"], sheet["addressee"], *_block_texts(sheet["blocks"])]
    lines += [*sheet["attachment_note"], sheet["signer"], sheet["date"], sheet["note"]]
    for attachment in sheet["attachments"]:
        lines += [attachment["label"], attachment["title"], *_block_texts(attachment["blocks"])]
    lines += [sheet["cc"], sheet["printed_by"], sheet["printed_on"] if sheet["printed_by"] else ""]
    return [line for line in lines if line]


def _block_texts(blocks: list[dict[str, Any]]) -> Iterator[str]:
    for block in blocks:
        if block["kind"] == "table":
            yield from (block["title"], block["unit"], *block["columns"])
            yield from (cell["text"] for row in block["rows"] for cell in row)
        elif block["kind"] == "chart":
            yield block["title"]
        else:
            yield block["text"]
