"""Every problem of the rows is found at once, at its cell, with what to do about it."""

import pytest

from core.sheets import DefinitionError, load_form
from core.sheets.checks import PROBLEM_LIMIT, hard, letter_of, soft
from tests.core.sheet_forms import LEADER, MEMBER, group_form


def problems(*rows, **changes):
    return group_form(**changes).check(list(rows))


def test_good_rows_have_no_problem_and_come_back_in_stored_form():
    cleaned = group_form().clean([LEADER, MEMBER])
    assert cleaned.problems == []
    assert cleaned.rows[0]["households"] == 12
    assert cleaned.rows[1]["share"] == "12.50"
    assert cleaned.rows[1]["shown"] is None


def test_a_problem_names_sheet_row_cell_label_rule_and_remedy():
    (problem,) = problems(LEADER, {**MEMBER, "households": "1.5"})
    assert (problem.sheet, problem.row, problem.cell) == ("领导小组名单", 5, "E5")
    assert (problem.column, problem.rule, problem.severity) == ("联系户数", "type_int", "hard")
    assert problem.message == "应为整数，填的是 1.5"
    assert problem.remedy == "请填写整数。"
    assert problem.place == "工作表“领导小组名单”第 5 行 E5“联系户数”"


def test_all_problems_come_at_once_in_reading_order():
    found = problems(
        {"name": "", "duty": "组 员", "phone": "12"},
        {**MEMBER, "email": "nobody", "share": "120", "from_on": "2011-02-30"},
    )
    assert [(p.cell, p.rule) for p in found] == [
        ("A4", "required"),
        ("B4", "type_choice"),
        ("C4", "type_phone"),
        ("D5", "type_email"),
        ("F5", "max"),
        ("G5", "type_date"),
    ]


@pytest.mark.parametrize(
    ("key", "typed", "stored"),
    [
        ("households", 12.0, 12),
        ("households", "１２０", 120),
        ("households", " 1 200 ", 1200),
        ("households", "1,200", 1200),
        ("share", 0.1 + 0.2, "0.30"),
        ("share", "12.5", "12.50"),
        ("from_on", "2011年11月5日", "2011-11-05"),
        ("from_on", "2011/11/5", "2011-11-05"),
        ("from_on", "20111105", "2011-11-05"),
        ("from_on", 40852.0, "2011-11-05"),
        ("phone", 13800000002.0, "13800000002"),
        ("phone", "138-0000-0002", "13800000002"),
        ("phone", "０２０－８５１２００００", "020-85120000"),
        ("phone", "95598", "95598"),
        ("shown", "√", True),
        ("shown", "否", False),
        ("duty", " 副 组长 ", "副组长"),
        ("name", "　甲\u200b一 ", "甲一"),
        ("remark", "=1+1", "=1+1"),
    ],
)
def test_what_people_type_is_brought_into_one_form(key, typed, stored):
    cleaned = group_form(min_rows=0, checks=None).clean([{**LEADER, key: typed}])
    assert cleaned.problems == []
    assert cleaned.rows[0][key] == stored


def test_what_was_changed_on_the_way_is_said_in_a_note():
    cleaned = group_form().clean([LEADER, {**MEMBER, "households": "１２"}])
    (note,) = cleaned.notes
    assert (note.cell, note.severity, note.message) == ("E5", "note", "已把“１２”规范为“12”")


@pytest.mark.parametrize(
    ("key", "typed", "rule"),
    [
        ("households", "约12", "type_int"),
        ("households", float("nan"), "type_int"),
        ("households", float("inf"), "type_int"),
        ("households", "1e99", "type_int"),
        ("households", True, "type_int"),
        ("households", -1, "min"),
        ("households", "#REF!", "type_int"),
        ("share", "12.345", "type_decimal"),
        ("share", 100.01, "max"),
        ("from_on", "2011-13-01", "type_date"),
        ("from_on", "11月25日", "type_date"),
        ("from_on", "昨天", "type_date"),
        ("shown", "大概", "type_bool"),
        ("phone", "1381234", "type_phone"),
        ("email", "a@b", "type_email"),
        ("name", "甲" * 21, "max_length"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_rule(key, typed, rule):
    found = problems(LEADER, {**MEMBER, key: typed})
    assert [p.rule for p in found] == [rule]
    assert found[0].remedy


def test_a_misspelt_choice_is_told_its_nearest_option():
    (problem,) = problems(LEADER, {**MEMBER, "duty": "副组张", "remark": "分管"})
    assert "是否为“副组长”？" in problem.remedy


def test_rules_over_several_columns_and_rows_are_found():
    found = problems(
        {**LEADER, "from_on": "2011-11-26", "to_on": "2011-11-25"},
        {**LEADER, "name": "丙三", "phone": None},
        {"name": "丁四", "duty": "副组长", "phone": "13800000003"},
    )
    assert [(p.cell, p.rule) for p in found] == [
        ("", "count"),
        ("G4", "compare"),
        ("C5", "any_of"),
        ("J6", "required_if"),
    ]
    assert found[0].message == "组内职务为“组长”的应不多于 1 行，现有 2 行"
    assert [p.rule for p in soft(found)] == ["any_of"]
    assert len(hard(found)) == 3


def test_the_same_person_twice_is_a_duplicate_that_names_the_first_row():
    (problem,) = problems(LEADER, MEMBER, MEMBER)
    assert (problem.cell, problem.rule) == ("A6", "duplicate")
    assert problem.message == "与第 5 行重复（姓名、联系电话相同）"


def test_too_few_and_too_many_rows_say_how_many_there_are():
    assert [p.message for p in problems(LEADER)] == ["只有 1 行，至少要填 2 行"]
    assert [p.message for p in problems()][:1] == ["没有填写，至少要填 2 行"]
    many = [LEADER] + [{**MEMBER, "name": f"乙{i}"} for i in range(120)]
    assert [p.message for p in problems(*many)] == ["共 121 行，超过上限 100 行，只检查了前 100 行"]


def test_a_flood_of_problems_is_cut_and_says_so():
    rows = [{"name": "", "duty": "?", "phone": "?", "email": "?", "share": "?"}] * 101
    found = problems(*rows, max_rows=101)
    assert len(found) == PROBLEM_LIMIT + 1
    # five wrong cells in each of 101 rows
    assert found[-1].message == "另有 5 处问题未列出"


def test_sums_totals_and_fixed_values_are_rules_too():
    form = load_form(
        {
            "code": "sums",
            "title": "合计",
            "version": 1,
            "columns": [
                {"key": "a", "label": "城市", "type": "int"},
                {"key": "b", "label": "农村", "type": "int"},
                {"key": "all", "label": "合计", "type": "int"},
                {"key": "share", "label": "占比", "type": "decimal"},
                {"key": "hotline", "label": "公示12398", "type": "bool"},
                {"key": "text", "label": "说明", "mentions": ["12398"]},
            ],
            "checks": [
                {"check": "sum", "total": "all", "parts": ["a", "b"]},
                {"check": "total", "column": "share", "equals": 100, "severity": "soft"},
                {"check": "is", "column": "hotline", "value": True, "message": "应公示 12398"},
                {"check": "unique", "columns": ["a"]},
            ],
        }
    )
    row = {"a": 1, "b": 2, "all": 4, "share": "99.99", "hotline": "否", "text": "95598"}
    found = form.check([row, {"a": 1, "hotline": True}])
    assert {p.rule for p in found} == {"sum", "total", "is", "unique", "mentions"}
    assert "各分项之和为 3" in next(p.message for p in found if p.rule == "sum")
    assert next(p.message for p in found if p.rule == "is") == "应公示 12398"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"columns": []}, "没有定义任何列"),
        ({"colour": "red"}, "不认识的项“colour”"),
        ({"min_row": 1}, "是否为 min_rows？"),
        ({"title": None}, "缺少必需的项“title”"),
        ({"version": "1"}, "类型不对"),
        ({"max_rows": 1}, "min_rows 大于 max_rows"),
        ({"sheet": "a/b"}, "工作表名"),
        ({"key": ["nobody"]}, "key 指到不存在的列 nobody"),
        ({"columns": [{"key": "a", "label": "甲", "type": "money"}]}, "类型 money 不存在"),
        ({"columns": [{"key": "A b", "label": "甲"}]}, "小写标识符"),
        ({"columns": [{"key": "a", "label": "甲", "type": "choice"}]}, "须有 choices"),
        ({"columns": [{"key": "a", "label": "甲", "min": 1}]}, "没有 min、max"),
        ({"columns": [{"key": "a", "label": "甲"}] * 2, "key": [], "checks": []}, "重复"),
        ({"passed_over": "备注"}, "应为不空的文字列表"),
        ({"passed_over": ["姓名"]}, "表单自己的列：姓名"),
        ({"passed_over": ["序号"], "left_out": {"状态": ["完成"]}}, "不在 passed_over 里：状态"),
        ({"checks": [{"check": "eval", "code": "1"}]}, "没有名为“eval”的校验规则"),
        ({"checks": [{"check": "compare", "left": "from_on"}]}, "缺少 op、right"),
        ({"checks": [{"check": "compare", "left": "x", "op": "<", "right": "to_on"}]}, "参数不对"),
        ({"checks": [{"check": "unique", "columns": ["name"], "severity": "fatal"}]}, "severity"),
    ],
)
def test_a_wrong_definition_is_refused_with_the_place(changes, words):
    with pytest.raises(DefinitionError, match=words):
        group_form(**changes)


def test_a_definition_is_read_from_yaml(tmp_path):
    path = tmp_path / "windows.yaml"
    path.write_text(
        "code: w\ntitle: 窗口\nversion: 1\ncolumns:\n- {key: a, label: 甲, min: 1, type: int}\n"
    )
    assert load_form(path).column("a").label == "甲"
    path.write_text("code: [")
    with pytest.raises(DefinitionError, match="无法读取"):
        load_form(path)


def test_columns_are_lettered_like_excel():
    assert [letter_of(n) for n in (1, 26, 27, 52, 703)] == ["A", "Z", "AA", "AZ", "AAA"]
