"""Reading what is shared: agreements, the log, records that came in; lists by filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import workplaces
from core import clock
from core.asked import day as day_of
from grids import access
from grids.models import Exchange, ExchangeJob, SharedRecord, SharingAgreement
from grids.sharing.moves import Match

if TYPE_CHECKING:
    from accounts.models import User

DAY = timedelta(days=1)


def number_of(text: str) -> int:
    """A key out of an address; of anything else nothing has it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


@dataclass(frozen=True)
class Filters:
    """What lists of exchanges and of records are asked for."""

    agreement: str = ""
    direction: str = ""
    way: str = ""
    state: str = ""
    field: str = ""
    text: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Filters:
        return cls(**{one.name: params.get(one.name, "").strip()[:60] for one in fields(cls)})

    @property
    def asked(self) -> dict[str, str]:
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in found.items() if value}

    def query(self, **more: str) -> str:
        return urlencode(replace(self, **more).asked)

    def exchanges(self, user: User) -> Any:
        rows = Exchange.objects.visible_to(user)
        for name in ("direction", "way"):
            if value := getattr(self, name):
                rows = rows.filter(**{name: value})
        return self._days(self._of_agreement(rows), "at")

    def records(self, user: User) -> Any:
        rows = self._of_agreement(SharedRecord.objects.visible_to(user))
        if self.state:
            rows = rows.filter(state=self.state)
        if self.text:
            rows = rows.filter(number__icontains=self.text)
        return self._days(rows, "received_at")

    def _of_agreement(self, rows: Any) -> Any:
        return rows.filter(agreement=number_of(self.agreement)) if self.agreement else rows

    def _days(self, rows: Any, column: str) -> Any:
        if day := day_of(self.since):
            rows = rows.filter(**{f"{column}__gte": clock.at(day)})
        if day := day_of(self.until):
            rows = rows.filter(**{f"{column}__lt": clock.at(day + DAY)})
        return rows


def counts(user: User, filters: Filters) -> dict[str, int]:
    """How many records came in, by what became of them."""
    rows = replace(filters, state="").records(user).order_by().values("state")
    found = dict(rows.annotate(n=Count("pk")).values_list("state", "n"))
    told = {state: found.get(state, 0) for state in Match.values}
    return {"": sum(told.values()), **told}


def records_url(**asked: str) -> str:
    return f"{reverse('grids:shared_records')}?{urlencode(asked)}"


def companies_of(user: User, permission: Permission) -> Any:
    """Enterprises for which a person acts: their own and those below, no stations."""
    keys = [one.pk for one in workplaces(user, permission) if one.is_company]
    return Organisation.objects.in_force().filter(pk__in=keys)


def governments_near(user: User) -> Any:
    """Departments in the territory of the companies that a person works for."""
    codes = {one.region_id for one in workplaces(user, Permission.SHARING_MANAGE) if one.region_id}
    kind = Organisation.Kind.GOVERNMENT_DEPARTMENT
    rows = Organisation.objects.in_force().filter(kind=kind).order_by("code")
    near = [one.pk for one in rows if any(access.related(one.region_id, code) for code in codes)]
    return rows.filter(pk__in=near)


def due_on(job: ExchangeJob) -> Any:
    """The day by which a job with a cycle is to run again; None without a cycle."""
    if job.cycle_days is None:
        return None
    last = job.last_run_at or job.created_at
    return clock.day_of(last) + timedelta(days=job.cycle_days)


def overdue_jobs(user: User, *, now: datetime) -> list[ExchangeJob]:
    """Jobs of agreements in force that should have run by now."""
    today = clock.day_of(now)
    standing = SharingAgreement.objects.visible_to(user).in_force(on=today).order_by()
    rows = ExchangeJob.objects.filter(agreement__in=standing, cycle_days__isnull=False)
    related = rows.select_related("agreement__company").order_by("pk")
    return [one for one in related if due_on(one) < today]
