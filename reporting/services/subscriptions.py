"""Reports by mail at set times: complete or not at all, and never silently not.

A subscription is a row with its next time. The tick claims it by moving that time on and posts one
job per occasion; the job counts, prints, and posts all letters in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from campaign.models import Campaign, Phase
from campaign.scope import works_for
from core import audit, clock, files, outbox
from core.errors import Refused
from core.models import StoredFile
from core.workdays import calendar
from reporting import chapters, documents
from reporting.models import FigureSnapshot, ReportTemplate, StageReport, Subscription
from reporting.notifications import report as wording
from reporting.services import addressees, snapshots
from reporting.services.papers import lay_down
from reporting.services.reports import build_refusal, template_for, title_of
from reporting.services.sending import files_of
from reporting.workflow.report import State

if TYPE_CHECKING:
    from accounts.models import Organisation, User

JOB = "report.subscription"
Rhythm = Subscription.Rhythm


@transaction.atomic
def subscribe(
    *,
    campaign: Campaign,
    phase: Phase,
    organisation: Organisation,
    title: str,
    content: str = Subscription.Content.PROGRESS,
    recipients: Iterable[Organisation] = (),
    people: Iterable[User] = (),
    rhythm: str,
    send_at: time,
    weekday: int | None = None,
    month_day: int | None = None,
    first_on: date | None = None,
    provinces: Iterable[str] = (),
    skip_if_empty: bool = True,
    by: User,
    now: datetime,
) -> Subscription:
    """Set up a subscription; ``first_on`` is the earliest day. Raises ``Refused``."""
    if why_not := build_refusal(organisation, by=by):
        raise Refused(why_not)
    offices, persons = list(recipients), list(people)
    _check_recipients(offices, persons, of=organisation)
    template = template_for(phase, organisation=organisation, now=now)
    subscription = Subscription(
        campaign=campaign,
        phase=phase,
        organisation=organisation,
        template_code=template.code,
        title=title.strip() or template.title,
        content=content,
        rhythm=rhythm,
        send_at=send_at,
        weekday=weekday,
        month_day=month_day,
        filters=list(provinces),
        skip_if_empty=skip_if_empty,
        created_by=by,
        created_at=now,
    )
    start = now
    if first_on is not None:
        start = max(now, clock.at(first_on) - timedelta(seconds=1))
    subscription.next_run_at = next_time(subscription, after=start)
    subscription.save()
    subscription.recipients.set(offices)
    subscription.people.set(persons)
    audit.record(
        "subscription.create",
        subscription,
        by=by,
        now=now,
        to=[one.code for one in offices],
        people=[one.pk for one in persons],
    )
    return subscription


def _check_recipients(offices: list[Organisation], people: list[User], *, of: Organisation) -> None:
    """Unissued figures go to regulators only; every address must be known."""
    if not offices and not people:
        raise Refused(_("请选择收件单位或收件人。"))
    if wrong := [str(one) for one in offices if not one.is_regulator]:
        raise Refused(
            _("进展情况只发送给监管机构，不能发送给：%(names)s。") % {"names": "、".join(wrong)}
        )
    if wrong := [str(one) for one in people if not addressees.may_read(one, of)]:
        raise Refused(_("以下人员无权查看阶段报告：%(names)s。") % {"names": "、".join(wrong)})
    if wrong := [str(one) for one in (*offices, *people) if not one.email]:
        raise Refused(_("以下收件方没有登记邮箱：%(names)s。") % {"names": "、".join(wrong)})


def next_time(subscription: Subscription, *, after: datetime) -> datetime | None:
    """The first instant after ``after`` that the rhythm names; None when there is none."""
    day = clock.day_of(after)
    days = calendar(now=after)
    for offset in range(400):
        candidate = day + timedelta(days=offset)
        at = datetime.combine(candidate, subscription.send_at, clock.ZONE)
        if at > after and _falls_on(subscription, candidate, days):
            return at
    return None


def _falls_on(subscription: Subscription, day: date, days: Any) -> bool:
    match subscription.rhythm:
        case Rhythm.WORKDAYS:
            return days.is_workday(day)
        case Rhythm.WEEKLY:
            return day.weekday() == subscription.weekday
        case Rhythm.MONTHLY:
            return day.day == subscription.month_day
        case _:
            return True


@transaction.atomic
def switch(*, subscription: Subscription, active: bool, by: User, now: datetime) -> Subscription:
    """Pause a subscription, or take it up again from now on. Raises ``Refused``."""
    subscription = Subscription.objects.select_for_update(of=("self",)).get(pk=subscription.pk)
    _may_manage(subscription, by=by)
    subscription.active = active
    subscription.next_run_at = next_time(subscription, after=now) if active else None
    subscription.save(update_fields=["active", "next_run_at"])
    audit.record("subscription.switch", subscription, by=by, now=now, active=active)
    return subscription


@transaction.atomic
def remove(*, subscription: Subscription, by: User, now: datetime) -> None:
    """Take a subscription away for good; the audit trail keeps what it was. Raises ``Refused``."""
    subscription = Subscription.objects.select_for_update(of=("self",)).get(pk=subscription.pk)
    _may_manage(subscription, by=by)
    audit.record(
        "subscription.unsubscribe",
        subscription,
        by=by,
        now=now,
        organisation=subscription.organisation,
        title=subscription.title,
        rhythm=subscription.rhythm,
        to=[one.code for one in subscription.recipients.all()],
        people=[one.pk for one in subscription.people.all()],
    )
    subscription.delete()


def _may_manage(subscription: Subscription, *, by: User) -> None:
    if not works_for(by, Permission.REPORT_EDIT, subscription.organisation):
        raise Refused(_("由%(office)s的编制人员管理。") % {"office": subscription.organisation})


def tick(*, now: datetime) -> int:
    """Post a job for each subscription whose time has come; says how many. Safe to run twice."""
    posted = 0
    for subscription in Subscription.objects.due(now=now).order_by("next_run_at"):
        posted += _claim(subscription, now=now)
    return posted


@transaction.atomic
def _claim(subscription: Subscription, *, now: datetime) -> bool:
    """Move the time on where it still stands; whoever does so posts the job.

    Times missed while nothing ran are made up for once, not once each.
    """
    at = subscription.next_run_at
    once = subscription.rhythm == Rhythm.ONCE
    following = None if once else next_time(subscription, after=now)
    mine = Subscription.objects.filter(pk=subscription.pk, next_run_at=at, active=True)
    if not mine.update(next_run_at=following, active=not once):
        return False
    occasion = _occasion_of(at)
    outbox.post(
        key=f"subscription:{subscription.pk}:{occasion}",
        channel="job",
        kind=JOB,
        payload={"subscription": subscription.pk, "occasion": occasion},
        now=now,
    )
    return True


def _occasion_of(at: datetime) -> str:
    return at.astimezone(clock.ZONE).strftime("%Y%m%dT%H%M%S")


def letter_key(subscription: Subscription, planned: datetime, address: str) -> str:
    """The key of the letter to one address for the occasion planned at a time."""
    return wording.subscribed_key(subscription, occasion=_occasion_of(planned), address=address)


def run(*, subscription: Subscription, occasion: str, now: datetime) -> str:
    """Send one occasion: all files to all addresses in one transaction, or nothing.

    Returns what happened, in words. A refusal is noted where people see it and told to whoever set
    the subscription up.
    """
    try:
        result = _send(subscription, occasion=occasion, now=now)
    except Refused as refused:
        note_failure(subscription=subscription, reason=str(refused), now=now, occasion=occasion)
        return str(refused)
    Subscription.objects.filter(pk=subscription.pk).update(
        last_run_at=now, last_result=result, last_error=""
    )
    return result


def failure_key(subscription: Subscription, planned: datetime, person: User) -> str:
    """The key of the notice to a keeper that nothing went out at the time planned."""
    occasion = _occasion_of(planned)
    return str(wording.not_sent(subscription, person, occasion=occasion, reason="")["key"])


def _send(subscription: Subscription, *, occasion: str, now: datetime) -> str:
    addresses = list(addressees.Addressees(subscription).on(clock.day_of(now)))
    if not addresses:
        raise Refused(addressees.nobody())
    why_not, _digest = judge(subscription, last_digest=subscription.last_digest, now=now)
    if why_not:
        return why_not
    # Counted and printed before the transaction, so that nobody waits for it.
    issued = subscription.content == Subscription.Content.ISSUED
    parcel = _issued(subscription) if issued else _progress(subscription, now=now)
    with transaction.atomic():
        _post(subscription, addresses, occasion, parcel, now=now)
        Subscription.objects.filter(pk=subscription.pk).update(last_digest=parcel.digest)
    return _("已发送给{count}个地址").format(count=len(addresses))


def judge(subscription: Subscription, *, last_digest: str, now: datetime) -> tuple[str, str]:
    """Why nothing is to be sent at ``now`` (empty when something is), and the digest of what is.

    ``last_digest`` is that of what was sent last. Writes nothing: the rehearsal asks it too.
    """
    if subscription.content == Subscription.Content.ISSUED:
        report = _issued_report(subscription)
        if report is None or report.snapshot is None:
            return _("还没有印发的报告，未发送"), ""
        digest, unchanged = _digest_of_issued(report), _("没有新印发的报告，未发送")
    else:
        asked = _asked(subscription, now=now)
        content = snapshots.count(**asked, now=now)
        digest, unchanged = _digest_of(content), _("与上次相同，未发送")
        telling = asked["template"].content.get("empty_without", "company.filed")
        if subscription.skip_if_empty and not content["figures"][telling]["value"]:
            return _("没有内容，未发送"), digest
    same = subscription.skip_if_empty and digest == last_digest
    return (unchanged if same else ""), digest


def _digest_of(content: Mapping[str, Any]) -> str:
    """What a progress report tells; the time of day on it does not make it news."""
    return snapshots.digest_of({name: content[name] for name in ("figures", "rows", "gaps")})


def _digest_of_issued(report: StageReport) -> str:
    """What an issued report tells. A correction may change words over the same figures: it is news
    to everybody who has the report it corrects."""
    assert report.snapshot is not None
    if report.corrects_id is None:
        return report.snapshot.digest
    return snapshots.digest_of({"corrects": report.corrects_id, "report": report.pk})


def _asked(subscription: Subscription, *, now: datetime) -> dict[str, Any]:
    """What is to be counted for a progress report."""
    day = clock.day_of(now)
    return {
        "campaign": subscription.campaign,
        "phase": subscription.phase,
        "organisation": subscription.organisation,
        "template": ReportTemplate.objects.current(
            subscription.template_code, on=day, organisation=subscription.organisation
        ),
        "provinces": subscription.filters,
    }


def _issued_report(subscription: Subscription) -> StageReport | None:
    issued = StageReport.objects.filter(
        campaign=subscription.campaign,
        phase=subscription.phase,
        organisation=subscription.organisation,
        template__code=subscription.template_code,
        state=State.ISSUED,
    ).select_related("snapshot", "current_version")
    return issued.order_by("-issued_at", "-pk").first()


@dataclass(frozen=True)
class Parcel:
    """What one occasion sends, ready before anything is written.

    ``printed`` files and their ``snapshot`` are to be kept; ``stored`` ones are kept already.
    """

    title: str
    as_of: str
    digest: str
    stored: Sequence[StoredFile] = ()
    snapshot: FigureSnapshot | None = None
    printed: Sequence[files.Received] = ()


def _progress(subscription: Subscription, *, now: datetime) -> Parcel:
    """A progress report, counted and printed now."""
    asked = _asked(subscription, now=now)
    template = asked["template"]
    snapshot = snapshots.counted(**asked, by=None, now=now)
    title = _("{title}（进展）").format(title=title_of(template, subscription.campaign))
    heads = documents.Heads(title=title, day=clock.day_of(now))
    made = documents.render(
        snapshot, chapters.first_words(template.content, snapshot.figures), heads
    )
    told = {"figures": snapshot.figures, "rows": snapshot.rows, "gaps": snapshot.gaps}
    return Parcel(
        title,
        snapshot.facts["text"]["as_of"],
        _digest_of(told),
        snapshot=snapshot,
        printed=list(lay_down(made, title=title).values()),
    )


def _issued(subscription: Subscription) -> Parcel:
    """The report issued last, as it was issued."""
    report = _issued_report(subscription)
    if report is None or report.snapshot is None:
        raise Refused(_("还没有印发的报告，未发送"))
    as_of = report.snapshot.facts["text"]["as_of"]
    return Parcel(report.title, as_of, _digest_of_issued(report), stored=files_of(report))


def _post(
    subscription: Subscription,
    addresses: list[str],
    occasion: str,
    parcel: Parcel,
    *,
    now: datetime,
) -> None:
    if parcel.snapshot is not None:
        snapshots.keep(parcel.snapshot)
    office = subscription.organisation
    stored = [*parcel.stored]
    stored += [files.enter(one, by=None, now=now, organisation=office) for one in parcel.printed]
    for address in addresses:
        letter = wording.subscribed(
            subscription,
            occasion=occasion,
            address=address,
            title=parcel.title,
            as_of=parcel.as_of,
            stored=stored,
        )
        outbox.post(**letter, now=now)


@transaction.atomic
def note_failure(
    *, subscription: Subscription, reason: str, now: datetime, occasion: str = ""
) -> None:
    """Nothing went out: say so on the subscription and tell whoever keeps it."""
    Subscription.objects.filter(pk=subscription.pk).update(
        last_run_at=now, last_result="", last_error=reason
    )
    occasion = occasion or _occasion_of(now)
    for person in addressees.keepers(subscription, now=now):
        letter = wording.not_sent(subscription, person, occasion=occasion, reason=reason)
        outbox.post(**letter, now=now)
    audit.record("subscription.failed", subscription, by=None, now=now, reason=reason)
