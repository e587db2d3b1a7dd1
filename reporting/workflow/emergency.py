"""The life of one version of an emergency plan: drafted, filed, received, accepted or returned.

Source: campaign plan 二(一)1, 二(二)1, 四 (S1-2.1.1c, S1-2.2.1c, S1-4.2f).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from campaign.scope import works_for
from reporting.workflow.report import Move

if TYPE_CHECKING:
    from accounts.models import User
    from reporting.models import EmergencyPlan


class State(TextChoices):
    DRAFT = "draft", gettext_lazy("编制中")
    FILED = "filed", gettext_lazy("已报备")
    RECEIVED = "received", gettext_lazy("已接收")
    RETURNED = "returned", gettext_lazy("已退回")
    ACCEPTED = "accepted", gettext_lazy("已备案")


FILED_STATES = (State.FILED, State.RECEIVED, State.RETURNED, State.ACCEPTED)
OVER = (State.RETURNED, State.ACCEPTED)
P, S = Permission, State
SAVE = Move("save", gettext_lazy("编制"), (S.DRAFT,), S.DRAFT, P.FILING_DRAFT)  # type: ignore[arg-type]
FILE = Move("file", gettext_lazy("认证并报备"), (S.DRAFT,), S.FILED, P.FILING_CERTIFY)  # type: ignore[arg-type]
RECEIVE = Move("receive", gettext_lazy("接收"), (S.FILED,), S.RECEIVED, P.FILING_REVIEW)  # type: ignore[arg-type]
RETURN = Move("return", gettext_lazy("退回补正"), (S.RECEIVED,), S.RETURNED, P.FILING_REVIEW)  # type: ignore[arg-type]
ACCEPT = Move("accept", gettext_lazy("予以备案"), (S.RECEIVED,), S.ACCEPTED, P.FILING_REVIEW)  # type: ignore[arg-type]
# Begins the next version; the one that was filed stays what it is.
REVISE = Move("revise", gettext_lazy("修订"), OVER, S.DRAFT, P.FILING_DRAFT)  # type: ignore[arg-type]
MOVES = (SAVE, FILE, RECEIVE, RETURN, ACCEPT, REVISE)
BY_OFFICE = (RECEIVE, RETURN, ACCEPT)


def refusal(move: Move, plan: EmergencyPlan, *, by: User) -> str:
    """Say why this person may not make this move now; an empty string when they may."""
    version = plan.current_version
    assert version is not None
    if version.state not in move.sources:
        return _("预案处于“%(state)s”状态，不能“%(move)s”。") % {
            "state": version.get_state_display(),
            "move": move.label,
        }
    organisation = plan.recipient if move in BY_OFFICE else plan.organisation
    if not works_for(by, move.needs, organisation):
        return _("“%(move)s”由%(organisation)s具有“%(permission)s”权限的人员办理。") % {
            "move": move.label,
            "organisation": organisation,
            "permission": move.needs.label,
        }
    if move is FILE and by.pk in version.editors:
        return _("编制人不能认证自己编制的预案，请由本单位另一人办理。")
    return ""
