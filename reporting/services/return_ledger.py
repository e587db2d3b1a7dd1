"""What an accepted return says of problems goes into the rectification ledger.

Source: campaign plan 五(二) (S1-5.2a): enterprises inspect themselves and put right.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from campaign.services.rectification import open_item
from campaign.services.rectification_entering import campaign_of
from core import catalogue_files, clock

if TYPE_CHECKING:
    from campaign.models import Campaign
    from reporting.models import Return, ReturnVersion

PATH = Path(__file__).parent.parent / "catalogue" / "ledger.yaml"


@cache
def _rules() -> list[dict[str, Any]]:
    return catalogue_files.read(PATH)


def rule_for(code: str, *, on: date) -> dict[str, Any] | None:
    """Which columns of a form tell a problem; None where its rows are no problems."""
    standing = catalogue_files.in_force(_rules(), on=on)
    return standing["forms"].get(code) if standing else None


def enter(*, entry: Return, version: ReturnVersion, now: datetime) -> int:
    """Open an item for every row with problems; says how many rows. In the caller's transaction.

    The right was asked when the return was accepted. A row that was entered before, also by an
    earlier version, keeps its item.
    """
    rule = rule_for(entry.code, on=entry.period_end)
    if rule is None:
        return 0
    campaign = campaign_of(entry.organisation, entry.period_start, entry.period_end)
    found = 0
    for row in version.sheet(rule["sheet"]):
        problems, corrected = int(row.get(rule["found"]) or 0), int(row.get(rule["corrected"]) or 0)
        if problems:
            _open(entry, rule, row, campaign, left=problems > corrected, now=now)
            found += 1
    return found


def _open(
    entry: Return,
    rule: dict[str, Any],
    row: dict[str, Any],
    campaign: Campaign | None,
    *,
    left: bool,
    now: datetime,
) -> None:
    today = clock.day_of(now)
    due_on = _day(row.get(rule["due"]))
    if due_on is not None and due_on < today:
        # Done in time, evidence is still to come; not done, it is owed at once.
        due_on = today if left else None
    name = str(row.get(rule["key"]) or "")
    open_item(
        campaign=campaign,
        source_kind=rule["source"],
        source_ref=f"{entry.form.title} {name}"[:80],
        source_key=f"return:{entry.pk}:{name}"[:120],
        source_url=reverse("reporting:return", args=[entry.pk]),
        unit=entry.organisation,
        problem=str(row.get(rule["problem"]) or name),
        requirement=name,
        measure=str(row.get(rule["measure"]) or ""),
        due_on=due_on,
        due_rule=rule["rule"],
        by=None,
        now=now,
    )


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None
