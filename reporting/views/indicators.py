"""Pages of indicators: goal board, values of a unit, one value traced, trends, catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organisation
from accounts.permissions import Permission
from core import arithmetic, charts, clock, pages, policy
from core.components import Tab
from core.errors import Refused
from core.periods import Period
from core.sheets.writer import XLSX, Out, write
from reporting.models import Dimension, Goal, Indicator, IndicatorRelease, IndicatorValue
from reporting.queries import arrivals, scorecards
from reporting.queries import indicators as queries
from reporting.queries.indicators import Line, Trend
from reporting.services import indicators as services
from reporting.services import releases

VIEW, MANAGE = Permission.INDICATOR_VIEW, Permission.INDICATOR_MANAGE
# Indicators that are drawn on one picture, urban beside rural.
FAMILIES = {
    "rs1": ("rs1_urban", "rs1_rural"),
    "voltage": ("voltage_resident_urban", "voltage_resident_rural"),
    "arrive": ("arrive_urban", "arrive_rural", "arrive_remote"),
    "satisfaction": ("satisfaction_12398", "satisfaction_95598"),
}


def section(current: str) -> list[Tab]:
    """Tabs of indicators; ``current`` is the key of the page that is shown."""
    labels = {
        "goals": _("目标看板"),
        "indicators": _("指标值"),
        "indicator_trend": _("趋势"),
        "scorecard": _("七维评价"),
        "grid_score": _("网格评价"),
        "targets": _("目标值"),
        "evaluations": _("试点评价"),
        "improvements": _("改进任务"),
        "service_checks": _("规范服务检查"),
        "disclosures": _("信息公开"),
        "indicator_catalogue": _("指标目录"),
    }
    return [
        Tab(label, reverse(f"reporting:{key}"), key == current) for key, label in labels.items()
    ]


class Asked:
    """What a page was asked for: which unit and which period."""

    def __init__(self, request: HttpRequest) -> None:
        self.user = request.user
        self.units = queries.units(request.user)
        if not self.units:
            raise Http404
        wanted = request.GET.get("unit", "")
        codes = {one.code: one for one in self.units}
        self.unit = codes.get(wanted) or _home(self.units)
        self.period = queries.period_of(request.GET.get("period", ""), clock.today())
        self.choices = [(queries.written(one), one.shown) for one in queries.periods(clock.today())]
        self.written = queries.written(self.period)

    def query(self, **changes: str) -> str:
        return urlencode({"unit": self.unit.code, "period": self.written, **changes})

    def context(self) -> dict[str, Any]:
        return {
            "asked": self,
            "units": self.units,
            "unit": self.unit,
            "period": self.period,
            "choices": self.choices,
            "asked_query": self.query(),
        }


def _home(units: Sequence[Organisation]) -> Organisation:
    """A company's own unit; for regulators the first provincial company."""
    kind = Organisation.Kind.PROVINCIAL_COMPANY
    return next((one for one in units if one.kind == kind), units[0])


@policy.needs(VIEW)
@require_safe
def goals(request: HttpRequest) -> HttpResponse:
    """The four goals of the plan, each with its indicators as they stand (S1-1.2)."""
    asked = Asked(request)
    lines = queries.lines(request.user, asked.period, [asked.unit])
    context = {
        **asked.context(),
        "sections": section("goals"),
        "goals": [
            (goal.label, [one for one in lines if one.indicator.goal == goal]) for goal in Goal
        ],
        "goal_c": Goal.RIGHTS.label,
    }
    return pages.render(request, "reporting/indicators/goals.html", context=context)


@policy.needs(VIEW)
@require_safe
def values(request: HttpRequest) -> HttpResponse:
    """Every indicator of a unit, or one indicator of all units, in a period."""
    asked = Asked(request)
    code = request.GET.get("code", "")
    chosen = [one for one in queries.in_force(asked.period) if one.code == code]
    units = asked.units if chosen else [asked.unit]
    lines = queries.lines(request.user, asked.period, units, chosen or None)
    context = {
        **asked.context(),
        "sections": section("indicators"),
        "code": chosen[0].code if chosen else "",
        "indicator": chosen[0] if chosen else None,
        "indicators": queries.in_force(asked.period),
        "lines": _ranked(lines) if chosen else lines,
        "groups": [] if chosen else _by_dimension(lines),
        "computed": _computed(request, asked.period),
        "may_manage": request.user.can(MANAGE),
        "waiting": _waiting(request, asked.period),
        "export_url": f"{reverse('reporting:indicator_export')}?{asked.query()}",
    }
    return pages.render(request, "reporting/indicators/values.html", context=context)


def _ranked(lines: Sequence[Line]) -> list[Line]:
    """Units by their value, the best first; those without stand last."""
    known = [one for one in lines if one.value and one.value.value is not None]
    down = bool(known) and known[0].indicator.direction == "down"
    known.sort(key=lambda one: one.value.value, reverse=not down)  # type: ignore[union-attr]
    return known + [one for one in lines if one not in known]


def _by_dimension(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    found = [
        (one.label, [line for line in lines if line.indicator.dimension == one])
        for one in Dimension
    ]
    return [(str(label), held) for label, held in found if held]


def _waiting(request: HttpRequest, period: Period) -> Any:
    """What of the period waits for a second person, where one may see it."""
    if not request.user.can(MANAGE):
        return None
    seen = IndicatorRelease.objects.visible_to(request.user).waiting()
    found = seen.filter(first_day=period.first, last_day=period.last)
    return found.select_related("prepared_by", "recall").first()


def _computed(request: HttpRequest, period: Period) -> Any:
    seen = IndicatorValue.objects.visible_to(request.user).standing().of(period)
    return seen.order_by("-computed_at").values_list("computed_at", flat=True).first()


@policy.needs(VIEW)
@require_safe
def value(request: HttpRequest, pk: int) -> HttpResponse:
    """One value: the formula, the numbers that went in, what opens each, and earlier values."""
    seen = IndicatorValue.objects.visible_to(request.user)
    found = get_object_or_404(seen.select_related("indicator", "organisation"), pk=pk)
    same = seen.filter(
        indicator__code=found.indicator.code,
        organisation=found.organisation,
        first_day=found.first_day,
        last_day=found.last_day,
    ).order_by("-pk")
    line = queries.lines(request.user, found.period, [found.organisation], [found.indicator])[0]
    query = {"unit": found.organisation.code, "period": queries.written(found.period)}
    context = {
        "sections": section("indicators"),
        "value": found,
        "indicator": found.indicator,
        "shown": queries.shown(found.indicator, found),
        "inputs": [{"name": name, **given} for name, given in found.inputs.items()],
        "line": line,
        "arrival": arrivals.mean_arrival(found, now=clock.now()),
        "of_voltage": any(one.get("form") == "voltage" for one in found.indicator.inputs.values()),
        "history": [(one, queries.shown(found.indicator, one)) for one in same],
        "list_url": f"{reverse('reporting:indicators')}?{urlencode(query)}",
        "trend_url": f"{reverse('reporting:indicator_trend')}?"
        + urlencode({**query, "code": found.indicator.code}),
    }
    return pages.render(request, "reporting/indicators/value.html", context=context)


@policy.needs(VIEW)
@require_safe
def trend(request: HttpRequest) -> HttpResponse:
    """Thirteen periods of an indicator, urban beside rural, as a chart with its table."""
    asked = Asked(request)
    indicators = queries.in_force(asked.period)
    code = request.GET.get("code", "")
    codes = {one.code for one in indicators}
    code = code if code in codes or code in FAMILIES else "rs1"
    family = next((many for many in FAMILIES.values() if code in many), FAMILIES.get(code, (code,)))
    trends = [
        queries.trend(request.user, asked.unit, one, asked.period)
        for one in indicators
        if one.code in family
    ]
    drawn_together = {one for many in FAMILIES.values() for one in many}
    context = {
        **asked.context(),
        "sections": section("indicator_trend"),
        "code": code,
        "families": {
            "rs1": _("供电可靠率（城市、农村）"),
            "voltage": _("居民电压合格率（城市、农村）"),
            "arrive": _("抢修到场及时率（城区、农村、边远）"),
            "satisfaction": _("投诉处理满意率（12398、95598）"),
        },
        "indicators": [one for one in indicators if one.code not in drawn_together],
        "trends": trends,
        "rows": _points(trends),
        "svg": _picture(trends),
    }
    return pages.render(request, "reporting/indicators/trend.html", context=context)


def _points(trends: Sequence[Trend]) -> list[tuple[Period, list[tuple[Any, str, str]]]]:
    """Periods as lines of the table: each value, and how it is printed."""
    if not trends:
        return []
    return [
        (
            span,
            [
                (
                    one.points[place][1],
                    queries.shown(one.indicator, one.points[place][1]),
                    one.indicator.name,
                )
                for one in trends
            ],
        )
        for place, (span, _value) in enumerate(trends[0].points)
    ]


def _picture(trends: Sequence[Trend]) -> SafeString:
    drawn = [one for one in trends if any(n is not None for n in one.numbers)]
    if not drawn:
        return mark_safe("")  # noqa: S308 (nothing)
    option = charts.line(
        [queries.written(span) for span, _value in drawn[0].points],
        {one.indicator.name: one.numbers for one in drawn},
        unit=drawn[0].indicator.unit,
    )
    # Rates stand close together: an axis from nothing would show a flat line.
    option["yAxis"] = {**option["yAxis"], "scale": True, "minInterval": 0}
    title = "、".join(one.indicator.name for one in drawn)
    # Drawn by us, and every text in it is escaped by the drawing library.
    return mark_safe(charts.svg(option, 960, 320, title=title))  # noqa: S308


@policy.needs(VIEW, Permission.RULE_MANAGE)
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """All indicators with formula, unit, basis, limit and weight, and their other versions."""
    seen = Indicator.objects.visible_to(request.user)
    today = clock.today()
    standing = list(seen.in_force(on=today))
    context = {
        "sections": section("indicator_catalogue"),
        "groups": [
            (label, [_described(one) for one in standing if one.dimension == key])
            for key, label in Dimension.choices
        ],
        "others": list(seen.exclude(pk__in=[one.pk for one in standing]).order_by("order")),
        "today": today,
        "weights": [(label, scorecards.weights().get(key, 0)) for key, label in Dimension.choices],
    }
    return pages.render(request, "reporting/indicators/catalogue.html", context=context)


def _described(indicator: Indicator) -> dict[str, Any]:
    return {
        "indicator": indicator,
        "inputs": [(name, spec["label"]) for name, spec in indicator.inputs.items()],
        "limit": arithmetic.printed(
            indicator.threshold, decimals=indicator.decimals, strip_zeros=True
        ),
    }


@policy.needs(VIEW)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The values of a period with every number that went in, one line per number."""
    asked, now = Asked(request), clock.now()
    columns = [
        Out("unit_code", _("单位代码"), 16),
        Out("unit", _("单位"), 20),
        Out("code", _("指标代码"), 22),
        Out("indicator", _("指标"), 32),
        Out("formula", _("计算公式"), 40),
        Out("decimals", _("小数位数"), 10),
        Out("value", _("数值"), 14),
        Out("measure", _("单位"), 10),
        Out("limit", _("规定值或目标值"), 16),
        Out("name", _("数据代码"), 14),
        Out("label", _("计算数据"), 32),
        Out("number", _("数据值"), 18),
        Out("url", _("清单地址"), 40),
    ]
    lines = queries.lines(request.user, asked.period, asked.units)
    content = write(columns, _exported(lines), sheet=_("指标值"), taken_by=request.user, now=now)
    response = HttpResponse(content, content_type=XLSX)
    name = f"indicators-{asked.written}"
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


def _exported(lines: Sequence[Line]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.value is None:
            continue
        for name, given in line.value.inputs.items():
            yield {
                "unit_code": line.unit.code,
                "unit": str(line.unit),
                "code": line.indicator.code,
                "indicator": line.indicator.name,
                "formula": line.indicator.formula,
                "decimals": line.indicator.decimals,
                "value": line.shown,
                "measure": line.indicator.unit,
                "limit": line.limit_text,
                "name": name,
                "label": given["label"],
                "number": given["value"] if given["value"] is not None else arithmetic.NOTHING,
                "url": given["url"],
            }


@policy.needs(MANAGE)
@require_POST
def compute(request: HttpRequest) -> HttpResponse:
    """Compute a period now; the rounds of the month do the same."""
    period = _asked_period(request)
    done = services.compute(period, cause=_("人工重算"), by=request.user, now=clock.now())
    told = _("已计算%(period)s：新增%(new)d项，变动%(changed)d项，不变%(same)d项。")
    counts = {"new": done.new, "changed": done.changed, "same": done.same}
    messages.success(request, told % {"period": period.text, **counts})
    return _to_values(request, period)


def _asked_period(request: HttpRequest) -> Period:
    """The period that an act is about: never a guess. Raises ``Refused``."""
    period = queries.named(request.POST.get("period", ""))
    if period is None:
        raise Refused(_("没有指明统计期，请在列表中选择后再办理。"))
    return period


@policy.needs(MANAGE)
@require_POST
def unpublish(request: HttpRequest) -> HttpResponse:
    """Ask to take the period's published values of the office's territory back."""
    period, units = _asked_period(request), queries.units(request.user)
    given = {"reason": request.POST.get("reason", ""), "by": request.user, "now": clock.now()}
    made = releases.recall(period, organisations=units, **given)
    told = _("已提请撤回公开%(n)d项指标值，由另一人核对后撤回。")
    messages.success(request, told % {"n": len(made.values)})
    return pages.go(request, "reporting:indicator_release", made.pk)


def _to_values(request: HttpRequest, period: Period) -> HttpResponse:
    query = {"period": queries.written(period), "unit": request.POST.get("unit", "")}
    return pages.go(request, f"{reverse('reporting:indicators')}?{urlencode(query)}")
