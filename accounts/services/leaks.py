"""Reports of suspected leaks: anybody reports, the security post handles them (S2-6.1.3)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import leak_letters, leak_workflow, privacy, workflow
from accounts.leak_workflow import Act
from accounts.models import LeakEntry, LeakReport, Organisation, User
from accounts.permissions import Permission
from accounts.staff import people_of
from accounts.territory import national_regulator
from core import audit, clock, masking, outbox, sla, workdays
from core.errors import Conflict, Refused


@transaction.atomic
def report_leak(
    *,
    organisation: Organisation,
    kind: str,
    noticed_on: date,
    people_concerned: int | None,
    what: str,
    nonce: UUID,
    by: User,
    now: datetime,
) -> LeakReport:
    """Take a report in confidence; the security post is told that there is one, not what it says.

    The same form sent twice is one report. Raises ``Refused``.
    """
    # Numbers go up one by one, and the second of two equal forms finds the first.
    Organisation.objects.select_for_update(of=("self",)).get(pk=national_regulator().pk)
    if (known := LeakReport.objects.filter(nonce=nonce, reporter=by).first()) is not None:
        return known
    if noticed_on > clock.day_of(now):
        raise Refused(_("发现日期不能晚于今天。"))
    if not what.strip():
        raise Refused(_("请填写情况说明。"))
    rule, calendar = privacy.rule_on(clock.day_of(now)), workdays.calendar(now=now)
    accept = sla.due(now, rule.leak_accept, calendar=calendar)
    close = sla.due(now, rule.leak_close, calendar=calendar)
    report = LeakReport.objects.create(
        number=_next_number(clock.day_of(now)),
        nonce=nonce,
        organisation=organisation,
        kind=kind,
        noticed_on=noticed_on,
        people_concerned=people_concerned,
        what=what.strip(),
        reporter=by,
        reported_at=now,
        accept_due_at=accept.due_at,
        close_due_at=close.due_at,
        due_explanation=list(close.explanation),
    )
    # The trail says that a report came, not from whom nor from which address, which would say the
    # same: it is read by others than the post.
    with audit.coming_from(""):
        audit.record("leak.report", report, by=None, now=now, organisation=organisation)
    for person in handlers(organisation, on=clock.day_of(now)):
        if person.pk != by.pk:
            outbox.post(**leak_letters.reported(report, person), now=now)
    return report


def handlers(organisation: Organisation, *, on: date) -> list[User]:
    """The security post of a unit, else of the nearest unit above, else of the whole portal."""
    above = list(Organisation.objects.get_ancestors(organisation).order_by("-path"))
    for place in [organisation, *above]:
        if found := people_of(place, Permission.LEAK_HANDLE, on=on):
            return found
    return people_of(national_regulator(), Permission.LEAK_HANDLE, on=on)


def refusal(report: LeakReport, act: Act, *, by: User) -> str:
    """Why the person may not do this to a report now; empty when they may."""
    measures = report.entries.filter(act=Act.MEASURE).count() if act is Act.CLOSE else 0
    own = report.reporter_id == by.pk
    return leak_workflow.refusal(act, report.state, own=own, measures=measures)


@transaction.atomic
def handle_leak(
    *, report: LeakReport, act: Act, text: str, by: User, now: datetime, seen: str = ""
) -> LeakReport:
    """One act of the security post. ``seen``: in which state the page showed it. Raises
    ``Refused``."""
    found = LeakReport.objects.select_for_update(of=("self",)).select_related("organisation")
    report = found.get(pk=report.pk)
    workflow.require(by, Permission.LEAK_HANDLE, report.organisation)
    if seen and seen != report.state:
        raise Conflict(_("该报告的状态已经变化，请刷新页面后再办理。"))
    if why_not := refusal(report, act, by=by):
        raise Refused(why_not)
    if act is not Act.ACCEPT and not text.strip():
        raise Refused(_("请填写内容。"))
    if act is Act.MEASURE and report.entries.filter(by=by, at=now, act=act).exists():
        raise Conflict(_("该措施已经登记。"))
    LeakEntry.objects.create(report=report, act=act, at=now, by=by, text=text.strip())
    if target := leak_workflow.MOVES[act].target:
        report.state = target
        if act is Act.ACCEPT:
            report.accepted_at = now
        else:
            report.closed_at = now
        report.save(update_fields=["state", "accepted_at", "closed_at"])
    audit.record(f"leak.{act.value}", report, by=by, now=now, organisation=report.organisation)
    return report


@transaction.atomic
def reveal_reporter(*, report: LeakReport, purpose: str, by: User, now: datetime) -> str:
    """Who reported it, for a stated purpose and with a trace. Raises ``Refused``."""
    workflow.require(by, Permission.LEAK_HANDLE, report.organisation)
    return masking.reveal(
        report, "reporter", by=by, now=now, purpose=purpose, organisation=report.organisation
    )


def _next_number(day: date) -> str:
    """LK-2011-0001 and on, by year."""
    begin = f"LK-{day.year}-"
    numbers = LeakReport.objects.filter(number__startswith=begin)
    last = numbers.order_by("-number").values_list("number", flat=True).first()
    return f"{begin}{int(last[len(begin) :]) + 1 if last else 1:04d}"
