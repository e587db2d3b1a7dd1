"""A bulletin as a page shows it: the composed sheet of its document, block by block."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import mark_safe

from core import officialdoc
from reporting.bulletins import documents
from reporting.bulletins.making import Made
from reporting.preview import Page, Segment, Shown


def page_of(made: Made, heads: documents.Heads, remarks: str) -> Page:
    """The same sheet that the files print."""
    document = documents.document_of(
        made.bulletin, made.style, heads, office=made.office, remarks=remarks
    )
    return sheet_of(document)


def sheet_of(document: officialdoc.Document) -> Page:
    """An official document as its files print it, block by block."""
    sheet = officialdoc.compose(document)
    return Page(sheet, [_shown(node) for node in sheet["blocks"]], [])


def _shown(node: dict[str, Any]) -> Shown:
    match node["kind"]:
        case "heading":
            return Shown("heading", node["text"], level=node["level"] + 1)
        case "table":
            return Shown(
                "table",
                node["title"],
                columns=node["columns"],
                rows=[[(cell, "") for cell in row] for row in node["rows"]],
                unit=node["unit"],
                has_total=bool(node["emphasis"]),
            )
        case "chart":
            # Drawn by us, and every text in it is escaped by the drawing library.
            return Shown("chart", node["title"], svg=mark_safe(node["svg"]))
    return Shown("paragraph", node["text"], segments=[Segment(node["text"])])
