"""The demo's periodic returns: collections of an office, and what its companies have filed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from accounts.models import Organisation, User
from accounts.permissions import Permission
from config.replay.script import FOLDER, instant
from core import catalogue_files, clock
from reporting.models import Return
from reporting.queries import return_content
from reporting.services import return_filing, return_opening, return_review

Somebody = Callable[[Organisation, Permission], User | None]


def plant(somebody: Somebody, *, until: datetime) -> None:
    """Collect and file as the catalogue says, each step at its time."""
    content = catalogue_files.read(FOLDER / "demo_returns.yaml")
    office = Organisation.objects.get(code=content["office"])
    officer = somebody(office, Permission.FILING_REVIEW)
    today = until.astimezone(clock.ZONE).date()
    for one in content["collections"]:
        if one["starts_on"] <= today:
            with clock.standing_at(until):
                return_opening.collect(office=office, by=officer, now=until, **one)
    for one in content["returns"]:
        now = instant(one["at"])
        if now <= until and officer is not None:
            with clock.standing_at(now):
                _file(one, content, somebody, officer, now=now)


def _file(
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
    """A row of the catalogue; a daily figure bears its day."""
    return {"day": start.isoformat(), **row}
