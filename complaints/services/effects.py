"""What each act does beside its move and its clocks."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from complaints import asks
from complaints.models import Case, Handover, ReturnVisit, Supervision
from complaints.scope import is_respondent
from complaints.services import clocks, repairing
from complaints.services.appealing import open_appeal
from complaints.services.doing import Doing
from complaints.workflow import REPORT, Act
from core import clock, sla
from core.errors import Refused


def _accept(doing: Doing) -> None:
    doing.case.accepted = True


def _refuse(doing: Doing) -> None:
    doing.case.accepted = False
    doing.data["ground"] = doing.answers["ground"]
    doing.to_complainant = True
    _finish(doing, "refused")


def _pass_on(doing: Doing) -> None:
    _finish(doing, "passed_on")


def _withdraw(doing: Doing) -> None:
    _finish(doing, "withdrawn")


def _finish(doing: Doing, outcome: str) -> None:
    case = doing.case
    case.outcome, case.closed_at = outcome, doing.at
    case.handovers.filter(answered_at__isnull=True).update(
        accepted=False, answered_at=doing.at, answered_by=doing.actor.user
    )


def _hand_out(doing: Doing) -> None:
    """Offer the case to a unit; whoever had it answers for it until somebody there takes it."""
    case, to = doing.case, doing.answers["organisation"]
    if why_not := hand_out_refusal(case, to):
        raise Refused(why_not)
    case.accepted = True if case.accepted is None else case.accepted
    Handover.objects.create(
        case=case,
        from_organisation=case.holder,
        to_organisation=to,
        proposed_at=doing.at,
        proposed_by=doing.actor.user,
    )
    case.holder, case.responsible = to, None
    case.arbitrated = case.arbitrated or doing.act == Act.ARBITRATE
    doing.data["to"] = to.code
    doing.tell.append((to, Permission.CASE_HANDLE))


def hand_out_refusal(case: Case, to: Organisation) -> str:
    """Why a unit cannot be given the case; empty when it can."""
    if not to.is_company or to.closed_on is not None:
        return _("承办单位须是在用的供电企业。")
    if case.owner.is_company and not to.path.startswith(case.owner.path):
        return _("%(unit)s不是%(owner)s的下属单位。") % {"unit": to.name, "owner": case.owner.name}
    if case.nature == REPORT and is_respondent(to, case.organisation):
        return _("举报不能交由被举报单位办理。")
    return ""


def _take(doing: Doing) -> None:
    """A named person takes the case over: from now on their organisation answers for it."""
    case = doing.case
    _answer_handover(doing, accepted=True)
    case.answerable, case.responsible = case.holder, doing.actor.user


def _return_slip(doing: Doing) -> None:
    case = doing.case
    _answer_handover(doing, accepted=False)
    doing.data |= {"reason": doing.answers["reason"], "from": case.holder.code}
    case.holder = case.answerable = case.owner
    case.responsible = None
    case.return_count += 1
    doing.data["count"] = case.return_count
    doing.tell.append((case.owner, Permission.CASE_DECIDE))


def _answer_handover(doing: Doing, *, accepted: bool) -> None:
    doing.case.handovers.filter(answered_at__isnull=True).update(
        accepted=accepted,
        answered_at=doing.at,
        answered_by=doing.actor.user,
        reason=doing.answers.get("reason", ""),
    )


def _arrive(doing: Doing) -> None:
    repairing.arrive(doing.case, at=doing.at)


def _restore(doing: Doing) -> None:
    """Power is back: since when and for how many households it was off, what was seen to."""
    households, interrupted = doing.answers["households"], doing.answers["interrupted_at"]
    repairing.restore(
        doing.case,
        households=None if households == "" else households,
        interrupted_at=interrupted or None,
        at=doing.at,
    )
    if households != "":
        doing.data["households"] = households
    if interrupted:
        doing.data["interrupted_at"] = interrupted.isoformat()
    _see_to(doing)


def _see_to(doing: Doing) -> None:
    """Where the list of safety measures was answered, what is missing has its reason."""
    given = doing.answers["safety"]
    if given == "":
        return
    on = clock.day_of(doing.case.received_at)
    wanted = [term.code for term in asks.choices(asks.SAFETY, nature=doing.case.nature, on=on)]
    unmet = [code for code in wanted if code not in given]
    if unmet and not doing.answers["text"]:
        raise Refused(_("没有勾选的安全措施，请在说明中写明原因。"))
    doing.data |= {"safety": [code for code in wanted if code in given], "unmet": unmet}


def _reply(doing: Doing) -> None:
    doing.tell.append((doing.case.owner, Permission.CASE_DECIDE))


def _rework(doing: Doing) -> None:
    repairing.again(doing.case, at=doing.at)
    doing.tell.append((doing.case.holder, Permission.CASE_HANDLE))


def _verify(doing: Doing) -> None:
    doing.case.outcome = doing.answers["outcome"]
    doing.data["outcome"] = doing.case.outcome


def _inform(doing: Doing) -> None:
    doing.to_complainant = True


def _visit(doing: Doing) -> None:
    case, answers = doing.case, doing.answers
    reached = bool(answers["reached"])
    if reached and not answers["satisfaction"]:
        raise Refused(_("已联系上诉求人的，请填写满意度。"))
    satisfaction = answers["satisfaction"] if reached else "unreachable"
    ReturnVisit.objects.create(
        case=case,
        at=doing.at,
        by=doing.actor.user,
        reached=reached,
        satisfaction=satisfaction,
        text=answers["text"],
    )
    case.satisfaction = satisfaction
    doing.data |= {"reached": reached, "satisfaction": satisfaction}


def _close(doing: Doing) -> None:
    case = doing.case
    case.closed_at = doing.at
    case.outcome = case.outcome or "answered"
    doing.data["outcome"] = case.outcome
    if case.holder_id != case.owner_id:
        doing.tell.append((case.owner, Permission.CASE_DECIDE))


def _reopen(doing: Doing) -> None:
    """Work begins again: with the unit that had it, or where the procedure starts over."""
    case = doing.case
    case.closed_at, case.outcome, case.satisfaction = None, "", ""
    case.reopen_count += 1
    repairing.again(case, at=doing.at)
    if case.state == "accepted":
        case.holder = case.answerable = case.owner
        case.responsible = None
    elif case.holder_id != case.owner_id:
        doing.tell.append((case.holder, Permission.CASE_HANDLE))


def _urge(doing: Doing) -> None:
    case = doing.case
    case.urge_count += 1
    doing.data["count"] = case.urge_count
    doing.tell.append((case.holder, Permission.CASE_HANDLE))


def _supervise(doing: Doing) -> None:
    """The regulator watches the case, with a deadline of its own."""
    case, answers = doing.case, doing.answers
    due_at = sla.day_end(answers["due_on"])
    if due_at <= doing.now:
        raise Refused(_("反馈期限不能早于今天。"))
    Supervision.objects.create(
        case=case,
        issued_by=doing.person,
        organisation=doing.organisation,
        issued_at=doing.at,
        due_at=due_at,
        text=answers["text"],
        document_number=answers["document_number"],
    )
    doing.data |= {"due_on": answers["due_on"].isoformat()}
    doing.tell += [(case.holder, Permission.CASE_HANDLE), (case.holder, Permission.CASE_APPROVE)]


def _answer_supervision(doing: Doing) -> None:
    case = doing.case
    watched = case.supervisions.filter(answered_at__isnull=True).select_related("organisation")
    watch = watched.get()
    doing.data["late"] = doing.at > watch.due_at
    watched.update(answered_at=doing.at, answered_by=doing.actor.user, answer=doing.answers["text"])
    doing.tell.append((watch.organisation, Permission.CASE_SUPERVISE))


def _pause(doing: Doing) -> None:
    clocks.pause(doing.case, doing.rules, doing.answers, by=doing.person, at=doing.at)
    doing.data |= {"clock": doing.answers["clock"], "reason": doing.answers["reason"]}


def _resume(doing: Doing) -> None:
    clocks.resume(doing.case, doing.rules, doing.answers, at=doing.at)
    doing.data["clock"] = doing.answers["clock"]


def _extend(doing: Doing) -> None:
    extended = clocks.extend(doing.case, doing.rules, doing.answers, by=doing.person, at=doing.at)
    doing.data |= {
        "clock": doing.answers["clock"],
        "document_number": doing.answers["document_number"],
        "due_at": extended.due_at.isoformat(),
    }
    doing.tell.append((doing.case.holder, Permission.CASE_HANDLE))


def _archive(doing: Doing) -> None:
    doing.case.archived_at = doing.at


def _appeal(doing: Doing) -> None:
    doing.data["appeal"] = open_appeal(doing).number


EFFECTS: dict[Act, Callable[[Doing], None]] = {
    Act.ACCEPT: _accept,
    Act.REFUSE: _refuse,
    Act.PASS_ON: _pass_on,
    Act.DISPATCH: _hand_out,
    Act.TRANSFER: _hand_out,
    Act.ARBITRATE: _hand_out,
    Act.TAKE: _take,
    Act.RETURN_SLIP: _return_slip,
    Act.ARRIVE: _arrive,
    Act.RESTORE: _restore,
    Act.REPLY: _reply,
    Act.REWORK: _rework,
    Act.VERIFY: _verify,
    Act.INFORM: _inform,
    Act.VISIT: _visit,
    Act.CLOSE: _close,
    Act.REOPEN: _reopen,
    Act.APPEAL: _appeal,
    Act.WITHDRAW: _withdraw,
    Act.URGE: _urge,
    Act.SUPERVISE: _supervise,
    Act.ANSWER_SUPERVISION: _answer_supervision,
    Act.PAUSE: _pause,
    Act.RESUME: _resume,
    Act.EXTEND: _extend,
    Act.ARCHIVE: _archive,
}
