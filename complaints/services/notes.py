"""Notes on the timeline for one, two or all three audiences; and the complainant in full."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.reach import workplaces, works_for
from complaints import refusals
from complaints.models import Case, CaseEvent
from complaints.privacy import PERSONAL, reveal_refusal, spoken
from complaints.services.acting import add_event, locked, refuse_again
from complaints.workflow import REPORT, Audience
from core import audit, masking
from core.errors import Refused

ACTING = (Permission.CASE_DECIDE, Permission.CASE_HANDLE, Permission.CASE_SUPERVISE)


def note_refusal(case: Case, user: User) -> str:
    """Why the person may not write notes on the case; empty when they may."""
    if case.disposed_at is not None:
        return refusals.disposed()
    mine = any(
        works_for(user, permission, organisation)
        for permission in ACTING
        for organisation in (case.owner, case.holder)
    )
    watching = any(place.is_regulator for place in workplaces(user, Permission.CASE_SUPERVISE))
    if mine or watching:
        return ""
    return _("只有首接单位、承办单位和监管机构的经办人员可以记录。")


@transaction.atomic
def note(
    case: Case,
    *,
    text: str,
    audiences: Collection[str],
    by: User,
    now: datetime,
    seen_event: int | None = None,
) -> CaseEvent:
    """Put a note on the timeline (``seen_event``: see ``act``). ``Refused``, ``Conflict``."""
    case = locked(case)
    refuse_again(case, CaseEvent.NOTE, by=by, seen_event=seen_event)
    if why_not := note_refusal(case, by):
        raise Refused(why_not)
    if not text.strip() or not audiences or set(audiences) - set(Audience.values):
        raise Refused(_("请填写内容并选择可见对象。"))
    office = any(place.is_regulator for place in workplaces(by, Permission.CASE_VIEW))
    if case.nature == REPORT and office and Audience.COMPANY in audiences:
        raise Refused(_("举报的办理记录不能对供电企业公开。"))
    event = add_event(
        case,
        CaseEvent.NOTE,
        at=now,
        by=by,
        organisation=by.home,
        text=text.strip(),
        to_regulator=Audience.REGULATOR in audiences,
        # Whoever writes it can always read it again.
        to_company=Audience.COMPANY in audiences or not office,
        to_complainant=Audience.COMPLAINANT in audiences,
    )
    Case.objects.filter(pk=case.pk).update(updated_at=now)
    audit.record("case.note", case, by=by, now=now, audiences=sorted(audiences))
    return event


@transaction.atomic
def reveal(case: Case, *, purpose: str, by: User, now: datetime) -> dict[str, str]:
    """The complainant in full, for a stated purpose, with a trace. Raises ``Refused``."""
    if why_not := reveal_refusal(case, by):
        raise Refused(why_not)
    if len(purpose.strip()) < masking.PURPOSE_LENGTH:
        raise Refused(
            _("查看完整信息须说明用途（至少 %(length)d 个字）。")
            % {"length": masking.PURPOSE_LENGTH}
        )
    audit.record(
        "personal.reveal",
        case,
        by=by,
        now=now,
        organisation=case.owner,
        reason=spoken(purpose.strip(), case),
        fields=sorted(PERSONAL),
    )
    return {name: getattr(case, name) for name in PERSONAL}
