"""Tags of the pages on shortage: ``{% load supply %}``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import arithmetic
from core.components import Tab
from reporting import shortage

register = template.Library()

SECTIONS: list[tuple[Any, str]] = [
    (gettext_lazy("缺口预测"), "forecasts"),
    (gettext_lazy("预警和启动"), "activations"),
    (gettext_lazy("执行统计"), "execution_statistics"),
    (gettext_lazy("应急预案"), "emergency_plans"),
    (gettext_lazy("共线线路"), "mixed_lines"),
    (gettext_lazy("负荷控制"), "load_controls"),
    (gettext_lazy("需求响应"), "responses"),
    (gettext_lazy("供需报告"), "briefings"),
]


@register.inclusion_tag("components/tabs.html", takes_context=True)
def supply_sections(context: Any) -> dict[str, Any]:
    """The parts of the section; the page shown is marked."""
    request = context["request"]
    current = request.resolver_match.url_name if request.resolver_match else ""
    items = [Tab(label, reverse(f"reporting:{name}"), name == current) for label, name in SECTIONS]
    return {"items": items, "label": _("有序用电栏目")}


@register.filter
def graded(one: Any) -> str:
    """The grade of an event, or of the rules, with its colour."""
    return shortage.graded(one.grade, one.colour) if one else ""


@register.filter
def load(value: Decimal | None) -> str:
    """A load without needless zeros; a dash where there is none."""
    if value is None:
        return "—"
    return arithmetic.grouped(f"{value:.2f}".rstrip("0").rstrip(".")) if value else "0"


@register.filter
def kilo(value: Decimal | None) -> str:
    """kW as MW, kWh as MWh: three decimals at most."""
    if value is None:
        return "—"
    return arithmetic.grouped(f"{value / 1000:.3f}".rstrip("0").rstrip(".")) if value else "0"


@register.filter
def percent(value: Decimal | None) -> str:
    """A share with two decimals."""
    return "—" if value is None else f"{value:.2f}%"
