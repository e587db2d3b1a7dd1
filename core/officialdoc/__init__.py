"""Official documents (公文) after GB/T 9704-2012: one content, printed as .docx and as PDF.

``to_docx(document)`` and ``to_pdf(document)`` give the same bytes for the same document.
"""

from core.officialdoc.compose import compose, texts
from core.officialdoc.docx import to_docx
from core.officialdoc.model import (
    Attachment,
    Block,
    Chart,
    Document,
    Heading,
    List,
    Paragraph,
    Table,
)
from core.officialdoc.pdf import to_pdf
from core.officialdoc.text import clean, document_number, numeral, written_date

__all__ = [
    "Attachment",
    "Block",
    "Chart",
    "Document",
    "Heading",
    "List",
    "Paragraph",
    "Table",
    "clean",
    "compose",
    "document_number",
    "numeral",
    "texts",
    "to_docx",
    "to_pdf",
    "written_date",
]
