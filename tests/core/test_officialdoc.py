"""Official documents are measured as they come out, against the numbers of GB/T 9704-2012."""

from __future__ import annotations

import io
import re
import subprocess
import time
import zipfile
from datetime import date
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from core import charts
from core.officialdoc import (
    Attachment,
    Chart,
    Document,
    Heading,
    List,
    Paragraph,
    Table,
    clean,
    compose,
    document_number,
    numeral,
    texts,
    to_docx,
    to_pdf,
)
from tests import servers

MM = 72 / 25.4
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SENTENCE = (
    "各供电企业应当对照专项行动要求全面开展自查整改并按时报告情况"  # no punctuation to squeeze
)
PAYLOADS = [
    "{{7*7}}",
    "{% load x %}",
    '#eval("1+1")',
    "#import sys: inputs",
    "$sum$",
    "<b>粗</b>&amp;",
    "=1+1",
    "*星号*与_下划线_",
    "@figure `code` [方括号] \\\\ //注释",
]


def notice(**changes) -> Document:
    settings = {
        "issuer": "国家电力监管委员会南方监管局",
        "title": "关于南方区域居民用电服务质量监管专项行动启动部署情况的报告",
        "date": date(2011, 11, 30),
        "number": "南电监供电〔2011〕1号",
        "addressee": "国家电力监管委员会",
        "blocks": [Paragraph("报告如下。")],
    } | changes
    return Document(**settings)


def full_notice() -> Document:
    option = charts.bar(["广东", "广西", "海南"], {"已报": [5, 4, 5]}, unit="项")
    rows = [["广东电网公司", 5, 5], ["广西电网公司", 5, 4], ["合计", 10, 9]]
    return notice(
        blocks=[
            Heading(1, "总体情况"),
            Paragraph(SENTENCE * 3),
            Heading(2, "领导小组"),
            Heading(3, "省级"),
            Heading(4, "办公室"),
            List(["第一项", "第二项"]),
            Table(["单位", "应报", "已报"], rows, title="报送情况", unit="项", emphasis=[2]),
            Chart(option, "报送情况", "广东五项，广西四项，海南五项"),
        ],
        attachments=[
            Attachment("领导小组名单", [Table(["序号", "姓名"], [[1, "示例甲"]], title="名单")]),
            Attachment("示范点名单", [Paragraph("见表。")]),
        ],
        cc=["广东电网公司", "海南电网公司"],
        printed_by="南方监管局办公室",
        note="联系人：示例乙",
    )


class Page:
    """What stands where on one page of a PDF, in millimetres from the top left."""

    def __init__(self, page) -> None:
        self.height = float(page.mediabox.height) / MM
        self.pieces: list[tuple[float, float, str]] = []

        def visit(text, cm, tm, _font, _size):
            if text.strip():
                x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
                self.pieces.append((x / MM, self.height - y / MM, text.strip()))

        self.text = squeezed(page.extract_text(visitor_text=visit))

    def of(self, words: str) -> tuple[float, float]:
        return next((x, y) for x, y, text in self.pieces if words in text)


def pages(document: Document) -> list[Page]:
    return [Page(page) for page in PdfReader(io.BytesIO(to_pdf(document))).pages]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def pdf_text(document: Document) -> str:
    return squeezed("".join(page.text for page in pages(document)))


def part(blob: bytes, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        return ElementTree.fromstring(archive.read(name))


def docx_text(blob: bytes) -> str:
    return squeezed("".join(part(blob, "word/document.xml").itertext()))


# -- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (9, "九"), (10, "十"), (12, "十二"), (20, "二十"), (99, "九十九")],
)
def test_numbers_of_headings_are_written_as_officials_do(number, words):
    assert numeral(number) == words


def test_a_number_without_chinese_numeral_is_an_error_and_not_a_blank():
    with pytest.raises(ValueError, match="100"):
        numeral(100)


def test_a_document_number_has_the_full_year_and_no_leading_zero():
    assert document_number("南电监供电", 2011, 1) == "南电监供电〔2011〕1号"


@pytest.mark.parametrize(
    ("dirty", "printed"),
    [
        ("甲\x00\x07乙", "甲乙"),
        ("反\u202e向\u2066文\u2069", "反向文"),
        ("零\u200b宽\ufeff", "零宽"),
        ("两\r\n行\t字", "两 行 字"),
        ("孤\ud800儿", "孤儿"),
        ("私\ue000用", "私□用"),
        (None, ""),
        (0, "0"),
    ],
)
def test_text_is_cleaned_of_what_cannot_be_seen(dirty, printed):
    assert clean(dirty) == printed


def test_levels_are_numbered_and_lower_ones_begin_again():
    sheet = compose(
        notice(
            blocks=[
                Heading(1, "甲"),
                Heading(2, "乙"),
                Heading(3, "丙"),
                Heading(4, "丁"),
                Heading(2, "戊"),
                Heading(3, "己"),
                Heading(1, "庚"),
                Heading(2, "辛"),
            ]
        )
    )
    assert [b["text"] for b in sheet["blocks"]] == [
        "一、甲",
        "（一）乙",
        "1.丙",
        "（1）丁",
        "（二）戊",
        "1.己",
        "二、庚",
        "（一）辛",
    ]


def test_a_fifth_level_is_refused():
    with pytest.raises(ValueError, match="level 5"):
        Heading(5, "太深")


def test_tables_are_counted_through_text_and_attachments():
    sheet = compose(full_notice())
    assert [t for t in texts(sheet) if t.startswith("表")] == ["表一　报送情况", "表二　名单"]


def test_a_row_that_does_not_fit_its_head_is_an_error_and_not_a_shifted_table():
    with pytest.raises(ValueError, match="表一"):
        compose(notice(blocks=[Table(["甲", "乙"], [["只有一格"]])]))


def test_one_attachment_has_no_number_and_several_have():
    one = compose(notice(attachments=[Attachment("名单", [])]))
    assert one["attachment_note"] == ["附件：名单"]
    assert [a["label"] for a in one["attachments"]] == ["附件"]
    two = compose(full_notice())
    assert two["attachment_note"] == ["附件：1. 领导小组名单", "2. 示范点名单"]
    assert [a["label"] for a in two["attachments"]] == ["附件1", "附件2"]


# -- the PDF, measured ---------------------------------------------------------------------------


def test_all_fonts_are_embedded_and_chinese():
    fonts = {}
    for page in PdfReader(io.BytesIO(to_pdf(full_notice()))).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            fonts[inner["/BaseFont"]] = inner["/FontDescriptor"].get_object()
    assert {name.split("+")[1].split("-")[0] for name in fonts} == {"NotoSerifSC", "NotoSansSC"}
    assert all("/FontFile3" in descriptor for descriptor in fonts.values())


def test_each_attachment_begins_on_a_new_page():
    made = pages(full_notice())
    starts = [n for n, page in enumerate(made) if page.text.startswith("附件")]
    assert len(starts) == 2
    for number in starts:
        assert made[number].pieces[0][1] < 37 + 16 / MM + 1


def test_a_blank_page_before_the_colophon_leaves_both_without_number():
    for length in range(8, 40):
        made = pages(
            notice(blocks=[Paragraph(SENTENCE * length)], cc=["某公司"], printed_by="办公室")
        )
        blank = [n for n, page in enumerate(made) if not page.text]
        if blank:
            assert blank == [len(made) - 2]
            assert "—" not in made[-1].text
            return
    pytest.fail("no length of text led to a blank page")


def test_a_heading_never_stays_alone_at_the_foot_of_a_page():
    for length in range(10, 18):
        blocks = [Paragraph(SENTENCE * length), Heading(1, "独立标题"), Paragraph(SENTENCE * 3)]
        for page in pages(notice(blocks=blocks)):
            if "独立标题" in page.text:
                rest = page.text.split("独立标题")[1]
                assert rest.startswith(SENTENCE[:8])


def test_the_pdf_says_the_day_of_the_document_and_is_tagged():
    reader = PdfReader(io.BytesIO(to_pdf(notice())))
    assert reader.metadata["/CreationDate"].startswith("D:20111130")
    assert reader.metadata.title == notice().title
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert str(reader.trailer["/Root"]["/Lang"]).lower().startswith("zh")


# -- the .docx, read ------------------------------------------------------------------------------


def test_the_docx_has_the_page_of_the_standard():
    section = part(to_docx(notice()), "word/document.xml").find(f".//{W}sectPr")
    size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
    assert (size.get(f"{W}w"), size.get(f"{W}h")) == ("11906", "16838")
    twips = {side: int(margins.get(f"{W}{side}")) for side in ("top", "bottom", "left", "right")}
    wanted = {"top": 2098, "bottom": 1984, "left": 1587, "right": 1474}
    assert twips == pytest.approx(wanted, abs=2)
    grid = section.find(f"{W}docGrid")
    assert int(grid.get(f"{W}linePitch")) == 579


def test_every_run_names_its_east_asian_face():
    blob = to_docx(full_notice())
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        names = [n for n in archive.namelist() if re.match(r"word/(document|footer\d+)\.xml", n)]
    faces = set()
    for name in names:
        for run in part(blob, name).iter(f"{W}r"):
            face = run.find(f"{W}rPr/{W}rFonts")
            assert face is not None, ElementTree.tostring(run)
            faces.add(face.get(f"{W}eastAsia"))
    assert faces == {"方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"}


def test_body_lines_have_the_exact_pitch_and_first_lines_two_characters():
    root = part(to_docx(notice()), "word/document.xml")
    body = next(p for p in root.iter(f"{W}p") if "报告如下" in "".join(p.itertext()))
    spacing, indent = body.find(f".//{W}spacing"), body.find(f".//{W}ind")
    assert (spacing.get(f"{W}lineRule"), spacing.get(f"{W}line")) == ("exact", "579")
    assert indent.get(f"{W}firstLineChars") == "200"


def test_page_numbers_differ_on_odd_and_even_pages_of_the_docx():
    blob = to_docx(notice())
    assert part(blob, "word/settings.xml").find(f"{W}evenAndOddHeaders") is not None
    sides = {}
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        for name in archive.namelist():
            if re.match(r"word/footer\d+\.xml", name):
                root = part(blob, name)
                assert squeezed("".join(root.itertext())) == "—PAGE—"
                sides[root.find(f".//{W}jc").get(f"{W}val")] = name
    assert set(sides) == {"left", "right"}


def test_the_head_of_a_table_repeats_and_figures_stand_right():
    root = part(to_docx(full_notice()), "word/document.xml")
    table = next(root.iter(f"{W}tbl"))
    rows = list(table.iter(f"{W}tr"))
    assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
    figure = next(c for c in rows[1].iter(f"{W}tc") if "".join(c.itertext()) == "5")
    assert figure.find(f".//{W}jc").get(f"{W}val") == "right"


def test_the_chart_of_the_docx_is_a_picture_with_words_for_who_cannot_see_it():
    blob = to_docx(full_notice())
    xml = ElementTree.tostring(part(blob, "word/document.xml"), encoding="unicode")
    assert 'descr="广东五项，广西四项，海南五项"' in xml
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        assert any(n.startswith("word/media/") and n.endswith(".png") for n in archive.namelist())


def test_properties_of_paragraphs_stand_in_the_order_word_asks_for():
    order = ["pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl"]
    order += ["pBdr", "tabs", "snapToGrid", "spacing", "ind", "jc", "outlineLvl", "rPr"]
    for properties in part(to_docx(full_notice()), "word/document.xml").iter(f"{W}pPr"):
        places = [order.index(child.tag.removeprefix(W)) for child in properties]
        assert places == sorted(places)


# -- both ----------------------------------------------------------------------------------------


def test_docx_and_pdf_say_the_same():
    document = full_notice()
    wanted = [squeezed(text) for text in texts(compose(document))]
    in_docx, in_pdf = docx_text(to_docx(document)), pdf_text(document)
    for text in wanted:
        assert text in in_docx
        assert text in in_pdf
    assert "文件" in in_docx
    assert "文件" in in_pdf


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_that_looks_like_markup_is_printed_as_it_was_typed(payload):
    document = notice(
        title=f"标题{payload}",
        blocks=[
            Heading(1, payload),
            Paragraph(f"前{payload}后"),
            Table([payload], [[payload]], title=payload, unit=payload),
        ],
        attachments=[Attachment(payload, [])],
        cc=[payload],
    )
    assert f"前{squeezed(payload)}后" in docx_text(to_docx(document))
    assert f"前{squeezed(payload)}后" in pdf_text(document)


def test_control_and_direction_marks_reach_neither_file():
    document = notice(blocks=[Paragraph("甲\x07乙\u202e丙\u200b丁")])
    assert "甲乙丙丁" in docx_text(to_docx(document))
    assert "甲乙丙丁" in pdf_text(document)


def test_the_same_document_gives_the_same_bytes():
    first = to_docx(full_notice()), to_pdf(full_notice())
    time.sleep(2.1)  # zip archives keep time in steps of two seconds
    assert (to_docx(full_notice()), to_pdf(full_notice())) == first


def test_another_word_gives_other_bytes():
    assert to_docx(notice()) != to_docx(notice(number="南电监供电〔2011〕2号"))
    assert to_pdf(notice()) != to_pdf(notice(number="南电监供电〔2011〕2号"))


def test_a_document_upwards_names_who_signed_it():
    document = notice(signatory="示例甲")
    assert "签发人：示例甲" in docx_text(to_docx(document))
    first = pages(document)[0]
    assert first.of("南电监供电")[0] == pytest.approx(28 + 16 / MM, abs=1)


# The last block of the text, in each of the shapes that a report may end with.
ENDS = {
    "a short paragraph": Paragraph("以上情况特此报告。"),
    "a long paragraph": Paragraph(SENTENCE * 8),
    "a table": Table(["单位", "数"], [["以上情况", 1]] * 3, title="情况"),
}


def ending_with(end, lines, **changes) -> Document:
    """So many lines of text, then the end; attachments follow on pages of their own."""
    blocks = [Paragraph("填充文字")] * lines + [end]
    return notice(blocks=blocks, attachments=[Attachment("名单", [Paragraph("见表。")])], **changes)


@pytest.mark.parametrize("end", ENDS)
def test_signature_and_date_never_stand_alone_on_a_page(end):
    """GB/T 9704 has words of the text on the page that is signed; no “此页无正文”."""
    for lines in range(6, 29):
        (signed,) = [p for p in pages(ending_with(ENDS[end], lines)) if "2011年11月30日" in p.text]
        words = signed.text.replace("启动部署情况的报告", "")
        assert any(w in words for w in ("填充文字", "以上情况", SENTENCE[-8:])), lines


@pytest.mark.parametrize("end", ENDS)
def test_word_keeps_the_end_of_the_text_with_signature_and_date(end):
    blob = to_docx(ending_with(ENDS[end], 3))
    body = part(blob, "word/document.xml")[0]
    blocks = [one for one in body if one.tag in (f"{W}p", f"{W}tbl")]
    texts_ = ["".join(one.itertext()) for one in blocks]
    date_at = texts_.index("2011年11月30日")
    filling = max(n for n, words in enumerate(texts_) if words == "填充文字")
    # A caption before the table is part of the chain as well.
    chain = blocks[filling + 1 : date_at]
    assert len(chain) > 4
    for one in chain:
        last = one.findall(f"{W}tr")[-1] if one.tag == f"{W}tbl" else one
        kept = [p.find(f"{W}pPr/{W}keepNext") for p in last.iter(f"{W}p")]
        assert all(mark is not None for mark in kept)


def test_a_draft_without_number_keeps_the_place_of_the_number():
    with_number, without = pages(notice())[0], pages(notice(number=""))[0]
    assert without.of("国家电力监管委员会：")[1] == with_number.of("国家电力监管委员会：")[1]
    assert "号" not in without.text


def test_libreoffice_opens_the_docx_with_all_its_words(tmp_path):
    office = servers.needed("soffice")
    (tmp_path / "notice.docx").write_bytes(to_docx(full_notice()))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    command.append(str(tmp_path / "notice.docx"))
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    shown = [Page(page) for page in PdfReader(tmp_path / "notice.pdf").pages]
    text = "".join(page.text for page in shown)
    for words in texts(compose(full_notice())):
        assert squeezed(words) in text
    assert "文件" in shown[0].text
