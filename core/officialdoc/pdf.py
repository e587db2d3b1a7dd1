"""The document as PDF: typst sets the composed sheet with the packaged Chinese fonts."""

from __future__ import annotations

from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path

from core import typeset
from core.officialdoc import layout
from core.officialdoc.compose import compose
from core.officialdoc.model import Document

TEMPLATE = Path(__file__).resolve().parent / "document.typ"


@cache
def _source() -> bytes:
    return TEMPLATE.read_bytes()


def to_pdf(document: Document) -> bytes:
    """The document as PDF. The same document gives the same bytes, whenever and wherever."""
    data = {
        **compose(document),
        "layout": layout.standard(),
        "line_pitch": layout.line_pitch(),
        "character_pitch": layout.character_pitch(),
        "created": [document.date.year, document.date.month, document.date.day],
    }
    created = datetime.combine(document.date, time(), UTC)
    return typeset.compile_source(_source(), data, created=created)
