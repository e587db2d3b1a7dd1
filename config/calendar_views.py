"""Pages of the working calendar: a year, its versions, a new version with what it would move.

They stand in config because core, which owns the calendar, knows no people and no permissions.
"""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.permissions import Permission
from config.calendar_forms import VersionForm
from core import calendars, clock, pages, policy, workdays
from core.calendar_text import as_text
from core.components import Change
from core.models import CalendarDay, CalendarVersion
from core.workdays import Day, WorkCalendar, YearPlan

FIRST_YEAR, LAST_YEAR = 2000, 2099
WEEKS = Calendar(firstweekday=0)
# One character each: seven stand side by side on a small sheet.
WEEKDAYS = (
    pgettext_lazy("weekday", "一"),
    pgettext_lazy("weekday", "二"),
    pgettext_lazy("weekday", "三"),
    pgettext_lazy("weekday", "四"),
    pgettext_lazy("weekday", "五"),
    pgettext_lazy("weekday", "六"),
    pgettext_lazy("weekday", "日"),
)


@dataclass(frozen=True)
class Box:
    """One day of a month's sheet; ``mark`` is work, rest, holiday or makeup."""

    day: date
    mark: str
    name: str
    is_today: bool


@dataclass(frozen=True)
class Sheet:
    """One month: weeks of boxes (None outside the month) and its number of working days."""

    first: date
    weeks: list[list[Box | None]]
    workdays: int


@dataclass(frozen=True)
class Festival:
    """Everything that a version says under one name."""

    name: str
    off: list[str]
    days_off: int
    worked: list[str]


@policy.signed_in
def this_year(request: HttpRequest) -> HttpResponse:
    """Lead to the year that was asked for (``?year=``), else to the present one."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else 0
    return redirect("workdays_year", year=year or clock.today().year)


@policy.signed_in
def year_page(request: HttpRequest, year: int) -> HttpResponse:
    """Twelve months with holidays and make-up days, the arrangement, and all versions."""
    _known(year)
    today = clock.today()
    calendar = workdays.calendar(now=clock.now())
    plan = calendar.version_of(year)
    sheets = [sheet(calendar, year, month, today) for month in range(1, 13)]
    versions = list(_versions(request, year))
    context = {
        "year": year,
        "sheets": sheets,
        "weekdays": WEEKDAYS,
        "plan": plan,
        "plan_label": next((v.label for v in versions if plan and v.number == plan.number), ""),
        "provisional": plan is None or plan.provisional,
        "december_open": _december_open(calendar, year),
        "festivals": festivals(plan.days if plan else (), year),
        "versions": versions,
        "total": sum(s.workdays for s in sheets),
        "days_off": _count(sheets, "holiday"),
        "made_up": _count(sheets, "makeup"),
        "years": _years(year),
        "before": year - 1 if year > FIRST_YEAR else None,
        "after": year + 1 if year < LAST_YEAR else None,
        "may_manage": request.user.can(Permission.CALENDAR_MANAGE),
    }
    return pages.render(request, "config/calendar_year.html", context=context)


@policy.signed_in
def version_page(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """One version, and what differs from the one before it or from ``?against=``."""
    _known(year)
    versions = _versions(request, year)
    version = get_object_or_404(versions, number=number)
    others = list(versions.exclude(pk=version.pk))
    asked = request.GET.get("against", "")
    other = next((o for o in others if str(o.number) == asked), None) or next(
        (o for o in others if o.number < number), None
    )
    context = {
        "year": year,
        "version": version,
        "in_use": workdays.calendar(now=clock.now()).version_of(year),
        "festivals": festivals(workdays.plan_of(version).days, year),
        "others": others,
        "other": other,
        "changes": changes(_days(other), _days(version)) if other else [],
    }
    return pages.render(request, "config/calendar_version.html", context=context)


@policy.needs(Permission.CALENDAR_MANAGE)
def new_version(request: HttpRequest, year: int) -> HttpResponse:
    """Edit the days, see what would move, publish. Each step is one form on one address."""
    _known(year)
    latest = CalendarVersion.objects.filter(year=year).order_by("-number").first()
    step = request.POST.get("step", "")
    form = _form(request, year, latest, step)
    if not form.is_bound or not form.is_valid():
        context = {"year": year, "form": form, "latest": latest}
        return pages.render(request, "config/calendar_edit.html", context=context)
    if step == "publish":
        return _publish(request, year, form)
    return _preview(request, year, form)


def _versions(request: HttpRequest, year: int) -> QuerySet[CalendarVersion]:
    """Versions of a year that the person may see, the newest first."""
    seen = CalendarVersion.objects.visible_to(request.user)
    return seen.filter(year=year).order_by("-number")


def _form(
    request: HttpRequest, year: int, latest: CalendarVersion | None, step: str
) -> VersionForm:
    """Empty, filled with what counts now; or what the person sent, checked unless going back."""
    if request.method != "POST":
        stored = _days(latest)
        initial = {
            "text": as_text(stored),
            "source": "" if latest is None or latest.provisional else latest.source,
            "announced_on": latest.announced_on if latest else None,
            "based_on": latest.number if latest else -1,
        }
        return VersionForm(initial=initial, year=year, latest=latest)
    if step == "edit":
        return VersionForm(initial=request.POST.dict(), year=year, latest=latest)
    return VersionForm(request.POST, year=year, latest=latest)


def _preview(request: HttpRequest, year: int, form: VersionForm) -> HttpResponse:
    """What the version would change: days, and stored deadlines of every app."""
    data = form.cleaned_data
    now = workdays.calendar(now=clock.now())
    number = form.latest.number + 1 if form.latest else 1
    planned = YearPlan(year, number, data["provisional"], data["source"], tuple(data["days"]))
    then = now.with_plan(planned)
    current = now.version_of(year)
    context = {
        "year": year,
        "number": number,
        "form": form,
        "festivals": festivals(data["days"], year),
        "changes": changes(current.days if current else (), data["days"]),
        "workdays_before": _total(now, year),
        "workdays_after": _total(then, year),
        "moved": workdays.impact(now, then),
    }
    return pages.render(request, "config/calendar_preview.html", context=context)


def _publish(request: HttpRequest, year: int, form: VersionForm) -> HttpResponse:
    data = form.cleaned_data
    version = calendars.publish_version(
        year=year,
        days=data["days"],
        source=data["source"],
        announced_on=data["announced_on"],
        provisional=data["provisional"],
        reason=data["reason"],
        based_on=data["based_on"],
        by=request.user,
        now=clock.now(),
    )
    messages.success(request, _("%(version)s已发布并启用。") % {"version": version})
    return pages.go(request, "workdays_year", year=year)


def sheet(calendar: WorkCalendar, year: int, month: int, today: date) -> Sheet:
    """One month for the page."""
    weeks = [
        [_box(calendar, day, today) if day.month == month else None for day in week]
        for week in WEEKS.monthdatescalendar(year, month)
    ]
    worked = sum(box.mark in ("work", "makeup") for week in weeks for box in week if box)
    return Sheet(date(year, month, 1), weeks, worked)


def _box(calendar: WorkCalendar, day: date, today: date) -> Box:
    entry = calendar.special(day)
    if entry:
        return Box(day, str(entry.kind), entry.name, day == today)
    return Box(day, "work" if calendar.is_workday(day) else "rest", "", day == today)


def festivals(days: Iterable[Day], year: int) -> list[Festival]:
    """The days of a version by name, in the order of the festivals, as short dates."""
    names: dict[str, list[Day]] = {}
    # Days off first: a make-up day may lie before another festival.
    for entry in sorted(days, key=lambda d: (d.is_makeup, d.day)):
        names.setdefault(entry.name, []).append(entry)
    return [
        Festival(
            name=name,
            off=_spans([d for d in listed if not d.is_makeup], year),
            days_off=sum(not d.is_makeup for d in listed),
            worked=_spans([d for d in listed if d.is_makeup], year),
        )
        for name, listed in names.items()
    ]


def _spans(days: list[Day], year: int) -> list[str]:
    """Dates as "01-01 — 01-03" and "01-08", the same in every language; other years in full."""
    runs: list[list[date]] = []
    for entry in days:
        if runs and (entry.day - runs[-1][-1]).days == 1:
            runs[-1].append(entry.day)
        else:
            runs.append([entry.day])
    return [" — ".join(_short(day, year) for day in sorted({r[0], r[-1]})) for r in runs]


def _short(day: date, year: int) -> str:
    return f"{day:%m-%d}" if day.year == year else f"{day:%Y-%m-%d}"


def changes(before: Iterable[Day], after: Iterable[Day]) -> list[Change]:
    """Day by day what differs between two versions."""
    old, new = ({d.day: d for d in days} for days in (before, after))
    found = []
    for day in sorted(old.keys() | new.keys()):
        was, will = old.get(day), new.get(day)
        if was == will:
            continue
        kind = "added" if was is None else "removed" if will is None else "changed"
        label = f"{day:%Y-%m-%d} {date_format(day, 'D')}"
        found.append(Change(kind, label, _told(was), _told(will)))
    return found


def _told(entry: Day | None) -> str:
    return f"{CalendarDay.Kind(entry.kind).label} · {entry.name}" if entry else ""


def _days(version: CalendarVersion | None) -> tuple[Day, ...]:
    return workdays.plan_of(version).days if version else ()


def _december_open(calendar: WorkCalendar, year: int) -> bool:
    """Whether next year's notice, which may change late December, has still to come."""
    following = calendar.version_of(year + 1)
    return following is None or following.provisional


def _count(sheets: Iterable[Sheet], mark: str) -> int:
    return sum(box.mark == mark for s in sheets for week in s.weeks for box in week if box)


def _total(calendar: WorkCalendar, year: int) -> int:
    return calendar.count_workdays(date(year - 1, 12, 31), date(year, 12, 31))


def _years(chosen: int) -> list[int]:
    known: Any = CalendarVersion.objects.values_list("year", flat=True)
    return sorted({*known, chosen})


def _known(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
