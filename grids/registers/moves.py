"""States of an entry of a register, and the moves between them. Pure."""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class State(TextChoices):
    ASKED = "asked", gettext_lazy("待批准")
    STANDING = "standing", gettext_lazy("在册")
    REFUSED = "refused", gettext_lazy("未批准")
    CLOSED = "closed", gettext_lazy("已办结")
    STRUCK = "struck", gettext_lazy("已注销")


class Move(TextChoices):
    ENTER = "enter", gettext_lazy("登记")
    CHANGE = "change", gettext_lazy("修改")
    REVIEW = "review", gettext_lazy("复核")
    APPROVE = "approve", gettext_lazy("批准")
    REFUSE = "refuse", gettext_lazy("不批准")
    CLOSE = "close", gettext_lazy("办结")
    ATTACH = "attach", gettext_lazy("上传文件")
    STRIKE = "strike", gettext_lazy("注销")


S = State
# What counts: neither what waits nor what was taken out.
COUNTED = (S.STANDING, S.CLOSED)
FROM: dict[Move, frozenset[State]] = {
    Move.CHANGE: frozenset({S.ASKED, S.STANDING, S.REFUSED}),
    Move.REVIEW: frozenset({S.STANDING}),
    Move.APPROVE: frozenset({S.ASKED}),
    Move.REFUSE: frozenset({S.ASKED}),
    Move.CLOSE: frozenset({S.STANDING}),
    Move.ATTACH: frozenset({S.ASKED, S.STANDING, S.REFUSED}),
    Move.STRIKE: frozenset({S.ASKED, S.STANDING, S.REFUSED}),
}
LAMPS = {S.ASKED: "near", S.STANDING: "ok", S.REFUSED: "late", S.CLOSED: "done", S.STRUCK: "pause"}


def refusal(move: Move, state: Any) -> str:
    """Why an entry cannot be moved so from where it stands; empty: it can."""
    if state in FROM[move]:
        return ""
    words = {"state": State(state).label, "move": move.label}
    return _("该条目%(state)s，不能%(move)s。") % words
