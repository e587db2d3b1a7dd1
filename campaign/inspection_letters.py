"""Letters about inspections: number, unit and date, never what was found."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Finding, Inspection
from campaign.notifications import chinese_date
from core import clock
from core.letters import Letters, to_person


def _words(inspection: Inspection) -> dict[str, str]:
    first = inspection.first_day or inspection.round.first_day
    last = inspection.last_day or inspection.round.last_day
    due = inspection.answer_due_at
    return {
        "unit": inspection.organisation.name,
        "lead": inspection.round.lead.name,
        "title": inspection.round.title,
        "number": inspection.notice_number,
        "first": chinese_date(clock.at(first)),
        "last": chinese_date(clock.at(last)),
        "due": chinese_date(due) if due else "",
    }


def _letters(inspection: Inspection, to: User, what: str, subject: str, body: str) -> Letters:
    words = _words(inspection)
    return to_person(
        key=f"inspection-{inspection.pk}-{what}-{to.pk}",
        kind=f"inspection.{what}",
        to=to,
        subject=subject % words,
        body=body % words,
        url=reverse("campaign:inspection", args=[inspection.pk]),
    )


def seated(inspection: Inspection, to: User) -> Letters:
    """An inspector was drawn or named."""
    return _letters(
        inspection,
        to,
        "seated",
        _("参加检查：%(unit)s"),
        _("您已编入%(title)s检查组，检查%(unit)s。有应当回避的情形请立即报告%(lead)s。"),
    )


def stood_down(inspection: Inspection, to: User) -> Letters:
    """An inspector does not go after all: left out of the team, or the inspection is cancelled."""
    return _letters(
        inspection,
        to,
        "stood_down",
        _("不再参加检查：%(unit)s"),
        _("%(lead)s已调整检查安排，您不再参加%(title)s对%(unit)s的检查。"),
    )


def announced(inspection: Inspection, to: User) -> Letters:
    """The company is told of the inspection."""
    return _letters(
        inspection,
        to,
        "announced",
        _("检查通知：%(title)s"),
        _(
            "%(lead)s（%(number)s）将于%(first)s至%(last)s对%(unit)s开展现场检查，请按通知做好准备。"
        ),
    )


def cancelled(inspection: Inspection, to: User) -> Letters:
    """An announced inspection does not take place."""
    return _letters(
        inspection,
        to,
        "cancelled",
        _("检查取消：%(title)s"),
        _("%(lead)s取消对%(unit)s的现场检查（%(number)s）。"),
    )


def facts_sent(inspection: Inspection, to: User) -> Letters:
    """The facts are there to be confirmed."""
    return _letters(
        inspection,
        to,
        "facts",
        _("请确认检查事实：%(title)s"),
        _("%(lead)s已送交对%(unit)s现场检查认定的事实，请于%(due)s前逐项确认或者提出异议。"),
    )


def concluded(inspection: Inspection, to: User) -> Letters:
    """The conclusion is there."""
    return _letters(
        inspection,
        to,
        "concluded",
        _("检查结论：%(title)s"),
        _("%(lead)s已对%(unit)s作出检查结论，请查看并按要求整改。"),
    )


def answered(finding: Finding, to: User) -> Letters:
    """The company confirmed a fact or objects to it."""
    words = {"unit": finding.inspection.organisation.name, "number": str(finding.number)}
    words["answer"] = finding.get_state_display()
    return to_person(
        key=f"inspection-finding-{finding.pk}-answered-{to.pk}",
        kind="inspection.answered",
        to=to,
        subject=_("%(unit)s已答复检查事实") % words,
        body=_("%(unit)s对第%(number)s项检查发现的答复：%(answer)s。") % words,
        url=reverse("campaign:finding", args=[finding.pk]),
    )
