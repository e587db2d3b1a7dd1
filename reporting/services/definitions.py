"""Changes of indicators, rules on outages, return forms, kinds of hazards and special groups, and
checklists, by two people: one drafts, one adopts.

Source: campaign plan 二(二)4 (S1-2.2.4a).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaign.services.checklists import CHECKLISTS
from core import audit, masking, outbox
from core.errors import Conflict, Refused
from core.versions import Versions
from grids.services.hazard_terms import HAZARD_KINDS
from grids.services.special_kinds import SPECIAL_KINDS
from reporting.models import DefinitionChange, Indicator, ReturnForm
from reporting.notifications import definition as wording
from reporting.services import return_forms
from reporting.services.indicator_rules import INDICATORS
from reporting.services.outage_rules import OUTAGE_RULES
from reporting.workflow import definition as workflow
from reporting.workflow.definition import Move, Subject

if TYPE_CHECKING:
    from accounts.models import User

CATALOGUES: dict[Subject, Versions[Any]] = {
    Subject.INDICATOR: INDICATORS,
    Subject.OUTAGE_RULE: OUTAGE_RULES,
    Subject.HAZARD_KIND: HAZARD_KINDS,
    Subject.SPECIAL_KIND: SPECIAL_KINDS,
    Subject.CHECKLIST: CHECKLISTS,
}
LONGEST = 200


def waiting(subject: Subject, code: str) -> DefinitionChange | None:
    """What is drafted for a definition and not decided yet."""
    return DefinitionChange.objects.waiting().filter(subject=subject, code=code).first()


def drafted(change: DefinitionChange) -> tuple[Any, Any]:
    """The version that it follows and the one that it makes, not stored.

    Raises ``Refused`` where it cannot be made any more, ``Conflict`` where another came before.
    """
    subject = Subject(change.subject)
    base = _base(subject, change.code, seen=change.base)
    if base is False:
        raise Conflict(_("拟稿以后已有新的版本，请退回，按最新一版重拟。"))
    values = revived(subject, change.values)
    made = CATALOGUES[subject].drafted(base, values, valid_from=change.valid_from, code=change.code)
    return base, made


def _base(subject: Subject, code: str, *, seen: int) -> Any:
    """The version that a draft follows; None for the first of something new; False where another
    came in between."""
    catalogue = CATALOGUES[subject]
    base = catalogue.latest(code)
    if base is None and seen == 0 and catalogue.grows:
        return None
    return base if base is not None and base.pk == seen else False


def revived(subject: Subject, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the columns hold them."""
    meta = CATALOGUES[subject].model._meta
    # The items of a checklist are one text; their own reader makes rows of it.
    return {
        name: value if name == "items" else meta.get_field(name).to_python(value)
        for name, value in values.items()
    }


def draft(
    *,
    subject: Subject,
    code: str,
    values: Mapping[str, Any],
    valid_from: date,
    reason: str,
    seen: int,
    by: User,
    now: datetime,
) -> DefinitionChange:
    """Lay a further version of an indicator or a rule before a second person.

    ``seen``: the version that the person changed. Raises ``Refused`` and ``Conflict``.
    """
    base = _base(subject, code, seen=seen)
    if base is False:
        raise Conflict(_("刚有新的版本，请刷新页面，核对后再办理。"))
    made = CATALOGUES[subject].drafted(base, values, valid_from=valid_from, code=code)
    named = base or made
    change = DefinitionChange(
        subject=subject,
        code=code,
        title=named.name if isinstance(named, Indicator) else named.title,
        base=seen,
        values={name: _plain(value) for name, value in values.items()},
        changes=CATALOGUES[subject].changes(base, made),
        valid_from=valid_from,
    )
    return _lay(change, reason=reason, by=by, now=now)


def draft_form(
    *, form: ReturnForm, valid_from: date, reason: str, by: User, now: datetime
) -> DefinitionChange:
    """Lay a draft of a return form before a second person. Raises ``Refused``, ``Conflict``."""
    if why_not := return_forms.publish_refusal(form, valid_from=valid_from, now=now):
        raise Refused(why_not)
    change = DefinitionChange(
        subject=Subject.RETURN_FORM,
        code=form.code,
        title=form.title,
        base=form.pk,
        values={"version": form.version},
        changes={},
        valid_from=valid_from,
    )
    return _lay(change, reason=reason, by=by, now=now)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


@transaction.atomic
def _lay(change: DefinitionChange, *, reason: str, by: User, now: datetime) -> DefinitionChange:
    subject = Subject(change.subject)
    if why_not := workflow.draft_refusal(subject, by=by):
        raise Refused(why_not)
    change.reason = masking.mask_text(reason.strip())[:LONGEST]
    if not change.reason:
        raise Refused(_("请写明改动理由。"))
    standing = waiting(subject, change.code)
    if standing is not None and _same(standing, change, by):
        return standing
    change.drafted_by, change.drafted_at = by, now
    try:
        with transaction.atomic():
            change.save()
    except IntegrityError:
        raise Conflict(_("该定义已有待核准的改动，办结后再拟。")) from None
    _record(change, "draft", by=by, now=now, reason=change.reason)
    return change


def _same(standing: DefinitionChange, change: DefinitionChange, by: User) -> bool:
    """The very same draft once more: a second click."""
    names = ("base", "values", "valid_from", "reason")
    same = all(getattr(standing, name) == getattr(change, name) for name in names)
    return same and standing.drafted_by_id == by.pk


@transaction.atomic
def adopt(change: DefinitionChange, *, by: User, now: datetime) -> DefinitionChange:
    """Another person puts it in force. Raises ``Refused`` and ``Conflict``."""
    change = _held(change, workflow.ADOPT, by=by)
    if change.subject == Subject.RETURN_FORM:
        form = ReturnForm.objects.get(pk=change.base)
        if form.created_by_id == by.pk:
            raise Refused(_("上传人不能核准自己上传的定义，请由另一人核准。"))
        return_forms.publish(form=form, valid_from=change.valid_from, by=by, now=now)
    else:
        subject = Subject(change.subject)
        CATALOGUES[subject].revise(
            code=change.code,
            values=revived(subject, change.values),
            valid_from=change.valid_from,
            reason=change.reason,
            seen=change.base,
            by=by,
            now=now,
        )
    return _decide(change, workflow.ADOPT, "", by=by, now=now)


@transaction.atomic
def send_back(
    change: DefinitionChange, *, reason: str, by: User, now: datetime
) -> DefinitionChange:
    """Another person says why not. Raises ``Refused``."""
    change = _held(change, workflow.SEND_BACK, by=by)
    comment = masking.mask_text(reason.strip())[:LONGEST]
    if not comment:
        raise Refused(_("请写明退回理由。"))
    return _decide(change, workflow.SEND_BACK, comment, by=by, now=now)


@transaction.atomic
def withdraw(change: DefinitionChange, *, by: User, now: datetime) -> DefinitionChange:
    """Who drafted it takes it back. Raises ``Refused``."""
    return _decide(_held(change, workflow.WITHDRAW, by=by), workflow.WITHDRAW, "", by=by, now=now)


def _held(change: DefinitionChange, move: Move, *, by: User) -> DefinitionChange:
    rows = DefinitionChange.objects.select_for_update(of=("self",)).select_related("drafted_by")
    found = rows.get(pk=change.pk)
    if why_not := workflow.refusal(move, found, by=by):
        raise Refused(why_not)
    return found


def _decide(
    change: DefinitionChange, move: Move, comment: str, *, by: User, now: datetime
) -> DefinitionChange:
    change.state, change.comment = move.target, comment
    change.decided_by, change.decided_at = by, now
    change.save(update_fields=["state", "comment", "decided_by", "decided_at"])
    _record(change, move.name, by=by, now=now, reason=comment)
    if move is not workflow.WITHDRAW:
        outbox.post(**wording.decided(change), now=now)
    return change


def _record(change: DefinitionChange, name: str, *, by: User, now: datetime, reason: str) -> None:
    told = {"subject": change.subject, "code": change.code, "changes": change.changes}
    day = change.valid_from.isoformat()
    audit.record(
        f"definition.{name}", change, by=by, now=now, reason=reason, valid_from=day, **told
    )
