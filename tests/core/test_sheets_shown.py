"""Problems on a page: every line says where, which rule in words, and what to do."""

import io

from django.template import Context, Template

from core.sheets.labels import label_of
from core.sheets.rules import REGISTRY
from tests.core.sheet_forms import LEADER, MEMBER, group_form
from tests.workbooks import hostile


def shown(problems):
    template = Template('{% load ui %}{% error_list problems "/copy/" %}')
    return template.render(Context({"problems": problems}))


def test_a_line_names_sheet_cell_column_rule_and_remedy():
    rows = [LEADER, {**MEMBER, "from_on": "昨天", "phone": None}]
    page = shown(group_form().check(rows))
    for words in (
        "领导小组名单",
        "<b>G5</b>",
        "起始日期",
        "日期格式",
        "“昨天”不是日期",
        "请按“2011-11-25”的样式填写日期。",
        "至少一项",
        "1 处必须改正，1 处需要确认",
        'href="/copy/"',
    ):
        assert words in page
    assert "type_date" not in page


def test_what_concerns_no_cell_says_row_sheet_or_file():
    form = group_form()
    page = shown(form.read(io.BytesIO(b""), name="a.xlsx").problems)
    assert "<b>整个文件</b>" in page
    assert "文件要求" in page
    page = shown(form.read(io.BytesIO(hostile.behead_form()), name="a.xlsx").problems)
    assert "<b>整张表</b>" in page
    assert "表头" in page


def test_what_people_typed_is_never_markup():
    page = shown(group_form().check([LEADER, {**MEMBER, "duty": "<script>x</script>"}]))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_every_rule_has_a_name_in_chinese():
    types = [f"type_{column.type}" for column in group_form().columns]
    for rule in [*REGISTRY, *types, "required", "too_big_unpacked", "damaged"]:
        assert not label_of(rule).isascii()
    assert label_of("取值范围") == "取值范围"
