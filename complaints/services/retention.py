"""When personal data of cases goes: due by rule, proposed by one, approved by another person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces, works_for
from complaints.models import (
    Case,
    Disposal,
    DisposalItem,
    RetentionHold,
    RetentionRule,
)
from complaints.privacy import spoken
from complaints.scope import units_below
from complaints.services.acting import locked
from complaints.services.disposing import dispose
from complaints.workflow import DONE
from core import audit, clock, masking
from core.errors import Conflict, Refused

# So many cases at once; what is left is proposed again.
MOST = 2000
REASON = 200
CHUNK = 200


@dataclass(frozen=True)
class Due:
    """Cases whose personal data has been kept for its time."""

    rule: RetentionRule
    closed_before: date
    cases: QuerySet[Case]


def years_before(day: date, years: int) -> date:
    """The same day so many years ago; of 29 February the last day of the month."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def due(organisation: Organisation, *, on: date) -> list[Due]:
    """What is due at an organisation on a day, by rule, without what is held or proposed."""
    found, others = [], Q(pk__in=())
    for rule in RetentionRule.objects.on(on):
        before = years_before(on, rule.years)
        cases = _owned(organisation).filter(rule.covers).exclude(others)
        found.append(Due(rule, before, _unproposed(_free(cases, before))))
        others |= rule.covers
    return found


def _owned(organisation: Organisation) -> QuerySet[Case]:
    if organisation.is_company:
        return Case.objects.filter(owner__in=units_below(organisation))
    return Case.objects.filter(owner=organisation)


def _over(before: date) -> Q:
    """Condition on Case: over since before a day."""
    moment = clock.at(before)
    ended = Q(closed_at__lt=moment) | Q(closed_at__isnull=True, updated_at__lt=moment)
    return ended & Q(state__in=DONE)


def _free(cases: QuerySet[Case], before: date) -> QuerySet[Case]:
    """Over since before a day, not in dispute, not merged into an open one, not disposed of."""
    own = OuterRef("pk")
    return cases.filter(
        _over(before),
        Q(merged_into__isnull=True) | Q(merged_into__state__in=DONE),
        Q(appeal_of__isnull=True) | Q(appeal_of__state__in=DONE),
        ~Exists(Case.objects.filter(~_over(before), appeal_of=own)),
        ~Exists(RetentionHold.objects.filter(case=own, released_at__isnull=True)),
        disposed_at__isnull=True,
    )


def _unproposed(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Without those that wait for an approval."""
    waiting = DisposalItem.objects.filter(disposal__state=Disposal.State.PROPOSED)
    return cases.filter(~Exists(waiting.filter(case=OuterRef("pk"))))


def places(user: User, permission: Permission) -> list[Organisation]:
    """Where the person may propose (CASE_DECIDE) or approve (CASE_APPROVE)."""
    return sorted(workplaces(user, permission), key=lambda place: place.path)


@transaction.atomic
def propose(
    *, rule: RetentionRule, organisation: Organisation, by: User, now: datetime
) -> Disposal:
    """Propose that the personal data of what is due under a rule goes. Raises ``Refused``."""
    if not works_for(by, Permission.CASE_DECIDE, organisation):
        raise Refused(_("您没有为%(unit)s提出处置的权限。") % {"unit": organisation.name})
    on = clock.day_of(now)
    for found in due(organisation, on=on):
        if found.rule == rule:
            cases = list(
                found.cases.order_by("closed_at", "pk").values_list("pk", flat=True)[:MOST]
            )
            break
    else:
        raise Refused(_("该规则今天不适用。"))
    if not cases:
        raise Refused(_("没有到期的诉求，或者已经提出。"))
    made = Disposal.objects.create(
        organisation=organisation,
        rule=rule,
        closed_before=found.closed_before,
        proposed_count=len(cases),
        proposed_by=by,
        proposed_at=now,
    )
    DisposalItem.objects.bulk_create(DisposalItem(disposal=made, case_id=pk) for pk in cases)
    audit.record("disposal.propose", made, by=by, now=now, rule=rule.code, count=len(cases))
    return made


def decide_refusal(disposal: Disposal, user: User) -> str:
    """Why the person may not decide on a proposal; empty when they may."""
    if disposal.state != Disposal.State.PROPOSED:
        return _("该处置已经审批。")
    if disposal.proposed_by_id == user.pk:
        return _("提出人不能审批自己提出的处置，须由另一人审批。")
    if not works_for(user, Permission.CASE_APPROVE, disposal.organisation):
        return _("处置由%(unit)s负责人审批。") % {"unit": disposal.organisation.name}
    return ""


@transaction.atomic
def approve(disposal: Disposal, *, by: User, now: datetime) -> Disposal:
    """Let the personal data go, now and for good. What came into dispute meanwhile stays.

    Raises ``Refused``, ``Conflict``.
    """
    disposal = _decided(disposal, Disposal.State.DONE, by=by, now=now)
    items = DisposalItem.objects.filter(disposal=disposal)
    wanted = list(
        Case.objects.select_for_update(of=("self",))
        .filter(disposal_items__in=items)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    # Asked again with the rows held: what is free now stays free until the end.
    free_now = _free(Case.objects.filter(pk__in=wanted), disposal.closed_before)
    free = list(free_now.order_by("pk").values_list("pk", flat=True))
    gone: dict[str, int] = {}
    for at in range(0, len(free), CHUNK):
        for name, count in dispose(free[at : at + CHUNK], now=now).items():
            gone[name] = gone.get(name, 0) + count
    items.update(disposed=False)
    items.filter(case__in=free).update(disposed=True)
    gone["held"] = len(wanted) - len(free)
    disposal.gone = gone
    disposal.save(update_fields=["gone"])
    audit.record("disposal.approve", disposal, by=by, now=now, rule=disposal.rule.code, **gone)
    return disposal


@transaction.atomic
def reject(disposal: Disposal, *, reason: str, by: User, now: datetime) -> Disposal:
    """Let everything stay. Raises ``Refused``, ``Conflict``."""
    if not reason.strip():
        raise Refused(_("请填写不同意的理由。"))
    disposal = _decided(
        disposal,
        Disposal.State.REJECTED,
        by=by,
        now=now,
        reason=masking.mask_text(reason.strip())[:REASON],
    )
    disposal.items.update(disposed=False)
    audit.record("disposal.reject", disposal, by=by, now=now)
    return disposal


def _decided(
    disposal: Disposal, state: str, *, by: User, now: datetime, reason: str = ""
) -> Disposal:
    if why_not := decide_refusal(disposal, by):
        raise Refused(why_not)
    waiting = Disposal.objects.filter(pk=disposal.pk, state=Disposal.State.PROPOSED)
    if not waiting.update(state=state, decided_by=by, decided_at=now, reason=reason):
        raise Conflict(_("该处置刚被他人审批。"))
    return Disposal.objects.select_related("rule", "organisation").get(pk=disposal.pk)


def hold_refusal(case: Case, user: User) -> str:
    """Why the person may not hold a case back; empty when they may."""
    if case.disposed_at is not None:
        return _("该诉求的个人信息已经处置。")
    if not any(
        works_for(user, permission, case.owner)
        for permission in (Permission.CASE_DECIDE, Permission.CASE_APPROVE)
    ):
        return _("只有首接单位可以暂缓处置。")
    return ""


@transaction.atomic
def hold(case: Case, *, reason: str, by: User, now: datetime) -> RetentionHold:
    """Keep a case beyond its time. Raises ``Refused``."""
    case = locked(case)
    if why_not := hold_refusal(case, by):
        raise Refused(why_not)
    if not reason.strip():
        raise Refused(_("请填写暂缓理由。"))
    if case.holds.filter(released_at__isnull=True).exists():
        raise Refused(_("该诉求已经暂缓处置。"))
    made = RetentionHold.objects.create(
        case=case, reason=spoken(reason.strip(), case)[:REASON], by=by, at=now
    )
    audit.record("case.hold", case, by=by, now=now, organisation=case.owner)
    return made


@transaction.atomic
def release(standing: RetentionHold, *, by: User, now: datetime) -> None:
    """Let the rule apply again. Raises ``Refused``, ``Conflict``."""
    case = locked(standing.case)
    if why_not := hold_refusal(case, by):
        raise Refused(why_not)
    waiting = RetentionHold.objects.filter(pk=standing.pk, released_at__isnull=True)
    if not waiting.update(released_at=now, released_by=by):
        raise Conflict(_("暂缓已经解除。"))
    audit.record("case.release", case, by=by, now=now, organisation=case.owner)
