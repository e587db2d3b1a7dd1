"""What another house tells of a case, as acts of its procedure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from complaints.asks import ASKS, Ask, choices
from complaints.models import Case, CaseEvent
from complaints.procedures import definition_of
from complaints.refusals import Actor, refusal
from complaints.services.acting import act, locked
from complaints.services.records import MOMENT, UNSTORABLE, Faulty, find_organisation, moment_of
from complaints.services.words import Words
from complaints.workflow import Act
from core import clock
from core.errors import Conflict, Refused

# What may have happened, in the words of the hotlines' interface → the acts that may be meant.
# Which one is, the procedure and the state of the case decide.
KINDS: dict[str, tuple[Act, ...]] = {
    "dispatched": (Act.DISPATCH, Act.TRANSFER),
    "accepted": (Act.ACCEPT, Act.TAKE),
    "arrived": (Act.ARRIVE,),
    "restored": (Act.RESTORE,),
    "replied": (Act.REPLY, Act.INFORM),
    "returned": (Act.RETURN_SLIP, Act.REWORK),
    "visited": (Act.VISIT,),
    "closed": (Act.CLOSE,),
    "urged": (Act.URGE,),
}
# What was found out comes with the reply or the closing; the procedure keeps it as a step.
WITH_FINDING = (Act.REPLY, Act.INFORM, Act.CLOSE)
LONGEST_ID, LONGEST_NAME = 80, 40
# Kinds of answers that are no texts.
PLAIN = ("bool", "count", "moment")


@dataclass(frozen=True)
class Told:
    """The line of the timeline that a message became, and whether it is new."""

    case: Case
    event: CaseEvent
    new: bool


@transaction.atomic
def tell(
    case: Case,
    kind: str,
    *,
    machine: Organisation,
    now: datetime,
    at: datetime | None = None,
    author: str = "",
    external_id: str = "",
    said: Mapping[str, Any],
) -> Told:
    """Let a message of another system have its effect, once for each ``external_id``.

    ``said``: answers to what the act asks, lists by code or word. Raises ``Refused`` where the
    state does not allow it, ``Faulty`` with every answer that is missing or wrong, ``Conflict``.
    """
    case = locked(case)
    if external_id and (before := case.events.filter(external_id=external_id).first()):
        if before.kind not in KINDS[kind]:
            raise Conflict(_("消息编号%(id)s已用于其他事项。") % {"id": external_id})
        return Told(case, before, False)
    what = meant(case, kind)
    steps = [*_finding(case, what, said), what]
    actor = Actor(None, machine)
    if why_not := refusal(case, steps[0], actor):
        raise Refused(why_not)
    answers = {step: answered(case, step, said) for step in steps}
    if left := sorted(set(said) - {name for found in answers.values() for name in found}):
        raise Faulty({name: _("该事项不需要填写。") for name in left})
    for step in steps:
        last = step == steps[-1]
        case = act(
            case,
            step,
            by=None,
            now=now,
            at=at,
            machine=machine,
            author=author,
            external_id=external_id if last else "",
            **answers[step],
        )
    event = case.events.filter(kind=what).order_by("-sequence").first()
    assert event is not None
    return Told(case, event, True)


def meant(case: Case, kind: str) -> Act:
    """The act that a message means: the one possible now, else one that the procedure knows."""
    moves = definition_of(case.procedure).moves
    known = [one for one in KINDS[kind] if one in moves]
    possible = (one for one in known if case.state in moves[one].sources)
    return next(possible, next(iter(known), KINDS[kind][0]))


def _finding(case: Case, what: Act, said: Mapping[str, Any]) -> list[Act]:
    """The step of verifying, where a finding comes with the message and it is its turn."""
    verify = definition_of(case.procedure).moves.get(Act.VERIFY)
    wanted = what in WITH_FINDING and said.get("outcome")
    return [Act.VERIFY] if wanted and verify and case.state in verify.sources else []


def answered(case: Case, what: Act, said: Mapping[str, Any]) -> dict[str, Any]:
    """Answers to what an act asks. Raises ``Faulty``."""
    on = clock.day_of(case.received_at)
    errors: dict[str, str] = {}
    found: dict[str, Any] = {}
    words = Words() if any(ask.kind in ("term", "terms") for ask in ASKS[what]) else None
    for ask in ASKS[what]:
        value = said.get(ask.name)
        if value is None or value == [] or (isinstance(value, str) and not value.strip()):
            if ask.required:
                errors[ask.name] = _("请填写%(label)s。") % {"label": ask.label}
            continue
        found[ask.name] = _value(ask, value, case, words, on=on, errors=errors)
    if errors:
        raise Faulty(errors)
    return found


def _value(
    ask: Ask, value: Any, case: Case, words: Words | None, *, on: Any, errors: dict[str, str]
) -> Any:
    label = {"label": ask.label}
    if ask.kind in PLAIN:
        if why_not := _plain_refusal(ask, value):
            errors[ask.name] = why_not
        return moment_of(value) if ask.kind == "moment" else value
    if ask.kind == "terms":
        return _codes(ask, value, case, words, on=on, errors=errors)
    if not isinstance(value, str) or UNSTORABLE.search(value):
        errors[ask.name] = _("须为字符串。")
        return None
    if len(value) > ask.limit:
        errors[ask.name] = _("内容过长（最多%(limit)d个字）。") % {"limit": ask.limit}
    elif ask.kind == "term" and words is not None:
        code = words.code(ask.term, value, source=case.source, on=on)
        if code not in [term.code for term in choices(ask, nature=case.nature, on=on)]:
            errors[ask.name] = _("%(label)s不在目录中。") % label
        return code
    elif ask.kind == "organisation":
        if (place := find_organisation(value, on=on)) is None:
            errors[ask.name] = _("%(label)s不存在。") % label
        return place
    return value


def _plain_refusal(ask: Ask, value: Any) -> str:
    """What is wrong with an answer that is no text."""
    if ask.kind == "moment":
        return "" if moment_of(value) else str(MOMENT)
    if ask.kind == "bool":
        return "" if isinstance(value, bool) else _("须为 true 或 false。")
    if isinstance(value, bool) or not isinstance(value, int):
        return _("须为整数。")
    fits = 0 <= value <= ask.most
    return "" if fits else _("须为0到%(most)d的整数。") % {"most": ask.most}


def _codes(
    ask: Ask, value: Any, case: Case, words: Words | None, *, on: Any, errors: dict[str, str]
) -> list[str]:
    """Codes of a list of words."""
    given = value if isinstance(value, list) else [value]
    allowed = [term.code for term in choices(ask, nature=case.nature, on=on)]
    read = words.code if words else lambda *_args, **_more: None
    found = [
        read(ask.term, one, source=case.source, on=on) if isinstance(one, str) else None
        for one in given[:50]
    ]
    if len(given) > len(allowed) or any(code not in allowed for code in found):
        errors[ask.name] = _("%(label)s不在目录中。") % {"label": ask.label}
    return [code for code in found if code]
