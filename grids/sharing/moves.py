"""States of agreements and fix tasks, and what may happen in each; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission


class AgreementState(TextChoices):
    ASKED = "asked", gettext_lazy("待批准")
    APPROVED = "approved", gettext_lazy("已批准")
    REFUSED = "refused", gettext_lazy("不同意")
    ENDED = "ended", gettext_lazy("已终止")


class AgreementMove(TextChoices):
    APPROVE = "approve", gettext_lazy("批准")
    REFUSE = "refuse", gettext_lazy("不同意")
    END = "end", gettext_lazy("终止")


@dataclass(frozen=True)
class Step:
    """One row of the table: from which states to which one."""

    move: Any
    sources: tuple[str, ...]
    target: str
    needs: Any = Permission.SHARING_APPROVE

    @property
    def label(self) -> str:
        return str(self.move.label)


AGREEMENT = (
    Step(AgreementMove.APPROVE, (AgreementState.ASKED,), AgreementState.APPROVED),
    Step(AgreementMove.REFUSE, (AgreementState.ASKED,), AgreementState.REFUSED),
    Step(
        AgreementMove.END,
        (AgreementState.ASKED, AgreementState.APPROVED),
        AgreementState.ENDED,
    ),
)


def refusal(move: AgreementMove, state: str) -> str:
    """Why an agreement in a state may not make a move; empty when it may."""
    step = next(one for one in AGREEMENT if one.move == move)
    if state in step.sources:
        return ""
    words = {"state": AgreementState(state).label, "move": move.label}
    return _("该协议目前为“%(state)s”，不能办理“%(move)s”。") % words


def target(move: AgreementMove) -> str:
    return next(one.target for one in AGREEMENT if one.move == move)


class TaskState(TextChoices):
    OPEN = "open", gettext_lazy("治理中")
    CLOSED = "closed", gettext_lazy("复核通过")


class Match(TextChoices):
    """What became of a record that came in."""

    MATCHED = "matched", gettext_lazy("一致")
    CONFLICT = "conflict", gettext_lazy("有差异")
    UNMATCHED = "unmatched", gettext_lazy("未匹配")
