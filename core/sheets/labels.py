"""The rules that a problem may name, in words of the people who read them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LABELS = {
    "required": gettext_lazy("必填"),
    "min": gettext_lazy("数值范围"),
    "max": gettext_lazy("数值范围"),
    "min_length": gettext_lazy("字数"),
    "max_length": gettext_lazy("字数"),
    "mentions": gettext_lazy("必备内容"),
    "min_rows": gettext_lazy("行数"),
    "max_rows": gettext_lazy("行数"),
    "duplicate": gettext_lazy("重复"),
    "unique": gettext_lazy("重复"),
    "compare": gettext_lazy("前后关系"),
    "required_if": gettext_lazy("条件必填"),
    "any_of": gettext_lazy("至少一项"),
    "is": gettext_lazy("达标要求"),
    "sum": gettext_lazy("分项合计"),
    "total": gettext_lazy("本列合计"),
    "count": gettext_lazy("人数、条数"),
    "within": gettext_lazy("时限"),
    "share": gettext_lazy("比率计算"),
    "linear": gettext_lazy("数量关系"),
    "product": gettext_lazy("数量关系"),
    "required_beyond": gettext_lazy("条件必填"),
    "covers": gettext_lazy("逐项填报"),
    "bounds_by": gettext_lazy("分类限值"),
    "ratio": gettext_lazy("合理区间"),
    "same_sum": gettext_lazy("表间合计"),
    "same_count": gettext_lazy("表间条数"),
    "refers": gettext_lazy("表间对应"),
    "carried": gettext_lazy("与上期衔接"),
    "not_below": gettext_lazy("累计数"),
    "change": gettext_lazy("变动幅度"),
    "kept": gettext_lazy("未办结事项"),
    "formula": gettext_lazy("公式"),
    "error_value": gettext_lazy("公式"),
    "merged": gettext_lazy("合并单元格"),
    "stray": gettext_lazy("表头以外"),
    "unknown_column": gettext_lazy("表头"),
    "duplicate_column": gettext_lazy("表头"),
    "missing_column": gettext_lazy("表头"),
    "no_header": gettext_lazy("表头"),
    "record": gettext_lazy("诉求记录"),
    "organisation": gettext_lazy("单位"),
    "region": gettext_lazy("地区"),
    "json": gettext_lazy("JSON 格式"),
    "wrong_template": gettext_lazy("模板"),
    "wrong_version": gettext_lazy("模板版本"),
    "attachments": gettext_lazy("附件"),
    "row_attachment": gettext_lazy("附件"),
    "too_many_problems": gettext_lazy("其他"),
    "period": gettext_lazy("报告期"),
    "period_hours": gettext_lazy("报告期小时数"),
}
TYPES = {
    "int": gettext_lazy("整数"),
    "decimal": gettext_lazy("数字"),
    "date": gettext_lazy("日期格式"),
    "instant": gettext_lazy("日期时间格式"),
    "choice": gettext_lazy("可选值"),
    "bool": gettext_lazy("是或否"),
    "phone": gettext_lazy("电话格式"),
    "email": gettext_lazy("邮箱格式"),
    "text": gettext_lazy("文字"),
    "file": gettext_lazy("附件"),
}


def label_of(rule: str) -> str:
    """The rule in words; what refuses a whole file is 文件要求."""
    if rule.startswith("type_"):
        return str(TYPES.get(rule.removeprefix("type_"), rule))
    if rule in LABELS:
        return str(LABELS[rule])
    return _("文件要求") if rule.isascii() else rule
