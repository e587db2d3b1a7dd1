"""A bulletin as official document and workbook: what it says, and always the same bytes."""

import io
from datetime import date

import pytest
from docx import Document as Word
from openpyxl import load_workbook
from pypdf import PdfReader

from core.periods import Period
from reporting.bulletins import counting, documents, styles, text
from reporting.bulletins.tally import Cell, Tally
from tests.bulletins import published
from tests.bulletins.test_published import PLACES, tally_of


def bulletin(name):
    stored = published.load(name)
    made = published.records_of(stored)
    published.settle(made.records, PLACES.get(name, {}))
    first, last = published.span(stored)
    office = published.OFFICES[stored["issuer"]]
    style = styles.style(published.style_of(stored), office=office, on=first)
    style = style.with_(balance=published.balance_of(stored))
    issuer = stored["issuer"]
    built = counting.build(
        tally_of(made.records),
        style=style,
        period=Period(first, last),
        issuer=issuer,
        office=office,
    )
    return built, style, documents.Heads(issuer=issuer, day=last), office


def sentences(name):
    built, style, _heads, office = bulletin(name)
    return [what for kind, what in text.lines(built, style, office=office) if kind == "text"]


def flat(content):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).replace(
        "\n", ""
    )


@pytest.mark.parametrize("name", ["serc-2012-07", "huazhong-2023-08"])
def test_the_same_bulletin_gives_the_same_files(name):
    built, style, heads, office = bulletin(name)
    files = documents.render(built, style, heads, office=office)
    assert files == documents.render(built, style, heads, office=office)
    assert set(files) == {"docx", "pdf", "xlsx"}


def test_the_document_of_2012_has_its_title_its_table_and_its_unit():
    built, style, heads, office = bulletin("serc-2012-07")
    files = documents.render(built, style, heads, office=office)
    word = Word(io.BytesIO(files["docx"]))
    said = "\n".join(paragraph.text for paragraph in word.paragraphs)
    assert "关于2012年7月12398热线投诉举报受理情况的通报" in said
    assert "2012年7月份投诉举报受理情况表" in said
    assert "单位：件" in said
    cells = [
        [cell.text for cell in row.cells]
        for row in next(t for t in word.tables if t.cell(0, 0).text == "反映渠道").rows
    ]
    assert cells[0] == ["反映渠道", "投诉", "举报", "咨询", "其它", "合计"]
    assert cells[1] == ["12398电话", "263", "15", "2424", "415", "3117"]
    assert cells[-1] == ["共计", "293", "27", "2451", "423", "3194"]
    printed = flat(files["pdf"])
    assert "环比增长14.89%" in printed
    assert "占有效信息的76.74%" in printed


def test_the_words_of_2012():
    said = sentences("serc-2012-07")
    assert said[0] == (
        "2012年7月，12398投诉举报热线共收到有效信息3194件，环比增长14.89%，同比—。其中，"
        "投诉293件，占有效信息的9.17%；举报27件，占有效信息的0.85%；咨询2451件，占有效信息的"
        "76.74%；表扬、求助、建议等其他方面423件，占有效信息的13.24%。"
    )
    differences = "投诉较上期增加80件，举报较上期增加9件，咨询较上期减少98件，其他较上期增加423件。"
    assert differences in said


def test_the_words_of_2022_and_2023():
    assert "环比减少30.68%，同比增加10.27%" in sentences("nea-2022-02")[0]
    said = sentences("nea-2023-05")
    assert "投诉690件，环比增长29.70%，同比下降22.47%" in said[0]
    assert any("吉林(辽宁并列)" in sentence for sentence in said)
    assert "2023年5月，办结投诉举报638件（含往期结转）。" in said


def test_the_words_of_2025_and_of_an_office_with_its_own_manner():
    assert "规定时限内应办结投诉160件，及时办结160件，及时办结率100%。" in sentences(
        "hunan-2025-q2"
    )
    assert "环比增加80%，同比增加125%" in sentences("huazhong-2023-08")[0]


def test_a_year_has_no_month_before():
    assert sentences("henan-2022")[0].startswith(
        "2022年，12398能源监管热线共收到有效信息11414件，同比增加15.48%。"
    )


def test_the_workbook_holds_figures_tables_rankings_and_what_was_moved():
    built, style, heads, office = bulletin("nea-2023-05")
    book = load_workbook(io.BytesIO(documents.workbook(built, heads)))
    assert {"数据", "排名", "口径说明"} <= set(book.sheetnames)
    figures = {row[0]: row for row in book["数据"].iter_rows(min_row=5, values_only=True)}
    assert figures["target.供电企业"][2:4] == (697, "88.67%")
    noted = [row[:3] for row in book["口径说明"].iter_rows(min_row=5, values_only=True)]
    assert ("target.供电企业", "88.67", "88.68") in noted


def test_a_period_without_cases_is_said_plainly():
    style = styles.style("classic", on=date(2022, 2, 1))
    period = Period(date(2022, 2, 1), date(2022, 2, 28))
    built = counting.build(Tally([]), style=style, period=period, issuer="国家能源局")
    assert built.json()["total"] == {"count": 0}
    said = [what for kind, what in text.lines(built, style) if kind == "text"]
    assert said[0] == (
        "2022年2月，12398能源监管热线共收到有效信息0件，环比—，同比—。其中，投诉0件；举报0件；"
        "咨询0件；表扬、求助、建议等其他方面0件。"
    )
    assert "占投诉举报总数的—；" in said[1]
    files = documents.render(built, style, documents.Heads("国家能源局", date(2022, 3, 1)))
    assert files["docx"]


def test_values_that_no_era_knows_get_a_row_of_their_own():
    style = styles.style("classic", on=date(2022, 2, 1))
    period = Period(date(2022, 2, 1), date(2022, 2, 28))
    cells = [
        Cell("投诉", channel="飞鸽.传书", industry="电力", n=3),
        Cell("表扬", "留言", "电力", n=2),
    ]
    mine = counting.build(Tally(cells), style=style, period=period, issuer="国家能源局").json()
    assert mine["channel"]["飞鸽．传书"] == {"count": 3, "share_pct": "60.00"}
    assert mine["nature"]["其他"]["count"] == 2
    assert [row["label"] for row in mine["tables"][0]["rows"]][-3:] == ["飞鸽.传书", "其他", "合计"]


def test_cases_without_a_class_are_named_and_still_counted():
    style = styles.style("classic", on=date(2022, 2, 1))
    period = Period(date(2022, 2, 1), date(2022, 2, 28))
    cells = [Cell("投诉", "留言", "电力", "供电服务", n=3), Cell("咨询", "留言", "电力", n=2)]
    mine = counting.build(Tally(cells), style=style, period=period, issuer="国家能源局").json()
    assert [(c["kind"], c["path"], c["recomputed"]) for c in mine["conflicts"]] == [
        ("dimension_sum", "business", "3")
    ]
    lines = {row["label"]: row["values"][-1] for row in mine["tables"][1]["rows"]}
    assert (lines["未分类"], lines["合计"]) == (2, 5)


# First and last day, name, the period before, the same a year before.
PERIODS = """
2024-03-01 2024-03-31 2024年3月 2024-02-01 2024-02-29 2023-03-01 2023-03-31
2024-02-01 2024-02-29 2024年2月 2024-01-01 2024-01-31 2023-02-01 2023-02-28
2025-04-01 2025-06-30 2025年二季度 2025-01-01 2025-03-31 2024-04-01 2024-06-30
2024-01-01 2024-06-30 2024年上半年 2023-07-01 2023-12-31 2023-01-01 2023-06-30
2022-01-01 2022-12-31 2022年 2021-01-01 2021-12-31 2021-01-01 2021-12-31
2024-02-29 2024-03-01 2024年2月29日至2024年3月1日 2024-02-27 2024-02-28 2023-02-28 2023-03-01
"""


@pytest.mark.parametrize("line", PERIODS.split("\n")[1:-1])
def test_periods_and_their_bases(line):
    first, last, name, *bases = line.split()
    period = Period(date.fromisoformat(first), date.fromisoformat(last))
    assert period.text == name
    before, earlier = period.previous(), period.year_before()
    days = [before.first, before.last, earlier.first, earlier.last]
    assert [str(day) for day in days] == bases
