"""Tables of the document as .docx."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Tc
from docx.shared import Length, Mm, Pt
from docx.table import _Cell

from core.officialdoc import layout
from core.officialdoc.ooxml import element, off_grid

if TYPE_CHECKING:
    from core.officialdoc.docx import Writer

CENTRE, LEFT, RIGHT = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
)


class Tables:
    """Writes tables into the document of a writer."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.cells: dict[tuple[Any, ...], Any] = {}

    def write(self, block: dict[str, Any]) -> None:
        self.writer.caption(block["title"]).paragraph_format.keep_with_next = True
        if block["unit"]:
            unit = self.writer.paragraph(
                block["unit"], indent=0, align=RIGHT, size=self.writer.sizes["table"], pitch=18
            )
            unit.paragraph_format.keep_with_next = True
        table = self.writer.word.add_table(rows=0, cols=len(block["columns"]))
        table._tbl.tblStyle_val = self.writer.style_id("Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        # Narrow margins inside the cells: Word's own would break short words of narrow columns.
        margins = element("tblCellMar")
        for side in ("left", "right"):
            margins.append(element(side, w=57, type="dxa"))
        table._tbl.tblPr.find(qn("w:tblLook")).addprevious(margins)
        table._tbl.tblPr.append(element("tblCaption", val=block["title"]))
        widths = self._widths(table, block["widths"])
        together = 0 < len(block["rows"]) <= layout.standard()["table"]["rows_kept_together"]
        head = [{"text": text, "number": False} for text in block["columns"]]
        made = self._row(table, head, widths, face="heading", align=CENTRE, keep=together)
        made.get_or_add_trPr().append(element("tblHeader"))
        last = len(block["rows"]) - 1
        for number, row in enumerate(block["rows"]):
            face = "heading" if number in block["emphasis"] else "body"
            self._row(table, row, widths, face=face, keep=together and number < last)
        self.writer.paragraph(indent=0, pitch=10)

    def _widths(self, table: Any, shares: list[float]) -> list[Length]:
        """Set the widths of the columns; cells carry theirs again, for readers that look there."""
        whole = self.writer.rules["text_area"]["width"] / sum(shares)
        widths: list[Length] = [Mm(whole * share) for share in shares]
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        return widths

    def _row(
        self,
        table: Any,
        cells: list[dict[str, Any]],
        widths: list[Length],
        *,
        face: str,
        align: Any = None,
        keep: bool,
    ) -> Any:
        row = OxmlElement("w:tr")
        row.get_or_add_trPr().append(element("cantSplit"))
        for value, width in zip(cells, widths, strict=True):
            own = align if align is not None else RIGHT if value["number"] else LEFT
            row.append(self._cell(table, value["text"], width, face=face, align=own, keep=keep))
        table._tbl.append(row)
        return row

    def _cell(
        self, table: Any, text: str, width: Length, *, face: str, align: Any, keep: bool
    ) -> Any:
        """A cell with one paragraph. Those that look alike are copies of one: a long table has
        thousands, and setting each property of each of them takes most of a report's time."""
        look = (face, align, keep)
        if look not in self.cells:
            self.cells[look] = self._new_cell(table, face=face, align=align, keep=keep)
        cell = _Cell(deepcopy(self.cells[look]), table)
        cell.width = width
        cell.paragraphs[0].runs[0].text = text
        return cell._tc

    def _new_cell(self, table: Any, *, face: str, align: Any, keep: bool) -> Any:
        cell = _Cell(CT_Tc.new(), table)
        made = cell.paragraphs[0]
        made.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        made.paragraph_format.line_spacing = Pt(18)
        off_grid(made)
        made.alignment = align
        if keep:
            made.paragraph_format.keep_with_next = True
        self.writer.run(made, face=face, size=self.writer.sizes["table"])
        return cell._tc
