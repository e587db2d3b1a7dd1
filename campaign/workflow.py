"""The life of a duty, a phase and a campaign: states, moves, and why a move may be refused.

Pure tables; nothing here reads or writes the database. Source: campaign plan 四, 五 (S1-4, S1-5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from campaign.scope import works_for

if TYPE_CHECKING:
    from accounts.models import Organisation, User
    from campaign.models import Campaign, Duty


class DutyState(TextChoices):
    WAITING = "waiting", _("未启动")
    OPEN = "open", _("进行中")
    SUBMITTED = "submitted", _("已报送")
    RETURNED = "returned", _("已退回")
    ACCEPTED = "accepted", _("已完成")
    EXEMPTED = "exempted", _("已免报")
    WITHDRAWN = "withdrawn", _("已撤销")


class PhaseState(TextChoices):
    PLANNED = "planned", _("未开始")
    OPEN = "open", _("进行中")
    CLOSED = "closed", _("已结束")


class CampaignState(TextChoices):
    DRAFT = "draft", _("草稿")
    LAUNCHED = "launched", _("实施中")
    CLOSED = "closed", _("已结束")


class Side(TextChoices):
    """Which of the organisations of a duty a move belongs to."""

    SYSTEM = "system", _("系统")
    PARTY = "party", _("承办单位")
    RECIPIENT = "recipient", _("受理单位")
    ISSUER = "issuer", _("发文机关")


@dataclass(frozen=True)
class Move:
    """One act: from which states, to which (None: the state stays), by whom."""

    name: str
    label: str
    sources: tuple[str, ...]
    target: str | None
    needs: Permission | None
    side: Side


# Who in an organisation works on its duties, and who answers for them.
FILER = Permission.FILING_DRAFT
LEADER = Permission.FILING_CERTIFY

S = DutyState
UNFINISHED = (S.WAITING, S.OPEN, S.RETURNED)
FINISHED = (S.ACCEPTED, S.EXEMPTED, S.WITHDRAWN)

OPEN = Move("open", _("启动"), (S.WAITING,), S.OPEN, None, Side.SYSTEM)
SUBMIT = Move(
    "submit",
    _("报送"),
    (S.OPEN, S.RETURNED),
    S.SUBMITTED,
    Permission.FILING_CERTIFY,
    Side.PARTY,
)
RETURN = Move(
    "return", _("退回"), (S.SUBMITTED,), S.RETURNED, Permission.FILING_REVIEW, Side.RECIPIENT
)
ACCEPT = Move(
    "accept", _("通过"), (S.SUBMITTED,), S.ACCEPTED, Permission.FILING_REVIEW, Side.RECIPIENT
)
EXEMPT = Move("exempt", _("免报"), UNFINISHED, S.EXEMPTED, Permission.DUTY_APPROVE, Side.RECIPIENT)
EXTEND = Move("extend", _("延期"), UNFINISHED, None, Permission.DUTY_APPROVE, Side.RECIPIENT)
CORRECT_EXTENSION = Move(
    "correct_extension",
    _("更正延期"),
    UNFINISHED,
    None,
    Permission.DUTY_APPROVE,
    Side.RECIPIENT,
)
WITHDRAW = Move(
    "withdraw", _("撤销"), UNFINISHED, S.WITHDRAWN, Permission.CAMPAIGN_MANAGE, Side.ISSUER
)
ASSIGN = Move("assign", _("落实责任"), UNFINISHED, None, Permission.FILING_CERTIFY, Side.PARTY)
DUTY_MOVES = (OPEN, SUBMIT, RETURN, ACCEPT, EXEMPT, EXTEND, CORRECT_EXTENSION, WITHDRAW, ASSIGN)

OPEN_PHASE = Move(
    "open_phase",
    _("启动阶段"),
    (PhaseState.PLANNED,),
    PhaseState.OPEN,
    Permission.CAMPAIGN_MANAGE,
    Side.ISSUER,
)
CLOSE_PHASE = Move(
    "close_phase",
    _("结束阶段"),
    (PhaseState.OPEN,),
    PhaseState.CLOSED,
    Permission.CAMPAIGN_MANAGE,
    Side.ISSUER,
)
PHASE_MOVES = (OPEN_PHASE, CLOSE_PHASE)

LAUNCH = Move(
    "launch",
    _("启动行动"),
    (CampaignState.DRAFT,),
    CampaignState.LAUNCHED,
    Permission.CAMPAIGN_MANAGE,
    Side.ISSUER,
)
CLOSE = Move(
    "close",
    _("结束行动"),
    (CampaignState.LAUNCHED,),
    CampaignState.CLOSED,
    Permission.CAMPAIGN_MANAGE,
    Side.ISSUER,
)
CAMPAIGN_MOVES = (LAUNCH, CLOSE)


def refusal(move: Move, duty: Duty, *, by: User | None) -> str:
    """Why this person may not make this move on the duty now; empty when they may.

    ``by=None`` is the system itself: it may open duties by date and nothing else.
    """
    if duty.state not in move.sources:
        return _t("该任务处于“%(state)s”状态，不能%(move)s。") % {
            "state": DutyState(duty.state).label,
            "move": move.label,
        }
    if move is ASSIGN and by is not None and works_for_recipient(by, duty):
        return ""
    campaign = duty.definition.campaign
    sides = {
        Side.PARTY: duty.organisation,
        Side.RECIPIENT: duty.recipient,
        Side.ISSUER: campaign.issuing_organisation,
    }
    return _not_yours(move, by, sides.get(move.side))


def works_for_recipient(by: User, duty: Duty) -> bool:
    """Regulators in charge of a duty may name the responsible person as well (S1-4.1e)."""
    return works_for(by, Permission.CAMPAIGN_MANAGE, duty.recipient)


def campaign_refusal(move: Move, campaign: Campaign, *, state: str, by: User | None) -> str:
    """The same question for a campaign or one of its phases; ``state`` is that thing's state."""
    if state not in move.sources:
        return _t("当前状态不能%(move)s。") % {"move": move.label}
    if by is None and move in PHASE_MOVES:
        return ""
    return _not_yours(move, by, campaign.issuing_organisation)


def _not_yours(move: Move, by: User | None, organisation: Organisation | None) -> str:
    if move.side == Side.SYSTEM:
        return "" if by is None else _t("%(move)s由系统按日期办理。") % {"move": move.label}
    if by is None or organisation is None or move.needs is None:
        return _t("%(move)s须由经办人员办理。") % {"move": move.label}
    if works_for(by, move.needs, organisation):
        return ""
    return _t("%(move)s由%(side)s（%(organisation)s）具有“%(permission)s”权限的人员办理。") % {
        "move": move.label,
        "side": move.side.label,
        "organisation": organisation.name,
        "permission": move.needs.label,
    }
