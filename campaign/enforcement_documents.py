"""Documents of enforcement in official format, from templates that are data."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from campaign.models import EnforcementMatter, EnforcementStep
from campaign.notifications import chinese_date
from core import catalogue_files, clock
from core.officialdoc import Block, Document, Heading, List, Paragraph, Table, to_docx, to_pdf

PATH = Path(__file__).parent / "catalogue" / "enforcement" / "documents.yaml"


@cache
def _templates() -> list[dict[str, Any]]:
    return sorted(catalogue_files.read(PATH), key=lambda one: one["valid_from"])


def template(measure: str, on: date) -> dict[str, str]:
    """The words around a measure's document on a day."""
    return [one for one in _templates() if one["valid_from"] <= on][-1]["documents"][measure]


def document(step: EnforcementStep) -> Document:
    """What the document says; a draft has no number and is not sealed."""
    day = (step.issued_at or step.drafted_at).astimezone(clock.ZONE).date()
    words = template(step.measure, day)
    matter = step.matter
    enterprise = matter.enterprise.name_on(day)
    regulator = matter.regulator.name_on(day)
    said = {"enterprise": enterprise, "due": chinese_date(step.due_at), "regulator": regulator}
    blocks: list[Block] = [Paragraph(words["opening"].format(**said)), Heading(1, "事实")]
    blocks += _paragraphs(step.facts)
    kept = getattr(step, "paper", None)
    if rows := [tuple(row) for row in (kept.items if kept else item_rows(matter))]:
        blocks.append(Table(("编号", "问题", "整改期限"), rows, title="逾期整改事项"))
    if articles := list(step.articles.order_by("law", "code")):
        blocks += [Heading(1, "依据"), List([f"{one}：{one.text}" for one in articles])]
    blocks += [Heading(1, words["demand"]), *_paragraphs(step.demands)]
    blocks.append(Paragraph(words["closing"].format(**said)))
    return Document(
        issuer=regulator,
        title=words["title"].format(**said),
        date=day,
        number=step.document_number,
        addressee=enterprise,
        blocks=blocks,
        signer=regulator,
        sealed=bool(step.document_number),
        printed_by=f"{regulator}办公室",
    )


def item_rows(matter: EnforcementMatter) -> list[list[str]]:
    """Number, problem and day of the matter's items as they stand, for the table of a document."""
    return [
        [one.number, one.problem[:60], f"{one.due_at.astimezone(clock.ZONE):%Y-%m-%d}"]
        for one in matter.items.order_by("due_at", "pk")
    ]


def _paragraphs(text: str) -> list[Block]:
    return [Paragraph(line.strip()) for line in text.splitlines() if line.strip()]


WRITERS = {"docx": to_docx, "pdf": to_pdf}
