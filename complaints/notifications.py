"""The wording of letters about cases: numbers and dates only, never personal data.

Each occasion goes out as a notice inside the portal, and by mail where the person has an address.
"""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from complaints.models import Case, CaseClock, JointMeeting, Supervision
from complaints.procedure_definition import ClockRule, Rung
from complaints.workflow import CLAIM
from core import sla
from core.clock import written
from core.letters import Letters, to_person


def _letters(case: Case, to: User, *, occasion: str, key: str, subject: str, body: str) -> Letters:
    return to_person(
        key=f"case-{case.pk}-{key}-{to.pk}",
        kind=f"case.{occasion}",
        to=to,
        subject=subject,
        body=body,
        url=_door(case, to),
    )


def _door(case: Case, to: User) -> str:
    """The page of the case; of a claim, for those who only know claims, the page of the claim."""
    if case.procedure.code == CLAIM and not to.can(Permission.CASE_VIEW):
        return reverse("complaints:claim", args=[case.claim.pk])
    return reverse("complaints:case", args=[case.pk])


def happened(case: Case, to: User, *, act: str, label: str, sequence: int) -> Letters:
    """An act that somebody else has to know of."""
    words = {"act": label, "number": case.number, "due": _due(case)}
    return _letters(
        case,
        to,
        occasion=act,
        key=f"event-{sequence}",
        subject=_("%(act)s：诉求%(number)s") % words,
        body=_("诉求%(number)s已%(act)s，请及时处理。最近时限：%(due)s。") % words,
    )


def said(case: Case, to: User, *, label: str, sequence: int, kind: str) -> Letters:
    """The complainant added something by the tracking page."""
    words = {"what": label, "number": case.number}
    return _letters(
        case,
        to,
        occasion=kind,
        key=f"event-{sequence}",
        subject=_("诉求人%(what)s：诉求%(number)s") % words,
        body=_("诉求%(number)s的诉求人在网上作了%(what)s，请登录平台查看。") % words,
    )


def rung(case: Case, to: User, *, clock: CaseClock, rule: ClockRule, step: Rung) -> Letters:
    """A clock comes near its end, or has passed it."""
    words = {"number": case.number, "clock": rule.shown, "due": written(clock.due_at)}
    subject, body = _urgency(step)
    return _letters(
        case,
        to,
        occasion="ladder",
        key=f"clock-{clock.pk}-{clock.due_at:%Y%m%d%H%M%S}-{step.code}",
        subject=subject % words,
        body=body % words,
    )


def _urgency(step: Rung) -> tuple[str, str]:
    """How loud a rung speaks: before, on the last day, and after."""
    if step.value < 0:
        return (
            _("时限临近：诉求%(number)s"),
            _("诉求%(number)s的“%(clock)s”时限为%(due)s，请按期办理。"),
        )
    if step.value == 0 and sla.Unit(step.unit).in_days:
        return (
            _("今日到期：诉求%(number)s"),
            _("诉求%(number)s的“%(clock)s”今日到期（%(due)s），请抓紧办理。"),
        )
    return (
        _("已经逾期：诉求%(number)s"),
        _("诉求%(number)s的“%(clock)s”时限为%(due)s，已经逾期，请立即处理。"),
    )


def supervised(watch: Supervision, to: User, *, passed: bool, rung: int) -> Letters:
    """An order of the regulator comes near its deadline, or has passed it without an answer."""
    words = {"number": watch.case.number, "due": written(watch.due_at)}
    subject, body = (
        (
            _("督办逾期未反馈：诉求%(number)s"),
            _("诉求%(number)s的督办应于%(due)s前反馈，至今没有反馈，请立即处理。"),
        )
        if passed
        else (
            _("督办临期：诉求%(number)s"),
            _("诉求%(number)s的督办应于%(due)s前反馈，请按期反馈。"),
        )
    )
    return _letters(
        watch.case,
        to,
        occasion="supervision",
        key=f"supervision-{watch.pk}-{rung}",
        subject=subject % words,
        body=body % words,
    )


def _due(case: Case) -> str:
    return written(case.due_at) if case.due_at else "—"


def again(case: Case, to: User, *, times: int, count: int) -> Letters:
    """The same person came with the same matter so many times."""
    words = {"number": case.number, "count": count, "due": _due(case)}
    return _letters(
        case,
        to,
        occasion="repeat",
        key=f"repeat-{times}",
        subject=_("重复诉求：%(number)s（第%(count)d次）") % words,
        body=_(
            "同一诉求人就同一事项已第%(count)d次反映，最近一件为诉求%(number)s，"
            "请亲自过问，查明原因并督促解决。最近时限：%(due)s。"
        )
        % words,
    )


def met(meeting: JointMeeting, to: User) -> Letters:
    """The minutes of a joint meeting were issued to those who have to act on them."""
    words = {"title": meeting.title, "day": f"{meeting.held_on:%Y-%m-%d}"}
    body = _("%(day)s召开的“%(title)s”纪要已印发，请按议定事项和期限落实，并填写落实情况。")
    return to_person(
        key=f"joint-meeting-{meeting.pk}-{to.pk}",
        kind="case.meeting",
        to=to,
        subject=_("联席会商纪要：%(day)s") % words,
        body=body % words,
        url=reverse("complaints:meeting", args=[meeting.pk]),
    )
