"""A definition in words: for the instruction sheet, the notes at headers, the help on screen."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from core.sheets.definition import Check, Column, Form
from core.sheets.rules import OPERATORS, said
from core.sheets.sentences import explained


def type_of(column: Column) -> str:
    """What to fill in, in a few words."""
    names = {
        "text": _("文字，不超过 %(limit)d 字") % {"limit": column.max_length},
        "int": _("整数"),
        "decimal": _("数字，最多 %(places)d 位小数") % {"places": column.places},
        "date": _("日期，如 2011-11-25"),
        "instant": _("日期和时间，如 2011-11-25 09:30"),
        "choice": _("从列表中选择"),
        "bool": _("“是”或“否”"),
        "phone": _("电话，手机或“区号-号码”"),
        "email": _("电子邮箱"),
        "file": _("附件文件名"),
    }
    return names[column.type]


def limits_of(column: Column) -> str:
    """Options, unit and bounds, in words."""
    parts = []
    if column.choices:
        parts.append("、".join(column.choices))
    if column.unit:
        parts.append(_("单位：%(unit)s") % {"unit": column.unit})
    if column.min is not None:
        parts.append(_("不小于 %(bound)s") % {"bound": column.min})
    if column.max is not None:
        parts.append(_("不大于 %(bound)s") % {"bound": column.max})
    if column.period:
        words = {"within": _("应在报告期内"), "until": _("不晚于报告期末")}
        parts.append(words[column.period])
    if column.mentions:
        parts.append(_("须写明 %(words)s") % {"words": "、".join(column.mentions)})
    return "；".join(parts)


def note_of(column: Column) -> str:
    """The note at a header."""
    required = _("必填") if column.required else _("选填")
    parts = [f"{required} · {type_of(column)}", limits_of(column), column.help]
    if column.example:
        parts.append(_("例：%(example)s") % {"example": column.example})
    return "\n".join(part for part in parts if part)


def check_of(form: Form, check: Check) -> str:
    """One rule in words."""
    if check.message:
        return check.message
    if (text := explained(form, check)) is not None:
        return text
    params = check.params
    labels = {
        name: "、".join(form.column(key).label for key in _listed(params[name]))
        for name in ("left", "right", "column", "columns", "total", "parts")
        if name in params
    }
    when = "、".join(
        f"{form.column(key).label}={'/'.join(map(said, _listed(wanted)))}"
        for key, wanted in params.get("when", {}).items()
    )
    facts = {**labels, "when": when, "value": "/".join(map(str, _listed(params.get("value", ""))))}
    texts = {
        "compare": _("“%(left)s”应%(relation)s“%(right)s”"),
        "required_if": _("%(when)s 时须填写“%(column)s”"),
        "any_of": _("“%(columns)s”至少填写一项"),
        "is": _("“%(column)s”应为“%(value)s”"),
        "sum": _("“%(total)s”应等于%(parts)s之和"),
        "unique": _("“%(columns)s”不得重复"),
        "count": _("%(when)s 的行数：%(bounds)s"),
        "total": _("“%(column)s”合计：%(bounds)s"),
    }
    if "op" in params:
        _holds, dates, numbers = OPERATORS[params["op"]]
        facts["relation"] = dates if form.column(params["left"]).type == "date" else numbers
    words = {"min": _("不少于 %(n)s"), "max": _("不多于 %(n)s"), "equals": _("等于 %(n)s")}
    facts["bounds"] = "，".join(
        words[name] % {"n": params[name]} for name in words if name in params
    )
    return texts[check.name] % facts


def rules_of(form: Form) -> list[str]:
    """Everything that holds over rows, one sentence each."""
    rules = [check_of(form, check) for check in form.checks]
    if form.key:
        labels = "、".join(form.column(key).label for key in form.key)
        rules.append(_("同一“%(labels)s”只填一行") % {"labels": labels})
    rules.append(
        _("至少 %(least)d 行，最多 %(most)d 行") % {"least": form.min_rows, "most": form.max_rows}
        if form.min_rows
        else _("最多 %(most)d 行") % {"most": form.max_rows}
    )
    return rules


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]
