"""Why an act may not be done with a case now; empty when it may. Reads, never writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces, works_for
from complaints import appeals, claim_refusals
from complaints.models import Case, CaseClock
from complaints.procedure_definition import Definition, Move
from complaints.procedures import definition_of
from complaints.workflow import CLAIM, DONE, TICKING, Act, ClockState, Side, State
from core import clock

# After so many returned slips somebody who leads decides whose it is.
RETURNS_BEFORE_ARBITRATION = 2
NEEDS_FINDING = ("complaint", "report", "appeal")


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, or a machine for an organisation; neither: the system itself."""

    user: User | None = None
    machine: Organisation | None = None

    def works_for(self, permission: Permission, organisation: Organisation) -> bool:
        if self.user is not None:
            return works_for(self.user, permission, organisation)
        place = self.machine
        return place is not None and (
            place.pk == organisation.pk
            or (
                place.is_company
                and organisation.is_company
                and organisation.path.startswith(place.path)
            )
        )


def disposed() -> str:
    """Why nothing can be done with a case whose personal data went."""
    return _("该诉求保存期满，个人信息已经处置，不能再办理。")


def refusal(case: Case, act: Act, actor: Actor, *, now: datetime | None = None) -> str:
    """Why this actor may not do this with the case in its present state, or not any more."""
    if case.disposed_at is not None:
        return disposed()
    rules = definition_of(case.procedure)
    move = rules.moves.get(act)
    if move is None:
        return _("本办理程序没有“%(act)s”环节。") % {"act": act.label}
    if case.state not in move.sources:
        return _("该诉求处于“%(state)s”状态，不能%(act)s。") % {
            "state": State(case.state).label,
            "act": act.label,
        }
    if why_not := _not_yours(case, move, actor):
        return why_not
    if act == Act.APPEAL and case.state == State.ARCHIVED:
        late = appeals.archived_refusal(case, now=now or clock.now())
        return late or _special(case, rules, act)
    if case.procedure.code == CLAIM:
        return claim_refusals.refusal(case, act, actor.user) or _special(case, rules, act)
    return _special(case, rules, act)


def _not_yours(case: Case, move: Move, actor: Actor) -> str:
    if move.side == Side.REGULATOR:
        return _not_regulator(case, move, actor)
    organisation, needs = case.owner if move.side == Side.OWNER else case.holder, move.needs
    if move.side == Side.GOVERNMENT:
        organisation, needs = claim_refusals.government(case, needs)
    if move.act == Act.ANSWER_SUPERVISION and organisation.is_regulator:
        # The case came back to an office, where nobody handles in a company's way.
        needs = Permission.CASE_DECIDE
    if actor.works_for(needs, organisation):
        return ""
    return _("%(act)s由%(side)s（%(organisation)s）具有“%(permission)s”权限的人员办理。") % {
        "act": move.label,
        "side": move.side.label,
        "organisation": organisation.name,
        "permission": needs.label,
    }


def _not_regulator(case: Case, move: Move, actor: Actor) -> str:
    user = actor.user
    office = user and any(place.is_regulator for place in workplaces(user, move.needs))
    if user and office:
        reaches = user.may(move.needs, case.holder) or works_for(user, move.needs, case.owner)
        if reaches:
            return ""
    return _("%(act)s由辖区监管机构具有“%(permission)s”权限的人员办理。") % {
        "act": move.label,
        "permission": move.needs.label,
    }


# --- What single acts ask for beyond state and side ----------------------------------------------


def _special(case: Case, rules: Definition, act: Act) -> str:
    check = _SPECIAL.get(act)
    return check(case, rules) if check else ""


def _to_dispatch(case: Case, rules: Definition) -> str:
    if case.return_count >= RETURNS_BEFORE_ARBITRATION and Act.ARBITRATE in rules.moves:
        return _("该诉求已被退单%(count)d次，须由负责人裁定承办单位。") % {
            "count": case.return_count
        }
    return ""


def _to_return(case: Case, rules: Definition) -> str:
    return _("承办单位已经裁定，不能再退单。") if case.arbitrated else ""


def _to_arbitrate(case: Case, rules: Definition) -> str:
    return "" if case.return_count else _("该诉求没有被退单，不需要裁定。")


def _to_close(case: Case, rules: Definition) -> str:
    if case.nature in NEEDS_FINDING and not case.outcome and Act.VERIFY in rules.moves:
        return _("请先核实定性，再办结。")
    return _unanswered(case, Act.CLOSE)


def _unanswered(case: Case, act: Act) -> str:
    if case.supervisions.filter(answered_at__isnull=True).exists():
        return _("督办尚未反馈，不能%(act)s。") % {"act": act.label}
    return ""


def _to_refuse(case: Case, rules: Definition) -> str:
    return _unanswered(case, Act.REFUSE)


def _to_pass_on(case: Case, rules: Definition) -> str:
    return _unanswered(case, Act.PASS_ON)


def _to_supervise(case: Case, rules: Definition) -> str:
    watched = case.supervisions.filter(answered_at__isnull=True).exists()
    return _("该诉求正在督办中。") if watched else ""


def _to_answer_supervision(case: Case, rules: Definition) -> str:
    watched = case.supervisions.filter(answered_at__isnull=True).exists()
    return "" if watched else _("该诉求没有待反馈的督办。")


def _to_appeal(case: Case, rules: Definition) -> str:
    # Handled anew after an appeal, it can be appealed against anew.
    against_this = ~Q(state__in=DONE) | Q(received_at__gte=case.closed_at)
    return _("该诉求已登记申诉。") if case.appeals.filter(against_this).exists() else ""


def _to_pause(case: Case, rules: Definition) -> str:
    return "" if _some(case, rules, ClockState.RUNNING, "pausable") else _("没有可以暂停的时限。")


def _to_resume(case: Case, rules: Definition) -> str:
    return "" if _some(case, rules, ClockState.PAUSED, "pausable") else _("没有已暂停的时限。")


def _to_extend(case: Case, rules: Definition) -> str:
    return "" if _some(case, rules, ClockState.RUNNING, "cap") else _("没有可以延长的时限。")


def _some(case: Case, rules: Definition, state: str, quality: str) -> bool:
    return any(
        ticks.state == state and getattr(rules.clocks[ticks.code], quality)
        for ticks in ticking(case)
    )


def ticking(case: Case) -> list[CaseClock]:
    """The clocks of a case that run or stand still for a while."""
    return [one for one in case.clocks.all() if one.state in TICKING]


_SPECIAL: dict[Act, Callable[[Case, Definition], str]] = {
    Act.DISPATCH: _to_dispatch,
    Act.TRANSFER: _to_dispatch,
    Act.RETURN_SLIP: _to_return,
    Act.ARBITRATE: _to_arbitrate,
    Act.REFUSE: _to_refuse,
    Act.PASS_ON: _to_pass_on,
    Act.CLOSE: _to_close,
    Act.SUPERVISE: _to_supervise,
    Act.ANSWER_SUPERVISION: _to_answer_supervision,
    Act.APPEAL: _to_appeal,
    Act.PAUSE: _to_pause,
    Act.RESUME: _to_resume,
    Act.EXTEND: _to_extend,
}
