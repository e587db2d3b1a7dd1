"""A version of a stage report as an official document, as a workbook, and as pieces of a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import translation

from core import officialdoc
from core.officialdoc import Attachment, Block, Chart, Document, Heading, Paragraph, Table
from reporting import annex, chapters
from reporting.reading import Grid, Reading

if TYPE_CHECKING:
    from accounts.models import Organisation
    from reporting.models import FigureSnapshot

NO_GAPS = "经逐项核对，没有缺项。"


@dataclass(frozen=True)
class Heads:
    """What stands around the words: title, number, date, who to, what is corrected."""

    title: str
    day: date
    number: str = ""
    addressee: str = ""
    signatory: str = ""
    correction: str = ""
    cc: Sequence[str] = ()


def document_of(
    snapshot: FigureSnapshot, words: Sequence[Mapping[str, Any]], heads: Heads
) -> Document:
    """The official document. The same snapshot, words and heads give the same document."""
    reading = Reading(snapshot)
    issuer: Organisation = snapshot.organisation
    name = issuer.name_on(heads.day)
    blocks: list[Block] = []
    if heads.correction:
        blocks.append(Paragraph(f"更正说明：{heads.correction}"))
    for chapter in words:
        blocks += [block_of(piece, reading) for piece in chapters.parse(chapter)]
    return Document(
        issuer=name,
        title=heads.title,
        date=heads.day,
        number=heads.number,
        addressee=heads.addressee,
        signatory=heads.signatory,
        blocks=blocks,
        attachments=list(_attachments(reading)),
        signer=name,
        sealed=bool(heads.number),
        cc=list(heads.cc),
        printed_by=f"{issuer.name_on(heads.day)}办公室",
        keywords={"数据摘要": snapshot.digest},
    )


def block_of(piece: chapters.Piece, reading: Reading) -> Block:
    """One line of the words with its figures put in. Raises ``Refused``."""
    match piece.kind:
        case "heading":
            return Heading(piece.level, chapters.bind(piece.text, reading.values))
        case "table":
            return table_of(reading.grid(piece.text))
        case "chart":
            option, title, description = reading.chart(piece.text)
            return Chart(option, title, description)
        case "gaps":
            grid = reading.gap_grid()
            return table_of(grid) if grid.rows else Paragraph(NO_GAPS)
        case _:
            return Paragraph(chapters.bind(piece.text, reading.values))


def table_of(grid: Grid) -> Table:
    """A grid as a table of the document; the row of sums stands out."""
    return Table(
        grid.columns,
        grid.values,
        title=grid.title,
        unit=grid.unit,
        emphasis=[len(grid.rows) - 1] if grid.has_total else (),
    )


def _attachments(reading: Reading) -> Iterable[Attachment]:
    for attachment in reading.template["attachments"]:
        grid = reading.grid(attachment["table"])
        body: list[Block] = [table_of(grid)] if grid.rows else [Paragraph("目前没有报告。")]
        yield Attachment(attachment["title"], body)


def render(
    snapshot: FigureSnapshot, words: Sequence[Mapping[str, Any]], heads: Heads
) -> dict[str, bytes]:
    """The three files of a version: ``docx``, ``pdf`` and ``xlsx``; same in, same bytes out.

    Official documents are in Chinese, whatever language whoever builds one reads.
    """
    with translation.override("zh-hans"):
        document = document_of(snapshot, words, heads)
        return {
            "docx": officialdoc.to_docx(document),
            "pdf": officialdoc.to_pdf(document),
            "xlsx": annex.workbook(Reading(snapshot), heads.title, heads.number, heads.day),
        }
