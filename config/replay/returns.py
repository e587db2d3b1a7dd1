"""The demo's periodic returns: collections of an office, and what its companies have filed."""

from __future__ import annotations

import io
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zlib import crc32

import yaml

from accounts.models import Organisation, User
from accounts.permissions import Permission
from config.replay.script import FOLDER, instant
from core import catalogue_files, clock
from reporting.models import Return, ReturnForm
from reporting.queries import return_content
from reporting.services import (
    definitions,
    return_filing,
    return_forms,
    return_opening,
    return_review,
)
from reporting.workflow.returns import State

# The month that the rows of the catalogue are written for.
WRITTEN = date(2011, 10, 1)
# What came in so lately still waits for its review; of so many returns one comes so late.
FRESH, ONE_IN, LATE = timedelta(days=5), 15, timedelta(days=3)
Somebody = Callable[[Organisation, Permission], User | None]


def plant(somebody: Somebody, *, until: datetime) -> None:
    """Collect and file as the catalogue says, each step at its time."""
    content = catalogue_files.read(FOLDER / "demo_returns.yaml")
    office = Organisation.objects.get(code=content["office"])
    officer = somebody(office, Permission.FILING_REVIEW)
    _collect(content, office, officer, since=None, until=until)
    for one in content["returns"]:
        now = instant(one["at"])
        if now <= until and officer is not None:
            with clock.standing_at(now):
                file(one, content, somebody, officer, now=now)
    for one in content["waivers"]:
        _waive(one, office, somebody, until=until)
    _draft_form(content["draft_form"], officer, until=until)


def _collect(
    content: dict[str, Any],
    office: Organisation,
    officer: User | None,
    *,
    since: date | None,
    until: datetime,
) -> None:
    """Set up what begins after one day and by another, and open what is due."""
    today = until.astimezone(clock.ZONE).date()
    for one in content["collections"]:
        if (since is None or one["starts_on"] > since) and one["starts_on"] <= today:
            # Set up on its first day: what is asked for later has the full time from then on.
            begun = min(clock.at(one["starts_on"], 9), until)
            with clock.standing_at(begun):
                return_opening.collect(office=office, by=officer, now=begun, **one)
    return_opening.open_due(now=until)


def go_on(somebody: Somebody, *, since: datetime, until: datetime) -> None:
    """All units file what fell due, a few late; what is fresh waits for its review."""
    content = catalogue_files.read(FOLDER / "demo_returns.yaml")
    office = Organisation.objects.get(code=content["office"])
    officer = somebody(office, Permission.FILING_REVIEW)
    if officer is None or until - since < FRESH:
        return
    first = since.astimezone(clock.ZONE).date()
    _collect(content, office, officer, since=first, until=until)
    owed = Return.objects.filter(state=State.OPEN, due_at__lte=until)
    for entry in owed.select_related("organisation").order_by("due_at", "pk"):
        key = f"{entry.organisation.code}/{entry.code}/{entry.period_start}"
        late = crc32(key.encode()) % ONE_IN == 0
        at = entry.due_at + LATE if late else entry.due_at - timedelta(hours=1)
        if at > until - timedelta(days=1):
            continue
        one = {
            "code": entry.code,
            "unit": entry.organisation.code,
            "start": entry.period_start,
            "rows": entry.code,
            "state": "submitted" if at > until - FRESH else "accepted",
        }
        with clock.standing_at(at):
            file(one, content, somebody, officer, now=at)


def _waive(
    one: dict[str, Any], office: Organisation, somebody: Somebody, *, until: datetime
) -> None:
    """A unit asks to be spared; the lead of the office answers, where the catalogue says so."""
    asked_at = instant(one["asked_at"])
    unit = Organisation.objects.get(code=one["unit"])
    filer = somebody(unit, Permission.FILING_DRAFT)
    if asked_at > until or filer is None:
        return
    entry = Return.objects.get(code=one["code"], organisation=unit, period_start=one["start"])
    waiver = return_review.ask_waiver(
        code=one["code"],
        organisation=unit,
        check_name=one["check"],
        reason=one["reason"],
        expires_on=one["until"],
        entry=entry,
        by=filer,
        now=asked_at,
    )
    lead = somebody(office, Permission.DUTY_APPROVE)
    if "decided_at" in one and instant(one["decided_at"]) <= until and lead is not None:
        return_review.decide_waiver(
            waiver=waiver,
            approve=one["approve"],
            decision=one["decision"],
            by=lead,
            now=instant(one["decided_at"]),
        )


def _draft_form(one: dict[str, Any], by: User | None, *, until: datetime) -> None:
    """A further version of a form, laid before a second person."""
    now = instant(one["at"])
    if by is None or now > until:
        return
    standing = ReturnForm.objects.published().filter(code=one["code"]).latest("version")
    said = {**standing.content, "version": standing.version + 1, "cutoff": one["cutoff"]}
    said["valid_from"] = one["from"]
    content = yaml.safe_dump(said, allow_unicode=True, sort_keys=False).encode()
    form = return_forms.propose(content=content, by=by, now=now)
    definitions.draft_form(form=form, valid_from=one["from"], reason=one["reason"], by=by, now=now)


def file(
    one: dict[str, Any],
    content: dict[str, Any],
    somebody: Somebody,
    officer: User,
    *,
    now: datetime,
) -> None:
    unit = Organisation.objects.get(code=one["unit"])
    entry = Return.objects.select_related("form", "organisation", "recipient").get(
        code=one["code"], organisation=unit, period_start=one["start"]
    )
    filer = somebody(unit, Permission.FILING_DRAFT)
    lead = somebody(unit, Permission.FILING_CERTIFY)
    if filer is None or lead is None:
        return
    version = return_filing.begin(entry=entry, by=filer, now=now)
    for sheet, rows in content["rows"][one["rows"]].items():
        version = return_filing.save_sheet(
            entry=entry,
            sheet=sheet,
            rows=[_row(row, one["start"]) for row in rows],
            seen=version.revision,
            by=filer,
            now=now,
        )
    if one.get("upload"):
        # The same figures once more, as a workbook that comes from elsewhere.
        entry.refresh_from_db()
        workbook = io.BytesIO(return_content.template(entry))
        name = f"{entry.form.title}{entry.period_start:%m%d}.xlsx"
        return_filing.upload(entry=entry, workbook=workbook, name=name, by=filer, now=now)
        version.refresh_from_db()
    if one["state"] == "draft":
        return
    reasons = {warning.key: "已核对" for warning in return_content.examine(version).warnings}
    return_filing.confirm(entry=entry, reasons=reasons, by=filer, now=now)
    version = return_filing.request_certification(entry=entry, by=filer, now=now)
    if one["state"] == "certifying":
        return
    seen = return_filing.digest_of(version)
    return_filing.submit(entry=entry, by=lead, now=now, seen_digest=seen)
    if one["state"] == "accepted":
        return_review.accept(entry=entry, by=officer, now=now)
    elif one["state"] == "returned":
        return_review.send_back(
            entry=entry,
            deficient=[content["deficient"]],
            comment=content["comment"],
            by=officer,
            now=now,
        )


def _row(row: dict[str, Any], start: date) -> dict[str, Any]:
    """A row of the catalogue, written for October 2011, as it reads for a period.

    A daily figure bears its day; days move with the months; what follows from the length of the
    month follows from that of the period's.
    """
    months = (start.year - WRITTEN.year) * 12 + start.month - WRITTEN.month
    moved = {k: _later(v, months) if isinstance(v, date) else v for k, v in row.items()}
    if "capacity" in row and "lost_hours" in row:
        hours = 24 * monthrange(start.year, start.month)[1]
        capacity = row["users"] * hours
        share = 100 - 100 * Decimal(row["lost_hours"]) / capacity
        moved |= {"hours": hours, "capacity": capacity, "rs1": f"{share:.4f}"}
    return {"day": start.isoformat(), **moved}


def _later(day: date, months: int) -> date:
    """The same day so many months later, or the last one that is in every month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28) if months else day.day)
