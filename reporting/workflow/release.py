"""The life of a publication of indicator values: one lays it together, another puts it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from accounts.reach import works_for

if TYPE_CHECKING:
    from accounts.models import User
    from reporting.models import IndicatorRelease


class State(TextChoices):
    WAITING = "waiting", gettext_lazy("待公开")
    PUBLISHED = "published", gettext_lazy("已公开")
    RETURNED = "returned", gettext_lazy("已退回")
    WITHDRAWN = "withdrawn", gettext_lazy("已撤回")


@dataclass(frozen=True)
class Move:
    """One step: its name in the audit trail, its label, and to where."""

    name: str
    label: Any
    target: State
    sources: tuple[State, ...] = (State.WAITING,)
    needs: Permission = Permission.INDICATOR_MANAGE


PUBLISH = Move("publish", gettext_lazy("公开"), State.PUBLISHED)
SEND_BACK = Move("send_back", gettext_lazy("退回"), State.RETURNED)
WITHDRAW = Move("withdraw", gettext_lazy("撤回"), State.WITHDRAWN)
MOVES = {move.name: move for move in (PUBLISH, SEND_BACK, WITHDRAW)}


def refusal(move: Move, release: IndicatorRelease, *, by: User) -> str:
    """Say why this person may not make this move now; an empty string when they may."""
    if not works_for(by, move.needs, release.office):
        return _("“%(move)s”由%(organisation)s具有“%(permission)s”权限的人员办理。") % {
            "move": move.label,
            "organisation": release.office,
            "permission": move.needs.label,
        }
    if release.state not in move.sources:
        return _("该项提请%(state)s，不能再办理。") % {"state": release.state_words}
    own = release.prepared_by_id == by.pk
    if move is WITHDRAW:
        return "" if own else _("只有提请人可以撤回；不同意的请退回。")
    if own and release.is_recall:
        return _("提请人不能办理自己提请的撤回公开，请由另一人办理。")
    return _("提请人不能公开、退回自己提请的指标值，请由另一人办理。") if own else ""
