"""The rectification ledger: what opens an item, and what its unit does about it.

Source: campaign plan 三(六)1, 五(二), 五(四) (S1-3.3.6(1)b, S1-5.2a, S1-5.4c).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Organisation, User
from accounts.territory import regulator_for
from campaign import rectification_letters, rules
from campaign import rectification_workflow as workflow
from campaign.models import (
    Campaign,
    Participant,
    RectificationEntry,
    RectificationItem,
)
from campaign.people import people_of
from campaign.rectification_workflow import ItemMove
from campaign.scope import works_for
from campaign.services.livelihood import tag_by_rule
from complaints.matching import plain
from core import audit, clock, masking, outbox, sla, workdays
from core.errors import Refused
from core.locking import held

FILE_PURPOSE = "rectification"
LONGEST_TEXT = 4000
# No date of a ledger lies farther ahead.
LONGEST_TERM = timedelta(days=5 * 366)
Source = RectificationItem.Source


@transaction.atomic
def open_item(
    *,
    campaign: Campaign | None,
    source_kind: str,
    source_ref: str,
    unit: Organisation,
    problem: str,
    requirement: str = "",
    measure: str = "",
    due_on: date | None = None,
    due_rule: str = "",
    basis: str = "",
    feeder: str = "",
    transformer_area: str = "",
    source_key: str = "",
    source_url: str = "",
    articles: Iterable[str] = (),
    by: User | None,
    now: datetime,
) -> RectificationItem:
    """Enter one problem of a company into the ledger; its people are told.

    ``source_kind`` is one of ``RectificationItem.Source``, ``source_ref`` the number by which the
    source is known to people. With a ``source_key`` (say ``inspection-finding:7``) the same source
    opens one item only: the item that stands is returned. Without ``due_on`` the rule
    ``rect_due_days`` of the office counts; ``due_rule`` names the clause or document that sets the
    day; ``measure`` is what the unit itself has said it will do; by the codes of cited ``articles``
    the tag 民生 is set. ``by=None`` is the system, or another app that has asked for the right
    itself. Raises ``Refused``.
    """
    if source_key:
        standing = RectificationItem.objects.filter(source_kind=source_kind, source_key=source_key)
        if (found := standing.first()) is not None:
            return found
    today = clock.day_of(now)
    regulator = supervisor_of(unit, campaign, on=today)
    why_not = open_refusal(regulator, campaign, by=by) if by is not None else ""
    _check_opening(source_kind, unit, problem, why_not)
    due = deadline(regulator, due_on, due_rule, now=now)
    # Numbers of an office go up one by one.
    Organisation.objects.select_for_update(of=("self",)).only("pk").get(pk=regulator.pk)
    item = RectificationItem.objects.create(
        campaign=campaign,
        number=_next_number(regulator, today),
        source_kind=source_kind,
        source_ref=source_ref.strip()[:80],
        source_key=source_key,
        source_url=source_url,
        unit=unit,
        regulator=regulator,
        problem=clean(problem),
        requirement=clean(requirement),
        measure=clean(measure),
        basis=basis.strip()[:300],
        feeder=feeder.strip()[:60],
        transformer_area=transformer_area.strip()[:60],
        feeder_key=plain.place_name(feeder)[:60],
        area_key=plain.place_name(transformer_area)[:60],
        opened_at=now,
        opened_by=by,
        first_due_at=due.due_at,
        due_at=due.due_at,
        due_provisional=due.provisional,
        due_explanation=list(due.explanation),
    )
    tag_by_rule(item, articles=articles, now=now)
    told = {"due_at": due.due_at.isoformat()}
    entry = note(item, ItemMove.OPENED, by=by, organisation=regulator, now=now, **told)
    audit.record(
        "rectification.open",
        item,
        by=by,
        now=now,
        organisation=regulator,
        number=item.number,
        source=source_kind,
        unit=unit.code,
        due_on=clock.day_of(due.due_at).isoformat(),
    )
    tell(item, entry, workflow.Side.UNIT, by=by, now=now)
    return item


@transaction.atomic
def open_items(
    *, units: Iterable[Organisation], by: User | None, now: datetime, **said: Any
) -> list[RectificationItem]:
    """The same problem or requirement for several units, one item each, all or none (S1-5.4c).

    ``said`` is what ``open_item`` takes. Raises ``Refused``.
    """
    listed = list(units)
    if not listed:
        raise Refused(_("请选择整改单位。"))
    return [open_item(unit=unit, by=by, now=now, **said) for unit in listed]


def supervisor_of(unit: Organisation, campaign: Campaign | None, *, on: date) -> Organisation:
    """Who checks the unit: as laid down for the campaign, else the regulator of its territory."""
    if campaign is not None:
        parts = campaign.participants.filter(
            part=Participant.Part.EXECUTOR, supervisor__isnull=False
        ).select_related("organisation", "supervisor")
        above = [one for one in parts if unit.path.startswith(one.organisation.path)]
        if above and (found := max(above, key=lambda one: one.organisation.depth).supervisor):
            return found
    return regulator_for(unit, on)[0]


def open_refusal(regulator: Organisation, campaign: Campaign | None, *, by: User) -> str:
    """Why the person may not enter problems; empty when they may.

    The office that checks the unit does, and the one that issued the campaign.
    """
    offices = [regulator, *([campaign.issuing_organisation] if campaign else [])]
    if any(works_for(by, workflow.MANAGE, office) for office in offices):
        return ""
    return _("由%(name)s的人员列入台账。") % {"name": regulator}


def _check_opening(kind: str, unit: Organisation, problem: str, why_not: str) -> None:
    if kind not in Source.values:
        raise Refused(_("没有这种来源。"))
    if not unit.is_company:
        raise Refused(_("整改单位须是供电企业。"))
    if not problem.strip():
        raise Refused(_("请填写存在问题。"))
    if why_not:
        raise Refused(why_not)


def deadline(office: Organisation, due_on: date | None, rule: str, *, now: datetime) -> sla.Due:
    """The end of the day named, or so many days as the office's rule gives. Raises ``Refused``."""
    calendar = workdays.calendar(now=now)
    today = clock.day_of(now)
    if due_on is not None:
        if not today <= due_on <= today + LONGEST_TERM:
            raise Refused(_("整改期限应在今天之后，且不超过五年。"))
        return sla.fixed(due_on, calendar=calendar, rule=rule or gettext_noop("列入台账时确定"))
    sheet = rules.sheet("rect_due_days", office, on=today)
    if sheet is None:
        raise Refused(_("请填写整改期限。"))
    days = sla.Allowance(
        sheet.values["rect_due_days"],
        sla.Unit.CALENDAR_DAYS,
        document=rules.source_of(sheet) if sheet.organisation else sheet.note,
    )
    return sla.due(now, days, calendar=calendar)


def _next_number(regulator: Organisation, today: date) -> str:
    """NF-2011-0001 and on, by office and year (the office is held)."""
    begin = f"{regulator.code.rpartition('-')[2]}-{today.year}-"
    numbers = RectificationItem.objects.filter(regulator=regulator, number__startswith=begin)
    last = max(
        (int(one[len(begin) :]) for one in numbers.values_list("number", flat=True)), default=0
    )
    return f"{begin}{last + 1:04d}"


def clean(text: str) -> str:
    """A text as it is kept: telephone numbers and the like are no part of a ledger.

    Raises ``Refused`` where it is too long.
    """
    text = text.strip()
    if len(text) > LONGEST_TEXT:
        raise Refused(_("内容过长（最多%(limit)d个字）。") % {"limit": LONGEST_TEXT})
    return masking.mask_text(text)


def note(
    item: RectificationItem,
    act: str,
    *,
    by: User | None,
    organisation: Organisation | None,
    now: datetime,
    text: str = "",
    percent: int | None = None,
    kept: Iterable[Any] = (),
    **data: Any,
) -> RectificationEntry:
    """One more line of the timeline (the item is held)."""
    entry = RectificationEntry.objects.create(
        item=item,
        act=act,
        at=now,
        by=by,
        organisation=organisation,
        text=text,
        percent=percent,
        data=data,
    )
    entry.files.set(kept)
    return entry


def tell(
    item: RectificationItem,
    entry: RectificationEntry,
    side: str,
    *,
    by: User | None,
    now: datetime,
) -> None:
    """Write to the people of a side, each once, the actor left out."""
    people = {one.pk: one for one in called(item, side, now=now)}
    if by is not None:
        people.pop(by.pk, None)
    for person in people.values():
        outbox.post_all(rectification_letters.happened(item, entry, person), now=now)


def called(item: RectificationItem, side: str, *, now: datetime) -> list[User]:
    """The people of a side: who carries it out with whoever answers for it, or who checks it."""
    on = clock.day_of(now)
    if side == workflow.Side.REGULATOR:
        return people_of(item.regulator, workflow.MANAGE, on=on)
    people: dict[int, User] = {}
    for place in filter(None, (item.unit, item.responsible_unit)):
        people |= {one.pk: one for one in people_of(place, workflow.HANDLE, on=on)}
    if item.responsible_person is not None and item.responsible_person.is_active:
        people[item.responsible_person.pk] = item.responsible_person
    return list(people.values())


def locked(item: RectificationItem) -> RectificationItem:
    """The item as it stands now, held until the end of the transaction."""
    related = ("unit", "regulator", "responsible_unit", "responsible_person", "campaign")
    return held(RectificationItem.objects.all(), item.pk, *related)
