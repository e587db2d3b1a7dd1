"""What editors may write into a stage report, and what they hear when it cannot stand."""

from __future__ import annotations

import pytest

from core.errors import Refused
from reporting import chapters
from reporting.models import ReportTemplate

TEMPLATE = {
    "figures": ["company.filed", "company.expected"],
    "tables": {"filing": {"columns": [{"label": "已报", "figure": "company.filed"}]}},
    "charts": {"filing": {"series": [{"label": "已报", "figure": "company.filed"}]}},
    "attachments": [{"title": "一览表", "table": "filing"}],
    "chapters": [{"code": "a", "title": "总体情况", "text": "已报{{figure:company.filed}}家。"}],
}


def wrong(text, title="总体情况"):
    return chapters.problems([{"code": "a", "title": title, "text": text}], TEMPLATE)


def test_text_falls_into_headings_paragraphs_and_blocks():
    text = "第一段。\n\n## 小标题\n[[table:filing]]\n[[gaps]]\n### 更小\n末段。"
    pieces = chapters.parse({"title": "总体情况", "text": text})
    assert [(p.kind, p.text, p.level) for p in pieces] == [
        ("heading", "总体情况", 1),
        ("paragraph", "第一段。", 1),
        ("heading", "小标题", 2),
        ("table", "filing", 1),
        ("gaps", "", 1),
        ("heading", "更小", 3),
        ("paragraph", "末段。", 1),
    ]


def test_sound_text_has_no_problems():
    assert wrong("已报{{figure:company.filed}}家，截至{{fact:as_of}}。\n[[chart:filing]]") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("已报{{figure:company.filled}}家", "没有名为“company.filled”的数据"),
        ("已报{{company.filed}}家", "应以 figure: 或 fact: 开头"),
        ("截至{{fact:tomorrow}}", "没有名为“tomorrow”的数据"),
        ("已报{{figure:company.filed}家", "花括号不成对"),
        ("[[table:nothing]]", "没有名为“nothing”的表或图"),
        ("[[picture:filing]]", "没有名为“picture”的内容块"),
        ("见下表[[table:filing]]。", "应单独成行"),
        ("[[table：filing]]", "用半角符号"),
        ("已报｛｛figure:company.filed｝｝家", "应使用半角括号"),
        ("字" * 20_001, "超过20000字"),
    ],
)
def test_what_cannot_stand_is_told_in_chinese_with_its_place(text, told):
    found = wrong(text)
    assert len(found) == 1
    assert told in found[0]
    assert found[0].startswith("第1章")


def test_every_problem_is_told_at_once():
    assert len(wrong("{{figure:a}}\n{{figure:b}}\n[[table:c]]", title="")) == 4


def test_an_empty_report_is_refused():
    assert chapters.problems([], TEMPLATE)


def test_typed_digits_are_found_but_names_and_dates_are_not():
    text = "已报{{figure:company.filed}}家，另有12家，占95.5%。\n2011年11月25日公示12398和95598。"
    assert chapters.typed_numbers([{"title": "一", "text": text}]) == ["12", "95.5%"]


def test_a_placeholder_without_value_is_refused_and_not_left_open():
    with pytest.raises(Refused, match="figure:company.filed"):
        chapters.bind("已报{{figure:company.filed}}家", {})


def test_values_are_put_in_as_they_are():
    assert (
        chapters.bind("{{ figure:a }}家{{figure:a}}", {"figure:a": "{{7*7}}"}) == "{{7*7}}家{{7*7}}"
    )


def test_a_template_that_counts_something_unknown_is_refused():
    with pytest.raises(Refused, match="nobody.counts"):
        chapters.check_template(TEMPLATE | {"figures": ["nobody.counts"]})


def test_a_template_whose_words_are_wrong_is_refused():
    words = [{"code": "a", "title": "一", "text": "{{figure:windows.total}}"}]
    with pytest.raises(Refused, match=r"windows\.total"):
        chapters.check_template(TEMPLATE | {"chapters": words})


@pytest.mark.usefixtures("catalogues")
def test_the_stage_one_template_is_loaded_and_sound():
    template = ReportTemplate.objects.get(code="stage-1")
    chapters.check_template(template.content)
    assert template.phase_number == 1
    assert chapters.typed_numbers(template.content["chapters"]) == []
