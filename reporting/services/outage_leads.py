"""Unannounced outages: found by a round among what callers say, accepted or dismissed by a
regulator.

Source: campaign plan 四(二) (S1-4.2g), 三(三)3 (S1-3.3.1(3)b).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Organisation
from campaign.services import rectification_entering
from complaints.models import Case
from complaints.workflow import REPORT
from core import audit, clock
from core.errors import Conflict, Refused
from reporting import ledger_sources
from reporting.models import OutageLead, OutageNotice, OutageRule
from reporting.models.outage import DARK, EMERGENCIES
from reporting.outages import detecting
from reporting.outages.calls import Call, Lead, Notice, Settings, area_name, line_name, street_of
from reporting.outages.covering import covering
from reporting.services import proposals

if TYPE_CHECKING:
    from accounts.models import User

State = OutageLead.State
CODE, CLAUSE = "detect", "S1-2.1.1g"
# Power was off so long before the call at most; an older time belongs to something else.
BEFORE_CALL = timedelta(hours=6)
RELATED = ("organisation", "owner")


def rule_on(moment: datetime) -> OutageRule | None:
    """The stored rule of the day."""
    day = clock.day_of(moment)
    return OutageRule.objects.in_force(on=day).filter(code=CODE).first()


# --- What is looked at ----------------------------------------------------------------------------


def call_of(case: Case, settings: Settings) -> Call | None:
    """What the detection needs of a case; None where it does not say that power is off now."""
    unit = next((one for one in (case.organisation, case.owner) if one and one.is_company), None)
    if unit is None or not settings.says_no_power(case.content, case.category):
        return None
    return Call(
        key=case.pk,
        at=off_since(case),
        unit=unit.path,
        caller=case.account_index or case.phone_index or f"case:{case.pk}",
        feeder=line_name(case.feeder),
        area=area_name(case.transformer_area),
        street=street_of(case.address),
    )


def off_since(case: Case) -> datetime:
    """When power went off as the repair says, else when somebody called."""
    known = [one.interrupted_at for one in case.repairs.all() if one.interrupted_at]
    begun = min(known, default=case.received_at)
    told = case.received_at
    return begun if told - BEFORE_CALL <= begun <= told else told


def notice_of(row: OutageNotice, unit: str, *, typed: bool = False) -> Notice:
    """What the detection needs of a notice of a unit (its path).

    It counts as known from when the portal had it, whatever time was typed; ``typed``: from that.
    """
    began = row.actual_start or row.planned_start
    told = row.published_at or (row.created_at if row.kind in AFTERWARDS else None)
    if told is not None and not typed:
        told = max(filter(None, (told, row.created_at, row.counts_from, row.told_first)))
    return Notice(
        key=row.pk,
        unit=unit,
        start=min(began, row.planned_start),
        end=max(row.planned_end, row.actual_end or row.planned_end),
        published_at=told,
        lines=frozenset(map(line_name, row.lines)),
        areas=frozenset(map(area_name, row.transformer_areas)),
        text=row.words,
        fault=row.kind in AFTERWARDS,
        cancelled=row.state == OutageNotice.State.CANCELLED,
    )


# Kinds that come unforeseen: registered in time, they count as told of.
AFTERWARDS = EMERGENCIES


def calls_between(
    rule: dict[str, Any], settings: Settings, since: datetime, until: datetime
) -> list[Call]:
    """Calls of a window, oldest first."""
    cases = (
        Case.objects.filter(
            received_at__gte=since, received_at__lt=until, category__in=rule["categories"]
        )
        .exclude(nature=REPORT)
        .filter(merged_into__isnull=True)
        .select_related(*RELATED)
        .prefetch_related("repairs")
        .order_by("received_at", "pk")
    )
    found = (call_of(case, settings) for case in cases.iterator(chunk_size=1000))
    return [call for call in found if call is not None]


def notices_between(since: datetime, until: datetime) -> list[OutageNotice]:
    """Notices about a window or near it; of work by other methods nobody is off."""
    rows = OutageNotice.objects.filter(
        DARK, planned_start__lt=until + timedelta(days=1), planned_end__gt=since - timedelta(days=1)
    ).exclude(kind=OutageNotice.Kind.ARREARS)
    return list(rows.select_related("organisation"))


# --- The round ------------------------------------------------------------------------------------


def detect(*, now: datetime) -> int:
    """Make leads of what the last hours show and says how many are new. Safe to run twice: a lead
    that stands takes further calls up, one that was decided is left alone."""
    rule = rule_on(now)
    if rule is None:
        return 0
    settings = Settings.of(rule.content)
    since = now - timedelta(hours=rule.content["look_back"])
    if not (calls := calls_between(rule.content, settings, since, now)):
        return 0
    rows = notices_between(since, now)
    notices = [notice_of(row, row.organisation.path) for row in rows]
    leads = detecting.detect(calls, notices, settings)
    settled = now - timedelta(minutes=rule.content["settle"])
    # What a notice that came in only afterwards says of itself is for whoever looks into the lead.
    believed = [notice_of(row, row.organisation.path, typed=True) for row in rows]
    made = 0
    with transaction.atomic():
        known = _known(calls)
        for lead in leads:
            standing = {known[call.key] for call in lead.calls if call.key in known}
            if standing:
                _extend(standing, lead)
            elif lead.first <= settled:
                told = covering(lead.calls, believed, settings)
                _make(lead, rule, told, now=now)
                made += 1
        _told_later(calls, known, believed, settings)
    return made


def _known(calls: Sequence[Call]) -> dict[int, int]:
    """Case → lead in which it stands."""
    through = OutageLead.cases.through.objects.filter(case__in=[call.key for call in calls])
    return dict(through.values_list("case_id", "outagelead_id"))


def _make(lead: Lead, rule: OutageRule, told: int | None, *, now: datetime) -> OutageLead:
    unit = Organisation.objects.get(path=lead.unit)
    made = OutageLead.objects.create(
        organisation=unit,
        level=lead.level,
        place=shown_place(lead),
        starts_at=lead.first,
        ends_at=lead.last,
        count=len(lead.calls),
        callers=lead.callers,
        nearest=[[one.key, one.why] for one in lead.nearest],
        rule=rule,
        told_later_id=told,
        created_at=now,
    )
    made.cases.set([call.key for call in lead.calls])
    return made


def shown_place(lead: Lead) -> str:
    """The place as the calls write it: the spelling that most of them have."""
    if lead.level == OutageLead.Place.ADDRESS:
        return lead.place[:120]
    field = "feeder" if lead.level == OutageLead.Place.FEEDER else "transformer_area"
    named = {"feeder": line_name, "transformer_area": area_name}[field]
    rows = Case.objects.filter(pk__in=[call.key for call in lead.calls])
    said = [text for text in rows.values_list(field, flat=True) if named(text) == lead.place]
    return max(sorted(set(said)), key=said.count, default=lead.place)[:120]


def _extend(standing: set[int], lead: Lead) -> None:
    """Let an open lead take up what came since."""
    rows = OutageLead.objects.select_for_update(of=("self",))
    found = rows.filter(pk__in=standing, state=State.OPEN).order_by("pk").first()
    if found is None or (found.count, found.ends_at) == (len(lead.calls), lead.last):
        return
    found.starts_at, found.ends_at = min(found.starts_at, lead.first), lead.last
    found.count, found.callers = len(lead.calls), lead.callers
    found.nearest = [[one.key, one.why] for one in lead.nearest]
    found.save(update_fields=["starts_at", "ends_at", "count", "callers", "nearest"])
    found.cases.set([call.key for call in lead.calls])


def _told_later(
    calls: Sequence[Call],
    known: dict[int, int],
    notices: Sequence[Notice],
    settings: Settings,
) -> None:
    """Name on open leads the notice that was filed since and covers them."""
    its: dict[int, list[Call]] = {}
    for call in calls:
        if call.key in known:
            its.setdefault(known[call.key], []).append(call)
    open_ = OutageLead.objects.filter(state=State.OPEN, told_later__isnull=True)
    for lead in open_.filter(pk__in=its):
        if notice := covering(its[lead.pk], notices, settings):
            lead.told_later_id = notice
            lead.save(update_fields=["told_later"])


# --- Decisions ------------------------------------------------------------------------------------


@transaction.atomic
def accept(*, lead: OutageLead, reason: str = "", by: User, now: datetime) -> OutageLead:
    """Take it for an unannounced outage: it becomes a proposal of a finding.

    Raises ``Refused``, ``Conflict``.
    """
    lead = _to_decide(lead, by=by)
    reason = proposals.given(reason, required=False)
    with translation.override("zh-hans"):
        title, facts = _words(lead)
    lead.proposal = proposals.propose(
        source="lead",
        key=f"outage-lead:{lead.pk}",
        organisation=lead.organisation,
        clause=CLAUSE,
        title=title,
        facts=facts,
        url=reverse("reporting:outage_lead", args=[lead.pk]),
        by=by,
        now=now,
    )
    rectification_entering.offer(ledger_sources.of_proposal(lead.proposal), now=now)
    return _decided(lead, State.ACCEPTED, reason, by=by, now=now)


@transaction.atomic
def dismiss(*, lead: OutageLead, reason: str, by: User, now: datetime) -> OutageLead:
    """It was none, and why. Raises ``Refused``, ``Conflict``."""
    lead = _to_decide(lead, by=by)
    reason = proposals.given(reason, required=True)
    return _decided(lead, State.DISMISSED, reason, by=by, now=now)


def _to_decide(lead: OutageLead, *, by: User) -> OutageLead:
    rows = OutageLead.objects.select_for_update(of=("self",)).select_related("organisation")
    lead = rows.get(pk=lead.pk)
    if why_not := proposals.refusal(lead.organisation, by=by):
        raise Refused(why_not)
    if lead.state != State.OPEN:
        raise Conflict(_("该线索已经处理，请刷新页面。"))
    return lead


def _decided(lead: OutageLead, state: str, reason: str, *, by: User, now: datetime) -> OutageLead:
    lead.state, lead.reason, lead.decided_by, lead.decided_at = state, reason, by, now
    lead.save(update_fields=["state", "reason", "proposal", "decided_by", "decided_at"])
    audit.record(
        "outage_lead.accept" if state == State.ACCEPTED else "outage_lead.dismiss",
        lead,
        by=by,
        now=now,
        organisation=lead.organisation,
        reason=reason,
    )
    return lead


def _words(lead: OutageLead) -> tuple[str, str]:
    words = {
        "unit": lead.organisation.name,
        "place": lead.place,
        "first": clock.written(lead.starts_at),
        "last": clock.written(lead.ends_at),
        "count": lead.count,
        "callers": lead.callers,
    }
    title = _("%(unit)s%(place)s疑似未公告停电") % words
    facts = _(
        "%(first)s至%(last)s，%(place)s有%(callers)d人、%(count)d件诉求反映停电，"
        "未找到覆盖该处该时段的停限电公告。"
    )
    return title, facts % words
