"""The few elements of WordprocessingML that python-docx has no words for, and a fixed archive."""

from __future__ import annotations

import io
import math
import re
import zipfile
from datetime import date, datetime
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn


def element(tag: str, **attributes: object) -> Any:
    """An element of the ``w`` namespace: ``element("ind", firstLineChars=200)``."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def set_fonts(run_properties: Any, east_asia: str, latin: str) -> None:
    """Name both faces: without ``w:eastAsia`` Word shows Chinese in another one."""
    fonts = run_properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name, face in (
        ("ascii", latin),
        ("hAnsi", latin),
        ("eastAsia", east_asia),
        ("cs", latin),
        ("hint", "eastAsia"),
    ):
        fonts.set(qn(f"w:{name}"), face)


def add_field(run: Any, instruction: str) -> None:
    """A field that Word computes, such as PAGE, with its own begin and end marks."""
    for part in (
        element("fldChar", fldCharType="begin"),
        _instruction(instruction),
        element("fldChar", fldCharType="end"),
    ):
        run._r.append(part)


def _instruction(text: str) -> Any:
    made = element("instrText")
    made.set(qn("xml:space"), "preserve")
    made.text = f" {text} "
    return made


# The order that the schema asks of a paragraph's properties, as far as they are used here.
ORDER = ("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "pBdr", "tabs",
         "snapToGrid", "spacing", "ind", "jc", "outlineLvl", "rPr")  # fmt: skip


def _put(paragraph: Any, child: Any) -> None:
    """Insert a property of a paragraph in its place; Word refuses another order."""
    name = child.tag.split("}")[1]
    followers = [f"w:{tag}" for tag in ORDER[ORDER.index(name) + 1 :]]
    paragraph._p.get_or_add_pPr().insert_element_before(child, *followers)


def border(paragraph: Any, side: str, *, eighths: int, colour: str) -> None:
    """A rule above or below a paragraph; width in eighths of a point."""
    borders = paragraph._p.get_or_add_pPr().find(qn("w:pBdr"))
    if borders is None:
        borders = element("pBdr")
        _put(paragraph, borders)
    borders.append(element(side, val="single", sz=eighths, space=1, color=colour))


def off_grid(paragraph: Any) -> None:
    """Let a paragraph keep its own pitch; the page's grid would stretch it to whole lines."""
    _put(paragraph, element("snapToGrid", val=0))


def indent_characters(
    paragraph: Any, *, first: float = 0, left: float = 0, right: float = 0, pitch: float = 16
) -> None:
    """Indents counted in characters, with twips beside them for readers that know no characters."""
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    for name, count in (("firstLine", first), ("left", left), ("right", right)):
        if count:
            indent.set(qn(f"w:{name}Chars"), str(round(count * 100)))
            indent.set(qn(f"w:{name}"), str(round(count * pitch * 20)))


def page_grid(section: Any, *, line_pitch: float) -> None:
    """Lines per page by their pitch in points. Characters are counted by their spacing instead:
    LibreOffice gives a character that is wider than its cell of a grid two cells."""
    properties = section._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    properties.append(element("docGrid", type="lines", linePitch=round(line_pitch * 20)))


def tighten(run_properties: Any, points: float) -> None:
    """Add to (or take from) the width of every character, in whole twips rounded down."""
    spacing = element("spacing", val=math.floor(points * 20))
    size = run_properties.find(qn("w:sz"))
    if size is None:
        run_properties.append(spacing)
    else:
        size.addprevious(spacing)


MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def fixed_archive(blob: bytes, day: date, *, modified: datetime | None = None) -> bytes:
    """The same archive with every member's time set to one day, so that bytes do not change.

    ``modified`` replaces the instant of saving that some writers put into the properties.
    """
    stamp = (max(day.year, 1980), day.month, day.day, 0, 0, 0)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(blob)) as source, zipfile.ZipFile(out, "w") as target:
        for member in source.infolist():
            content = source.read(member.filename)
            if modified is not None and member.filename == "docProps/core.xml":
                instant = f"{modified:%Y-%m-%dT%H:%M:%S}Z".encode()
                content = MODIFIED.sub(rb"\g<1>" + instant + rb"\g<2>", content)
            info = zipfile.ZipInfo(member.filename, date_time=stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o600 << 16
            target.writestr(info, content, compresslevel=6)
    return out.getvalue()
