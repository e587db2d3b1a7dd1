"""One event that many cases tell of: opened from a cluster, led by one unit, and closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import reduce

from django.db import IntegrityError, transaction
from django.db.models import Max, Min, Q
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints.matching.rules import Rules
from complaints.matching.scoring import Facts
from complaints.models import Case, Incident, IncidentMember
from complaints.privacy import spoken
from complaints.services.acting import add_event, locked
from complaints.workflow import REPORT
from core import audit, clock
from core.errors import Conflict, Refused

# What makes an event of many cases: everybody sits in the dark, or all have low voltage.
MATTERS = ("outage", "voltage")
# In one event; more are no longer read by anybody.
MOST = 500
TITLE, CONCLUSION = 120, 500
State = IncidentMember.State


def may_lead(place: Organisation | None, user: User) -> bool:
    """Whether the person decides on cases for the unit, or supervises it."""
    if place is None:
        return False
    houses = workplaces(user, Permission.CASE_DECIDE)
    mine = any(
        house.pk == place.pk or (house.is_company and place.path.startswith(house.path))
        for house in houses
    )
    return mine or user.may(Permission.CASE_SUPERVISE, place)


def refusal(incident: Incident, user: User) -> str:
    """Why the person may not change the event; empty when they may."""
    if not (may_lead(incident.organisation, user) or may_lead(incident.leading, user)):
        return _("事件由建立单位、牵头单位或监管机构办理。")
    return "" if incident.is_open else _("事件已经结束。")


@transaction.atomic
def open_incident(
    cases: Collection[Case],
    *,
    title: str,
    matter: str,
    leading: Organisation,
    by: User,
    now: datetime,
) -> Incident:
    """Join cases of one event. Raises ``Refused``, ``Conflict`` when one is in another event."""
    _ask(cases, title, by)
    if not may_lead(leading, by):
        raise Refused(_("牵头单位须在您的职责范围内。"))
    places = workplaces(by, Permission.CASE_DECIDE) or workplaces(by, Permission.CASE_SUPERVISE)
    first = min(cases, key=lambda case: case.received_at)
    incident = Incident(
        number=_number(now),
        title=_spoken(title, cases)[:TITLE],
        matter=matter,
        feeder=_common(case.feeder for case in cases),
        transformer_area=_common(case.transformer_area for case in cases),
        started_at=first.received_at,
        last_at=max(case.received_at for case in cases),
        opened_by=by,
        organisation=places[0],
        opened_at=now,
        leading=leading,
    )
    try:
        with transaction.atomic():
            incident.save(force_insert=True)
    except IntegrityError:
        raise Conflict(_("刚有其他事件建立，请再试一次。")) from None
    for case in sorted(cases, key=lambda case: case.pk):
        _join(incident, case, by=by, now=now)
    audit.record(
        "incident.open",
        incident,
        by=by,
        now=now,
        organisation=incident.organisation,
        cases=sorted(case.pk for case in cases),
    )
    return incident


def _ask(cases: Collection[Case], title: str, by: User) -> None:
    if len(cases) < 2:
        raise Refused(_("一个事件至少包括两件诉求。"))
    if len(cases) > MOST:
        raise Refused(_("一个事件最多包括%(most)d件诉求。") % {"most": MOST})
    if not title.strip() or len(title) > TITLE:
        raise Refused(_("请填写事件名称（最多%(limit)d个字）。") % {"limit": TITLE})
    if any(case.nature == REPORT for case in cases):
        raise Refused(_("举报不并入事件。"))


def _spoken(text: str, cases: Iterable[Case]) -> str:
    """Words about the event without what tells who one of its complainants is."""
    return reduce(spoken, cases, text.strip())


def _number(now: datetime) -> str:
    """A free number: the day, and a running number."""
    prefix = f"SJ-{now.astimezone(clock.ZONE):%Y%m%d}-"
    last = Incident.objects.filter(number__startswith=prefix).aggregate(last=Max("number"))["last"]
    return f"{prefix}{int(last.rpartition('-')[2]) + 1 if last else 1:04d}"


def _common(values: Iterable[str]) -> str:
    """What all that say something say alike."""
    said = {value for value in values if value}
    return said.pop() if len(said) == 1 else ""


@transaction.atomic
def add(incident: Incident, case: Case, *, by: User, now: datetime) -> None:
    """Put a case into the event, or confirm one that was proposed. Raises ``Refused``."""
    incident = _held(incident, by)
    if case.nature == REPORT:
        raise Refused(_("举报不并入事件。"))
    if incident.members.filter(state=State.CONFIRMED).count() >= MOST:
        raise Refused(_("一个事件最多包括%(most)d件诉求。") % {"most": MOST})
    _join(incident, case, by=by, now=now)
    _span(incident)
    audit.record("incident.add", incident, by=by, now=now, case=case.pk)


def _join(incident: Incident, case: Case, *, by: User, now: datetime) -> None:
    case = locked(case)
    standing = IncidentMember.objects.filter(case=case, state=State.CONFIRMED)
    if other := standing.select_related("incident").first():
        raise Conflict(
            _("诉求%(number)s已在事件%(incident)s中。")
            % {"number": case.number, "incident": other.incident.number}
        )
    IncidentMember.objects.update_or_create(
        incident=incident,
        case=case,
        defaults={"state": State.CONFIRMED, "by": by, "at": now},
    )
    _tell(incident, case, "incident", by=by, now=now)


@transaction.atomic
def remove(incident: Incident, case: Case, *, by: User, now: datetime) -> None:
    """Take a case out again, or reject one that was proposed. Raises ``Refused``, ``Conflict``."""
    incident = _held(incident, by)
    case = locked(case)
    member = incident.members.filter(case=case, state__in=IncidentMember.STANDING)
    was = member.values_list("state", flat=True).first()
    if not member.update(state=State.REMOVED, by=by, at=now):
        raise Conflict(_("该诉求不在事件中。"))
    if was == State.CONFIRMED:
        _tell(incident, case, "incident_out", by=by, now=now)
        _span(incident)
    audit.record("incident.remove", incident, by=by, now=now, case=case.pk)


@transaction.atomic
def lead(incident: Incident, leading: Organisation, *, by: User, now: datetime) -> None:
    """Name another leading unit. Raises ``Refused``."""
    incident = _held(incident, by)
    if not may_lead(leading, by):
        raise Refused(_("牵头单位须在您的职责范围内。"))
    Incident.objects.filter(pk=incident.pk).update(leading=leading)
    audit.record("incident.lead", incident, by=by, now=now, leading=leading.code)


@transaction.atomic
def close(incident: Incident, *, conclusion: str, by: User, now: datetime) -> None:
    """Say what came of it. The cases go on by their own procedures. Raises ``Refused``."""
    incident = _held(incident, by)
    if not conclusion.strip() or len(conclusion) > CONCLUSION:
        raise Refused(_("请填写处理情况（最多%(limit)d个字）。") % {"limit": CONCLUSION})
    incident.members.filter(state=State.PROPOSED).update(state=State.REMOVED, by=by, at=now)
    told_of = Case.objects.filter(memberships__incident=incident)
    Incident.objects.filter(pk=incident.pk).update(
        closed_at=now, closed_by=by, conclusion=_spoken(conclusion, told_of)[:CONCLUSION]
    )
    audit.record("incident.close", incident, by=by, now=now)


@transaction.atomic
def reopen(incident: Incident, *, by: User, now: datetime) -> None:
    """Go on with an event that was closed too early. Raises ``Refused``, ``Conflict``."""
    if not (may_lead(incident.organisation, by) or may_lead(incident.leading, by)):
        raise Refused(refusal(incident, by))
    closed = Incident.objects.filter(pk=incident.pk, closed_at__isnull=False)
    if not closed.update(closed_at=None, closed_by=None):
        raise Conflict(_("事件没有结束。"))
    audit.record("incident.reopen", incident, by=by, now=now)


def _held(incident: Incident, by: User) -> Incident:
    """The event as it stands, held until the end of the transaction. Raises ``Refused``."""
    rows = Incident.objects.select_for_update(of=("self",))
    held = rows.select_related("organisation", "leading").get(pk=incident.pk)
    if why_not := refusal(held, by):
        raise Refused(why_not)
    return held


def _span(incident: Incident) -> None:
    """From the first to the last case that stands in it."""
    times = Case.objects.filter(
        memberships__incident=incident, memberships__state=State.CONFIRMED
    ).aggregate(first=Min("received_at"), last=Max("received_at"))
    if times["first"]:
        Incident.objects.filter(pk=incident.pk).update(
            started_at=times["first"], last_at=times["last"]
        )


def _tell(incident: Incident, case: Case, what: str, *, by: User, now: datetime) -> None:
    add_event(
        case,
        what,
        at=now,
        by=by,
        organisation=incident.organisation,
        text=incident.number,
        data={"incident": incident.number},
    )
    Case.objects.filter(pk=case.pk).update(updated_at=now)


# --- By rule -------------------------------------------------------------------------------------


@transaction.atomic
def propose(found: Mapping[int, Facts], rules: Rules, *, now: datetime) -> int:
    """Propose new cases for open events under the same line at the same time; says how many."""
    suited = {
        pk: one
        for pk, one in found.items()
        if not one.report and (one.filed | one.told) & set(MATTERS)
    }
    if not suited:
        return 0
    rows = Case.objects.filter(pk__in=suited).exclude(transformer_area="", feeder="").order_by()
    places = {row[0]: row[1:] for row in rows.values_list("pk", "transformer_area", "feeder")}
    if not places:
        return 0
    areas = {area for area, _feeder in places.values() if area}
    feeders = {feeder for _area, feeder in places.values() if feeder}
    near = Q(transformer_area__in=areas) | Q(transformer_area="", feeder__in=feeders)
    before, after = rules.incident["before_hours"], rules.incident["after_hours"]
    members = [
        IncidentMember(incident=incident, case_id=pk, state=State.PROPOSED, at=now)
        for incident in Incident.objects.open().filter(near)
        for pk, place in places.items()
        if _fits(incident, suited[pk], *place, before=before, after=after)
    ]
    IncidentMember.objects.bulk_create(members, ignore_conflicts=True)
    return len(members)


def _fits(
    incident: Incident, one: Facts, area: str, feeder: str, *, before: int, after: int
) -> bool:
    here = (
        area == incident.transformer_area
        if incident.transformer_area
        else (bool(feeder) and feeder == incident.feeder)
    )
    early = (incident.started_at - one.received_at).total_seconds() > before * 3600
    late = (one.received_at - incident.last_at).total_seconds() > after * 3600
    about = incident.matter in one.filed | one.told
    return here and about and not early and not late
