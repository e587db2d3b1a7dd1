"""Until when somebody may appeal against a case that was archived; the days are data."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from complaints.workflow import Act
from core import catalogue_files, clock

if TYPE_CHECKING:
    from complaints.models import Case

FILE = Path(__file__).parent / "catalogue" / "appeals.yaml"


@cache
def _editions() -> list[dict[str, Any]]:
    return catalogue_files.read(FILE)


def last_day(archived_on: date) -> date | None:
    """The last day for an appeal; None where no edition held on the day of archiving."""
    edition = catalogue_files.in_force(_editions(), on=archived_on)
    return archived_on + timedelta(days=edition["days"]) if edition else None


def archived_refusal(case: Case, *, now: datetime) -> str:
    """Why an archived case cannot be appealed against any more; empty while it can."""
    if case.archived_at is None or not case.events.filter(kind=Act.CLOSE).exists():
        return _("该诉求没有办结，不能申诉。")
    until = last_day(clock.day_of(case.archived_at))
    if until is None or clock.day_of(now) > until:
        day = until or clock.day_of(case.archived_at)
        return _("该诉求已归档，申诉期限至%(day)s，已经届满。") % {"day": day.isoformat()}
    return ""
