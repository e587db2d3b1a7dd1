"""What everybody may read: promises beside performance, targets, disclosure, open data.

Nothing here names a person. Values are those that an office published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from core import arithmetic
from core.sheets.writer import Out
from reporting.indicators import scoring
from reporting.models import (
    Bulletin,
    Circular,
    Indicator,
    IndicatorValue,
    Promise,
    StageReport,
    Target,
    TargetPaper,
)
from reporting.queries import disclosure, plans
from reporting.queries.indicators import LAMPS, shown
from reporting.workflow import target as target_workflow

FEED_LENGTH = 30


@dataclass(frozen=True)
class Kept:
    """A promise beside what was measured last."""

    promise: Promise
    indicator: Indicator | None
    value: IndicatorValue | None

    @property
    def measured(self) -> str:
        return shown(self.indicator, self.value) if self.indicator else arithmetic.NOTHING

    @property
    def returns(self) -> int:
        return returns_behind(self.value) if self.value is not None else 0

    @property
    def lamp(self) -> str:
        if self.indicator is None or self.value is None:
            return ""
        found = scoring.meets(self.value.value, self.promise.value, self.indicator.direction)
        return LAMPS[found]


def returns_behind(value: IndicatorValue) -> int:
    """How many returns of units a value is added up from; 0 where it comes from elsewhere."""
    place = reverse("reporting:return_list")
    told = [[row["url"] for row in one.get("rows", ())] for one in value.inputs.values()]
    return max((len({u for u in urls if u.startswith(place)}) for urls in told), default=0)


def published(unit: Organisation) -> Mapping[str, IndicatorValue]:
    """Indicator → the newest published value of the longest newest period."""
    rows = (
        IndicatorValue.objects.published()
        .filter(organisation=unit)
        .select_related("indicator")
        .order_by("last_day", F("first_day").desc(), "published_at", "pk")
    )
    return {one.indicator.code: one for one in rows}


def promises(unit: Organisation, *, on: date) -> list[Kept]:
    """What the enterprise and those above it promised, in order."""
    step = Organisation.steplen
    above = [unit.path[:end] for end in range(step, len(unit.path) + 1, step)]
    rows = Promise.objects.in_force(on=on).filter(organisation__path__in=above)
    values = published(unit)
    indicators = {one.code: one for one in Indicator.objects.in_force(on=on)}
    return [
        Kept(one, indicators.get(one.indicator_code), values.get(one.indicator_code))
        for one in rows.select_related("organisation").order_by("order", "code")
    ]


def targets() -> list[tuple[Target, str]]:
    """The targets in force by published papers, each with its indicator's name."""
    names = dict(Indicator.objects.order_by("valid_from").values_list("code", "name"))
    rows = Target.objects.standing().filter(paper__state=target_workflow.State.PUBLISHED)
    ordered = rows.select_related("region", "paper").order_by("-year", "region", "indicator_code")
    return [(one, names.get(one.indicator_code, one.indicator_code)) for one in ordered]


# -- open data -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dataset:
    """One table for everybody: what it holds, its columns, its rows."""

    slug: str
    title: Any
    description: Any
    columns: tuple[tuple[str, Any], ...]
    rows: Callable[[date], Iterator[dict[str, Any]]]

    @property
    def outs(self) -> list[Out]:
        return [Out(key, str(label), 20) for key, label in self.columns]

    def links(self) -> list[tuple[str, str]]:
        return [
            (form, reverse("reporting:public_data_file", args=[self.slug, form]))
            for form in ("csv", "xlsx", "json")
        ]


def _values(on: date) -> Iterator[dict[str, Any]]:
    rows = IndicatorValue.objects.published().standing()
    ordered = rows.select_related("indicator", "organisation").order_by(
        "-last_day", "first_day", "organisation__path", "indicator__order"
    )
    for one in ordered:
        yield {
            "unit": one.organisation.name,
            "indicator_code": one.indicator.code,
            "indicator": one.indicator.name,
            "first_day": one.first_day,
            "last_day": one.last_day,
            "value": shown(one.indicator, one),
            "measure": one.indicator.unit,
            "formula": one.indicator.formula,
        }


def _targets(on: date) -> Iterator[dict[str, Any]]:
    for one, name in targets():
        yield {
            "year": one.year,
            "area": one.region.name,
            "indicator": name,
            "value": plain(one.value),
            "number": one.paper.document_number,
        }


def _promises(on: date) -> Iterator[dict[str, Any]]:
    for unit in disclosure.enterprises():
        for one in promises(unit, on=on):
            yield {
                "unit": unit.name,
                "promise": one.promise.text,
                "source": one.promise.source,
                "measured": one.measured,
                "period": one.value.period.text if one.value else "",
            }


def _disclosure(on: date) -> Iterator[dict[str, Any]]:
    for one in disclosure.lines(disclosure.enterprises(), on=on):
        yield {
            "unit": one.unit.name,
            "item": one.item.title,
            "published_on": one.last.published_on if one.last else "",
            "due_on": one.due_on or "",
            "place": one.last.place if one.last else "",
            "url": one.last.url if one.last else "",
        }


def _plans(on: date) -> Iterator[dict[str, Any]]:
    """The grades of every accepted plan that is in force: nothing of any user."""
    found = plans.public_plans().order_by("-year", "region", "pk")
    for plan in found.prefetch_related("grades"):
        for grade in plan.grades.all():
            yield {
                "year": plan.year,
                "area": plan.region.name,
                "unit": plan.organisation.name,
                "grade": grade.grade,
                "colour": grade.colour,
                "gap_from": plain(grade.gap_from),
                "gap_to": "" if grade.gap_to is None else plain(grade.gap_to),
                "gap_unit": "kW" if plan.rule.content["unit"] == "kw" else "%",
                "target_kw": grade.target_kw,
                "users": grade.user_count,
                "body": plan.approval_body,
                "number": plan.approval_number,
                "approved_on": plan.approved_on,
            }


UNIT, INDICATOR = ("unit", gettext_lazy("单位")), ("indicator", gettext_lazy("指标"))
DATASETS = {
    one.slug: one
    for one in (
        Dataset(
            "indicators",
            gettext_lazy("供电监管指标值"),
            gettext_lazy("各供电企业已公开的指标值，一行一个单位、一个指标、一个统计期。"),
            (
                UNIT,
                ("indicator_code", gettext_lazy("指标代码")),
                INDICATOR,
                ("first_day", gettext_lazy("起始日期")),
                ("last_day", gettext_lazy("截止日期")),
                ("value", gettext_lazy("数值")),
                ("measure", gettext_lazy("计量单位")),
                ("formula", gettext_lazy("计算公式")),
            ),
            _values,
        ),
        Dataset(
            "targets",
            gettext_lazy("年度目标值"),
            gettext_lazy("已公开的农村供电可靠率和居民用户受电端电压合格率年度目标。"),
            (
                ("year", gettext_lazy("年度")),
                ("area", gettext_lazy("地区")),
                INDICATOR,
                ("value", gettext_lazy("目标值")),
                ("number", gettext_lazy("发文字号")),
            ),
            _targets,
        ),
        Dataset(
            "promises",
            gettext_lazy("服务承诺和实测情况"),
            gettext_lazy("各供电企业的服务承诺，以及最近一期已公开的实测值。"),
            (
                UNIT,
                ("promise", gettext_lazy("承诺内容")),
                ("source", gettext_lazy("来源")),
                ("measured", gettext_lazy("实测")),
                ("period", gettext_lazy("统计期")),
            ),
            _promises,
        ),
        Dataset(
            "disclosure",
            gettext_lazy("信息公开事项"),
            gettext_lazy("各供电企业信息公开事项最近一次公开的日期、渠道和下次更新期限。"),
            (
                UNIT,
                ("item", gettext_lazy("公开事项")),
                ("published_on", gettext_lazy("公开日期")),
                ("due_on", gettext_lazy("更新期限")),
                ("place", gettext_lazy("公开渠道")),
                ("url", gettext_lazy("网址")),
            ),
            _disclosure,
        ),
        Dataset(
            "plans",
            gettext_lazy("有序用电方案（公开部分）"),
            gettext_lazy(
                "审核通过的现行方案，一行一个等级：缺口区间、调控指标、用户数和批准文件。"
            ),
            (
                ("year", gettext_lazy("年度")),
                ("area", gettext_lazy("地区")),
                UNIT,
                ("grade", gettext_lazy("等级")),
                ("colour", gettext_lazy("预警颜色")),
                ("gap_from", gettext_lazy("缺口下限")),
                ("gap_to", gettext_lazy("缺口上限")),
                ("gap_unit", gettext_lazy("缺口单位")),
                ("target_kw", gettext_lazy("调控指标（千瓦）")),
                ("users", gettext_lazy("用户数")),
                ("body", gettext_lazy("批准机关")),
                ("number", gettext_lazy("批准文号")),
                ("approved_on", gettext_lazy("批准日期")),
            ),
            _plans,
        ),
    )
}


def plain(value: Decimal) -> str:
    """97.0000 as 97."""
    return format(value.normalize(), "f")


def feed() -> list[dict[str, Any]]:
    """What was made public last and not withdrawn: bulletins, circulars, targets, newest first."""
    found = [
        *_papers(Bulletin, "reporting:public_bulletin", _("12398通报")),
        *_papers(Circular, "reporting:public_circular", _("通报")),
        *_papers(StageReport, "reporting:public_report", _("监管报告")),
        *_papers(TargetPaper, "reporting:public_target", _("目标值")),
    ]
    return sorted(found, key=lambda one: one["published_at"], reverse=True)[:FEED_LENGTH]


def _papers(model: Any, name: str, kind: str) -> list[dict[str, Any]]:
    found = model.objects.published()
    if model is Circular:
        found = found.in_force()
    rows = found.select_related("organisation").order_by("-published_at")
    return [
        {
            "kind": kind,
            "title": one.title,
            "number": one.document_number,
            "office": one.organisation.name,
            "published_at": one.published_at,
            "url": reverse(name, args=[one.pk]),
        }
        for one in rows[:FEED_LENGTH]
    ]
