"""Writes of the working calendar: the catalogue, and new versions that people publish."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import audit, catalogue_files
from core.errors import Conflict, Refused
from core.models import CalendarDay, CalendarVersion
from core.signals import calendar_changed
from core.workdays import SATURDAY, Day, WorkCalendar, YearPlan, calendar

CATALOGUE = Path(__file__).parent / "catalogue" / "calendar"
STAND_IN = "provisional.yaml"
# Named as in accounts.permissions: core knows no accounts.
MAY_PUBLISH = "calendar.manage"
NAME_LENGTH = 40


@transaction.atomic
def load_calendars(*, now: datetime, folder: Path = CATALOGUE) -> list[CalendarVersion]:
    """Bring every year of the catalogue into the tables; a second time changes nothing.

    A year that a person has published is left to people: the catalogue never overrules them.
    Returns the versions that are new.
    """
    known = {(v.year, v.number): v for v in CalendarVersion.objects.select_for_update(of=("self",))}
    by_hand = {v.year for v in known.values() if not v.from_catalogue}
    latest = {year: number for year, number in sorted(known)}
    digests = {(v.year, v.provisional, v.digest) for v in known.values()}
    before = calendar()
    added = []
    for entry in [*_announced(folder), *_stand_ins(folder)]:
        days = entry.pop("days")
        year, is_stand_in = entry["year"], entry["provisional"]
        if year in by_hand or (is_stand_in and year in latest):
            continue
        if (year, is_stand_in, digest_of(days)) in digests:
            continue
        number = 0 if is_stand_in else max(latest.get(year, 0), 0) + 1
        added.append(_store(days, number=number, from_catalogue=True, now=now, **entry))
        latest[year] = number
    if known:  # the very first load changes no deadline: there was no calendar to count one by
        _tell(added, before=before, now=now)
    return added


def catalogue_calendar(folder: Path = CATALOGUE) -> WorkCalendar:
    """The calendar of the files alone, for work without a database."""
    return WorkCalendar(
        tuple(
            YearPlan(
                entry["year"],
                0 if entry["provisional"] else 1,
                entry["provisional"],
                entry["source"],
                tuple(sorted(entry["days"])),
            )
            for entry in [*_announced(folder), *_stand_ins(folder)]
        )
    )


@transaction.atomic
def publish_version(
    *,
    year: int,
    days: Iterable[Day],
    source: str,
    by: Any,
    now: datetime,
    announced_on: date | None = None,
    provisional: bool = False,
    reason: str = "",
    based_on: int | None = None,
) -> CalendarVersion:
    """Publish a new version of a year; it counts at once, and upper apps are told to recompute.

    ``by`` needs the right to manage calendars (None: the system). ``based_on`` is the number of the
    version that the person looked at. Raises ``PermissionDenied``; ``Refused`` for days that make
    no sense, a missing source or no change; ``Conflict`` when another version came in between.
    """
    if by is not None and not by.can(MAY_PUBLISH):
        raise PermissionDenied(_("您的角色无权维护工作日历。"))
    days = sorted(days)
    versions = list(CalendarVersion.objects.select_for_update(of=("self",)).filter(year=year))
    latest = versions[-1] if versions else None
    if based_on is not None and based_on != (latest.number if latest else -1):
        raise Conflict(_("%(year)s年日历已有新的版本，请重新打开后再修改。") % {"year": year})
    if problems := refusals(year, days, source=source, provisional=provisional, latest=latest):
        raise Refused("\n".join(problems))
    before = calendar()
    try:
        with transaction.atomic():
            version = _store(
                days,
                now=now,
                year=year,
                number=latest.number + 1 if latest else 1,
                source=source.strip(),
                announced_on=announced_on,
                provisional=provisional,
                reason=reason.strip(),
            )
    except IntegrityError as error:
        raise Conflict(_("%(year)s年日历刚刚由他人发布了新版本。") % {"year": year}) from error
    audit.record(
        "calendar.publish",
        version,
        by=by,
        now=now,
        reason=reason,
        year=year,
        number=version.number,
        source=version.source,
        provisional=provisional,
        days=[f"{d.day} {d.kind} {d.name}" for d in days],
    )
    _tell([version], before=before, now=now)
    return version


def refusals(
    year: int,
    days: list[Day],
    *,
    source: str,
    provisional: bool,
    latest: CalendarVersion | None,
) -> list[str]:
    """Why a version could not be published now, all reasons at once; empty when it could."""
    problems = [sentence for _day, sentence in check_days(year, days)]
    if not source.strip():
        problems.append(_("请填写依据（放假安排通知的名称和文号）。"))
    if not days and not provisional:
        problems.append(_("没有列出任何放假或调休上班的日期。"))
    same = latest is not None and latest.digest == digest_of(days)
    if latest is not None and same and latest.provisional == provisional:
        problems.append(_("与现行版本的日期完全相同，无需发布新版本。"))
    return problems


def check_days(year: int, days: Iterable[Day]) -> list[tuple[date, str]]:
    """What is wrong with the days of a version: (day, sentence) for each fault, in order."""
    faults = []
    seen: set[date] = set()
    for entry in days:
        told = {"day": f"{entry.day:%Y-%m-%d}", "year": year}
        if not belongs(entry.day, year):
            faults.append((entry.day, _("%(day)s 不在%(year)s年（或上年12月）之内。") % told))
        if entry.day in seen:
            faults.append((entry.day, _("%(day)s 重复列出。") % told))
        seen.add(entry.day)
        if entry.kind not in CalendarDay.Kind.values:
            faults.append((entry.day, _("%(day)s 的类别应为放假或调休上班。") % told))
        if entry.is_makeup and entry.day.weekday() < SATURDAY:
            faults.append((entry.day, _("%(day)s 不是周末，不能列为调休上班。") % told))
        if not entry.name.strip() or len(entry.name) > NAME_LENGTH:
            faults.append((entry.day, _("%(day)s 须写明节假日名称（不超过40字）。") % told))
    return faults


def digest_of(days: Iterable[Day]) -> str:
    """A fingerprint of the days of a version, whatever their order."""
    lines = "\n".join(f"{d.day} {d.kind} {d.name}" for d in sorted(days))
    return hashlib.sha256(lines.encode()).hexdigest()


def _announced(folder: Path) -> list[dict[str, Any]]:
    """Every announced year of the catalogue."""
    entries = []
    for path in sorted(folder.glob("[0-9]*.yaml")):
        data = catalogue_files.read(path)
        days = [
            Day(day, kind, name)
            for kind, key in (
                (CalendarDay.Kind.HOLIDAY, "holidays"),
                (CalendarDay.Kind.MAKEUP, "makeup"),
            )
            for name, listed in (data.get(key) or {}).items()
            for day in listed
        ]
        entries.append(
            {
                "year": data["year"],
                "source": data["source"],
                "announced_on": data.get("announced_on"),
                "provisional": False,
                "days": days,
            }
        )
    return entries


def _stand_ins(folder: Path) -> list[dict[str, Any]]:
    """Provisional versions of the years after the last announced one, by the rule in force."""
    path = folder / STAND_IN
    announced = [int(p.stem) for p in folder.glob("[0-9]*.yaml")]
    if not path.exists() or not announced:
        return []
    data = catalogue_files.read(path)
    entries = []
    for year in range(max(announced) + 1, data["until"] + 1):
        rules = [rule for rule in data["rules"] if rule["valid_from"] <= date(year, 1, 1)]
        rule = max(rules, key=lambda rule: rule["valid_from"])
        days = [
            Day(date.fromisoformat(f"{year}-{listed}"), CalendarDay.Kind.HOLIDAY, name)
            for name, fixed_dates in rule["days"].items()
            for listed in fixed_dates
        ]
        entries.append({"year": year, "source": data["source"], "provisional": True, "days": days})
    return entries


def _store(days: Iterable[Day], *, now: datetime, **fields: Any) -> CalendarVersion:
    days = sorted(days)
    version = CalendarVersion.objects.create(digest=digest_of(days), published_at=now, **fields)
    CalendarDay.objects.bulk_create(
        CalendarDay(version=version, day=d.day, kind=d.kind, name=d.name) for d in days
    )
    return version


def _tell(added: Iterable[CalendarVersion], *, before: WorkCalendar, now: datetime) -> None:
    """Send ``calendar_changed`` for each year that has other working days now, or is now sure."""
    after = calendar()
    changed = after.changed_days(before)
    for version in added:
        days = frozenset(d for d in changed if belongs(d, version.year))
        was = before.version_of(version.year)
        if days or was is None or was.provisional != version.provisional:
            calendar_changed.send(CalendarVersion, year=version.year, days=days, now=now)


def belongs(day: date, year: int) -> bool:
    """Whether a notice for a year may speak of a day: the year itself and the December before."""
    return day.year == year or (day.year, day.month) == (year - 1, 12)
