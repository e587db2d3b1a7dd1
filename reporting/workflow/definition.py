"""The life of a change of a definition: drafted by one person, adopted or sent back by another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission

if TYPE_CHECKING:
    from accounts.models import User
    from reporting.models import DefinitionChange


class Subject(TextChoices):
    INDICATOR = "indicator", gettext_lazy("监管指标")
    OUTAGE_RULE = "outage_rule", gettext_lazy("停限电规则")
    RETURN_FORM = "return_form", gettext_lazy("报表定义")
    HAZARD_KIND = "hazard_kind", gettext_lazy("隐患类别")
    SPECIAL_KIND = "special_kind", gettext_lazy("特殊群体类别")
    CHECKLIST = "checklist", gettext_lazy("检查表")


class State(TextChoices):
    WAITING = "waiting", gettext_lazy("待核准")
    ADOPTED = "adopted", gettext_lazy("已核准")
    RETURNED = "returned", gettext_lazy("已退回")
    WITHDRAWN = "withdrawn", gettext_lazy("已撤回")


# Who maintains what.
RIGHTS = {
    Subject.INDICATOR: Permission.RULE_MANAGE,
    Subject.OUTAGE_RULE: Permission.RULE_MANAGE,
    Subject.RETURN_FORM: Permission.RETURN_FORM_MANAGE,
    Subject.HAZARD_KIND: Permission.RULE_MANAGE,
    Subject.SPECIAL_KIND: Permission.RULE_MANAGE,
    Subject.CHECKLIST: Permission.RULE_MANAGE,
}


@dataclass(frozen=True)
class Move:
    """One step: its name in the audit trail, its label, and to where."""

    name: str
    label: Any
    target: State


ADOPT = Move("adopt", gettext_lazy("核准"), State.ADOPTED)
SEND_BACK = Move("send_back", gettext_lazy("退回"), State.RETURNED)
WITHDRAW = Move("withdraw", gettext_lazy("撤回"), State.WITHDRAWN)
MOVES = {move.name: move for move in (ADOPT, SEND_BACK, WITHDRAW)}


def draft_refusal(subject: Subject, *, by: User) -> str:
    """Why the person may not draft a change of the kind; empty when they may."""
    if by.can(RIGHTS[subject]):
        return ""
    return _("%(subject)s由具有“%(permission)s”权限的人员维护。") % {
        "subject": subject.label,
        "permission": RIGHTS[subject].label,
    }


def refusal(move: Move, change: DefinitionChange, *, by: User) -> str:
    """Say why this person may not make this move now; an empty string when they may."""
    if why_not := draft_refusal(Subject(change.subject), by=by):
        return why_not
    if change.state != State.WAITING:
        return _("该改动%(state)s，不能再办理。") % {"state": change.get_state_display()}
    own = change.drafted_by_id == by.pk
    if move is WITHDRAW:
        return "" if own else _("只有拟稿人可以撤回；不同意的请退回。")
    return _("拟稿人不能办理自己拟的改动，请由另一人核准。") if own else ""
