"""What the regulator does with an item: guide, urge, check, write off, look back, open again.

Source: campaign plan 五(二) (S1-5.2c), 三(六)1 (S1-3.3.6(1)b); reopening by a new complaint.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import IO

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from campaign import rules
from campaign.models import RectificationItem
from campaign.rectification_workflow import ItemMove, ItemState, Side
from campaign.services.rectification import deadline
from campaign.services.rectification_moves import Changes, move
from complaints.matching import plain
from complaints.models import Case
from core import clock, outbox, sla, workdays
from core.errors import Refused

COMPLAINT = "complaint"
PROVEN = ("substantiated", "partly")
# What is told anew with another round of the work.
AGAIN: Changes = {
    "reported_at": None,
    "reported_by": None,
    "verified_at": None,
    "verified_by": None,
    "closed_at": None,
    "closed_by": None,
    "look_back_due_at": None,
    "looked_back_at": None,
    "reminded_at": None,
    "overdue_told_at": None,
}


def comment(*, item: RectificationItem, text: str, by: User, now: datetime) -> RectificationItem:
    """Guide the unit. Raises ``Refused``."""
    return move(item, ItemMove.COMMENT, by=by, now=now, text=text, needs_text=True, tells=Side.UNIT)


def urge(*, item: RectificationItem, text: str, by: User, now: datetime) -> RectificationItem:
    """Urge the unit, and whoever answers for the item. Raises ``Refused``."""
    return move(
        item,
        ItemMove.URGE,
        by=by,
        now=now,
        text=text,
        prepare=lambda standing: {"urge_count": standing.urge_count + 1},
        tells=Side.UNIT,
    )


def verify(
    *,
    item: RectificationItem,
    text: str,
    by: User,
    now: datetime,
    uploads: Sequence[IO[bytes]] = (),
) -> RectificationItem:
    """Somebody else has seen that it is done. Raises ``Refused``."""
    return move(
        item,
        ItemMove.VERIFY,
        by=by,
        now=now,
        text=text,
        uploads=uploads,
        needs_text=True,
        prepare=lambda _standing: {"verified_at": now, "verified_by": by},
        tells=Side.UNIT,
    )


def send_back(
    *, item: RectificationItem, text: str, by: User, now: datetime, due_on: date | None = None
) -> RectificationItem:
    """It is not done, or not well; with another day where one is named. Raises ``Refused``."""

    def prepare(standing: RectificationItem) -> Changes:
        again = {**AGAIN, "return_count": standing.return_count + 1, "percent": 0}
        return again | (_new_day(standing, due_on, gettext_noop("退回整改"), now) if due_on else {})

    return move(
        item,
        ItemMove.RETURN,
        by=by,
        now=now,
        text=text,
        needs_text=True,
        prepare=prepare,
        tells=Side.UNIT,
    )


def close(*, item: RectificationItem, text: str, by: User, now: datetime) -> RectificationItem:
    """Write it off; the rule says when somebody looks again. Raises ``Refused``."""

    def prepare(standing: RectificationItem) -> Changes:
        if why_not := close_refusal(standing, by=by, now=now):
            raise Refused(why_not)
        return {"closed_at": now, "closed_by": by, "look_back_due_at": _look_back(standing, now)}

    return move(item, ItemMove.CLOSE, by=by, now=now, text=text, prepare=prepare, tells=Side.UNIT)


def close_refusal(item: RectificationItem, *, by: User, now: datetime) -> str:
    """Why the person who checked the item may not write it off; empty where they may.

    To accept and to write off are one act of the office in the plan, and neither is done by who did
    the work; an office whose own rules part the two lays that down.
    """
    if item.verified_by_id != by.pk:
        return ""
    sheet = rules.sheet("rect_second_close", item.regulator, on=clock.day_of(now))
    if sheet is None or not sheet.values["rect_second_close"]:
        return ""
    return _("核查人不能办理自己核查事项的销号，请由另一人办理。")


def _look_back(item: RectificationItem, now: datetime) -> datetime | None:
    today = clock.day_of(now)
    sheet = rules.sheet("rect_look_back_days", item.regulator, on=today)
    if sheet is None:
        return None
    days = sla.Allowance(sheet.values["rect_look_back_days"], sla.Unit.CALENDAR_DAYS)
    return sla.due(now, days, calendar=workdays.calendar(now=now)).due_at


@transaction.atomic
def look_back(
    *,
    item: RectificationItem,
    kept: bool,
    text: str,
    by: User,
    now: datetime,
    due_on: date | None = None,
    uploads: Sequence[IO[bytes]] = (),
) -> RectificationItem:
    """A second look after the write-off; what did not last is opened again, both or neither.

    Raises ``Refused``.
    """

    def prepare(standing: RectificationItem) -> Changes:
        if standing.looked_back_at is not None:
            raise Refused(_("该事项已经“回头看”。"))
        return {"looked_back_at": now}

    item = move(
        item,
        ItemMove.LOOK_BACK,
        by=by,
        now=now,
        text=text,
        uploads=uploads,
        needs_text=True,
        prepare=prepare,
        lasting=kept,
    )
    return item if kept else reopen(item=item, text=text, due_on=due_on, by=by, now=now)


def reopen(
    *,
    item: RectificationItem,
    text: str,
    by: User | None,
    now: datetime,
    due_on: date | None = None,
    case: Case | None = None,
) -> RectificationItem:
    """Begin again, with a new day. ``by=None``: by the rule, for a new complaint (``case``).

    Raises ``Refused``.
    """

    def prepare(standing: RectificationItem) -> Changes:
        day = _new_day(standing, due_on, gettext_noop("重新整改"), now)
        count = standing.reopen_count + 1
        return {**AGAIN, "reopen_count": count, "percent": 0, **day, "first_due_at": day["due_at"]}

    data = {"case": case.pk, "case_number": case.number} if case is not None else {}
    return move(
        item,
        ItemMove.REOPEN,
        by=by,
        now=now,
        text=text,
        needs_text=by is not None,
        prepare=prepare,
        tells=Side.UNIT,
        **data,
    )


def _new_day(item: RectificationItem, due_on: date | None, why: str, now: datetime) -> Changes:
    due = deadline(item.regulator, due_on, why, now=now)
    return {
        "due_at": due.due_at,
        "due_provisional": due.provisional,
        "due_explanation": list(due.explanation),
    }


def withdraw(*, item: RectificationItem, text: str, by: User, now: datetime) -> RectificationItem:
    """Take out what should not have entered; it stays on record. Raises ``Refused``."""
    return move(
        item, ItemMove.WITHDRAW, by=by, now=now, text=text, needs_text=True, tells=Side.UNIT
    )


# -- new complaints --------------------------------------------------------------------------------


def proven(keys: Sequence[int]) -> list[Case]:
    """Of these cases the complaints found true whose line or transformer area is known."""
    cases = Case.objects.filter(pk__in=keys, nature=COMPLAINT, outcome__in=PROVEN)
    placed = cases.exclude(feeder="", transformer_area="")
    # Of a batch hardly any: asked first without what is read with them.
    if not placed.exists():
        return []
    return list(placed.select_related("organisation", "holder").order_by("pk"))


def struck(case: Case, *, now: datetime) -> list[RectificationItem]:
    """Items written off for the same line or area of the same company, which the complaint strikes.

    It counts when it was received after the write-off and within the office's set days.
    """
    area, feeder = plain.place_name(case.transformer_area), plain.place_name(case.feeder)
    same = Q(pk__in=())
    same |= Q(area_key=area) if area else Q()
    same |= Q(feeder_key=feeder) if feeder else Q()
    closed = RectificationItem.objects.filter(
        same, state=ItemState.CLOSED, closed_at__lt=case.received_at
    )
    company = (case.organisation or case.holder).path
    return [
        item
        for item in closed.select_related("unit", "regulator").order_by("pk")
        if (item.unit.path.startswith(company) or company.startswith(item.unit.path))
        and _within(item, case, now)
    ]


def _within(item: RectificationItem, case: Case, now: datetime) -> bool:
    assert item.closed_at is not None
    closed_on = clock.day_of(item.closed_at)
    sheet = rules.sheet("rect_reopen_days", item.regulator, on=closed_on)
    if sheet is None:
        return False
    last = sla.day_end(closed_on + timedelta(days=sheet.values["rect_reopen_days"]))
    return case.received_at <= last


def notice_cases(keys: Sequence[int], *, now: datetime) -> None:
    """Cases were closed: where one strikes an item, a job opens it again."""
    if not RectificationItem.objects.filter(state=ItemState.CLOSED).exists():
        return
    for case in proven(keys):
        if struck(case, now=now):
            outbox.post(
                key=f"rectification-reopen-{case.pk}-{case.reopen_count}",
                channel="job",
                kind="campaign.reopen_items",
                payload={"case": case.pk},
                now=now,
            )


def reopen_struck(case_pk: int, *, now: datetime) -> int:
    """Open again what a proven complaint strikes; says how many."""
    found = 0
    for case in proven([case_pk]):
        for item in struck(case, now=now):
            text = _("同一线路或台区再次发生属实投诉（%(number)s）。") % {"number": case.number}
            reopen(item=item, text=text, by=None, now=now, case=case)
            found += 1
    return found
