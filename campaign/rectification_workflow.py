"""The life of one line of the rectification ledger: states, moves, and why one may be refused.

Pure; nothing here reads or writes the database. Source: campaign plan 三(六)1, 五(二)
(S1-3.3.6(1)b, S1-5.2c): problem, measure, unit and person, date, evidence, check, write-off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from campaign.scope import works_for

if TYPE_CHECKING:
    from accounts.models import User
    from campaign.models import RectificationItem


class ItemState(TextChoices):
    OPEN = "open", _("待落实")
    WORKING = "working", _("整改中")
    REPORTED = "reported", _("待核查")
    VERIFIED = "verified", _("待销号")
    CLOSED = "closed", _("已销号")
    WITHDRAWN = "withdrawn", _("已撤销")


class ItemMove(TextChoices):
    """Everything that the timeline of an item may hold."""

    OPENED = "opened", _("列入台账")
    PLAN = "plan", _("落实措施")
    PROGRESS = "progress", _("填报进展")
    REPORT = "report", _("报告完成")
    VERIFY = "verify", _("核查通过")
    RETURN = "return", _("退回整改")
    CLOSE = "close", _("销号")
    LOOK_BACK = "look_back", _("回头看")
    REOPEN = "reopen", _("重新整改")
    WITHDRAW = "withdraw", _("撤销")
    ASK_EXTENSION = "ask_extension", _("申请延期")
    GRANT_EXTENSION = "grant_extension", _("批准延期")
    REFUSE_EXTENSION = "refuse_extension", _("不予延期")
    COMMENT = "comment", _("监管意见")
    URGE = "urge", _("催办")


class Side(TextChoices):
    UNIT = "unit", _("整改单位")
    REGULATOR = "regulator", _("监管机构")


@dataclass(frozen=True)
class Move:
    """One act: from which states, to which (None: the state stays), by whose people."""

    act: ItemMove
    sources: tuple[str, ...]
    target: str | None
    needs: Permission
    side: Side
    # Only somebody who neither did the work nor belongs to the unit that did it.
    second: bool = False

    @property
    def label(self) -> str:
        return str(self.act.label)


S = ItemState
HANDLE, MANAGE, APPROVE = (
    Permission.RECTIFICATION_HANDLE,
    Permission.RECTIFICATION_MANAGE,
    Permission.DUTY_APPROVE,
)
# Where the unit still has to do something, and where somebody still has to.
TO_DO = (S.OPEN, S.WORKING)
UNFINISHED = (S.OPEN, S.WORKING, S.REPORTED, S.VERIFIED)

MOVES: dict[str, Move] = {
    move.act: move
    for move in (
        Move(ItemMove.PLAN, TO_DO, S.WORKING, HANDLE, Side.UNIT),
        Move(ItemMove.PROGRESS, (S.WORKING,), None, HANDLE, Side.UNIT),
        Move(ItemMove.REPORT, (S.WORKING,), S.REPORTED, HANDLE, Side.UNIT),
        Move(ItemMove.ASK_EXTENSION, TO_DO, None, HANDLE, Side.UNIT),
        Move(ItemMove.GRANT_EXTENSION, TO_DO, None, APPROVE, Side.REGULATOR, second=True),
        Move(ItemMove.REFUSE_EXTENSION, TO_DO, None, APPROVE, Side.REGULATOR, second=True),
        Move(ItemMove.VERIFY, (S.REPORTED,), S.VERIFIED, MANAGE, Side.REGULATOR, second=True),
        Move(ItemMove.RETURN, (S.REPORTED, S.VERIFIED), S.WORKING, MANAGE, Side.REGULATOR),
        Move(ItemMove.CLOSE, (S.VERIFIED,), S.CLOSED, MANAGE, Side.REGULATOR, second=True),
        Move(ItemMove.LOOK_BACK, (S.CLOSED,), None, MANAGE, Side.REGULATOR, second=True),
        Move(ItemMove.REOPEN, (S.CLOSED,), S.WORKING, MANAGE, Side.REGULATOR),
        Move(ItemMove.WITHDRAW, UNFINISHED, S.WITHDRAWN, MANAGE, Side.REGULATOR),
        Move(ItemMove.COMMENT, UNFINISHED, None, MANAGE, Side.REGULATOR),
        Move(ItemMove.URGE, UNFINISHED, None, MANAGE, Side.REGULATOR),
    )
}
# What no person has to do: the system reopens by rule.
BY_SYSTEM = (ItemMove.REOPEN,)


def refusal(act: str, item: RectificationItem, *, by: User | None) -> str:
    """Why this person may not make this move on the item now; empty when they may."""
    move = MOVES[act]
    if item.state not in move.sources:
        return _t("该事项处于“%(state)s”状态，不能%(move)s。") % {
            "state": ItemState(item.state).label,
            "move": move.act.label,
        }
    if by is None:
        if act in BY_SYSTEM:
            return ""
        return _t("%(move)s须由经办人员办理。") % {"move": move.act.label}
    return _not_yours(move, item, by) or (_own_work(move, item, by) if move.second else "")


def _not_yours(move: Move, item: RectificationItem, by: User) -> str:
    if move.side == Side.UNIT:
        places = [item.unit, *([item.responsible_unit] if item.responsible_unit else [])]
        mine = any(works_for(by, move.needs, place) for place in places)
    else:
        mine = works_for(by, move.needs, item.regulator)
    if mine:
        return ""
    return _t("%(move)s由%(side)s（%(organisation)s）具有“%(permission)s”权限的人员办理。") % {
        "move": move.act.label,
        "side": move.side.label,
        "organisation": item.unit if move.side == Side.UNIT else item.regulator,
        "permission": move.needs.label,
    }


def _own_work(move: Move, item: RectificationItem, by: User) -> str:
    """Nobody checks what they did themselves or what their own unit did."""
    if by.pk in _hands(item):
        return _t("不能由整改、报告完成的人员%(move)s。") % {"move": move.act.label}
    own: Any = {item.unit_id, item.responsible_unit_id} - {None}
    if own & {place.pk for place, _role in by.stands}:
        return _t("不能由整改单位的人员%(move)s。") % {"move": move.act.label}
    return ""


def _hands(item: RectificationItem) -> set[int]:
    """Whose work it is: who answers for it, who set the measure, who reported it done."""
    people = (item.responsible_person_id, item.planned_by_id, item.reported_by_id)
    return {one for one in people if one is not None}
