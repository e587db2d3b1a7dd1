"""The wording of letters about demonstration units and good practice."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from campaign.models import (
    Demonstration,
    Evaluation,
    GoodPractice,
    MonthlyCheck,
    PracticeRecall,
    SafeguardVersion,
)
from campaign.notifications import chinese_date
from campaign.safeguards import Occasion
from core.letters import Letters, to_person

# What happened to a unit, or was left undone; documents that a company lacks.
TOLD, MISSING = "demonstration.told", "safeguard.missing"


def _of_unit(unit: Demonstration, to: User, occasion: str, subject: str, body: str) -> Letters:
    return to_person(
        key=f"demonstration-{unit.pk}-{occasion}-{to.pk}",
        kind=TOLD,
        to=to,
        subject=subject,
        body=body,
        url=reverse("campaign:demonstration", args=[unit.pk]),
    )


def _words(unit: Demonstration) -> dict[str, str]:
    return {
        "name": unit.name,
        "kind": unit.get_kind_display(),
        "office": unit.office.name,
        "organisation": unit.organisation.name,
        "campaign": unit.campaign.name,
    }


def chosen(unit: Demonstration, to: User) -> Letters:
    """The unit learns that it was chosen."""
    subject = _("确定为%(kind)s：%(name)s") % _words(unit)
    body = _(
        "%(campaign)s中，%(name)s已确定为%(kind)s，由%(office)s督促指导。请按示范标准逐月推进。"
    )
    return _of_unit(unit, to, "chosen", subject, body % _words(unit))


def checked(unit: Demonstration, to: User, *, check: MonthlyCheck) -> Letters:
    """The unit learns what a check found."""
    words = {**_words(unit), "number": check.number, "remarks": check.remarks}
    subject = _("%(name)s第%(number)d次检查结果") % words
    body = _("%(name)s第%(number)d次检查已登记。检查情况：%(remarks)s") % words
    return _of_unit(unit, to, f"check-{check.pk}", subject, body)


def proposed(evaluation: Evaluation, to: User) -> Letters:
    """The head of the office learns that a proposal waits."""
    unit = evaluation.unit
    words = {**_words(unit), "result": evaluation.get_result_display()}
    subject = _("请审定：%(name)s评价结果") % words
    body = _("%(kind)s%(name)s的评价建议为“%(result)s”，请审定。") % words
    return _of_unit(unit, to, f"proposed-{evaluation.pk}", subject, body)


def decided(unit: Demonstration, to: User, *, evaluation: Evaluation) -> Letters:
    """The unit learns the result."""
    words = {**_words(unit), "result": evaluation.get_result_display()}
    subject = _("%(name)s评价结果：%(result)s") % words
    body = _("经%(office)s审定，%(kind)s%(name)s的评价结果为“%(result)s”。") % words
    return _of_unit(unit, to, f"decided-{evaluation.pk}", subject, body)


def overdue(check: MonthlyCheck, to: User) -> Letters:
    """Who keeps the plan learns that a check was not made in time."""
    unit = check.unit
    words = {**_words(unit), "number": check.number}
    subject = _("逾期未检查：%(name)s") % words
    body = _("%(kind)s%(name)s的第%(number)d次检查已经逾期，请抓紧检查并登记。") % words
    return _of_unit(unit, to, f"overdue-{check.pk}", subject, body)


def practice_submitted(practice: GoodPractice, to: User) -> Letters:
    """The head of the office learns that an article waits."""
    words = {"title": practice.title, "author": practice.author.name}
    return to_person(
        key=f"practice-{practice.pk}-submitted-{practice.submitted_at:%Y%m%d%H%M%S}-{to.pk}",
        kind="practice.told",
        to=to,
        subject=_("请审定经验材料：%(title)s") % words,
        body=_("%(author)s提交了经验材料“%(title)s”，请审定。") % words,
        url=reverse("campaign:practice", args=[practice.pk]),
    )


def practice_returned(practice: GoodPractice, to: User) -> Letters:
    """The author learns that the article came back."""
    words = {"title": practice.title, "note": practice.decision_note}
    return to_person(
        key=f"practice-{practice.pk}-returned-{practice.decided_at:%Y%m%d%H%M%S}-{to.pk}",
        kind="practice.told",
        to=to,
        subject=_("请修改经验材料：%(title)s") % words,
        body=_("经验材料“%(title)s”已退回修改。原因：%(note)s") % words,
        url=reverse("campaign:practice", args=[practice.pk]),
    )


def practice_shared(practice: GoodPractice, organisation: Organisation, to: User) -> Letters:
    """A unit learns that there is something to take up."""
    words = {"title": practice.title, "author": practice.author.name, "to": organisation.name}
    return to_person(
        key=f"practice-{practice.pk}-shared-{organisation.pk}-{to.pk}",
        kind="practice.told",
        to=to,
        subject=_("推广经验：%(title)s") % words,
        body=_("现将%(author)s的经验材料“%(title)s”推广给%(to)s，请学习借鉴。") % words,
        url=reverse("campaign:practice", args=[practice.pk]),
    )


def practice_withdrawn(practice: GoodPractice, organisation: Organisation, to: User) -> Letters:
    """Those it was shared with learn that it does not count any more; the reason stays inside."""
    words = {"title": practice.title, "office": practice.office.name, "to": organisation.name}
    return to_person(
        key=f"practice-{practice.pk}-withdrawn-{organisation.pk}-{to.pk}",
        kind="practice.told",
        to=to,
        subject=_("经验材料已撤回：%(title)s") % words,
        body=_("此前推广给%(to)s的经验材料“%(title)s”已由%(office)s撤回，不再推广。") % words,
        url=reverse("campaign:demonstrations", args=[practice.campaign_id]),
    )


def practice_recall_asked(recall: PracticeRecall, to: User) -> Letters:
    """Whoever may decide on it learns that it waits."""
    practice = recall.practice
    words = {"title": practice.title, "reason": recall.reason}
    return to_person(
        key=f"practice-recall-{recall.pk}-asked-{to.pk}",
        kind="practice.told",
        to=to,
        subject=_("经验材料待撤回：%(title)s") % words,
        body=_("已提请撤回经验材料“%(title)s”，请办理。原因：%(reason)s") % words,
        url=reverse("campaign:practice", args=[practice.pk]),
    )


def practice_recall_settled(recall: PracticeRecall, to: User) -> Letters:
    """Whoever asked for it learns what became of it."""
    practice = recall.practice
    words = {"title": practice.title, "note": recall.note}
    if recall.granted:
        body = _("您提请撤回的经验材料“%(title)s”已经撤回。") % words
    else:
        body = _("您提请撤回的经验材料“%(title)s”不予撤回。原因：%(note)s") % words
    return to_person(
        key=f"practice-recall-{recall.pk}-settled-{to.pk}",
        kind="practice.told",
        to=to,
        subject=_("撤回提请已办理：%(title)s") % words,
        body=body,
        url=reverse("campaign:practice", args=[practice.pk]),
    )


def safeguard_returned(version: SafeguardVersion, to: User) -> Letters:
    """An enterprise learns that its document was sent back."""
    safeguard = version.safeguard
    words = {
        "title": version.title,
        "node": safeguard.objective.name,
        "reason": version.return_reason,
    }
    return to_person(
        key=f"safeguard-version-{version.pk}-returned-{to.pk}",
        kind="safeguard.returned",
        to=to,
        subject=_("退回修改：%(title)s") % words,
        body=_("“%(node)s”的文件“%(title)s”已退回，请修改后重新上传。原因：%(reason)s") % words,
        url=reverse("campaign:safeguard", args=[safeguard.pk]),
    )


def documents_missing(occasion: Occasion, to: User) -> Letters:
    """An enterprise learns which of the required documents it lacks."""
    missing, day = occasion.line.missing, chinese_date(occasion.due_at)
    campaign = missing[0].campaign
    words = {
        "campaign": campaign.name,
        "organisation": occasion.line.organisation.name,
        "count": len(missing),
        "due": day,
        "nodes": "；".join(node.name for node in missing),
    }
    body = _(
        "%(campaign)s中，%(organisation)s还缺%(count)d项制度和措施，应于%(due)s前上传：%(nodes)s。"
    )
    return to_person(
        key=f"{occasion.key}-{to.pk}",
        kind=MISSING,
        to=to,
        subject=_("请上传制度和措施：缺%(count)d项") % words,
        body=body % words,
        url=reverse("campaign:safeguards", args=[campaign.pk]),
    )
