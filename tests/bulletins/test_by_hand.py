"""Two bulletins made up by hand, with the answers worked out on paper: imported, built, opened."""

import io
import json

import pytest
from django.core.management import call_command
from docx import Document as Word
from openpyxl import load_workbook

from tests.complaints import files

pytestmark = pytest.mark.django_db
COLUMNS = [
    *("编号", "受理时间", "反映渠道", "诉求性质", "行业", "业务类别", "被反映对象", "地区"),
    *("是否受理", "办结时间", "办理结论"),
]


def rows(text):
    """Lines of: how many, day, channel, nature, industry, category, target, place, closed on."""
    number = 0
    for line in text.strip().splitlines():
        count, day, *words, closed = ("" if w == "-" else w for w in line.split())
        for _n in range(int(count)):
            number += 1
            channel, nature, industry, category, target, place = words
            yield {
                "编号": f"H{number:04}",
                "受理时间": f"{day} 08:00",
                "反映渠道": channel,
                "诉求性质": nature,
                "行业": industry,
                "业务类别": category,
                "被反映对象": target,
                "地区": place,
                "是否受理": "是" if nature in ("投诉", "举报", "申诉") else "",
                "办结时间": f"{closed} 17:00" if closed else "",
                "办理结论": "属实" if closed else "",
            }


def made(folder, text, *, office, first, last, style):
    """JSON, document and workbook of the rows, through the importer and the builder."""
    source = folder / "cases.csv"
    source.write_bytes(files.text(list(rows(text)), columns=COLUMNS).getvalue())
    call_command("import_cases", str(source), "--source=12398", f"--organisation={office}")
    targets = {kind: folder / f"bulletin.{kind}" for kind in ("json", "docx", "xlsx")}
    call_command(
        "build_bulletin",
        *(f"--organisation={office}", f"--from={first}", f"--to={last}", f"--style={style}"),
        *(f"--{kind}={target}" for kind, target in targets.items()),
    )
    mine = json.loads(targets["json"].read_text(encoding="utf-8"))
    return mine, *(io.BytesIO(targets[kind].read_bytes()) for kind in ("docx", "xlsx"))


# February 2023, national, still in the old style: prices are a category of their own.
FEBRUARY = """
3 2023-02-06 12398电话 投诉 电力 供电服务 国家电网公司 北京 2023-02-20
2 2023-02-07 12398电话 投诉 电力 成本价格和收费 南方电网公司 天津 -
1 2023-02-28 电子邮件 举报 电力 市场准入 承装(修、试)电力设施企业 天津 -
1 2023-02-08 留言 投诉 新能源和可再生能源 - 国家电网公司 西藏 -
4 2023-02-09 12398互联网终端 咨询 石油天然气 - - 河北 -
1 2023-02-10 12398电话 表扬 煤炭 - - 河北 -
1 2023-02-11 12398电话 求助 其他 - - - -
4 2023-01-31 12398电话 投诉 电力 供电服务 国家电网公司 北京 2023-02-02
6 2023-01-05 12398电话 咨询 电力 供电服务 - 北京 -
16 2022-02-15 12398电话 咨询 电力 供电服务 - 北京 -
1 2023-03-01 12398电话 投诉 电力 供电服务 国家电网公司 北京 -
"""


@pytest.fixture
def february(catalogues, tmp_path):
    return made(
        tmp_path,
        FEBRUARY,
        office="NEA-ROOT",
        first="2023-02-01",
        last="2023-02-28",
        style="classic",
    )


def test_the_answers_of_february_2023(february):
    mine, _docx, _xlsx = february
    # 13 came in; 10 in January: +30 %; 16 a year before: -3/16 = 18.75 %.
    assert mine["total"] == {
        "count": 13,
        "mom": {"word": "增加", "pct": "30.00"},
        "yoy": {"word": "减少", "pct": "18.75"},
    }
    natures = {key: (one["count"], one["share_pct"]) for key, one in mine["nature"].items()}
    assert natures == {
        "投诉": (6, "46.15"),
        "举报": (1, "7.69"),
        "咨询": (4, "30.77"),
        "其他": (2, "15.38"),
    }
    assert mine["power_cr"]["供电服务"] == {"count": 3, "share_pct": "50.00"}
    assert mine["power_cr"]["成本价格和收费"] == {"count": 2, "share_pct": "33.33"}
    assert mine["closed"] == {"count": 7, "carried_over": 4}
    assert mine["closed_by_period_end"] == {"count": 3, "share_pct": "42.86"}
    table = {row["label"]: row["values"] for row in mine["tables"][1]["rows"]}
    assert table["成本价格和收费"] == [2, 0, 0, 0, 2]
    assert table["合计"] == [5, 1, 0, 0, 6]
    ranked = {ranking["by"]: ranking for ranking in mine["rankings"]}
    # All information: 河北 5, 北京 3 and 天津 3, 西藏 1; per million people 西藏 comes first.
    assert ranked["有效信息"]["order"] == ["河北", "北京", "西藏"]
    assert ranked["有效信息"]["ties"] == [["北京", "天津"]]
    assert ranked["百万人均投诉举报"]["order"] == ["西藏", "天津", "北京"]
    assert ranked["办结属实投诉举报"]["order"] == ["北京"]


def test_the_document_the_workbook_and_the_json_say_the_same(february):
    mine, docx, xlsx = february
    word, book = Word(docx), load_workbook(xlsx)
    said = "\n".join(paragraph.text for paragraph in word.paragraphs)
    assert "有效信息13件，环比增加30.00%，同比减少18.75%" in said
    assert word.inline_shapes, "the chart"
    sheets = {sheet.title: sheet for sheet in book}
    figures = {row[0]: row for row in sheets["数据"].iter_rows(min_row=5, values_only=True)}
    for path, row in figures.items():
        place = mine
        for part in path.split("."):
            place = place[part]
        share = f"{place['share_pct']}%" if "share_pct" in place else None
        assert (row[2], row[3] or None) == (place["count"], share), path
    for table in mine["tables"]:
        wanted = [[row["label"], *map(str, row["values"])] for row in table["rows"]]
        written = next(
            [[cell.text for cell in row.cells] for row in one.rows]
            for one in word.tables
            if [cell.text for cell in one.rows[0].cells] == [table["row_header"], *table["columns"]]
        )
        assert written[1:] == wanted, table["no"]
        sheet = next(one for title, one in sheets.items() if title.startswith(table["no"]))
        lines = [
            ["" if value is None else str(value) for value in row]
            for row in sheet.iter_rows(min_row=5, max_col=len(wanted[0]), values_only=True)
        ]
        assert lines[: len(wanted)] == wanted, table["no"]


# A quarter of 2025 in Guizhou: appeals stand beside complaints and reports, zeros are dropped.
QUARTER = """
5 2025-04-08 电话 投诉 电力 供电服务 增量配电 贵阳 2025-04-15
3 2025-05-06 微信公众号 投诉 电力 供电服务 供电企业 贵阳 -
1 2025-06-20 电话 投诉 新能源和可再生能源 并网发电 增量配电 遵义 -
2 2025-05-20 电子邮件 举报 电力 线路安全 承装修试企业 遵义 2025-06-30
1 2025-06-03 电话 申诉 电力 供电服务 供电企业 贵阳 2025-06-10
4 2025-01-15 电话 投诉 电力 供电服务 供电企业 贵阳 2025-01-20
"""


def test_the_answers_of_a_quarter_of_2025(catalogues, tmp_path):
    mine, docx, _xlsx = made(
        tmp_path,
        QUARTER,
        office="SERC-GZ",
        first="2025-04-01",
        last="2025-06-30",
        style="2025",
    )
    # 9 complaints, 2 reports, 1 appeal; 4 complaints in the quarter before: +200 %, +125 %.
    assert mine["total"] == {"count": 12, "mom": {"word": "增长", "pct": "200"}}
    assert mine["nature"]["投诉"]["mom"] == {"word": "增长", "pct": "125"}
    assert mine["nature"]["申诉"] == {"count": 1, "share_pct": "8.33"}
    assert mine["complaints"]["dispatched"]["count"] == 9
    assert mine["complaints"]["by_industry"] == {
        "电力": {"count": 8},
        "新能源和可再生能源": {"count": 1},
    }
    assert mine["complaints"]["by_target"] == {
        "增量配电": {"count": 6},
        "供电企业": {"count": 3},
    }
    # Ten working days: those of April and May fall due by 30 June, that of 20 June does not.
    assert mine["complaints"]["due"]["count"] == 8
    assert mine["complaints"]["closed_in_time"] == {"count": 5, "share_pct": "62.5"}
    assert mine["complaints"]["appealed"] == {"count": 1, "share_pct": "20"}
    assert (mine["reports"]["received"]["count"], mine["reports"]["closed"]["count"]) == (2, 2)
    assert mine["appeals"]["justified"] == {"count": 1, "share_pct": "100"}
    assert [row["values"] for row in mine["tables"][0]["rows"]] == [
        [5, 5, "100%"],
        [3, 0, "0%"],
    ]
    said = "\n".join(paragraph.text for paragraph in Word(docx).paragraphs)
    assert "规定时限内应办结投诉8件，及时办结5件，及时办结率62.5%。" in said
