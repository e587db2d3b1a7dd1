"""The same act on several cases at one go: each by itself, and what was refused is named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from complaints.models import Case
from complaints.procedures import definition_of
from complaints.services.acting import act
from complaints.workflow import Act
from core.errors import Refused

# At one go; more would keep the person and the database waiting.
MOST = 100
HAND_OUT = (Act.DISPATCH, Act.TRANSFER)


@dataclass
class Outcome:
    """What was done, and what was refused with its reason."""

    done: list[Case] = field(default_factory=list)
    refused: list[tuple[Case, str]] = field(default_factory=list)


def hand_out_each(
    picked: Iterable[tuple[Case, str]],
    *,
    to: Organisation | None,
    by: User,
    now: datetime,
    text: str = "",
) -> Outcome:
    """Hand each case to a unit; without one, to the unit that it is about."""
    outcome = Outcome()
    for case, seen_state in picked:
        unit = to or case.organisation
        if unit is None:
            outcome.refused.append((case, _("没有填写被反映单位，请选择承办单位。")))
            continue
        answers = {"organisation": unit, "text": text}
        _try(outcome, case, _way_out(case), by=by, now=now, seen_state=seen_state, **answers)
    return outcome


def _way_out(case: Case) -> Act:
    """How the procedure of a case calls the handing out."""
    moves = definition_of(case.procedure).moves
    fitting = (one for one in HAND_OUT if one in moves and case.state in moves[one].sources)
    return next(fitting, next((one for one in HAND_OUT if one in moves), Act.DISPATCH))


def act_each(
    picked: Iterable[tuple[Case, str]], what: Act, *, by: User, now: datetime, text: str = ""
) -> Outcome:
    """Do one act that asks for nothing but a note with each case."""
    outcome = Outcome()
    for case, seen_state in picked:
        _try(outcome, case, what, by=by, now=now, seen_state=seen_state, text=text)
    return outcome


def _try(outcome: Outcome, case: Case, what: Act, **answers: Any) -> None:
    try:
        outcome.done.append(act(case, what, **answers))
    except Refused as reason:
        outcome.refused.append((case, str(reason)))
