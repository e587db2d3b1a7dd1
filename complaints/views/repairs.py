"""Repairs of faults: in time by unit, month and area type; what residents went without."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from complaints.analysis import counting, repairs
from complaints.analysis.repairs import ARRIVE, BY, RESTORE, Asked, Line, Repairs, Timed
from complaints.analysis.tabs import section
from complaints.filters import described
from complaints.forms_repairs import ResidentsForm
from complaints.models import ResidentUsers, Term
from complaints.services import residents as services
from core import arithmetic, clock, pages, policy
from core.components import Stat, Tab
from core.paging import keyset
from core.sheets.writer import XLSX, Out, write

VIEW, HANDLE = Permission.CASE_VIEW, Permission.CASE_HANDLE


def definition() -> list[str]:
    """What is counted, in words: on the page and below the workbook."""
    return [
        _("统计期内受理的故障报修，已并案的不重复计数；按承办抢修的单位统计。"),
        _(
            "及时率：按期件数占按期和逾期件数的比例，未到期的不计入；时限按每件适用的办理程序和"
            "城乡类别，重新抢修的以最后一次为准。平均到场为报修至到场，平均复电为到场至复电，"
            "只计已完成的。"
        ),
        _(
            "居民停电户时数：各次抢修的停电户数×停电时长之和，时长从停电开始（不清楚的从报修）"
            "至恢复供电；未登记停电户数的不计入，另列件数。户均停电时间=户时数÷居民用户数，"
            "居民用户数以统计期末日登记的为准，没有登记的不计算。"
        ),
        _("同一停电的多件报修应当并案，没有并案的会重复计入户时数。"),
    ]


@policy.needs(VIEW)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The table that was asked for; every number opens its list."""
    now = clock.now()
    asked = repairs.asked_of(request.GET, request.user, clock.today())
    found = Repairs(asked, request.user, now=now)
    lines, whole = found.lines()
    areas = list(Term.objects.of("area_type").on(asked.period.last))
    context = {
        "sections": section("repairs"),
        "tabs": [Tab(label, asked.url(by=key), key == asked.by) for key, label in BY.items()],
        "asked": asked,
        "areas": areas,
        "told": described(asked.filters, found.labels, on=now),
        "stats": stats(whole),
        "rows": [_cells(line) for line in lines],
        "whole": _cells(whole),
        "head": BY_HEADS[asked.by](),
        "limits": found.limits(areas),
        "definition": definition(),
        "export_url": f"{reverse('complaints:repairs_export')}?{asked.query()}",
        "reset_url": f"?by={asked.by}",
        "residents_url": reverse("complaints:residents"),
    }
    return pages.render(request, "complaints/repairs.html", context=context)


BY_HEADS: dict[str, Any] = {
    "unit": lambda: _("抢修单位"),
    "month": lambda: _("月份"),
    "area": lambda: _("城乡类别"),
}


def stats(whole: Line) -> list[Stat]:
    """What stands above every tab."""
    dark = whole.dark
    return [
        Stat(_("故障报修"), whole.n, whole.url(), ""),
        _rated(_("到场及时率"), whole.arrive, whole.url(clock=f"{ARRIVE}:judged")),
        _rated(_("复电及时率"), whole.restore, whole.url(clock=f"{RESTORE}:judged")),
        Stat(
            _("居民停电户时数"),
            arithmetic.printed(dark.hours),
            whole.url(repair="counted"),
            _("停电%(households)d户次；%(unknown)d件未登记户数")
            % {"households": dark.households, "unknown": dark.unknown},
        ),
    ]


def _rated(label: str, timed: Timed, url: str) -> Stat:
    words = {"met": timed.met, "judged": timed.judged}
    note = _("按期%(met)d件，按期和逾期%(judged)d件") % words
    return Stat(label, counting.percent(timed.rate), url, note)


def _cells(line: Line) -> dict[str, Any]:
    """One line as the table shows it: texts, and the list that each opens."""
    return {
        "line": line,
        "url": line.url(),
        "clocks": [_clock(line, ARRIVE, line.arrive), _clock(line, RESTORE, line.restore)],
        "counted_url": line.url(repair="counted"),
        "unknown_url": line.url(repair="unknown"),
        "hours": arithmetic.printed(line.dark.hours),
        "per_resident": _per_resident(line),
    }


def _clock(line: Line, code: str, timed: Timed) -> dict[str, Any]:
    return {
        "timed": timed,
        "rate": counting.percent(timed.rate),
        "minutes": arithmetic.printed(timed.minutes, decimals=1),
        "met_url": line.url(clock=f"{code}:met"),
        "judged_url": line.url(clock=f"{code}:judged"),
        "ended_url": line.url(clock=f"{code}:ended"),
    }


def _per_resident(line: Line) -> str:
    if line.residents is None:
        return ""
    return arithmetic.printed(line.per_resident, decimals=repairs.PLACES)


@policy.needs(VIEW)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same table as a workbook."""
    now = clock.now()
    asked = repairs.asked_of(request.GET, request.user, clock.today())
    found = Repairs(asked, request.user, now=now)
    lines, whole = found.lines()
    told = described(asked.filters, found.labels, on=now)
    columns = [
        Out("label", BY_HEADS[asked.by](), 28),
        Out("n", _("报修件数"), 10),
        Out("arrive_met", _("到场按期件数"), 12),
        Out("arrive_judged", _("到场按期和逾期件数"), 18),
        Out("arrive_rate", _("到场及时率"), 12),
        Out("arrive_minutes", _("平均到场（分钟）"), 16),
        Out("restore_met", _("复电按期件数"), 12),
        Out("restore_judged", _("复电按期和逾期件数"), 18),
        Out("restore_rate", _("复电及时率"), 12),
        Out("restore_minutes", _("平均复电（分钟）"), 16),
        Out("counted", _("登记户数的件数"), 14),
        Out("unknown", _("未登记户数的件数"), 16),
        Out("households", _("停电户次"), 12),
        Out("hours", _("居民停电户时数"), 16),
        Out("residents", _("居民用户数"), 14),
        Out("per_resident", _("户均停电时间（小时）"), 20),
    ]
    rows = _exported([*lines, whole], asked, told)
    content = write(columns, rows, sheet=_("故障抢修"), taken_by=request.user, now=now)
    response = HttpResponse(content, content_type=XLSX)
    name = f"repairs-{asked.by}-{asked.period.first:%Y%m%d}-{asked.period.last:%Y%m%d}"
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


def _exported(lines: Sequence[Line], asked: Asked, told: Sequence[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        dark = line.dark
        row: dict[str, Any] = {"label": line.label, "n": line.n}
        for code, timed in ((ARRIVE, line.arrive), (RESTORE, line.restore)):
            row |= {
                f"{code}_met": timed.met,
                f"{code}_judged": timed.judged,
                f"{code}_rate": counting.percent(timed.rate),
                f"{code}_minutes": _number(timed.minutes),
            }
        yield row | {
            "counted": dark.counted,
            "unknown": dark.unknown,
            "households": dark.households,
            "hours": _number(dark.hours),
            "residents": line.residents if line.residents is not None else _("未登记户数"),
            "per_resident": _number(line.per_resident),
        }
    period = {"first": asked.period.first, "last": asked.period.last}
    yield {"label": _("统计期：%(first)s至%(last)s") % period}
    for words in (*told, *definition()):
        yield {"label": words}


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


# --- How many residents a unit serves -------------------------------------------------------------


@policy.needs(VIEW)
@require_safe
def residents(request: HttpRequest) -> HttpResponse:
    """What the units in sight have entered, the newest first."""
    return _residents(request)


def _residents(request: HttpRequest, form: ResidentsForm | None = None) -> HttpResponse:
    seen = ResidentUsers.objects.visible_to(request.user).select_related(
        "organisation", "entered_by"
    )
    shown = form or ResidentsForm(user=request.user, initial={"valid_from": clock.today()})
    fields: Any = shown.fields
    context = {
        "page": keyset(seen, request.GET, order=("-valid_from", "-entered_at", "-pk")),
        "new_form": shown if fields["organisation"].queryset.exists() else None,
        "form": form,
    }
    status = pages.status_of(form) if form else 200
    return pages.render(request, "complaints/residents.html", context=context, status=status)


@require_POST
@policy.needs(HANDLE)
def residents_new(request: HttpRequest) -> HttpResponse:
    """Say how many residents a unit serves from a day on."""
    form = ResidentsForm(request.POST, user=request.user)
    if form.is_valid():
        given = {**form.cleaned_data, "by": request.user, "now": clock.now()}
        if pages.attempt(form, services.enter, **given):
            messages.success(request, _("居民用户数已登记。"))
            return pages.go(request, "complaints:residents")
    return _residents(request, form)
