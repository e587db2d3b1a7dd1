"""A form that the sheets tests share: a list of a leading group, with one rule of every sort."""

from core.sheets import load_form

GROUP = {
    "code": "group_list",
    "title": "领导小组名单",
    "version": 2,
    "valid_from": None,
    "clause": "S1-5.1.3a",
    "help": "按职务高低填写，一人一行。",
    "min_rows": 2,
    "max_rows": 100,
    "key": ["name", "phone"],
    "columns": [
        {"key": "name", "label": "姓名", "required": True, "max_length": 20, "personal": "name"},
        {
            "key": "duty",
            "label": "组内职务",
            "type": "choice",
            "choices": ["组长", "副组长", "成员"],
            "required": True,
        },
        {"key": "phone", "label": "联系电话", "type": "phone", "personal": "mobile"},
        {"key": "email", "label": "邮箱", "type": "email"},
        {"key": "households", "label": "联系户数", "type": "int", "unit": "户", "min": 0},
        {"key": "share", "label": "占比", "type": "decimal", "unit": "%", "min": 0, "max": 100},
        {"key": "from_on", "label": "起始日期", "type": "date"},
        {"key": "to_on", "label": "终止日期", "type": "date"},
        {"key": "shown", "label": "是否公示", "type": "bool"},
        {"key": "remark", "label": "备注", "max_length": 100, "severity": "soft"},
    ],
    "checks": [
        {"check": "count", "when": {"duty": "组长"}, "min": 1, "max": 1},
        {"check": "compare", "left": "from_on", "op": "<=", "right": "to_on"},
        {"check": "any_of", "columns": ["phone", "email"], "severity": "soft"},
        {"check": "required_if", "column": "remark", "when": {"duty": "副组长"}},
    ],
}

LEADER = {"name": "甲一", "duty": "组长", "phone": "13800000001", "households": 12}
MEMBER = {"name": "乙二", "duty": "成员", "phone": "020-85120000", "share": "12.50"}


def group_form(**changes):
    """The form, with entries of its definition replaced."""
    data = {**GROUP, **changes}
    return load_form({key: value for key, value in data.items() if value is not None})
