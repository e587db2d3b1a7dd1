"""Joint meetings of the hotlines: prepared with figures, issued, and followed to the end."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import works_for
from accounts.staff import people_of
from complaints import filters, naming, notifications
from complaints.models import Case, CaseLink, IncidentMember, JointMeeting, JointTask
from complaints.workflow import OF_OFFICES, REPORT, Source
from core import audit, clock, outbox
from core.errors import Conflict, Refused

# What in a text can be the number of a case, and how many of them are looked up.
NUMBER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{2,38}[A-Za-z0-9])")
MOST_CITED = 500
LIMITS = {"title": 100, "agenda": 5000, "minutes": 10000, "text": 300, "result": 500, "reason": 200}


def may_host(host: Organisation, user: User) -> bool:
    """Whether the person prepares joint meetings for the office."""
    return host.is_regulator and works_for(user, Permission.CASE_SUPERVISE, host)


def figures(
    user: User, first: date, last: date, parties: Collection[Organisation]
) -> dict[str, int]:
    """What of a period is on the table: cases about the parties, as far as the person sees them.

    The parties read it, so nothing counts that a company must not learn of: reports, and links to
    somebody who asked for secrecy.
    """
    start, end = clock.at(first), clock.at(last + timedelta(days=1))
    about = Q(pk__in=())
    for party in parties:
        about |= filters.of_unit(party.code)
    seen = Case.objects.visible_to(user).filter(about).exclude(nature=REPORT).counted()
    cases = seen.of_period(start, end)
    named = seen.filter(anonymous=False, confidential=False).order_by().values("pk")
    confirmed = CaseLink.objects.visible_to(user).filter(
        state=CaseLink.State.CONFIRMED,
        a__in=named,
        b__in=named,
        b__received_at__gte=start,
        b__received_at__lt=end,
    )
    events = IncidentMember.objects.filter(
        case__in=cases.order_by().values("pk"), state=IncidentMember.State.CONFIRMED
    )
    return {
        "offices": cases.filter(source__in=OF_OFFICES).count(),
        "h95598": cases.filter(source=Source.H95598).count(),
        "joint": confirmed.filter(kind=CaseLink.Kind.JOINT).count(),
        "repeat": confirmed.filter(kind=CaseLink.Kind.REPEAT).count(),
        "incidents": events.order_by().values("incident").distinct().count(),
        "open": cases.open().count(),
    }


@transaction.atomic
def prepare(
    *,
    host: Organisation,
    title: str,
    held_on: date,
    period: tuple[date, date],
    parties: Collection[Organisation],
    agenda: str,
    by: User,
    now: datetime,
) -> JointMeeting:
    """Enter a meeting with the figures of its period as they stand. Raises ``Refused``."""
    if not may_host(host, by):
        raise Refused(_("联席会商由监管机构召集。"))
    first, last = period
    if last < first:
        raise Refused(_("会商期间的止日早于起日。"))
    if not parties or any(not by.may(Permission.CASE_SUPERVISE, party) for party in parties):
        raise Refused(_("参加单位须为辖区内的供电企业。"))
    said = {"title": _said("title", title), "agenda": _said("agenda", agenda)}
    made = JointMeeting(
        host=host,
        title=said["title"],
        held_on=held_on,
        period_from=first,
        period_to=last,
        agenda=said["agenda"],
        created_by=by,
        created_at=now,
    )
    _check_nobody_named(made, parties, said, by=by)
    made.figures = figures(by, first, last, parties)
    made.save()
    made.parties.set(parties)
    audit.record("joint_meeting.prepare", made, by=by, now=now, organisation=host)
    return made


@transaction.atomic
def decide(
    meeting: JointMeeting,
    *,
    text: str,
    organisation: Organisation,
    due_on: date,
    by: User,
    now: datetime,
) -> JointTask:
    """Put down what was decided, before the minutes are issued. Raises ``Refused``."""
    meeting = _draft(meeting, by)
    if due_on < meeting.held_on:
        raise Refused(_("完成期限早于会议日期。"))
    parties = list(meeting.parties.all())
    theirs = any(organisation.path.startswith(party.path) for party in parties)
    if not theirs and organisation.pk != meeting.host_id:
        raise Refused(_("责任单位须为召集单位、参加单位或其下属单位。"))
    said = _said("text", text)
    _check_nobody_named(meeting, parties, {"text": said}, by=by)
    made = JointTask.objects.create(
        meeting=meeting, text=said, organisation=organisation, due_on=due_on
    )
    audit.record("joint_meeting.decide", meeting, by=by, now=now, task=made.pk)
    return made


@transaction.atomic
def withdraw(task: JointTask, *, by: User, now: datetime) -> None:
    """Strike out a decision before the minutes are issued. Raises ``Refused``."""
    meeting = _draft(task.meeting, by)
    if not JointTask.objects.filter(pk=task.pk).delete()[0]:
        raise Conflict(_("该事项已经删除。"))
    audit.record("joint_meeting.withdraw", meeting, by=by, now=now, task=task.pk)


@transaction.atomic
def discard(meeting: JointMeeting, *, reason: str, by: User, now: datetime) -> None:
    """Give up a meeting that was prepared and never issued. Raises ``Refused``."""
    meeting = _draft(meeting, by)
    said = _said("reason", reason)
    audit.record(
        "joint_meeting.discard",
        meeting,
        by=by,
        now=now,
        organisation=meeting.host,
        reason=said,
        held_on=meeting.held_on.isoformat(),
    )
    meeting.delete()


@transaction.atomic
def issue(meeting: JointMeeting, *, minutes: str, by: User, now: datetime) -> None:
    """Issue the minutes: from now on they stand, and those who have to act are told."""
    meeting = _draft(meeting, by)
    tasks = list(meeting.tasks.select_related("organisation"))
    said = {"title": meeting.title, "agenda": meeting.agenda, "minutes": _said("minutes", minutes)}
    decided = "\n".join(task.text for task in tasks)
    _check_nobody_named(meeting, meeting.parties.all(), {**said, "text": decided}, by=by)
    JointMeeting.objects.filter(pk=meeting.pk).update(minutes=said["minutes"], issued_at=now)
    audit.record("joint_meeting.issue", meeting, by=by, now=now, organisation=meeting.host)
    on = clock.day_of(now)
    places = {*meeting.parties.all(), *(task.organisation for task in tasks)}
    people = {
        person.pk: person
        for place in sorted(places, key=lambda place: place.pk)
        for person in people_of(place, Permission.CASE_DECIDE, on=on)
        if person.pk != by.pk
    }
    for person in people.values():
        outbox.post_all(notifications.met(meeting, person), now=now)


@transaction.atomic
def finish(task: JointTask, *, result: str, by: User, now: datetime) -> None:
    """Say what came of a decision. Raises ``Refused``, ``Conflict``."""
    if why_not := finish_refusal(task, by):
        raise Refused(why_not)
    said = _said("result", result)
    parties = task.meeting.parties.all()
    _check_nobody_named(task.meeting, parties, {"result": said}, by=by)
    waiting = JointTask.objects.filter(pk=task.pk, done_at__isnull=True)
    if not waiting.update(done_at=now, done_by=by, result=said):
        raise Conflict(_("该事项已经办结。"))
    audit.record("joint_task.finish", task, by=by, now=now, organisation=task.organisation)


def finish_refusal(task: JointTask, user: User) -> str:
    """Why the person may not report on a decision; empty when they may."""
    if task.meeting.issued_at is None:
        return _("会议纪要尚未印发。")
    if not works_for(user, Permission.CASE_DECIDE, task.organisation):
        return _("落实情况由责任单位填写。")
    return ""


def _draft(meeting: JointMeeting, by: User) -> JointMeeting:
    held = JointMeeting.objects.select_for_update(of=("self",)).select_related("host")
    found = held.get(pk=meeting.pk)
    if not may_host(found.host, by):
        raise Refused(_("联席会商由召集单位办理。"))
    if found.issued_at is not None:
        raise Refused(_("会议纪要已经印发，不能再改动。"))
    return found


def _said(name: str, text: str) -> str:
    text = text.strip()
    if not text or len(text) > LIMITS[name]:
        raise Refused(
            _("请填写内容（最多%(limit)d个字）：%(label)s。")
            % {"limit": LIMITS[name], "label": LABELS[name]}
        )
    return text


def _check_nobody_named(
    meeting: JointMeeting,
    parties: Collection[Organisation],
    said: Mapping[str, str],
    *,
    by: User,
) -> None:
    """Everybody at the table reads it: no complainant stands in it. Raises ``Refused``.

    Only cases that the writer may read are looked at, and for a company none of somebody who is
    secret: a refusal must not tell who complained or reported.
    """
    start, end = clock.at(meeting.period_from), clock.at(meeting.period_to + timedelta(days=1))
    about = Q(pk__in=())
    for party in parties:
        about |= filters.of_unit(party.code)
    seen = Case.objects.visible_to(by).order_by()
    if not may_host(meeting.host, by):
        seen = seen.exclude(nature=REPORT).filter(anonymous=False, confidential=False)
    seen = seen.only("nature", *naming.OWN)
    crowd = list(seen.filter(about, received_at__gte=start, received_at__lt=end))
    wrong = []
    for name, text in said.items():
        numbers = list(dict.fromkeys(NUMBER.findall(text)))[:MOST_CITED]
        cited = list(seen.filter(number__in=numbers)) if numbers else []
        kinds = [*naming.patterned(text), *naming.named(text, cited)]
        kinds += naming.named_in_crowd(text, crowd)
        kinds += [_("举报编号")] if any(case.nature == REPORT for case in cited) else []
        if kinds:
            words = {"label": LABELS[name], "what": "、".join(dict.fromkeys(kinds))}
            wrong.append(
                _("“%(label)s”中有诉求人的个人信息（%(what)s），请删除或改为某某。") % words
            )
    if wrong:
        raise Refused("\n".join(wrong))


LABELS = {
    "title": JointMeeting._meta.get_field("title").verbose_name,
    "agenda": JointMeeting._meta.get_field("agenda").verbose_name,
    "minutes": JointMeeting._meta.get_field("minutes").verbose_name,
    "text": JointTask._meta.get_field("text").verbose_name,
    "result": JointTask._meta.get_field("result").verbose_name,
    "reason": gettext_lazy("理由"),
}
