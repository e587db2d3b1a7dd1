"""The document as .docx after GB/T 9704-2012.

The reader's Word has the named faces; every run names its East Asian face. What Word alone can
know, the parity of the last page, is left to it: the colophon floats at the foot of the page that
the text ends on.
"""

from __future__ import annotations

import io
from datetime import datetime, time
from typing import Any

from docx import Document as new_document
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from core import charts
from core.officialdoc import layout
from core.officialdoc.compose import compose
from core.officialdoc.docx_tables import CENTRE, LEFT, RIGHT, Tables
from core.officialdoc.model import Document
from core.officialdoc.ooxml import (
    add_field,
    border,
    element,
    fixed_archive,
    indent_characters,
    off_grid,
    page_grid,
    set_fonts,
    tighten,
)

HEADING_FACES = {1: "heading", 2: "kai", 3: "body", 4: "body"}


def to_docx(document: Document) -> bytes:
    """The document as .docx. The same document gives the same bytes."""
    sheet = compose(document)
    blob = Writer(sheet, document).write()
    return fixed_archive(blob, document.date)


class Writer:
    """Writes one composed sheet; holds the python-docx document while it grows."""

    def __init__(self, sheet: dict[str, Any], document: Document) -> None:
        self.sheet = sheet
        self.rules = layout.standard()
        self.sizes = self.rules["sizes"]
        self.faces = self.rules["docx_fonts"]
        self.pitch = layout.line_pitch()
        self.word = new_document()
        self.styles: dict[str, str] = {}
        self.tables = Tables(self)
        self._set_page()
        self._set_styles()
        self._set_properties(document)

    def write(self) -> bytes:
        self._head()
        self._title(self.sheet["title"], above=self.rules["head"]["blank_lines_below_rule"])
        if self.sheet["addressee"]:
            self.blank()
            self.paragraph(self.sheet["addressee"], indent=0)
        self._blocks(self.sheet["blocks"])
        self._keep_end_of_text()
        self._closing()
        for attachment in self.sheet["attachments"]:
            self._attachment(attachment)
        self._colophon()
        self._page_numbers()
        out = io.BytesIO()
        self.word.save(out)
        return out.getvalue()

    # -- the page and its styles ----------------------------------------------------------------

    def _set_page(self) -> None:
        page, section = self.rules["page"], self.word.sections[0]
        section.page_width, section.page_height = Mm(page["width"]), Mm(page["height"])
        section.top_margin, section.bottom_margin = Mm(page["top"]), Mm(page["bottom"])
        section.left_margin, section.right_margin = Mm(page["left"]), Mm(page["right"])
        below = page["bottom"] - self.rules["page_number"]["below_text"]
        # Word puts the lower edge of the line there; the dashes, 7 mm below, are in its middle.
        section.footer_distance = Mm(below - 0.5 * self.sizes["small"] / layout.POINTS_PER_MM)
        page_grid(section, line_pitch=self.pitch)
        settings = self.word.settings
        settings.odd_and_even_pages_header_footer = True

    def _set_styles(self) -> None:
        normal = self.word.styles["Normal"]
        normal.font.size = Pt(self.sizes["body"])
        set_fonts(normal.element.get_or_add_rPr(), self.faces["body"], self.faces["digits"])
        tighten(normal.element.rPr, layout.character_pitch() - self.sizes["body"])
        normal.element.rPr.append(element("lang", val="en-US", eastAsia="zh-CN"))
        normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
        for level, face in HEADING_FACES.items():
            style = self.word.styles[f"Heading {level}"]
            style.font.size = Pt(self.sizes["body"])
            style.font.bold = style.font.italic = False
            style.font.color.rgb = RGBColor(0, 0, 0)
            set_fonts(style.element.get_or_add_rPr(), self.faces[face], self.faces["digits"])
            style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)

    def _set_properties(self, document: Document) -> None:
        made = self.word.core_properties
        instant = datetime.combine(document.date, time())  # noqa: DTZ001 (OOXML keeps UTC without zone)
        made.title, made.author = self.sheet["title"], self.sheet["issuer"]
        made.last_modified_by, made.comments = self.sheet["issuer"], ""
        made.created = made.modified = instant
        made.revision, made.language = 1, "zh-CN"
        made.subject = self.sheet["number"]
        made.keywords = "; ".join(self.sheet["keywords"])

    # -- paragraphs -----------------------------------------------------------------------------

    def paragraph(
        self,
        text: str = "",
        *,
        indent: float = 2,
        align: Any = None,
        face: str = "body",
        size: float | None = None,
        colour: str = "",
        pitch: float | None = None,
        style: str = "",
        into: Any = None,
    ) -> Any:
        """One paragraph with exact pitch; ``indent`` counts characters of the first line."""
        made = (into or self.word).add_paragraph()
        if style:
            # By its id, looked up once: python-docx searches all styles each time.
            made._p.style = self.style_id(style)
        made.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        made.paragraph_format.line_spacing = Pt(pitch or self.pitch)
        if pitch:
            off_grid(made)
        if align is not None:
            made.alignment = align
        if indent:
            indent_characters(made, first=indent, pitch=layout.character_pitch())
        if text:
            self.run(made, text, face=face, size=size, colour=colour)
        return made

    def style_id(self, name: str) -> str:
        if name not in self.styles:
            self.styles[name] = self.word.styles[name].style_id
        return self.styles[name]

    def run(
        self,
        paragraph: Any,
        text: str = "",
        *,
        face: str = "body",
        size: float | None = None,
        colour: str = "",
    ) -> Any:
        made = paragraph.add_run(text)
        made.font.size = Pt(size or self.sizes["body"])
        if colour:
            made.font.color.rgb = RGBColor.from_string(colour)
        set_fonts(made._r.get_or_add_rPr(), self.faces[face], self.faces["digits"])
        return made

    def blank(self, count: int = 1, *, kept: bool = False) -> None:
        for _line in range(count):
            made = self.paragraph(indent=0)
            made.paragraph_format.keep_with_next = kept or None
            self.run(made)

    # -- head, title, closing -------------------------------------------------------------------

    def _head(self) -> None:
        head, above = self.rules["head"], self.sheet["above"]
        for line in above:
            self.paragraph(line, indent=0, face="heading")
        # Room before a paragraph counts only below another one, so a hair line comes first.
        self.run(self.paragraph(indent=0, pitch=1), size=1)
        size = self.sheet["mark_size"]
        mark = self.paragraph(
            self.sheet["mark"], indent=0, align=CENTRE, face="title", size=size,
            colour=head["colour"], pitch=size,
        )  # fmt: skip
        room = head["mark_below_text_top"] * layout.POINTS_PER_MM - len(above) * self.pitch
        mark.paragraph_format.space_before = Pt(max(room - 1, 0))
        self.blank(head["blank_lines_below_mark"])
        self._number_line()
        rule = self.paragraph(indent=0, pitch=1)
        self.run(rule, size=1)
        rule.paragraph_format.space_before = Pt(head["rule_below_number"] * layout.POINTS_PER_MM)
        border(rule, "bottom", eighths=12, colour=head["colour"])

    def _number_line(self) -> Any:
        if not self.sheet["signatory"]:
            return self.paragraph(self.sheet["number"], indent=0, align=CENTRE)
        # A document upwards: number one character from the left, 签发人 one from the right.
        made = self.paragraph(self.sheet["number"], indent=0)
        indent_characters(made, left=1, right=1, pitch=layout.character_pitch())
        width = self.rules["text_area"]["width"] * layout.POINTS_PER_MM
        stop = Pt(width - layout.character_pitch())
        made.paragraph_format.tab_stops.add_tab_stop(stop, alignment=2)
        self.run(made, "\t签发人：")
        self.run(made, self.sheet["signatory"], face="kai")
        return made

    def _title(self, text: str, *, above: int) -> None:
        self.blank(above)
        made = self.paragraph(
            text, indent=0, align=CENTRE, face="title", size=self.sizes["title"], pitch=32
        )
        made.paragraph_format.keep_with_next = True

    def _keep_end_of_text(self) -> None:
        """Signature and date never stand alone on a page: the end of the text stays with them."""
        body = self.word.element.body
        last = [one for one in body if one.tag in (qn("w:p"), qn("w:tbl"))][-2:]
        for element_ in last if last[0].tag == qn("w:tbl") else last[-1:]:
            rows = element_.findall(qn("w:tr"))
            for made in (rows[-1] if rows else element_).iter(qn("w:p")):
                Paragraph(made, self.word).paragraph_format.keep_with_next = True

    def _closing(self) -> None:
        notes = self.sheet["attachment_note"]
        if notes:
            self.blank(kept=True)
        for number, note in enumerate(notes):
            made = self.paragraph(note, indent=0)
            made.paragraph_format.keep_with_next = True
            indent_characters(made, left=2 if number == 0 else 5, pitch=layout.character_pitch())
        self.blank(3 if self.sheet["sealed"] else 1, kept=True)
        right = self.rules["seal"]["characters_from_right"] if self.sheet["sealed"] else 2
        over = (len(self.sheet["signer"]) - len(self.sheet["date"]) * 0.75) / 2
        issuer_right = max(right - over, 0) if self.sheet["sealed"] else right
        for text, shift in ((self.sheet["signer"], issuer_right), (self.sheet["date"], right)):
            made = self.paragraph(text, indent=0, align=RIGHT)
            made.paragraph_format.keep_together = True
            made.paragraph_format.keep_with_next = text != self.sheet["date"]
            indent_characters(made, right=shift, pitch=layout.character_pitch())
        if self.sheet["note"]:
            self.paragraph(self.sheet["note"])

    def _attachment(self, attachment: dict[str, Any]) -> None:
        label = self.paragraph(attachment["label"], indent=0, face="heading")
        label.paragraph_format.page_break_before = True
        self._title(attachment["title"], above=1)
        self.blank()
        self._blocks(attachment["blocks"])

    # -- blocks ---------------------------------------------------------------------------------

    def _blocks(self, blocks: list[dict[str, Any]]) -> None:
        writers = {
            "heading": self._heading,
            "paragraph": lambda block: self.paragraph(block["text"]),
            "table": self.tables.write,
            "chart": self._chart,
        }
        for block in blocks:
            writers[block["kind"]](block)

    def _heading(self, block: dict[str, Any]) -> None:
        level = block["level"]
        self.paragraph(block["text"], face=HEADING_FACES[level], style=f"Heading {level}")

    def caption(self, text: str) -> Any:
        return self.paragraph(
            text, indent=0, align=CENTRE, face="heading", size=self.sizes["small"], pitch=24
        )

    def _chart(self, block: dict[str, Any]) -> None:
        picture = charts.png_of(block["svg"], block["width"], block["height"])
        made = self.word.add_paragraph()
        made.alignment = CENTRE
        made.paragraph_format.keep_with_next = True
        run = self.run(made)
        shape = run.add_picture(io.BytesIO(picture), width=Mm(self.rules["text_area"]["width"]))
        shape._inline.docPr.set("descr", block["alt"])
        shape._inline.docPr.set("name", block["title"])
        self.caption(block["title"])

    # -- foot -----------------------------------------------------------------------------------

    def _page_numbers(self) -> None:
        section = self.word.sections[0]
        before, after = self.rules["page_number"]["pattern"].split("{n}")
        for footer, align, side in (
            (section.footer, RIGHT, "right"),
            (section.even_page_footer, LEFT, "left"),
        ):
            footer.is_linked_to_previous = False
            made = footer.paragraphs[0]
            made.alignment = align
            indent_characters(made, **{side: 1}, pitch=self.sizes["small"])
            for text in (before, None, after):
                run = self.run(made, text or "", size=self.sizes["small"])
                if text is None:
                    add_field(run, "PAGE")

    def _colophon(self) -> None:
        lines = [line for line in (self.sheet["cc"], self.sheet["printed_by"]) if line]
        if not lines:
            return
        table = self.word.add_table(rows=len(lines), cols=1)
        table.autofit = False
        properties, rules = table._tbl.tblPr, self.rules["colophon"]
        # A table, not a frame: where a reader does not float it, its rules are still drawn.
        place = {"vertAnchor": "margin", "horzAnchor": "margin"}
        place |= {"tblpXSpec": "center", "tblpYSpec": "bottom"}
        properties.insert(0, element("tblpPr", **place))
        borders = element("tblBorders")
        for side, width in (("top", "outer"), ("bottom", "outer"), ("insideH", "inner")):
            eighths = round(rules[f"{width}_rule"] * layout.POINTS_PER_MM * 8)
            borders.append(element(side, val="single", sz=eighths, space=0, color="000000"))
        properties.find(qn("w:tblLayout")).addprevious(borders)
        for row, text in zip(table.rows, lines, strict=True):
            row.cells[0].width = Mm(self.rules["text_area"]["width"])
            self._colophon_line(row.cells[0].paragraphs[0], text)
        # The table floats; the paragraph that carries it stays on the last page of the text.
        self.run(self.paragraph(indent=0, pitch=1), size=1)

    def _colophon_line(self, made: Any, text: str) -> None:
        small = self.sizes["small"]
        indent_characters(made, left=1, right=1, pitch=small)
        self.run(made, text, size=small)
        if text == self.sheet["printed_by"]:
            width = self.rules["text_area"]["width"] * layout.POINTS_PER_MM
            made.paragraph_format.tab_stops.add_tab_stop(Pt(width - small * 2), alignment=2)
            self.run(made, "\t" + self.sheet["printed_on"], size=small)
