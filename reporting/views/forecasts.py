"""Gap forecasts: the list, entry on the page or by workbook, what came true, how good they were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organisation
from accounts.permissions import Permission
from core import charts, clock, pages, policy, sla
from core.asked import day as day_of
from core.components import Tab
from core.paging import keyset
from core.sheets.writer import Out
from reporting import sheets, shortage
from reporting.models import GapForecast
from reporting.ordered.forecasting import Errors, Pair, errors
from reporting.plans.rules import Rules
from reporting.queries.executions import within
from reporting.services import forecasts as services
from reporting.supply_forms import ActualForm, ForecastForm, ImportForm, WordsForm
from reporting.views import workbooks

VIEW, DRAFT = Permission.FILING_VIEW, Permission.FILING_DRAFT
ROWS, DAYS, MOST_DRAWN = 50, 31, 48
VIEWS: dict[str, Any] = {
    "all": gettext_lazy("现行预测"),
    "large": gettext_lazy("须报告的缺口"),
    "waiting": gettext_lazy("未报告"),
    "unheld": gettext_lazy("待登记实际值"),
    "replaced": gettext_lazy("已修订"),
}


def asked(request: HttpRequest) -> tuple[dict[str, str], QuerySet[GapForecast]]:
    """What the address asks for (unit, first and last day), and the forecasts that fit."""
    params = {name: request.GET.get(name, "").strip()[:40] for name in ("unit", "since", "until")}
    found = GapForecast.objects.visible_to(request.user).select_related("organisation")
    if params["unit"]:
        found = found.filter(within(params["unit"]))
    if first := day_of(params["since"]):
        found = found.filter(day__gte=first)
    if last := day_of(params["until"]):
        found = found.filter(day__lte=last)
    return params, found


def narrowed(found: QuerySet[GapForecast], view: str, today: date) -> QuerySet[GapForecast]:
    if view == "replaced":
        return found.filter(replaced_at__isnull=False)
    found = found.filter(replaced_at__isnull=True)
    match view:
        case "large":
            return found.filter(report_due_at__isnull=False)
        case "waiting":
            return found.filter(report_due_at__isnull=False, reported_at__isnull=True)
        case "unheld":
            return found.filter(day__lt=today, actual_at__isnull=True)
    return found


def units_of(request: HttpRequest, seen: QuerySet[Any]) -> QuerySet[Organisation]:
    """The units that a filter offers: those of which there is anything in sight."""
    keys = seen.order_by().values("organisation")
    return Organisation.objects.filter(pk__in=keys)


@policy.needs(VIEW)
@require_safe
def forecasts(request: HttpRequest) -> HttpResponse:
    """The list, each forecast with what came true and whether it is to be reported."""
    return _list(request)


def _list(
    request: HttpRequest,
    form: ForecastForm | None = None,
    import_form: ImportForm | None = None,
) -> HttpResponse:
    now, today, user, rules = clock.now(), clock.today(), request.user, RulesOf()
    params, found = asked(request)
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "all"
    order = ("-day", "from_minute", "organisation_id", "-pk")
    page = keyset(narrowed(found, view, today), request.GET, order=order, size=ROWS)
    kept = urlencode({k: v for k, v in params.items() if v})
    shown = form or ForecastForm(user=user, initial={"day": today + timedelta(days=1)})
    context = {
        "tabs": [
            Tab(label, f"?view={key}&{kept}", key == view, narrowed(found, key, today).count())
            for key, label in VIEWS.items()
        ],
        "view": view,
        "params": params,
        "units": units_of(request, GapForecast.objects.visible_to(user)),
        "page": page,
        "rows": [_row(one, rules, now=now) for one in page],
        "rule": shortage.rule("gap_reporting", on=today),
        "new_form": shown if shown.open else None,
        "import_form": import_form or ImportForm(user=user),
        "export_url": f"{reverse('reporting:forecasts_export')}?view={view}&{kept}",
        "accuracy_url": f"{reverse('reporting:forecast_accuracy')}?{kept}",
    }
    bound = [one for one in (form, import_form) if one is not None]
    status = pages.status_of(*bound) if bound else 200
    return pages.render(request, "reporting/supply/forecasts.html", context=context, status=status)


class RulesOf:
    """The rules of ordered use by unit and month, each asked once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, date], Rules] = {}

    def of(self, unit: Organisation, day: date) -> Rules:
        key = (unit.pk, day)
        if key not in self._known:
            self._known[key] = shortage.plan_rules(unit, on=day)
        return self._known[key]


def _row(one: GapForecast, rules: RulesOf, *, now: Any) -> dict[str, Any]:
    pair = Pair(one.gap_mw, one.actual_gap_mw) if one.actual_gap_mw is not None else None
    grade = shortage.grade_of(one.gap_mw, one.peak_mw, rules.of(one.organisation, one.day))
    return {"one": one, "pair": pair, "grade": grade, **_reporting(one, now=now)}


def _reporting(one: GapForecast, *, now: Any) -> dict[str, str]:
    """Lamp and word of the duty to report a large gap."""
    if one.replaced_at is not None:
        return {"lamp": "pause", "word": _("已修订")}
    if one.report_due_at is None:
        return {"lamp": "", "word": _("无须报告")}
    if one.reported_at is not None:
        late = one.reported_at > one.report_due_at
        return {"lamp": "done", "word": _("逾期报告") if late else _("已报告")}
    lamp = sla.lamp(now, one.report_due_at)
    return {"lamp": lamp, "word": _("逾期未报告") if lamp == "late" else _("待报告")}


@policy.needs(DRAFT)
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Publish one forecast."""
    form = ForecastForm(request.POST, user=request.user)
    if form.is_valid():
        unit, bands = form.cleaned_data["organisation"], [form.band()]
        given = {"bands": bands, "by": request.user, "now": clock.now()}
        if made := pages.attempt(form, services.publish, organisation=unit, **given):
            messages.success(request, _("预测已发布。"))
            return pages.go(request, "reporting:forecast", made[0].pk)
    return _list(request, form)


@policy.needs(DRAFT)
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The official workbook, empty."""
    form = sheets.form("forecasts")
    return workbooks.answer(form.template(), f"{form.title}.xlsx")


@policy.needs(DRAFT)
@require_POST
def take_in(request: HttpRequest) -> HttpResponse:
    """Publish the forecasts of a workbook: all of them, or none."""
    form = ImportForm(request.POST, request.FILES, user=request.user)
    if not form.is_valid():
        return _list(request, import_form=form)
    definition = sheets.form("forecasts")
    upload, unit = form.cleaned_data["upload"], form.cleaned_data["organisation"]
    read = definition.read(upload, name=upload.name or "")
    read.problems.extend(services.faults(unit, definition, read, now=clock.now()))
    if read.problems:
        back, blank = reverse("reporting:forecasts"), reverse("reporting:forecast_template")
        return workbooks.refused(request, definition, read, back=back, template=blank)

    def publish(**given: Any) -> list[GapForecast]:
        return services.publish(unit, bands=services.bands_of(read.rows), **given)

    made = pages.attempt(form, publish, by=request.user, now=clock.now())
    if made is None:
        return _list(request, import_form=form)
    messages.success(request, _("已发布%(n)d项预测。") % {"n": len(made)})
    return pages.go(request, "reporting:forecasts")


def find(request: HttpRequest, pk: int) -> GapForecast:
    seen = GapForecast.objects.visible_to(request.user)
    related = ("organisation", "published_by", "actual_by", "reported_by")
    return get_object_or_404(seen.select_related(*related), pk=pk)


@policy.needs(VIEW)
@require_safe
def forecast(request: HttpRequest, pk: int) -> HttpResponse:
    """One forecast with its revisions, what came true, and the report of a large gap."""
    return _page(request, find(request, pk))


def _page(request: HttpRequest, one: GapForecast, **bound: Any) -> HttpResponse:
    now = clock.now()
    others = GapForecast.objects.visible_to(request.user).filter(
        organisation=one.organisation_id,
        day=one.day,
        from_minute=one.from_minute,
        to_minute=one.to_minute,
    )
    mine = one.replaced_at is None and not services.refusal(one.organisation, by=request.user)
    context = {
        **_row(one, RulesOf(), now=now),
        "others": others.exclude(pk=one.pk).order_by("-published_at"),
        "due_lamp": sla.lamp(now, one.report_due_at, done=one.reported_at is not None),
        "actual_form": (bound.get("actual_form") or ActualForm(forecast=one))
        if mine and one.is_over(now)
        else None,
        "report_form": (bound.get("report_form") or WordsForm())
        if mine and one.report_due_at and not one.reported_at
        else None,
    }
    status = pages.status_of(*bound.values()) if bound else 200
    return pages.render(request, "reporting/supply/forecast.html", context=context, status=status)


@policy.needs(DRAFT)
@require_POST
def actual(request: HttpRequest, pk: int) -> HttpResponse:
    """Put beside a forecast what came true."""
    one, form = find(request, pk), ActualForm(request.POST)
    if form.is_valid():
        given = {**form.cleaned_data, "by": request.user, "now": clock.now()}
        if pages.attempt(form, services.enter_actual, forecast=one, **given):
            messages.success(request, _("实际值已登记。"))
            return pages.go(request, "reporting:forecast", pk)
    return _page(request, one, actual_form=form)


@policy.needs(DRAFT)
@require_POST
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Report a large gap."""
    one, form = find(request, pk), WordsForm(request.POST)
    if form.is_valid():
        given = {**form.cleaned_data, "by": request.user, "now": clock.now()}
        if pages.attempt(form, services.report, forecast=one, **given):
            messages.success(request, _("缺口已报告监管机构。"))
            return pages.go(request, "reporting:forecast", pk)
    return _page(request, one, report_form=form)


@policy.needs(VIEW)
@require_safe
def accuracy(request: HttpRequest) -> HttpResponse:
    """Forecasts held against what came true: by unit, with the errors, drawn day by day."""
    today = clock.today()
    params, found = asked(request)
    if not (day_of(params["since"]) or day_of(params["until"])):
        params["since"], params["until"] = str(today - timedelta(days=DAYS)), str(today)
        found = found.filter(day__gte=today - timedelta(days=DAYS), day__lte=today)
    held = found.filter(replaced_at__isnull=True, actual_at__isnull=False).order_by("day")
    pairs = [one for one in held if not one.is_afterwards]
    units: dict[Organisation, list[GapForecast]] = {}
    for one in pairs:
        units.setdefault(one.organisation, []).append(one)
    lines = [
        _accuracy(unit, listed, params)
        for unit, listed in sorted(units.items(), key=lambda item: item[0].path)
    ]
    context = {
        "params": params,
        "units": units_of(request, GapForecast.objects.visible_to(request.user)),
        "lines": lines,
        "whole": errors(map(pair_of, pairs)),
        "afterwards": len(held) - len(pairs),
        "waiting": narrowed(found, "unheld", today).count(),
        "waiting_url": _url(params, view="unheld"),
        "days": by_day(pairs),
        "svg": picture(pairs),
        "export_url": f"{reverse('reporting:forecasts_export')}?{urlencode(params)}",
    }
    return pages.render(request, "reporting/supply/accuracy.html", context=context)


def _accuracy(unit: Organisation, listed: list[GapForecast], params: Any) -> dict[str, Any]:
    found: Errors = errors(map(pair_of, listed))
    return {"unit": unit, "errors": found, "url": _url({**params, "unit": unit.code})}


def _url(params: dict[str, str], **more: str) -> str:
    kept = {k: v for k, v in {**params, **more}.items() if v}
    return f"{reverse('reporting:forecasts')}?{urlencode(kept)}"


def pair_of(one: GapForecast) -> Pair:
    assert one.actual_gap_mw is not None
    return Pair(one.gap_mw, one.actual_gap_mw)


def by_day(pairs: list[GapForecast]) -> list[dict[str, Any]]:
    """The largest gap of each day of all bands, forecast and actual, summed over units."""
    found: dict[date, dict[int, tuple[Any, Any]]] = {}
    for one in pairs:
        day = found.setdefault(one.day, {})
        told, came = day.get(one.organisation_id, (0, 0))
        day[one.organisation_id] = (max(told, one.gap_mw), max(came, one.actual_gap_mw or 0))
    return [
        {
            "day": day,
            "forecast": sum(told for told, _came in units.values()),
            "actual": sum(came for _told, came in units.values()),
        }
        for day, units in sorted(found.items())
    ][-MOST_DRAWN:]


def picture(pairs: list[GapForecast]) -> str:
    """Forecast and actual of each day as lines; empty without any."""
    days = by_day(pairs)
    if not days:
        return ""
    option = charts.line(
        [f"{one['day']:%m-%d}" for one in days],
        {
            _("预测缺口"): [float(one["forecast"]) for one in days],
            _("实际缺口"): [float(one["actual"]) for one in days],
        },
        unit=_("兆瓦"),
    )
    title = _("每日最大缺口：预测与实际")
    return mark_safe(charts.svg(option, 960, 320, title=title))  # noqa: S308 – drawn by the portal


@policy.needs(VIEW)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The list as a workbook."""
    _params, found = asked(request)
    found = narrowed(found, request.GET.get("view", ""), clock.today())
    columns = [
        Out("organisation", _("供电单位"), 28),
        Out("day", _("日期"), 12),
        Out("band", _("时段"), 16),
        Out("gap", _("预测缺口（兆瓦）")),
        Out("peak", _("最大用电需求（兆瓦）")),
        Out("share", _("缺口占比（%）")),
        Out("actual", _("实际缺口（兆瓦）")),
        Out("actual_peak", _("实际最大用电需求（兆瓦）")),
        Out("error", _("预测误差（兆瓦）")),
        Out("basis", _("预测依据"), 40),
        Out("published_at", _("发布时间"), 18),
        Out("afterwards", _("事后补报"), 10),
        Out("due_at", _("报告期限"), 18),
        Out("reported_at", _("报告时间"), 18),
    ]
    rows = _lines(found.order_by(F("day").desc(), "from_minute", "organisation"))
    title = _("负荷缺口预测")
    return workbooks.export(request, columns, rows, title=title, count=found.count())


def _lines(found: QuerySet[GapForecast]) -> Iterator[dict[str, Any]]:
    for one in found.iterator(chunk_size=500):
        told = one.actual_gap_mw
        yield {
            "organisation": one.organisation.name,
            "day": one.day,
            "band": one.band,
            "gap": one.gap_mw,
            "peak": one.peak_mw,
            "share": round(one.share, 2),
            "actual": told,
            "actual_peak": one.actual_peak_mw,
            "error": None if told is None else one.gap_mw - told,
            "basis": one.basis,
            "published_at": workbooks.instant(one.published_at),
            "afterwards": _("是") if one.is_afterwards else _("否"),
            "due_at": workbooks.instant(one.report_due_at),
            "reported_at": workbooks.instant(one.reported_at),
        }
