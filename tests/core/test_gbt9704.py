"""The PDF itself, measured against GB/T 9704-2012: page, type area, lines, faces, head, colophon.

The numbers are those of the standard, written here once more; what stands where is read from the
operators of the finished file (``tests.core.ink``), in millimetres and points.
"""

from __future__ import annotations

import io
from collections import Counter
from datetime import date

import pytest
from pypdf import PdfReader

from core.officialdoc import Attachment, Document, Heading, Paragraph, Table, to_pdf
from tests.core.ink import RED, Ink

SENTENCE = "各供电企业应当对照专项行动要求全面开展自查整改并按时报告情况"
LEFT, RIGHT, TOP, BOTTOM = 28, 28 + 156, 37, 37 + 225
PITCH = 225 / 22
# 二号, 三号 and 四号 in points.
TWO, THREE, FOUR = 22, 16, 14
MM = 72 / 25.4
near = pytest.approx


def within(value: float) -> object:
    """Half a millimetre more or less is seen by nobody; one is the bar."""
    return near(value, abs=1)


def inked(blob: bytes) -> list[Ink]:
    return [Ink(page) for page in PdfReader(io.BytesIO(blob)).pages]


def holds_the_layout(pages: list[Ink]) -> None:
    """What is so on each page of every official document."""
    for number, page in enumerate(pages, start=1):
        assert (page.width, page.height) == (within(210), within(297))
        body = [one for one in page.runs if one.bottom < BOTTOM + 1]
        for one in body:
            assert one.left >= LEFT - 1, one
            assert one.edge <= RIGHT + 1, one
            assert one.top >= TOP - 1, one
        below = [one for one in page.runs if one.bottom >= BOTTOM + 1]
        if not below:
            # Only a page without words, or the colophon behind one, has no number.
            assert not body or page is pages[-1]
            continue
        (told,) = below
        assert (told.text, told.size) == (f"— {number} —", FOUR)
        # The dashes, half a letter below its upper edge, are 7 mm below the type area.
        assert told.top + 0.5 * FOUR / MM == within(BOTTOM + 7)
        one_letter = FOUR / MM
        if number % 2:
            assert told.right == within(RIGHT - one_letter)
        else:
            assert told.left == within(LEFT + one_letter)


def has_its_colophon(pages: list[Ink], *, cc: str, printed: str) -> None:
    """At the foot of the last page, an even one: rule, copies, thin rule, printer, rule."""
    last = pages[-1]
    assert len(pages) % 2 == 0
    thick = [0.35, 0.25, 0.35] if cc else [0.35, 0.35]
    rules = sorted(last.rules, key=lambda one: one.middle)[-len(thick) :]
    assert [one.thickness for one in rules] == near(thick, abs=0.05)
    assert rules[-1].middle == within(BOTTOM)
    for one in rules:
        assert (one.left, one.right) == (within(LEFT), within(RIGHT))
    printer = last.of(printed)
    assert rules[-2].middle < printer.top < rules[-1].middle
    assert (printer.size, printer.right) == (FOUR, within(RIGHT - FOUR / MM))
    if cc:
        copies = last.of(cc)
        assert rules[0].middle < copies.top < rules[1].middle
        assert (copies.size, copies.left) == (FOUR, within(LEFT + FOUR / MM))


def document(**changes) -> Document:
    given = {
        "issuer": "国家电力监管委员会南方监管局",
        "title": "关于南方区域居民用电服务质量监管专项行动启动部署情况的报告",
        "date": date(2011, 11, 30),
        "number": "南电监供电〔2011〕1号",
        "addressee": "国家电力监管委员会",
        "blocks": [
            Heading(1, "总体情况"),
            Heading(2, "领导小组"),
            Heading(3, "省级"),
            Heading(4, "办公室"),
            Paragraph(SENTENCE * 60),
            Table(["单位", "应报"], [["广东电网公司", 5]], title="报送情况", unit="项"),
        ],
        "attachments": [Attachment("名单", [Paragraph("见表。")])],
        "cc": ["广东电网公司", "海南电网公司"],
        "printed_by": "南方监管局办公室",
    }
    return Document(**given | changes)


def test_an_official_document_measures_as_the_standard_says():
    pages = inked(to_pdf(document()))
    holds_the_layout(pages)
    has_its_colophon(pages, cc="抄送：广东电网公司，海南电网公司。", printed="2011年11月30日印发")
    lines_and_letters(pages)
    head(pages[0])
    levels([one for page in pages for one in page.runs])
    attached = next(page for page in pages if page.runs and page.runs[0].text == "附件")
    label, title = attached.runs[:2]
    assert (label.face, label.size, label.left) == ("NotoSansSC", THREE, within(LEFT))
    # The title of an attachment stands on the third line.
    assert (title.size, title.top) == (TWO, within(TOP + 2 * PITCH))


def lines_and_letters(pages: list[Ink]) -> None:
    """A full page holds 22 lines of 28 letters, which fill 156 by 225 mm."""
    full = pages[1]
    lines = sorted({round(one.base, 2) for one in full.runs if one.size == THREE})
    assert len(lines) == 22
    steps = [below - above for above, below in zip(lines, lines[1:], strict=False)]
    assert steps == near([PITCH] * 21, abs=0.05)
    assert full.runs[0].top == within(TOP)
    assert full.runs[0].top + 22 * PITCH == within(BOTTOM)
    letters = Counter(one.letters for one in full.runs if one.size == THREE)
    assert letters.most_common(1) == [(28, 22)]
    for one in full.runs:
        if one.letters == 28:
            assert (one.left, one.right) == (within(LEFT), within(RIGHT))


def head(first: Ink) -> None:
    """Issuer mark and rule in red, number, title in the middle, addressee at the edge."""
    mark, number = first.of("南方监管局文件"), first.of("〔2011〕1号")
    assert (mark.colour, mark.top) == (near(RED), within(TOP + 35))
    centre = (LEFT + RIGHT) / 2
    (rule,) = (one for one in first.rules if one.colour == near(RED))
    assert (rule.left, rule.right) == (within(LEFT), within(RIGHT))
    assert rule.middle - number.bottom == within(4)
    assert number.top - mark.bottom == within(2 * PITCH)
    titles = [one for one in first.runs if one.size == TWO]
    assert "".join(one.text for one in titles) == document().title
    assert titles[0].top - rule.middle == within(2 * PITCH)
    for one in (mark, number, *titles):
        assert (one.left + one.right) / 2 == within(centre)
    addressee = first.of("国家电力监管委员会：")
    assert addressee.base - titles[-1].base == within(2 * PITCH)
    assert (addressee.left, addressee.size) == (within(LEFT), THREE)


def levels(runs: list) -> None:
    """Numbers of four levels, indented by two letters; 黑体 for the first, a heavier face for the
    second (no 楷体 may be given away), the body's for the others; the title heavier as well."""
    body, black = ("NotoSerifSC", THREE, False), ("NotoSansSC", THREE, False)
    wanted = {
        "一、总体情况": black,
        "（一）领导小组": ("NotoSerifSC", THREE, True),
        "1.省级": body,
        "（1）办公室": body,
        SENTENCE[:26]: body,
    }
    for words, look in wanted.items():
        one = next(run for run in runs if words in run.text)
        assert (one.face, one.size, one.heavy) == look, words
        assert one.left == within(LEFT + 2 * 156 / 28), words
    title = next(run for run in runs if run.size == TWO)
    assert (title.face, title.heavy) == ("NotoSerifSC", True)


@pytest.mark.parametrize("sentences", [1, 12, 25, 60])
def test_short_and_long_documents_end_on_an_even_page(sentences):
    pages = inked(to_pdf(document(blocks=[Paragraph(SENTENCE * sentences)], attachments=[])))
    holds_the_layout(pages)
    has_its_colophon(pages, cc="抄送：", printed="2011年11月30日印发")
