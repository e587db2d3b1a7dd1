"""The lives of a demonstration unit, of its evaluation and of a good-practice article.

Pure: states, and why a move may be refused. Source: campaign plan 二(二)5 (S1-2.2.5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from campaign.scope import works_for

if TYPE_CHECKING:
    from accounts.models import Organisation, User
    from campaign.models import Demonstration, Evaluation, GoodPractice, PracticeRecall

APPROVE = Permission.DEMONSTRATION_APPROVE


class UnitState(TextChoices):
    BUILDING = "building", _("创建中")
    NAMED = "named", _("已命名")
    NOT_NAMED = "not_named", _("不予命名")


class EvaluationState(TextChoices):
    PROPOSED = "proposed", _("待审定")
    APPROVED = "approved", _("已审定")
    RETURNED = "returned", _("已退回")


class PracticeState(TextChoices):
    DRAFT = "draft", _("起草中")
    SUBMITTED = "submitted", _("待审定")
    APPROVED = "approved", _("已审定")
    WITHDRAWN = "withdrawn", _("已撤回")


LAMPS: dict[str, str] = {
    UnitState.BUILDING: "ok",
    UnitState.NAMED: "done",
    UnitState.NOT_NAMED: "late",
    EvaluationState.PROPOSED: "near",
    EvaluationState.APPROVED: "done",
    EvaluationState.RETURNED: "late",
    PracticeState.DRAFT: "pause",
    PracticeState.SUBMITTED: "near",
    PracticeState.WITHDRAWN: "pause",
}


def acts_for(by: User, organisation: Organisation) -> bool:
    """Regulators act for their own office, companies for themselves and those below."""
    needed = Permission.CAMPAIGN_MANAGE if organisation.is_regulator else Permission.FILING_DRAFT
    return works_for(by, needed, organisation)


def keeping_refusal(unit: Demonstration, *, by: User) -> str:
    """Why a person may not keep the plan, checks and visits of a unit; empty when they may."""
    if unit.state != UnitState.BUILDING:
        return _t("该示范单位已经评定，不能再修改。")
    if acts_for(by, unit.office) or acts_for(by, unit.founder):
        return ""
    words = {"office": unit.office, "founder": unit.founder}
    if unit.office == unit.founder:
        return _t("由%(office)s办理。") % words
    return _t("由%(office)s或者%(founder)s办理。") % words


def proposing_refusal(unit: Demonstration, *, by: User, waiting: bool) -> str:
    """Why a person may not propose the result of a unit; empty when they may."""
    if unit.state != UnitState.BUILDING:
        return _t("该示范单位已经评定，不能再修改。")
    if not acts_for(by, unit.office):
        return _t("由%(office)s办理。") % {"office": unit.office}
    return _t("已有评价待审定。") if waiting else ""


def deciding_refusal(evaluation: Evaluation, *, by: User) -> str:
    """Why a person may not decide on a proposal; empty when they may."""
    if evaluation.state != EvaluationState.PROPOSED:
        return _t("该评价已经审定。")
    if not works_for(by, APPROVE, evaluation.unit.office):
        return _t("由%(office)s领导审定。") % {"office": evaluation.unit.office}
    return _t("提出人不能审定自己提出的评价。") if evaluation.proposed_by_id == by.pk else ""


def writing_refusal(practice: GoodPractice, *, by: User) -> str:
    """Why a person may not change or hand on an article; empty when they may."""
    if practice.state != PracticeState.DRAFT:
        return _t("已提交的材料不能修改。")
    if not acts_for(by, practice.author):
        return _t("由%(office)s办理。") % {"office": practice.author}
    return ""


def judging_refusal(practice: GoodPractice, *, by: User) -> str:
    """Why a person may not approve an article or send it back; empty when they may."""
    if practice.state != PracticeState.SUBMITTED:
        return _t("该材料不在待审定状态。")
    if not works_for(by, APPROVE, practice.office):
        return _t("由%(office)s领导审定。") % {"office": practice.office}
    if by.pk in (practice.drafted_by_id, practice.submitted_by_id):
        return _t("起草人、提交人不能审定自己的材料。")
    return ""


def sharing_refusal(practice: GoodPractice, *, by: User) -> str:
    """Why a person may not share an article or take it back; empty when they may."""
    if practice.state != PracticeState.APPROVED:
        return _t("审定后才能推广。")
    if not acts_for(by, practice.office) and not works_for(by, APPROVE, practice.office):
        return _t("由%(office)s办理。") % {"office": practice.office}
    return ""


def recalling_refusal(recall: PracticeRecall, *, by: User) -> str:
    """Why a person may not decide on taking an article back; empty when they may: never who asked
    for it."""
    if recall.granted is not None:
        return _t("该撤回提请已经办理。")
    office = recall.practice.office
    if not works_for(by, APPROVE, office):
        return _t("由%(office)s领导审定。") % {"office": office}
    if recall.asked_by_id == by.pk:
        return _t("提请人不能办理自己提请的撤回，请由另一人办理。")
    return ""
