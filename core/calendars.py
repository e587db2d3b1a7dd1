"""Writes of the working calendar: the catalogue, and new versions that people publish."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from core.models import CalendarDay, CalendarVersion
from core.signals import calendar_changed
from core.workdays import Day, WorkCalendar, YearPlan, calendar

CATALOGUE = Path(__file__).parent / "catalogue" / "calendar"
STAND_IN = "provisional.yaml"


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


def digest_of(days: Iterable[Day]) -> str:
    """A fingerprint of the days of a version, whatever their order."""
    lines = "\n".join(f"{d.day} {d.kind} {d.name}" for d in sorted(days))
    return hashlib.sha256(lines.encode()).hexdigest()


def _announced(folder: Path) -> list[dict[str, Any]]:
    """Every announced year of the catalogue."""
    entries = []
    for path in sorted(folder.glob("[0-9]*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
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
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
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
